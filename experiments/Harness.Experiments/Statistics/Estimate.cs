namespace Harness.Experiments.Statistics;

/// <summary>A value with its 95% confidence interval.</summary>
/// <param name="Value">The value.</param>
/// <param name="Low">Lower end of the interval; not a number where there is too little data for one.</param>
/// <param name="High">Upper end; not a number likewise.</param>
internal readonly record struct Estimate(double Value, double Low, double High)
{
    /// <summary>Whether there is an interval.</summary>
    public bool HasInterval => !double.IsNaN(Low);

    /// <summary>The same with the ends of the interval farther from the value, both above 0, on the logarithmic scale.</summary>
    /// <param name="factor">By what the distances are multiplied.</param>
    public Estimate Widened(double factor) => new(Value, Value * Math.Pow(Low / Value, factor), Value * Math.Pow(High / Value, factor));

    /// <summary>A value without an interval.</summary>
    public static Estimate Without(double value) => new(value, double.NaN, double.NaN);
}
