using System.Text.Json;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>What is asked of an observer, as one line of JSON: to run a module and tell the outcome of every call.</summary>
/// <param name="Module">The module in the binary format.</param>
/// <param name="Calls">The calls to make, in order.</param>
/// <param name="Knobs">Values by knob name.</param>
/// <param name="IsDart">Whether it is a module of the Dart compiler, whose <c>main</c> is called and whose output is the outcome.</param>
internal sealed record ObserverRequest(byte[] Module, IReadOnlyList<ProgramCall> Calls, IReadOnlyDictionary<string, string> Knobs, bool IsDart = false)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string ToLine() => JsonSerializer.Serialize(this, Json);

    public static ObserverRequest FromLine(string line) => JsonSerializer.Deserialize<ObserverRequest>(line, Json)!;
}
