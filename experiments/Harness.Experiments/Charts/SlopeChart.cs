using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>
/// What the step from one configuration to another does to each program: a panel per engine, a line per program from its speedup under the first to that under the second. What falls
/// is seen at once, in colour and in grey.
/// </summary>
internal static class SlopeChart
{
    /// <summary>Makes the figure.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">Its results.</param>
    /// <param name="between">Names of the two configurations; null for the last that an engine was measured in, and the one before it that has the same baseline.</param>
    /// <exception cref="HarnessException">There are no such configurations, or no program has both.</exception>
    public static Figure Create(SweepDefinition sweep, SweepSummary summary, (string From, string To)? between)
    {
        var steps = new List<Estimate>();
        var panels = new List<FigurePanel>();
        foreach (var engine in SweepChart.EnginesWithSpeedups(sweep, summary))
        {
            if (Choose(sweep, summary, engine, between) is not var (first, second))
            {
                continue;
            }

            var programs = (
                from workload in summary.Workloads
                let before = summary.Find(engine, first.Name, workload.Name)?.Speedup
                let after = summary.Find(engine, second.Name, workload.Name)?.Speedup
                where before is not null && after is not null
                let step = Ratio.Of(summary.FindSample(engine, first.Name, workload.Name)!, summary.FindSample(engine, second.Name, workload.Name)!)
                select (workload.Title, Before: before.Value, After: after.Value, Step: step)).ToList();
            if (programs.Count == 0)
            {
                continue;
            }

            steps.AddRange(programs.Select(program => program.Step));
            panels.Add(new FigurePanel(
                $"{EngineCatalog.TitleOf(engine)}: {ChartFindings.OfPair([.. programs.Select(program => program.Step)])}",
                new LinePanel("speedup", "", [first.Title, second.Title], [.. programs.Select(program => program.Title)], (series, side) => side == 0 ? programs[series].Before : programs[series].After, -1)
                {
                    Directions = [.. programs.Select(program => ChartFindings.IsSlower(program.Step) ? -1 : ChartFindings.IsFaster(program.Step) ? 1 : 0)],
                }));
        }

        if (panels.Count == 0)
        {
            throw new HarnessException($"sweep '{sweep.Name}' has no program that an engine ran in two configurations with the same baseline");
        }

        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfPair(steps)),
            Subtitle = $"Speedup over “{SweepChart.BaselineTitle(sweep)}” of the same engine, by program, before and after. Blue: the second configuration is faster; red and dashed: it is slower; grey and thin: the interval of the step holds 1; {SweepChart.Describe(summary)}",
            Panels = panels,
            Notes = SweepChart.Notes(sweep, summary),
        };
    }

    private static (SweepConfiguration From, SweepConfiguration To)? Choose(SweepDefinition sweep, SweepSummary summary, string engine, (string From, string To)? between)
    {
        var measured = summary.ConfigurationsOf(engine);
        if (between is not var (from, to))
        {
            return measured.Count > 0 && measured.SkipLast(1).LastOrDefault(candidate => HaveSameBaseline(candidate, measured[^1])) is { } earlier ? (earlier, measured[^1]) : null;
        }

        return Find(from) is { } first && Find(to) is { } second && HaveSameBaseline(first, second) ? (first, second) : null;

        // A line between speedups over two baselines would rise or fall by what these differ.
        bool HaveSameBaseline(SweepConfiguration one, SweepConfiguration other) => sweep.BaselineOf(engine, one) == sweep.BaselineOf(engine, other);

        SweepConfiguration? Find(string name) => sweep.Configurations.Any(configuration => configuration.Name == name)
            ? measured.FirstOrDefault(configuration => configuration.Name == name)
            : throw new HarnessException($"sweep '{sweep.Name}' has no configuration '{name}'; it has {string.Join(", ", sweep.Configurations.Select(configuration => configuration.Name))}");
    }
}
