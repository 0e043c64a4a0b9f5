using System.Globalization;

namespace Harness.Hosts.Tests.Wasi;

/// <summary>
/// Programs in C whose whole observable result is the same here, in Node and in Wasmtime, but for what <c>differences.txt</c> names.
/// </summary>
public sealed class WasiComparisonTests
{
    /// <summary>Programs for which Node would wait for hours.</summary>
    private static readonly string[] NotInNode = ["absolute-time"];

    public static TheoryData<string> Programs =>
        [.. Directory.GetFiles(Runners.ProgramFolder, "*.c").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];

    [Theory]
    [MemberData(nameof(Programs))]
    public void ProgramGivesTheSameAsInNodeAndInWasmtime(string program)
    {
        var module = Path.Combine(Runners.ProgramFolder, program + ".wasm");
        var ours = Runners.RunOurs(module);
        if (!NotInNode.Contains(program))
        {
            KnownDifferences.Check(program, "node", Differences(ours, Runners.RunNode(module)));
        }

        KnownDifferences.Check(program, "wasmtime", Differences(ours, Runners.RunWasmtime(module)));
    }

    private static List<string> Differences(Outcome ours, Outcome theirs)
    {
        var differences = new List<string>();
        if (ours.ExitCode != theirs.ExitCode)
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"exit code: {ours.ExitCode} <> {theirs.ExitCode}"));
        }

        if (ours.ErrorOutput != theirs.ErrorOutput)
        {
            differences.Add($"error output: {ours.ErrorOutput.Split('\n')[0]} <> {theirs.ErrorOutput.Split('\n')[0]}");
        }

        var left = ours.Output.Split('\n');
        var right = theirs.Output.Split('\n');
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var leftLine = left.ElementAtOrDefault(i) ?? "(nothing)";
            var rightLine = right.ElementAtOrDefault(i) ?? "(nothing)";
            if (leftLine != rightLine)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"output {i + 1}: {leftLine} <> {rightLine}"));
            }
        }

        differences.AddRange(ours.Folder.Split('\n').Except(theirs.Folder.Split('\n')).Select(line => $"folder: {line} <> (nothing)"));
        differences.AddRange(theirs.Folder.Split('\n').Except(ours.Folder.Split('\n')).Select(line => $"folder: (nothing) <> {line}"));
        return differences;
    }
}
