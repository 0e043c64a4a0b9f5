using System.CommandLine;
using Harness.Experiments.Commands;

namespace Harness.Experiments.Tests.Commands;

public sealed class KnobOptionsTests
{
    [Fact]
    public void OptionsOfTheirOwnComeBeforeThoseOfAFile()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("winner.yaml", "deopt: off\ninlining.budget: 300\nv8.wasm-opt: off\n");
        var command = new Command("test");
        var knobs = KnobOptions.AddTo(command);
        Assert.Equal(
            new Dictionary<string, string> { ["deopt"] = "on", ["inlining.budget"] = "300" },
            knobs.Read(command.Parse(["--config", file, "--deopt", "on"])));
        Assert.Equal(new Dictionary<string, string> { ["deopt"] = "on" }, knobs.Read(command.Parse(["--deopt", "on"])));
    }
}
