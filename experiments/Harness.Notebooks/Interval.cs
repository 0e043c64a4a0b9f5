using Harness.Experiments.Reports;
using Harness.Experiments.Statistics;

namespace Harness.Notebooks;

/// <summary>A value with its 95% confidence interval.</summary>
/// <param name="Value">The value.</param>
/// <param name="Low">Lower end of the interval; not a number where there are too few repetitions for one.</param>
/// <param name="High">Upper end, likewise.</param>
public readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>It in words: <c>1.52 (1.50–1.55)</c>; below 1 with three digits that say something, so that microseconds are not 0.00 ms.</summary>
    public override string ToString() => MarkdownTable.Time(new Estimate(Value, Low, High));

    internal static Interval? Of(Estimate? estimate) => estimate is { } known ? new Interval(known.Value, known.Low, known.High) : null;
}
