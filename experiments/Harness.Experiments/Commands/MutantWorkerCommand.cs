using System.CommandLine;
using System.Text.Json;
using Harness.Engine.Runtime;
using Harness.Experiments.Fuzzing.Mutation;

namespace Harness.Experiments.Commands;

/// <summary>
/// The hidden command <c>harness mutant-worker</c>: decodes, validates, compiles and runs modules on this engine, a request (JSON) per line of standard
/// input. The answer to a request for verdicts is a list of them, and to one for runs a list of outcomes for each configuration.
/// </summary>
internal static class MutantWorkerCommand
{
    public const string Name = "mutant-worker";

    /// <summary>A worker whose harness was killed must not go on for ever. Far above any limit that the harness sets.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var command = new Command(Name, "decode, validate and run modules for 'harness fuzz --source mutate'") { Hidden = true };
        command.SetAction(_ =>
        {
            AppContext.SetSwitch("Harness.VerifyAllocation", true);
            using var engine = new WasmEngine();
            var hangs = new HangWatch();
            while (Console.In.ReadLine() is { } line)
            {
                using var watchdog = new Timer(_ => Environment.Exit(3), null, LongestRequest, Timeout.InfiniteTimeSpan);
                var request = MutantRequest.FromLine(line);
                var answer = request.Configurations is { } configurations
                    ? JsonSerializer.Serialize(configurations.Select(knobs => MutantRunner.Run(request.Modules[0], knobs, hangs)))
                    : JsonSerializer.Serialize(request.Modules.Select(module => VerdictOf(module, request.Compiles ? engine : null, hangs)));
                Console.Out.WriteLine(answer);
            }
        });
        return command;
    }

    /// <summary>The verdict on a module, which may be that it hangs.</summary>
    /// <param name="module">The module.</param>
    /// <param name="engine">What compiles it if it is valid; null if nothing does.</param>
    /// <param name="hangs">Knows how long others took.</param>
    private static string VerdictOf(byte[] module, WasmEngine? engine, HangWatch hangs)
    {
        var verdict = "";
        return hangs.Watch(engine is null ? "decode" : "compile", module.Length, () => verdict = engine is null ? Verdict.Of(module) : Verdict.Of(module, valid => MutantRunner.CompileAll(engine, valid)))
            ?? verdict;
    }
}
