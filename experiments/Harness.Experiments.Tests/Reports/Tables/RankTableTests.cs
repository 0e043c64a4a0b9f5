using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Tables;

public sealed class RankTableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EqualsShareARankAndTheSlowerComeAfterThem()
    {
        Dictionary<string, Dictionary<string, string>> configurations = new() { ["slow"] = [], ["fast"] = [], ["as-fast"] = [] };
        var results = SyntheticResults.Write(
            folder.File("results"), ["ours"], configurations, ["alpha", "beta", "gamma"], 21, cell => cell.Configuration == "slow" ? 15 : 10);
        var (sweep, summary) = ReportWriter.Summarize(results);
        var table = RankTable.Create(sweep, summary, ["ours"]);
        Assert.Equal([1, 1, 3], table.Rows.Select(row => (int)row[0]!));
        Assert.Equal("slow", table.Rows[2][2]);
        Assert.Equal(1.5, (double)table.Rows[2][3]!, 0.05);
        Assert.InRange(1.5, (double)table.Rows[2][4]!, (double)table.Rows[2][5]!);
    }

    [Fact]
    public void AWorkloadThatIsNotMeasuredEverywhereIsNamed()
    {
        Dictionary<string, Dictionary<string, string>> configurations = new() { ["a"] = [], ["b"] = [] };
        var results = SyntheticResults.Write(
            folder.File("results"), ["ours"], configurations, ["alpha", "beta"], 7, cell => cell is { Configuration: "b", Workload: "beta" } ? null : 10);
        var (sweep, summary) = ReportWriter.Summarize(results);
        Assert.Contains("Not measured everywhere, and so left out: beta.", RankTable.Create(sweep, summary, ["ours"]).Notes);
    }
}
