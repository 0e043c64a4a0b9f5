using System.Text;
using System.Text.Json;
using Harness.Experiments.Sweeps;
using Harness.Hosts.Wasi;
using Harness.Hosts.Wasi.Files;
using Microsoft.Win32.SafeHandles;

namespace Harness.Experiments.Engines;

/// <summary>
/// How workers of the harness itself read requests and write reports: the form of <see cref="WorkerProtocol.Json"/>, member by member, since a worker that prepared a serializer would start later
/// than Node. What is read so must have all members, as a request has; reports, of which other engines leave members out, are not.
/// </summary>
internal static class WorkerJson
{
    // The framework's document and writer are compiled ahead of time, but its serializer prepares itself for each type that it meets, most of which is compiled in each process anew.
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 32 };

    /// <summary>Reads the request on standard input.</summary>
    public static WorkerRequest ReadRequest()
    {
        // Console would bring an assembly of its own.
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var reader = new StreamReader(input, Encoding.UTF8);
        return ParseRequest(reader.ReadToEnd());
    }

    /// <summary>Writes a report as a line of its own, whatever was printed before.</summary>
    public static void WriteReport(WorkerReport report)
    {
        using var output = new HostFile(1, FdFlags.None, isOwned: false);
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes($"\n{Text(report)}\n");
        while (bytes.Length > 0)
        {
            bytes = bytes[output.Write(bytes)..];
        }
    }

    /// <summary>Reads a request.</summary>
    /// <exception cref="FormatException">It is no JSON, or a member is of another kind.</exception>
    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    public static WorkerRequest ParseRequest(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, ReaderOptions);
            return RequestOf(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>Writes a report.</summary>
    public static string Text(WorkerReport report) => Write(json =>
    {
        json.WriteString("status", JsonNamingPolicy.KebabCaseLower.ConvertName(report.Status.ToString()));
        json.WriteString("message", report.Message);
        json.WriteNumber("startMs", report.StartMs);
        json.WriteNumber("compileMs", report.CompileMs);
        Write(json, "decodeMs", report.DecodeMs);
        Write(json, "validateMs", report.ValidateMs);
        json.WriteNumber("instantiateMs", report.InstantiateMs);
        json.WriteNumber("warmUpCalls", report.WarmUpCalls);
        json.WriteNumber("warmUpMs", report.WarmUpMs);
        json.WriteBoolean("settled", report.Settled);
        Write(json, "executeMs", report.ExecuteMs);
        json.WriteNumber("executeCpuMs", report.ExecuteCpuMs);
        Write(json, "iterationMs", report.IterationMs);
        json.WriteStartArray("outputs");
        foreach (var output in report.Outputs)
        {
            Write(json, output);
        }

        json.WriteEndArray();
        json.WriteNumber("cpuMs", report.CpuMs);
        json.WriteNumber("peakMemoryBytes", report.PeakMemoryBytes);
        json.WriteNumber("baselineCompileMs", report.BaselineCompileMs);
        json.WriteNumber("optimizedCompileMs", report.OptimizedCompileMs);
        Write(json, "queueWaitMs", report.QueueWaitMs);
        Write(json, "longestQueueWaitMs", report.LongestQueueWaitMs);
        Write(json, "codeWaitMs", report.CodeWaitMs);
        Write(json, "longestCodeWaitMs", report.LongestCodeWaitMs);
        json.WriteNumber("youngCollections", report.YoungCollections);
        json.WriteNumber("fullCollections", report.FullCollections);
        json.WriteNumber("collectionMs", report.CollectionMs);
        json.WriteNumber("longestPauseMs", report.LongestPauseMs);
        json.WriteNumber("promotedBytes", report.PromotedBytes);
        json.WriteNumber("optimizedBytes", report.OptimizedBytes);
        json.WriteNumber("baselineBytes", report.BaselineBytes);
        json.WriteNumber("tierUps", report.TierUps);
        json.WriteNumber("deopts", report.Deopts);
        json.WriteNumber("instanceBytes", report.InstanceBytes);
        json.WriteNumber("cacheHits", report.CacheHits);
        json.WriteNumber("cacheMisses", report.CacheMisses);
        json.WriteNumber("cacheOptimizedHits", report.CacheOptimizedHits);
        json.WriteNumber("clockStepMs", report.ClockStepMs);
    });

    /// <summary>What scripts see of a program: its arguments, files by name, and scripts.</summary>
    public static string ScriptsView(WorkerProgram program) => Write(json =>
    {
        Write(json, "arguments", program.Arguments);
        Write(json, "files", program.Files);
        Write(json, "scripts", program.Scripts);
    });

    private static WorkerRequest RequestOf(JsonElement request)
    {
        var rule = request.GetProperty("settle");
        return new WorkerRequest
        {
            Program = ProgramOf(request.GetProperty("program")),
            TimedCalls = request.GetProperty("timedCalls").GetInt32(),
            Settle = new WarmUpRule(
                rule.GetProperty("minimumCalls").GetInt32(),
                rule.GetProperty("minimumMilliseconds").GetDouble(),
                rule.GetProperty("window").GetInt32(),
                rule.GetProperty("tolerance").GetDouble(),
                rule.GetProperty("limitMilliseconds").GetDouble(),
                rule.GetProperty("gain").GetDouble(),
                rule.GetProperty("gainCalls").GetInt32(),
                rule.GetProperty("gainMilliseconds").GetDouble()),
            Knobs = Texts(request.GetProperty("knobs")),
            ProfileOut = request.GetProperty("profileOut").GetString(),
            Counts = request.GetProperty("counts").GetBoolean(),
            Checks = request.GetProperty("checks").GetBoolean(),
        };
    }

    private static WorkerProgram ProgramOf(JsonElement program) => new()
    {
        Name = program.GetProperty("name").GetString()!,
        Host = program.GetProperty("host").GetString()!,
        Module = program.GetProperty("module").GetString(),
        Driver = program.GetProperty("driver").GetString(),
        Files = Texts(program.GetProperty("files")),
        Scripts = Strings(program.GetProperty("scripts")),
        Inputs = Inputs(program.GetProperty("inputs")),
        StandardInput = program.GetProperty("standardInput").GetString(),
        Arguments = Strings(program.GetProperty("arguments")),
        Environment = Texts(program.GetProperty("environment")),
        Iteration = program.GetProperty("iteration").GetString()!,
        WarmUp = Invocation(program.GetProperty("warmUp")),
        Timed = Invocation(program.GetProperty("timed")),
        Iterations = program.GetProperty("iterations").GetInt32(),
    };

    private static List<WorkerInput> Inputs(JsonElement items)
    {
        var inputs = new List<WorkerInput>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
        {
            inputs.Add(new WorkerInput(item.GetProperty("place").GetString()!, item.GetProperty("file").GetString(), item.GetProperty("link").GetString()));
        }

        return inputs;
    }

    private static WorkerInvocation? Invocation(JsonElement invocation)
    {
        if (invocation.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var expected = invocation.GetProperty("expected");
        return new WorkerInvocation(
            invocation.GetProperty("function").GetString()!, Strings(invocation.GetProperty("arguments")), expected.ValueKind == JsonValueKind.Null ? null : Strings(expected));
    }

    private static Dictionary<string, string> Texts(JsonElement members)
    {
        var texts = new Dictionary<string, string>();
        foreach (var member in members.EnumerateObject())
        {
            texts.Add(member.Name, member.Value.GetString()!);
        }

        return texts;
    }

    private static List<string> Strings(JsonElement items)
    {
        var strings = new List<string>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
        {
            strings.Add(item.GetString()!);
        }

        return strings;
    }

    /// <summary>Writes an object, without white space.</summary>
    private static string Write(Action<Utf8JsonWriter> writeMembers)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, WorkerOutputText output)
    {
        json.WriteStartObject();
        json.WriteString("text", output.Text);
        json.WriteString("sha256", output.Sha256);
        json.WriteString("errorText", output.ErrorText);
        json.WriteString("errorSha256", output.ErrorSha256);
        json.WriteNumber("exitCode", output.ExitCode);
        Write(json, "files", output.Files);
        json.WriteNumber("count", output.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<double> numbers)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < numbers.Count; i++)
        {
            json.WriteNumberValue(numbers[i]);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> members)
    {
        json.WriteStartObject(name);
        foreach (var (member, text) in members)
        {
            json.WriteString(member, text);
        }

        json.WriteEndObject();
    }
}
