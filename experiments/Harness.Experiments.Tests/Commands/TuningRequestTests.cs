using Harness.Experiments.Commands;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Tuning;
using Harness.Experiments.Tuning;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Commands;

/// <summary>A search by flags is one by the file that they mean.</summary>
public sealed class TuningRequestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FlagsMeanWhatAFileSays()
    {
        var request = new TuningRequest
        {
            Engine = "v8",
            Method = "tpe",
            Knobs = ["inlining.budget=500..50000:log", "inlining.factor=2..", "deopt.limit=..50", "deopt", "inlining.max-count=..:linear", "inlining.policy=v8, benefit"],
            Train = ["two-targets", "three-targets"],
            Validation = ["histogram"],
            HeldOut = ["recursion"],
            Objective = ["time=1", "memory=0.25"],
            Weigh = "benchmarks",
            Constraints = ["slower=1.02", "code=1.1"],
            Racing = ["candidates=2", "rounds=1", "factor=3"],
            Processes = 500,
            Minutes = 7.5,
            Finalists = 2,
            ConfirmRounds = 9,
            Seed = -5,
            TimedCalls = 4,
            TimeoutSeconds = 60,
        };
        var file = TestTuning.Read("""
            engine: v8
            method: tpe
            knobs:
              inlining.budget: {low: 500, high: 50000, scale: log}
              inlining.factor: {low: 2}
              deopt.limit: {high: 50}
              deopt: {}
              inlining.max-count: {scale: linear}
              inlining.policy: {values: [v8, benefit]}
            train: [two-targets, three-targets]
            validation: [histogram]
            held-out: [recursion]
            objective: {time: 1, memory: 0.25}
            weigh: benchmarks
            constraints: {slower: 1.02, code: 1.1}
            racing: {candidates: 2, rounds: 1, factor: 3}
            budget: {processes: 500, minutes: 7.5}
            finalists: 2
            confirm-rounds: 9
            seed: -5
            timed-calls: 4
            timeout-seconds: 60
            """);
        Assert.Equal(Words(file), Words(Read(request)));
    }

    /// <summary>What no flag says is what no file says.</summary>
    [Fact]
    public void WhatIsLeftOutIsLeftToTheReader()
    {
        var request = new TuningRequest { Knobs = ["deopt"], Train = ["two-targets"], Minutes = 30 };
        Assert.Equal($"{TuningRequest.FirstLine}\nknobs:\n  \"deopt\": {{}}\ntrain: [\"two-targets\"]\nbudget: {{minutes: 30}}\n", request.ToYaml());
        Assert.Equal(Words(TestTuning.Read("knobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {minutes: 30}")), Words(Read(request)));
    }

    /// <summary>Two dots are a range between numbers alone, and a value may have signs of YAML in it.</summary>
    [Fact]
    public void ValuesAreTakenAsTheyAre() => Assert.Contains(
        "\n  \"feedback.profile\": {values: [\"../a: b.feedback\", \"none\"]}\n",
        new TuningRequest { Knobs = ["feedback.profile=../a: b.feedback,none"], Train = ["two-targets"], Processes = 99 }.ToYaml(),
        StringComparison.Ordinal);

    /// <summary>All that comes later reads the specification that was written.</summary>
    [Fact]
    public void TheFolderHasTheSpecificationAndGoesOn()
    {
        var specification = Read(new TuningRequest { Method = "random", Knobs = ["inlining.budget=100..10000:log"], Train = ["two-targets", "three-targets"], HeldOut = ["recursion"], Processes = 100 });
        var run = new TuningFolder(_folder.File("tune-mine"));
        var processes = new ProcessEvaluator(specification);
        run.Prepare(specification, processes.EngineVersion, processes.Fingerprints());
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(1, (knobs, _) => knobs.Count == 0 ? 1 : 0.9), run.Evaluations))
        {
            new TuningRun(specification, recorded).Run();
        }

        Assert.Equal(specification.SourceText, File.ReadAllText(run.Specification));
        Assert.Equal(Words(specification with { Name = "tune-mine" }), Words(run.ReadSpecification(ProgramCatalog.Read())));
        var (continued, _, _) = HarnessProcess.Run("tune", "continue", run.Path);
        Assert.Equal(0, continued);
        Assert.NotNull(Provenance.Read(run.Provenance)!.FinishedUtc);
        var (reported, output, _) = HarnessProcess.Run("tune", "report", run.Path, "--decisions", "0");
        Assert.Equal(0, reported);
        Assert.Contains("report.md", output, StringComparison.Ordinal);
    }

    [Fact]
    public void ADryRunSaysWhatItCostsAndWritesNothing()
    {
        var results = _folder.File("my-search");
        var (exitCode, output, _) = HarnessProcess.Run(
            "tune", "--engine", "ours", "--knob", "inlining.budget=2000..50000:log", "--knob", "deopt", "--train", "two-targets,three-targets", "--held-out", "recursion", "--held-out", "histogram", "--minutes", "30",
            "--results", results, "--dry-run");
        Assert.Equal(0, exitCode);
        Assert.Contains("search: gaussian-process over 2 knobs, ", output, StringComparison.Ordinal);
        Assert.Contains("at most 30 minutes", output, StringComparison.Ordinal);
        Assert.Contains("judgement: at most 176 processes more", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(results));
    }

    private static TuningSpecification Read(TuningRequest request) => TuningFile.Parse(request.ToYaml(), "test", "test", ProgramCatalog.Read());

    /// <summary>All that a specification says but its text.</summary>
    private static string Words(TuningSpecification specification) => string.Join('\n', (string[])
    [
        .. specification.Space.Parameters.Select(parameter => FormattableString.Invariant($"{parameter.Name} [{string.Join(' ', parameter.Values)}] {parameter.Low} {parameter.High} {parameter.Whole} {parameter.Logarithmic}")),
        .. ((IReadOnlyList<Workload>[])[specification.Train, specification.Validation, specification.HeldOut]).Select(workloads => string.Join(' ', workloads.Select(workload => workload.Name))),
        $"{specification.Name} {specification.Engine} {specification.Method} {specification.Objective}; {specification.Constraints}; {specification.WeighsBenchmarks} {specification.Racing}",
        FormattableString.Invariant($"{specification.Processes} {specification.Minutes} {specification.Finalists} {specification.ConfirmRounds} {specification.Seed} {specification.TimedCalls} {specification.TimeoutSeconds}"),
    ]);
}
