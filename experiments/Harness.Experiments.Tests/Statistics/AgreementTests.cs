using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Results;
using Harness.Experiments.Tests.Sweeps;

namespace Harness.Experiments.Tests.Statistics;

public sealed class AgreementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WithoutADifferenceIntervalsHoldWhatTheySay()
    {
        var agreement = Measure(pairs: 60, lead: 1);
        Assert.Equal(300, agreement.Pairs.Count);
        Assert.InRange(agreement.Coverage.Value, 0.92, 0.98);
        Assert.InRange(agreement.FalsePositives.Value, 0.02, 0.08);
        Assert.Equal(60, agreement.Means.Count);
        Assert.InRange(agreement.CorrectedFalsePositives, 0, 1);
        Assert.Contains("The intervals hold what they say, as far as so many pairs can tell.", AgreementTable.Create(agreement).Notes);
    }

    [Theory]
    [InlineData(11, false)]
    [InlineData(21, true)]
    public void TooFewRoundsForCorrectedTestsAreTold(int rounds, bool isEnough)
    {
        var agreement = Measure(pairs: 40, lead: 1, rounds);
        Assert.Equal(rounds, agreement.Rounds);
        Assert.Equal(isEnough, agreement.CanFindCorrected);
        Assert.Equal(isEnough, !AgreementTable.Create(agreement).Notes.Any(note => note.StartsWith("After 11 rounds no test of 200 can find a difference", StringComparison.Ordinal)));
    }

    [Fact]
    public void ADifferenceThatShouldNotBeThereIsSeen()
    {
        var agreement = Measure(pairs: 20, lead: 1.05);
        Assert.InRange(agreement.Coverage.Value, 0, 0.2);
        Assert.True(agreement.CorrectedFalsePositives > 50);
        Assert.Contains(AgreementTable.Create(agreement).Notes, note => note.StartsWith("The intervals are narrower than they say", StringComparison.Ordinal));
    }

    [Fact]
    public void TheSweepAgainstItselfHasTheBaselineInPairsAndSoHasItsText()
    {
        var sweep = TestSweeps.Read("workloads: [recursion]\nknobs: {deopt.limit: 3}\ngrid: {inlining.budget: [10, 20]}\nrepetitions: 5\n# a comment\n");
        var against = AgreementSweep.Make(sweep with { Repetitions = 7 }, 2);
        Assert.Equal(["a1", "b1", "a2", "b2"], against.Configurations.Select(configuration => configuration.Name));
        Assert.All(against.Configurations, configuration => Assert.Equal(sweep.Configurations[0].Knobs, configuration.Knobs));

        var read = TestSweeps.Read(against.SourceText);
        Assert.Equal(against.Title, read.Title);
        Assert.Equal(7, read.Repetitions);
        Assert.Equal("a1", read.Baseline);
        Assert.Equal(against.Configurations.Select(configuration => (configuration.Name, configuration.Title)), read.Configurations.Select(configuration => (configuration.Name, configuration.Title)));
        Assert.All(read.Configurations, configuration => Assert.Equal(sweep.Configurations[0].Knobs, configuration.Knobs));
    }

    [Fact]
    public void SweepsWithoutTwinsHaveNothingToTell()
    {
        var (sweep, summary) = ReportWriter.Summarize(SyntheticResults.Pair(_folder.File("results"), 2));
        Assert.Null(Agreement.Of(sweep, summary));
    }

    private Agreement Measure(int pairs, double lead, int rounds = 21)
    {
        var configurations = Enumerable.Range(1, pairs).SelectMany(pair => (string[])[$"a{pair}", $"b{pair}"]).ToDictionary(name => name, _ => new Dictionary<string, string>());
        var results = SyntheticResults.Write(
            _folder.File("results"), ["ours"], configurations, ["p1", "p2", "p3", "p4", "p5"], rounds, cell => cell.Configuration.StartsWith('b') ? 10 * lead : 10, noise: 0.03);
        var (sweep, summary) = ReportWriter.Summarize(results);
        return Agreement.Of(sweep, summary)!;
    }
}
