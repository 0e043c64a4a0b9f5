using Harness.Engine.Diagnostics;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Documents;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Tuning;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary>
/// What the winner of a tuning run inlines that the default does not, and the other way round, in the programs where it makes most difference: found by running
/// them once more in both configurations, on this engine. Where the winner says how programs are compiled, both run what it compiles: calls of two modules are not the same calls.
/// </summary>
internal static class WinnerDecisions
{
    private const int MostRows = 20;

    /// <summary>The differences as parts of a report; none where the run is another engine's, or has no winner that was judged.</summary>
    /// <param name="specification">What was searched.</param>
    /// <param name="result">What was found.</param>
    /// <param name="programs">Programs to look into at most.</param>
    public static IReadOnlyList<ReportItem> Of(TuningSpecification specification, TuningResult result, int programs)
    {
        if (specification.Engine != OwnEngine.EngineName || result.Winner is not { Knobs.Count: > 0 } winner)
        {
            return [];
        }

        var judged = (result.Confirmed?.Programs ?? []).Concat(result.HeldOut?.Programs ?? []);
        var chosen = judged
            .OrderByDescending(program => Math.Abs(Math.Log(program.Speedup.Value)))
            .DistinctBy(program => specification.ProgramOf(program.Program))
            .Take(programs)
            .ToList();
        return [.. chosen.SelectMany(program => Explain(specification.Programs[specification.ProgramOf(program.Program)], program, winner))];
    }

    private static IEnumerable<ReportItem> Explain(ProgramDefinition definition, ProgramJudgement judgement, Trial winner)
    {
        var caption = FormattableString.Invariant($"{definition.Name} ({judgement.Program}: {judgement.Speedup.Value:0.00}x)");
        var knobs = winner.Knobs.Where(pair => definition.IsCompiled || !KnobCatalog.IsOfPrograms(pair.Key)).ToDictionary();
        ResultTable table;
        try
        {
            table = DiffDecisionsCommand.MakeTable(Run(definition, knobs.Where(pair => KnobCatalog.IsOfPrograms(pair.Key)).ToDictionary()), Run(definition, knobs));
        }
        catch (Exception exception) when (exception is HarnessException or WasmTrapException)
        {
            return [new ReportText($"{caption}: not known, {exception.Message}")];
        }

        return [new ReportTable(caption, Shorten(table, PreparedPrograms.BuildOf(definition, knobs)))];
    }

    private static Explanation Run(ProgramDefinition program, IReadOnlyDictionary<string, string> knobs) =>
        ExplainCommand.ExplainProgram(program, 1, DiffDecisionsCommand.OptionsOf(knobs), new RecorderOptions(), new HashSet<string>(), knobs);

    private static ResultTable Shorten(ResultTable table, string build)
    {
        var shortened = new ResultTable(table.Columns);
        foreach (var row in table.Rows.Take(MostRows))
        {
            shortened.Add(row);
        }

        foreach (var note in table.Notes)
        {
            shortened.AddNote(note);
        }

        if (table.Rows.Count > MostRows)
        {
            shortened.AddNote($"The {MostRows} that are called most are shown; 'harness diff-decisions' lists all. a is the default, b the winner.");
        }
        else
        {
            shortened.AddNote("a is the default, b the winner.");
        }

        if (build.Length > 0)
        {
            shortened.AddNote($"Both run the module that the winner's knobs compile ({build}): calls of the module that the default compiles are other calls.");
        }

        return shortened;
    }
}
