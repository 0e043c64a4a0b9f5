using System.ComponentModel;

namespace Harness.Experiments.Tests;

/// <summary>What is run to its end is read as a whole, and waits for nobody.</summary>
public sealed class ToolProcessTests
{
    [Fact]
    public void BothOutputsAreReadHoweverMuchItPrints()
    {
        var (exitCode, output, error) = ToolProcess.Run("bash", ["-c", "head -c 300000 /dev/zero | tr '\\0' e >&2; head -c 300000 /dev/zero | tr '\\0' o; exit 3"]);
        Assert.Equal(3, exitCode);
        Assert.Equal(new string('o', 300_000), output);
        Assert.Equal(new string('e', 300_000), error);
    }

    [Fact]
    public void ItWaitsForNobodysInput() => Assert.Equal(new ToolOutput(0, "ends\n", ""), ToolProcess.Run("bash", ["-c", "cat; echo ends"]));

    [Fact]
    public void FolderAndEnvironmentAreItsOwn()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["HARNESS_TEST"] = "a value" };
        Assert.Equal($"{folder.Path}\na value\n", ToolProcess.Run("bash", ["-c", "pwd -P; echo \"$HARNESS_TEST\""], folder.Path, environment).Output);
    }

    [Fact]
    public void WhatIsNotInstalledCannotBeStarted() => Assert.Throws<Win32Exception>(() => ToolProcess.Run("harness-no-such-program", []));
}
