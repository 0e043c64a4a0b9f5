using System.Globalization;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>How far a search is, read off its rows, whenever that is.</summary>
public sealed class TuningStatusTests : IDisposable
{
    /// <summary>Processes of a batch of <see cref="TestTuning.Text"/>: four candidates in two rounds, two in two more and one in four more, each beside the default, on two programs.</summary>
    private const int Batch = 20 + 12 + 16;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ASearchThatRunsTellsItsBestAndWhatIsLeft()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var rows = Search(specification, 2 * Batch, noise: 0);
        var status = TuningStatus.Of(specification, rows, provenance: null);
        Assert.Equal(TuningRun.Search, status.Phase);
        Assert.Null(status.FinishedUtc);
        var best = rows.Select(row => row.Configuration).Where(name => name != TuningRun.Baseline).Distinct().MinBy(name => Time(specification.Space.Parse(name), ""))!;
        Assert.Equal((TuningRun.Search, best, 8, true), (status.Best!.Phase, status.Best.Configuration, status.Best.Rounds, status.Best.IsFeasible));
        Assert.Equal(1 / Time(specification.Space.Parse(best), ""), status.Best.Objective.Value, 0.001);
        Assert.InRange(status.Best.Objective.Low, status.Best.Objective.Value - 0.001, status.Best.Objective.Value);
        Assert.Equal([new BudgetStatus("processes", 400, 2 * Batch)], status.Budget);
        Assert.Equal(400 - (2 * Batch), status.Budget[0].Left);
        Assert.Equal((Batch, 0.0), (status.ProcessesOfBatch!.Value, status.Judgement!.Used));
        Assert.Equal(new TuningCost(specification, new Dictionary<string, double>()).JudgementProcesses, status.Judgement.Limit);
    }

    /// <summary>Also those that a kill has left, of which one program may be measured and the other one not.</summary>
    [Fact]
    public void EveryBeginningOfASearchHasAStatus()
    {
        var specification = TestTuning.Read(TestTuning.Text.Replace("processes: 400", "processes: 60, minutes: 2", StringComparison.Ordinal));
        var rows = Search(specification, int.MaxValue, noise: 0.03);
        for (var count = 0; count <= rows.Count; count++)
        {
            var status = TuningStatus.Of(specification, [.. rows.Take(count)], provenance: null);
            Assert.Equal(count == 0 ? TuningRun.Search : rows[count - 1].Phase, status.Phase);
            Assert.Equal(count, status.Phases.Sum(phase => phase.Measurements));
            Assert.Equal(["processes", "minutes"], status.Budget.Select(budget => budget.Unit));
            Assert.Equal(rows.Take(count).Count(row => row.Phase == TuningRun.Search) / 60.0, status.Budget[1].Used, 9);
            Assert.True(status.Best is null or { Objective.Value: > 0, Rounds: > 0 });
            Assert.True(count < Batch || status.Best is not null);
        }
    }

    /// <summary>Of the winner it says what the report says.</summary>
    [Fact]
    public void TheObjectiveIsThatOfTheReport()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var path = _folder.File("evaluations.csv");
        TuningResult result;
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(1, Time), path))
        {
            result = new TuningRun(specification, recorded).Run();
        }

        var status = TuningStatus.Of(specification, DurableCsv<Evaluation>.Read(path), provenance: null);
        Assert.Equal(TuningRun.Phases, status.Phases.Select(phase => phase.Name));
        Assert.Equal((TuningRun.HeldOut, result.Winner!.Name, specification.ConfirmRounds), (status.Best!.Phase, status.Best.Configuration, status.Best.Rounds));
        Assert.Equal((result.HeldOut!.Gain.Value, result.HeldOut.Gain.Low, result.HeldOut.Gain.High), (status.Best.Objective.Value, status.Best.Objective.Low, status.Best.Objective.High));
        var confirmed = status.Phases.Single(phase => phase.Name == TuningRun.Confirmation).Best!;
        Assert.Equal(result.Confirmed!.Gain.Value, confirmed.Objective.Value, 12);
        Assert.Equal(0, status.Judgement!.Left);
    }

    [Fact]
    public void WhatBreaksAConstraintOrFailsIsTold()
    {
        var specification = TestTuning.Read(TestTuning.Text + "\nconstraints: {memory: 1.05}");
        var heavy = TuningStatus.Of(specification, Search(specification, Batch, memory: (knobs, _) => knobs.Count == 0 ? 1e8 : 1.2e8), provenance: null);
        Assert.False(heavy.Best!.IsFeasible);
        var failed = TuningStatus.Of(specification, Search(specification, Batch, fails: knobs => knobs.Count > 0), provenance: null);
        Assert.Null(failed.Best);
        Assert.True(failed.Phases.Single().Failed > 0);
    }

    /// <summary>The rest of the round is still to be measured, but whoever failed once cannot win.</summary>
    [Fact]
    public void WhoFailsInTheRoundThatIsMeasuredLeadsNoMore()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var rows = Search(specification, Batch, noise: 0);
        var best = TuningStatus.Of(specification, rows, provenance: null).Best!.Configuration;
        var failure = rows.First(row => row.Configuration == best) with { Round = rows.Max(row => row.Round) + 1, Status = "trap", ExecuteMs = 0 };
        var next = TuningStatus.Of(specification, [.. rows, failure], provenance: null).Best;
        Assert.NotNull(next);
        Assert.NotEqual(best, next.Configuration);
    }

    /// <summary>Where the default was the best, for one, fewer processes have judged than might have.</summary>
    [Fact]
    public void NothingIsLeftToJudgeOfAFinishedSearch()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var run = new TuningFolder(_folder.File("run"));
        run.Prepare(specification, "1", []);
        var provenance = Provenance.Read(run.Provenance)!;
        var rows = Search(specification, Batch);
        Assert.NotNull(TuningStatus.Of(specification, rows, provenance).Judgement);
        Assert.Null(TuningStatus.Of(specification, rows, provenance with { FinishedUtc = "2026-01-01T00:00:00Z" }).Judgement);
    }

    /// <summary>Where nobody knows what was searched, rows can be counted.</summary>
    [Fact]
    public void WithoutASpecificationRowsAreCounted()
    {
        var status = TuningStatus.Of(null, Search(TestTuning.Read(TestTuning.Text), Batch), provenance: null);
        Assert.Null(status.Best);
        Assert.Empty(status.Budget);
        Assert.Null(status.Judgement);
        Assert.Equal((TuningRun.Search, 8, 4, Batch), (status.Phase, status.Phases[0].Rounds, status.Phases[0].Candidates, status.Phases[0].Measurements));
    }

    /// <summary>The rows of a search that is stopped after some processes; of one that goes to its end where there are not so many.</summary>
    private IReadOnlyList<Evaluation> Search(
        TuningSpecification specification, int processes, double noise = 0.03, Func<IReadOnlyDictionary<string, string>, string, double>? memory = null, Func<IReadOnlyDictionary<string, string>, bool>? fails = null)
    {
        var path = _folder.File(Guid.NewGuid().ToString("N"));
        using (var recorded = new RecordedEvaluator(new FunctionEvaluator(1, Time, noise, memory: memory) { Left = processes, Fails = fails ?? (_ => false) }, path))
        {
            try
            {
                new TuningRun(specification, recorded).Run();
            }
            catch (OperationCanceledException)
            {
                // So it was meant.
            }
        }

        return DurableCsv<Evaluation>.Read(path);
    }

    /// <summary>The larger the budget, the faster.</summary>
    private static double Time(IReadOnlyDictionary<string, string> knobs, string program) =>
        knobs.TryGetValue("inlining.budget", out var budget) ? 1.2 - (0.1 * Math.Log10(double.Parse(budget, CultureInfo.InvariantCulture))) : 1;
}
