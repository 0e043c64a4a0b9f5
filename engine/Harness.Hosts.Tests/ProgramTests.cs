using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts.Programs;

namespace Harness.Hosts.Tests;

/// <summary>The large programs give the same on this engine, in every configuration, as in Node.</summary>
public sealed class ProgramTests
{
    private static readonly Dictionary<string, EngineOptions> Options = new()
    {
        ["default"] = EngineOptions.Default,
        ["never"] = EngineOptions.Default with { TierUp = TierUpMode.Never },
        ["no deopt"] = EngineOptions.Default with { Deopt = false },
        ["failing guards"] = EngineOptions.Default with { StressGuardFailInterval = 1000 },
        ["collecting"] = EngineOptions.Default with { StressGcInterval = 5 },
    };

    public static TheoryData<string> Configurations => [.. Options.Keys];

    private static string Root => Experiments.ProjectLayout.Root;

    [Theory]
    [MemberData(nameof(Configurations))]
    public void SqliteGivesTheRowsAndSumsOfTheFile(string configuration)
    {
        using var program = new SqliteProgram(NodeInstallation.SqlitePath, Path.Combine(Root, "workloads", "sqlite", "statements.txt"), Options[configuration]);
        ExecutionThread.Run(Options[configuration], () =>
        {
            program.Load();
            program.Iterate();
        });
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void QuickJsGivesWhatItGivesInNode(string configuration)
    {
        using var program = new QuickJsProgram(NodeInstallation.QuickJsPath, Path.Combine(Root, "workloads", "quickjs", "benchmark.js"), Options[configuration]);
        var text = string.Empty;
        ExecutionThread.Run(Options[configuration], () =>
        {
            program.Load();
            text = program.Iterate().Text;
        });
        Assert.Equal(QuickJsInNode.Value, text.TrimEnd('\n'));
    }

    private static readonly Lazy<string> QuickJsInNode = new(() => RunNode("quickjs"));

    private static string RunNode(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(NodeInstallation.NodePath, [Path.Combine(Root, "experiments", "node", "drive.mjs"), program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().TrimEnd('\n');
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output;
    }
}
