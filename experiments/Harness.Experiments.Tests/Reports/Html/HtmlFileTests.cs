using System.Text;
using Harness.Experiments.Reports.Html;

namespace Harness.Experiments.Tests.Reports.Html;

public sealed class HtmlFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheOldDocumentStaysUntilTheNewOneIsComplete()
    {
        var path = _folder.Write("page.html", "old");
        Assert.Throws<HarnessException>(() => HtmlFile.Write(path, html =>
        {
            html.Open("p").Text("half");
            throw new HarnessException("no font");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(_folder.Path)));

        HtmlFile.Write(path, html =>
        {
            Assert.Equal("old", File.ReadAllText(path));
            html.Element("p", "new");
        });
        Assert.Equal("<p>new</p>\n", File.ReadAllText(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(_folder.Path)));
    }

    [Fact]
    public void WhatIsNotClosedIsNoDocument()
    {
        Assert.Throws<InvalidOperationException>(() => HtmlFile.Write(_folder.File("page.html"), html => html.Open("p")));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void WhatALinkLeadsToIsWritten()
    {
        var target = _folder.Write("elsewhere.html", "old");
        var link = _folder.File("page.html");
        File.CreateSymbolicLink(link, target);
        HtmlFile.Write(link, html => html.Element("p", "new"));
        Assert.Equal("<p>new</p>\n", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void WhereNothingCanBeWrittenIsTold()
    {
        Assert.Equal($"cannot write {_folder.Path}: it is a folder; name a file in it", Assert.Throws<HarnessException>(() => HtmlFile.Write(_folder.Path, _ => { })).Message);
        var missing = _folder.File("missing/page.html");
        Assert.StartsWith($"cannot write {missing}: ", Assert.Throws<HarnessException>(() => HtmlFile.Write(missing, _ => { })).Message, StringComparison.Ordinal);
        HtmlFile.Write("/dev/null", html => html.Element("p", "gone"));
        Assert.DoesNotContain(Directory.EnumerateFiles("/dev"), file => WholeFile.IsTemporaryOf(file, "/dev/null"));
    }

    [Fact]
    public void ADocumentIsNotInMemoryAsAWhole()
    {
        const int rows = 400_000;
        var path = _folder.File("page.html");
        var before = GC.GetAllocatedBytesForCurrentThread();
        HtmlFile.Write(path, html =>
        {
            for (var i = 0; i < rows; i++)
            {
                html.Element("td", "a row <of> some length", ("class", "n"));
            }
        });
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(new FileInfo(path).Length, 40L * rows, long.MaxValue);
        Assert.InRange(allocated, 0, 4_000_000);
    }

    /// <summary>Texts of all kinds of letters are escaped as letter by letter.</summary>
    [Fact]
    public void EveryLetterIsEscapedWhereverItStands()
    {
        var random = new Random(1);
        const string letters = "ab é€😀&<>\"'\n\t\r\0\u0001\u001f";
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)]));
            Assert.Equal($"<p title=\"{Escape(text)}\">{Escape(text)}</p>\n", HtmlFile.ToText(html => html.Element("p", text, ("title", text))));
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in text)
        {
            escaped.Append(letter switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' or '\t' => letter.ToString(),
                < ' ' => "\uFFFD",
                _ => letter.ToString(),
            });
        }

        return escaped.ToString();
    }
}
