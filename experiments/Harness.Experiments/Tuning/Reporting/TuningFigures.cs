using System.Globalization;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning.Search;

namespace Harness.Experiments.Tuning.Reporting;

/// <summary>The charts of a tuning run.</summary>
internal static class TuningFigures
{
    private const int ProgressPoints = 24;
    private const int MostSlices = 6;
    private const int MostMaps = 3;
    private const int MostPoints = 15;

    /// <summary>The best objective of candidates that keep the constraints, by the number of processes; null where there is none.</summary>
    public static Figure? Progress(TuningSpecification specification, IReadOnlyList<Trial> measured)
    {
        var best = double.PositiveInfinity;
        var all = measured.Where(trial => trial.IsFeasible).OrderBy(trial => trial.Processes).Select(trial => (trial.Processes, Gain: Math.Exp(-(best = Math.Min(best, trial.Objective))))).GroupBy(point => point.Processes).Select(group => group.Last()).ToList();
        if (all.Count == 0)
        {
            return null;
        }

        var points = all.Where((_, index) => index % Math.Max(1, all.Count / ProgressPoints) == 0 || index == all.Count - 1).ToList();
        return new Figure
        {
            Title = $"{specification.Name}: {TuningFindings.OfProgress(specification, measured)}, as the search saw it",
            Subtitle = $"Objective found so far: the factor by which the best candidate of the search{(specification.Constraints.IsAny ? " that keeps the constraints" : "")} beats the default (dashed line)",
            Panels =
            [
                new FigurePanel("", new LinePanel(
                    "objective", "processes", [.. points.Select(point => point.Processes.ToString(CultureInfo.InvariantCulture))], [specification.Method],
                    (_, index) => Estimate.Without(points[index].Gain), 0)),
            ],
            Source = Source(specification),
        };
    }

    /// <summary>The response to each of the knobs that matter most: on average, and around the winner.</summary>
    public static Figure Slices(TuningSpecification specification, ResponseModel model, Trial? winner)
    {
        string[] series = winner is null ? ["on average"] : ["on average", "others as the winner's"];
        return new Figure
        {
            Title = $"{specification.Name}: {TuningFindings.OfKnobs(specification, model)}",
            Subtitle = "Response to single knobs: objective as a factor over the default (dashed line), by a forest fitted on what the search measured; averaged over all other knobs, with one deviation over the trees",
            Panels = [.. model.Knobs.Take(MostSlices).Select(knob => new FigurePanel(specification.Space.Parameters[knob].Name, MakeSlice(knob)))],
            Source = Source(specification),
        };

        LinePanel MakeSlice(int knob)
        {
            var places = model.PlacesOf(knob);
            return new LinePanel(
                "objective", specification.Space.Parameters[knob].Name, Labels(specification.Space.Parameters[knob], places), series,
                (line, index) => line == 0 ? model.Average(knob, places[index]) : Estimate.Without(model.Slice(knob, places[index], winner!.Point)), winner is null ? 0 : 1);
        }
    }

    /// <summary>The response to pairs of knobs: those that explain most together beyond what they do alone. Null for a space of one knob.</summary>
    public static Figure? Maps(TuningSpecification specification, ResponseModel model)
    {
        var pairs = model.Variance.Pairs.Take(MostMaps).ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        return new Figure
        {
            Title = $"{specification.Name}: {TuningFindings.OfPairs(specification, model)}",
            Subtitle = "Response to pairs of knobs: objective as a factor over the default, by a forest fitted on what the search measured, averaged over all other knobs",
            Panels = [.. pairs.Select(pair => new FigurePanel("", MakeMap(pair.First, pair.Second)))],
            Source = Source(specification),
        };

        HeatPanel MakeMap(int first, int second)
        {
            var (columns, rows) = (model.PlacesOf(first), model.PlacesOf(second));
            var (across, down) = (specification.Space.Parameters[first], specification.Space.Parameters[second]);
            return new HeatPanel(
                across.Name, Labels(across, columns), down.Name, Labels(down, rows), (row, column) => model.Average(first, columns[column], second, rows[row]));
        }
    }

    /// <summary>Speed against each of its costs that is shown: the front, and the best candidates beside it. Null where none is known.</summary>
    public static Figure? Front(TuningSpecification specification, IReadOnlyList<Trial> measured)
    {
        var costs = CostsOf(specification, measured);
        if (costs.Count == 0)
        {
            return null;
        }

        return new Figure
        {
            Title = $"{specification.Name}: {TuningFindings.OfFront(measured, costs)}, as the search saw it",
            Subtitle = $"Speed and {string.Join(", ", costs.Select(cost => cost.Title))} of the best candidates in relation to the default; the line joins what no other candidate beats in both",
            Panels = [.. costs.Select(cost => new FigurePanel(costs.Count > 1 ? cost.Title : "", MakeScatter(cost)))],
            Source = Source(specification),
        };

        ScatterPanel MakeScatter(TuningQuantity cost) => new(cost.Title, "speedup",
        [
            .. FrontOf(measured, cost).Concat(measured.Where(trial => double.IsFinite(trial.Ratios[cost])).OrderBy(trial => trial.Score)).DistinctBy(trial => trial.Name).Take(MostPoints)
                .Select(trial => new ScatterPoint(trial.IsFeasible ? trial.Name : $"{trial.Name} (breaks a constraint)", trial.Ratios[cost], Estimate.Without(1 / trial.Ratios[TuningQuantity.Time]))),
        ]);
    }

    /// <summary>The costs that speed is shown against: code, and what decides besides, as far as they are known.</summary>
    public static IReadOnlyList<TuningQuantity> CostsOf(TuningSpecification specification, IReadOnlyList<Trial> measured)
    {
        var deciding = specification.Deciding;
        return [.. TuningQuantity.Costs.Where(cost => (cost == TuningQuantity.Code || deciding.Contains(cost)) && measured.Any(trial => double.IsFinite(trial.Ratios[cost])))];
    }

    /// <summary>The candidates that no other beats in both speed and a cost, those with the least of it first.</summary>
    public static IReadOnlyList<Trial> FrontOf(IReadOnlyList<Trial> measured, TuningQuantity cost)
    {
        var known = measured.Where(trial => double.IsFinite(trial.Ratios[cost])).DistinctBy(trial => trial.Name).ToList();
        return [.. Hypervolume.Front([.. known.Select(trial => (IReadOnlyList<double>)[trial.Ratios[TuningQuantity.Time], trial.Ratios[cost]])]).Select(i => known[i]).OrderBy(trial => trial.Ratios[cost])];
    }

    private static IReadOnlyList<string> Labels(TuningParameter parameter, IReadOnlyList<double> places) => [.. places.Select(parameter.At)];

    private static string Source(TuningSpecification specification) => $"tuning run '{specification.Name}'; made by: harness tune report";
}
