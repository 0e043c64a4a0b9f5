namespace Harness.Engine.Diagnostics.Wast;

/// <summary>How a command ended.</summary>
internal enum WastOutcomeKind
{
    /// <summary>It did what it should, and asserts nothing.</summary>
    Done,

    /// <summary>What it asserts holds.</summary>
    Held,

    /// <summary>What it asserts does not hold, or it went wrong.</summary>
    Failed,

    /// <summary>It needs something that the engine does not support.</summary>
    Unsupported,
}

/// <summary>How a command ended, and why if not well.</summary>
/// <param name="Kind">How.</param>
/// <param name="Message">Why; empty if it ended well.</param>
internal readonly record struct WastOutcome(WastOutcomeKind Kind, string Message = "")
{
    public static WastOutcome Done => new(WastOutcomeKind.Done);

    public static WastOutcome Held => new(WastOutcomeKind.Held);

    public static WastOutcome Failed(string message) => new(WastOutcomeKind.Failed, message);

    public static WastOutcome Unsupported(string message) => new(WastOutcomeKind.Unsupported, message);
}
