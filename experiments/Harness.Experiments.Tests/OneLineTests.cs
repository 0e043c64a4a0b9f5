namespace Harness.Experiments.Tests;

public sealed class OneLineTests
{
    [Theory]
    [InlineData("plain – ä", "plain – ä")]
    [InlineData("a\r\nb\nc", "a b c")]
    [InlineData(" \u001b[31mred\u0007\t\u009b ", "  [31mred    ")]
    [InlineData("", "")]
    public void NothingEndsALineOrControlsATerminal(string text, string expected) => Assert.Equal(expected, OneLine.Of(text));
}
