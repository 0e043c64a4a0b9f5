using System.Security.Cryptography;
using Harness.Dart;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>
/// Programs as configurations ask for them: one that is compiled from Dart is built once for each choice of the compiler's knobs, any other once.
/// </summary>
internal sealed class PreparedPrograms
{
    private readonly Dictionary<string, ProgramDefinition> _definitions;
    private readonly Dictionary<(string Program, string Build), PreparedProgram> _builds = [];

    /// <summary>A hash of the compiler, core library included.</summary>
    public static string CompilerFingerprint => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(typeof(DartKnobs).Assembly.Location)))[..16];

    /// <summary>Takes programs, of which none is built yet.</summary>
    public PreparedPrograms(IEnumerable<ProgramDefinition> programs) => _definitions = programs.ToDictionary(program => program.Name);

    /// <summary>A program, built on first need.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="knobs">Values by knob name; those that are not the compiler's are passed over.</param>
    public PreparedProgram Find(string program, IReadOnlyDictionary<string, string> knobs)
    {
        var definition = _definitions[program];
        var key = (program, BuildOf(definition, knobs));
        if (!_builds.TryGetValue(key, out var prepared))
        {
            _builds[key] = prepared = PreparedProgram.Prepare(definition, knobs);
        }

        return prepared;
    }

    /// <summary>How a program is built that is not built by default, in words; empty where it is, or where nothing is compiled.</summary>
    public static string BuildOf(ProgramDefinition program, IReadOnlyDictionary<string, string> knobs) => program.IsCompiled ? DartKnobs.Describe(knobs) : "";
}
