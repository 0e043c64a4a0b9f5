using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>A program on this engine: explained in this process, measured in fresh ones.</summary>
/// <param name="program">Name of the program.</param>
/// <param name="workloads">Names of its workloads that count.</param>
/// <param name="folder">Where files of decisions are put.</param>
/// <param name="evaluator">What measures.</param>
/// <param name="explain">Runs the program and explains what was done.</param>
internal sealed class ProgramWorld(
    string program, IReadOnlyList<string> workloads, OracleFolder folder, IEvaluator evaluator, Func<EngineOptions, Explanation> explain) : IOracleWorld
{
    private readonly Dictionary<string, CallDecision> _known = [];
    private string? _moduleHash;

    /// <summary>SHA-256 of the module, once something was explained.</summary>
    public string ModuleHash => _moduleHash ?? throw new InvalidOperationException("nothing was explained yet");

    /// <summary>All calls that were seen.</summary>
    public IEnumerable<CallDecision> KnownCalls => _known.Values;

    public IReadOnlyList<CallDecision> Explain(OracleChoice choice)
    {
        var found = ReadKept(choice) ?? Run(choice);
        _moduleHash ??= found.ModuleHash;
        foreach (var call in found.Calls)
        {
            _known.TryAdd(call.Path, call);
        }

        return found.Calls;
    }

    public double? Measure(string phase, int round, string name, OracleChoice choice)
    {
        var rows = evaluator.Evaluate(new EvaluationProcess(phase, round, name, program, workloads), KnobsOf(choice));
        return rows.All(row => row.IsOk) ? Math.Exp(rows.Average(row => Math.Log(row.ExecuteMs))) : null;
    }

    private ExplainedCalls Run(OracleChoice choice)
    {
        // Functions are optimized at the call that uses up their budget, so that all choices see the same feedback. The oracle writes features down, with decisions or without.
        var knobs = new Dictionary<string, string>(choice.Start.Knobs) { ["inlining.policy"] = "oracle", ["inlining.decisions"] = FileOf(choice), ["tier-up"] = "synchronous" };
        var explanation = explain(EngineOptions.FromDictionary(knobs));
        var found = new ExplainedCalls(explanation.ModuleHash!, CallDecision.Of(explanation));
        WholeFile.WriteText(folder.CallsOf(choice.Name), JsonSerializer.Serialize(found));
        return found;
    }

    /// <summary>What was found out before; null if nothing was.</summary>
    private ExplainedCalls? ReadKept(OracleChoice choice)
    {
        var path = folder.CallsOf(choice.Name);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ExplainedCalls>(File.ReadAllText(path));
        }
        catch (JsonException exception)
        {
            throw new HarnessException($"{path} is damaged: {exception.Message.Split('\n')[0]}; delete it to find it out anew", exception);
        }
    }

    private IReadOnlyDictionary<string, string> KnobsOf(OracleChoice choice) => choice.KnobsWith(choice.IsPolicyAlone ? "" : FileOf(choice));

    /// <summary>The file of a choice, which is written unless it is there.</summary>
    private string FileOf(OracleChoice choice)
    {
        var path = folder.DecisionsOf(choice.Name);
        if (!File.Exists(path))
        {
            WholeFile.WriteText(path, DecisionsText.Write(choice, _moduleHash, _known.Values));
        }

        return path;
    }

    /// <summary>What an explanation says of calls.</summary>
    private sealed record ExplainedCalls(string ModuleHash, IReadOnlyList<CallDecision> Calls);
}
