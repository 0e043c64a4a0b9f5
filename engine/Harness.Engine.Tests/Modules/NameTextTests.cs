using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Modules;

public sealed class NameTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain – ä 😀 \uFFFD", "plain – ä 😀 \uFFFD")]
    [InlineData("\0", @"\00")]
    [InlineData(@"\00", @"\\00")]
    [InlineData("a\r\nb\u007F", @"a\0d\0ab\7f")]
    [InlineData("\u0085\u009B\u2029", @"\c2\85\c2\9b\e2\80\a9")]
    public void ControlsAreEscapedAsInTheTextFormat(string text, string expected) => Assert.Equal(expected, NameText.Of(text));

    [Fact]
    public void OfAVeryLongTextTheStartIsShown()
    {
        var most = new string('n', NameText.MostShown);
        Assert.Same(most, NameText.Of(most));
        Assert.Equal(most + "…", NameText.Of(most + "n"));
        Assert.Equal(most[1..] + "…", NameText.Of(most[1..] + "😀"));
        Assert.Equal((3 * NameText.MostShown) + 1, NameText.Of(new string('\0', 1 << 20)).Length);
    }
}
