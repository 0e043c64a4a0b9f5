using System.Text.RegularExpressions;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Conformance;

/// <summary>
/// Counts results of Dart's conformance suite by directory. Programs that must run and need what the compiler says that it does not support are excluded, with the reason; a failure of the
/// compiler itself counts against the share that its test belongs to.
/// </summary>
internal sealed partial class ConformanceTable
{
    private const string Total = "all";
    private const int ReasonsShown = 3;

    private readonly SortedDictionary<string, Counts> _rows = new(StringComparer.Ordinal);
    private readonly Counts _all = new();

    /// <summary>Counts a result.</summary>
    public void Count(ConformanceResult result)
    {
        if (!_rows.TryGetValue(result.Directory, out var row))
        {
            _rows[result.Directory] = row = new Counts();
        }

        row.Add(result);
        _all.Add(result);
    }

    /// <summary>The table: a row for each directory, and one for all where there are several.</summary>
    public ResultTable Create()
    {
        var table = new ResultTable(
        [
            new TableColumn("directory"), new TableColumn("passed", "0"), new TableColumn("failed", "0"), new TableColumn("passed_share", "0.0%"),
            new TableColumn("refused", "0"), new TableColumn("not_refused", "0"), new TableColumn("refused_share", "0.0%"),
            new TableColumn("compiler_failed", "0"), new TableColumn("excluded", "0"), new TableColumn("excluded_since"),
        ]);
        foreach (var (directory, row) in _rows)
        {
            row.AddTo(table, directory);
        }

        if (_rows.Count > 1)
        {
            _all.AddTo(table, Total);
        }

        return table;
    }

    // Reasons that differ only in names are the same.
    [GeneratedRegex(@"'(?!dart:)[^']*'")]
    private static partial Regex Name();

    [GeneratedRegex(@"^.*?: Error: ")]
    private static partial Regex Place();

    private sealed class Counts
    {
        private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);
        private int _passed, _failed, _refused, _notRefused, _compilerFailed;

        public void Add(ConformanceResult result)
        {
            if (result.Outcome == DartOutcome.Crashed)
            {
                _compilerFailed++;
            }

            if (result.MustBeRefused)
            {
                (result.IsRight ? ref _refused : ref _notRefused)++;
            }
            else if (result.Outcome == DartOutcome.Unsupported)
            {
                AddReason(result.Reason);
            }
            else
            {
                (result.IsRight ? ref _passed : ref _failed)++;
            }
        }

        public void AddTo(ResultTable table, string directory) => table.Add(
            directory, _passed, _failed, Share(_passed, _failed), _refused, _notRefused, Share(_refused, _notRefused), _compilerFailed, _reasons.Values.Sum(), Reasons());

        private static double Share(int some, int others) => some + others == 0 ? double.NaN : (double)some / (some + others);

        private void AddReason(string reason)
        {
            var kind = Name().Replace(Place().Replace(reason, ""), "'…'");
            _reasons[kind] = _reasons.GetValueOrDefault(kind) + 1;
        }

        private string Reasons()
        {
            var sorted = _reasons.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
            var shown = string.Join("; ", sorted.Take(ReasonsShown).Select(pair => $"{pair.Value}: {pair.Key}"));
            return sorted.Count > ReasonsShown ? $"{shown}; {sorted.Skip(ReasonsShown).Sum(pair => pair.Value)} others" : shown;
        }
    }
}
