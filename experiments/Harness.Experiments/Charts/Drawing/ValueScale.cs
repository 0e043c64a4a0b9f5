using System.Globalization;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>
/// The scale of a value axis: linear from zero, or logarithmic where the largest value is many times the smallest. Positions are in
/// units of the axis: the value itself, or its logarithm to base 2.
/// </summary>
internal sealed class ValueScale
{
    /// <summary>From this ratio of largest to smallest on, an axis is logarithmic.</summary>
    private const double LogarithmicFrom = 12;

    private readonly bool _logarithmic;

    private ValueScale(bool logarithmic, double low, double high, IReadOnlyList<(double, string)> ticks)
    {
        _logarithmic = logarithmic;
        (Low, High, Ticks) = (low, high, ticks);
    }

    /// <summary>Position of the lower end.</summary>
    public double Low { get; }

    /// <summary>Position of the upper end.</summary>
    public double High { get; }

    /// <summary>Positions of labels, and the labels.</summary>
    public IReadOnlyList<(double Position, string Label)> Ticks { get; }

    /// <summary>The scale for speedups and ratios, which has 1 on it.</summary>
    /// <param name="values">All that is to be seen, above 0.</param>
    /// <param name="headroom">Room above the largest value, as a share of the whole, for labels.</param>
    public static ValueScale ForRatios(IReadOnlyCollection<double> values, double headroom = 0)
    {
        var (smallest, largest) = (Math.Min(1, values.Min()), Math.Max(1, values.Max()));
        return largest / smallest >= LogarithmicFrom ? Logarithmic(smallest, largest, headroom, "x") : Linear(0, largest, headroom, "x");
    }

    /// <summary>A scale for amounts, such as times or bytes.</summary>
    /// <param name="values">All that is to be seen.</param>
    /// <param name="fromZero">Whether zero is on it, as it must be where lengths are compared.</param>
    public static ValueScale ForAmounts(IReadOnlyCollection<double> values, bool fromZero)
    {
        var (smallest, largest) = (values.Min(), values.Max());
        if (smallest > 0 && largest / smallest >= LogarithmicFrom)
        {
            return Logarithmic(smallest, largest, 0.03, "");
        }

        var margin = Math.Max((largest - smallest) * 0.06, Math.Abs(largest) * 1e-6);
        return fromZero ? Linear(0, largest, 0.03, "") : Linear(smallest - margin, largest + margin, 0, "");
    }

    /// <summary>The position of a value.</summary>
    public double At(double value) => _logarithmic ? Math.Log2(value) : value;

    /// <summary>Where bars begin: at 1 on a logarithmic axis, else at 0.</summary>
    public double Base => 0;

    private static ValueScale Linear(double low, double largest, double headroom, string unit)
    {
        var high = low + (Math.Max(largest - low, 1e-12) / (1 - headroom));
        var step = NiceStep((high - low) / 6);
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        var ticks = new List<(double, string)>();
        for (var i = (long)Math.Ceiling((low / step) - 1e-9); i * step <= high; i++)
        {
            ticks.Add((i * step, Number(i * step, decimals) + unit));
        }

        return new ValueScale(logarithmic: false, low, high, ticks);
    }

    private static ValueScale Logarithmic(double smallest, double largest, double headroom, string unit)
    {
        var (low, high) = (Math.Log2(smallest) - 0.15, Math.Log2(largest) + 0.15);
        high += (high - low) * headroom / (1 - headroom);
        var step = Math.Max(1, (int)Math.Ceiling((high - low) / 8));
        var ticks = new List<(double, string)>();
        for (var power = (int)Math.Ceiling(low / step) * step; power <= high; power += step)
        {
            ticks.Add((power, PowerOf2(power) + unit));
        }

        return new ValueScale(logarithmic: true, low, high, ticks);
    }

    /// <summary>A power of 2 with four decimals, or as many as two digits that say something need.</summary>
    private static string PowerOf2(int power)
    {
        const int usual = 4;
        var needed = 1 - (int)Math.Floor(power * Math.Log10(2));
        return Math.Pow(2, power).ToString("0." + new string('#', Math.Max(usual, needed)), CultureInfo.InvariantCulture);
    }

    /// <summary>The next of 1, 2, 5, 10 … (times a power of ten) that is at least as large.</summary>
    private static double NiceStep(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * ((double[])[1, 2, 5, 10]).First(step => step * power >= least * (1 - 1e-9));
    }

    private static string Number(double value, int decimals) =>
        Math.Round(value, decimals).ToString("#,0." + new string('0', decimals), CultureInfo.InvariantCulture);
}
