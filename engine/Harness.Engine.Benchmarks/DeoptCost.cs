using BenchmarkDotNet.Attributes;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Benchmarks;

/// <summary>
/// The cost of a deopt that rebuilds one baseline frame: a call whose only guard fails, as the stress knob has it, against the
/// same call when the guard holds.
/// </summary>
[InProcess]
public class DeoptCost
{
    private const string Text = """
        (module
          (type $t (func (param i32) (result i32)))
          (table (export "table") 1 funcref)
          (elem (i32.const 0) $increment)
          (func $increment (type $t) (i32.add (local.get 0) (i32.const 1)))
          (func (export "call") (param $x i32) (result i32)
            (call_indirect (type $t) (local.get $x) (i32.const 0))))
        """;

    private readonly ulong[] _slots = new ulong[1];
    private Store _store = null!;
    private WasmFunction _function = null!;

    /// <summary>Whether the guard fails at every call.</summary>
    [Params(false, true)]
    public bool Fails { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _store = new Store(EngineOptions.Default with
        {
            TierUp = TierUpMode.Synchronous,
            StressTierUpAfter = 10,
            StressGuardFailInterval = Fails ? 1 : 0,
        });
        _function = _store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Text))).GetFunction("call");
        for (var i = 0; i < 100; i++)
        {
            Call();
        }

        if (_store.Engine.Statistics.StressDeopts > 0 != Fails)
        {
            throw new InvalidOperationException("the guard is not as asked for");
        }
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _store.Dispose();
        _store.Engine.Dispose();
    }

    [Benchmark]
    public void Call()
    {
        _slots[0] = 41;
        _function.InvokeRaw(_slots);
    }
}
