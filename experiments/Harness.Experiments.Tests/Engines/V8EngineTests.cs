using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.V8;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>What is peculiar to V8: its trace, and its flags.</summary>
public sealed class V8EngineTests
{
    [Fact]
    public void TheTraceTellsSizesTierUpsAndDeopts()
    {
        string[] trace =
        [
            "Compiled function 0x2c490b30#2 using Liftoff, took 39 μs and 16400 bytes; bodysize 29 codesize 308",
            "Compiled function 0x2c490b30#2 using TurboFan, took 966 μs and 75856 / 172184 max/total bytes; bodysize 29 codesize 260 name wasm-function#2",
            "Compiled function 0x2c490b30#1 using TurboFan, took 65 μs and 47264 / 73328 max/total bytes; bodysize 7 codesize 28 name wasm-function#1",
            "[bailout (kind: deopt-eager, reason: wrong call target, type: Wasm): begin. deoptimizing wasm-function[2], function index 2, bytecode offset 84, deopt exit 0, FP to SP delta 48, pc 0x3c6ec529ac6f]",
            "Compiled function 0x2c490b30#2 using TurboFan, took 966 μs and 75856 / 172184 max/total bytes; bodysize 29 codesize 300 name wasm-function#2",
        ];
        var report = V8Engine.AddTrace(new WorkerReport { Status = WorkerStatus.Ok }, trace);
        Assert.Equal((328, 308, 3, 1), (report.OptimizedBytes, report.BaselineBytes, report.TierUps, report.Deopts));
    }

    [Fact]
    public void TheTraceTellsCollectionsAndTheLongestOfThem()
    {
        string[] trace =
        [
            "[71:0x3c5a000]       41 ms: GC: {\"pause\":0.5,\"mutator\":38.1,\"gc\":\"s\",\"promoted\":1000}",
            "[71:0x3c5a000]       73 ms: GC: {\"pause\":2.5,\"mutator\":29.4,\"gc\":\"mc\",\"promoted\":0}",
            "[71:0x3c5a000]       90 ms: GC: {\"pause\":0.25,\"mutator\":16.8,\"gc\":\"s\",\"promoted\":500}",
        ];
        var report = V8Engine.AddTrace(new WorkerReport { Status = WorkerStatus.Ok }, trace);
        Assert.Equal((2, 1, 3.25, 2.5, 1500), (report.YoungCollections, report.FullCollections, report.CollectionMs, report.LongestPauseMs, report.PromotedBytes));
        Assert.Equal(0, V8Engine.AddTrace(report, []).LongestPauseMs);
    }

    /// <summary>A sweep takes one trace for all repetitions of a cell; a search that is to be confirmed must not confirm the trace that it was lucky with.</summary>
    [Fact]
    public void ATraceIsKeptForOneOccasion()
    {
        var engine = new V8Engine();
        var program = new PreparedPrograms([ProgramCatalog.Read().Find("two-targets")]).Find("two-targets", new Dictionary<string, string>());
        var request = new WorkerRequest { Program = program.Request!, TimedCalls = 1, Settle = new WarmUpRule(3, 20, 3, 0.5, 1000), Knobs = new Dictionary<string, string>(), Counts = true };
        var first = TraceOf("search 1");
        Assert.Equal(first, TraceOf("search 1"));
        Assert.NotEqual(first, TraceOf("confirm 1"));

        (double, double) TraceOf(string occasion)
        {
            var (asked, timeout) = (request with { Occasion = occasion }, TimeSpan.FromSeconds(60));
            var report = engine.AddCounts(asked, engine.Measure(asked, timeout), timeout);
            Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
            Assert.True(report.BaselineCompileMs > 0);
            return (report.OptimizedCompileMs, report.BaselineCompileMs);
        }
    }

    [Fact]
    public void KnobsWithoutAFlagAreRefusedUnlessIgnored()
    {
        var knobs = new Dictionary<string, string> { ["pass.gvn"] = "off" };
        var mistake = Assert.Throws<HarnessException>(() => new V8Engine().CheckKnobs(knobs, new HashSet<string>()));
        Assert.Contains("V8 has no flag for knob 'pass.gvn' = off", mistake.Message, StringComparison.Ordinal);
        new V8Engine().CheckKnobs(knobs, new HashSet<string> { "pass.gvn" });
        new V8Engine().CheckKnobs(new Dictionary<string, string> { ["pass.gvn"] = "on" }, new HashSet<string>());
    }

    [Fact]
    public void TwoKnobsOfOneFlagAreRefused()
    {
        var knobs = new Dictionary<string, string> { ["inlining.budget"] = "10", ["v8.wasm-inlining-budget"] = "20" };
        var mistake = Assert.Throws<HarnessException>(() => new V8Engine().CheckKnobs(knobs, new HashSet<string>()));
        Assert.Contains("sets V8's flag --wasm-inlining-budget, which another knob sets as well", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KnobsAreFlagsOfThisV8WithItsDefaults()
    {
        var lines = RunNode("--v8-options").Output.Split('\n');
        var mistakes = new List<string>();
        foreach (var knob in V8Knobs.All.Where(knob => knob.Type != KnobType.Flags))
        {
            var flag = "--" + knob.Name["v8.".Length..];
            var index = Array.FindIndex(lines, line => line.TrimStart().StartsWith(flag + " (", StringComparison.Ordinal));
            if (index < 0)
            {
                mistakes.Add($"{flag}: there is none");
            }
            else if (!HasDefault(lines[index + 1], knob))
            {
                mistakes.Add($"{flag}: {lines[index + 1].Trim()} instead of {knob.DefaultText}");
            }
        }

        Assert.Empty(mistakes);
    }

    /// <summary>Flags of knobs that V8 has as well: there is such a flag, it takes such a value, and sizes are in the unit that the knob is turned into.</summary>
    [Fact]
    public void SharedKnobsAreFlagsOfThisV8()
    {
        var (_, options, _) = RunNode("--v8-options");
        var lines = options.Split('\n');
        var mistakes = new List<string>();
        var count = 0;
        foreach (var knob in KnobRegistry.All)
        {
            foreach (var flag in Samples(knob).SelectMany(value => knob.ToV8Flags(value) ?? []))
            {
                count++;
                var name = "--" + flag.Split('=')[0].Replace("--no-", "--", StringComparison.Ordinal)[2..];
                var line = lines.FirstOrDefault(line => line.TrimStart().StartsWith(name + " (", StringComparison.Ordinal));
                if (line is null)
                {
                    mistakes.Add($"{knob.Name}: V8 has no flag {name}");
                }
                else if (knob.Name.StartsWith("heap.", StringComparison.Ordinal) && !line.Contains("in MByte", StringComparison.OrdinalIgnoreCase))
                {
                    mistakes.Add($"{knob.Name}: {line.Trim()}");
                }
                else if (RunNode(flag, "--eval", "0") is var (exitCode, _, error) && (exitCode != 0 || error.Length > 0))
                {
                    mistakes.Add($"{knob.Name}: {flag}: {error.Trim()}");
                }
            }
        }

        Assert.Empty(mistakes);
        Assert.True(count > 40, $"only {count} flags");
    }

    [Fact]
    public void SizesThatAreNoneOfV8sAreAGapUnlessIgnored()
    {
        var (engine, knobs, ignored) = (new V8Engine(), new Dictionary<string, string> { ["heap.nursery-size"] = "512" }, new HashSet<string> { "heap.nursery-size" });
        Assert.Contains("write a multiple of 1024", engine.FindGap(knobs, new HashSet<string>()), StringComparison.Ordinal);
        Assert.Null(engine.FindGap(knobs, ignored));
        engine.CheckKnobs(knobs, ignored);
        Assert.Empty(engine.Settings(knobs));

        // What the knob itself does not take is a mistake of the user, and no gap of V8.
        Assert.Throws<KnobException>(() => engine.FindGap(new Dictionary<string, string> { ["heap.nursery-size"] = "much" }, new HashSet<string>()));
    }

    private static IEnumerable<object> Samples(EngineKnob knob) => knob.Type switch
    {
        KnobType.Bool => [true, false],
        KnobType.Enum => knob.Values.Select(value => value.Value),
        KnobType.Int => [(int)Math.Clamp(16384, knob.Least, knob.Most), knob.Default],
        _ => [knob.Default],
    };

    private static ToolOutput RunNode(params string[] arguments) => ToolProcess.Run(NodeInstallation.NodePath, arguments);

    /// <summary>The line below a flag: <c>type: bool  default: --wasm-inlining</c> or <c>type: int  default: --wasm-inlining-budget=5000</c>.</summary>
    private static bool HasDefault(string line, Knob knob)
    {
        var text = line[(line.IndexOf("default: ", StringComparison.Ordinal) + "default: ".Length)..].Trim();
        return knob.Default is bool isOn ? text.StartsWith("--no-", StringComparison.Ordinal) != isOn : text.EndsWith("=" + knob.DefaultText, StringComparison.Ordinal);
    }

    [Fact]
    public void FlagsFollowTheKnobs() => Assert.Equal(
        ["--no-wasm-deopt", "--wasm-inlining-budget=10", "--wasm-inlining-factor=9", "--no-liftoff", "--single-threaded", "--stack-size=900"],
        V8Engine.Flags(new Dictionary<string, string>
        {
            ["deopt"] = "off", ["inlining.budget"] = "10", ["pass.gvn"] = "off", ["v8.wasm-inlining-factor"] = "9", ["v8.liftoff"] = "off", ["jsc.useOMGJIT"] = "off",
            ["v8.flags"] = "--single-threaded  --stack-size=900",
        }));

    /// <summary>Flags without a knob of their own are passed on; those that this V8 does not know, or that a knob sets as well, are mistakes before anything is measured.</summary>
    [Theory]
    [InlineData("off", "", null)]
    [InlineData("--single-threaded --no-liftoff", "", null)]
    [InlineData("--no-such-flag-of-wasm", "", "does not start with knob 'v8.flags' = --no-such-flag-of-wasm: ")]
    [InlineData("--no-liftoff", "v8.liftoff", "sets V8's flag --liftoff, which another knob sets as well")]
    [InlineData("liftoff", "", "knob 'v8.flags' does not take 'liftoff'; it takes flags that begin with '-', separated by spaces, or 'off'")]
    public void OtherFlagsArePassedOn(string flags, string beside, string? mistake)
    {
        var knobs = new Dictionary<string, string> { ["v8.flags"] = flags };
        if (beside.Length > 0)
        {
            knobs[beside] = "on";
        }

        var thrown = Record.Exception(() => new V8Engine().CheckKnobs(knobs, new HashSet<string>()));
        if (mistake is null)
        {
            Assert.Null(thrown);
        }
        else
        {
            Assert.Contains(mistake, thrown?.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', thrown?.Message ?? "");
    }
}
