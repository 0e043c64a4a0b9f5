using Harness.Experiments.Reports;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tests.Reports;

/// <summary>How numbers are written for people.</summary>
public sealed class MarkdownTableTests
{
    [Theory]
    [InlineData(235.123, "235.1")]
    [InlineData(1, "1.0")]
    [InlineData(0.5, "0.500")]
    [InlineData(0.03, "0.0300")]
    [InlineData(0.0012345, "0.00123")]
    [InlineData(0, "0.0")]
    public void TimesBelowAMillisecondHaveThreeDigitsThatSaySomething(double milliseconds, string text) => Assert.Equal(text, MarkdownTable.Time(milliseconds, "0.0"));

    [Fact]
    public void TheirIntervalsHaveAsMany()
    {
        Assert.Equal("0.00123 (0.00100–0.00200)", MarkdownTable.Time(new Estimate(0.00123, 0.001, 0.002)));
        Assert.Equal("12.35 (11.00–13.00)", MarkdownTable.Time(new Estimate(12.345001, 11, 13)));
        Assert.Equal("–", MarkdownTable.Time(null));
    }
}
