using System.Text.RegularExpressions;

namespace Harness.Experiments.Tests.Documents;

/// <summary>What documents name is in the code under that name: types and members, folders, and files of sources. So what is renamed or moved is renamed in the documents, too.</summary>
public sealed partial class DocumentNameTests
{
    private static readonly string[] Sources = ["engine", "experiments", "workloads"];
    private static readonly string[] Made = ["bin", "obj", "node_modules"];

    [Fact]
    public void EveryNameIsInTheCode()
    {
        var files = Sources.SelectMany(folder => Files(Path.Combine(ProjectLayout.Root, folder))).ToList();
        var names = files.SelectMany(NamesOf).ToHashSet();
        var missing = DocumentCommand.Documents()
            .SelectMany(document => CodeOf(document).Where(code => !IsThere(code, names, files)).Select(code => $"{Path.GetRelativePath(ProjectLayout.Root, document)}: {code}"))
            .ToList();
        Assert.True(missing.Count == 0, $"documents name what the code does not have:\n{string.Join('\n', missing)}");
    }

    [Theory]
    [InlineData("Store.Interrupt", true)]
    [InlineData("Store.Stop", false)]
    [InlineData("a/Store.cs", true)]
    [InlineData("b/Store.cs", false)]
    [InlineData("Store.*.cs", false)]
    [InlineData("St*.cs", true)]
    [InlineData("b/NAME.cs", true)]
    [InlineData("--deopt off", true)]
    public void NamesAndFilesAreLookedUp(string code, bool isThere) => Assert.Equal(isThere, IsThere(code, ["Store", "Interrupt"], ["/engine/a/Store.cs"]));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(path => !Made.Contains(Path.GetFileName(path))).SelectMany(Files));

    /// <summary>The words of a path, and those of a source's code without what has lines of comment for itself.</summary>
    private static IEnumerable<string> NamesOf(string file)
    {
        var path = Path.GetRelativePath(ProjectLayout.Root, file).Split('/', '.');
        return file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".dart", StringComparison.Ordinal)
            ? path.Concat(File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)).SelectMany(line => Word().Matches(line).Select(match => match.Value)))
            : path;
    }

    /// <summary>What a document has as code within its text.</summary>
    private static IEnumerable<string> CodeOf(string document) =>
        Code().Matches(Block().Replace(File.ReadAllText(document), "")).Select(match => match.Groups["code"].Value).Distinct();

    /// <summary>Whether code within a text is none that this looks at (a command, a knob, a word in capitals for something of the reader's), or names what is there.</summary>
    private static bool IsThere(string code, HashSet<string> names, List<string> files)
    {
        if (Name().IsMatch(code))
        {
            return code.Split('.').All(names.Contains);
        }

        if (!SourceFile().IsMatch(code) || code.Contains("NAME", StringComparison.Ordinal))
        {
            return true;
        }

        var pattern = new Regex("/" + Regex.Escape(code).Replace("\\*", "[^/]*", StringComparison.Ordinal) + "$");
        return files.Exists(file => pattern.IsMatch(file));
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"`(?<code>[^`\n]+)`")]
    private static partial Regex Code();

    /// <summary>A type, a member of one, or a folder.</summary>
    [GeneratedRegex(@"^(?=.*[a-z])[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[\w.*/-]+\.(cs|mjs|rules|csproj)$")]
    private static partial Regex SourceFile();
}
