using System.Globalization;
using System.Text;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.V8;
using Harness.Experiments.Reports;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>Writes what a tuning run found: Markdown, charts, and the winner as a file.</summary>
internal static class TuningReport
{
    private const int ShownTrials = 15;
    private const int ProgressPoints = 24;

    /// <summary>Writes all files of the report.</summary>
    public static void Write(TuningFolder folder, TuningSpecification specification, TuningResult result)
    {
        File.WriteAllText(folder.Report, CreateMarkdown(specification, result));
        if (result.IsFound)
            File.WriteAllText(folder.Winner, string.Concat(result.Winner!.Knobs.Select(pair => $"{pair.Key}: {pair.Value}\n")));
        else
            File.Delete(folder.Winner);
        foreach (var format in FigureFile.KeptFormats)
        {
            if (BestSoFar(result).Count > 0)
                FigureFile.Write(CreateProgress(specification, result), folder.Chart("progress", format));
            if (Measured(result).Any(trial => trial.CodeRatio > 0))
                FigureFile.Write(CreateFront(specification, result), folder.Chart("front", format));
        }
    }

    public static string CreateMarkdown(TuningSpecification specification, TuningResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Tuning run {specification.Name}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{EngineCatalog.TitleOf(specification.Engine)}, method {specification.Method}, {result.Trials.Count} candidates, seed {specification.Seed}. ");
        if (result.IsFound)
        {
            text.Append(CultureInfo.InvariantCulture, $"**Found:** `{result.Winner!.Name}`\n\n");
            text.Append(CultureInfo.InvariantCulture, $"- as knobs: `{string.Join(' ', result.Winner.Knobs.Select(pair => $"--{pair.Key} {pair.Value}"))}`\n");
            if (V8Engine.Flags(result.Winner.Knobs) is { Count: > 0 } flags)
                text.Append(CultureInfo.InvariantCulture, $"- as V8's flags, where it has them: `{string.Join(' ', flags)}`\n");
            text.Append('\n');
        }
        else
        {
            text.Append("**Nothing found**: the default stays.\n\n");
            foreach (var objection in result.Objections)
                text.Append(CultureInfo.InvariantCulture, $"- {objection}\n");
            if (result.Winner is { Knobs.Count: > 0 } best)
                text.Append(CultureInfo.InvariantCulture, $"- the best candidate was `{best.Name}`\n");
            text.Append('\n');
        }

        AddJudgement(text, "In fresh rounds, on the programs of the search", result.Confirmed);
        AddJudgement(text, "On held-out programs", result.HeldOut);
        AddTrials(text, result);
        return text.ToString();
    }

    private static void AddJudgement(StringBuilder text, string title, Judgement? judgement)
    {
        if (judgement is null)
            return;
        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Geometric mean of speedups {MarkdownTable.Times(judgement.Speedup.Measured)}; objective {MarkdownTable.Times(judgement.Gain)}, corrected p {judgement.PValue:0.####}; code {judgement.CodeRatio:0.00}x. ");
        var slower = judgement.Programs.Where(program => program.Speedup.Value < 1 && program.PValue < 0.05).Select(program => program.Program).ToList();
        text.Append(slower.Count == 0 ? "No program is significantly slower.\n\n" : $"**Significantly slower: {string.Join(", ", slower)}.**\n\n");
        var table = new MarkdownTable(["program", "speedup", "corrected p"]);
        foreach (var program in judgement.Programs.OrderBy(program => program.Speedup.Value))
            table.Add(program.Program, MarkdownTable.Times(program.Speedup), MarkdownTable.Number(program.PValue, "0.####"));
        table.WriteTo(text);
    }

    private static void AddTrials(StringBuilder text, TuningResult result)
    {
        text.Append("## Best candidates of the search\n\nAs the search saw them; the luck that made them best is in these figures.\n\n");
        var table = new MarkdownTable(["candidate", "speedup", "code", "rounds"]);
        foreach (var trial in Measured(result).OrderBy(trial => trial.Score).DistinctBy(trial => trial.Name).Take(ShownTrials))
            table.Add($"`{trial.Name}`", MarkdownTable.Number(1 / trial.TimeRatio, "0.000"), MarkdownTable.Number(trial.CodeRatio, "0.00"), MarkdownTable.Number(trial.Rounds, "0"));
        table.WriteTo(text);
        var failed = result.Trials.Where(trial => !double.IsFinite(trial.Score)).Select(trial => trial.Name).Distinct().ToList();
        if (failed.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"Failed: {string.Join(", ", failed.Select(name => $"`{name}`"))}.\n");
    }

    private static IEnumerable<Trial> Measured(TuningResult result) => result.Trials.Where(trial => double.IsFinite(trial.Score));

    private static List<(int Processes, double Gain)> BestSoFar(TuningResult result)
    {
        var best = double.PositiveInfinity;
        return [.. Measured(result).Select(trial => (trial.Processes, Math.Exp(-(best = Math.Min(best, trial.Score))))).GroupBy(point => point.Processes).Select(group => group.Last())];
    }

    private static Figure CreateProgress(TuningSpecification specification, TuningResult result)
    {
        var all = BestSoFar(result);
        var points = all.Where((_, index) => index % Math.Max(1, all.Count / ProgressPoints) == 0 || index == all.Count - 1).ToList();
        return new Figure
        {
            Title = $"{specification.Name}: best objective found so far",
            Subtitle = "Factor by which the best candidate of the search beats the default (dashed line), as the search saw it",
            Panels =
            [
                new FigurePanel("", new LinePanel(
                    "objective", "processes", [.. points.Select(point => point.Processes.ToString(CultureInfo.InvariantCulture))], [specification.Method],
                    (_, index) => Estimate.Without(points[index].Gain), 0)),
            ],
            Source = $"tuning run '{specification.Name}'; made by: harness tune report",
        };
    }

    private static Figure CreateFront(TuningSpecification specification, TuningResult result)
    {
        var trials = Measured(result).Where(trial => trial.CodeRatio > 0).OrderBy(trial => trial.Score).DistinctBy(trial => trial.Name).Take(ShownTrials);
        return new Figure
        {
            Title = $"{specification.Name}: speed and code",
            Subtitle = "The best candidates in relation to the default, as the search saw them; the line joins what no other candidate beats in both",
            Panels = [new FigurePanel("", new ScatterPanel("optimized code", "speedup", [.. trials.Select(trial => new ScatterPoint(trial.Name, trial.CodeRatio, Estimate.Without(1 / trial.TimeRatio)))]))],
            Source = $"tuning run '{specification.Name}'; made by: harness tune report",
        };
    }
}
