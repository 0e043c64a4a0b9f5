using System.Diagnostics;

namespace Harness.Experiments.Engines.Shells;

/// <summary>
/// Watches a shell that cannot tell its own CPU time and memory, nor when its process began: at the mark that it prints when it is ready, at those before and after the timed iterations, and once more
/// when it has reported. It waits for that before it ends, and at each mark of the timed iterations before it goes on: its CPU time is what it was at the mark. A mark takes CPU time itself, in a browser more than a
/// short timed part does: it is told by some marks behind that part, between which nothing happens, and taken off. It is made just before the process is started.
/// </summary>
internal sealed class ShellObserver
{
    private const string MarkStart = "{\"mark\":\"";
    private const string ReportStart = "{\"status\":";

    private readonly long _made = Stopwatch.GetTimestamp();
    private double _startMs;
    private double? _timedBegin;
    private double? _timedEnd;
    private double _lastMark;
    private double _markCost = double.PositiveInfinity;
    private ProcessUsage? _end;

    /// <summary>Looks at a line of the shell's output.</summary>
    /// <param name="line">The line.</param>
    /// <param name="processId">The shell.</param>
    /// <returns>What the shell waits for: <see cref="WorkerAnswer.GoOn"/> at a mark of the timed iterations, <see cref="WorkerAnswer.End"/> at its report.</returns>
    public WorkerAnswer Observe(string line, int processId)
    {
        if (line.StartsWith(MarkStart, StringComparison.Ordinal))
        {
            if (line.Contains("ready", StringComparison.Ordinal))
            {
                _startMs = Stopwatch.GetElapsedTime(_made).TotalMilliseconds;
                return WorkerAnswer.None;
            }

            var cpu = ProcessUsage.CpuMsOfTree(processId);
            if (line.Contains("begin", StringComparison.Ordinal))
            {
                _timedBegin = cpu;
            }
            else if (line.Contains("again", StringComparison.Ordinal))
            {
                _markCost = Math.Min(_markCost, cpu - _lastMark);
            }
            else
            {
                _timedEnd = cpu;
            }

            _lastMark = cpu;
            return WorkerAnswer.GoOn;
        }

        if (!line.StartsWith(ReportStart, StringComparison.Ordinal))
        {
            return WorkerAnswer.None;
        }

        _end = ProcessUsage.OfTree(processId);
        return WorkerAnswer.End;
    }

    /// <summary>Adds what was seen to the shell's report.</summary>
    public WorkerReport Complete(WorkerReport report) => report with
    {
        StartMs = report.StartMs > 0 ? report.StartMs : _startMs,
        CpuMs = _end?.CpuMs ?? 0,
        PeakMemoryBytes = _end?.PeakMemoryBytes ?? 0,
        ExecuteCpuMs = report.ExecuteMs.Count > 0 && _timedBegin is { } begin && _timedEnd is { } finish ? Math.Max(0, finish - begin - CostOfAMark) / report.ExecuteMs.Count : 0,
    };

    /// <summary>CPU time from one mark to the next where nothing happens, in ms: the least, since other threads may have been at work meanwhile. 0 where there are no such marks.</summary>
    private double CostOfAMark => double.IsFinite(_markCost) ? Math.Max(0, _markCost) : 0;
}
