namespace Harness.Experiments.Tests.Growth;

/// <summary>The chart of how compile time and memory grow can be had in every format, as those of sweeps can.</summary>
public sealed class GrowthChartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ItIsDrawnAgainFromItsRows()
    {
        var file = _folder.File("growth.pdf");
        var (exitCode, output, _) = HarnessProcess.Run("chart", "growth", "--output", file, "--width", "504");
        Assert.Equal((0, file), (exitCode, output.TrimEnd()));
        Assert.Equal("%PDF"u8, File.ReadAllBytes(file).AsSpan(0, 4));
    }

    [Fact]
    public void ThereIsOneKindOfIt()
    {
        var (exitCode, _, error) = HarnessProcess.Run("chart", "growth", "--kind", "bars", "--output", _folder.File("growth.svg"));
        Assert.Equal(2, exitCode);
        Assert.Contains("of which there is one chart; leave out --kind and --between", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("growth.svg")));
    }
}
