using System.Text.Json;
using Harness.Experiments.Commands;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Who gives verdicts on modules and runs them.</summary>
internal interface IMutantEngines : IDisposable
{
    /// <summary>This engine's verdicts. A process that fails is the verdict on the module that makes it fail.</summary>
    IReadOnlyList<string> Verdicts(IReadOnlyList<byte[]> modules);

    /// <summary>V8's verdicts; null without V8.</summary>
    IReadOnlyList<string>? VerdictsOfV8(IReadOnlyList<byte[]> modules);

    /// <summary>The outcomes in each configuration. A process that fails is the only outcome of the configuration that makes it fail.</summary>
    IReadOnlyList<IReadOnlyList<string>> Run(byte[] module, IReadOnlyList<FuzzConfiguration> configurations);
}

/// <summary>This engine in a process of its own, and V8 in another.</summary>
internal sealed class MutantEngines : IMutantEngines
{
    /// <summary>A process that takes longer hangs, and is ended; modules that hang by the measure of others are found by <see cref="HangWatch"/>.</summary>
    public static readonly TimeSpan HangTime = TimeSpan.FromSeconds(10);

    private static readonly ProcessLimits Limits = new(HangTime, TimeSpan.FromSeconds(20), 3L << 30);

    private readonly GuardedProcess _engine = Open(OwnEngine.OwnProgram(MutantWorkerCommand.Name));
    private readonly GuardedProcess? _v8;

    private readonly bool _compiles;

    /// <param name="node">Path of Node, for its V8; null to do without.</param>
    /// <param name="compiles">Whether this engine compiles what is valid before it gives its verdict.</param>
    public MutantEngines(string? node, bool compiles = false)
    {
        _compiles = compiles;
        _v8 = node is null ? null : new GuardedProcess(Limits, node, Path.Combine(ProjectLayout.Node, "validate.mjs"));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Verdicts(IReadOnlyList<byte[]> modules) => Ask(_engine, modules, _compiles);

    /// <inheritdoc/>
    public IReadOnlyList<string>? VerdictsOfV8(IReadOnlyList<byte[]> modules) => _v8 is null ? null : Ask(_v8, modules, compiles: false);

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<string>> Run(byte[] module, IReadOnlyList<FuzzConfiguration> configurations)
    {
        var answer = _engine.Ask(new MutantRequest([module], [.. configurations.Select(configuration => configuration.Knobs)]).ToLine());
        if (answer.Failure == ProcessFailure.None)
        {
            return JsonSerializer.Deserialize<string[][]>(answer.Text)!;
        }

        return configurations.Count == 1
            ? [[Describe(answer)]]
            : [.. configurations.SelectMany(configuration => Run(module, [configuration]))];
    }

    public void Dispose()
    {
        _engine.Dispose();
        _v8?.Dispose();
    }

    private static string[] Ask(GuardedProcess process, IReadOnlyList<byte[]> modules, bool compiles)
    {
        var answer = process.Ask(new MutantRequest(modules, Compiles: compiles).ToLine());
        if (answer.Failure == ProcessFailure.None)
        {
            return JsonSerializer.Deserialize<string[]>(answer.Text)!;
        }

        if (modules.Count == 1)
        {
            return [Describe(answer)];
        }

        var half = modules.Count / 2;
        return [.. Ask(process, [.. modules.Take(half)], compiles), .. Ask(process, [.. modules.Skip(half)], compiles)];
    }

    private static GuardedProcess Open(WorkerLaunch launch) => new(Limits, launch.Program, [.. launch.Arguments]);

    private static string Describe(ProcessAnswer answer) =>
        $"{Verdict.Error}: {(answer.Failure switch { ProcessFailure.Hang => "hang", ProcessFailure.Memory => "memory", _ => "crash" })}: {answer.Text}";
}
