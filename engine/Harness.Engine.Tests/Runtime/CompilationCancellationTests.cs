using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Who disposes, interrupts or cancels does not wait for a compilation that is under way, and the compilation ends soon, without a trace.</summary>
public sealed class CompilationCancellationTests
{
    /// <summary>How soon whoever does not want to wait goes on.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan VeryLong = TimeSpan.FromSeconds(60);

    /// <summary>A function that takes the optimizing compiler seconds.</summary>
    private static readonly WasmModule Huge = GrowingShapes.Get("ifs-with-results").Make(60_000);

    /// <summary>Calls that function without end.</summary>
    private static readonly WasmModule Caller = WasmModule.Decode(WatAssembler.Assemble(
        """
        (module (import "m" "f" (func $f (param i32) (result i32)))
          (func (export "main") (loop $l (drop (call $f (i32.const 1))) (br $l))))
        """));

    private static readonly EngineOptions Background = EngineOptions.Default with { TieringBudget = 1 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DisposingDoesNotWait(bool hasEngineOfItsOwn)
    {
        BestOf(() =>
        {
            var engine = new WasmEngine(Background);
            var store = new Store(engine);
            var instance = store.Instantiate(Huge);
            using var begun = BeginOfCompilation(engine);
            instance.GetFunction("f").Invoke(7);
            WaitAWhile(begun);
            Assert.Equal(1, engine.Statistics.PendingCompilations);
            var start = Stopwatch.GetTimestamp();
            store.Dispose();
            if (hasEngineOfItsOwn)
            {
                engine.Dispose();
            }

            var time = Stopwatch.GetElapsedTime(start);
            if (!hasEngineOfItsOwn)
            {
                // What others may still want goes on, without the store.
                Assert.True(engine.WaitUntilSettled(VeryLong));
                using var next = new Store(engine);
                next.Instantiate(Huge).GetFunction("f").Invoke(7);
                Assert.Equal(1, engine.Statistics.OptimizedFunctions);
            }

            engine.Dispose();
            Assert.True(engine.WaitUntilSettled(VeryLong));
            Assert.Equal(hasEngineOfItsOwn ? 0 : 1, engine.Statistics.OptimizedFunctions);
            Assert.Equal(0, engine.Statistics.FailedCompilations);
            Assert.Equal(0, engine.CodeBytes);
            return time;
        });
    }

    [Theory]
    [InlineData(TierUpMode.Synchronous, false)]
    [InlineData(TierUpMode.Synchronous, true)]
    [InlineData(TierUpMode.Eager, false)]
    [InlineData(TierUpMode.Eager, true)]
    public void AGuestThatWaitsForTheOptimizerEndsAtOnce(TierUpMode mode, bool isCancelled)
    {
        BestOf(() =>
        {
            using var engine = new WasmEngine(Background with { TierUp = mode });
            using var store = new Store(engine);
            var main = store.Instantiate(Caller, new Imports().Define("m", store.Instantiate(Huge))).GetFunction("main");
            using var source = new CancellationTokenSource();
            using var begun = BeginOfCompilation(engine);
            long requested = 0;
            var other = new Thread(() =>
            {
                WaitAWhile(begun);
                requested = Stopwatch.GetTimestamp();
                if (isCancelled)
                {
                    source.Cancel();
                }
                else
                {
                    store.Interrupt();
                }
            });
            other.Start();
            var end = Record.Exception(() => main.Invoke([], source.Token));
            var time = Stopwatch.GetElapsedTime(requested, Stopwatch.GetTimestamp());
            other.Join();
            Assert.Equal(1, engine.Statistics.PendingCompilations);
            if (isCancelled)
            {
                Assert.IsType<OperationCanceledException>(end);
            }
            else
            {
                Assert.Equal(TrapKind.Interrupted, Assert.IsType<WasmTrapException>(end).Kind);
            }

            return time;
        });
    }

    [Fact]
    public void AGuestThatWaitsForBaselineCodeEndsAtOnce()
    {
        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Never });
        using var store = new Store(engine);
        var instance = store.Instantiate(Huge);
        var function = instance.GetFunction("f").Index;
        store.Interrupt();
        Assert.Throws<OperationCanceledException>(
            () => engine.BaselineCompiler.Compile(instance.Code, function, new CompilationInterest(default, store)));
        Assert.Throws<OperationCanceledException>(
            () => engine.BaselineCompiler.DescribeResumePoints(instance.Code, function, new CompilationInterest(new CancellationToken(canceled: true))));
        Assert.Equal(TrapKind.Interrupted, Assert.Throws<WasmTrapException>(() => instance.GetFunction("f").Invoke(7)).Kind);
        Assert.Null(instance.Code.BaselineCode(function));
        instance.GetFunction("f").Invoke(7);
        Assert.NotNull(instance.Code.BaselineCode(function));
    }

    [Theory]
    [InlineData("build")]
    [InlineData("constant-fields")]
    [InlineData("fold")]
    [InlineData("branch-simplification")]
    [InlineData("gvn")]
    [InlineData("licm")]
    [InlineData("dce")]
    [InlineData("select")]
    [InlineData("lifetimes")]
    [InlineData("allocate")]
    [InlineData("safepoints")]
    public void StepsOfTheOptimizerEndInTheirMidst(string step)
    {
        using var engine = new WasmEngine();
        using var source = new CancellationTokenSource();
        var after = new List<string>();
        engine.Events.CompilationStepDone += done =>
        {
            if (source.IsCancellationRequested)
            {
                after.Add(done.Name);
            }

            if (done.Name == step)
            {
                source.Cancel();
            }
        };
        using var compiler = new OptimizingCompiler(engine.Options);
        var code = engine.CodeOf(GrowingShapes.Get("ifs-with-results").Make(3_000));
        var function = code.Module.Functions.Length - 1;
        Assert.Throws<OperationCanceledException>(() => compiler.Compile(code, function, new NoFeedback(), allowDeopt: true, source.Token));
        Assert.True(source.IsCancellationRequested);

        // The step that had been begun has not come to its end, unless there was nothing for it to do.
        Assert.InRange(after.Count, 0, 1);
    }

    [Fact]
    public void ACancelledCompilerCompilesAgain()
    {
        using var engine = new WasmEngine();
        using var compiler = new OptimizingCompiler(engine.Options);
        var code = engine.CodeOf(GrowingShapes.Get("ifs").Make(3_000));
        var function = code.Module.Functions.Length - 1;
        var expected = Compile();
        foreach (var step in (string[])["fold", "select", "allocate"])
        {
            using var source = new CancellationTokenSource();
            Action<CompilationStep> cancel = done =>
            {
                if (done.Name == step)
                {
                    source.Cancel();
                }
            };
            engine.Events.CompilationStepDone += cancel;
            Assert.Throws<OperationCanceledException>(() => compiler.Compile(code, function, new NoFeedback(), allowDeopt: true, source.Token));
            engine.Events.CompilationStepDone -= cancel;
            Assert.Equal(expected.Length, Compile().Length);
        }

        byte[] Compile()
        {
            var compiled = compiler.Compile(code, function, new NoFeedback(), allowDeopt: true);
            var bytes = compiled.Block.Bytes.ToArray();
            NativeRuntime.CodeSpace.Free(compiled.Block);
            return bytes;
        }
    }

    /// <summary>Tells when the huge function is to be optimized.</summary>
    private static ManualResetEventSlim BeginOfCompilation(WasmEngine engine)
    {
        var begun = new ManualResetEventSlim();
        engine.Events.TierUpRequested += request =>
        {
            if (request.Module == Huge)
            {
                begun.Set();
            }
        };
        return begun;
    }

    /// <summary>Waits until the optimizing compiler has been at work for a while.</summary>
    private static void WaitAWhile(ManualResetEventSlim begun)
    {
        Assert.True(begun.Wait(VeryLong));
        Thread.Sleep(30);
    }

    /// <summary>On a busy machine a thread may not be let run for long: one of some attempts must have been soon enough, and none may have waited for a compilation.</summary>
    private static void BestOf(Func<TimeSpan> attempt)
    {
        var best = VeryLong;
        for (var i = 0; i < 5 && best > Soon; i++)
        {
            var time = attempt();
            best = time < best ? time : best;
        }

        Assert.True(best <= Soon, $"it took {best} at best");
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
