using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Tests that measure the whole process, and so run while no other test does.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>A process can go through any number of modules: types, code, instances and stores are freed one by one.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class DroppedModulesTests
{
    [Fact]
    public void ModulesThatAreDroppedLeaveNothing()
    {
        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2 });
        Run(engine, 300);
        long before = ResidentBytes();
        Run(engine, 3000);
        long after = ResidentBytes();

        // The .NET runtime goes on compiling what is called often, which takes some memory of its own.
        Assert.True(after < before + (before / 20) + (12 << 20), $"{before >> 20} MiB before, {after >> 20} MiB after");
    }

    private static void Run(WasmEngine engine, int modules)
    {
        for (int i = 0; i < modules; i++)
        {
            using var store = new Store(engine);
            WasmFunction run = store.Instantiate(HandCompiler.Module(
                $"""
                (module (memory 1) (table 10 funcref) (type $pair (struct (field i32 i32)))
                  (func (export "run") (param i32) (result i32)
                    (struct.get $pair 1 (struct.new $pair (i32.const 0) (i32.add (local.get 0) (i32.const {i}))))))
                """)).GetFunction("run");
            for (int call = 0; call < 4; call++) Assert.Equal(call + i, run.Invoke(call)[0].AsI32());
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
