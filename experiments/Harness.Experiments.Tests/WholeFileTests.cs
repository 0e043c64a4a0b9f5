namespace Harness.Experiments.Tests;

/// <summary>Files that are written whole; <see cref="Reports.Html.HtmlFileTests"/> has what goes wrong meanwhile.</summary>
public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OfTwoThatWriteAtATimeTheLastStays()
    {
        var path = _folder.File("a.txt");
        WholeFile.Write(path, output =>
        {
            output.Write("first");
            WholeFile.WriteText(path, "second");
            Assert.Equal("second", File.ReadAllText(path));
        });
        Assert.Equal("first", File.ReadAllText(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(_folder.Path)));
    }

    [Fact]
    public void BytesAreWrittenAsTheyAre()
    {
        var path = _folder.Write("a.bin", "old");
        byte[] bytes = [0xef, 0xbb, 0xbf, 0, 0xff, .. Enumerable.Repeat((byte)10, 100_000)];
        WholeFile.WriteBytes(path, bytes);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        WholeFile.WriteBytes(path, []);
        Assert.Empty(File.ReadAllBytes(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(_folder.Path)));
    }
}
