using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// CMA-ES (Hansen and Ostermeier 2001; constants of Hansen's tutorial, 2016): a normal distribution that follows the better half of each
/// generation. Points outside the cube are moved to its edge. The generations so far are computed again for each proposal, since methods keep no state.
/// </summary>
internal sealed class EvolutionSearch(int dimensions, int seed) : ISearchMethod
{
    private const double InitialDeviation = 0.3;

    private readonly int _population = 4 + (int)(3 * Math.Log(dimensions));

    public double[] Propose(IReadOnlyList<Observation> history)
    {
        var n = dimensions;
        var parents = _population / 2;
        var raw = Enumerable.Range(0, parents).Select(i => Math.Log(parents + 0.5) - Math.Log(i + 1)).ToArray();
        var weights = raw.Select(weight => weight / raw.Sum()).ToArray();
        var effective = 1 / weights.Sum(weight => weight * weight);
        var pathRate = (effective + 2) / (n + effective + 5);
        var damping = 1 + (2 * Math.Max(0, Math.Sqrt((effective - 1) / (n + 1)) - 1)) + pathRate;
        var shapeRate = (4 + (effective / n)) / (n + 4 + (2 * effective / n));
        var rankOne = 2 / (((n + 1.3) * (n + 1.3)) + effective);
        var rankMany = Math.Min(1 - rankOne, 2 * (effective - 2 + (1 / effective)) / (((n + 2.0) * (n + 2.0)) + effective));
        var expectedLength = Math.Sqrt(n) * (1 - (1 / (4.0 * n)) + (1 / (21.0 * n * n)));

        var mean = Vector<double>.Build.Dense(n, 0.5);
        var covariance = Matrix<double>.Build.DenseIdentity(n);
        var (stepPath, shapePath) = (Vector<double>.Build.Dense(n), Vector<double>.Build.Dense(n));
        var deviation = InitialDeviation;
        for (var generation = 0; ; generation++)
        {
            var eigen = covariance.Evd(Symmetricity.Symmetric);
            var lengths = eigen.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 1e-12)));
            var root = eigen.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(lengths);
            var random = SearchMethods.RandomOf(seed, generation);
            var points = Enumerable.Range(0, _population)
                .Select(_ => (mean + (deviation * (root * Vector<double>.Build.Dense(n, _ => Normal.Sample(random, 0, 1))))).PointwiseMaximum(0).PointwiseMinimum(1))
                .ToArray();
            var first = generation * _population;
            if (history.Count < first + _population)
            {
                return points[history.Count - first].ToArray();
            }

            // What was measured, which may have been rounded to what knobs take.
            var best = history.Skip(first).Take(_population).OrderBy(observation => observation.Value).Take(parents)
                .Select(observation => (Vector<double>.Build.DenseOfArray(observation.Point) - mean) / deviation).ToArray();
            var step = best.Zip(weights, (point, weight) => point * weight).Aggregate((a, b) => a + b);
            mean += deviation * step;
            var whitened = eigen.EigenVectors * (eigen.EigenVectors.TransposeThisAndMultiply(step)).PointwiseDivide(lengths);
            stepPath = ((1 - pathRate) * stepPath) + (Math.Sqrt(pathRate * (2 - pathRate) * effective) * whitened);
            var stalled = stepPath.L2Norm() / Math.Sqrt(1 - Math.Pow(1 - pathRate, 2 * (generation + 1))) < (1.4 + (2 / (n + 1.0))) * expectedLength ? 1 : 0;
            shapePath = ((1 - shapeRate) * shapePath) + (stalled * Math.Sqrt(shapeRate * (2 - shapeRate) * effective) * step);
            var many = best.Zip(weights, (point, weight) => point.OuterProduct(point) * weight).Aggregate((a, b) => a + b);
            var kept = 1 - rankOne - rankMany + ((1 - stalled) * rankOne * shapeRate * (2 - shapeRate));
            covariance = (kept * covariance) + (rankOne * shapePath.OuterProduct(shapePath)) + (rankMany * many);
            deviation = Math.Clamp(deviation * Math.Exp(pathRate / damping * ((stepPath.L2Norm() / expectedLength) - 1)), 1e-6, 1);
        }
    }
}
