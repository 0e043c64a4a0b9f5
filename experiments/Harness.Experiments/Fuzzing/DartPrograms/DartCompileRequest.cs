using System.Text.Json;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>What is asked of a worker that compiles, as one line of JSON. The answer is a <see cref="DartCompilation"/>.</summary>
/// <param name="Source">The text of a program.</param>
/// <param name="Lowering">Values by knob name.</param>
internal sealed record DartCompileRequest(string Source, IReadOnlyDictionary<string, string> Lowering)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string ToLine() => JsonSerializer.Serialize(this, Json);

    public static DartCompileRequest FromLine(string line) => JsonSerializer.Deserialize<DartCompileRequest>(line, Json)!;
}
