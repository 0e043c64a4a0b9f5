using System.Globalization;

namespace Harness.Engine.X64;

/// <summary>
/// Tells the profiler <c>perf</c> the names of generated functions, by <c>/tmp/perf-PID.map</c>, when the environment variable
/// <c>HARNESS_PERF_MAP</c> is 1. Safe for use by several threads.
/// </summary>
internal static class PerfMap
{
    private const string Variable = "HARNESS_PERF_MAP";

    private static readonly StreamWriter? Writer = Open();

    /// <summary>Whether names are wanted. Make none otherwise.</summary>
    public static bool IsEnabled => Writer != null;

    /// <summary>Records the name of a block; does nothing unless <see cref="IsEnabled"/>.</summary>
    public static void Record(CodeBlock block, string name)
    {
        if (Writer is not { } writer)
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

    private static StreamWriter? Open()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            return null;
        }

        string path = string.Create(CultureInfo.InvariantCulture, $"/tmp/perf-{Environment.ProcessId}.map");
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        return new StreamWriter(stream) { AutoFlush = true };
    }
}
