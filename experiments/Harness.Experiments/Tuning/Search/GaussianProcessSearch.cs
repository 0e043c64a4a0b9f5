using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// Bayesian optimisation with a Gaussian process (Matérn 5/2, a length for each knob, categories that differ at distance 1) and noisy expected improvement
/// (Letham, Karrer, Ottoni and Bakshy 2019): what is best so far is itself uncertain, and is drawn from the posterior. Begins with points of Sobol's sequence.
/// </summary>
internal sealed class GaussianProcessSearch(SearchSpace space, int seed) : ISearchMethod
{
    private const int Draws = 16;
    private const int RandomCandidates = 400;
    private const int LocalCandidates = 30;
    private const double Jitter = 1e-6;

    /// <summary>Observations used: the best ones beyond, since the algebra is cubic in their number.</summary>
    private const int MostObservations = 150;

    private static readonly double[] Lengths = [0.1, 0.2, 0.4, 0.8, 2];
    private static readonly double[] Noises = [1e-4, 1e-2, 0.1, 0.4];

    private readonly SobolSearch initial = new(space.Dimensions, seed);

    private int InitialPoints => Math.Max(5, (2 * space.Dimensions) + 1);

    public double[] Propose(IReadOnlyList<Observation> history)
    {
        if (history.Count < InitialPoints)
            return initial.Point(history.Count);
        var used = history.Count <= MostObservations ? history : [.. history.OrderBy(observation => observation.Value).Take(MostObservations)];
        var points = used.Select(observation => observation.Point).ToArray();
        var values = Standardize(used);
        var (lengths, noise) = Fit(points, values);
        var random = SearchMethods.RandomOf(seed, history.Count);

        var kernel = Gram(points, lengths);
        var identity = Matrix<double>.Build.DenseIdentity(points.Length);
        var noisy = (kernel + (identity * (noise + Jitter))).Cholesky();
        var posteriorMean = kernel * noisy.Solve(values);
        var posteriorRoot = (kernel - (kernel * noisy.Solve(kernel)) + (identity * 1e-5)).Cholesky().Factor;
        var exact = (kernel + (identity * Jitter * 10)).Cholesky();
        var draws = Enumerable.Range(0, Draws).Select(_ =>
        {
            var drawn = posteriorMean + (posteriorRoot * Vector<double>.Build.Dense(points.Length, _ => Normal.Sample(random, 0, 1)));
            return (Weights: exact.Solve(drawn), Best: drawn.Minimum());
        }).ToArray();

        var candidates = Enumerable.Range(0, RandomCandidates).Select(_ => random.NextDoubles(space.Dimensions)).ToList();
        foreach (var index in Enumerable.Range(0, points.Length).OrderBy(i => posteriorMean[i]).Take(5))
        {
            for (var i = 0; i < LocalCandidates; i++)
            {
                var width = Math.Pow(10, -0.5 - (1.5 * random.NextDouble()));
                candidates.Add([.. points[index].Select((place, dimension) =>
                    space.Parameters[dimension].IsCategorical ? (random.NextDouble() < 0.2 ? random.NextDouble() : place) : Math.Clamp(Normal.Sample(random, place, width), 0, 1))]);
            }
        }

        var snapped = candidates.Select(space.Snap).ToList();
        return snapped.MaxBy(candidate => Improvement(candidate, points, lengths, exact, draws))!;
    }

    private double Improvement(double[] candidate, double[][] points, double[] lengths, Cholesky<double> exact, (Vector<double> Weights, double Best)[] draws)
    {
        var covariances = Vector<double>.Build.Dense(points.Length, i => Kernel(candidate, points[i], lengths));
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

    /// <summary>Mean 0 and deviation 1; values far on the bad side, such as failures, are pulled in so that they do not flatten the rest.</summary>
    private static Vector<double> Standardize(IReadOnlyList<Observation> used)
    {
        var sorted = used.Select(observation => observation.Value).Order().ToArray();
        var median = sorted[sorted.Length / 2];
        var ceiling = median + (3 * Math.Max(median - sorted[0], 1e-9));
        var values = Vector<double>.Build.Dense(used.Count, i => Math.Min(used[i].Value, ceiling));
        var mean = values.Average();
        return (values - mean) / Math.Max(Math.Sqrt((values - mean).PointwisePower(2).Average()), 1e-9);
    }

    /// <summary>The lengths and the noise that make the observations most likely, a coordinate at a time.</summary>
    private (double[] Lengths, double Noise) Fit(double[][] points, Vector<double> values)
    {
        var lengths = Enumerable.Repeat(0.4, space.Dimensions).ToArray();
        var noise = Noises[1];
        for (var sweep = 0; sweep < 2; sweep++)
        {
            noise = Noises.MaxBy(candidate => LogLikelihood(points, values, lengths, candidate));
            for (var i = 0; i < lengths.Length; i++)
            {
                var dimension = i;
                lengths[i] = Lengths.MaxBy(candidate => LogLikelihood(points, values, [.. lengths.Select((length, j) => j == dimension ? candidate : length)], noise));
            }
        }

        return (lengths, noise);
    }

    private double LogLikelihood(double[][] points, Vector<double> values, double[] lengths, double noise)
    {
        var factor = (Gram(points, lengths) + (Matrix<double>.Build.DenseIdentity(points.Length) * (noise + Jitter))).Cholesky();
        return (-0.5 * values.DotProduct(factor.Solve(values))) - (0.5 * factor.DeterminantLn);
    }

    private Matrix<double> Gram(double[][] points, double[] lengths) =>
        Matrix<double>.Build.Dense(points.Length, points.Length, (i, j) => Kernel(points[i], points[j], lengths));

    private double Kernel(double[] a, double[] b, double[] lengths)
    {
        double square = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var parameter = space.Parameters[i];
            var distance = parameter.IsCategorical ? (parameter.At(a[i]) == parameter.At(b[i]) ? 0 : 1) : a[i] - b[i];
            square += distance * distance / (lengths[i] * lengths[i]);
        }

        var scaled = Math.Sqrt(5 * square);
        return (1 + scaled + (scaled * scaled / 3)) * Math.Exp(-scaled);
    }
}
