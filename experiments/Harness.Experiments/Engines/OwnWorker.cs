using System.Diagnostics;
using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

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
        var request = JsonSerializer.Deserialize<WorkerRequest>(Console.In.ReadToEnd(), WorkerProtocol.Json)!;
        var options = EngineOptions.FromDictionary(request.Knobs);
        var report = ExecutionThread.Run(options, () => Attempt(request, options));
        Console.Out.Write("\n" + JsonSerializer.Serialize(report, WorkerProtocol.Json) + "\n");
        return 0;
    }

    private static WorkerReport Attempt(WorkerRequest request, EngineOptions options)
    {
        try
        {
            return Measure(request, options);
        }
        catch (WrongResultException exception)
        {
            return new WorkerReport { Status = WorkerStatus.WrongResult, Message = exception.Message };
        }
        catch (WasmTrapException exception)
        {
            return new WorkerReport { Status = WorkerStatus.Trap, Message = exception.Message };
        }
        catch (Exception exception) when (exception is ModuleException or LinkException or KeyNotFoundException or ArgumentException or NotSupportedException)
        {
            return new WorkerReport { Status = WorkerStatus.Error, Message = exception.Message };
        }
    }

    private static WorkerReport Measure(WorkerRequest request, EngineOptions options)
    {
        var bytes = File.ReadAllBytes(request.Module);
        using var store = new Store(options);
        var begin = Stopwatch.GetTimestamp();
        CompilationFailedEvent? failed = null;
        store.Engine.Events.CompilationFailed += failure => failed ??= failure;
        var module = WasmModule.Decode(bytes, HostModules.Builtins);
        var compiled = Stopwatch.GetTimestamp();
        var instance = store.Instantiate(module, HostModules.CreateStringImports());
        var instantiated = Stopwatch.GetTimestamp();

        var (warmUpCalls, warmUpMs, settled) = WarmUp(new CheckedCall(instance, request.WarmUp), request.Settle, store.Engine);
        var call = new CheckedCall(instance, request.Timed);
        var executeMs = new double[request.TimedCalls];
        for (var i = 0; i < executeMs.Length; i++)
            executeMs[i] = call.Time();

        // A function that stays in baseline code would be a wrong figure without a word.
        if (failed is not null)
        {
            return new WorkerReport
            {
                Status = WorkerStatus.Error,
                Message = $"function {failed.Module.Functions[failed.FunctionIndex]} could not be optimized: {failed.Failure.Message}",
            };
        }

        var statistics = store.Engine.Statistics;
        return new WorkerReport
        {
            Status = WorkerStatus.Ok,
            CompileMs = Stopwatch.GetElapsedTime(begin, compiled).TotalMilliseconds,
            InstantiateMs = Stopwatch.GetElapsedTime(compiled, instantiated).TotalMilliseconds,
            WarmUpCalls = warmUpCalls,
            WarmUpMs = warmUpMs,
            Settled = settled,
            ExecuteMs = executeMs,
            OptimizedBytes = statistics.LiveOptimizedCodeBytes,
            BaselineBytes = statistics.BaselineCodeBytes,
            TierUps = statistics.OptimizedFunctions,
            Deopts = statistics.Deopts,
        };
    }

    private static (int Calls, double Milliseconds, bool Settled) WarmUp(CheckedCall call, WarmUpRule rule, WasmEngine engine)
    {
        var start = Stopwatch.GetTimestamp();
        var times = new List<double>();
        var tierChanges = -1;
        var callsSinceChange = 0;
        while (true)
        {
            times.Add(call.Time());
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var statistics = engine.Statistics;
            var changes = statistics.OptimizedFunctions + statistics.Deopts + statistics.FailedCompilations;
            callsSinceChange = changes == tierChanges && statistics.PendingCompilations == 0 ? callsSinceChange + 1 : 0;
            tierChanges = changes;
            var settled = times.Count >= rule.MinimumCalls && elapsed >= rule.MinimumMilliseconds && callsSinceChange >= rule.Window && IsSteady(times, rule);
            if (settled || elapsed >= rule.LimitMilliseconds)
                return (times.Count, elapsed, settled);
        }
    }

    /// <summary>Whether the slowest and fastest of the last calls differ by little.</summary>
    private static bool IsSteady(List<double> times, WarmUpRule rule)
    {
        var last = times[Math.Max(0, times.Count - rule.Window)..];
        return last.Count == rule.Window && last.Max() <= last.Min() * (1 + rule.Tolerance);
    }

    /// <summary>A call that is timed, and whose results are checked every time.</summary>
    private sealed class CheckedCall
    {
        private readonly WasmFunction function;
        private readonly WasmValue[] arguments;
        private readonly TypedLiteral[] expected;
        private readonly WorkerInvocation invocation;

        public CheckedCall(Instance instance, WorkerInvocation invocation)
        {
            this.invocation = invocation;
            function = instance.Export(invocation.Function) as WasmFunction
                ?? throw new KeyNotFoundException($"the module exports no function '{invocation.Function}'");
            arguments = [.. invocation.Arguments.Select(text => WasmLiterals.ToValue(TypedLiteral.Parse(text)))];
            expected = [.. invocation.Expected.Select(TypedLiteral.Parse)];
        }

        /// <summary>Calls, and returns the time in milliseconds.</summary>
        public double Time()
        {
            var start = Stopwatch.GetTimestamp();
            var results = function.Invoke(arguments);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (results.Length != expected.Length || !results.Zip(expected).All(pair => WasmLiterals.Matches(pair.First, pair.Second)))
            {
                throw new WrongResultException(
                    $"{invocation.Function}({string.Join(", ", invocation.Arguments)}) gave {string.Join(", ", results)} instead of {string.Join(", ", invocation.Expected)}");
            }

            return elapsed;
        }
    }

    private sealed class WrongResultException(string message) : Exception(message);
}
