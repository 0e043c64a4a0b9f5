using MathNet.Numerics.Random;

namespace Harness.Experiments.Tuning.Search;

/// <summary>What was measured at a point of the unit cube.</summary>
/// <param name="Point">The point.</param>
/// <param name="Value">The objective there; smaller is better.</param>
/// <param name="Parts">The quantities that the objective is made of, for methods that look at them apart; null where there are none.</param>
internal sealed record Observation(double[] Point, double Value, IReadOnlyList<double>? Parts = null)
{
    /// <summary>The parts; the objective alone where there are none.</summary>
    public IReadOnlyList<double> AllValues => Parts ?? [Value];
}

/// <summary>
/// Proposes where to measure next. Methods keep no state: the same seed and history give the same proposal, so that a run that was killed goes on as if
/// it had not been. They know nothing of engines or programs.
/// </summary>
internal interface ISearchMethod
{
    /// <summary>The next point, after what the history has.</summary>
    double[] Propose(IReadOnlyList<Observation> history);
}

/// <summary>The methods by name.</summary>
internal static class SearchMethods
{
    public static IReadOnlyList<string> Names { get; } = ["gaussian-process", "tpe", "cma-es", "sobol", "latin-hypercube", "grid", "random", OfSeveral];

    /// <summary>The method that searches a front of several quantities instead of their weighted sum.</summary>
    public const string OfSeveral = "hypervolume";

    /// <summary>The methods that make a design as a whole, for a number of proposals that must be known before.</summary>
    public static IReadOnlyList<string> OfFixedSize { get; } = ["latin-hypercube", "grid"];

    /// <summary>Makes a method.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="space">What is searched.</param>
    /// <param name="seed">Seed of its random numbers.</param>
    /// <param name="trials">Proposals expected; designs of the methods <see cref="OfFixedSize"/> have this size.</param>
    public static ISearchMethod Create(string name, SearchSpace space, int seed, int trials) => name switch
    {
        "gaussian-process" => new GaussianProcessSearch(space, seed),
        "tpe" => new ParzenSearch(space, seed),
        "cma-es" => new EvolutionSearch(space.Dimensions, seed),
        "sobol" => new SobolSearch(space.Dimensions, seed),
        "latin-hypercube" => new LatinHypercubeSearch(space.Dimensions, seed, trials),
        "grid" => new GridSearch(space, trials),
        "random" => new RandomSearch(space.Dimensions, seed),
        OfSeveral => new HypervolumeSearch(space, seed),
        _ => throw new HarnessException($"unknown method '{name}'; there are {string.Join(", ", Names)}"),
    };

    /// <summary>Random numbers of one step of a search.</summary>
    public static MersenneTwister RandomOf(int seed, int step) => new(unchecked((seed * 1_000_003) + (step * 7919) + 17));
}
