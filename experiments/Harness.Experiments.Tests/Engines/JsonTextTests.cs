using System.Text.Json;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines;

/// <summary>JSON as plain values, against the framework's serializer.</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"a":{"b":[1,-2.5,1E+300,true,false,null,"x"]},"c":[]}""")]
    [InlineData("\"\\u0000\\u001f \\\"\\\\/é€\U0001F600\"")]
    [InlineData("5E-324")]
    public void ATextIsReadAndWrittenAsTheFrameworkDoes(string text)
    {
        var value = JsonText.Parse(text);
        var written = JsonText.Write(value);
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(text)), JsonSerializer.Serialize(JsonDocument.Parse(written)));
        Assert.Equal(written, JsonText.Write(JsonText.Parse(written)));
    }

    [Fact]
    public void WhiteSpaceAndEscapesAreRead()
    {
        var value = Assert.IsType<Dictionary<string, object?>>(JsonText.Parse(" {\t\"a\\n\\u00e9\\/\" :\r\n[ 1 , \"\\ud83d\\ude00\" ] } \n"));
        Assert.Equal([1.0, "\U0001F600"], Assert.IsType<List<object?>>(value["a\né/"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("[1 2]")]
    [InlineData("[1")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("tru")]
    [InlineData("1 2")]
    [InlineData("--1")]
    [InlineData("1,2")]
    [InlineData("{}\0")]
    public void WhatIsNoJSONIsRefused(string text) => Assert.Throws<FormatException>(() => JsonText.Parse(text));

    [Fact]
    public void DepthIsLimited()
    {
        Assert.NotNull(JsonText.Parse(new string('[', 32) + new string(']', 32)));
        Assert.Throws<FormatException>(() => JsonText.Parse(new string('[', 1_000_000)));
    }

    [Fact]
    public void HalfACharacterBecomesAReplacement() => Assert.Equal("a\ufffdb\ufffd", JsonText.Parse(JsonText.Write("a\ud83db\ude00")));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void NumbersThatJSONHasNotAreRefused(double number) => Assert.Throws<ArgumentException>(() => JsonText.Write(number));
}
