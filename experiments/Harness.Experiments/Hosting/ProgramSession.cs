using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>Runs a program of a manifest in this process, for the commands that show what it does.</summary>
internal static class ProgramSession
{
    /// <summary>Opens a program with its host and does something with it, on a thread whose stack is as large as the options say.</summary>
    /// <param name="program">The program.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="use">What is done with its host.</param>
    /// <param name="knobs">Values by knob name, of which those of the Dart compiler say how the program is compiled; null for the defaults.</param>
    /// <exception cref="HarnessException">It is absent, cannot be loaded, or fails in a way of its own; a trap is left to the caller.</exception>
    public static T Run<T>(ProgramDefinition program, EngineOptions options, Func<IProgramHost, T> use, IReadOnlyDictionary<string, string>? knobs = null) =>
        Run(program, options, (host, _) => use(host), knobs);

    /// <summary>The same for what needs to know the program's files as well: they are those of what workers are told of it.</summary>
    /// <inheritdoc cref="Run{T}(ProgramDefinition, EngineOptions, Func{IProgramHost, T}, IReadOnlyDictionary{string, string})"/>
    public static T Run<T>(ProgramDefinition program, EngineOptions options, Func<IProgramHost, WorkerProgram, T> use, IReadOnlyDictionary<string, string>? knobs = null)
    {
        if (!program.IsCompiled && knobs is not null)
        {
            KnobCatalog.RefuseOfPrograms(knobs, $"program '{program.Name}'");
        }

        var prepared = PreparedProgram.Prepare(program, knobs);
        if (prepared.Problem is { } problem)
        {
            throw new HarnessException($"program '{program.Name}': {problem}");
        }

        try
        {
            return ExecutionThread.Run(options, () =>
            {
                using var host = ProgramHost.Open(prepared.Request!, options, checks: false);
                return use(host, prepared.Request!);
            });
        }
        catch (Exception exception) when (exception is ProgramException or ModuleException or LinkException or WasmException or KeyNotFoundException or NotSupportedException or OutOfMemoryException)
        {
            throw new HarnessException($"program '{program.Name}': {exception.Message.Split('\n')[0]}", exception);
        }
    }

    /// <summary>Runs iterations.</summary>
    /// <returns>The last one's output, and the time of each in ms.</returns>
    public static (ProgramOutput Output, IReadOnlyList<double> Times) Iterate(IProgramHost host, int count)
    {
        var times = new List<double>();
        var output = new ProgramOutput();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            output = host.Iterate();
            times.Add(output.TimedMilliseconds ?? WorkerLoop.ElapsedMs(start));
        }

        return (output, times);
    }
}
