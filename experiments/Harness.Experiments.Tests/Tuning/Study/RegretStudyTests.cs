using Harness.Experiments.Charts;
using Harness.Experiments.Commands;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning.Search;
using Harness.Experiments.Tuning.Study;

namespace Harness.Experiments.Tests.Tuning.Study;

public sealed class RegretStudyTests
{
    public static TheoryData<string> Functions => [.. TestFunctions.All.Select(function => function.Name)];

    /// <summary>The least value that is claimed is neither missed by much nor undercut: looked for at many points, and near the best of them.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void LeastValuesAreKnown(string name)
    {
        var function = TestFunctions.All.Single(candidate => candidate.Name == name);
        var random = SearchMethods.RandomOf(1, 1);
        var dimensions = function.Space.Dimensions;
        var starts = Enumerable.Range(0, 5000).Select(new SobolSearch(dimensions, 1).Point).Select(function.Space.Snap).OrderBy(function.Value).Take(20);
        var best = starts.Select(Descend).MinBy(function.Value)!;
        Assert.InRange(function.Regret(best), -1e-6, 0.02);

        double[] Descend(double[] point)
        {
            for (var (width, i) = (0.1, 0); i < 3000; i++, width *= 0.998)
            {
                var near = function.Space.Snap([.. point.Select(place => Math.Clamp(place + (width * ((2 * random.NextDouble()) - 1)), 0, 1))]);
                if (function.Value(near) < function.Value(point))
                {
                    point = near;
                }
            }

            return point;
        }
    }

    [Fact]
    public void TheDefaultMethodIsMuchBetterThanRandomSearchAtEqualCost()
    {
        var study = RegretStudy.Run(TestFunctions.All, [SearchMethods.Names[0], "random"], 30, 3);
        Assert.InRange(study.Relative(0).Value, 0, 0.5);
        Assert.Equal(1, study.Relative(1).Value);
    }

    [Fact]
    public void AStudyIsTheSameEachTime()
    {
        var table = TuneStudyCommand.MakeTable([TestFunctions.All[0], TestFunctions.All[6]], ["tpe", "random"], 20, 3);
        Assert.Equal(["function", "knobs", "tpe", "random"], table.Columns.Select(column => column.Name));
        Assert.Equal(3, table.Rows.Count);
        Assert.Equal(table.Rows, TuneStudyCommand.MakeTable([TestFunctions.All[0], TestFunctions.All[6]], ["tpe", "random"], 20, 3).Rows);
    }

    /// <summary>The best of a grid is often at its edge, which no method is kept from.</summary>
    [Fact]
    public void ValuesOfARecordedGridShareTheCubeAlike()
    {
        KnobAxis[] axes = [new("inlining.budget", ["100", "200", "300", "400"])];
        List<Measurement> rows = [.. axes[0].Values.Select((value, i) => new Measurement { Engine = "ours", Configuration = value, Workload = "a", Repetition = 1, ExecuteMs = i + 1 })];
        var landscape = RecordedLandscape.Make("grid", axes, choice => choice[0].Value, "100", rows);
        var parameter = landscape.Space.Parameters[0];
        Assert.Equal([250, 250, 250, 250], Enumerable.Range(0, 1000).GroupBy(i => parameter.At((i + 0.5) / 1000)).Select(level => level.Count()));
        Assert.Equal(["0", "1", "2", "3"], Enumerable.Range(0, 4).Select(level => parameter.At(parameter.PlaceOf($"{level}"))));
        Assert.Equal(["0", "2", "3"], Enumerable.Range(0, 3).Select(i => parameter.At((i + 0.5) / 3)));
        Assert.Equal(("0", "3"), (parameter.At(0), parameter.At(1)));
        Assert.Equal(Math.Log(4), landscape.Value([1.0]), 10);
    }

    [Fact]
    public void ARecordedGridIsSearchedByItsRows()
    {
        KnobAxis[] axes = [new("inlining.budget", ["100", "1000", "10000"]), new("deopt", ["off", "on"])];
        var rows = from budget in axes[0].Values
                   from deopt in axes[1].Values
                   from round in Enumerable.Range(1, 5)
                   from workload in (string[])["a", "b"]
                   select new Measurement
                   {
                       Engine = "ours",
                       Configuration = $"{budget} {deopt}",
                       Workload = workload,
                       Repetition = round,
                       ExecuteMs = (budget, deopt) switch { ("1000", "on") => 50, ("10000", _) => 120, _ => 100 } * (workload == "a" ? 1 : 3) * (1 + (0.001 * round)),
                   };
        var landscape = RecordedLandscape.Make("grid", axes, choice => string.Join(' ', choice.Select(pair => pair.Value)), "100 off", [.. rows]);
        Assert.Equal(Math.Log(0.5), landscape.Optimum, 10);
        Assert.Equal(0, landscape.Regret(landscape.Space.Snap([0.5, 0.9])), 10);
        Assert.Equal(Math.Log(1.2), landscape.Value(landscape.Space.Snap([0.9, 0.1])), 10);
        Assert.Equal(Math.Log(0.5), landscape.Measure([0.5, 1], SearchMethods.RandomOf(1, 1)), 10);
        var study = RegretStudy.Run([landscape], ["grid", "random"], 12, 3);
        Assert.Equal(0.001, study.MedianRegret(0, 0));

        // All methods search it, and where there is little to search, that is said.
        string[] methods = [.. SearchMethods.Names.Where(name => name != SearchMethods.OfSeveral)];
        var table = TuneStudyCommand.MakeTable([TestFunctions.All[0], landscape], methods, 12, 1);
        Assert.Equal(methods.Length, table.Columns.Count - 2);
        Assert.All(table.Rows[1].Skip(2), regret => Assert.True((double)regret! >= 0.001));
        Assert.Equal("grid has 6 points, a large part of which any method sees in 12 measurements: take fewer --measurements to tell methods apart.", Assert.Single(table.Notes, note => note.Contains("--measurements", StringComparison.Ordinal)));
    }
}
