using MathNet.Numerics.LinearAlgebra;

namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// A Gaussian process over a search space (Matérn 5/2, a length for each knob, categories that differ at distance 1), with the lengths and the noise that make
/// what was observed most likely. Values have mean 0 and deviation 1.
/// </summary>
internal sealed class GaussianProcess
{
    /// <summary>What is added to variances so that matrices stay positive definite.</summary>
    public const double Jitter = 1e-6;

    private static readonly double[] PossibleLengths = [0.1, 0.2, 0.4, 0.8, 2];
    private static readonly double[] PossibleNoises = [1e-4, 1e-2, 0.1, 0.4];

    private readonly SearchSpace _space;
    private readonly double[] _lengths;

    private GaussianProcess(SearchSpace space, double[][] points, Vector<double> values, double[] lengths, double noise)
    {
        _space = space;
        _lengths = lengths;
        (Points, Values, Noise) = (points, values, noise);
    }

    /// <summary>The points observed.</summary>
    public double[][] Points { get; }

    /// <summary>The values there.</summary>
    public Vector<double> Values { get; }

    /// <summary>Variance of a value's error.</summary>
    public double Noise { get; }

    /// <summary>Fits a process, a coordinate at a time.</summary>
    public static GaussianProcess Fit(SearchSpace space, double[][] points, Vector<double> values)
    {
        var lengths = Enumerable.Repeat(0.4, space.Dimensions).ToArray();
        var noise = PossibleNoises[1];
        for (var sweep = 0; sweep < 2; sweep++)
        {
            noise = PossibleNoises.MaxBy(candidate => new GaussianProcess(space, points, values, lengths, candidate).LogLikelihood());
            for (var i = 0; i < lengths.Length; i++)
            {
                var dimension = i;
                lengths[i] = PossibleLengths.MaxBy(candidate =>
                    new GaussianProcess(space, points, values, [.. lengths.Select((length, j) => j == dimension ? candidate : length)], noise).LogLikelihood());
            }
        }

        return new GaussianProcess(space, points, values, lengths, noise);
    }

    /// <summary>Values with mean 0 and deviation 1; those far on the bad side, such as failures, are pulled in so that they do not flatten the rest.</summary>
    public static Vector<double> Standardize(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var median = sorted[sorted.Length / 2];
        var ceiling = median + (3 * Math.Max(median - sorted[0], 1e-9));
        var all = Vector<double>.Build.Dense(values.Count, i => Math.Min(values[i], ceiling));
        var mean = all.Average();
        return (all - mean) / Math.Max(Math.Sqrt((all - mean).PointwisePower(2).Average()), 1e-9);
    }

    /// <summary>The covariances of the points with each other, without noise.</summary>
    public Matrix<double> Gram() => Matrix<double>.Build.Dense(Points.Length, Points.Length, (i, j) => Covariance(Points[i], Points[j]));

    /// <summary>The covariances of a point with those observed.</summary>
    public Vector<double> CovariancesWith(double[] point) => Vector<double>.Build.Dense(Points.Length, i => Covariance(point, Points[i]));

    private double Covariance(double[] a, double[] b)
    {
        double square = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var parameter = _space.Parameters[i];
            var distance = parameter.IsCategorical ? (parameter.At(a[i]) == parameter.At(b[i]) ? 0 : 1) : a[i] - b[i];
            square += distance * distance / (_lengths[i] * _lengths[i]);
        }

        var scaled = Math.Sqrt(5 * square);
        return (1 + scaled + (scaled * scaled / 3)) * Math.Exp(-scaled);
    }

    private double LogLikelihood()
    {
        var factor = (Gram() + (Matrix<double>.Build.DenseIdentity(Points.Length) * (Noise + Jitter))).Cholesky();
        return (-0.5 * Values.DotProduct(factor.Solve(Values))) - (0.5 * factor.DeterminantLn);
    }
}
