using System.CommandLine;
using System.Text.Json;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Commands;

/// <summary>
/// The hidden command <c>harness fuzz-worker</c>: runs modules on this engine, a request (JSON) per line of standard input,
/// the observations (JSON) per line of standard output.
/// </summary>
internal static class FuzzWorkerCommand
{
    public const string Name = "fuzz-worker";

    public static Command Create()
    {
        var command = new Command(Name, "run modules for 'harness fuzz'") { Hidden = true };
        command.SetAction(_ =>
        {
            AppContext.SetSwitch("Harness.VerifyAllocation", true);
            while (Console.In.ReadLine() is { } line)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(Observe(ObserverRequest.FromLine(line))));
            }
        });
        return command;
    }

    /// <summary>What the engine observes; an exception that is not a trap is an observation as well.</summary>
    private static IReadOnlyList<string> Observe(ObserverRequest request)
    {
        try
        {
            return EngineObserver.Observe(request);
        }
#pragma warning disable CA1031 // A bug of any kind is a finding about this one program; the next one can still be run.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var place = exception.StackTrace?.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault();
            return [$"error: {exception.GetType().Name}: {exception.Message} {place}"];
        }
    }
}
