using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>What is said of the processes of the committed results is what the plainest form gives, to the last digit: to search very many in the same room changes no number.</summary>
public sealed class CellSteadinessTests
{
    /// <summary>Iterations up to which the plain form is quick enough.</summary>
    private const int MostIterations = 400;

    /// <summary>Processes of a folder that are tried, evenly chosen.</summary>
    private const int MostProcesses = 2_000;

    [Theory]
    [MemberData(nameof(SweepSummaryTests.Committed), MemberType = typeof(SweepSummaryTests))]
    public void EveryProcessIsAsByDefinition(string results)
    {
        var (_, summary) = ReportWriter.Summarize(ResultsFolder.Find(results));
        var step = 1 + (summary.Rows.Count / MostProcesses);
        var cells = summary.Rows.GroupBy(row => row.Key.Cell).ToDictionary(group => group.Key, group => group.OrderBy(row => row.Repetition).ToArray());
        Assert.Equal(cells.Keys.ToHashSet(), summary.SteadinessOfCells.Keys.ToHashSet());
        var (place, tried) = (0, 0);
        foreach (var (cell, rows) in cells)
        {
            var steadiness = summary.SteadinessOfCells[cell];
            Assert.Equal(rows.Length, steadiness.Processes.Count);
            for (var i = 0; i < rows.Length; i++)
            {
                if (place++ % step != 0 || PlainSteadiness.IterationsOf(rows[i]) is not { Length: <= MostIterations } iterations)
                {
                    continue;
                }

                Assert.Equal(PlainSteadiness.Of(iterations), steadiness.Processes[i]);
                var trace = steadiness.Trace(i);
                Assert.Equal(steadiness.Processes[i], new ProcessSteadiness(trace.Class, trace.Iterations.Count, trace.SteadyFrom, trace.SteadyAfterMs));
                tried++;
            }
        }

        Assert.True(tried > 0, "nothing was tried");
    }

    [Fact]
    public void SegmentsAreThoseOfThePlainFormWhateverWasSearchedBefore()
    {
        var random = new MersenneTwister(11);
        var changepoints = new Changepoints();
        for (var i = 0; i < 400; i++)
        {
            double[] values = [.. Enumerable.Range(0, random.Next(90)).Select(place => (place < 20 ? 14 : 10) * (1 + (0.3 * random.NextDouble())))];
            Assert.Equal(PlainSteadiness.Segments(values), changepoints.Search(values).ToArray());
        }
    }

    [Theory]
    [InlineData(Steadiness.MostIterations + 1, true)]
    [InlineData(100, false)]
    public void TheTableSaysWhereTheFirstIterationsWereNotLookedAt(int iterations, bool says)
    {
        var row = new Measurement { Engine = "ours", Configuration = "a", Workload = "b", Repetition = 1, ExecuteMs = 1, IterationsMs = string.Join(';', Enumerable.Repeat(10, iterations)) };
        Assert.Equal(says, SteadinessTable.Create(CellSteadiness.Of([row])).Notes.Any(note => note.Contains("the last 4000 are looked at", StringComparison.Ordinal)));
    }

    /// <summary>A process takes no memory but its place in the list: tables of very many do not outgrow the rows.</summary>
    [Fact]
    public void NothingIsKeptOfAProcessButItsNumbers()
    {
        var row = new Measurement
        {
            Engine = "ours", Configuration = "a", Workload = "b", Repetition = 1, ExecuteMs = 1,
            IterationsMs = string.Join(';', Enumerable.Range(0, 40).Select(i => i < 9 ? 30 : 10)),
        };
        var scan = new SteadinessScan();
        var expected = scan.Classify(row);
        Assert.Equal(new ProcessSteadiness(SteadinessClass.WarmUp, 40, 9, 270), expected);
        var same = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            same &= scan.Classify(row) == expected;
        }

        Assert.True(same);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
