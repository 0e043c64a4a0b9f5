using System.Text;
using Harness.Experiments.Sweeps;
using Harness.Hosts.Wasi;
using Microsoft.Win32.SafeHandles;

namespace Harness.Experiments.Engines;

/// <summary>
/// How workers of the harness itself read requests and write reports: the form of <see cref="WorkerProtocol.Json"/>, member by member, since a worker that prepared a serializer would start later
/// than Node. What is read so must have all members, as a request has; reports, of which other engines leave members out, are not.
/// </summary>
internal static class WorkerJson
{
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
            bytes = bytes[output.Write(bytes)..];
    }

    /// <summary>Reads a request.</summary>
    /// <exception cref="FormatException">It is no JSON.</exception>
    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    public static WorkerRequest ParseRequest(string text)
    {
        var request = Object(JsonText.Parse(text));
        var rule = Object(request["settle"]);
        return new WorkerRequest
        {
            Program = ProgramOf(Object(request["program"])),
            TimedCalls = Int(request["timedCalls"]),
            Settle = new WarmUpRule(
                Int(rule["minimumCalls"]), Double(rule["minimumMilliseconds"]), Int(rule["window"]), Double(rule["tolerance"]), Double(rule["limitMilliseconds"])),
            Knobs = Texts(request["knobs"]),
            ProfileOut = OptionalString(request["profileOut"]),
            Counts = Bool(request["counts"]),
            Checks = Bool(request["checks"]),
        };
    }

    /// <summary>Writes a report.</summary>
    public static string Text(WorkerReport report) => JsonText.Write(new Dictionary<string, object?>
    {
        ["status"] = Word(report.Status),
        ["message"] = report.Message,
        ["startMs"] = report.StartMs,
        ["compileMs"] = report.CompileMs,
        ["instantiateMs"] = report.InstantiateMs,
        ["warmUpCalls"] = report.WarmUpCalls,
        ["warmUpMs"] = report.WarmUpMs,
        ["settled"] = report.Settled,
        ["executeMs"] = Numbers(report.ExecuteMs),
        ["executeCpuMs"] = report.ExecuteCpuMs,
        ["iterationMs"] = Numbers(report.IterationMs),
        ["outputs"] = Outputs(report.Outputs),
        ["cpuMs"] = report.CpuMs,
        ["peakMemoryBytes"] = report.PeakMemoryBytes,
        ["baselineCompileMs"] = report.BaselineCompileMs,
        ["optimizedCompileMs"] = report.OptimizedCompileMs,
        ["youngCollections"] = report.YoungCollections,
        ["fullCollections"] = report.FullCollections,
        ["collectionMs"] = report.CollectionMs,
        ["promotedBytes"] = report.PromotedBytes,
        ["optimizedBytes"] = report.OptimizedBytes,
        ["baselineBytes"] = report.BaselineBytes,
        ["tierUps"] = report.TierUps,
        ["deopts"] = report.Deopts,
        ["instanceBytes"] = report.InstanceBytes,
    });

    private static WorkerProgram ProgramOf(Dictionary<string, object?> program) => new()
    {
        Name = String(program["name"]),
        Host = String(program["host"]),
        Module = OptionalString(program["module"]),
        Driver = OptionalString(program["driver"]),
        Files = Texts(program["files"]),
        Scripts = Strings(program["scripts"]),
        Inputs = Strings(program["inputs"]),
        Arguments = Strings(program["arguments"]),
        Iteration = String(program["iteration"]),
        WarmUp = Invocation(program["warmUp"]),
        Timed = Invocation(program["timed"]),
        Iterations = Int(program["iterations"]),
    };

    private static WorkerInvocation? Invocation(object? value)
    {
        if (value is null)
            return null;
        var invocation = Object(value);
        return new WorkerInvocation(
            String(invocation["function"]), Strings(invocation["arguments"]), invocation["expected"] is null ? null : Strings(invocation["expected"]));
    }

    private static List<object?> Outputs(IReadOnlyList<WorkerOutputText> outputs)
    {
        var list = new List<object?>(outputs.Count);
        foreach (var output in outputs)
        {
            var files = new Dictionary<string, object?>(output.Files.Count);
            foreach (var (name, hash) in output.Files)
                files.Add(name, hash);
            list.Add(new Dictionary<string, object?>
            {
                ["text"] = output.Text,
                ["sha256"] = output.Sha256,
                ["errorText"] = output.ErrorText,
                ["errorSha256"] = output.ErrorSha256,
                ["exitCode"] = output.ExitCode,
                ["files"] = files,
                ["count"] = output.Count,
            });
        }

        return list;
    }

    private static double[] Numbers(IReadOnlyList<double> numbers) => numbers as double[] ?? [.. numbers];

    private static string Word(WorkerStatus status) => status switch
    {
        WorkerStatus.Ok => "ok",
        WorkerStatus.WrongResult => "wrong-result",
        WorkerStatus.Trap => "trap",
        WorkerStatus.Error => "error",
        WorkerStatus.Timeout => "timeout",
        WorkerStatus.Unsupported => "unsupported",
        WorkerStatus.Absent => "absent",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "it has no word"),
    };

    private static Dictionary<string, string> Texts(object? value)
    {
        var members = Object(value);
        var texts = new Dictionary<string, string>(members.Count);
        foreach (var (name, text) in members)
            texts.Add(name, String(text));
        return texts;
    }

    private static List<string> Strings(object? value)
    {
        var items = value as List<object?> ?? throw Not("a list", value);
        var strings = new List<string>(items.Count);
        foreach (var item in items)
            strings.Add(String(item));
        return strings;
    }

    private static Dictionary<string, object?> Object(object? value) => value as Dictionary<string, object?> ?? throw Not("an object", value);

    private static string String(object? value) => value as string ?? throw Not("a text", value);

    private static string? OptionalString(object? value) => value is null ? null : String(value);

    private static double Double(object? value) => value is double number ? number : throw Not("a number", value);

    private static int Int(object? value) => value is double number && number == (int)number ? (int)number : throw Not("an integer", value);

    private static bool Bool(object? value) => value is bool flag ? flag : throw Not("a truth value", value);

    private static FormatException Not(string wanted, object? value) => new($"the request has {value ?? "null"} where {wanted} belongs");
}
