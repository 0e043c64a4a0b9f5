using System.Globalization;

namespace Harness.Engine.Diagnostics;

/// <summary>Writes an <see cref="Explanation"/> for people.</summary>
public sealed class ExplanationTextWriter
{
    private const int SourceColumn = 56;

    private readonly TextWriter _writer;

    private ExplanationTextWriter(TextWriter writer) => _writer = writer;

    /// <summary>Writes an explanation.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="explanation">The explanation.</param>
    public static void Write(TextWriter writer, Explanation explanation)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(explanation);
        new ExplanationTextWriter(writer).Write(explanation);
    }

    private void Write(Explanation explanation)
    {
        foreach (var call in explanation.Calls)
        {
            var times = call.Times == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {call.Times} times");
            Line($"call at {call.AtMilliseconds:F3} ms: {call.Call}{times}");
        }

        if (explanation.Calls.Count > 0)
        {
            Line($"");
        }

        foreach (var function in explanation.Functions)
        {
            Write(function);
        }

        if (explanation.Waits.Begun > 0)
        {
            var waits = explanation.Waits;
            Line($"waits for optimized code: {waits.Begun} from request to begin, {waits.QueuedMicroseconds:F0} us, the longest {waits.LongestQueuedMicroseconds:F0} us; {waits.Installed} from request to installation, {waits.UntilInstalledMicroseconds:F0} us, the longest {waits.LongestUntilInstalledMicroseconds:F0} us");
        }

        Line($"deopts: {explanation.Deopts.Count}");
        foreach (var deopt in explanation.Deopts)
        {
            Write(deopt);
        }
    }

    private void Write(FunctionExplanation function)
    {
        Line($"function {function.Index} {function.Name}, {function.WireBytes} wire bytes");
        if (function.CallSites.Count > 0)
        {
            Line($"  call sites");
            foreach (var site in function.CallSites)
            {
                var targets = string.Join(", ", site.Targets.Select(target => $"{target.Name} x {target.Count}"));
                Line($"    0x{site.Offset:x} {site.Instruction}: {site.State}, {site.Count} calls{(targets.Length == 0 ? "" : ": ")}{targets}");
            }
        }

        foreach (var compilation in function.Compilations)
        {
            Write(compilation);
        }

        Line($"");
    }

    private void Write(CompilationExplanation compilation)
    {
        var tier = compilation.Tier == CompilationTier.Baseline ? "baseline code" : "optimized code";
        if (compilation.Failure is { } failure)
        {
            Line($"  no {tier} at {compilation.AtMilliseconds:F3} ms: {failure}");
        }
        else
        {
            var details = compilation.Tier == CompilationTier.Baseline
                ? ""
                : $", {compilation.InlinedCalls} calls inlined, {compilation.DeoptPoints} deopt points{WaitOf(compilation)}";
            Line($"  {tier} at {compilation.AtMilliseconds:F3} ms: {compilation.CodeBytes} bytes in {compilation.CompileMicroseconds:F0} us{details}");
        }

        Write(compilation.Inlining, "    ");
        if (compilation.Steps.Count > 0)
        {
            Line($"    {"step",-26} {"us",10} {"nodes",8}");
        }

        foreach (var step in compilation.Steps)
        {
            var nodes = step.Nodes == 0 ? "" : step.Nodes.ToString(CultureInfo.InvariantCulture);
            var stopped = step.IsStopped ? "  stopped: its share of the budget is used up" : "";
            Line($"    {step.Name,-26} {step.Microseconds,10:F1} {nodes,8}{stopped}");
        }

        foreach (var graph in compilation.Graphs)
        {
            Line($"    graph after {graph.Pass}");
            foreach (var line in graph.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Line($"      {line}");
            }
        }

        if (compilation.Code.Count > 0)
        {
            Line($"    machine code");
        }

        foreach (var line in compilation.Code)
        {
            Write(line);
        }
    }

    private static string WaitOf(CompilationExplanation compilation) => compilation is { QueuedMicroseconds: { } queued, UntilInstalledMicroseconds: { } installed }
        ? string.Create(CultureInfo.InvariantCulture, $"; begun {queued:F0} us after the request, installed after {installed:F0} us")
        : "";

    private void Write(IReadOnlyList<CallSiteDecision> sites, string indent)
    {
        foreach (var site in sites)
        {
            Line($"{indent}0x{site.Offset:x} {site.Instruction}: {site.State}{InliningReport.OtherTargets(site)}");
            foreach (var target in site.Targets)
            {
                var order = target.IsInlined ? $"#{target.Order} " : "";
                var estimate = target is { CyclesSaved: { } saved, NodesAdded: { } added }
                    ? string.Create(CultureInfo.InvariantCulture, $", saves {saved:0.#} cycles a call for {added:0.#} nodes by estimate")
                    : "";
                Line($"{indent}  {order}{target.Name}: {target.Reason} ({target.Count} calls, {target.WireBytes} wire bytes, score {target.Score:0.##}, depth {target.Depth}{estimate})");
                Write(target.CallSites, indent + "    ");
            }
        }
    }

    private void Write(ListingLine line)
    {
        if (line.Label is { } label)
        {
            Line($"    {label}:");
        }

        var code = string.Create(CultureInfo.InvariantCulture, $"      {line.CodeOffset,5:x}  {line.Text}");
        Line(line.Source is { } source
            ? (FormattableString)$"{code.PadRight(SourceColumn)} ; {source.Function} 0x{source.Offset:x}: {source.Text}{(source.SourceLine is { } origin ? "  | " + origin : "")}"
            : $"{code}");
    }

    private void Write(DeoptExplanation deopt)
    {
        Line($"  at {deopt.AtMilliseconds:F3} ms out of {deopt.Function}: {deopt.Reason}, {deopt.Frames.Count} frames in {deopt.Microseconds:F2} us");
        foreach (var frame in deopt.Frames)
        {
            Line($"    {frame.Function} 0x{frame.Offset:x} {frame.Instruction}: locals [{string.Join(' ', frame.Locals)}], operands [{string.Join(' ', frame.Operands)}]");
        }
    }

    private void Line(FormattableString text) => _writer.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
