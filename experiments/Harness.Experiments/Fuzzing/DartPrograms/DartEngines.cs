using System.Text.Json;
using Harness.Experiments.Commands;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>Who compiles programs and runs their modules.</summary>
internal interface IDartEngines : IDisposable
{
    /// <summary>Compiles a program. A compiler that crashes or does not end has failed.</summary>
    DartCompilation Compile(string source, IReadOnlyDictionary<string, string> lowering);

    /// <summary>What a module prints on this engine, and how it ends.</summary>
    IReadOnlyList<string> Run(byte[] module, FuzzConfiguration configuration);

    /// <summary>The same on V8; null without V8.</summary>
    IReadOnlyList<string>? RunOnV8(byte[] module);
}

/// <summary>The compiler, this engine and V8, each in a process of its own.</summary>
internal sealed class DartEngines : IDartEngines
{
    private static readonly ProcessLimits CompilerLimits = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), 4L << 30);
    private static readonly IReadOnlyDictionary<string, string> NoKnobs = new Dictionary<string, string>();

    private readonly GuardedProcess _compiler = OpenCompiler();
    private readonly ObserverProcess _engine = OpenEngine();
    private readonly ObserverProcess? _v8;

    /// <param name="node">Path of Node, for its V8; null to do without.</param>
    public DartEngines(string? node) => _v8 = node is null ? null : new ObserverProcess(node, Path.Combine(ProjectLayout.Node, "observe.mjs"));

    /// <inheritdoc/>
    public DartCompilation Compile(string source, IReadOnlyDictionary<string, string> lowering)
    {
        var answer = _compiler.Ask(new DartCompileRequest(source, lowering).ToLine());
        return answer.Failure == ProcessFailure.None
            ? JsonSerializer.Deserialize<DartCompilation>(answer.Text)!
            : new DartCompilation(null, DartFinding.CompilerFailed, $"{(answer.Failure switch { ProcessFailure.Hang => "hang", ProcessFailure.Memory => "memory", _ => "crash" })}: {answer.Text}");
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Run(byte[] module, FuzzConfiguration configuration) => _engine.Observe(new ObserverRequest(module, [], configuration.Knobs, IsDart: true));

    /// <inheritdoc/>
    public IReadOnlyList<string>? RunOnV8(byte[] module) => _v8?.Observe(new ObserverRequest(module, [], NoKnobs, IsDart: true));

    public void Dispose()
    {
        _compiler.Dispose();
        _engine.Dispose();
        _v8?.Dispose();
    }

    private static GuardedProcess OpenCompiler()
    {
        var launch = OwnEngine.OwnProgram(DartWorkerCommand.Name);
        return new GuardedProcess(CompilerLimits, launch.Program, [.. launch.Arguments]);
    }

    private static ObserverProcess OpenEngine()
    {
        var launch = OwnEngine.OwnProgram(FuzzWorkerCommand.Name);
        return new ObserverProcess(launch.Program, [.. launch.Arguments]);
    }
}
