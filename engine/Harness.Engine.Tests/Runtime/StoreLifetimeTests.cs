using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Nothing holds on to what a store was made of when it was disposed of.</summary>
public sealed class StoreLifetimeTests
{
    private const string Program =
        """
        (module
          (memory 1)
          (table 2 funcref)
          (type $object (struct (field i32)))
          (elem (i32.const 0) $load)
          (func $load (param i32) (result i32) (i32.load (local.get 0)))
          (func (export "run") (param i32) (result i32)
            (struct.get $object 0
              (struct.new $object (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))))
          (func (export "trap") unreachable))
        """;

    [Theory]
    [InlineData("never")]
    [InlineData("eager")]
    [InlineData("synchronous")]
    [InlineData("background")]
    public void NothingOfADisposedStoreIsKept(string tierUp)
    {
        var kept = new List<string>();
        foreach (var (name, reference) in Run(tierUp))
        {
            for (var i = 0; i < 10 && reference.IsAlive; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            if (reference.IsAlive)
            {
                kept.Add(name);
            }
        }

        Assert.Empty(kept);
    }

    [Fact]
    public void TheCodeOfAModuleIsFreedWithTheModule()
    {
        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2 });
        var code = RunIn(engine, out var address);
        Assert.NotNull(NativeRuntime.Registry.Find(address));
        for (var i = 0; i < 10 && code.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(code.IsAlive);
        Assert.Null(NativeRuntime.Registry.Find(address));
        Assert.Equal(0, engine.Statistics.LiveOptimizedCodeBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunIn(WasmEngine engine, out nint address)
    {
        using var store = new Store(engine);
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Program)));
        for (var i = 0; i < 10; i++)
        {
            instance.GetFunction("run").Invoke(i);
        }

        address = instance.Code.OptimizedCode(instance.GetFunction("run").Index)!.Block.Address;
        return new WeakReference(instance.Code);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (string Name, WeakReference Reference)[] Run(string tierUp)
    {
        using var store = new Store(EngineOptions.Default.With("tier-up", tierUp).With("stress.tier-up-after", "2"));
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Program)));
        for (var i = 0; i < 10; i++)
        {
            instance.GetFunction("run").Invoke(i);
        }

        Assert.Throws<WasmTrapException>(() => instance.GetFunction("trap").Invoke());
        return
        [
            ("store", new(store)),
            ("heap", new(store.Heap)),
            ("instance", new(instance)),
            ("module", new(instance.Code.Module)),
            ("code", new(instance.Code)),
            ("engine", new(store.Engine)),
        ];
    }
}
