using System.Text.Json;
using System.Text.Json.Serialization;

namespace Harness.Experiments.Engines;

/// <summary>
/// How workers read requests and write reports: the form of <see cref="WorkerProtocol.Json"/>, by code that the compiler generates, since a worker that finds out by
/// reflection how its types look starts later. What is read so must have all properties, as a request has; reports, of which other engines leave properties out, are not.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(WorkerStatusConverter)])]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(WorkerReport))]
[JsonSerializable(typeof(string))]
internal sealed partial class WorkerJson : JsonSerializerContext
{
    /// <summary>Reads the request on standard input.</summary>
    public static WorkerRequest ReadRequest()
    {
        using var input = Console.OpenStandardInput();
        return JsonSerializer.Deserialize(input, Default.WorkerRequest)!;
    }

    /// <summary>Writes a report as a line of its own, whatever was printed before.</summary>
    public static void WriteReport(WorkerReport report)
    {
        // Console.Out would set up the terminal first, which is not there.
        using var output = Console.OpenStandardOutput();
        output.Write([(byte)'\n', .. JsonSerializer.SerializeToUtf8Bytes(report, Default.WorkerReport), (byte)'\n']);
    }
}

/// <summary>Names of states as <see cref="WorkerProtocol.Json"/> writes them.</summary>
internal sealed class WorkerStatusConverter() : JsonStringEnumConverter<WorkerStatus>(JsonNamingPolicy.KebabCaseLower);
