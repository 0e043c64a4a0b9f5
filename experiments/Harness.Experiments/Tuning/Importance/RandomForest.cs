using Harness.Experiments.Tuning.Search;

namespace Harness.Experiments.Tuning.Importance;

/// <summary>
/// Regression trees on bootstrap samples of what was measured (Breiman 2001): a model of the response to knobs that needs no shape to be assumed, and
/// whose averages over any of the knobs are exact sums.
/// </summary>
internal sealed class RandomForest
{
    private const int TreeCount = 64;
    private const int LeastMembers = 3;

    /// <summary>Leaves of a tree, about: an analysis by pairs takes the square of it.</summary>
    private const int MostLeaves = 300;

    /// <summary>A forest of given trees.</summary>
    public RandomForest(IReadOnlyList<RegressionTree> trees) => Trees = trees;

    public IReadOnlyList<RegressionTree> Trees { get; }

    /// <summary>Fits a forest.</summary>
    /// <param name="observations">What was measured, one or more; every value finite.</param>
    /// <param name="categories">Number of categories by dimension, 0 for numbers.</param>
    /// <param name="seed">Seed of the samples.</param>
    public static RandomForest Fit(IReadOnlyList<Observation> observations, IReadOnlyList<int> categories, int seed)
    {
        var rule = new TreeRule(Math.Max(LeastMembers, observations.Count / MostLeaves), categories);
        return new RandomForest([.. Enumerable.Range(0, TreeCount).Select(tree =>
        {
            var random = SearchMethods.RandomOf(seed, tree);
            var sample = Enumerable.Range(0, observations.Count).Select(_ => observations[random.Next(observations.Count)]).ToList();
            return RegressionTree.Grow([.. sample.Select(observation => observation.Point)], [.. sample.Select(observation => observation.Value)], rule, random);
        })]);
    }

    /// <summary>What is predicted at a point: the mean over the trees.</summary>
    public double At(IReadOnlyList<double> point) => Trees.Average(tree => tree.At(point));

    /// <summary>The prediction at a place of one dimension, averaged over all others, by each tree.</summary>
    public IReadOnlyList<double> Marginal(int dimension, double place) =>
        [.. Trees.Select(tree => tree.Boxes.Where(box => box.Holds(dimension, place)).Sum(box => box.Value * box.Volume / Width(box, dimension)))];

    /// <summary>The prediction at a place of two dimensions, averaged over all others and the trees.</summary>
    public double Marginal(int first, double firstPlace, int second, double secondPlace) =>
        Trees.Average(tree => tree.Boxes.Where(box => box.Holds(first, firstPlace) && box.Holds(second, secondPlace))
            .Sum(box => box.Value * box.Volume / Width(box, first) / Width(box, second)));

    private static double Width(TreeBox box, int dimension) => box.High[dimension] - box.Low[dimension];
}
