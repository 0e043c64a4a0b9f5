using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>Judges what a worker reports of a program, the same way for all engines: what it printed, and the times that it printed.</summary>
internal static class ProgramResult
{
    /// <summary>Checks the outputs of a report.</summary>
    /// <returns>The report, or one of a wrong result.</returns>
    public static WorkerReport Check(ProgramDefinition program, WorkerReport report)
    {
        if (report.Status != WorkerStatus.Ok)
            return report;
        var mistake = report.Outputs.Select(program.Check.FindMistake).FirstOrDefault(found => found is not null);
        if (mistake is null && program.Metric is { } metric)
            mistake = report.Outputs.Count == 0 ? "it ran no iteration" : metric.Read(report.Outputs[^1].Text).Mistake;
        return mistake is null ? report : report with { Status = WorkerStatus.WrongResult, Message = mistake };
    }

    /// <summary>The times of a workload in a report that is right: those of the timed iterations, or the one that the program printed.</summary>
    public static IReadOnlyList<double> TimesOf(Workload workload, ProgramDefinition program, WorkerReport report) =>
        workload.Metric is { } name && program.Metric is { } metric ? [metric.Read(report.Outputs[^1].Text).Times[name]] : report.ExecuteMs;
}
