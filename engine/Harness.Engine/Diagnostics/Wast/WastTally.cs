using Harness.Engine.Modules.Text;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>What has come of the commands of a script, or of one of its threads, so far.</summary>
/// <param name="file">The name of the script.</param>
internal sealed class WastTally(string file)
{
    /// <summary>The number of assertions that hold.</summary>
    public int Passed { get; private set; }

    /// <summary>The assertions that do not hold, and the other commands that went wrong.</summary>
    public List<WastIncident> Failures { get; } = [];

    /// <summary>The commands that need something this engine does not support.</summary>
    public List<WastIncident> Unsupported { get; } = [];

    /// <summary>A tally of commands of the same script.</summary>
    public WastTally Beside() => new(file);

    /// <summary>Executes commands one after the other.</summary>
    public void Execute(IReadOnlyList<WastCommand> commands, WastSession session)
    {
        foreach (var command in commands)
        {
            Add(command, session.Execute(command));
        }
    }

    /// <summary>Adds how a command ended.</summary>
    public void Add(WastCommand command, WastOutcome outcome)
    {
        switch (outcome.Kind)
        {
            case WastOutcomeKind.Failed:
                Failures.Add(new WastIncident(file, command.Line, outcome.Message));
                break;
            case WastOutcomeKind.Unsupported:
                Unsupported.Add(new WastIncident(file, command.Line, outcome.Message));
                break;
            case WastOutcomeKind.Held:
                Passed++;
                break;
        }
    }

    /// <summary>Adds what came of other commands.</summary>
    public void Add(WastTally other)
    {
        Passed += other.Passed;
        Failures.AddRange(other.Failures);
        Unsupported.AddRange(other.Unsupported);
    }
}
