using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness tune status</c>: how far a search is and what it has found so far, also while it runs.</summary>
internal static class TuneStatusCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "folder of the run" };
        var json = new Option<bool>("--json") { Description = "print JSON: an object" };
        var suites = SuiteOption.Create();
        var command = new Command("status", "say how far a run is: its phase, the best candidate so far, what is left of the budget, and where others disturbed it") { folder, json, suites };
        command.SetAction(parsed =>
        {
            var run = TuningFolder.Find(parsed.GetRequiredValue(folder));
            var catalog = ProgramCatalog.Read(parsed.GetValue(suites) ?? []);
            TuningSpecification? specification = null;
            string? mistake = null;
            try
            {
                specification = run.ReadSpecification(catalog);
            }
            catch (HarnessException exception)
            {
                // Rows can be counted all the same, such as where nobody has said where a suite is.
                mistake = exception.Message;
            }

            var status = TuningStatus.Of(specification, DurableCsv<Evaluation>.Read(run.Evaluations), Provenance.Read(run.Provenance));
            if (parsed.GetValue(json))
            {
                Console.WriteLine(ToJson(status, Path.GetFileName(run.Path), mistake).ToJsonString(Json));
            }
            else
            {
                Print(status, mistake);
            }

            return 0;
        });
        return command;
    }

    private static void Print(TuningStatus status, string? mistake)
    {
        Console.WriteLine(status.FinishedUtc is null ? $"not finished, in phase {status.Phase}" : $"finished {status.FinishedUtc}");
        if (mistake is not null)
        {
            Console.WriteLine($"the best so far and the budget are not known: {mistake}");
        }
        else if (status.Best is { } best)
        {
            Console.WriteLine(FormattableString.Invariant($"best so far (phase {best.Phase}, {best.Rounds} rounds): objective {MarkdownTable.Times(best.Objective)} with {best.Configuration}{(best.IsFeasible ? "" : ", which breaks a constraint")}"));
        }
        else
        {
            Console.WriteLine("no candidate has worked so far in a whole round");
        }

        if (status.Budget.Count > 0)
        {
            Console.WriteLine($"left of the search's budget: {string.Join(", ", status.Budget.Select(Words))}; a batch takes up to {status.ProcessesOfBatch} processes");
        }

        if (status.Judgement is { } judgement)
        {
            Console.WriteLine($"left of the judgement: at most {Words(judgement)}");
        }

        foreach (var phase in status.Phases)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase.Name}: {phase.Rounds} rounds, {phase.Candidates} candidates, {phase.Measurements} measurements, {phase.Failed} failed, {phase.Minutes:0.0} minutes"));
        }

        foreach (var sentence in status.Environment.Sentences)
        {
            Console.WriteLine(sentence);
        }
    }

    private static string Words(BudgetStatus budget) => string.Create(CultureInfo.InvariantCulture, $"{budget.Left:0.#} of {budget.Limit:0.#} {budget.Unit}");

    private static JsonObject ToJson(TuningStatus status, string name, string? mistake) => new()
    {
        ["name"] = name,
        ["phase"] = status.Phase,
        ["finished_utc"] = status.FinishedUtc,
        ["best"] = OfCandidate(status.Best),
        ["budget"] = ArrayOf(status.Budget.Select(OfBudget)),
        ["processes_of_batch"] = status.ProcessesOfBatch,
        ["judgement"] = status.Judgement is { } judgement ? OfBudget(judgement) : null,
        ["phases"] = ArrayOf(status.Phases.Select(OfPhase)),
        ["warnings"] = ArrayOf(status.Environment.Warnings.Select(warning => JsonValue.Create(warning))),
        ["unknown"] = status.Environment.Unknown,
        ["mistake"] = mistake,
    };

    private static JsonObject? OfCandidate(LeadingCandidate? best) => best is null ? null : new JsonObject
    {
        ["phase"] = best.Phase,
        ["configuration"] = best.Configuration,
        ["objective"] = Number(best.Objective.Value),
        ["objective_low"] = Number(best.Objective.Low),
        ["objective_high"] = Number(best.Objective.High),
        ["rounds"] = best.Rounds,
        ["keeps_constraints"] = best.IsFeasible,
    };

    private static JsonArray ArrayOf(IEnumerable<JsonNode?> items) => new(items.ToArray());

    private static JsonObject OfBudget(BudgetStatus budget) => new() { ["unit"] = budget.Unit, ["limit"] = budget.Limit, ["used"] = budget.Used, ["left"] = budget.Left };

    private static JsonObject OfPhase(PhaseStatus phase) => new()
    {
        ["phase"] = phase.Name,
        ["rounds"] = phase.Rounds,
        ["candidates"] = phase.Candidates,
        ["measurements"] = phase.Measurements,
        ["failed"] = phase.Failed,
        ["minutes"] = phase.Minutes,
        ["best"] = OfCandidate(phase.Best),
    };

    /// <summary>A number; nothing where it is not known, which JSON has no number for.</summary>
    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
