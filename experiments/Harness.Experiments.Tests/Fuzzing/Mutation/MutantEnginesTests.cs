using Harness.Engine.Modules.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Mutation;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Tests.Fuzzing.Mutation;

/// <summary>Processes that fail, and the real engines.</summary>
public class MutantEnginesTests
{
    private static readonly ProcessLimits Short = new(TimeSpan.FromSeconds(1), TimeSpan.Zero, 48L << 20);

    [Fact]
    public void AProcessThatFailsSaysHowAndIsReplaced()
    {
        const string script = """
            while read line; do
              case $line in
                crash) echo last words >&2; exit 7;;
                hang) sleep 100;;
                memory) x=$(head -c 120000000 /dev/zero | tr '\0' a); sleep 100;;
                *) echo "got $line";;
              esac
            done
            """;
        using var process = new GuardedProcess(Short, "/bin/sh", "-c", script);
        Assert.Equal(new ProcessAnswer(ProcessFailure.None, "got a"), process.Ask("a"));
        var crash = process.Ask("crash");
        Assert.Equal(ProcessFailure.Crash, crash.Failure);
        Assert.Equal("exit code 7 last words", crash.Text);
        Assert.Equal("got b", process.Ask("b").Text);
        Assert.Equal(ProcessFailure.Hang, process.Ask("hang").Failure);
        Assert.Equal("got c", process.Ask("c").Text);
        using var roomy = new GuardedProcess(Short with { Time = TimeSpan.FromSeconds(30) }, "/bin/sh", "-c", script);
        Assert.Equal(ProcessFailure.Memory, roomy.Ask("memory").Failure);
        Assert.Equal("got d", roomy.Ask("d").Text);
    }

    [Fact]
    public void BothEnginesGiveVerdictsAndOutcomes()
    {
        byte[][] modules =
        [
            Module("(func (export \"f\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))"),
            Module("(func (export \"f\") (result i32))"),
            [],
            Module("(func (export \"f\") (loop (br 0)))"),
            Module("(func $f (export \"f\") (param i64) (result i64) (call $f (local.get 0)))"),
            Module("(func (export \"f\") (param (ref null struct) f64) (unreachable)) (func (export \"g\") (param (ref struct)))"),
        ];
        using var engines = new MutantEngines(NodeInstallation.NodePath);
        string[] expected = ["valid", "invalid", "invalid", "valid", "valid", "valid"];
        Assert.Equal(expected, engines.Verdicts(modules).Select(verdict => verdict.Split(':')[0]));
        Assert.Equal(expected, engines.VerdictsOfV8(modules)!.Select(verdict => verdict.Split(':')[0]));

        FuzzConfiguration[] configurations = [FuzzConfiguration.Always[0], FuzzConfiguration.Find("collecting")];
        var outcomes = engines.Run(modules[0], configurations);
        Assert.Equal(2, outcomes.Count);
        Assert.Equal(4, outcomes[0].Count);
        Assert.Equal(outcomes[0], outcomes[1]);
        Assert.Contains("trap:Interrupted", Assert.Single(engines.Run(modules[3], configurations[..1])[0]), StringComparison.Ordinal);
        Assert.Contains("trap:stack", Assert.Single(engines.Run(modules[4], configurations[..1])[0]), StringComparison.Ordinal);
        Assert.Equal(["f trap:unreachable", "f trap:unreachable", "f trap:unreachable"], engines.Run(modules[5], configurations)[1].Take(3));
    }

    [Fact]
    public void MutantsOfTheProjectsProgramsShowNothing()
    {
        using var folder = new TemporaryFolder();
        var settings = new MutationSettings { First = 500, Count = 40, Folder = folder.File("found") };
        var corpus = SeedCorpus.Read([ProjectLayout.Workloads]);
        var node = NodeInstallation.NodePath;
        var run = new MutationRun(settings, corpus, KnownDifferences.Read(KnownDifferences.DefaultPath), () => new MutantEngines(node));
        Assert.Equal(0, run.Execute());
        Assert.InRange(run.Valid, 5, 35);
    }

    [Fact]
    public void WhatIsValidCanBeCompiledWithoutBeingRun()
    {
        using var folder = new TemporaryFolder();
        var settings = new MutationSettings { First = 900, Count = 40, Folder = folder.File("found"), CompileOnly = true };
        var run = new MutationRun(settings, SeedCorpus.Read([ProjectLayout.Workloads]), KnownDifferences.Read(KnownDifferences.DefaultPath), () => new MutantEngines(null, compiles: true));
        Assert.Equal(0, run.Execute());
        Assert.InRange(run.Valid, 5, 35);
    }

    [Fact]
    public void ACompilerThatFailsIsAFault()
    {
        var valid = Module("(func)");
        Assert.Equal(Verdict.Valid, Verdict.Of(valid, _ => { }));
        Assert.StartsWith("error: InvalidOperationException: broken", Verdict.Of(valid, _ => throw new InvalidOperationException("broken")), StringComparison.Ordinal);
        Assert.StartsWith("invalid", Verdict.Of([], _ => throw new InvalidOperationException("broken")), StringComparison.Ordinal);
    }

    private static byte[] Module(string fields) => WatAssembler.Assemble($"(module {fields})");
}
