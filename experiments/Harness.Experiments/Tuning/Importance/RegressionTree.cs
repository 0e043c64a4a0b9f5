using MathNet.Numerics.Random;

namespace Harness.Experiments.Tuning.Importance;

/// <summary>A part of the unit cube in which a tree predicts one value: places from <c>Low</c>, inclusive, to <c>High</c>.</summary>
internal sealed record TreeBox(double[] Low, double[] High, double Value)
{
    /// <summary>Its share of the cube.</summary>
    public double Volume
    {
        get
        {
            double product = 1;
            for (var i = 0; i < Low.Length; i++)
            {
                product *= High[i] - Low[i];
            }

            return product;
        }
    }

    /// <summary>Whether a place of one dimension is in it; the upper end of the cube is in the last box.</summary>
    public bool Holds(int dimension, double place) => place >= Low[dimension] && (place < High[dimension] || High[dimension] >= 1);
}

/// <summary>
/// A regression tree over the unit cube (Breiman et al. 1984), as the boxes of its leaves: they do not overlap and fill the cube, which is all that an
/// analysis of variance needs.
/// </summary>
internal sealed class RegressionTree
{
    private RegressionTree(IReadOnlyList<TreeBox> boxes) => Boxes = boxes;

    /// <summary>The leaves.</summary>
    public IReadOnlyList<TreeBox> Boxes { get; }

    /// <summary>The tree of some boxes, which must fill the cube.</summary>
    public static RegressionTree Of(params IReadOnlyList<TreeBox> boxes) => new(boxes);

    /// <summary>What is predicted at a point.</summary>
    public double At(IReadOnlyList<double> point) => Boxes.First(box => Enumerable.Range(0, point.Count).All(i => box.Holds(i, point[i]))).Value;

    /// <summary>Grows a tree.</summary>
    /// <param name="points">Points of the unit cube, one or more.</param>
    /// <param name="values">Their values.</param>
    /// <param name="rule">How it is grown.</param>
    /// <param name="random">Chooses the dimensions that each cut may be made in.</param>
    public static RegressionTree Grow(IReadOnlyList<double[]> points, IReadOnlyList<double> values, TreeRule rule, MersenneTwister random)
    {
        var dimensions = points[0].Length;
        var boxes = new List<TreeBox>();
        var open = new Stack<(int[] Members, double[] Low, double[] High)>();
        open.Push(([.. Enumerable.Range(0, points.Count)], new double[dimensions], [.. Enumerable.Repeat(1.0, dimensions)]));
        while (open.TryPop(out var node))
        {
            var tried = Enumerable.Range(0, dimensions).OrderBy(_ => random.NextDouble()).Take(rule.CutsTried(dimensions)).ToList();
            if (FindCut(points, values, node.Members, tried, rule) is not { } cut)
            {
                boxes.Add(new TreeBox(node.Low, node.High, node.Members.Average(member => values[member])));
                continue;
            }

            double[] high = [.. node.High];
            double[] low = [.. node.Low];
            high[cut.Dimension] = low[cut.Dimension] = cut.Place;
            open.Push(([.. node.Members.Where(member => points[member][cut.Dimension] < cut.Place)], node.Low, high));
            open.Push(([.. node.Members.Where(member => points[member][cut.Dimension] >= cut.Place)], low, node.High));
        }

        return new RegressionTree(boxes);
    }

    /// <summary>The cut that leaves the least sum of squares; null where none leaves enough on both sides, or all values are the same.</summary>
    private static (int Dimension, double Place)? FindCut(IReadOnlyList<double[]> points, IReadOnlyList<double> values, int[] members, List<int> dimensions, TreeRule rule)
    {
        if (members.Length < 2 * rule.LeastMembers)
        {
            return null;
        }

        var total = members.Sum(member => values[member]);
        var squares = members.Sum(member => values[member] * values[member]);
        var none = total * total / members.Length;
        (int, double)? best = null;

        // Beyond the error of the sums themselves.
        var bestGain = 1e-12 * squares;
        foreach (var dimension in dimensions)
        {
            var ordered = members.OrderBy(member => points[member][dimension]).ToArray();
            double sum = 0;
            for (var i = 0; i + 1 < ordered.Length; i++)
            {
                sum += values[ordered[i]];
                var (here, next) = (points[ordered[i]][dimension], points[ordered[i + 1]][dimension]);
                var (below, above) = (i + 1, ordered.Length - i - 1);
                if (here == next || below < rule.LeastMembers || above < rule.LeastMembers)
                {
                    continue;
                }

                var gain = (sum * sum / below) + ((total - sum) * (total - sum) / above) - none;
                if (gain <= bestGain)
                {
                    continue;
                }

                bestGain = gain;
                best = (dimension, rule.Place(dimension, (here + next) / 2));
            }
        }

        return best;
    }
}

/// <summary>How trees are grown.</summary>
/// <param name="LeastMembers">Least points of a leaf.</param>
/// <param name="Categories">Number of categories by dimension, 0 for numbers: between categories, cuts are made where one ends and the next begins.</param>
internal sealed record TreeRule(int LeastMembers, IReadOnlyList<int> Categories)
{
    /// <summary>Dimensions that a cut is looked for in: fewer than all, so that trees differ.</summary>
    public int CutsTried(int dimensions) => Math.Max(1, (int)Math.Ceiling(dimensions * 2 / 3.0));

    /// <summary>Where a cut is made that is to lie near a place.</summary>
    public double Place(int dimension, double place) =>
        Categories[dimension] == 0 ? place : Math.Round(place * Categories[dimension], MidpointRounding.AwayFromZero) / Categories[dimension];
}
