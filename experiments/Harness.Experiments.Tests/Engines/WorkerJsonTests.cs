using System.Collections;
using System.Reflection;
using System.Text.Json;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines;

/// <summary>What workers read and write member by member is what the serializer writes and reads. The samples have something in every member, so that one that is forgotten is missed.</summary>
public sealed class WorkerJsonTests
{
    private static readonly WorkerRequest Request = new()
    {
        Program = new WorkerProgram
        {
            Name = "suite/pro\"gram é",
            Host = "wasi",
            Module = "/a b/module.wasm",
            Driver = "/drivers/driver.mjs",
            Files = new Dictionary<string, string> { ["one"] = "/one", ["two"] = "/two" },
            Scripts = ["/first.js", "/second.js"],
            Inputs = [new WorkerInput("folder", null, null), new WorkerInput("folder/in", "/input", null), new WorkerInput("link", null, "folder/in")],
            StandardInput = "/stdin",
            Arguments = ["-x", ""],
            Environment = new Dictionary<string, string> { ["NAME"] = "value", ["EMPTY"] = "" },
            Iteration = "call",
            WarmUp = new WorkerInvocation("warm", ["i32:1"], ["i32:2", "f64:-0"]),
            Timed = new WorkerInvocation("run", ["i64:7", "f32:nan"], null),
            Iterations = 5,
        },
        TimedCalls = 7,
        Settle = new WarmUpRule(3, 250.5, 4, 0.05, 60000, 0.03, 30, 750.5),
        Knobs = new Dictionary<string, string> { ["inlining"] = "off", ["dart.wasm-opt"] = "-O3 \\ \"x\"" },
        ProfileOut = "/profile",
        Counts = true,
        Occasion = "search 1",
        Checks = true,
    };

    private static readonly WorkerReport Report = new()
    {
        Status = WorkerStatus.WrongResult,
        Message = "it printed 'ä\u2028\u0001' instead",
        StartMs = 1.25,
        CompileMs = 2,
        DecodeMs = 0.5,
        ValidateMs = 1.5,
        InstantiateMs = 3,
        WarmUpCalls = 4,
        WarmUpMs = 5,
        Settled = true,
        ExecuteMs = [6, 0.1 + 0.2],
        ExecuteCpuMs = 7,
        IterationMs = [8, 1e-7, 1e22],
        Outputs =
        [
            new WorkerOutputText { Text = "text\n\t\\", Sha256 = "1", ErrorText = "error", ErrorSha256 = "2", ExitCode = -3, Files = new Dictionary<string, string> { ["out"] = "4" }, Count = 5 },
            new WorkerOutputText { Text = "other", Sha256 = "6" },
        ],
        CpuMs = 9,
        PeakMemoryBytes = 1L << 53,
        BaselineCompileMs = 10,
        OptimizedCompileMs = 11,
        QueueWaitMs = 11.25,
        LongestQueueWaitMs = 11.125,
        CodeWaitMs = 11.75,
        LongestCodeWaitMs = 11.5,
        YoungCollections = 12,
        FullCollections = 13,
        CollectionMs = 14,
        LongestPauseMs = 14.5,
        PromotedBytes = 15,
        OptimizedBytes = 16,
        BaselineBytes = 17,
        TierUps = 18,
        Deopts = 19,
        InstanceBytes = 20,
        CacheHits = 21,
        CacheMisses = 22,
        CacheOptimizedHits = 23,
        ClockStepMs = 24.5,
    };

    [Fact]
    public void SamplesHaveSomethingInEveryMember()
    {
        AssertFull(Request);
        AssertFull(Request.Program);
        AssertFull(Request.Program.WarmUp!);
        AssertFull(Request.Settle);
        AssertFull(Report);
        AssertFull(Report.Outputs[0]);
    }

    [Fact]
    public void ARequestIsReadAsItWasWritten()
    {
        var text = JsonSerializer.Serialize(Request, WorkerProtocol.Json);
        Assert.Equal(text, JsonSerializer.Serialize(WorkerJson.ParseRequest(text), WorkerProtocol.Json));
    }

    [Fact]
    public void WhatARequestMayLackIsNull()
    {
        var empty = Request with { ProfileOut = null, Program = new WorkerProgram { Name = "", Host = "none", Iteration = "instance" } };
        var text = JsonSerializer.Serialize(empty, WorkerProtocol.Json);
        Assert.Equal(text, JsonSerializer.Serialize(WorkerJson.ParseRequest(text), WorkerProtocol.Json));
    }

    [Fact]
    public void AReportIsWrittenAsItIsRead()
    {
        var read = JsonSerializer.Deserialize<WorkerReport>(WorkerJson.Text(Report), WorkerProtocol.Json);
        Assert.Equal(JsonSerializer.Serialize(Report, WorkerProtocol.Json), JsonSerializer.Serialize(read, WorkerProtocol.Json));
    }

    [Fact]
    public void EveryStatusHasItsWord()
    {
        foreach (var status in Enum.GetValues<WorkerStatus>())
        {
            Assert.Equal(status, JsonSerializer.Deserialize<WorkerReport>(WorkerJson.Text(new WorkerReport { Status = status }), WorkerProtocol.Json)!.Status);
        }
    }

    [Fact]
    public void WhatIsMissingOrOfAnotherKindIsRefused()
    {
        var text = JsonSerializer.Serialize(Request, WorkerProtocol.Json);
        Assert.Throws<KeyNotFoundException>(() => WorkerJson.ParseRequest(text.Replace("\"knobs\"", "\"knots\"", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => WorkerJson.ParseRequest(text.Replace("\"timedCalls\":7", "\"timedCalls\":\"7\"", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => WorkerJson.ParseRequest(text.Replace("\"timedCalls\":7", "\"timedCalls\":7.5", StringComparison.Ordinal)));
    }

    private static void AssertFull(object value)
    {
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var member = property.GetValue(value);
            var isEmpty = member is null or "" or ICollection { Count: 0 } || member.GetType().IsValueType && member.Equals(Activator.CreateInstance(member.GetType()));
            Assert.False(isEmpty, $"{value.GetType().Name}.{property.Name} has nothing in the sample");
        }
    }
}
