using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Harness.Engine.Diagnostics;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Dart;

/// <summary>
/// Writes stacks of WebAssembly functions as Dart writes stack traces. <c>workloads/dart/trace.mjs</c> makes the same of what JavaScript says of a stack, so that traces are the same on all engines.
/// </summary>
/// <param name="map">The module's source map, which is read when a trace is written; null where there is none.</param>
internal sealed partial class StackTraceText(Lazy<SourceMap?>? map)
{
    /// <summary>Most functions of a stack that a trace is made of, the innermost ones.</summary>
    private const int MaximumFrames = CapturedStack.MaximumFrames;

    private readonly Lazy<SourceMap?>? _map = map;

    // What the compiler sets private names apart by, and what it says of its functions behind their names.
    [GeneratedRegex(@"@\d+| \(.*$")]
    private static partial Regex Mark();

    /// <summary>
    /// Writes a stack, a line for each function that has a text. Where there is no map, all functions have a line but those that the compiler made for itself, with index and offset in the place of
    /// file, line and column.
    /// </summary>
    /// <param name="frames">The functions, innermost first.</param>
    /// <param name="skipped">How many of the innermost ones are left out.</param>
    /// <param name="isTruncated">Whether there were more.</param>
    public string Write(IReadOnlyList<WasmFrame> frames, int skipped, bool isTruncated)
    {
        var text = new StringBuilder();
        var written = 0;
        foreach (var frame in frames.Take(MaximumFrames).Skip(skipped))
        {
            if (PlaceOf(frame) is not { } place)
            {
                continue;
            }

            var number = string.Create(CultureInfo.InvariantCulture, $"#{written++}");
            text.Append(number.PadRight(8)).Append(PlainName(frame.FunctionName)).Append(" (").Append(place).Append(")\n");
        }

        if (isTruncated || frames.Count > MaximumFrames)
        {
            text.Append("...\n");
        }

        return text.ToString();
    }

    private string? PlaceOf(WasmFrame frame)
    {
        if (_map?.Value is { } known)
        {
            return known.Find(frame.BytecodeOffset) is { } place ? string.Create(CultureInfo.InvariantCulture, $"{place.Source}:{place.Line}:{place.Column}") : null;
        }

        return frame.FunctionName.StartsWith('#') ? null : string.Create(CultureInfo.InvariantCulture, $"wasm-function[{frame.FunctionIndex}]:0x{frame.BytecodeOffset:x}");
    }

    /// <summary>The name of a function as its text has it.</summary>
    private static string PlainName(string name) => Mark().Replace(name, "").Replace("_$core", "_", StringComparison.Ordinal);
}
