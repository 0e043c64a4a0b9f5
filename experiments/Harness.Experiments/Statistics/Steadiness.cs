using System.Globalization;
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

    /// <summary>Time from the first iteration to the steady state, in ms; all of it where there is none.</summary>
    public double SteadyAfterMs => Iterations.Take(SteadyFrom).Sum();

    /// <summary>Classifies the process that a row is of.</summary>
    public static Steadiness Of(Measurement row) => Of(IterationsOf(row));

    /// <summary>Classifies a process by the times of its iterations, in order.</summary>
    public static Steadiness Of(IReadOnlyList<double> iterations)
    {
        if (iterations.Count < LeastIterations)
            return new Steadiness(SteadinessClass.TooShort, iterations, [], iterations.Count);
        var segments = Changepoints.Find(iterations);
        var final = segments[^1];
        var first = segments.Count - 1;
        while (first > 0 && AreAlike(segments[first - 1], final))
            first--;
        var steadyFrom = segments[first].Start;
        if (iterations.Count - steadyFrom < LeastShare * iterations.Count)
            return new Steadiness(SteadinessClass.NoSteadyState, iterations, segments, iterations.Count);
        var kind = steadyFrom == 0 ? SteadinessClass.Flat
            : segments.Take(first).All(segment => segment.Mean > final.Mean || AreAlike(segment, final)) ? SteadinessClass.WarmUp
            : SteadinessClass.SlowDown;
        return new Steadiness(kind, iterations, segments, steadyFrom);
    }

    /// <summary>
    /// The iterations of a row that can be compared with each other. A call that warms up may be shorter than a timed one: where there was a warm-up, these are
    /// the calls of the warm-up or the timed ones, whichever are more.
    /// </summary>
    public static IReadOnlyList<double> IterationsOf(Measurement row)
    {
        var all = Parse(row.IterationsMs);
        var warmUp = Math.Clamp(row.WarmUpCalls, 0, all.Count);
        var part = warmUp == 0 ? all : warmUp >= all.Count - warmUp ? all[..warmUp] : all[warmUp..];
        return part.Count <= MostIterations ? part : part[^MostIterations..];
    }

    private static bool AreAlike(Segment segment, Segment final) =>
        Math.Abs(segment.Mean - final.Mean) <= Math.Max(Math.Max(segment.Deviation, final.Deviation), Tolerance * final.Mean);

    private static List<double> Parse(string text)
    {
        var values = new List<double>();
        foreach (var range in text.AsSpan().Split(';'))
        {
            if (double.TryParse(text.AsSpan(range), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
                values.Add(value);
        }

        return values;
    }
}

/// <summary>How the processes of a cell went.</summary>
/// <param name="Processes">The processes, in the order of rounds.</param>
internal sealed record CellSteadiness(IReadOnlyList<Steadiness> Processes)
{
    /// <summary>The number of processes of a class.</summary>
    public int Count(SteadinessClass kind) => Processes.Count(process => process.Class == kind);

    /// <summary>Whether processes of the same cell went in different ways, as far as that can be told.</summary>
    public bool IsInconsistent => Processes.Select(process => process.Class).Where(kind => kind != SteadinessClass.TooShort).Distinct().Count() > 1;

    /// <summary>Whether some process ended slower than it had been, or without a steady state.</summary>
    public bool IsDoubtful => Processes.Any(process => process.Class is SteadinessClass.SlowDown or SteadinessClass.NoSteadyState);

    /// <summary>Classifies the processes of each cell of a sweep. Rows of programs that give several have the iterations of the whole process.</summary>
    public static Dictionary<Cell, CellSteadiness> Of(IEnumerable<Measurement> rows) => rows
        .GroupBy(row => row.Key.Cell)
        .ToDictionary(group => group.Key, group => new CellSteadiness([.. group.OrderBy(row => row.Repetition).Select(row => Steadiness.Of(row))]));
}
