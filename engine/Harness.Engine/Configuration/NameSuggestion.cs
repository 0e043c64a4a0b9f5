namespace Harness.Engine.Configuration;

/// <summary>Finds the known name that a mistyped one was probably meant to be.</summary>
internal static class NameSuggestion
{
    /// <summary>The candidate with the smallest edit distance to the name.</summary>
    public static string Nearest(string name, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(name, candidate))!;

    /// <summary>Levenshtein distance: the fewest insertions, deletions and replacements that turn one into the other.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[to.Length];
    }
}
