using System.Text.RegularExpressions;
using System.Xml.Linq;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Commands;
using Harness.Experiments.Explaining;
using Harness.Experiments.Reports.Html;

namespace Harness.Experiments.Tests.Explaining;

public sealed partial class ExplainedCallsTests : IDisposable
{
    /// <summary>A loop calls entry <c>$which</c> of a table; a name of a function is one that would be markup if it were not escaped.</summary>
    private const string Module = """
        (module
          (type $unary (func (param i32) (result i32)))
          (table 2 2 funcref)
          (elem (i32.const 0) $first $second)
          (func $inner (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func $first (param i32) (result i32) (call $inner (call $inner (local.get 0))))
          (func $second (param i32) (result i32) (i32.sub (local.get 0) (i32.const 3)))
          (func $<script>alert</script> (export "main") (param $count i32) (param $which i32) (result i32)
            (local $sum i32)
            (loop $again
              (local.set $sum (call_indirect (type $unary) (local.get $sum) (local.get $which)))
              (local.set $count (i32.sub (local.get $count) (i32.const 1)))
              (br_if $again (local.get $count)))
            (local.get $sum)))
        """;

    private static readonly EngineOptions Soon = EngineOptions.FromDictionary(new Dictionary<string, string> { ["tier-up"] = "synchronous", ["tiering.budget"] = "5000" });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ALaterCallMeetsOptimizedCodeAndItsSpeculationFails()
    {
        Assert.Empty(Explain().Deopts);
        var explanation = Explain("main 100 1", "main 7 0");
        Assert.Equal(["main 2000 0", "main 100 1", "main 7 0"], explanation.Calls.Select(call => call.Call));
        Assert.Equal([6, 1, 1], explanation.Calls.Select(call => call.Times));
        var deopt = Assert.Single(explanation.Deopts);
        Assert.InRange(deopt.AtMilliseconds, explanation.Calls[1].AtMilliseconds, explanation.Calls[2].AtMilliseconds);
        var text = new StringWriter();
        ExplanationTextWriter.Write(text, explanation);
        Assert.Matches("call at \\d+\\.\\d+ ms: main 2000 0, 6 times\ncall at \\d+\\.\\d+ ms: main 100 1\n", text.ToString().ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("", "--then needs a function and its arguments, as in --then 'main 5'")]
    [InlineData("main 1", "'main' takes 2 arguments (")]
    [InlineData("other 1", "exports no function 'other'; it exports main")]
    public void WhatCannotBeCalledIsToldBeforeAnythingRuns(string call, string message) =>
        Assert.Contains(message, Assert.Throws<HarnessException>(() => Explain(call)).Message, StringComparison.Ordinal);

    /// <summary>As a trap does, an exception that nobody catches ends the call, and what was done until then is explained.</summary>
    [Fact]
    public void ACallThatThrowsIsExplained()
    {
        var path = _folder.Write("throws.wat", "(module (tag $t) (func (export \"main\") (throw $t)))");
        var explanation = ExplainCommand.ExplainModule(path, "main", [], 2, Soon, new RecorderOptions(), new HashSet<string>(), ["main"]);
        Assert.Equal(["main", "main"], explanation.Calls.Select(call => call.Call));
    }

    [Fact]
    public void ThePageIsWellFormedAndHasTheTreeOfDecisions()
    {
        var text = HtmlFile.ToText(html => ExplanationPage.Write(html, "module.wat", Explain("main 100 1")));
        var page = XElement.Parse(Raw().Replace(text[text.IndexOf("<html", StringComparison.Ordinal)..], ""));
        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(page.Descendants().Attributes("href"), href => Assert.Contains(href.Value.TrimStart('#'), ids));
        Assert.Empty(page.Descendants("h3").Elements());
        Assert.Contains(page.Descendants("h3"), title => title.Value.Contains("<script>alert</script>", StringComparison.Ordinal));

        // What was inlined into what was inlined lies within it.
        var inner = page.Descendants("ul").Where(list => list.Attribute("class")?.Value == "tree").SelectMany(list => list.Elements("li")).Where(item => item.Value.Contains("inner", StringComparison.Ordinal)).ToList();
        Assert.Contains(inner, item => item.Ancestors("details").Any(details => details.Element("summary")!.Value.Contains("inlined as number 1", StringComparison.Ordinal)
            && details.Element("summary")!.Value.Contains("first", StringComparison.Ordinal)));
        var tables = page.Descendants("caption").Select(caption => caption.Value).ToList();
        Assert.Contains(tables, caption => caption.StartsWith("Steps of the compilation of", StringComparison.Ordinal));
        Assert.Contains(tables, caption => caption.StartsWith("Deopts in order of time", StringComparison.Ordinal));
    }

    private Explanation Explain(params string[] then) =>
        ExplainCommand.ExplainModule(_folder.Write("module.wat", Module), "main", ["2000", "0"], 6, Soon, new RecorderOptions { Graphs = true, Code = true }, new HashSet<string>(), then);

    [GeneratedRegex("<(script|style)>.*?</(script|style)>", RegexOptions.Singleline)]
    private static partial Regex Raw();
}
