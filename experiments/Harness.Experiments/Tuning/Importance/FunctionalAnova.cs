using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Importance;

/// <summary>A share of a response's variance.</summary>
/// <param name="Share">The share, 0 to 1: the mean over the trees of a forest.</param>
/// <param name="Deviation">Standard deviation over the trees: how far samples of what was measured differ.</param>
internal readonly record struct VarianceShare(double Share, double Deviation);

/// <summary>
/// Which knobs a response depends on: functional analysis of variance over the trees of a forest (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing
/// hyperparameter importance", 2014). The variance of the prediction over the whole space is divided among single knobs, each with all others averaged
/// out, and pairs, with what the single ones explain taken off. Where a search has looked more closely counts no more than where it has not, but is known better.
/// </summary>
internal sealed class FunctionalAnova
{
    private readonly VarianceShare[] _single;
    private readonly Dictionary<(int First, int Second), VarianceShare> _pairs = [];

    /// <summary>Analyses a forest over a number of dimensions.</summary>
    public FunctionalAnova(RandomForest forest, int dimensions)
    {
        var trees = forest.Trees.Select(tree => new TreeVariance(tree, dimensions)).Where(tree => tree.Total > 0).ToList();
        _single = [.. Enumerable.Range(0, dimensions).Select(dimension => Of(trees.Select(tree => tree.Single(dimension) / tree.Total)))];
        for (var first = 0; first < dimensions; first++)
        {
            for (var second = first + 1; second < dimensions; second++)
            {
                var (a, b) = (first, second);
                _pairs[(a, b)] = Of(trees.Select(tree => tree.Pair(a, b) / tree.Total));
            }
        }
    }

    /// <summary>What a knob explains alone.</summary>
    public VarianceShare Single(int dimension) => _single[dimension];

    /// <summary>What two knobs explain together beyond what each does alone.</summary>
    public VarianceShare Pair(int first, int second) => _pairs[(Math.Min(first, second), Math.Max(first, second))];

    /// <summary>The pairs, those first that explain most.</summary>
    public IEnumerable<(int First, int Second)> Pairs => _pairs.OrderByDescending(pair => pair.Value.Share).Select(pair => pair.Key);

    private static VarianceShare Of(IEnumerable<double> shares)
    {
        var all = shares.ToList();
        return all.Count == 0 ? default : new VarianceShare(all.Average(), all.Count == 1 ? 0 : all.StandardDeviation());
    }

    /// <summary>The variance of one tree, which is constant between the edges of its boxes.</summary>
    private sealed class TreeVariance
    {
        private readonly IReadOnlyList<TreeBox> _boxes;
        private readonly double _mean;
        private readonly double[][] _edges;
        private readonly double[][] _marginals;

        public TreeVariance(RegressionTree tree, int dimensions)
        {
            _boxes = tree.Boxes;
            _mean = _boxes.Sum(box => box.Value * box.Volume);
            Total = _boxes.Sum(box => (box.Value - _mean) * (box.Value - _mean) * box.Volume);
            _edges = [.. Enumerable.Range(0, dimensions).Select(dimension => _boxes.SelectMany(box => (double[])[box.Low[dimension], box.High[dimension]]).Distinct().Order().ToArray())];
            _marginals = [.. Enumerable.Range(0, dimensions).Select(MarginalOf)];
        }

        public double Total { get; }

        public double Single(int dimension)
        {
            double sum = 0;
            for (var i = 0; i < _marginals[dimension].Length; i++)
            {
                sum += WidthOf(dimension, i) * Square(_marginals[dimension][i] - _mean);
            }

            return sum;
        }

        public double Pair(int first, int second)
        {
            // A box adds to a rectangle of cells: its corners are written down, and summed up from the first cell to the last.
            var (rows, columns) = (_edges[first].Length, _edges[second].Length);
            var corners = new double[rows, columns];
            foreach (var box in _boxes)
            {
                var value = box.Value * box.Volume / (box.High[first] - box.Low[first]) / (box.High[second] - box.Low[second]);
                var (top, bottom) = (Index(first, box.Low[first]), Index(first, box.High[first]));
                var (left, right) = (Index(second, box.Low[second]), Index(second, box.High[second]));
                corners[top, left] += value;
                corners[bottom, right] += value;
                corners[top, right] -= value;
                corners[bottom, left] -= value;
            }

            double sum = 0;
            var above = new double[columns];
            for (var row = 0; row + 1 < rows; row++)
            {
                double inRow = 0;
                for (var column = 0; column + 1 < columns; column++)
                {
                    inRow += corners[row, column];
                    above[column] += inRow;
                    sum += WidthOf(first, row) * WidthOf(second, column) * Square(above[column] - _marginals[first][row] - _marginals[second][column] + _mean);
                }
            }

            return sum;
        }

        private double[] MarginalOf(int dimension)
        {
            var steps = new double[_edges[dimension].Length];
            foreach (var box in _boxes)
            {
                var value = box.Value * box.Volume / (box.High[dimension] - box.Low[dimension]);
                steps[Index(dimension, box.Low[dimension])] += value;
                steps[Index(dimension, box.High[dimension])] -= value;
            }

            var marginal = new double[steps.Length - 1];
            double sum = 0;
            for (var i = 0; i < marginal.Length; i++)
            {
                marginal[i] = sum += steps[i];
            }

            return marginal;
        }

        private int Index(int dimension, double edge) => Array.BinarySearch(_edges[dimension], edge);

        private double WidthOf(int dimension, int cell) => _edges[dimension][cell + 1] - _edges[dimension][cell];

        private static double Square(double value) => value * value;
    }
}
