using System.Runtime.ExceptionServices;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
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

    /// <summary>
    /// The largest power of the size that memory may grow by. Of two sizes one may have just doubled its buffers, and passes draw on their budgets at
    /// the larger one only.
    /// </summary>
    private const double MostGrowthOfMemory = 1.3;

    /// <summary>A power of the size that compile time stays far below unless something grows by the square.</summary>
    private const double MostGrowthOfTime = 1.6;

    private const int Growth = 16;

    /// <summary>Half of the sizes that charts are made of: what is allocated shows the growth at these as well.</summary>
    private static int SizeOf(GrowingShape shape) => Math.Max(1, shape.Size / 2);

    public static TheoryData<string> Shapes
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (var shape in GrowingShapes.All)
            {
                names.Add(shape.Name);
            }

            return names;
        }
    }

    /// <summary>What is allocated is what is worked on, and does not depend on how busy the machine is.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void CompilationGrowsWithTheModule(string name)
    {
        var shape = GrowingShapes.Get(name);
        var small = shape.Assemble(SizeOf(shape));
        var large = shape.Assemble(SizeOf(shape) * Growth);
        AssertGrowth("baseline", CostOnSmallStack(CompilationCost.OfBaseline, small), CostOnSmallStack(CompilationCost.OfBaseline, large));
        AssertGrowth("optimizing", CostOnSmallStack(CompilationCost.OfOptimizing, small), CostOnSmallStack(CompilationCost.OfOptimizing, large));

        void AssertGrowth(string tier, CompilationCost least, CompilationCost most)
        {
            Assert.Null(most.Refusal);
            var exponent = Math.Log((double)most.AllocatedBytes / least.AllocatedBytes, Growth);
            Assert.True(
                exponent <= MostGrowthOfMemory,
                $"{name}, {tier}: {least.AllocatedBytes} bytes at {SizeOf(shape)}, {most.AllocatedBytes} at {SizeOf(shape) * Growth}, as N^{exponent:F2}");
        }
    }

    /// <summary>
    /// A busy machine makes times longer: the least of several is judged, and generously, since what grows by the square is far beyond. The exponents
    /// that are wanted are measured by <c>harness growth</c>.
    /// </summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void OptimizingDoesNotGrowByTheSquare(string name)
    {
        var shape = GrowingShapes.Get(name);
        var small = shape.Assemble(SizeOf(shape));
        var large = shape.Assemble(SizeOf(shape) * Growth);
        CompilationCost.OfOptimizing(small, EngineOptions.Default);
        var least = long.MaxValue;
        var most = long.MaxValue;
        var exponent = double.MaxValue;
        for (var attempt = 0; attempt < 6 && exponent > MostGrowthOfTime; attempt++)
        {
            least = Math.Min(least, CompilationCost.OfOptimizing(small, EngineOptions.Default).Time);
            most = Math.Min(most, CompilationCost.OfOptimizing(large, EngineOptions.Default).Time);
            exponent = Math.Log((double)most / least, Growth);
        }

        Assert.True(exponent <= MostGrowthOfTime, $"{name}: {least} ns at {SizeOf(shape)}, {most} ns at {SizeOf(shape) * Growth}, as N^{exponent:F2}");
    }

    /// <summary>
    /// Baseline code is what is left where a function is too much for the optimizer: it is made in proportion to the function however many locals that
    /// has, up to what the specification allows. Only there what is done for each block and each local shows.
    /// </summary>
    [Theory]
    [InlineData("locals")]
    [InlineData("values-over-blocks")]
    [InlineData("values-over-loops")]
    [InlineData("changes-over-blocks")]
    [InlineData("copies-over-branches")]
    [InlineData("constants-over-branches")]
    [InlineData("branches-with-values")]
    [InlineData("objects-over-blocks")]
    [InlineData("references-over-calls")]
    public void BaselineCodeWithVeryManyLocalsDoesNotGrowByTheSquare(string name)
    {
        const int most = 48_000;
        var shape = GrowingShapes.Get(name);
        var small = shape.Assemble(most / Growth);
        var large = shape.Assemble(most);
        using var meter = CompilationMeter.OfBaseline(EngineOptions.Default);
        var exponent = double.MaxValue;
        var least = long.MaxValue;
        var longest = long.MaxValue;
        for (var attempt = 0; attempt < 6 && exponent > MostGrowthOfTime; attempt++)
        {
            least = Math.Min(least, meter.Measure(small).Time);
            longest = Math.Min(longest, meter.Measure(large).Time);
            exponent = Math.Log((double)longest / least, Growth);
        }

        Assert.True(exponent <= MostGrowthOfTime, $"{name}: {least} ns at {most / Growth}, {longest} ns at {most}, as N^{exponent:F2}");
    }

    /// <summary>How an access traps on null depends on how far from its object's header the field is; what it takes to compile it does not.</summary>
    [Fact]
    public void FieldsFarFromTheHeaderCostNoMoreThanOthers()
    {
        Assert.InRange(CostOfField(7680) / CostOfField(960), 0, 1.5);

        static double CostOfField(int fields) =>
            (double)CompilationCost.OfBaseline(GrowingShapes.Get("fields").Assemble(fields), EngineOptions.Default).AllocatedBytes / fields;
    }

    /// <summary>What is worked on lies in buffers that the compiler keeps, be it that the function is refused in the end.</summary>
    /// <param name="name">The shape.</param>
    /// <param name="size">Its size.</param>
    /// <param name="isRefused">Whether its function is too much for optimized code.</param>
    /// <param name="most">How much of what a compiler without buffers allocates it may allocate at most with them.</param>
    [Theory]
    [InlineData("shared-operations", 16_000, false, 0.3)]
    [InlineData("divisions", 16_000, false, 0.3)]
    [InlineData("floats-alive", 20_000, true, 0.3)]
    [InlineData("sequential-loops", 1_600, false, 0.4)]
    public void ACompilerKeepsItsBuffers(string name, int size, bool isRefused, double most)
    {
        var module = GrowingShapes.Get(name).Assemble(size);
        using var meter = CompilationMeter.OfOptimizing(EngineOptions.Default);
        var first = meter.Measure(module);
        var second = meter.Measure(module);
        Assert.Equal(isRefused, first.Refusal is not null);
        Assert.InRange((second.AllocatedBytes - second.CodeBytes) / (double)(first.AllocatedBytes - first.CodeBytes), 0, most);
    }

    /// <summary>A compiler that others have left buffers of any size makes the code that a new one makes.</summary>
    [Fact]
    public void KeptBuffersDoNotChangeTheCode()
    {
        using var engine = new WasmEngine(EngineOptions.Default);
        using var used = new OptimizingCompiler(engine.Options);
        foreach (var (name, size) in ((string, int)[])[("floats-alive", 20_000), ("ifs", 300), ("selects", 3000), ("casts-of-one-reference", 50), ("divisions", 20)])
        {
            var module = GrowingShapes.Get(name).Make(size);
            using var fresh = new OptimizingCompiler(engine.Options);
            Assert.Equal(CodeOf(fresh), CodeOf(used));

            byte[]? CodeOf(OptimizingCompiler compiler)
            {
                try
                {
                    var compiled = compiler.Compile(engine.CodeOf(module), module.Functions.Length - 1, new NoFeedback(), allowDeopt: true);
                    var bytes = compiled.Block.Bytes.ToArray();
                    NativeRuntime.CodeSpace.Free(compiled.Block);
                    return bytes;
                }
                catch (NotSupportedException)
                {
                    return null;
                }
            }
        }
    }

    [Fact]
    public void ObjectsNestedDeepInAFrameStateAreRebuilt()
    {
        const int size = 20_000;
        var options = EngineOptions.Default.With("tier-up", "synchronous").With("stress.tier-up-after", "3");
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        var instance = store.Instantiate(GrowingShapes.ObjectsInAFrameState(size));
        for (var i = 0; i < 10; i++)
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
        Compile(engine, GrowingShapes.Get("objects-over-blocks").Make(600));
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
        var instance = store.Instantiate(GrowingShapes.Get("ifs").Make(300));
        Assert.Equal(1, instance.GetFunction("f").Invoke(7)[0].AsI32());
        Assert.Contains("compile.max-nodes", Assert.Single(failures), StringComparison.Ordinal);
    }

    private static CompilationCost CostOnSmallStack(Func<byte[], EngineOptions, CompilationCost> measure, byte[] module)
    {
        CompilationCost? cost = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    cost = measure(module, EngineOptions.Default);
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
        return cost!;
    }

    private static void Compile(WasmEngine engine, WasmModule module)
    {
        using var compiler = new OptimizingCompiler(engine.Options);
        var compiled = compiler.Compile(engine.CodeOf(module), module.Functions.Length - 1, new NoFeedback(), allowDeopt: true);
        NativeRuntime.CodeSpace.Free(compiled.Block);
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
