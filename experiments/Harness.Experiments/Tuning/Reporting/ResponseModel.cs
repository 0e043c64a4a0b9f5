using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning.Importance;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Reporting;

/// <summary>How the objective follows the knobs, by a forest fitted on all that the search measured, whether it keeps the constraints or not: what these add to a score is no response. Gains are factors over the default: above 1 is better.</summary>
internal sealed class ResponseModel
{
    /// <summary>Different candidates below which a model would be made up.</summary>
    private const int LeastCandidates = 20;

    private const int MostValues = 9;

    private readonly SearchSpace _space;
    private readonly RandomForest _forest;

    private ResponseModel(SearchSpace space, RandomForest forest, int candidates)
    {
        _space = space;
        _forest = forest;
        Candidates = candidates;
        Variance = new FunctionalAnova(forest, space.Dimensions);
    }

    /// <summary>Measurements that it is fitted on.</summary>
    public int Candidates { get; }

    /// <summary>What the response depends on.</summary>
    public FunctionalAnova Variance { get; }

    /// <summary>The knobs, those first that explain most.</summary>
    public IReadOnlyList<int> Knobs => [.. Enumerable.Range(0, _space.Dimensions).OrderByDescending(i => Variance.Single(i).Share)];

    /// <summary>Different candidates that a model of a space needs.</summary>
    public static int LeastFor(SearchSpace space) => Math.Max(LeastCandidates, 4 * space.Dimensions);

    /// <summary>Fits a model on what was measured; null where that is too little.</summary>
    public static ResponseModel? Fit(SearchSpace space, IReadOnlyList<Trial> trials, int seed)
    {
        var usable = trials.Where(trial => double.IsFinite(trial.Objective)).ToList();
        if (usable.Select(trial => trial.Name).Distinct().Count() < LeastFor(space))
        {
            return null;
        }

        int[] categories = [.. space.Parameters.Select(parameter => parameter.Values.Count)];
        return new ResponseModel(space, RandomForest.Fit([.. usable.Select(trial => new Observation(trial.Point, trial.Objective))], categories, seed), usable.Count);
    }

    /// <summary>Places that stand for a knob's values: all of them, or as many as can be shown.</summary>
    public IReadOnlyList<double> PlacesOf(int knob)
    {
        var parameter = _space.Parameters[knob];
        if (parameter.IsCategorical)
        {
            return [.. parameter.Values.Select(parameter.PlaceOf)];
        }

        var count = (int)Math.Min(parameter.Count, MostValues);
        return [.. Enumerable.Range(0, count).Select(i => parameter.PlaceOf(parameter.At((double)i / (count - 1))))];
    }

    /// <summary>The gain at a place of a knob, averaged over all others, and how far the trees of the forest differ by one deviation.</summary>
    public Estimate Average(int knob, double place)
    {
        var trees = _forest.Marginal(knob, place);
        var (mean, deviation) = (trees.Average(), trees.StandardDeviation());
        return new Estimate(Math.Exp(-mean), Math.Exp(-mean - deviation), Math.Exp(-mean + deviation));
    }

    /// <summary>The gain at a place of a knob with all others as at a point.</summary>
    public double Slice(int knob, double place, double[] point) => Math.Exp(-_forest.At([.. point.Select((other, i) => i == knob ? place : other)]));

    /// <summary>The gain at places of two knobs, averaged over all others.</summary>
    public double Average(int first, double firstPlace, int second, double secondPlace) => Math.Exp(-_forest.Marginal(first, firstPlace, second, secondPlace));
}
