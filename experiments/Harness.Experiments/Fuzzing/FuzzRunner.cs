using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing.Observers;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// Runs random programs on this engine in many configurations and compares the outcome of every call with a reference: V8
/// where it is at hand, else this engine's own baseline tier.
/// </summary>
internal sealed class FuzzRunner : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoKnobs = new Dictionary<string, string>();

    private readonly ObserverProcess? _reference;
    private readonly ObserverProcess _engine;

    /// <param name="node">Path of Node, for its V8; null to do without.</param>
    public FuzzRunner(string? node)
    {
        _reference = node is null ? null : new ObserverProcess(node, Path.Combine(ProjectLayout.Node, "observe.mjs"));
        var own = OwnEngine.OwnProgram(Commands.FuzzWorkerCommand.Name);
        _engine = new ObserverProcess(own.Program, [.. own.Arguments]);
    }

    /// <summary>Why V8 could not run the latest program that it could not run.</summary>
    public string Refusal { get; private set; } = "";

    /// <summary>Runs a program in some configurations.</summary>
    /// <returns>The configurations whose outcome differs; null if V8 cannot run the program.</returns>
    public IReadOnlyList<FuzzMismatch>? Run(IFuzzProgram program, IEnumerable<FuzzConfiguration> configurations)
    {
        var module = program.Encode();
        var expected = _reference is null
            ? _engine.Observe(new ObserverRequest(module, program.Calls, FuzzConfiguration.Always[0].Knobs))
            : _reference.Observe(new ObserverRequest(program.EncodeForReference(), program.Calls, NoKnobs));
        if (expected is [var first] && first.StartsWith(Observation.NotInstantiated, StringComparison.Ordinal))
        {
            Refusal = string.Join(' ', expected);
            return null;
        }

        var mismatches = new List<FuzzMismatch>();
        foreach (var configuration in configurations)
        {
            var actual = _engine.Observe(new ObserverRequest(module, program.Calls, configuration.Knobs));
            if (!expected.SequenceEqual(actual))
            {
                mismatches.Add(new FuzzMismatch(program, configuration, expected, actual));
            }
        }

        return mismatches;
    }

    public void Dispose()
    {
        _reference?.Dispose();
        _engine.Dispose();
    }
}
