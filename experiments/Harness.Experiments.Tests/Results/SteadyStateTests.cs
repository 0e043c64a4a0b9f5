using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Results;

/// <summary>When a process counts as steady, in the column <c>steady_after_ms</c>.</summary>
public sealed class SteadyStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("10;10;10", 0, 0)]
    [InlineData("30;20;10;10;10.4;10", 0, 50)]
    [InlineData("10;10;10;20", 0, 50)]
    [InlineData("30;20;10;10;10;10;10;100;101;100", 7, 50)] // the warm-up's call is a tenth of the timed one
    [InlineData("10;10;10;10;10;100;101;120", 5, 0)]
    [InlineData("30;10;100;101;100;99", 2, 40)] // more timed calls: the whole warm-up lies before them
    [InlineData("30;10;150;101;100;99", 2, 190)]
    [InlineData("20;10;10", 9, 20)]
    public void CallsOfOneKindAreCompared(string iterations, int warmUpCalls, double expected) =>
        Assert.Equal(expected, SteadyState.After([.. iterations.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse)], warmUpCalls), 9);

    [Fact]
    public void RowsOfOlderFormatsAreComputedAnew()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 2, repetitions: 1, workloads: "alpha");
        Measurement[] rows = [.. MeasurementFile.Read(results.Results).Select((row, i) => row with { Format = i == 0 ? 6 : 7, SteadyAfterMs = 5000, WarmUpCalls = 5, IterationsMs = "30;10;10;10;10;100" })];
        File.Delete(results.Results);
        using (var csv = DurableCsv<Measurement>.Open(results.Results, out _))
        {
            csv.Append([.. rows, rows[0] with { Repetition = 2, IterationsMs = "" }]);
        }

        var view = ResultsView.Open(results);
        Assert.Equal([30.0, 5000.0, 5000.0], view.Rows.Select(view.Find("steady_after_ms").ReadNumber));

        // What was written stays as it is, so that a row that is copied is still the same.
        Assert.Equal(5000, view.Rows[0].SteadyAfterMs);
    }
}
