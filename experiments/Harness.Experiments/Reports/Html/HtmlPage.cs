using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Harness.Experiments.Reports.Html;

/// <summary>The frame of a document that needs nothing else, no file and no network: its policy lets no script run but the one for its tables.</summary>
internal static class HtmlPage
{
    /// <summary>Writes a document.</summary>
    /// <param name="html">What is written to; empty before.</param>
    /// <param name="title">Title of the document.</param>
    /// <param name="subtitle">What it is about.</param>
    /// <param name="sections">Ids and titles of the sections, for the links to them.</param>
    /// <param name="writeSections">Writes the sections.</param>
    public static void Write(HtmlWriter html, string title, string subtitle, IReadOnlyList<(string Id, string Title)> sections, Action writeSections)
    {
        var (script, style) = (Resource("report.js"), Resource("report.css"));
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        html.Markup("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Open("head")
            .Void("meta", ("charset", "utf-8"))
            .Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{hash}'"))
            .Element("title", title)
            .Open("style").Markup(style).Close().Close().Open("body");
        html.Element("a", "To the content", ("class", "skip"), ("href", "#main"))
            .Open("header").Element("h1", title).Element("p", subtitle, ("class", "meta")).Close();
        html.Open("nav", ("aria-label", "Sections")).Open("ul");
        foreach (var (id, name) in sections)
        {
            html.Open("li").Element("a", name, ("href", "#" + id)).Close();
        }

        html.Close().Close();
        html.Open("main", ("id", "main"));
        writeSections();
        html.Close().Open("script").Markup(script).Close().Close().Close();
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
