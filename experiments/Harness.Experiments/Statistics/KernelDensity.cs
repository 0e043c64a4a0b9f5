namespace Harness.Experiments.Statistics;

/// <summary>A density estimated from values: a normal distribution around each of them, as wide as Silverman's rule of thumb says (Silverman 1986, equation 3.31), which does not smooth two modes into one.</summary>
internal sealed class KernelDensity
{
    /// <summary>The share of the values' range below which a bandwidth is not to fall: equal values would else have no width at all.</summary>
    private const double LeastBandwidth = 1e-3;

    private readonly IReadOnlyList<double> _values;
    private readonly double _bandwidth;

    /// <summary>Estimates a density.</summary>
    /// <param name="sorted">The values in ascending order, at least one.</param>
    public KernelDensity(IReadOnlyList<double> sorted)
    {
        _values = sorted;
        var count = sorted.Count;
        var mean = sorted.Average();
        var deviation = Math.Sqrt(sorted.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, count - 1));
        var quartiles = (sorted[(int)(0.75 * (count - 1))] - sorted[(int)(0.25 * (count - 1))]) / 1.34;
        var spread = quartiles > 0 ? Math.Min(deviation, quartiles) : deviation;
        var range = sorted[^1] - sorted[0];
        _bandwidth = Math.Max(0.9 * spread * Math.Pow(count, -0.2), LeastBandwidth * (range > 0 ? range : Math.Max(Math.Abs(mean), 1)));
    }

    /// <summary>Where the density is more than next to nothing.</summary>
    public (double Low, double High) Support => (_values[0] - (3 * _bandwidth), _values[^1] + (3 * _bandwidth));

    /// <summary>The density at a place.</summary>
    public double At(double place) =>
        _values.Sum(value => Math.Exp(-0.5 * ((place - value) / _bandwidth) * ((place - value) / _bandwidth))) / (_values.Count * _bandwidth * Math.Sqrt(2 * Math.PI));
}
