using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>
/// Runs scripts in the format of the specification's tests (<c>.wast</c>) on an engine of their own. Imports from
/// <c>spectest</c> are there.
/// </summary>
public static class WastRunner
{
    /// <summary>Runs a script in a file.</summary>
    /// <param name="path">The file, also its name in the result.</param>
    /// <param name="options">The engine's options.</param>
    /// <returns>What came of it. A script that is malformed as a whole counts as one failure.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WastResult Run(string path, EngineOptions options) => Run(path, File.ReadAllBytes(path), options);

    /// <summary>Runs a script.</summary>
    /// <param name="name">Its name in the result.</param>
    /// <param name="utf8">Its text in UTF-8.</param>
    /// <param name="options">The engine's options.</param>
    /// <returns>What came of it. A script that is malformed as a whole counts as one failure.</returns>
    public static WastResult Run(string name, byte[] utf8, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        ArgumentNullException.ThrowIfNull(options);
        WastScript script;
        try
        {
            script = WastScript.Parse(utf8);
        }
        catch (WatException e)
        {
            return new WastResult(name, 0, [new WastIncident(name, e.Position.Line, e.Message)], [], null);
        }

        return ExecutionThread.Run(options, () => Run(name, script, options));
    }

    private static WastResult Run(string name, WastScript script, EngineOptions options)
    {
        using var store = new Store(options);
        var tally = new WastTally(name);
        var session = new WastSession(store, new Dictionary<string, WastSharedInstance>(), tally);
        tally.Execute(script.Commands, session);
        session.JoinThreads();
        return new WastResult(
            name,
            tally.Passed,
            [.. tally.Failures.OrderBy(incident => incident.Line)],
            [.. tally.Unsupported.OrderBy(incident => incident.Line)],
            store.Engine.Statistics);
    }
}
