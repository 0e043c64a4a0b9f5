using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// Bayesian optimisation with a <see cref="GaussianProcess"/> and noisy expected improvement (Letham, Karrer, Ottoni and Bakshy 2019): what is best so far is itself
/// uncertain, and is drawn from the posterior. Begins with points of Sobol's sequence.
/// </summary>
internal sealed class GaussianProcessSearch(SearchSpace space, int seed) : ISearchMethod
{
    private const int Draws = 16;

    /// <summary>Observed points that candidates are looked for near to.</summary>
    private const int Centers = 5;

    /// <summary>Observations used: the best ones beyond, since the algebra is cubic in their number.</summary>
    private const int MostObservations = 150;

    private readonly SobolSearch _initial = new(space.Dimensions, seed);

    private int InitialPoints => Math.Max(5, (2 * space.Dimensions) + 1);

    public double[] Propose(IReadOnlyList<Observation> history)
    {
        if (history.Count < InitialPoints)
        {
            return _initial.Point(history.Count);
        }

        var used = history.Count <= MostObservations ? history : [.. history.OrderBy(observation => observation.Value).Take(MostObservations)];
        var points = used.Select(observation => observation.Point).ToArray();
        var process = GaussianProcess.Fit(space, points, GaussianProcess.Standardize([.. used.Select(observation => observation.Value)]));
        var random = SearchMethods.RandomOf(seed, history.Count);

        var kernel = process.Gram();
        var identity = Matrix<double>.Build.DenseIdentity(points.Length);
        var noisy = (kernel + (identity * (process.Noise + GaussianProcess.Jitter))).Cholesky();
        var posteriorMean = kernel * noisy.Solve(process.Values);
        var posteriorRoot = (kernel - (kernel * noisy.Solve(kernel)) + (identity * 1e-5)).Cholesky().Factor;
        var exact = (kernel + (identity * GaussianProcess.Jitter * 10)).Cholesky();
        var draws = Enumerable.Range(0, Draws).Select(_ =>
        {
            var drawn = posteriorMean + (posteriorRoot * Vector<double>.Build.Dense(points.Length, _ => Normal.Sample(random, 0, 1)));
            return (Weights: exact.Solve(drawn), Best: drawn.Minimum());
        }).ToArray();

        var centers = Enumerable.Range(0, points.Length).OrderBy(i => posteriorMean[i]).Take(Centers).Select(i => points[i]);
        return CandidatePoints.Draw(space, centers, random).MaxBy(candidate => Improvement(process.CovariancesWith(candidate), exact, draws))!;
    }

    private static double Improvement(Vector<double> covariances, Cholesky<double> exact, (Vector<double> Weights, double Best)[] draws)
    {
        var variance = 1 - covariances.DotProduct(exact.Solve(covariances));
        var deviation = Math.Sqrt(Math.Max(variance, 1e-10));
        double sum = 0;
        foreach (var (weights, best) in draws)
        {
            var z = (best - covariances.DotProduct(weights)) / deviation;
            sum += deviation * ((z * Normal.CDF(0, 1, z)) + Normal.PDF(0, 1, z));
        }

        return sum / draws.Length;
    }
}
