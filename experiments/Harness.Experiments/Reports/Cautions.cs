using Harness.Experiments.Charts;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using static Harness.Experiments.Reports.MarkdownTable;

namespace Harness.Experiments.Reports;

/// <summary>What there is to be said of single cells.</summary>
internal enum CautionKind
{
    /// <summary>The times fall into two groups.</summary>
    TwoGroups,

    /// <summary>Most repetitions were timed before they had settled.</summary>
    Unsettled,

    /// <summary>Processes became slower again, or reached no steady state.</summary>
    Unsteady,

    /// <summary>A timed call takes few steps of the clock.</summary>
    TooShort,
}

/// <summary>What there is to be said of a cell.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">A sentence that names the cell.</param>
internal readonly record struct CellCaution(CautionKind Kind, string Text);

/// <summary>What a reader should know before quoting a number.</summary>
internal static class Cautions
{
    /// <summary>Steps of the clock that a timed call takes at least, so that one more or less is no more than 1% of it.</summary>
    private const int LeastClockSteps = 100;

    /// <summary>What is to be said of single cells: two modes, measured before they settled, no steady state, too short for the clock.</summary>
    public static IReadOnlyList<CellCaution> OfCells(SweepDefinition sweep, SweepSummary summary)
    {
        var cautions = new List<CellCaution>();
        foreach (var engine in summary.Engines)
        {
            // Where one process tells the size for all, or none does, nobody knows whether it varies.
            const string size = "optimized_bytes";
            var hasSizes = !EngineCatalog.IsObservedOnce(engine, size) && !EngineCatalog.IsUntold(engine, size);
            foreach (var workload in summary.Workloads)
            {
                foreach (var configuration in sweep.Configurations)
                {
                    if (summary.Find(engine, configuration.Name, workload.Name) is not { } cell)
                    {
                        continue;
                    }

                    var name = $"{EngineCatalog.TitleOf(engine)}, {workload.Title}, {configuration.Title}";
                    if (cell.Modes is { } modes)
                    {
                        Add(CautionKind.TwoGroups, $"{name}: times fall into two groups, {Time(modes.Low, "0.00")} ms ({modes.LowCount} times) and {Time(modes.High, "0.00")} ms ({modes.HighCount} times){(hasSizes ? $", with {Count(cell.CodeVariants, "size")} of optimized code" : "")}; the median says little.");
                    }

                    if (cell.Unsettled * 2 > cell.Count)
                    {
                        Add(CautionKind.Unsettled, cell.Count == 1 ? $"{name}: the only repetition had not settled when it was timed." : $"{name}: {cell.Unsettled} of {cell.Count} repetitions had not settled when they were timed.");
                    }

                    if (summary.SteadinessOfCells.TryGetValue(new Cell(engine, configuration.Name, workload.Name), out var steadiness) && Doubt(steadiness) is { } doubt)
                    {
                        Add(CautionKind.Unsteady, $"{name}: {doubt}");
                    }

                    if (cell.Time.Value < LeastClockSteps * cell.ClockStepMs)
                    {
                        Add(CautionKind.TooShort, $"{name}: a timed call takes {Number(cell.Time.Value * 1000, "0.000")} µs, less than {LeastClockSteps} steps of the clock of {Number(cell.ClockStepMs * 1000, "0.000")} µs; let one call do more.");
                    }
                }
            }
        }

        return cautions;

        void Add(CautionKind kind, string text) => cautions.Add(new CellCaution(kind, text));
    }

    /// <summary>What is to be said of the machine while it measured.</summary>
    public static IEnumerable<string> OfEnvironment(Provenance? provenance)
    {
        if (provenance?.ArtificialLoad is { } load)
        {
            yield return $"{Count(load, "processor")} {(load == 1 ? "was" : "were")} kept busy on purpose (--load): these times show what the statistics make of a noisy machine, and are nothing to quote.";
        }

        if (provenance?.MeasuredAgain is { } again)
        {
            yield return $"{Count(again, "process", "processes")} that others on the machine had disturbed {(again == 1 ? "was measured again, whatever its times" : "were measured again, whatever their times")} were; disturbed.csv has what they were.";
        }

        foreach (var caution in (provenance?.Environments ?? []).SelectMany(environment => environment.Cautions()).Distinct())
        {
            yield return char.ToUpperInvariant(caution[0]) + caution[1..] + ".";
        }
    }

    /// <summary>What is to be said of how it was measured: by a rule of warm-up that ended it too early where an engine says nothing of its tiers.</summary>
    public static IEnumerable<string> OfRule(IReadOnlyList<Measurement> rows)
    {
        List<string> engines = [.. rows.Where(row => row.Format < Measurement.GainFormat && row.WarmUpCalls > 0 && row.Engine != OwnEngine.EngineName).Select(row => row.Engine).Distinct().Order(StringComparer.Ordinal).Select(EngineCatalog.TitleOf)];
        if (engines.Count > 0)
        {
            yield return $"{string.Join(", ", engines)} may have been timed too early: rows of formats before {Measurement.GainFormat} are of a time when warm-up did not wait until no call became faster (METHODOLOGY.md), and {(engines.Count > 1 ? "these engines say" : "this engine says")} nothing of tiers. Where that happened the times are too long.";
        }
    }

    /// <summary>What is to be said of the results as a whole.</summary>
    /// <param name="summary">What they say.</param>
    /// <param name="provenance">Where they are from; null where that is not known.</param>
    /// <param name="failures">What failed, as <c>failures.csv</c> has it.</param>
    public static IReadOnlyList<string> OfResults(SweepSummary summary, Provenance? provenance, IReadOnlyList<Failure> failures)
    {
        var cautions = new List<string>();
        if (provenance is null)
        {
            cautions.Add("Where these results are from is not known: provenance.json is missing.");
        }
        else if (provenance.FinishedUtc is null)
        {
            cautions.Add("The sweep is not finished: cells have fewer repetitions than they will have.");
        }

        if (provenance?.Runs.Any(run => run.Dirty) ?? false)
        {
            cautions.Add("Files differed from the commit that is named: nobody else can build what was measured.");
        }

        if (summary.Processes.Most < MedianInterval.LeastValues)
        {
            cautions.Add($"With {SweepChart.NumberOfProcesses(summary)} {(summary.Processes.Most == 1 ? "repetition" : "repetitions")} there are no intervals, and no test finds anything: this is a first look, nothing to quote.");
        }

        cautions.AddRange(OfFailures(summary, failures));
        cautions.AddRange(OfRule(summary.Rows));
        cautions.AddRange(OfEnvironment(provenance));
        return cautions;
    }

    /// <summary>All that is to be said: of the results as a whole, then of single cells.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">What its results say.</param>
    /// <param name="provenance">Where they are from; null where that is not known.</param>
    /// <param name="failures">What failed, as <c>failures.csv</c> has it.</param>
    public static IReadOnlyList<string> Of(SweepDefinition sweep, SweepSummary summary, Provenance? provenance, IReadOnlyList<Failure> failures) =>
        [.. OfResults(summary, provenance, failures), .. OfCells(sweep, summary).Select(caution => caution.Text)];

    /// <summary>What is to be said of what failed: most is missing, but a later run may have measured it, and some are programs that could not be run at all.</summary>
    private static IEnumerable<string> OfFailures(SweepSummary summary, IReadOnlyList<Failure> failures)
    {
        if (failures.Count == 0)
        {
            yield break;
        }

        // What fails is a process, which goes by the name of its program.
        var measured = summary.Rows.Select(row => row.Key with { Workload = row.Program }).ToHashSet();
        var programs = summary.Rows.Select(row => row.Program).ToHashSet();
        var failed = failures.Where(failure => failure.Repetition > 0).Select(failure => failure.Key).Distinct().ToList();
        var again = failed.Count(measured.Contains);
        var absent = failures.Where(failure => failure.Repetition == 0).Select(failure => failure.Workload).Distinct().Count(program => !programs.Contains(program));
        if (failed.Count > again)
        {
            yield return $"{Count(failed.Count - again, "repetition")} failed and {(failed.Count - again == 1 ? "is" : "are")} in no number; failures.csv lists {(failed.Count - again == 1 ? "it" : "them")}.";
        }

        if (again > 0)
        {
            yield return $"{Count(again, "repetition")} failed and {(again == 1 ? "was" : "were")} measured by a later run; failures.csv lists {(again == 1 ? "it" : "them")}.";
        }

        if (absent > 0)
        {
            yield return $"{Count(absent, "program")} could not be run and {(absent == 1 ? "is" : "are")} in no number; failures.csv says why.";
        }
    }

    /// <summary>A number of things.</summary>
    /// <param name="count">The number.</param>
    /// <param name="what">What one of them is called.</param>
    /// <param name="several">What several are called; null for that with an s.</param>
    private static string Count(int count, string what, string? several = null) => $"{count} {(count == 1 ? what : several ?? what + "s")}";

    /// <summary>Says so where a tenth of the processes or more did not stay at their fastest.</summary>
    private static string? Doubt(CellSteadiness steadiness)
    {
        var (unsteady, slower) = (steadiness.Count(SteadinessClass.NoSteadyState), steadiness.Count(SteadinessClass.SlowDown));
        if ((unsteady + slower) * 10 < steadiness.Processes.Count || unsteady + slower == 0)
        {
            return null;
        }

        return $"of {Count(steadiness.Processes.Count, "process", "processes")} {unsteady} reached no steady state and {slower} became slower again.";
    }
}
