using Harness.Experiments.Tuning;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>Means over programs of which one times 22 benchmarks itself, and the other one.</summary>
public sealed class TuningMathTests
{
    private const string Text = "knobs: {deopt: {}}\ntrain: [dart/micro]\nbudget: {processes: 99}\n";

    [Fact]
    public void AProgramCountsOnceHoweverManyBenchmarksItTimes()
    {
        var specification = TestTuning.Read(Text);
        var math = new TuningMath(specification);
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        var (baseline, faster) = (Rows(specification, "default", _ => 1), Rows(specification, "fast", program => program == "dart/list" ? 1 : 0.5));
        Assert.Equal(Math.Log(0.5) / 2, math.TimeOf(faster, baseline, workloads), 10);
        Assert.Equal(Math.Log(0.5) / 2, math.ObjectiveOfRound([.. faster.Where(row => row.Round == 1)], baseline), 10);
        Assert.Equal(Math.Log(0.5) / 2, math.LogarithmOf(TuningQuantity.Code, faster, baseline, workloads), 10);
        Assert.Equal(Math.Log(0.5) / 2, math.LogarithmOf(TuningQuantity.Compile, faster, baseline, workloads), 10);
        Assert.Equal(Math.Log(0.5) / 2, math.LogarithmOf(TuningQuantity.Memory, faster, baseline, workloads), 10);
        Assert.Equal(Math.Log(0.5) / 2, math.LogarithmOf(TuningQuantity.Pause, faster, baseline, workloads), 10);
        Assert.Equal(2, math.UnitsOf(workloads).Count);
    }

    [Fact]
    public void ASpecificationMayWeighBenchmarks()
    {
        var specification = TestTuning.Read(Text + "weigh: benchmarks");
        var math = new TuningMath(specification);
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        Assert.Equal(23, workloads.Length);
        var (baseline, faster) = (Rows(specification, "default", _ => 1), Rows(specification, "fast", program => program == "dart/list" ? 1 : 0.5));
        Assert.Equal(Math.Log(0.5) * 22 / 23, math.TimeOf(faster, baseline, workloads), 10);
        Assert.Equal(Math.Log(0.5) / 2, math.LogarithmOf(TuningQuantity.Code, faster, baseline, workloads), 10);
    }

    [Fact]
    public void ABrokenLimitAddsWhatItIsExceededByOnAverage()
    {
        var specification = TestTuning.Read(Text + "constraints: {slower: 1.1}");
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        var (baseline, slower) = (Rows(specification, "default", _ => 1), Rows(specification, "slow", program => program == "dart/list" ? 1.21 : 1));
        Assert.Equal(10 * Math.Log(1.1) / 2, new TuningMath(specification).PenaltyOf(slower, baseline, workloads), 10);
        Assert.Equal(0, new TuningMath(specification).PenaltyOf(baseline, baseline, workloads));
    }

    /// <summary>Limits of what is a process's add what their means are exceeded by, each for itself; whatever is not known and limited makes the penalty none.</summary>
    [Fact]
    public void LimitsOfMeansAddUp()
    {
        var specification = TestTuning.Read(Text + "constraints: {memory: 1.2, code: 1.1}");
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        var math = new TuningMath(specification);
        var (baseline, larger) = (Rows(specification, "default", _ => 1), Rows(specification, "large", _ => 1.5));
        Assert.Equal(10 * (Math.Log(1.5 / 1.1) + Math.Log(1.5 / 1.2)), math.PenaltyOf(larger, baseline, workloads), 3);
        Assert.Equal(0, math.PenaltyOf(baseline, baseline, workloads));
        List<Evaluation> untold = [.. larger.Select(row => row with { PeakMemoryBytes = 0 })];
        Assert.True(double.IsNaN(math.PenaltyOf(untold, baseline, workloads)));
        Assert.True(double.IsNaN(math.RatiosOf(untold, baseline, workloads)[TuningQuantity.Memory]));
    }

    /// <summary>Several quantities are weighed as a mean of their logarithms.</summary>
    [Fact]
    public void AnObjectiveIsAWeightedMean()
    {
        var specification = TestTuning.Read(Text + "objective: {time: 0, code: 1, memory: 3}");
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        var (baseline, other) = (Rows(specification, "default", _ => 1), Rows(specification, "other", _ => 2));
        List<Evaluation> lean = [.. other.Select(row => row with { PeakMemoryBytes = row.PeakMemoryBytes / 4 })];
        Assert.Equal((Math.Log(2) + (3 * Math.Log(0.5))) / 4, new TuningMath(specification).ObjectiveOf(lean, baseline, workloads), 10);
    }

    /// <summary>Of 23 benchmarks with errors of 15% some are always measured far above a limit in three rounds. That adds next to nothing; a program that is twice as slow does.</summary>
    [Fact]
    public void NoiseBreaksNoLimit()
    {
        var specification = TestTuning.Read(Text + "constraints: {slower: 1.05}");
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        var math = new TuningMath(specification);
        var random = new MersenneTwister(1);
        var (ofSame, ofSlow) = (new List<double>(), new List<double>());
        for (var i = 0; i < 40; i++)
        {
            var baseline = Noisy("default", _ => 1);
            ofSame.Add(math.PenaltyOf(Noisy("same", _ => 1), baseline, workloads));
            ofSlow.Add(math.PenaltyOf(Noisy("slow", program => program == "dart/list" ? 2 : 1), baseline, workloads));
        }

        Assert.InRange(ofSame.Average(), 0, 0.06);
        Assert.InRange(ofSlow.Average(), 1, 10 * Math.Log(2) / 2);

        List<Evaluation> Noisy(string configuration, Func<string, double> factor) =>
            [.. Rows(specification, configuration, factor).Select(row => row with { ExecuteMs = row.ExecuteMs * Math.Exp(Normal.Sample(random, 0, 0.15)) })];
    }

    /// <summary>The margin is that of a median, whose variance in relation to that of one normally distributed value is in tables (Sarhan and Greenberg 1956).</summary>
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(3, 0.4487)]
    [InlineData(5, 0.2868)]
    public void TheMarginIsTwoErrorsOfAMedian(int rounds, double variance)
    {
        const double error = 0.05;
        string[] workloads = ["two-targets", "three-targets"];
        var specification = TestTuning.Read("knobs: {deopt: {}}\ntrain: [two-targets, three-targets]\nbudget: {processes: 99}\nconstraints: {slower: 1.1}");
        var excess = new TuningMath(specification).PenaltyOf(Alternating("slow", rounds, 2), Alternating("default", 6, 1), workloads) / 10;

        // Two workloads, of which one is above where the other is below: 36/5 + 24/5 squares of the error with the weight of 5 + 4 rounds, of which their mean has taken half, and twice the whole in a ratio.
        var deviation = error * Math.Sqrt(2 * ((6 + (4 * 6 / 5.0)) / 9));
        var margin = Math.Log(2 / 1.1) - excess;
        Assert.Equal(variance, margin * margin / (4 * 2 * deviation * deviation), 0.01);

        List<Evaluation> Alternating(string configuration, int count, double factor) =>
        [
            .. from round in Enumerable.Range(1, count)
               from place in Enumerable.Range(0, workloads.Length)
               select new Evaluation
               {
                   Phase = "search",
                   Round = round,
                   Configuration = configuration,
                   Workload = workloads[place],
                   Status = Evaluation.OkStatus,
                   ExecuteMs = factor * Math.Exp((round + place) % 2 == 0 ? error : -error),
               },
        ];
    }

    /// <summary>One round of the baseline does not tell what is noise.</summary>
    [Fact]
    public void OfOneRoundNoLimitOfTimesIsJudged()
    {
        var specification = TestTuning.Read(Text + "constraints: {slower: 1.1}");
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        List<Evaluation> baseline = [.. Rows(specification, "default", _ => 1).Where(row => row.Round == 1)], slower = [.. Rows(specification, "slow", _ => 3).Where(row => row.Round == 1)];
        Assert.Equal(0, new TuningMath(specification).PenaltyOf(slower, baseline, workloads));
    }

    /// <summary>A program that has code on one side alone is no program whose code has not changed.</summary>
    [Theory]
    [InlineData(1000, 0)]
    [InlineData(0, 1000)]
    [InlineData(0, 0)]
    public void CodeOnOneSideAloneIsNoRatio(long before, long after)
    {
        var specification = TestTuning.Read("knobs: {deopt: {}}\ntrain: [two-targets, three-targets]\nbudget: {processes: 99}\nconstraints: {code: 1.1}");
        string[] workloads = ["two-targets", "three-targets"];
        var math = new TuningMath(specification);
        var (baseline, other) = (WithCode("default", before), WithCode("other", after));
        Assert.Equal(before == after, Math.Abs(math.LogarithmOf(TuningQuantity.Code, other, baseline, workloads)) < 1e-9);
        Assert.Equal(before == after, !double.IsNaN(math.PenaltyOf(other, baseline, workloads)));
        Assert.True(double.IsNaN(math.LogarithmOf(TuningQuantity.Code, baseline, baseline, workloads[..1])) == (before == 0), "of one program nothing is known");

        // In one round of three it may be missing.
        List<Evaluation> mostly = [.. baseline.Select(row => row with { OptimizedBytes = row.Round == 3 ? 0 : 1000 })];
        Assert.Equal(0, math.LogarithmOf(TuningQuantity.Code, mostly, [.. baseline.Select(row => row with { OptimizedBytes = 1000 })], workloads), 10);

        List<Evaluation> WithCode(string configuration, long bytes) =>
            [.. Rows(specification, configuration, _ => 1).Select(row => row with { OptimizedBytes = row.Workload == "two-targets" ? bytes : 10_000 })];
    }

    /// <summary>Rows of three rounds, each twice as slow as the one before; times, sizes and compilation follow the same function of the program.</summary>
    private static List<Evaluation> Rows(TuningSpecification specification, string configuration, Func<string, double> factor) =>
    [
        .. from round in Enumerable.Range(1, 3)
           from workload in specification.Train
           select new Evaluation
           {
               Phase = "search",
               Round = round,
               Configuration = configuration,
               Workload = workload.Name,
               Status = Evaluation.OkStatus,
               ExecuteMs = 8 * Math.Pow(2, round) * factor(workload.Program),
               CompileMs = 4 * factor(workload.Program),
               OptimizedBytes = (long)(10_000 * factor(workload.Program)),
               PeakMemoryBytes = (long)(100_000_000 * factor(workload.Program)),
               LongestPauseMs = 3 * factor(workload.Program),
           },
    ];
}
