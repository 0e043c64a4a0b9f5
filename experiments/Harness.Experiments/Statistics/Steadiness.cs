using System.Globalization;
using System.Runtime.InteropServices;
using Harness.Experiments.Results;

namespace Harness.Experiments.Statistics;

/// <summary>How the iterations of a process went, in the classes of Barrett et al. (2017).</summary>
internal enum SteadinessClass
{
    /// <summary>All segments are alike: the process was in its steady state from the start.</summary>
    Flat,

    /// <summary>The steady state at the end is the fastest.</summary>
    WarmUp,

    /// <summary>There is a steady state at the end, but something before was faster.</summary>
    SlowDown,

    /// <summary>The last quarter still changes.</summary>
    NoSteadyState,

    /// <summary>There are too few iterations to tell.</summary>
    TooShort,
}

/// <summary>
/// Whether and when a process reached a steady state. Its iterations are cut into segments at changepoints; those at the end that are alike are its steady
/// state, if they make up at least its last quarter.
/// </summary>
/// <param name="Class">How it went.</param>
/// <param name="Iterations">The iterations that were looked at, in ms.</param>
/// <param name="Segments">The segments between changepoints.</param>
/// <param name="SteadyFrom">Place of the first iteration of the steady state; the number of iterations where there is none.</param>
internal sealed record Steadiness(SteadinessClass Class, IReadOnlyList<double> Iterations, IReadOnlyList<Segment> Segments, int SteadyFrom)
{
    /// <summary>Iterations below which nothing can be told.</summary>
    public const int LeastIterations = 15;

    /// <summary>Iterations that are looked at; of more, the last ones.</summary>
    public const int MostIterations = 4_000;

    /// <summary>Share of the iterations that the steady state must take up at least, as in Barrett et al. (500 of 2,000).</summary>
    private const double LeastShare = 0.25;

    /// <summary>Means that differ by less than this, relatively, are alike whatever their deviations.</summary>
    private const double Tolerance = 0.01;

    /// <summary>Time from the first iteration that was looked at to the steady state, in ms; all of it where there is none.</summary>
    public double SteadyAfterMs => Iterations.Take(SteadyFrom).Sum();

    /// <summary>Classifies the process that a row is of.</summary>
    public static Steadiness Of(Measurement row) => Of(IterationsOf(row));

    /// <summary>Classifies a process by the times of its iterations, in order.</summary>
    public static Steadiness Of(IReadOnlyList<double> iterations)
    {
        if (iterations.Count < LeastIterations)
        {
            return new Steadiness(SteadinessClass.TooShort, iterations, [], iterations.Count);
        }

        var segments = Changepoints.Find(iterations);
        var (kind, steadyFrom) = Classify([.. segments], iterations.Count);
        return new Steadiness(kind, iterations, segments, steadyFrom);
    }

    /// <summary>What the segments of a process with enough iterations say of it.</summary>
    /// <param name="segments">The segments, in order; at least one.</param>
    /// <param name="iterations">The number of iterations.</param>
    /// <returns>Its class, and <see cref="SteadyFrom"/>.</returns>
    public static (SteadinessClass Class, int SteadyFrom) Classify(ReadOnlySpan<Segment> segments, int iterations)
    {
        var final = segments[^1];
        var first = segments.Length - 1;
        while (first > 0 && AreAlike(segments[first - 1], final))
        {
            first--;
        }

        var steadyFrom = segments[first].Start;
        if (iterations - steadyFrom < LeastShare * iterations)
        {
            return (SteadinessClass.NoSteadyState, iterations);
        }

        var kind = steadyFrom == 0 ? SteadinessClass.Flat : SteadinessClass.WarmUp;
        foreach (var segment in segments[..first])
        {
            if (!(segment.Mean > final.Mean || AreAlike(segment, final)))
            {
                kind = SteadinessClass.SlowDown;
            }
        }

        return (kind, steadyFrom);
    }

    /// <summary>The iterations of a row that can be compared with each other.</summary>
    public static IReadOnlyList<double> IterationsOf(Measurement row)
    {
        var all = new List<double>();
        Parse(row.IterationsMs, all);
        return [.. Comparable(CollectionsMarshal.AsSpan(all), row.WarmUpCalls, row.OmittedIterations)];
    }

    /// <summary>
    /// The iterations that can be compared with each other. A call that warms up may be shorter than a timed one: where there was a warm-up, these are
    /// the calls of the warm-up or the timed ones, whichever are more.
    /// </summary>
    /// <param name="known">Iterations of a process, in order.</param>
    /// <param name="warmUpCalls">How many iterations, from the first one of the process, were of the warm-up.</param>
    /// <param name="omitted">How many there were before those that are known.</param>
    public static ReadOnlySpan<double> Comparable(ReadOnlySpan<double> known, int warmUpCalls, int omitted)
    {
        var (start, end) = ComparablePart(omitted + known.Length, warmUpCalls);
        var last = Math.Clamp(end - omitted, 0, known.Length);
        return known[Math.Clamp(Math.Max(start, end - MostIterations) - omitted, 0, last)..last];
    }

    /// <summary>The places of all iterations that can be compared with each other, however many they are.</summary>
    /// <param name="iterations">The number of iterations of a process.</param>
    /// <param name="warmUpCalls">How many of them, from the first one, were of the warm-up.</param>
    /// <returns>The place of the first one, and the place behind the last one.</returns>
    public static (int Start, int End) ComparablePart(int iterations, int warmUpCalls)
    {
        var warmUp = Math.Clamp(warmUpCalls, 0, iterations);
        return warmUp == 0 ? (0, iterations) : warmUp >= iterations - warmUp ? (0, warmUp) : (warmUp, iterations);
    }

    /// <summary>Reads times as a row has them.</summary>
    /// <param name="text">Times in ms with <c>;</c> between them; what is no finite number is passed over.</param>
    /// <param name="values">The list that they are added to.</param>
    public static void Parse(string text, List<double> values)
    {
        foreach (var range in text.AsSpan().Split(';'))
        {
            if (double.TryParse(text.AsSpan(range), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            {
                values.Add(value);
            }
        }
    }

    private static bool AreAlike(Segment segment, Segment final) =>
        Math.Abs(segment.Mean - final.Mean) <= Math.Max(Math.Max(segment.Deviation, final.Deviation), Tolerance * final.Mean);
}
