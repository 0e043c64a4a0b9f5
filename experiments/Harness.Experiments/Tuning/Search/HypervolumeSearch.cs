using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// Bayesian optimisation of several quantities at once: a <see cref="GaussianProcess"/> for each, and the point whose expected addition to the dominated volume is
/// largest (expected hypervolume improvement, Emmerich 2005, by Monte Carlo as in Daulton, Balandat and Bakshy 2020). What is dominated so far is taken from the
/// processes, not from the observations, which were lucky. Begins with points of Sobol's sequence.
/// </summary>
internal sealed class HypervolumeSearch(SearchSpace space, int seed) : ISearchMethod
{
    private const int Draws = 32;
    private const int Centers = 6;
    private const int MostObservations = 150;

    private readonly SobolSearch _initial = new(space.Dimensions, seed);

    private int InitialPoints => Math.Max(5, (2 * space.Dimensions) + 1);

    public double[] Propose(IReadOnlyList<Observation> history)
    {
        if (history.Count < InitialPoints)
        {
            return _initial.Point(history.Count);
        }

        var used = history.Count <= MostObservations ? history : [.. history.OrderBy(observation => observation.AllValues.Sum()).Take(MostObservations)];
        var points = used.Select(observation => observation.Point).ToArray();
        var random = SearchMethods.RandomOf(seed, history.Count);
        var models = Enumerable.Range(0, used[0].AllValues.Count).Select(part => new Model(GaussianProcess.Fit(
            space, points, GaussianProcess.Standardize([.. used.Select(observation => observation.AllValues[part])])))).ToList();

        IReadOnlyList<double>[] means = [.. points.Select((_, i) => (double[])[.. models.Select(model => model.MeanAt(i))])];
        var reference = Hypervolume.ReferenceFor(means);
        var front = Hypervolume.Front(means);
        IReadOnlyList<double>[] dominating = [.. front.Select(i => means[i]).DistinctBy(mean => string.Join(' ', mean))];
        double[][] normals = [.. Enumerable.Range(0, Draws).Select(_ => (double[])[.. models.Select(_ => Normal.Sample(random, 0, 1))])];

        // Spread over the front: it is ordered by its first value.
        var ordered = front.OrderBy(i => means[i][0]).ToList();
        var centers = Enumerable.Range(0, Math.Min(Centers, ordered.Count)).Select(i => points[ordered[i * ordered.Count / Math.Min(Centers, ordered.Count)]]);
        return CandidatePoints.Draw(space, centers, random).MaxBy(Improvement)!;

        double Improvement(double[] candidate)
        {
            var predictions = models.Select(model => model.Predict(candidate)).ToList();
            double sum = 0;
            foreach (var normal in normals)
            {
                double[] drawn = [.. predictions.Select((prediction, part) => prediction.Mean + (prediction.Deviation * normal[part]))];
                if (!dominating.Any(point => Hypervolume.Dominates(point, drawn)))
                {
                    sum += Hypervolume.Added(drawn, dominating, reference);
                }
            }

            return sum / Draws;
        }
    }

    /// <summary>What a process says of points, observed or not, without the noise.</summary>
    private sealed class Model
    {
        private readonly GaussianProcess _process;
        private readonly Cholesky<double> _noisy;
        private readonly Vector<double> _weights;
        private readonly Vector<double> _means;

        public Model(GaussianProcess process)
        {
            _process = process;
            var kernel = process.Gram();
            _noisy = (kernel + (Matrix<double>.Build.DenseIdentity(process.Points.Length) * (process.Noise + GaussianProcess.Jitter))).Cholesky();
            _weights = _noisy.Solve(process.Values);
            _means = kernel * _weights;
        }

        public double MeanAt(int observed) => _means[observed];

        public (double Mean, double Deviation) Predict(double[] point)
        {
            var covariances = _process.CovariancesWith(point);
            var variance = 1 - covariances.DotProduct(_noisy.Solve(covariances));
            return (covariances.DotProduct(_weights), Math.Sqrt(Math.Max(variance, 1e-10)));
        }
    }
}
