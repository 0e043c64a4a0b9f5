using System.Text.Json;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>Time over iterations with changepoints, of the cells that deserve to be looked at first.</summary>
internal static class IterationChart
{
    private const int MostPanels = 12;
    private const int MostOthers = 5;

    private static IEnumerable<string> Notes(List<CellSteadiness> cells)
    {
        if (cells.Count > MostPanels)
        {
            yield return $"{MostPanels} of {cells.Count} cells: those whose processes slow down, do not settle or differ come first; 'harness steady' lists all.";
        }

        if (cells.Take(MostPanels).Any(cell => cell.Processes.Any(process => process.Iterations == Steadiness.MostIterations)))
        {
            yield return $"Of processes with more than {Steadiness.MostIterations} iterations of a kind the last {Steadiness.MostIterations} are shown, and counted from the first of these.";
        }
    }

    /// <summary>Makes the figure.</summary>
    /// <exception cref="HarnessException">The rows have no iterations, or too few.</exception>
    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var titles = sweep.Configurations.ToDictionary(configuration => configuration.Name, configuration => configuration.Title);
        var workloads = summary.Workloads.ToDictionary(workload => workload.Name, workload => workload.Title);
        var cells = summary.SteadinessOfCells
            .Where(pair => titles.ContainsKey(pair.Key.Configuration) && workloads.ContainsKey(pair.Key.Workload) && pair.Value.IsJudged)
            .OrderByDescending(pair => pair.Value.IsDoubtful ? 2 : pair.Value.IsInconsistent ? 1 : 0)
            .ToList();
        if (cells.Count == 0)
        {
            throw new HarnessException($"sweep '{sweep.Name}' has no process with {Steadiness.LeastIterations} iterations or more to draw (results of format 1 have none)");
        }

        var panels = cells.Take(MostPanels).Select(pair =>
        {
            var processes = pair.Value.Processes;
            var judged = Enumerable.Range(0, processes.Count).Where(process => processes[process].Class != SteadinessClass.TooShort).ToList();
            var first = judged.OrderByDescending(process => processes[process].Class is SteadinessClass.SlowDown or SteadinessClass.NoSteadyState).First();
            var shown = pair.Value.Trace(first);
            var others = judged.Where(process => process != first).Take(MostOthers).Select(process => pair.Value.Trace(process).Iterations).ToList();
            var kind = JsonNamingPolicy.KebabCaseLower.ConvertName(shown.Class.ToString()).Replace('-', ' ');
            return new FigurePanel($"{workloads[pair.Key.Workload]}, {titles[pair.Key.Configuration]}, {EngineCatalog.TitleOf(pair.Key.Engine)}: {kind}", new IterationPanel(shown, others));
        });
        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfSteadiness(summary)),
            Subtitle = "Time over iterations: one process as dots, with the means between changepoints (dashed), and other processes of the same cell behind it",
            Panels = [.. panels],
            Notes = [.. summary.Disturbances, .. Notes(cells.ConvertAll(pair => pair.Value))],
        };
    }
}
