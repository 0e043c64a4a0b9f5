using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>What a sweep tells of one of its workloads under one configuration: on this engine, on another, and what is in the way where it tells nothing.</summary>
internal sealed record ProgramFigures
{
    /// <summary>The workload.</summary>
    public required Workload Workload { get; init; }

    /// <summary>The rows of this engine.</summary>
    public required CellRows Own { get; init; }

    /// <summary>The rows of the other engine.</summary>
    public required CellRows Other { get; init; }

    /// <summary>This engine's time divided by the other's, round by round; null where one of them was not measured.</summary>
    public required Estimate? Ratio { get; init; }

    /// <summary>Why something was not measured, in one line without folders; empty where all was.</summary>
    public required string Remark { get; init; }

    /// <summary>CPU time of this engine's process for an iteration divided by that of the other's; null where one of them is not known.</summary>
    public double? CpuRatio => Own.Median(row => row.ExecuteCpuMs) is { } own and > 0 && Other.Median(row => row.ExecuteCpuMs) is { } other and > 0 ? own / other : null;

    /// <summary>Name of the suite that the workload is of; empty for the project's own.</summary>
    public string Suite => SuiteCatalog.SuiteOf(Workload.Program);

    /// <summary>The group that it stands in, after the suite's name and a slash where it is of a suite.</summary>
    public string Section => Suite.Length == 0 ? Workload.Group : Workload.Group == Suite || Workload.Group.Length == 0 ? Suite : $"{Suite}/{Workload.Group}";

    /// <summary>Looks at all workloads of a sweep.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">Its statistics.</param>
    /// <param name="configuration">Name of the configuration.</param>
    /// <param name="other">Name of the other engine.</param>
    /// <param name="provenance">Where the results are from, which has the gaps; null where that is not known.</param>
    /// <param name="failures">What failed.</param>
    public static IReadOnlyList<ProgramFigures> Of(
        SweepDefinition sweep, SweepSummary summary, string configuration, string other, Provenance? provenance, IReadOnlyList<Failure> failures)
    {
        var rows = summary.Rows.Where(row => row.Configuration == configuration).ToLookup(row => (row.Engine, row.Workload));
        var obstacles = new ProgramObstacles(configuration, [OwnEngine.EngineName, other], provenance, failures);
        return [.. sweep.Workloads.Select(workload =>
        {
            var own = new CellRows([.. rows[(OwnEngine.EngineName, workload.Name)]]);
            var their = new CellRows([.. rows[(other, workload.Name)]]);
            return new ProgramFigures
            {
                Workload = workload,
                Own = own,
                Other = their,
                Ratio = summary.Ratio((OwnEngine.EngineName, configuration), (other, configuration), workload.Name),
                Remark = obstacles.Describe(workload, engine => engine == other ? their.Count : own.Count),
            };
        })];
    }
}

/// <summary>The rows of a workload under one configuration on one engine.</summary>
/// <param name="rows">The rows.</param>
internal sealed class CellRows(IReadOnlyList<Measurement> rows)
{
    /// <summary>How many there are.</summary>
    public int Count => rows.Count;

    /// <summary>The median of a quantity over the rows of which it is known; null where there are none.</summary>
    /// <param name="quantity">The quantity; not a number where it is not known.</param>
    public double? Median(Func<Measurement, double> quantity) => rows.Select(quantity).Where(value => !double.IsNaN(value)).ToList() is { Count: > 0 } known ? known.Median() : null;
}
