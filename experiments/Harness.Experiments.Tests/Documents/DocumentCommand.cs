using System.Text;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Tests.Documents;

/// <summary>A command that a document tells its readers to type, as they would type it but for words in capitals, which stand for something of theirs.</summary>
/// <param name="Document">The document, relative to the project's folder.</param>
/// <param name="Line">Its line there.</param>
/// <param name="Text">The command, with <c>harness</c> for <c>./harness</c>.</param>
internal sealed partial record DocumentCommand(string Document, int Line, string Text)
{
    private static readonly string[] Folders = ["engine", "experiments", "notebooks", "workloads"];
    private static readonly string[] Foreign = ["node_modules", "bin", "obj"];

    /// <summary>Whether it only names a command of the harness, <c>harness tune</c>, where that is spoken of.</summary>
    public bool IsMention => Mention().IsMatch(Text);

    public override string ToString() => $"{Document}:{Line}: {Text}";

    /// <summary>The commands of all documents of the project.</summary>
    public static IReadOnlyList<DocumentCommand> FindAll() =>
        [.. Documents().SelectMany(path => Find(Path.GetRelativePath(ProjectLayout.Root, path), File.ReadAllText(path)))];

    /// <summary>The documents of the project, but for those of results.</summary>
    public static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(ProjectLayout.Root, "*.md")
            .Concat(Folders.Select(folder => Path.Combine(ProjectLayout.Root, folder)).Where(Directory.Exists).SelectMany(InFolder))
            .Order(StringComparer.Ordinal);

    /// <summary>The documents in a folder and in those below, but for what is made there and packages of others.</summary>
    public static IEnumerable<string> InFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*.md")
            .Concat(Directory.EnumerateDirectories(folder).Where(path => !Foreign.Contains(Path.GetFileName(path))).SelectMany(InFolder));

    /// <summary>
    /// The commands of a document: lines of code blocks of the shell, code within text, and the comments before generated sections. A code block of another language is an
    /// example of a file.
    /// </summary>
    public static IEnumerable<DocumentCommand> Find(string document, string content)
    {
        var prose = new StringBuilder();
        string? language = null;
        var lines = content.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                language = language is null ? line[3..].Trim() : null;
                prose.Append('\n');
                continue;
            }

            // A line of prose keeps its number, and a block is a gap in it.
            prose.Append(language is null ? lines[i] : "").Append('\n');
            if (language is "" or "sh" or "bash" && Program().IsMatch(line))
            {
                yield return new DocumentCommand(document, i + 1, Normalize(line));
            }
        }

        var text = prose.ToString();
        foreach (var match in CodeInText().Matches(text).Concat(SectionComment().Matches(text)).OrderBy(match => match.Index))
        {
            var code = Normalize(match.Groups["code"].Value);
            if (Program().IsMatch(code))
            {
                yield return new DocumentCommand(document, 1 + text.AsSpan(0, match.Index).Count('\n'), code);
            }
        }
    }

    private static string Normalize(string text)
    {
        var command = Comment().Replace(text, "").Replace("\\|", "|", StringComparison.Ordinal);
        command = Spaces().Replace(command, " ").Trim();
        return command.StartsWith("./harness", StringComparison.Ordinal) ? command[2..] : command;
    }

    /// <summary>What starts a command, with at least one word behind it.</summary>
    [GeneratedRegex(@"^((\./)?harness|dotnet|node|npm|npx|git|apt-get|jupyter-nbconvert|[A-Z_]+=\S+) \S")]
    private static partial Regex Program();

    [GeneratedRegex(@"^harness [a-z][a-z-]*$")]
    private static partial Regex Mention();

    /// <summary>Code in a text, which may go on in the next line of a paragraph.</summary>
    [GeneratedRegex(@"`(?<code>[^`\n]+(\n[^`\n]+)?)`")]
    private static partial Regex CodeInText();

    [GeneratedRegex(@"<!-- begin: (?<code>.*?) -->")]
    private static partial Regex SectionComment();

    [GeneratedRegex(@"\s+#\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
