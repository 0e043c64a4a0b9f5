using System.Globalization;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Explaining;

/// <summary>
/// An <see cref="Explanation"/> as one HTML document that needs nothing else: for each function its feedback, every compilation with the tree of inlining decisions to unfold, the time of
/// each step, graphs and machine code; and the deopts.
/// </summary>
internal sealed class ExplanationPage
{
    private static readonly (string Id, string Title)[] Sections = [("calls", "Calls"), ("functions", "Functions"), ("deopts", "Deopts")];

    private readonly HtmlWriter _html;

    private ExplanationPage(HtmlWriter html) => _html = html;

    /// <summary>Writes the document.</summary>
    /// <param name="html">What is written to.</param>
    /// <param name="subject">The module or program.</param>
    /// <param name="explanation">What is explained.</param>
    public static void Write(HtmlWriter html, string subject, Explanation explanation)
    {
        var page = new ExplanationPage(html);
        var optimized = explanation.Functions.Count(function => function.Compilations.Any(compilation => compilation is { Tier: CompilationTier.Optimized, CodeBytes: > 0 }));
        var subtitle = Text($"{explanation.Functions.Count} functions compiled, {optimized} of them optimized; {explanation.Deopts.Count} deopts. Times are of this one run and nothing to quote.");
        HtmlPage.Write(html, $"What the engine did with {Path.GetFileName(subject)}, and why", subtitle, Sections, () =>
        {
            page.WriteCalls(explanation);
            page.Begin("functions", "Functions");
            foreach (var function in explanation.Functions)
            {
                page.Write(function);
            }

            html.Close();
            page.WriteDeopts(explanation);
        });
    }

    private void Begin(string id, string title) => _html.Open("section", ("id", id)).Element("h2", title);

    private void WriteCalls(Explanation explanation)
    {
        Begin("calls", "Calls");
        if (explanation.Calls.Count == 0)
        {
            _html.Element("p", "The program says itself what is called.").Close();
            return;
        }

        var table = new ResultTable([new("at_ms", "0.000"), new("call"), new("times", "0")]);
        foreach (var call in explanation.Calls)
        {
            table.Add(call.AtMilliseconds, call.Call, call.Times);
        }

        HtmlTable.Write(_html, "Calls from outside; what one made hot is optimized before the next begins", table);
        _html.Close();
    }

    private void Write(FunctionExplanation function)
    {
        _html.Open("section", ("id", Text($"function-{function.Index}"))).Element("h3", Text($"{function.Name} (function {function.Index}, {function.WireBytes} wire bytes)"));
        if (function.CallSites.Count > 0)
        {
            var table = new ResultTable([new("offset"), new("instruction"), new("state"), new("calls", "0"), new("targets")]);
            foreach (var site in function.CallSites)
            {
                table.Add(Text($"0x{site.Offset:x}"), site.Instruction, site.State, site.Count, string.Join(", ", site.Targets.Select(target => Text($"{target.Name} × {target.Count}"))));
            }

            HtmlTable.Write(_html, $"What the calls of {function.Name} have seen", table);
        }

        foreach (var compilation in function.Compilations)
        {
            Write(function, compilation);
        }

        _html.Close();
    }

    private void Write(FunctionExplanation function, CompilationExplanation compilation)
    {
        var tier = compilation.Tier == CompilationTier.Baseline ? "baseline code" : "optimized code";
        var summary = compilation.Failure is { } failure
            ? Text($"no {tier} at {compilation.AtMilliseconds:F3} ms: {failure}")
            : Text($"{tier} at {compilation.AtMilliseconds:F3} ms: {compilation.CodeBytes} bytes in {compilation.CompileMicroseconds:F0} µs")
                + (compilation.Tier == CompilationTier.Baseline ? "" : Text($", {compilation.InlinedCalls} calls inlined, {compilation.DeoptPoints} deopt points"))
                + (compilation is { QueuedMicroseconds: { } queued, UntilInstalledMicroseconds: { } installed } ? Text($"; begun {queued:F0} µs after the request, installed after {installed:F0} µs") : "");
        if (compilation is { Inlining.Count: 0, Steps.Count: 0, Graphs.Count: 0, Code.Count: 0 })
        {
            _html.Element("p", summary);
            return;
        }

        _html.Open("details", ("open", "")).Element("summary", summary);
        if (compilation.Inlining.Count > 0)
        {
            WriteTree(compilation.Inlining);
        }

        if (compilation.Steps.Count > 0)
        {
            WriteSteps(function, compilation);
        }

        foreach (var graph in compilation.Graphs)
        {
            WriteText($"graph after {graph.Pass}", graph.Text);
        }

        if (compilation.Code.Count > 0)
        {
            WriteText("machine code", string.Join('\n', compilation.Code.Select(Describe)));
        }

        _html.Close();
    }

    /// <summary>Writes the tree of decisions. It may be as deep as the knobs allow, so that it is followed without recursion.</summary>
    private void WriteTree(IReadOnlyList<CallSiteDecision> sites)
    {
        var open = new Stack<IEnumerator<(CallSiteDecision Site, TargetDecision? Target)>>();
        Enter(sites);
        while (open.TryPeek(out var level))
        {
            if (!level.MoveNext())
            {
                open.Pop().Dispose();
                _html.Close();
                if (open.Count > 0)
                {
                    _html.Close().Close();
                }

                continue;
            }

            var (site, target) = level.Current;
            if (target is null || target.CallSites.Count == 0)
            {
                _html.Element("li", Describe(site, target), ("class", target is { IsInlined: true } ? "inlined" : "refused"));
                continue;
            }

            _html.Open("li", ("class", "inlined")).Open("details", ("open", "")).Element("summary", Describe(site, target));
            Enter(target.CallSites);
        }

        void Enter(IReadOnlyList<CallSiteDecision> children)
        {
            _html.Open("ul", ("class", "tree"));
            open.Push(children.SelectMany(site => site.Targets.Count == 0 ? [(site, (TargetDecision?)null)] : site.Targets.Select(target => (site, (TargetDecision?)target))).GetEnumerator());
        }
    }

    private static string Describe(CallSiteDecision site, TargetDecision? target)
    {
        var place = Text($"0x{site.Offset:x} {site.Instruction}, {site.State}{InliningReport.OtherTargets(site)}");
        if (target is null)
        {
            return place + ": nothing was called here";
        }

        var estimate = target is { CyclesSaved: { } saved, NodesAdded: { } added } ? Text($", saves {saved:0.#} cycles a call for {added:0.#} nodes by estimate") : "";
        return Text($"{place}: {(target.IsInlined ? $"inlined as number {target.Order}" : "not inlined")}: {target.Name}: {target.Reason} ({target.Count} calls, {target.WireBytes} wire bytes, score {target.Score:0.##}{estimate})");
    }

    private void WriteSteps(FunctionExplanation function, CompilationExplanation compilation)
    {
        var table = new ResultTable([new("step"), new("us", "0.0"), new("nodes", "0"), new("stopped")]);
        foreach (var step in compilation.Steps)
        {
            table.Add(step.Name, step.Microseconds, step.Nodes == 0 ? null : step.Nodes, step.IsStopped ? "its share of the budget was used up" : "");
        }

        HtmlTable.Write(_html, Text($"Steps of the compilation of {function.Name} at {compilation.AtMilliseconds:F3} ms"), table);
    }

    private void WriteText(string title, string text) =>
        _html.Open("details").Element("summary", title).Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", title)).Open("pre").Element("code", text).Close().Close().Close();

    private static string Describe(ListingLine line)
    {
        var label = line.Label is null ? "" : line.Label + ":\n";
        var code = Text($"  {line.CodeOffset,5:x}  {line.Text}");
        return label + (line.Source is { } source ? Text($"{code,-52} ; {source.Function} 0x{source.Offset:x}: {source.Text}{(source.SourceLine is { } origin ? "  | " + origin : "")}") : code);
    }

    private void WriteDeopts(Explanation explanation)
    {
        Begin("deopts", "Deopts");
        if (explanation.Deopts.Count == 0)
        {
            _html.Element("p", "No speculation failed.").Close();
            return;
        }

        var table = new ResultTable([new("at_ms", "0.000"), new("function"), new("reason"), new("us", "0.00"), new("frame"), new("goes_on_at"), new("locals"), new("operands")]);
        foreach (var deopt in explanation.Deopts)
        {
            foreach (var frame in deopt.Frames)
            {
                table.Add(deopt.AtMilliseconds, deopt.Function, deopt.Reason, deopt.Microseconds, frame.Function, Text($"0x{frame.Offset:x} {frame.Instruction}"), string.Join(", ", frame.Locals), string.Join(", ", frame.Operands));
            }
        }

        HtmlTable.Write(_html, "Deopts in order of time, a row for each frame of baseline code that was made", table);
        _html.Close();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
