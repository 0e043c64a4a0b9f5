namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>
/// What a program has more or less of than others: factors of likelihoods, 0 for nothing of it. Programs that do a few things often come upon other faults than programs that do everything now
/// and then (Groce et al., "Swarm Testing", 2012).
/// </summary>
internal sealed record DartFeatures
{
    /// <summary>Doubles, and conversions between them and integers.</summary>
    public required int Doubles { get; init; }

    /// <summary>Texts.</summary>
    public required int Texts { get; init; }

    /// <summary>Lists, sets and maps.</summary>
    public required int Collections { get; init; }

    /// <summary>Lists of <c>dart:typed_data</c>.</summary>
    public required int TypedLists { get; init; }

    /// <summary>Closures and tear-offs.</summary>
    public required int Closures { get; init; }

    /// <summary>Generic classes and functions.</summary>
    public required int Generics { get; init; }

    /// <summary>Patterns, records and switches.</summary>
    public required int Patterns { get; init; }

    /// <summary>Values that may be null.</summary>
    public required int Nulls { get; init; }

    /// <summary>Throwing and catching.</summary>
    public required int Failures { get; init; }

    /// <summary>Calls by name, and of type tests.</summary>
    public required int Dynamics { get; init; }

    /// <summary>Asynchronous functions and generators.</summary>
    public required int Suspensions { get; init; }

    /// <summary>Calls.</summary>
    public required int Calls { get; init; }

    /// <summary>
    /// Whether the program relies on casts that fail, which it may under lowerings alone that check them.
    /// </summary>
    public required bool ReliesOnCasts { get; init; }

    /// <summary>The same of indices that are out of range.</summary>
    public required bool ReliesOnBounds { get; init; }

    /// <summary>Chooses.</summary>
    public static DartFeatures Random(RandomSource random)
    {
        int Factor(int least = 0) => Math.Max(least, random.Weighted(20, 50, 30) switch { 0 => 0, 1 => 1, _ => 3 });
        return new DartFeatures
        {
            Doubles = Factor(),
            Texts = Factor(),
            Collections = Factor(),
            TypedLists = Factor(),
            Closures = Factor(),
            Generics = Factor(),
            Patterns = Factor(),
            Nulls = Factor(),
            Failures = Factor(),
            Dynamics = Factor(),
            Suspensions = Factor(),
            Calls = Factor(1),
            ReliesOnCasts = random.Percent(40),
            ReliesOnBounds = random.Percent(40),
        };
    }
}
