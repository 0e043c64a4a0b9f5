using System.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.DartPrograms;
using Harness.Experiments.Fuzzing.DartPrograms.Generation;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Tests.Fuzzing.DartPrograms;

/// <summary>What is found in programs, and what is left of them: engines and compilers that are wrong on purpose.</summary>
public class DartJudgeTests
{
    /// <summary>What the engines get wrong.</summary>
    private const string Culprit = "~/";

    private static readonly DartSource Source = Enumerable.Range(0, 100).Select(seed => DartGenerator.Generate((ulong)seed)).First(source => source.Text.Contains(Culprit, StringComparison.Ordinal));

    [Fact]
    public void OutputsThatDifferAreFound()
    {
        using var engines = new FakeEngines { RunWrong = (text, configuration) => configuration.Name == "eager" && text.Contains(Culprit, StringComparison.Ordinal) };
        var finding = new DartJudge(engines).Judge(Source.Text, DartTrial.For(Source, null));
        Assert.Equal((DartFinding.Differs, "eager", "line 1 is 'two' instead of 'one'"), (finding!.Kind, finding.Configuration!.Name, finding.Detail));
        Assert.True(new DartJudge(engines).Shows(Source.Text, finding));
        Assert.False(new DartJudge(engines).Shows("void main() {}", finding));
    }

    [Fact]
    public void WhatALoweringComputesOtherwiseIsFoundOnV8()
    {
        using var engines = new FakeEngines { HasV8 = true, CompileWrong = lowering => lowering.Count > 0 };
        var finding = new DartJudge(engines).Judge(Source.Text, DartTrial.For(Source, null));
        Assert.Equal(DartFinding.Differs, finding!.Kind);
        Assert.Null(finding.Configuration);
        Assert.NotEmpty(finding.Lowering);
        Assert.True(new DartJudge(engines).Shows(Source.Text, finding));
    }

    [Theory]
    [InlineData("error:unexpected end", DartFinding.Failure)]
    [InlineData("timeout: no answer within 30 s", DartFinding.Failure)]
    [InlineData("exit 255", DartFinding.Ended)]
    public void AProgramThatDoesNotEndWellIsFound(string outcome, string kind)
    {
        using var engines = new FakeEngines { Output = [outcome] };
        Assert.Equal(kind, new DartJudge(engines).Judge(Source.Text, DartTrial.For(Source, null))!.Kind);
    }

    [Fact]
    public void FewerChecksMayFailThanBefore()
    {
        string[] failing = ["s1 RangeError", "s2 TypeError", "exit 0"];
        using var engines = new FakeEngines { Output = failing, RunWrong = (_, configuration) => configuration.Name == "eager" };
        var finding = new DartJudge(engines).Judge(Source.Text, DartTrial.For(Source, null))!;
        Assert.Equal(2, finding.FailedChecks);
        Assert.True(new DartJudge(engines).Shows(Source.Text, finding));
        Assert.False(new DartJudge(engines).Shows(Source.Text, finding with { FailedChecks = 1 }));
    }

    [Fact]
    public void ARunSavesWhatIsLeftOfAProgram()
    {
        using var folder = new TemporaryFolder();
        var settings = new DartFuzzSettings { First = Source.Seed, Count = 1, Reduce = true, Folder = folder.Path };
        var run = new DartFuzzRun(settings, () => new FakeEngines { RunWrong = (text, configuration) => configuration.Name == "eager" && text.Contains(Culprit, StringComparison.Ordinal) });
        Assert.Equal(1, run.Execute());
        Assert.Equal(1, run.Findings);
        var saved = File.ReadAllText(folder.File($"dart-{Source.Seed}-differs.dart"));
        Assert.Contains(Culprit, saved, StringComparison.Ordinal);
        Assert.InRange(saved.Length, 1, 400);
        Assert.Contains("--tier-up eager", File.ReadAllText(folder.File($"dart-{Source.Seed}-differs.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramWithAnErrorIsRefusedWithItsPlace()
    {
        var compilation = DartCompilation.Of("void main() {\n  print(absent);\n}\n", DartLowerings.Default);
        Assert.Null(compilation.Module);
        Assert.Equal(DartFinding.Refused, compilation.Kind);
        Assert.StartsWith("program:2:", compilation.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void FindingsOfOneCauseHaveOneKey()
    {
        static DartFinding Refused(string detail) => new(DartFinding.Refused, DartLowerings.Default, null, detail);
        Assert.Equal(Refused("program:2:9: Error: 'v12' is odd.").Key, Refused("program:31:4: Error: 'v7' is odd.").Key);
        Assert.NotEqual(Refused("program:2:9: Error: 'v12' is odd.").Key, Refused("program:2:9: Error: 'v12' is even.").Key);
    }

    /// <summary>What is compared is told in the same words by all.</summary>
    [Theory]
    [InlineData("void main() { print('a\\nb'); print(0.1); print('λ'); }", "a|b|0.1|λ|exit 0")]
    [InlineData("void main() { print(1); throw 'x'; }", "1|Unhandled exception:|x|exit 255")]
    public void OutputIsTheSameInTheWordsOfBothObservers(string text, string expected)
    {
        var module = DartCompilation.Of(text, DartLowerings.Default).Module!;
        using var engines = new DartEngines(NodeInstallation.NodePath);
        Assert.Equal(expected, string.Join('|', engines.RunOnV8(module)!));
        Assert.Equal(expected, string.Join('|', engines.Run(module, FuzzConfiguration.Always[0])));
        Assert.Equal(expected, string.Join('|', EngineObserver.Observe(new ObserverRequest(module, [], FuzzConfiguration.Always[1].Knobs, IsDart: true))));
    }

    /// <summary>Engines whose modules are the texts of programs.</summary>
    private sealed class FakeEngines : IDartEngines
    {
        private static readonly string[] Wrong = ["two", "exit 0"];

        /// <summary>What right engines print.</summary>
        public string[] Output { get; init; } = ["one", "exit 0"];

        public bool HasV8 { get; init; }

        /// <summary>Which texts this engine runs wrongly in which configuration.</summary>
        public Func<string, FuzzConfiguration, bool> RunWrong { get; init; } = (_, _) => false;

        /// <summary>Under which lowerings programs are compiled wrongly.</summary>
        public Func<IReadOnlyDictionary<string, string>, bool> CompileWrong { get; init; } = _ => false;

        public DartCompilation Compile(string source, IReadOnlyDictionary<string, string> lowering) => new(Encoding.UTF8.GetBytes(CompileWrong(lowering) ? "" : source));

        public IReadOnlyList<string> Run(byte[] module, FuzzConfiguration configuration) =>
            module.Length == 0 || RunWrong(Encoding.UTF8.GetString(module), configuration) ? Wrong : Output;

        public IReadOnlyList<string>? RunOnV8(byte[] module) => !HasV8 ? null : module.Length == 0 ? Wrong : Output;

        public void Dispose()
        {
        }
    }
}
