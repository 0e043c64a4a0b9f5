using System.Text.RegularExpressions;

namespace Harness.Experiments.Tests.Documents;

/// <summary>A link of a document to a file or a folder of the project, or to a heading of a document. Links to other places are none of these.</summary>
/// <param name="Document">Path of the document.</param>
/// <param name="Line">Its line there.</param>
/// <param name="Target">What it leads to, as it is written: a path relative to the document, a hash sign with an anchor, or both.</param>
internal sealed partial record DocumentLink(string Document, int Line, string Target)
{
    public override string ToString() => $"{Path.GetRelativePath(ProjectLayout.Root, Document)}:{Line}: {Target}";

    /// <summary>The links of all documents of the project, those of results among them.</summary>
    public static IEnumerable<DocumentLink> FindAll() =>
        DocumentCommand.Documents().Concat(DocumentCommand.InFolder(ProjectLayout.Results)).SelectMany(path => Find(path, File.ReadAllText(path)));

    /// <summary>The links of a document, pictures among them: what is code has none.</summary>
    public static IEnumerable<DocumentLink> Find(string document, string content)
    {
        // Of code the line ends stay, by which lines are counted.
        var text = Code().Replace(content, code => new string('\n', code.ValueSpan.Count('\n')));
        return Link().Matches(text)
            .Where(match => !Address().IsMatch(match.Groups["target"].Value))
            .Select(match => new DocumentLink(document, 1 + text.AsSpan(0, match.Index).Count('\n'), match.Groups["target"].Value));
    }

    /// <summary>
    /// The anchors of a document's headings, as GitHub makes them: the text in small letters, without punctuation, with hyphens for spaces. Of headings with the same text all but the first are
    /// numbered.
    /// </summary>
    public static IReadOnlyList<string> AnchorsOf(string content)
    {
        var anchors = new List<string>();
        var counts = new Dictionary<string, int>();
        foreach (var heading in Heading().Matches(Block().Replace(content, "")).Select(match => match.Groups["text"].Value))
        {
            var text = LinkInHeading().Replace(heading, "${text}");
            var anchor = NotInAnchors().Replace(text.ToLowerInvariant(), "").Replace(' ', '-');
            var earlier = counts.GetValueOrDefault(anchor);
            counts[anchor] = earlier + 1;
            anchors.Add(earlier == 0 ? anchor : $"{anchor}-{earlier}");
        }

        return anchors;
    }

    /// <summary>Why it leads nowhere; null if it leads somewhere.</summary>
    /// <param name="root">The folder of the project, which no link leaves.</param>
    public string? FindProblem(string root)
    {
        var hash = Target.IndexOf('#', StringComparison.Ordinal);
        var path = hash < 0 ? Target : Target[..hash];
        var file = path.Length == 0 ? Document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Document)!, Uri.UnescapeDataString(path)));
        if (file != root && !file.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return "it leaves the project";
        }

        if (!Path.Exists(file))
        {
            return "there is nothing of this name";
        }

        if (hash < 0)
        {
            return null;
        }

        return Path.GetExtension(file) == ".md" && AnchorsOf(File.ReadAllText(file)).Contains(Target[(hash + 1)..]) ? null : "there is no such heading";
    }

    /// <summary>A block of code, or code within a text, which may go on in the next line of a paragraph.</summary>
    [GeneratedRegex(@"^ *```.*?^ *```|`[^`\n]+(\n[^`\n]+)?`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)")]
    private static partial Regex Link();

    /// <summary>What begins with a scheme, such as https.</summary>
    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:")]
    private static partial Regex Address();

    [GeneratedRegex(@"^#{1,6} +(?<text>.+?)( +#+)? *$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    /// <summary>A link in a heading, of which the text counts.</summary>
    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkInHeading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
