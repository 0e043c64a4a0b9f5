using System.Globalization;
using System.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using static Harness.Experiments.Reports.MarkdownTable;

namespace Harness.Experiments.Reports;

/// <summary>
/// Every program of a sweep as Markdown, for people: the means of each suite and group, then a table for each with times, code, compilation, collections and memory of this
/// engine and another one, and why what is missing is missing.
/// </summary>
/// <param name="sweep">The sweep.</param>
/// <param name="summary">Its statistics.</param>
/// <param name="configuration">Name of the configuration that is shown.</param>
/// <param name="other">Name of the other engine.</param>
internal sealed class ProgramReport(SweepDefinition sweep, SweepSummary summary, string configuration, string other)
{
    /// <summary>The ratio above which a program is printed in bold.</summary>
    private const double Slow = 1.1;

    private const int SignificantDigits = 3;
    private const string Nothing = "–";

    private static readonly ResultColumn YoungCollections = ResultsView.FindMeasured("young_collections");
    private static readonly ResultColumn FullCollections = ResultsView.FindMeasured("full_collections");
    private static readonly ResultColumn OptimizedBytes = ResultsView.FindMeasured("optimized_bytes");
    private static readonly ResultColumn BaselineBytes = ResultsView.FindMeasured("baseline_bytes");
    private static readonly ResultColumn PeakMemory = ResultsView.FindMeasured("peak_memory_bytes");

    private readonly StringBuilder _text = new();

    /// <summary>Makes the text.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="provenance">Where the results are from; null where that is not known.</param>
    public string Create(IReadOnlyList<ProgramFigures> programs, Provenance? provenance)
    {
        var title = EngineCatalog.TitleOf(other);
        Line($"# {sweep.Title}: every program");
        Line("");
        if (provenance is { Runs.Count: > 0 })
        {
            Line($"Made by `harness table {sweep.Name}` of what {string.Join(", then ", provenance.CommandLines.Select(command => $"`{command}`"))} measured on {provenance.Machine.Cpu}, {provenance.Machine.Cores} cores; {string.Join("; ", provenance.Engines.Values)}; {(provenance.Commits.Count > 1 ? "commits" : "commit")} {string.Join(", ", provenance.Commits)}; begun {provenance.Runs[0].StartedUtc}.");
            Line("");
        }

        var (fewest, most) = summary.Processes;
        Line($"Configuration *{sweep.Configurations.First(candidate => candidate.Name == configuration).Title}*. Medians of {(fewest == most ? $"{most}" : $"{fewest} to {most}")} fresh processes each, ours / {title}; ratio: ours ÷ {title}, below 1 ours is faster, above {Number(Slow, "0.0")} it is bold. CPU: of all threads of the process in an iteration. Start: from the start of the process to the worker's first line, which {title} counts from where its own clock begins. Longest: the longest collection. Where a program prints several times, code, collections and memory are those of its process. `table.csv` has all columns.");
        Line("");
        foreach (var disturbance in summary.Disturbances)
        {
            Line(disturbance);
            Line("");
        }

        var sections = programs.GroupBy(program => program.Section).ToList();
        WriteMeans(sections, title);
        foreach (var section in sections)
        {
            WriteSection(section.Key, [.. section], title);
        }

        return _text.ToString();
    }

    private void WriteMeans(List<IGrouping<string, ProgramFigures>> sections, string title)
    {
        var table = new MarkdownTable(["suite and group", "compared", "without rows", $"time, ours ÷ {title}", $"CPU, ours ÷ {title}", "ours is faster in", $"slower by more than {Number((Slow - 1) * 100, "0")}%"]);
        foreach (var section in sections)
        {
            AddMeans(table, section.Key.Length == 0 ? "other" : section.Key, [.. section]);
        }

        AddMeans(table, "**all**", [.. sections.SelectMany(section => section)]);
        table.WriteTo(_text);
    }

    private void AddMeans(MarkdownTable table, string name, List<ProgramFigures> programs)
    {
        var compared = programs.Where(program => program.Ratio is not null).ToList();
        var mean = summary.Mean([.. compared.Select(program => program.Workload)], (OwnEngine.EngineName, configuration), (other, configuration));

        // All rows of a process have its CPU time: it counts once.
        var cpu = compared.DistinctBy(program => program.Workload.Program).Select(program => program.CpuRatio).OfType<double>().ToList();
        table.Add(
            name, Count(compared.Count), Count(programs.Count(program => program.Remark.Length > 0)), Ratio(mean?.Measured),
            cpu.Count == 0 ? Nothing : Number(Math.Exp(cpu.Average(Math.Log)), "0.00"),
            Count(compared.Count(program => program.Ratio!.Value.Value < 1)), Count(compared.Count(program => program.Ratio!.Value.Value > Slow)));
    }

    private void WriteSection(string name, List<ProgramFigures> programs, string title)
    {
        Line($"## {(name.Length == 0 ? "Other" : name)}");
        Line("");
        var measured = programs.Where(program => program.Own.Count + program.Other.Count > 0).ToList();
        if (measured.Count > 0)
        {
            var table = new MarkdownTable([
                "program", "time, ms", "ratio", "CPU", "first, ms", "start, ms", "compile, ms", "decode, ms", "validate, ms", "instantiate, ms", "optimized code, KB", "baseline code, KB",
                "optimizing, ms", "queued, ms", "collections", "collecting, ms", "longest, ms", "memory, MB"]);
            foreach (var program in measured)
            {
                table.Add(Row(program));
            }

            table.WriteTo(_text);
        }

        foreach (var program in programs.Where(program => program.Remark.Length > 0))
        {
            Line($"- {program.Workload.Name}: {program.Remark}");
        }

        if (programs.Exists(program => program.Remark.Length > 0))
        {
            Line("");
        }
    }

    private static IEnumerable<string> Row(ProgramFigures program) =>
    [
        program.Workload.Name,
        Side(program, row => row.ExecuteMs),
        program.Ratio is { Value: > Slow } slow ? $"**{Ratio(slow)}**" : Ratio(program.Ratio),
        program.CpuRatio is { } cpu ? Number(cpu, "0.00") : Nothing,
        Side(program, "first_ms"),
        $"{Start(program.Own)} / {Start(program.Other)}",
        Side(program, row => row.CompileMs),
        Side(program, "decode_ms"),
        Side(program, "validate_ms"),
        Side(program, row => row.InstantiateMs),
        Side(program, row => OptimizedBytes.ReadNumber(row) / 1e3),
        Side(program, row => BaselineBytes.ReadNumber(row) / 1e3),
        Side(program, "optimized_compile_ms"),
        Side(program, "queue_wait_ms"),
        Side(program, row => YoungCollections.ReadNumber(row) + FullCollections.ReadNumber(row)),
        Side(program, "collection_ms"),
        Side(program, "longest_pause_ms"),
        Side(program, row => PeakMemory.ReadNumber(row) / 1e6),
    ];

    private static string Side(ProgramFigures program, string column) => Side(program, ResultsView.FindMeasured(column).ReadNumber);

    private static string Side(ProgramFigures program, Func<Measurement, double> quantity) => $"{Short(program.Own.Median(quantity))} / {Short(program.Other.Median(quantity))}";

    /// <summary>How long processes took to start; 0 of an engine of which nobody saw that.</summary>
    private static string Start(CellRows side) => side.Median(row => row.StartMs) is > 0 and var time ? Short(time) : Nothing;

    /// <summary>A number with three significant digits, and all digits before the point.</summary>
    private static string Short(double? value) => value switch
    {
        null => Nothing,
        0 => "0",
        { } number => number.ToString("F" + Math.Clamp(SignificantDigits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 7), CultureInfo.InvariantCulture),
    };

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Line(string line) => _text.Append(line).Append('\n');
}
