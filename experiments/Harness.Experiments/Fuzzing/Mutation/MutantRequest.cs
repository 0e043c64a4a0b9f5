using System.Text.Json;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>What is asked of a worker, as one line of JSON: verdicts on modules, or with configurations the outcome of the only one in each of them.</summary>
/// <param name="Modules">The modules in the binary format.</param>
/// <param name="Configurations">For each run, values by knob name; null where only verdicts are wanted.</param>
/// <param name="Compiles">Whether what is valid is compiled by both compilers before there is a verdict.</param>
internal sealed record MutantRequest(
    IReadOnlyList<byte[]> Modules, IReadOnlyList<IReadOnlyDictionary<string, string>>? Configurations = null, bool Compiles = false)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string ToLine() => JsonSerializer.Serialize(this, Json);

    public static MutantRequest FromLine(string line) => JsonSerializer.Deserialize<MutantRequest>(line, Json)!;
}
