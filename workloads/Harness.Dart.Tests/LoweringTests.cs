using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Dart.Tests;

/// <summary>However a program is lowered, its module is valid and it prints the same.</summary>
public sealed class LoweringTests
{
    private static readonly string Workloads = FindFolder();

    /// <summary>Programs of the language's features, whose output is in a file beside them.</summary>
    public static TheoryData<string> Features => ["calls", "asynchrony", "values", "generics"];

    /// <summary>Programs of the project.</summary>
    public static TheoryData<string> Programs => ["interfaces", "matrix_tween", "tweens", "deltablue", "dynamics", "records", "exceptions", "double_list"];

    public static TheoryData<string> Values => [.. LoweringCombinations.Alone.Select(Words)];

    [Theory]
    [MemberData(nameof(Features))]
    public void FeaturesWorkUnderEachValueAndEachPair(string name)
    {
        var path = FeaturePath(name);
        var expected = File.ReadAllText(Path.ChangeExtension(path, ".txt"));
        foreach (var knobs in LoweringCombinations.All)
        {
            Assert.Equal((Words(knobs), 0, expected), Run(path, knobs));
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void ProgramsPrintTheSameUnderEachPair(string name)
    {
        var path = Path.Combine(Workloads, "dart", "micro", name + ".dart");
        var (_, code, expected) = Run(path, new Dictionary<string, string>());
        Assert.Equal(0, code);
        Assert.NotEmpty(expected);
        foreach (var knobs in LoweringCombinations.Pairs())
        {
            Assert.Equal((Words(knobs), 0, expected), Run(path, knobs));
        }
    }

    [Theory]
    [InlineData("dart.dispatch=vtable-globals")]
    [InlineData("dart.dispatch=vtable-fields dart.inline=30")]
    [InlineData("dart.dispatch=class-switch dart.devirtualize=off dart.inline=80")]
    [InlineData("dart.interfaces=itables dart.devirtualize=off")]
    public void FailingGuardsAndCollectionsMakeNoDifference(string words)
    {
        var options = EngineOptions.FromDictionary(new Dictionary<string, string> { ["tier-up"] = "eager", ["stress.guard-fail-interval"] = "7", ["stress.gc-interval"] = "211" });
        foreach (var name in (string[])["calls", "values"])
        {
            var path = FeaturePath(name);
            Assert.Equal((words, 0, File.ReadAllText(Path.ChangeExtension(path, ".txt"))), Run(path, Read(words), options));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void EachValueChangesModules(string words)
    {
        // Those that refine another lowering are compared under it.
        var frame = words.StartsWith("dart.switch-targets", StringComparison.Ordinal) ? "dart.dispatch=class-switch" : words.StartsWith("dart.interfaces", StringComparison.Ordinal) ? "dart.dispatch=vtable-fields" : "";
        var path = FeaturePath("calls");
        var usual = DartCompiler.Compile(path, DartOptions.FromKnobs(Read(frame)));
        var other = DartCompiler.Compile(path, DartOptions.FromKnobs(Read(frame).Concat(Read(words))));
        Assert.False(usual.AsSpan().SequenceEqual(other), words);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("dart.dispatch=class-switch dart.switch-targets=1", true)]
    [InlineData("dart.dispatch=vtable-globals", false)]
    [InlineData("dart.dispatch=vtable-fields", false)]
    [InlineData("dart.dispatch=vtable-fields dart.interfaces=dispatch-rows", true)]
    [InlineData("dart.dispatch=vtable-fields dart.interfaces=itables", false)]
    public void ClassTablesTakeThePlaceOfTheDispatchTable(string words, bool hasTable)
    {
        var module = WasmModule.Decode(DartCompiler.Compile(FeaturePath("calls"), DartOptions.FromKnobs(Read(words))));
        Assert.Equal(hasTable, module.Tables[0].Type.Limits.Minimum > 0);
    }

    [Theory]
    [InlineData("calls", "sign", "dart.inline=0", true)]
    [InlineData("calls", "sign", "dart.inline=80", false)]
    [InlineData("values", "fib", "dart.inline=80", true)]
    public void WhatIsInlinedEverywhereLeavesTheModule(string program, string function, string words, bool stays)
    {
        var module = WasmModule.Decode(DartCompiler.Compile(FeaturePath(program), DartOptions.FromKnobs(Read(words))));
        Assert.Equal(stays, module.Functions.Any(candidate => candidate.ToString() == function));
    }

    [Fact]
    public void CompilingTwiceGivesTheSameModule()
    {
        foreach (var knobs in LoweringCombinations.Pairs().Take(4))
        {
            var options = DartOptions.FromKnobs(knobs);
            Assert.Equal(DartCompiler.Compile(FeaturePath("calls"), options), DartCompiler.Compile(FeaturePath("calls"), options));
        }
    }

    [Fact]
    public void CombinationsHaveAllPairs()
    {
        var rows = LoweringCombinations.Pairs().ToList();
        Assert.InRange(rows.Count, 12, 24);
        foreach (var (first, i) in LoweringCombinations.Factors.Select((factor, i) => (factor, i)))
        {
            foreach (var second in LoweringCombinations.Factors.Skip(i + 1))
            {
                foreach (var a in first.Values)
                {
                    Assert.All(second.Values, b => Assert.Contains(rows, row => row[first.Knob.Name] == a && row[second.Knob.Name] == b));
                }
            }
        }
    }

    [Fact]
    public void EachCombinationIsTriedOnce()
    {
        var tried = LoweringCombinations.All.Select(knobs => DartKnobs.Describe(knobs)).ToList();
        Assert.Empty(tried[0]);
        Assert.Equal(tried.Count, tried.Distinct().Count());
        Assert.All(LoweringCombinations.Alone.Concat(LoweringCombinations.Pairs()), knobs => Assert.Contains(DartKnobs.Describe(knobs), tried));
    }

    [Fact]
    public void KnobsSayWhatTheyAre()
    {
        Assert.All(DartKnobs.All, knob =>
        {
            Assert.StartsWith(DartKnobs.Prefix, knob.Name, StringComparison.Ordinal);
            Assert.NotEmpty(knob.Documentation);
            Assert.Equal(knob.Default, knob.GetValue(knob.Apply(DartOptions.Default, knob.DefaultText)));
        });
        Assert.Equal(DartOptions.Default, DartOptions.FromKnobs(DartKnobs.All.Select(knob => KeyValuePair.Create(knob.Name, knob.DefaultText))));
        Assert.Equal("dart.dispatch=class-switch dart.inline=5", DartKnobs.Describe(Read("dart.inline=5 dart.casts=checked dart.dispatch=class-switch deopt=off")));
        Assert.Equal("-O2 --closed-world", DartOptions.FromKnobs([KeyValuePair.Create("dart.wasm-opt", " -O2  --closed-world")]).WasmOpt);
        foreach (var wrong in (string[])["", "O2", "-O2 -o x", "-O2 --output=x"])
        {
            Assert.Equal(
                $"knob 'dart.wasm-opt' does not take '{wrong}'; it takes flags that begin with '-', separated by spaces, or 'off'",
                Assert.Throws<KnobException>(() => DartOptions.FromKnobs([KeyValuePair.Create("dart.wasm-opt", wrong)])).Message);
        }

        Assert.Equal(
            "knob 'dart.inline' does not take '-1'; it takes a whole number in 0..1000 (operations)",
            Assert.Throws<KnobException>(() => DartOptions.FromKnobs(Read("dart.inline=-1"))).Message);
    }

    private static (string Knobs, int Code, string Output) Run(string path, IReadOnlyDictionary<string, string> knobs, EngineOptions? engine = null)
    {
        var module = WasmModule.Decode(DartCompiler.Compile(path, DartOptions.FromKnobs(knobs)));
        var options = engine ?? EngineOptions.Default;
        var output = new StringWriter();
        var code = ExecutionThread.Run(options, () =>
        {
            using var store = new Store(options);
            return new DartHost(output).Run(store, module);
        });
        return (Words(knobs), code, output.ToString());
    }

    /// <summary>A program of features of the language.</summary>
    internal static string FeaturePath(string name) => Path.Combine(Workloads, "Harness.Dart.Tests", "Lowering", name + ".dart");

    /// <summary>A program of the project.</summary>
    internal static string MicroPath(string name) => Path.Combine(Workloads, "dart", "micro", name + ".dart");

    private static string Words(IReadOnlyDictionary<string, string> knobs) => string.Join(' ', knobs.Select(knob => $"{knob.Key}={knob.Value}"));

    private static Dictionary<string, string> Read(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Harness.sln")))
            {
                return Path.Combine(folder.FullName, "workloads");
            }
        }

        throw new DirectoryNotFoundException("the project's folder was not found");
    }
}
