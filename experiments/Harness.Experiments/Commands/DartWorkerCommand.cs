using System.CommandLine;
using System.Text.Json;
using Harness.Experiments.Fuzzing.DartPrograms;

namespace Harness.Experiments.Commands;

/// <summary>
/// The hidden command <c>harness dart-worker</c>: compiles Dart programs, a request (JSON) per line of standard input, what came of it (JSON) per line of standard output.
/// </summary>
internal static class DartWorkerCommand
{
    public const string Name = "dart-worker";

    /// <summary>A worker whose harness was killed must not go on for ever. Far above any limit that the harness sets.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var command = new Command(Name, "compile programs for 'harness fuzz --source dart'") { Hidden = true };
        command.SetAction(_ =>
        {
            while (Console.In.ReadLine() is { } line)
            {
                using var watchdog = new Timer(_ => Environment.Exit(3), null, LongestRequest, Timeout.InfiniteTimeSpan);
                var request = DartCompileRequest.FromLine(line);
                Console.Out.WriteLine(JsonSerializer.Serialize(DartCompilation.Of(request.Source, request.Lowering)));
            }
        });
        return command;
    }
}
