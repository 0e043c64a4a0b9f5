using System.Text;

namespace Harness.Dart.Semantics;

/// <summary>
/// Text of the core library that is the same for several kinds of numbers. A head <c>//: $Kind | $E</c> has names, rows <c>//: Int8 | int</c> have their words, and the text up to
/// <c>//: end</c> is read once for each row, with its words in the place of the names, from left to right.
/// </summary>
internal static class CoreTemplate
{
    private const string Mark = "//: ";
    private const string End = Mark + "end";

    /// <summary>The text without templates.</summary>
    public static string Expand(string text)
    {
        if (!text.Contains("\n" + Mark, StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Mark, StringComparison.Ordinal))
            {
                result.Append(lines[i]).Append('\n');
                continue;
            }

            var names = Cells(lines[i++]);
            var rows = new List<string[]>();
            for (; lines[i].StartsWith(Mark, StringComparison.Ordinal); i++)
            {
                rows.Add(Cells(lines[i]));
            }

            var body = string.Join('\n', lines.Skip(i).TakeWhile(line => line != End)) + "\n";
            while (lines[i] != End)
            {
                i++;
            }

            foreach (var row in rows)
            {
                result.Append(names.Zip(row).Aggregate(body, (current, cell) => current.Replace(cell.First, cell.Second, StringComparison.Ordinal)));
            }
        }

        return result.ToString();
    }

    private static string[] Cells(string line) => line[Mark.Length..].Split(" | ", StringSplitOptions.TrimEntries);
}
