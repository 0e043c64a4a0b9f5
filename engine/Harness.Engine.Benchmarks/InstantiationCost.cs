using BenchmarkDotNet.Attributes;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Benchmarks;

/// <summary>The cost of an instance of a module of more than 300 KB, and of decoding and validating that.</summary>
[InProcess]
public class InstantiationCost
{
    private readonly WasmModule _module = SyntheticModule.Create(4000);
    private WasmEngine _engine = null!;

    [GlobalSetup]
    public void SetUp() => _engine = new WasmEngine();

    [GlobalCleanup]
    public void CleanUp() => _engine.Dispose();

    [Benchmark]
    public void Instantiate()
    {
        using var store = new Store(_engine);
        store.Instantiate(_module);
    }

    [Benchmark]
    public WasmModule Decode() => WasmModule.Decode(_module.Bytes);
}
