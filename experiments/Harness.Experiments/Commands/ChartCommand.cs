using System.CommandLine;
using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Growth;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness chart</c>: makes summary and charts again from the results.</summary>
internal static class ChartCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var kind = OptionRanges.Names<ChartKind>("--kind", "what is drawn; 'auto' is the chart that a sweep makes");
        var between = new Option<string?>("--between") { Description = "with --kind slope, the two configurations, with a comma between them; the last two with the same baseline if left out", HelpName = "A,B" };
        var width = new Option<float>("--width") { Description = "width in points; a column of a paper has 241, a page 504", HelpName = "POINTS", DefaultValueFactory = _ => Figure.StandardWidth };
        var chart = new Option<string?>("--figure") { Description = "of a search, which of its charts: progress, slices, maps or front; all of them if left out", HelpName = "NAME" };
        var suites = SuiteOption.Create();
        var output = new Option<string?>("--output") { Description = "write this file only; its ending says the format: .png, .svg, .pdf", HelpName = "FILE" };
        var command = new Command("chart", "make summary.md and the chart again from a results folder, or another kind of chart; or the charts of a search or of 'harness growth'") { results, kind, between, chart, width, output, suites };
        command.SetAction(parsed =>
        {
            var search = TuningCharts.Find(parsed.GetRequiredValue(results));
            var growth = search is null ? FindGrowth(parsed.GetRequiredValue(results)) : null;
            var folder = search is not null ? new ResultsFolder(search.Path)
                : growth is not null ? new ResultsFolder(Path.GetDirectoryName(growth)!)
                : ResultsFolder.Find(parsed.GetRequiredValue(results));
            var points = parsed.GetValue(width);
            if (points is not (>= 150 and <= 5000))
            {
                throw new HarnessException(FormattableString.Invariant($"--width must be in 150..5000 points, not {points}"));
            }

            var chosen = parsed.GetValue(kind);
            if (search is not null)
            {
                if (chosen != ChartKind.Auto || parsed.GetValue(between) is not null)
                {
                    throw new HarnessException($"{folder.Path} is a search, which has charts of its own; leave out --kind and --between, and name one with --figure");
                }

                TuningCharts.Draw(search, ProgramCatalog.Read(parsed.GetValue(suites) ?? []), parsed.GetValue(chart), parsed.GetValue(output), points);
                return;
            }

            if (parsed.GetValue(chart) is { } figure)
            {
                throw new HarnessException($"--figure {figure} names a chart of a search, and {folder.Path} is none; --kind says which chart of a sweep is drawn");
            }

            if (growth is not null)
            {
                if (chosen != ChartKind.Auto || parsed.GetValue(between) is not null)
                {
                    throw new HarnessException($"{folder.Path} tells how compile time and memory grow, of which there is one chart; leave out --kind and --between");
                }

                Draw(GrowthChart.Create(ShapeGrowth.Of(DurableCsv<GrowthRow>.Read(growth))), folder, parsed.GetValue(output), points);
                return;
            }

            var (sweep, summary) = ReportWriter.Summarize(folder);
            var pair = ReadPair(parsed.GetValue(between), chosen);
            if (parsed.GetValue(output) is { } file)
            {
                FigureFile.Write(SweepChart.Create(chosen, sweep, summary, pair), file, points);
                Console.WriteLine(file);
                return;
            }

            var name = ResultsFolder.ChartName(chosen);
            if (chosen == ChartKind.Auto)
            {
                ReportWriter.WriteSummary(folder, sweep, summary, Provenance.Read(folder.Provenance));
            }

            ReportWriter.WriteChart(SweepChart.Create(chosen, sweep, summary, pair), folder, name, points);
            Console.WriteLine($"{folder.Path}: {(chosen == ChartKind.Auto ? "summary.md, " : "")}{string.Join(", ", FigureFile.KeptFormats.Select(format => $"{name}.{format}"))}");
        });
        return command;
    }

    /// <summary>The rows of a folder of <c>harness growth</c>; null where it is none.</summary>
    private static string? FindGrowth(string nameOrPath)
    {
        var folder = new ResultsFolder(Directory.Exists(nameOrPath) ? nameOrPath : Path.Combine(ProjectLayout.Results, nameOrPath));
        var rows = Path.Combine(folder.Path, "growth.csv");
        return !File.Exists(folder.Results) && File.Exists(rows) ? rows : null;
    }

    /// <summary>Writes a figure into the file that was named, or in every format that folders keep.</summary>
    private static void Draw(Figure figure, ResultsFolder folder, string? file, float width)
    {
        if (file is not null)
        {
            FigureFile.Write(figure, file, width);
            Console.WriteLine(file);
            return;
        }

        ReportWriter.WriteChart(figure, folder, width: width);
        Console.WriteLine($"{folder.Path}: {string.Join(", ", FigureFile.KeptFormats.Select(format => $"chart.{format}"))}");
    }

    private static (string From, string To)? ReadPair(string? text, ChartKind kind)
    {
        if (text is null)
        {
            return null;
        }

        if (kind != ChartKind.Slope)
        {
            throw new HarnessException("--between is about two configurations, which only --kind slope draws");
        }

        return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var from, var to]
            ? (from, to)
            : throw new HarnessException($"--between takes the names of two configurations, as in base,fast, not '{text}'");
    }
}
