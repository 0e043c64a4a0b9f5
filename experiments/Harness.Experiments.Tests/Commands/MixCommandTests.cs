using Harness.Engine.Diagnostics;
using Harness.Experiments.Commands;
using Harness.Hosts;

namespace Harness.Experiments.Tests.Commands;

/// <summary>The table of two programs says where they are not alike.</summary>
public sealed class MixCommandTests
{
    [Fact]
    public void SharesThatDifferByMoreThanTwoAreMarked()
    {
        var left = Of(new() { ["local"] = 60, ["constant"] = 30, ["control"] = 9, ["vector"] = 1 });
        var right = Of(new() { ["local"] = 80, ["constant"] = 10, ["control"] = 10 });

        var text = MixCommand.ToTable(["a", "b|c"], [left, right]);

        Assert.Contains("| instructions | a | b\\|c | differ |", text, StringComparison.Ordinal);
        Assert.Contains("| local | 60.0% | 80.0% |  |", text, StringComparison.Ordinal);
        Assert.Contains("| constant | 30.0% | 10.0% | x |", text, StringComparison.Ordinal);
        Assert.Contains("| control | 9.0% | 10.0% |  |", text, StringComparison.Ordinal);
        Assert.Contains("| vector | 1.0% | 0.0% | x |", text, StringComparison.Ordinal);
        Assert.Contains("| bytes allocated for each function entered | 2.50 | 2.50 |", text, StringComparison.Ordinal);
        Assert.Contains("| survivors made old, share of bytes | 10.0% | 10.0% |", text, StringComparison.Ordinal);
    }

    private static MixCommand.Measured Of(Dictionary<string, double> instructions) =>
        new(new ProgramMix(400, instructions, new Dictionary<string, double>(), new Dictionary<string, double>()), new HeapTotals(0, 0, TimeSpan.Zero, TimeSpan.Zero, 1000, 100));
}
