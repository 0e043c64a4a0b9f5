using System.Diagnostics;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Documents;

/// <summary>
/// Every command that a document names is run: as it stands there, or in a shorter form that <c>commands.yaml</c> gives with a reason. A command that is not in that table
/// fails, and so does an entry whose command no document has any more.
/// </summary>
public sealed class DocumentCommandTests(DocumentExamples examples) : IClassFixture<DocumentExamples>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The commands of the table that are run here.</summary>
    public static TheoryData<string> Commands => [.. DocumentCommandTable.Read().Values.Where(entry => !entry.Elsewhere).Select(entry => entry.Command)];

    /// <summary>The commands that are only named.</summary>
    public static TheoryData<string> Mentions => [.. DocumentCommand.FindAll().Where(command => command.IsMention).Select(command => command.Text).Distinct().Except(DocumentCommandTable.Read().Keys)];

    [Fact]
    public void EveryCommandIsInTheTable()
    {
        var table = DocumentCommandTable.Read();
        var missing = DocumentCommand.FindAll().Where(command => !command.IsMention && !table.ContainsKey(command.Text)).ToList();
        Assert.True(
            missing.Count == 0,
            $"commands of documents that nothing tries; add an entry for each to {DocumentCommandTable.FilePath} ('- command: …', with 'run:' and 'because:' where it cannot run as it stands):\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void EveryEntryIsInADocumentAndSaysWhyItIsShortened()
    {
        var known = DocumentCommand.FindAll().Select(command => command.Text).ToHashSet();
        foreach (var entry in DocumentCommandTable.Read().Values)
        {
            Assert.True(known.Contains(entry.Command), $"no document has '{entry.Command}' any more; take it out of {DocumentCommandTable.FilePath}");
            Assert.True(entry.Because is not null || (entry.Run.Count == 0 && !entry.Elsewhere), $"'{entry.Command}' does not say why something else is run in its place");
        }
    }

    [Fact]
    public void FilesThatCommandsOfOthersNameAreThere()
    {
        foreach (var entry in DocumentCommandTable.Read().Values.Where(entry => entry.Elsewhere))
        {
            foreach (var word in DocumentCommandTable.Words(entry.Command).Where(word => word.Contains('/', StringComparison.Ordinal) || word.EndsWith(".sln", StringComparison.Ordinal)))
            {
                Assert.True(Path.Exists(Path.Combine(ProjectLayout.Root, word)), $"'{entry.Command}' names {word}, which is not there");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void ItRuns(string command)
    {
        var entry = DocumentCommandTable.Read()[command];
        var output = "";
        for (var i = 0; i < entry.Runs.Count; i++)
        {
            var run = entry.Runs[i].Replace("{temp}", examples.Root, StringComparison.Ordinal);
            output = Run(run, i == entry.Runs.Count - 1 ? entry.Exit : 0);
        }

        if (entry.Prints is { } part)
        {
            Assert.Contains(part, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Mentions))]
    public void ItIsACommand(string command) => Assert.Contains(command, Run(command + " --help", 0), StringComparison.Ordinal);

    [Theory]
    [InlineData("```\n./harness a  b   # why\n\n```\n`./harness a` is\n", "2: harness a b", "5: harness a")]
    [InlineData("| `harness run\\|build FILE` | what |\n", "1: harness run|build FILE")]
    [InlineData("```yaml\nharness: a\n```\n```json\n./harness b\n```\n", "")]
    [InlineData("the `harness` command, `harnesses x` and `dotnet\ntest A.sln`\n", "1: dotnet test A.sln")]
    [InlineData("<!-- begin: ./harness knobs --markdown KNOBS.md -->\n", "1: harness knobs --markdown KNOBS.md")]
    public void CommandsAreFoundInDocuments(string text, params string[] expected)
    {
        var found = DocumentCommand.Find("x.md", text).Select(command => $"{command.Line}: {command.Text}").ToList();
        Assert.Equal(expected.Where(line => line.Length > 0), found);
    }

    /// <summary>Runs a command in the project's folder, and gives what it printed on both outputs.</summary>
    private static string Run(string command, int exitCode)
    {
        var words = DocumentCommandTable.Words(command);
        var (program, arguments) = words[0] switch
        {
            "harness" => ("dotnet", words.Skip(1).Prepend(typeof(HarnessException).Assembly.Location)),
            "node" => (NodeInstallation.NodePath, words.Skip(1)),
            _ => throw new InvalidOperationException($"'{words[0]}' is not run here"),
        };
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = ProjectLayout.Root,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{command}' took longer than {Limit.TotalMinutes} minutes; shorten it in {DocumentCommandTable.FilePath}");
        }

        process.WaitForExit();
        var all = output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == exitCode, $"'{command}' ended with {process.ExitCode} instead of {exitCode}:\n{all}");
        Assert.DoesNotContain("\n   at ", all, StringComparison.Ordinal);
        return all;
    }
}
