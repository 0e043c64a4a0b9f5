using System.Globalization;

namespace Harness.Engine.X64;

/// <summary>
/// Tells the profiler <c>perf</c> the names of generated functions, by <c>/tmp/perf-PID.map</c>, once an engine with the knob
/// <c>perf.map</c> is made. Safe for use by several threads.
/// </summary>
internal static class PerfMap
{
    private static readonly Lock Gate = new();
    private static volatile StreamWriter? _writer;

    /// <summary>Whether names are wanted. Make none otherwise.</summary>
    public static bool IsEnabled => _writer != null;

    /// <summary>Records the name of a block; does nothing unless <see cref="IsEnabled"/>.</summary>
    public static void Record(CodeBlock block, string name)
    {
        if (_writer is not { } writer)
        {
            return;
        }

        lock (writer)
        {
            writer.Write(Line(block, name));
        }
    }

    /// <summary>The line of a block: address and size in hexadecimal, and the name.</summary>
    internal static string Line(CodeBlock block, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{block.Address:x} {block.Size:x} {name.ReplaceLineEndings(" ")}\n");

    /// <summary>Wants names from now on.</summary>
    /// <returns>Whether nobody wanted them before.</returns>
    public static bool Enable()
    {
        lock (Gate)
        {
            if (_writer is not null)
            {
                return false;
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"/tmp/perf-{Environment.ProcessId}.map");
            var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            _writer = new StreamWriter(stream) { AutoFlush = true };
            return true;
        }
    }
}
