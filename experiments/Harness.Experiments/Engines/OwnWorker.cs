using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Hosting;
using Harness.Experiments.Workloads;
using Harness.Hosts;

namespace Harness.Experiments.Engines;

/// <summary>
/// One repetition on this engine: the counterpart of <c>v8-worker.mjs</c>. The two follow the same rules for warm-up,
/// timing and checking; this one also waits until the engine's tiers have settled, which V8 does not tell.
/// </summary>
internal static class OwnWorker
{
    /// <summary>Reads a request (JSON) from standard input and writes a report (JSON) as the last line of standard output.</summary>
    public static int Run()
    {
        var startMs = WorkerLoop.SinceProcessStartMs;
        var request = WorkerJson.ReadRequest();
        var options = EngineOptions.FromDictionary(request.Knobs);
        ExecutionThread.Run(options, () => Attempt(request, options, report => WorkerJson.WriteReport(report with { StartMs = startMs, PeakMemoryBytes = WorkerLoop.PeakMemoryBytes })));
        return 0;
    }

    /// <summary>Measures, and reports before the host is left: a fault of a native library there takes no figure with it.</summary>
    private static void Attempt(WorkerRequest request, EngineOptions options, Action<WorkerReport> report)
    {
        try
        {
            using var host = ProgramHost.Open(request.Program, options, request.Checks);
            report(Measure(request, host));
        }
        catch (WrongResultException exception)
        {
            report(Failed(WorkerStatus.WrongResult, exception));
        }
        catch (ProgramException exception) when (exception.IsWrongResult)
        {
            report(Failed(WorkerStatus.WrongResult, exception));
        }
        catch (WasmTrapException exception)
        {
            report(Failed(WorkerStatus.Trap, exception));
        }
        catch (Exception exception) when (exception is ProgramException or ModuleException or LinkException or WasmException or KeyNotFoundException or ArgumentException or KnobException
            or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            report(Failed(WorkerStatus.Error, exception));
        }
    }

    private static WorkerReport Failed(WorkerStatus status, Exception exception) => new() { Status = status, Message = exception.Message.Split('\n')[0].TrimEnd() };

    private static WorkerReport Measure(WorkerRequest request, IProgramHost host)
    {
        var program = request.Program;
        CompilationFailedEvent? failed = null;
        host.Engine.Events.CompilationFailed += failure => failed ??= failure;
        host.Load();

        var outputs = new OutputRecorder();
        var cpu = new WorkerLoop.TimedCpu();
        var first = new PhasesAtFirst(host);
        var (warmUp, timed) = MakeIterations(program, host, outputs, cpu, first);
        var tierChanges = -1;
        var loop = WorkerLoop.Run(request, warmUp, timed, AreTiersQuiet, cpu);

        try
        {
            host.Validate();
        }
        catch (ProgramException exception)
        {
            throw new WrongResultException(exception.Message);
        }

        // A function that stays in baseline code would be a wrong figure without a word. Whoever checks results wants no figures: there only what broke the compiler counts, and
        // not what it says that it does not compile.
        if (failed is not null && !(request.Checks && failed.Failure is NotSupportedException))
        {
            return new WorkerReport
            {
                Status = WorkerStatus.Error,
                Message = $"function {failed.Module.Functions[failed.FunctionIndex]} could not be optimized: {OneLine.Of(failed.Failure.Message)}",
            };
        }

        if (request.ProfileOut is { } file)
        {
            host.Engine.WaitUntilSettled(TimeSpan.FromMinutes(1));
            host.Engine.TakeProfile().Save(file);
        }

        var statistics = host.Engine.Statistics;
        var heap = host.Heap;
        return new WorkerReport
        {
            Status = WorkerStatus.Ok,
            CompileMs = first.CompileMs,
            DecodeMs = first.DecodeMs,
            ValidateMs = first.ValidateMs,
            InstantiateMs = first.InstantiateMs,
            WarmUpCalls = loop.WarmUpMs.Count,
            WarmUpMs = loop.WarmUpTotalMs,
            Settled = loop.Settled,
            ExecuteMs = loop.ExecuteMs,
            ExecuteCpuMs = loop.ExecuteCpuMs,
            CpuMs = WorkerLoop.CpuMs,
            IterationMs = loop.AllMs,
            Outputs = outputs.All,
            OptimizedBytes = statistics.LiveOptimizedCodeBytes,
            BaselineBytes = statistics.BaselineCodeBytes,
            BaselineCompileMs = statistics.BaselineCompileTime.TotalMilliseconds,
            OptimizedCompileMs = statistics.OptimizedCompileTime.TotalMilliseconds,
            QueueWaitMs = statistics.Waits.Queued.TotalMilliseconds,
            LongestQueueWaitMs = statistics.Waits.LongestQueued.TotalMilliseconds,
            CodeWaitMs = statistics.Waits.UntilInstalled.TotalMilliseconds,
            LongestCodeWaitMs = statistics.Waits.LongestUntilInstalled.TotalMilliseconds,
            TierUps = statistics.OptimizedFunctions,
            Deopts = statistics.Deopts,
            YoungCollections = heap.YoungCollections,
            FullCollections = heap.FullCollections,
            CollectionMs = heap.Pause.TotalMilliseconds,
            LongestPauseMs = heap.LongestPause.TotalMilliseconds,
            PromotedBytes = heap.PromotedBytes,
            InstanceBytes = (host as InstanceHost)?.InstanceBytes ?? 0,
            CacheHits = statistics.CacheHits,
            CacheMisses = statistics.CacheMisses,
            CacheOptimizedHits = statistics.CacheOptimizedHits,
            ClockStepMs = WorkerLoop.MeasureClockStep(),
        };

        // No compilation pending, and no tier-up and no deopt since the last iteration.
        bool AreTiersQuiet()
        {
            var now = host.Engine.Statistics;
            var changes = now.OptimizedFunctions + now.Deopts + now.FailedCompilations;
            var isQuiet = changes == tierChanges && now.PendingCompilations == 0;
            tierChanges = changes;
            return isQuiet;
        }
    }

    /// <summary>A program's iterations as functions that take their time: one to warm up with, one to be timed.</summary>
    private static (Func<double> WarmUp, Func<double> Timed) MakeIterations(WorkerProgram program, IProgramHost host, OutputRecorder outputs, WorkerLoop.TimedCpu cpu, PhasesAtFirst first)
    {
        if (program.Iteration == Words(IterationKind.Call))
        {
            return (new CheckedCall(host.Instance!, program.WarmUp!, outputs).Time, new CheckedCall(host.Instance!, program.Timed!, outputs).Time);
        }

        return (Iterate, Iterate);

        double Iterate()
        {
            var start = Stopwatch.GetTimestamp();
            var output = host.Iterate();
            var elapsed = WorkerLoop.ElapsedMs(start);
            first.Note();
            outputs.Add(output);
            cpu.Add(output.TimedCpuMilliseconds);
            return output.TimedMilliseconds ?? elapsed;
        }
    }

    private static string Words(IterationKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>A call that is timed, and whose results are checked every time.</summary>
    private sealed class CheckedCall
    {
        private readonly WasmFunction _function;
        private readonly WasmValue[] _arguments;
        private readonly TypedLiteral[]? _expected;
        private readonly WorkerInvocation _invocation;
        private readonly OutputRecorder _outputs;

        public CheckedCall(Instance instance, WorkerInvocation invocation, OutputRecorder outputs)
        {
            _outputs = outputs;
            _invocation = invocation;
            _function = instance.Export(invocation.Function) as WasmFunction
                ?? throw new KeyNotFoundException($"the module exports no function '{invocation.Function}'");
            _arguments = [.. invocation.Arguments.Select(text => WasmLiterals.ToValue(TypedLiteral.Parse(text)))];
            _expected = invocation.Expected?.Select(TypedLiteral.Parse).ToArray();
        }

        /// <summary>Calls, and returns the time in milliseconds.</summary>
        public double Time()
        {
            var start = Stopwatch.GetTimestamp();
            var results = _function.Invoke(_arguments);
            var elapsed = WorkerLoop.ElapsedMs(start);
            if (_expected is null)
            {
                _outputs.Add(new ProgramOutput { Text = string.Join(' ', results.Select(WasmLiterals.ToLiteral)) });
            }
            else if (results.Length != _expected.Length || !results.Zip(_expected).All(pair => WasmLiterals.Matches(pair.First, pair.Second)))
            {
                throw new WrongResultException(
                    $"{_invocation.Function}({string.Join(", ", _invocation.Arguments)}) gave {string.Join(", ", results)} instead of {string.Join(", ", _invocation.Expected!)}");
            }

            return elapsed;
        }
    }

    /// <summary>The times of the phases up to the end of the first iteration: later ones may make further modules and instances, as many as there happen to be iterations.</summary>
    private sealed class PhasesAtFirst(IProgramHost host)
    {
        private (double CompileMs, double DecodeMs, double ValidateMs, double InstantiateMs)? _noted;

        /// <summary>From bytes to modules, in ms.</summary>
        public double CompileMs => _noted?.CompileMs ?? host.CompileMilliseconds;

        /// <summary>The part of it that decoding took, in ms.</summary>
        public double DecodeMs => _noted?.DecodeMs ?? host.DecodeMilliseconds;

        /// <summary>The part of it that validating function bodies took, in ms.</summary>
        public double ValidateMs => _noted?.ValidateMs ?? host.ValidateMilliseconds;

        /// <summary>From modules to instances, in ms.</summary>
        public double InstantiateMs => _noted?.InstantiateMs ?? host.InstantiateMilliseconds;

        /// <summary>Notes that an iteration has ended.</summary>
        public void Note() => _noted ??= (host.CompileMilliseconds, host.DecodeMilliseconds, host.ValidateMilliseconds, host.InstantiateMilliseconds);
    }

    private sealed class WrongResultException(string message) : Exception(message);
}
