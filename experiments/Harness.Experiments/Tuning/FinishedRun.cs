using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tuning;

/// <summary>A run as its folder tells it, when nothing is left to be measured: what it decided is read off its rows, and only the figures are computed again.</summary>
/// <param name="Specification">What was searched.</param>
/// <param name="Result">What was found.</param>
internal sealed record FinishedRun(TuningSpecification Specification, TuningResult Result)
{
    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="catalog">The programs that there are.</param>
    /// <exception cref="HarnessException">It is not finished, is a shard, or cannot be read.</exception>
    public static FinishedRun Read(TuningFolder folder, ProgramCatalog catalog)
    {
        var provenance = Provenance.Read(folder.Provenance);
        if (provenance?.Shard is { } shard)
        {
            throw new HarnessException($"{folder.Path} is shard {SweepShard.Parse(shard)} of a search, which is judged and reported when all are merged, with 'harness tune merge OUTPUT FOLDER...'");
        }

        var specification = folder.ReadSpecification(catalog);
        var rows = DurableCsv<Evaluation>.Read(folder.Evaluations);
        var evaluator = new RowsOnly(RecordedEvaluator.Index(rows, folder.Evaluations), folder);
        var result = new TuningRun(specification, evaluator, decided: new TuningRecord(rows)).Run();

        // A search that has found nothing to judge so far looks like one that has ended so.
        return result.Confirmed is null && result.Finalists.Count == 0 && provenance?.FinishedUtc is null
            ? throw new HarnessException($"the run in {folder.Path} is not finished; go on with 'harness tune continue {folder.Path}'")
            : new FinishedRun(specification, result);
    }

    private sealed class RowsOnly(Dictionary<EvaluationKey, Evaluation> rows, TuningFolder folder) : IEvaluator
    {
        public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs) => [.. process.Keys.Select(RowOf)];

        private Evaluation RowOf(EvaluationKey key) => rows.TryGetValue(key, out var row) ? row : throw new HarnessException(
            $"the run in {folder.Path} is not finished (no row of {key.Configuration} in phase {key.Phase}, round {key.Round}); go on with 'harness tune continue {folder.Path}'");
    }
}
