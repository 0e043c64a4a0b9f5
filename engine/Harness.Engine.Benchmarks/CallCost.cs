using BenchmarkDotNet.Attributes;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Benchmarks;

/// <summary>What it costs to pass between C# and WebAssembly, and between functions in baseline code.</summary>
[InProcess]
public class CallCost
{
    private const int Calls = 1_000_000;

    private const string Text = """
        (module
          (type $t (func (param i32) (result i32)))
          (import "host" "increment" (func $host (type $t)))
          (table funcref (elem $increment))
          (func $increment (export "increment") (type $t) (i32.add (local.get 0) (i32.const 1)))
          (func (export "nothing"))
          (func (export "direct") (param $n i32) (result i32) (local $sum i32)
            (loop $next
              (local.set $sum (call $increment (local.get $sum)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
          (func (export "indirect") (param $n i32) (result i32) (local $sum i32)
            (loop $next
              (local.set $sum (call_indirect (type $t) (local.get $sum) (i32.const 0)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
          (func (export "host") (param $n i32) (result i32) (local $sum i32)
            (loop $next
              (local.set $sum (call $host (local.get $sum)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))
        """;

    private readonly ulong[] _slots = new ulong[1];
    private Store _store = null!;
    private Instance _instance = null!;
    private WasmFunction _nothing = null!;
    private Func<int, int> _increment = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never });
        _instance = _store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble(Text)),
            new Imports().Define("host", "increment", HostFunction.Create((int x) => x + 1)));
        _nothing = _instance.GetFunction("nothing");
        _increment = _instance.GetFunction("increment").CreateDelegate<Func<int, int>>();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _store.Dispose();
        _store.Engine.Dispose();
    }

    [Benchmark]
    public void EnterFromManagedCode() => _nothing.InvokeRaw(_slots);

    [Benchmark]
    public int EnterByDelegate() => _increment(1);

    [Benchmark(OperationsPerInvoke = Calls)]
    public void DirectCall() => Run("direct");

    [Benchmark(OperationsPerInvoke = Calls)]
    public void IndirectCall() => Run("indirect");

    [Benchmark(OperationsPerInvoke = Calls)]
    public void HostCall() => Run("host");

    private void Run(string name)
    {
        _slots[0] = Calls;
        _instance.GetFunction(name).InvokeRaw(_slots);
    }
}
