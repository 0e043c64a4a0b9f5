using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Engines;

/// <summary>Judges what a worker reports of a program, the same way for all engines: what it printed, and the times that it printed.</summary>
internal static class ProgramResult
{
    /// <summary>Checks the outputs of a report.</summary>
    /// <returns>The report, or one of a wrong result.</returns>
    public static WorkerReport Check(ProgramDefinition program, WorkerReport report)
    {
        if (report.Status != WorkerStatus.Ok)
        {
            return report;
        }

        var mistake = report.Outputs.Select(program.Check.FindMistake).FirstOrDefault(found => found is not null);
        if (mistake is null && program.Metric is { } metric)
        {
            mistake = report.Outputs.Count == 0 ? "it ran no iteration" : FindMistake(metric, report.Outputs[^1].Text);
        }

        return mistake is null ? report : report with { Status = WorkerStatus.WrongResult, Message = mistake };
    }

    /// <summary>What is wrong with printed times: of a text that was cut, the last number may lack digits, and the last time of a benchmark may be gone.</summary>
    private static string? FindMistake(MetricPattern metric, string text) => text.Length < OutputRecorder.MostText
        ? metric.Read(text).Mistake
        : FormattableString.Invariant($"it printed {OutputRecorder.MostText} characters or more, of which no more are kept, so that its times cannot be read; let it print less beside them");

    /// <summary>Refuses times of 0, which a row cannot have: what is shorter than a step of its clock was not measured.</summary>
    /// <param name="program">The program.</param>
    /// <param name="workloads">Those of its workloads that get a row.</param>
    /// <param name="report">A report of it, of which the outputs are checked.</param>
    /// <returns>The report, or one of an error.</returns>
    public static WorkerReport CheckTimes(ProgramDefinition program, IEnumerable<Workload> workloads, WorkerReport report)
    {
        if (report.Status != WorkerStatus.Ok)
        {
            return report;
        }

        var timeless = workloads.FirstOrDefault(workload => !(TimesOf(workload, program, report).Median() > 0));
        return timeless is null ? report : report with { Status = WorkerStatus.Error, Message = $"the time of '{timeless.Name}' is 0, which no row can have: it is too short for the clock that times it" };
    }

    /// <summary>The times of a workload in a report that is right: those of the timed iterations, or the one that the program printed.</summary>
    public static IReadOnlyList<double> TimesOf(Workload workload, ProgramDefinition program, WorkerReport report) =>
        workload.Metric is { } name && program.Metric is { } metric ? [metric.Read(report.Outputs[^1].Text).Times[name]] : report.ExecuteMs;
}
