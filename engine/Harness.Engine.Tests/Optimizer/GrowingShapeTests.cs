using System.Runtime.ExceptionServices;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>Small modules whose compilation must stay in proportion to them, on a small stack.</summary>
public sealed class GrowingShapeTests
{
    /// <summary>Enough for any function: what recurses by the size of its input overflows it.</summary>
    private const int SmallStack = 384 << 10;

    private const int Growth = 16;

    /// <summary>Shapes, with the size that is grown.</summary>
    public static TheoryData<string, int> Shapes => new()
    {
        { "nested-loops", 125 },
        { "sequential-loops", 250 },
        { "objects-over-blocks", 60 },
        { "shared-fields", 60 },
        { "stored-chain", 2000 },
        { "shifts-before-an-index", 500 },
        { "loads-of-one-address", 1000 },
        { "eqz-chain", 2000 },
        { "ifs", 300 },
        { "nested-ifs", 125 },
        { "checked-indices", 200 },
    };

    /// <summary>What is allocated is what is worked on, and does not depend on how busy the machine is.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void CompilationGrowsWithTheFunction(string shape, int size)
    {
        long small = AllocatedBy(GrowingShapes.Make(shape, size));
        long large = AllocatedBy(GrowingShapes.Make(shape, size * Growth));
        double exponent = Math.Log((double)large / small, Growth);
        Assert.True(exponent <= 1.3, $"{shape} {size}: {small} bytes, {size * Growth}: {large} bytes, as N^{exponent:F2}");
    }

    [Fact]
    public void EveryShapeIsGrown() => Assert.Equal(GrowingShapes.Names.Order(), Shapes.Select(static row => (string)row[0]).Order());

    [Fact]
    public void ObjectsNestedDeepInAFrameStateAreRebuilt()
    {
        const int size = 20_000;
        EngineOptions options = EngineOptions.Default.With("tier-up", "synchronous").With("stress.tier-up-after", "3");
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        Instance instance = store.Instantiate(GrowingShapes.ObjectsInAFrameState(size));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(size - 1, instance.GetFunction("warm").Invoke()[0].AsI32());
        }

        Assert.Equal(0, engine.Statistics.Deopts);
        Assert.Equal(size + 1, instance.GetFunction("fail").Invoke()[0].AsI32());
        Assert.Equal(1, engine.Statistics.Deopts);
    }

    [Fact]
    public void APassStopsAtItsShare()
    {
        using var engine = new WasmEngine(EngineOptions.Default.With("compile.budget", "0"));
        var stopped = new List<string>();
        engine.Events.PassStopped += seen => stopped.Add(seen.Pass);
        Compile(engine, GrowingShapes.Make("objects-over-blocks", 600));
        Assert.Contains("escape-analysis", stopped);
    }

    [Fact]
    public void AFunctionBeyondTheLimitStaysInBaselineCode()
    {
        using var engine = new WasmEngine(
            EngineOptions.Default.With("tier-up", "eager").With("compile.max-nodes", "500"));
        var failures = new List<string>();
        engine.Events.CompilationFailed += failed => failures.Add(failed.Failure.Message);
        using var store = new Store(engine);
        Instance instance = store.Instantiate(GrowingShapes.Make("ifs", 300));
        Assert.Equal(1, instance.GetFunction("f").Invoke(7)[0].AsI32());
        Assert.Contains("compile.max-nodes", Assert.Single(failures), StringComparison.Ordinal);
    }

    private static long AllocatedBy(WasmModule module)
    {
        using var engine = new WasmEngine();
        long allocated = 0;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    Compile(engine, module);
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            SmallStack);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return allocated;
    }

    private static void Compile(WasmEngine engine, WasmModule module)
    {
        using var compiler = new OptimizingCompiler(engine.Options);
        CompiledCode compiled = compiler.Compile(engine.CodeOf(module), module.Functions.Length - 1, new NoFeedback(), allowDeopt: true);
        NativeRuntime.CodeSpace.Free(compiled.Block);
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
