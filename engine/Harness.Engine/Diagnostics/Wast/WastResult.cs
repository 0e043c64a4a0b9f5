using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>What came of running a script.</summary>
/// <param name="File">The script's name, as it was given.</param>
/// <param name="Passed">The number of assertions that hold.</param>
/// <param name="Failures">
/// The assertions that do not hold, and the other commands that went wrong, in the order of the script.
/// </param>
/// <param name="Unsupported">The commands that need something this engine does not support, in the order of the script.</param>
/// <param name="Statistics">What the engine did meanwhile; null if the script was malformed as a whole.</param>
public sealed record WastResult(
    string File,
    int Passed,
    IReadOnlyList<WastIncident> Failures,
    IReadOnlyList<WastIncident> Unsupported,
    EngineStatistics? Statistics);

/// <summary>A command of a script that did not do what it should.</summary>
/// <param name="File">The script's name, as it was given.</param>
/// <param name="Line">The line at which the command begins, from 1.</param>
/// <param name="Message">What happened instead.</param>
public sealed record WastIncident(string File, int Line, string Message)
{
    /// <summary>Gives <c>file:line: message</c>.</summary>
    public override string ToString() => $"{File}:{Line}: {Message}";
}
