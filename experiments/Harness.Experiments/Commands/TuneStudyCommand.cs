using System.CommandLine;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Search;
using Harness.Experiments.Tuning.Study;

namespace Harness.Experiments.Commands;

/// <summary><c>harness tune study</c>: how far each search method ends from the best, on functions whose best is known and on recorded grids.</summary>
internal static class TuneStudyCommand
{
    public static Command Create()
    {
        var measurements = new Option<int>("--measurements") { Description = "measurements of a search", HelpName = "N", DefaultValueFactory = _ => 40 }.AtLeast(5);
        var seeds = new Option<int>("--seeds") { Description = "searches of each method on each function", HelpName = "N", DefaultValueFactory = _ => 20 }.AtLeast(1);
        var methods = new Option<string[]>("--method") { Description = "this method only (may be repeated), and random", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var replayed = new Option<string[]>("--replay")
        {
            Description = "results of a sweep over a whole grid of knobs, to search as well (may be repeated): its rows are measured again in thought", HelpName = "RESULTS", DefaultValueFactory = _ => [],
        };
        var command = new Command("study", "search functions with known optimum, and say how far each method ends from it in relation to random search at equal cost")
        {
            measurements, seeds, methods, replayed,
        };
        var output = TableOutput.AddTo(command, "tune study");
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetValue(methods) is { Length: > 0 } given ? Check(given) : [.. SearchMethods.Names.Where(name => name != SearchMethods.OfSeveral)];
            IReadOnlyList<Landscape> landscapes = [.. TestFunctions.All, .. (parsed.GetValue(replayed) ?? []).Select(name => RecordedLandscape.Read(ResultsFolder.Find(name)))];
            var (count, searches) = (parsed.GetValue(measurements), parsed.GetValue(seeds));
            output.Print(parsed, MakeTable(landscapes, chosen, count, searches), "");
        });
        return command;
    }

    /// <summary>Runs a study and writes its table: a row per landscape, a column per method, and a last row in relation to random search.</summary>
    public static ResultTable MakeTable(IReadOnlyList<Landscape> landscapes, IReadOnlyList<string> methods, int measurements, int seeds)
    {
        IReadOnlyList<string> all = [.. methods.Where(method => method != RegretStudy.Reference), RegretStudy.Reference];
        var study = RegretStudy.Run(landscapes, all, measurements, seeds);
        var table = new ResultTable([new("function"), new("knobs", "0"), .. all.Select(method => new TableColumn(method, "0.000"))]);
        for (var landscape = 0; landscape < landscapes.Count; landscape++)
        {
            var row = landscape;
            table.Add([landscapes[row].Name, landscapes[row].Space.Dimensions, .. all.Select((_, method) => (object?)study.MedianRegret(row, method))]);
        }

        foreach (var small in landscapes.Where(landscape => PointsOf(landscape.Space) <= 2.0 * measurements))
        {
            table.AddNote(FormattableString.Invariant($"{small.Name} has {PointsOf(small.Space)} points, a large part of which any method sees in {measurements} measurements: take fewer --measurements to tell methods apart."));
        }

        var relative = all.Select((_, method) => study.Relative(method)).ToList();
        table.Add(["in relation to random", null, .. relative.Select(estimate => (object?)estimate.Value)]);
        table.AddNote($"Median over {seeds} seeds of what the chosen point is worse than the best, in standard deviations of the function; {measurements} measurements a search, {Words()}.");
        table.AddNote("Last row: geometric mean over the functions of the quotients; "
            + string.Join(", ", all.SkipLast(1).Select((method, index) => FormattableString.Invariant($"{method} {relative[index].Value:0.00} ({relative[index].Low:0.00}–{relative[index].High:0.00})"))) + ".");
        return table;
    }

    /// <summary>Different points of a space; infinite where a knob is a decimal number.</summary>
    private static double PointsOf(SearchSpace space) => space.Parameters.Aggregate(1.0, (product, parameter) => product * parameter.Count);

    private static string Words() => FormattableString.Invariant($"each with an error of {TestFunctions.Noise:0.0} deviations on the functions");

    private static List<string> Check(IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !SearchMethods.Names.Contains(name)) is { } unknown)
        {
            throw new HarnessException($"unknown method '{unknown}'; there are {string.Join(", ", SearchMethods.Names)}");
        }

        return [.. names.Distinct()];
    }
}
