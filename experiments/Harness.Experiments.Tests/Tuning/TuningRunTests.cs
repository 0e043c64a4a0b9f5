using System.Globalization;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

public sealed class TuningRunTests
{
    [Fact]
    public void KnobsThatDoNothingAreNotFoundInNineteenOfTwentyRuns()
    {
        var found = Enumerable.Range(1, 40).Count(seed =>
            new TuningRun(TestTuning.Read(TestTuning.Text) with { Seed = seed }, new FunctionEvaluator(seed, (_, _) => 1)).Run().IsFound);
        Assert.True(found <= 2, $"found something in {found} of 40 runs");
    }

    [Fact]
    public void AnEffectIsFoundAndHoldsOnHeldOutPrograms()
    {
        var result = new TuningRun(TestTuning.Read(TestTuning.Text), new FunctionEvaluator(1, Better)).Run();
        Assert.True(result.IsFound, string.Join("; ", result.Objections));
        Assert.InRange(Budget(result.Winner!.Knobs), 2000, 10000);
        Assert.InRange(result.HeldOut!.Speedup.Measured.Value, 1.1, 1.5);
        Assert.True(result.HeldOut.PValue < 0.05);
    }

    [Fact]
    public void AGainThatHeldOutProgramsDoNotHaveIsRefused()
    {
        var result = new TuningRun(TestTuning.Read(TestTuning.Text), new FunctionEvaluator(1, (knobs, program) => program is "recursion" or "histogram" ? 1 : Better(knobs, program))).Run();
        Assert.False(result.IsFound);
        Assert.Contains("on held-out programs", Assert.Single(result.Objections), StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramThatBecomesTooSlowIsNotAveragedAway()
    {
        var specification = TestTuning.Read(TestTuning.Text + "\nconstraints: {slower: 1.02}\nconfirm-rounds: 21");
        var result = new TuningRun(specification, new FunctionEvaluator(1, (knobs, program) =>
            program == "histogram" && knobs.Count > 0 ? 1.1 : program == "recursion" && knobs.Count > 0 ? 0.5 : Better(knobs, program))).Run();
        Assert.False(result.IsFound);
        Assert.Contains(result.Objections, objection => objection.StartsWith("histogram is slower than allowed on held-out", StringComparison.Ordinal));
    }

    /// <summary>In 120 of 200 rounds 1% faster, in 80 half as slow again: the interval of the median lies above 1, and the test finds that it is slower.</summary>
    [Fact]
    public void AGainThatTheTestFindsToBeALossIsRefused()
    {
        var result = new TuningRun(TestTuning.Read(TestTuning.Text + "\nconfirm-rounds: 200"), new WaveringEvaluator()).Run();
        Assert.True(result.Confirmed is { Gain.Low: > 1, PValue: < 0.01, Direction: -1, IsGain: false });
        Assert.False(result.IsFound);
        Assert.All(result.Objections, objection => Assert.EndsWith(", and the test finds losses", objection, StringComparison.Ordinal));
        Assert.Equal(2, result.Objections.Count);
    }

    /// <summary>A held-out program that does not change, measured with errors of a quarter, is now and then beyond a limit of 2%: that is no proof that it breaks the limit, and is not passed over.</summary>
    [Fact]
    public void ALimitThatNoiseExceedsIsLeftOpen()
    {
        var specification = TestTuning.Read(TestTuning.Text + "\nconstraints: {slower: 1.02}");
        var results = Enumerable.Range(1, 10)
            .Select(seed => new TuningRun(specification with { Seed = seed }, new FunctionEvaluator(seed, (knobs, program) => knobs.Count == 0 || program == "histogram" ? 1 : 0.4, noise: 0.25)).Run())
            .ToList();
        Assert.InRange(results.Count(result => result.Objections.Any(objection => objection.StartsWith("histogram is slower", StringComparison.Ordinal))), 0, 1);
        var open = results.First(result => result.Reservations.Count > 0);
        Assert.StartsWith("histogram may be slower than allowed on held-out programs", open.Reservations[0], StringComparison.Ordinal);
        var histogram = open.HeldOut!.Programs.Single(program => program.Program == "histogram");
        Assert.Equal(LimitVerdict.Open, open.HeldOut.LimitOf(histogram, 1.02));
        Assert.Equal(LimitVerdict.Kept, open.HeldOut.LimitOf(histogram, double.PositiveInfinity));
        var report = TuningReport.CreateMarkdown(specification, open);
        Assert.Contains($"- {open.Reservations[0]}\n", report, StringComparison.Ordinal);
        Assert.Contains("The limit of 1.02x of the default's time is shown to be kept by 1, shown to be broken by 0, and open for 1,", report, StringComparison.Ordinal);
    }

    /// <summary>Every candidate is lucky in the first round of its race, and the winner has to show itself in a second one: what was dropped looks better than all that was not.</summary>
    [Fact]
    public void FinalistsHaveWonTheirRaces()
    {
        var specification = TestTuning.Read(TestTuning.Text.Replace("racing: {candidates: 4, rounds: 2, factor: 2}", "racing: {candidates: 2, rounds: 1, factor: 2}", StringComparison.Ordinal).Replace("processes: 400", "processes: 60", StringComparison.Ordinal));
        var result = new TuningRun(specification, new LuckyEvaluator()).Run();
        Assert.True(result.Trials.Where(trial => !trial.HasWon).Max(trial => trial.Score) < result.Trials.Where(trial => trial.HasWon).Min(trial => trial.Score));
        Assert.Equal(specification.Finalists, result.Finalists.Count);
        Assert.All(result.Finalists, trial => Assert.True(trial.HasWon));
    }

    /// <summary>A space of two points is raced over and over: each is one candidate, with the rounds of all its races, and has won if it won one of them.</summary>
    [Fact]
    public void ACandidateOfSeveralRacesIsOne()
    {
        var specification = TestTuning.Read(TestTuning.Text.Replace("  inlining.budget: {low: 100, high: 10000, scale: log}\n", "", StringComparison.Ordinal));
        var processes = new List<EvaluationProcess>();
        var result = new TuningRun(specification, new RecordingEvaluator(new FunctionEvaluator(1, (_, _) => 1), processes)).Run();
        Assert.Equal(["deopt=off", "deopt=on"], result.Trials.Select(trial => trial.Name).Order(StringComparer.Ordinal));
        Assert.All(result.Trials, trial => Assert.Equal(RoundsOf(trial.Name), trial.Rounds));
        Assert.All(result.Trials, trial => Assert.True(trial.HasWon));

        int RoundsOf(string name) => processes.Where(process => process.Phase == TuningRun.Search && process.Configuration == name).Select(process => process.Round).Distinct().Count();
    }

    /// <summary>The report of a run is about what was decided in it, whatever a search would decide now.</summary>
    [Fact]
    public void AReportGoesByTheRowsOfItsRun()
    {
        var specification = TestTuning.Read(TestTuning.Text.Replace("method: random", "method: tpe", StringComparison.Ordinal));
        using var folder = new TemporaryFolder();
        var path = folder.File("evaluations.csv");
        TuningResult made;
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(7, Better) { Fails = knobs => Budget(knobs) is > 1500 and < 3000 }, path))
        {
            made = new TuningRun(specification, recorded).Run();
        }

        var rows = Harness.Experiments.Results.DurableCsv<Evaluation>.Read(path);
        var read = new TuningRun(specification, new RowsOnly(rows), decided: new TuningRecord(rows)).Run();
        Assert.Equal(TuningReport.CreateMarkdown(specification, made), TuningReport.CreateMarkdown(specification, read));

        var other = new TuningRun(specification with { Method = "sobol", Processes = 100 }, new RowsOnly(rows), decided: new TuningRecord(rows)).Run();
        Assert.Equal(made.Trials.Select(trial => trial.Name), other.Trials.Select(trial => trial.Name));
        Assert.Equal(made.Winner!.Name, other.Winner!.Name);
        Assert.Equal(made.Finalists.Select(trial => trial.Name).Order(StringComparer.Ordinal), other.Finalists.Select(trial => trial.Name).Order(StringComparer.Ordinal));

        // What is not whole is no run.
        List<Evaluation> half = [.. rows.Take(rows.Count / 2)];
        Assert.Throws<KeyNotFoundException>(() => new TuningRun(specification, new RowsOnly(half), decided: new TuningRecord(half)).Run());
        Assert.Throws<KeyNotFoundException>(() => new TuningRun(specification, new RowsOnly([]), decided: new TuningRecord([])).Run());
    }

    /// <summary>Its candidates would stand beside a baseline that was measured for others, at another time.</summary>
    [Fact]
    public void AnotherSearchDoesNotGoOnWithTheRowsOfThisOne()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        using var folder = new TemporaryFolder();
        var path = folder.File("evaluations.csv");
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(7, Better) { Left = 15 }, path))
        {
            Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded).Run());
        }

        using var again = new RecordedEvaluator(new FunctionEvaluator(7, Better), path);
        var mistake = Assert.Throws<HarnessException>(() => new TuningRun(specification with { Method = "sobol" }, again).Run());
        Assert.Contains("in phase search, round 1, which this search does not measure there", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        Assert.Equal(15, Harness.Experiments.Results.DurableCsv<Evaluation>.Read(path).Count);
    }

    [Fact]
    public void ARunKilledAtFiftyRandomMomentsEndsAsOneThatWasNot()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var expected = TuningReport.CreateMarkdown(specification, new TuningRun(specification, new FunctionEvaluator(7, Better)).Run());
        using var folder = new TemporaryFolder();
        var path = folder.File("evaluations.csv");
        var random = new Random(20260101);
        for (var kill = 0; kill < 50; kill++)
        {
            var evaluator = new FunctionEvaluator(7, Better) { Left = random.Next(1, 9) };
            using (var recorded = new RecordedEvaluator(evaluator, path))
            {
                Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded).Run());
            }

            File.AppendAllText(path, "search,1,torn li"[..random.Next(16)]);
        }

        using var last = new RecordedEvaluator(new FunctionEvaluator(7, Better), path);
        Assert.Equal(expected, TuningReport.CreateMarkdown(specification, new TuningRun(specification, last).Run()));
    }

    /// <summary>A search of which a third of the candidates fail and others are far slower than e times goes on after kills as if there had been none.</summary>
    [Theory]
    [InlineData("gaussian-process")]
    [InlineData("cma-es")]
    [InlineData("tpe")]
    public void FailuresAreTheSameToASearchThatGoesOn(string method)
    {
        var specification = TestTuning.Read(TestTuning.Text.Replace("method: random", $"method: {method}", StringComparison.Ordinal).Replace("processes: 400", "processes: 200", StringComparison.Ordinal));
        var expected = TuningReport.CreateMarkdown(specification, new TuningRun(specification, Evaluator()).Run());
        using var folder = new TemporaryFolder();
        var path = folder.File("evaluations.csv");
        for (var kill = 0; kill < 12; kill++)
        {
            var evaluator = Evaluator();
            evaluator.Left = 9;
            using var recorded = new RecordedEvaluator(evaluator, path);
            Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded).Run());
        }

        using var last = new RecordedEvaluator(Evaluator(), path);
        Assert.Equal(expected, TuningReport.CreateMarkdown(specification, new TuningRun(specification, last).Run()));

        static FunctionEvaluator Evaluator() => new(7, (knobs, program) => Better(knobs, program) * (Budget(knobs) < 500 ? 20 : 1)) { Fails = knobs => Budget(knobs) is > 1500 and < 6000 };
    }

    [Fact]
    public void EveryRoundHasTheBaselineAndTheBudgetIsKept()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        using var folder = new TemporaryFolder();
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(3, Better), folder.File("evaluations.csv")))
        {
            new TuningRun(specification, recorded).Run();
        }

        var rows = Harness.Experiments.Results.DurableCsv<Evaluation>.Read(folder.File("evaluations.csv"));
        Assert.All(rows.GroupBy(row => (row.Phase, row.Round, row.Workload)), group => Assert.Single(group, row => row.Configuration == "default"));
        Assert.InRange(rows.Count(row => row.Phase == "search"), 300, specification.Processes);
        Assert.DoesNotContain(rows, row => row.Phase != "held-out" && row.Workload is "recursion" or "histogram" && row.Phase != "held-out");
    }

    /// <summary>In the search code is known, and then it is not: nothing is confirmed that way, whether code is weighed or limited.</summary>
    [Theory]
    [InlineData("objective: {time: 1, code: 0.1}")]
    [InlineData("constraints: {code: 1.05}")]
    public void CodeThatIsNotKnownConfirmsNothing(string weighing)
    {
        var specification = TestTuning.Read($"{TestTuning.Text}\n{weighing}");
        var unknown = new TuningRun(specification, new FunctionEvaluator(1, Better, code: (_, _) => 0)).Run();
        Assert.Null(unknown.Winner);
        Assert.Equal("every candidate failed, the first with size of code not known", Assert.Single(unknown.Objections));
        var heldOut = new TuningRun(specification, new FunctionEvaluator(1, Better, code: (knobs, program) => program == "recursion" && knobs.Count == 0 ? 0 : 1000)).Run();
        Assert.False(heldOut.IsFound);
        Assert.Contains("size of code not known on held-out programs", heldOut.Objections);
        Assert.Contains("size of code not known", TuningReport.CreateMarkdown(specification, unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void AShorterCollectionIsFoundWhereItIsWhatCounts()
    {
        var specification = TestTuning.Read(TestTuning.Text + "\nobjective: {time: 0, pause: 1}");
        var result = new TuningRun(specification, new FunctionEvaluator(1, (_, _) => 1) { Pause = (knobs, program) => 4 * Better(knobs, program) }).Run();
        Assert.True(result.IsFound, string.Join("; ", result.Objections));
        Assert.InRange(Budget(result.Winner!.Knobs), 2000, 10000);
        Assert.InRange(result.HeldOut!.Ratios[TuningQuantity.Pause], 0.8, 0.95);
    }

    [Fact]
    public void LessMemoryIsFoundWhereItIsWhatCounts()
    {
        var specification = TestTuning.Read(TestTuning.Text + "\nobjective: {time: 0, memory: 1}");
        var result = new TuningRun(specification, new FunctionEvaluator(1, (_, _) => 1, memory: (knobs, program) => 1e8 * Better(knobs, program))).Run();
        Assert.True(result.IsFound, string.Join("; ", result.Objections));
        Assert.InRange(Budget(result.Winner!.Knobs), 2000, 10000);
        Assert.InRange(result.HeldOut!.Ratios[TuningQuantity.Memory], 0.8, 0.95);
        Assert.True(result.HeldOut.Gain.Low > 1);
    }

    /// <summary>What is fastest takes a fifth more memory than the default: the search keeps to what the limit allows.</summary>
    [Fact]
    public void ALimitOfMemoryIsKept()
    {
        var specification = TestTuning.Read(TestTuning.Text + "\nconstraints: {memory: 1.05}");
        var result = new TuningRun(specification, new FunctionEvaluator(1, Better, memory: (knobs, _) => Budget(knobs) > 3000 ? 1.2e8 : 1e8)).Run();
        Assert.Contains(result.Trials, trial => trial.Ratios[TuningQuantity.Memory] > 1.05);
        Assert.All(result.Trials, trial => Assert.Equal(trial.Ratios[TuningQuantity.Memory] > 1.05, trial.Penalty > 0));
        Assert.True(result.Winner!.IsFeasible);
        Assert.DoesNotContain(result.Objections, objection => objection.StartsWith("more memory than allowed", StringComparison.Ordinal));
        var loose = new TuningRun(specification, new FunctionEvaluator(1, Better, memory: (knobs, program) => program is "recursion" or "histogram" && knobs.Count > 0 ? 1.2e8 : 1e8)).Run();
        Assert.Contains("more memory than allowed on held-out programs: 1.200", loose.Objections);
    }

    /// <summary>Nobody waits for the end of a search that could not find anything.</summary>
    [Theory]
    [InlineData("objective: {time: 1, memory: 0.1}")]
    [InlineData("constraints: {memory: 1.05}")]
    public void MemoryThatIsNotToldEndsTheSearchAtOnce(string weighing)
    {
        var specification = TestTuning.Read($"{TestTuning.Text}\n{weighing}");
        var evaluator = new FunctionEvaluator(1, Better, memory: (_, _) => 0) { Left = 11 };
        var mistake = Assert.Throws<HarnessException>(() => new TuningRun(specification, evaluator).Run());
        Assert.StartsWith("this engine did not tell how much memory its processes take, of '", mistake.Message, StringComparison.Ordinal);
        Assert.EndsWith("; leave memory out of objective and constraints, and choose another folder with --results", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        var later = new TuningRun(specification, new FunctionEvaluator(1, Better, memory: (knobs, program) => program == "recursion" && knobs.Count == 0 ? 0 : 1e8)).Run();
        Assert.Contains("peak memory not known on held-out programs", later.Objections);
        Assert.NotNull(new TuningRun(TestTuning.Read(TestTuning.Text), new FunctionEvaluator(1, Better, memory: (_, _) => 0)).Run().Winner);
    }

    /// <summary>A run that was begun before rows had peak memory and longest collections is read, goes on, and decides as one that was begun now.</summary>
    [Fact]
    public void ARunOfAnOlderVersionGoesOn()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var expected = new TuningRun(specification, new FunctionEvaluator(7, Better)).Run();
        using var folder = new TemporaryFolder();
        var path = folder.File("evaluations.csv");
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(7, Better) { Left = 15 }, path))
        {
            Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded).Run());
        }

        File.WriteAllText(path, string.Join('\n', File.ReadAllLines(path).Select(line => string.Join(',', line.Split(',').Take(9)))) + "\nsearch,1,torn li");
        Assert.StartsWith("phase,round,configuration,workload,status,execute_ms,compile_ms,optimized_bytes,process_seconds\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.All(Harness.Experiments.Results.DurableCsv<Evaluation>.Read(path), row => Assert.Equal(0, row.PeakMemoryBytes));
        TuningResult result;
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(7, Better) { OthersCpuMs = _ => 10 }, path))
        {
            result = new TuningRun(specification, recorded).Run();
        }

        Assert.Equal(expected.Trials.Select(trial => (trial.Name, trial.Score)), result.Trials.Select(trial => (trial.Name, trial.Score)));
        Assert.Equal(expected.Winner!.Name, result.Winner!.Name);
        var rows = Harness.Experiments.Results.DurableCsv<Evaluation>.Read(path);
        Assert.Equal(15, rows.Count(row => row.PeakMemoryBytes == 0));
        Assert.Equal(15, rows.Count(row => row.OthersCpuMs is null));
        Assert.StartsWith("What else the machine did is not known of 15 of ", result.Environment.Unknown, StringComparison.Ordinal);
        Assert.Empty(result.Environment.Warnings);
        Assert.True(rows.Count > 100);
    }

    /// <summary>All rows are of an older version: the report has no column for what they do not tell, and says so where it judges.</summary>
    [Fact]
    public void TheReportOfAnOlderRunIsWrittenWithoutMemory()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var report = TuningReport.CreateMarkdown(specification, new TuningRun(specification, new FunctionEvaluator(1, Better, memory: (_, _) => 0)).Run());
        Assert.Contains("peak memory not known", report, StringComparison.Ordinal);
        Assert.Contains("| compile | rounds |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramOfSeveralWorkloadsIsOneProcessWithARowForEach()
    {
        // The suite is not there: a function answers for its processes, and names and groups are known without a place.
        var specification = TestTuning.Read(TestTuning.Text.Replace("held-out: [recursion, histogram]", "held-out: [dart/micro]", StringComparison.Ordinal));
        var processes = new List<EvaluationProcess>();
        var result = new TuningRun(specification, new RecordingEvaluator(new FunctionEvaluator(1, Better), processes)).Run();
        var heldOut = processes.Where(process => process.Phase == "held-out").ToList();
        Assert.Equal(2 * 2 * specification.ConfirmRounds, heldOut.Count);
        Assert.Equal(specification.HeldOut.Select(workload => workload.Name).Order(), heldOut.SelectMany(process => process.Workloads).Distinct().Order());
        Assert.Equal(specification.HeldOut.Count, result.HeldOut!.Programs.Count);
        Assert.Equal(2, result.HeldOut.Speedup.Programs);
        var report = TuningReport.CreateMarkdown(specification, result);
        Assert.Contains("held out 2 programs (23 benchmarks). Means are over programs", report, StringComparison.Ordinal);
        Assert.Contains("\n2 programs (23 benchmarks): geometric mean of speedups", report, StringComparison.Ordinal);
    }

    [Fact]
    public void AGainInTheBenchmarksOfOneProgramIsHalfAGainOfTwoPrograms()
    {
        var text = TestTuning.Text.Replace("held-out: [recursion, histogram]", "held-out: [dart/micro]", StringComparison.Ordinal);
        Assert.Equal(Math.Sqrt(1.25), Speedup(text), 0.001);
        Assert.Equal(Math.Pow(1.25, 22 / 23.0), Speedup(text + "\nweigh: benchmarks"), 0.001);

        static double Speedup(string text) => new TuningRun(TestTuning.Read(text), new FunctionEvaluator(1, (knobs, workload) =>
            knobs.Count == 0 || workload.StartsWith("dart/list", StringComparison.Ordinal) ? 1 : 0.8, noise: 0)).Run().HeldOut!.Speedup.Measured.Value;
    }

    [Fact]
    public void RowsThatAKillToreFromTheirProcessAreAdded()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("evaluations.csv");
        var process = new EvaluationProcess("search", 1, "default", "dart/typed-data", ["a", "b", "c"]);
        var knobs = new Dictionary<string, string>();
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(1, (_, _) => 1), path))
        {
            recorded.Evaluate(process with { Workloads = ["b"] }, knobs);
        }

        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(1, (_, _) => 1), path))
        {
            Assert.Equal(["a", "b", "c"], recorded.Evaluate(process, knobs).Select(row => row.Workload));
        }

        Assert.Equal(["b", "a", "c"], Harness.Experiments.Results.DurableCsv<Evaluation>.Read(path).Select(row => row.Workload));
    }

    /// <summary>Twice as fast in every other round of a search, and as fast as the baseline else.</summary>
    private sealed class LuckyEvaluator : IEvaluator
    {
        public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs) =>
        [
            .. process.Keys.Select(key => new Evaluation
            {
                Phase = key.Phase,
                Round = key.Round,
                Configuration = key.Configuration,
                Workload = key.Workload,
                Status = Evaluation.OkStatus,
                ExecuteMs = knobs.Count > 0 && key.Phase == TuningRun.Search && key.Round % 2 == 1 ? 50 : 100,
                CompileMs = 1,
                OptimizedBytes = 1000,
                ProcessSeconds = 1,
            }),
        ];
    }

    /// <summary>Faster by a tenth in a search, and in fresh rounds by a hundredth in three of five, and slower by a half in the others.</summary>
    private sealed class WaveringEvaluator : IEvaluator
    {
        public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs) =>
        [
            .. process.Keys.Select(key => new Evaluation
            {
                Phase = key.Phase,
                Round = key.Round,
                Configuration = key.Configuration,
                Workload = key.Workload,
                Status = Evaluation.OkStatus,
                ExecuteMs = knobs.Count == 0 ? 100 : key.Phase == TuningRun.Search ? 90 : key.Round % 5 < 3 ? 99 : 150,
                CompileMs = 1,
                OptimizedBytes = 1000,
                ProcessSeconds = 1,
            }),
        ];
    }

    /// <summary>Answers from rows, and measures nothing.</summary>
    private sealed class RowsOnly(IReadOnlyList<Evaluation> rows) : IEvaluator
    {
        private readonly Dictionary<EvaluationKey, Evaluation> _byKey = rows.ToDictionary(row => row.Key);

        public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs) => [.. process.Keys.Select(key => _byKey[key])];
    }

    private sealed class RecordingEvaluator(IEvaluator inner, List<EvaluationProcess> processes) : IEvaluator
    {
        public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs)
        {
            processes.Add(process);
            return inner.Evaluate(process, knobs);
        }
    }

    private static double Budget(IReadOnlyDictionary<string, string> knobs) =>
        knobs.TryGetValue("inlining.budget", out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : 1000;

    /// <summary>20% faster from a budget of 3000 on, up to there by the logarithm; slower without deopts.</summary>
    private static double Better(IReadOnlyDictionary<string, string> knobs, string program) =>
        1.25 - (0.4 * Math.Min(1, Math.Log(Budget(knobs) / 100) / Math.Log(30))) - (knobs.Count == 0 ? -0.02 : 0) + (knobs.GetValueOrDefault("deopt") == "off" ? 0.2 : 0);
}
