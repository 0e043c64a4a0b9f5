namespace Harness.Experiments.Reports;

/// <summary>Keeps generated text in documents up to date: what stands between two comments, the first of which names the command.</summary>
internal static class GeneratedSection
{
    private const string End = "<!-- end -->";

    /// <summary>Writes a text into a document, or to standard output.</summary>
    /// <param name="document">The document; null for standard output.</param>
    /// <param name="command">The command whose section it is, up to its options.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="HarnessException">The document has no section of the command, or cannot be written; it then is as it was.</exception>
    public static void Write(string? document, string command, string text)
    {
        if (document is null)
        {
            Console.Write(text);
            return;
        }

        if (!File.Exists(document))
        {
            throw new HarnessException($"there is no file {document}");
        }

        WholeFile.WriteText(document, Replace(File.ReadAllText(document), document, command, text));
        Console.WriteLine($"{document}: the section of '{command}' is up to date");
    }

    /// <summary>The document's content with the section replaced.</summary>
    public static string Replace(string content, string document, string command, string text)
    {
        var begin = content.IndexOf($"<!-- begin: {command} ", StringComparison.Ordinal);
        var start = begin < 0 ? -1 : content.IndexOf('\n', begin) + 1;
        var end = begin < 0 ? -1 : content.IndexOf(End, start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HarnessException($"{document} has no section '<!-- begin: {command} … -->' … '{End}'");
        }

        return content[..start] + text.TrimEnd('\n') + "\n" + content[end..];
    }
}
