using Harness.Engine.Modules.Text;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Mutation;

namespace Harness.Experiments.Tests.Fuzzing.Mutation;

/// <summary>Engines that disagree on purpose: what is found, what is explained, what is saved.</summary>
public class MutantJudgeTests
{
    private static readonly FuzzConfiguration Baseline = FuzzConfiguration.Always[0];
    private static readonly FuzzConfiguration Eager = FuzzConfiguration.Always[1];

    [Fact]
    public void AVerdictThatDiffersIsFoundUnlessItIsKnown()
    {
        using var folder = new TemporaryFolder();
        var known = Known(folder, """
            - side: v8
              message: 'mix of .* instructions'
              reason: policy
            """);
        using var engines = new FakeEngines
        {
            Ours = ["valid", "invalid: a", "invalid: b", "valid", "valid", "error: crash: exit code 134", "invalid: mix of odd instructions"],
            Theirs = ["valid", "invalid: c", "valid", "invalid: type error", "invalid: a mix of old instructions", "valid", "valid"],
        };
        var judgements = new MutantJudge(engines, known).JudgeVerdicts(new byte[7][]);
        Assert.Equal([true, false, false, true, true, false, false], judgements.Select(judgement => judgement.IsValid));
        Assert.Equal([null, null, "verdict", "verdict", null, "crash", "verdict"], judgements.Select(judgement => judgement.Finding?.Kind));
        Assert.Contains("only this engine refuses the module: invalid: b", judgements[2].Finding!.Detail, StringComparison.Ordinal);
        Assert.Contains("only V8 refuses the module: invalid: type error", judgements[3].Finding!.Detail, StringComparison.Ordinal);
        Assert.Equal("policy", judgements[4].KnownReason);
    }

    [Fact]
    public void OutcomesAreComparedUpToWhereTheyTellNothing()
    {
        using var folder = new TemporaryFolder();
        using var engines = new FakeEngines
        {
            Outcomes =
            [
                ["f 1", "g trap:null", "memory 1"], ["f 1", "g trap:null", "memory 1"], ["f 1", "g trap:cast", "memory 1"], ["f 1"],
                ["f 1", "g trap:stack", "memory 2"], ["f trap:Interrupted"], ["error: InvalidOperationException: at"], ["f 1", "g trap:null", "memory 1", "more"],
            ],
        };
        var configurations = FuzzConfiguration.Always.Take(8).ToArray();
        var findings = new MutantJudge(engines, Known(folder, "[]")).JudgeRuns([], configurations);
        Assert.Equal(
            [("outcome", 2), ("outcome", 3), ("exception", 6), ("outcome", 7)],
            findings.Select(finding => (finding.Kind, Array.IndexOf(configurations, finding.Configuration))));
        Assert.Contains("'g trap:cast' instead of 'g trap:null'", findings[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunSavesAndReducesOneModuleForEachCause()
    {
        // Whatever has a popcnt is run wrongly by eager code.
        using var folder = new TemporaryFolder();
        var corpus = new SeedCorpus();
        corpus.Add("popcnt", WatAssembler.Assemble("(module (memory 1) (func (export \"f\") (drop (i32.popcnt (i32.const 3))) (i32.store (i32.const 0) (i32.const 5))))"));
        using var engines = new FakeEngines
        {
            RunOne = (module, configuration) =>
                [configuration == Eager && module.Contains((byte)0x69) ? "f 1" : "f 2"],
        };
        var settings = new MutationSettings { First = 1, Count = 150, Folder = folder.File("found"), Only = Eager };
        var run = new MutationRun(settings, corpus, Known(folder, "[]"), () => engines);
        Assert.Equal(1, run.Execute());
        Assert.Equal(150, run.Done);
        Assert.InRange(run.Valid, 30, 149);
        Assert.InRange(run.Findings, 5, run.Valid);
        var saved = Assert.Single(Directory.GetFiles(settings.Folder, "*.wasm"));
        var module = File.ReadAllBytes(saved);
        Assert.Equal(Verdict.Valid, Verdict.Of(module));
        Assert.Contains((byte)0x69, module);
        Assert.True(module.Length < 60, $"{module.Length} bytes");
        Assert.Contains("--tier-up eager", File.ReadAllText(Path.ChangeExtension(saved, ".txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatFindsNothingSucceeds()
    {
        using var folder = new TemporaryFolder();
        using var engines = new FakeEngines { RunOne = (_, _) => ["f 1"] };
        var corpus = new SeedCorpus();
        corpus.Add("module", WatAssembler.Assemble("(module (func (export \"f\")))"));
        var settings = new MutationSettings { First = 1, Count = 120, Folder = folder.File("found") };
        var run = new MutationRun(settings, corpus, Known(folder, "[]"), () => engines);
        Assert.Equal(0, run.Execute());
        Assert.Equal(120, run.Done);
        Assert.False(Directory.Exists(settings.Folder));
    }

    [Fact]
    public void TheListOfDifferencesIsRead()
    {
        var known = KnownDifferences.Read(KnownDifferences.DefaultPath);
        Assert.NotNull(known.ReasonFor("v8", "invalid: WebAssembly.Module(): module uses a mix of legacy and new exception handling instructions"));
        Assert.Null(known.ReasonFor("ours", "invalid: module uses a mix of legacy and new exception handling instructions"));
        Assert.Null(known.ReasonFor("ours", "invalid: type mismatch"));
        Assert.Null(known.ReasonFor("v8", "invalid: WebAssembly.Module(): type error in branch"));
    }

    [Theory]
    [InlineData("- {side: theirs, message: a, reason: b}", "a side is 'ours' or 'v8', not 'theirs'")]
    [InlineData("- {side: v8, message: a}", "a reason")]
    [InlineData("- {side: v8, message: '(', reason: b}", "no regular expression")]
    [InlineData("- {side: v8, what: a}", "no field 'what'")]
    public void AListThatIsWrongIsRefused(string text, string message)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(message, Assert.Throws<HarnessException>(() => Known(folder, text)).Message, StringComparison.Ordinal);
    }

    private static KnownDifferences Known(TemporaryFolder folder, string text) => KnownDifferences.Read(folder.Write("known.yaml", text));

    /// <summary>Engines that say what they are told to, and what the module really is where they are told nothing.</summary>
    private sealed class FakeEngines : IMutantEngines
    {
        public IReadOnlyList<string>? Ours { get; init; }

        public IReadOnlyList<string>? Theirs { get; init; }

        public IReadOnlyList<IReadOnlyList<string>>? Outcomes { get; init; }

        public Func<byte[], FuzzConfiguration, IReadOnlyList<string>>? RunOne { get; init; }

        public IReadOnlyList<string> Verdicts(IReadOnlyList<byte[]> modules) => Ours ?? [.. modules.Select(Verdict.Of)];

        public IReadOnlyList<string>? VerdictsOfV8(IReadOnlyList<byte[]> modules) => Theirs;

        public IReadOnlyList<IReadOnlyList<string>> Run(byte[] module, IReadOnlyList<FuzzConfiguration> configurations) =>
            Outcomes ?? [.. configurations.Select(configuration => RunOne!(module, configuration))];

        public void Dispose()
        {
        }
    }
}
