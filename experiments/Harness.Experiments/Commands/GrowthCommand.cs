using System.CommandLine;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Engines;
using Harness.Experiments.Growth;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness growth</c>: how compile time and memory of both tiers grow with modules of many shapes.</summary>
internal static class GrowthCommand
{
    /// <summary>Most MiB of a module that can be asked for: its bytes are one array.</summary>
    private const int MostMebibytes = 1024;

    public static Command Create()
    {
        var shapes = new Argument<string[]>("shapes") { Description = "shapes to measure; all where none is named", Arity = ArgumentArity.ZeroOrMore };
        var repeat = new Option<int>("--repeat") { Description = "how often each module is compiled by each tier, small ones more often; the fastest counts", HelpName = "N", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var time = new Option<int>("--largest-time") { Description = "milliseconds that the largest module of a shape takes to compile, where it can be so large", HelpName = "MS", DefaultValueFactory = _ => 60 }.AtLeast(1);
        var bytes = new Option<int>("--largest-module") { Description = "most MiB of a module", HelpName = "MIB", DefaultValueFactory = _ => 10 }.AtLeast(1).AtMost(MostMebibytes);
        var results = new Option<string?>("--results") { Description = "results folder [results/growth; none where shapes are named]", HelpName = "FOLDER" };
        var command = new Command("growth", "compile modules of many shapes, from a number N to 16 N, and fit how time and memory grow with N") { shapes, repeat, time, bytes, results };
        var knobs = KnobOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(shapes) ?? [];
            var options = EngineOptions.FromDictionary(knobs.Read(parsed));
            var folder = parsed.GetValue(results) ?? (named.Length == 0 ? Path.Combine(ProjectLayout.Results, "growth") : null);
            if (folder is not null)
            {
                ResultsFolder.RequireNoSweep(folder);
            }

            var scale = new GrowthScale(parsed.GetValue(time), parsed.GetValue(bytes) << 20);
            return Run(GrowthStudy.Find(named), options, parsed.GetValue(repeat), scale, folder is null ? null : new ResultsFolder(folder));
        });
        return command;
    }

    /// <returns>1 if something grows faster than it may.</returns>
    private static int Run(IReadOnlyList<GrowingShape> shapes, EngineOptions options, int repetitions, GrowthScale scale, ResultsFolder? folder)
    {
        var provenance = ProvenanceOf(options, repetitions);
        folder?.Create();
        var rows = GrowthStudy.Run(shapes, options, repetitions, scale, static (shape, rows) =>
        {
            foreach (var growth in ShapeGrowth.Of(rows))
            {
                Console.WriteLine(Describe(growth));
            }
        });
        var all = ShapeGrowth.Of(rows);
        if (folder is not null)
        {
            Write(folder, rows, all, scale, provenance with { FinishedUtc = Provenance.Now() });
        }

        var excessive = all.Count(growth => growth.IsExcessive);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{excessive} of {all.Count} grow faster than time N^{ShapeGrowth.MostOfTime}, memory N^{ShapeGrowth.MostOfMemory}"));
        return excessive == 0 ? 0 : 1;
    }

    private static void Write(ResultsFolder folder, IReadOnlyList<GrowthRow> rows, IReadOnlyList<ShapeGrowth> growth, GrowthScale scale, Provenance provenance)
    {
        var file = Path.Combine(folder.Path, "growth.csv");
        File.Delete(file);
        using (var csv = DurableCsv<GrowthRow>.Open(file, out _))
        {
            csv.Append(rows);
        }

        WholeFile.WriteText(folder.Summary, GrowthSummary.Create(growth, scale, provenance.Machine, provenance.Runs[^1]));
        foreach (var format in FigureFile.KeptFormats)
        {
            FigureFile.Write(GrowthChart.Create(growth), folder.Chart("chart", format));
        }

        provenance.Write(folder.Provenance);
        Console.WriteLine($"{folder.Path}: growth.csv, summary.md, provenance.json, {string.Join(", ", FigureFile.KeptFormats.Select(format => $"chart.{format}"))}");
    }

    /// <summary>Where the rows come from.</summary>
    private static Provenance ProvenanceOf(EngineOptions options, int repetitions)
    {
        var engine = new OwnEngine();
        return new Provenance
        {
            Sweep = "growth",
            Seed = 0,
            Repetitions = repetitions,
            Machine = MachineDescription.Current(),
            Environment = EnvironmentDescription.Current(),
            Engines = new Dictionary<string, string> { [OwnEngine.EngineName] = engine.Version },
            Fingerprints = new Dictionary<string, string> { [OwnEngine.EngineName] = engine.Fingerprint },
            Knobs = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["default"] = options.ToDictionary() },
            Runs = [RunDescription.Current()],
        };
    }

    private static string Describe(ShapeGrowth growth)
    {
        var last = growth.Rows[^1];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{growth.Shape,-26} {growth.Tier,-10} time N^{growth.OfTime:0.00}  memory N^{growth.OfMemory:0.00}  {last.CompileMs,7:0.0} ms at {last.Size} (first {last.FirstCompileMs:0.0} ms, module {last.ModuleBytes / 1024} KiB)  {last.LongestStep,-28} {growth.Remarks}").TrimEnd();
    }
}
