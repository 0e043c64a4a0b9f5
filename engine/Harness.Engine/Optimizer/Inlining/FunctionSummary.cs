namespace Harness.Engine.Optimizer.Inlining;

/// <summary>What a function does with one of its parameters, by number of instructions.</summary>
internal struct ParameterUses
{
    /// <summary>Numeric operations on it and constants: they fold if it is constant.</summary>
    public int Operations;

    /// <summary>Branches and selections that it decides: one way remains if it is constant.</summary>
    public int Branches;

    /// <summary>Null checks, type tests and casts: its exact type decides them.</summary>
    public int Tests;

    /// <summary>Loads and stores of its fields and elements: they vanish while it is an object that nobody else sees.</summary>
    public int Accesses;

    /// <summary>Calls through it: they become direct if it is a known function.</summary>
    public int Calls;

    /// <summary>Places where it is stored, returned or passed on: an object does not stay virtual there.</summary>
    public int Escapes;
}

/// <summary>
/// What a function consists of, found in one pass over its bytes: an estimate of the nodes that it becomes, of what folds if something is
/// known of its arguments, and of what is known of the arguments that it passes. It is a guess that policies go by, and nothing else.
/// </summary>
internal sealed class FunctionSummary
{
    /// <summary>The summary of a function that cannot be looked at.</summary>
    public static FunctionSummary Nothing(int parameters) => new()
    {
        Nodes = 0,
        HasLoop = false,
        ReturnsNewObject = false,
        Parameters = new ParameterUses[parameters],
        Arguments = new Dictionary<int, ValueOrigin[]>(),
    };

    /// <summary>How many IR nodes the body becomes, by estimate, with what calls and checks need.</summary>
    public required int Nodes { get; init; }

    /// <summary>Whether there is a loop.</summary>
    public required bool HasLoop { get; init; }

    /// <summary>Whether it returns an object that it has made itself, wherever it returns one.</summary>
    public required bool ReturnsNewObject { get; init; }

    /// <summary>What it does with each parameter.</summary>
    public required ParameterUses[] Parameters { get; init; }

    /// <summary>By offset of a call instruction, where the arguments come from; the callee's index or reference is none of them.</summary>
    public required IReadOnlyDictionary<int, ValueOrigin[]> Arguments { get; init; }
}
