using System.Globalization;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Commands;

/// <summary>What a store and its engine have done, as lines of <c>name: figures</c>.</summary>
internal static class StatisticsText
{
    public static void Write(Store store, TextWriter output)
    {
        var engine = store.Engine.Statistics;
        var heap = store.HeapStatistics;
        Line(output, "modules", $"decoded in {Milliseconds(engine.DecodeTime)}, function bodies validated in {Milliseconds(engine.ValidationTime)}");
        Line(output, "baseline code", $"{engine.BaselineFunctions} functions, {engine.BaselineCodeBytes} bytes, {Milliseconds(engine.BaselineCompileTime)}");
        if (store.Engine.Options.CacheDirectory.Length > 0)
        {
            Line(output, "code cache", $"{engine.CacheHits} functions taken, {engine.CacheMisses} not there, {engine.CacheOptimizedHits} optimized ones taken");
        }

        Line(output, "optimized code", $"{engine.OptimizedFunctions} functions, {engine.OptimizedCodeBytes} bytes, {Milliseconds(engine.OptimizedCompileTime)}");
        Line(output, "waits for optimized code", Describe(engine.Waits));
        Line(output, "deopts", $"{engine.Deopts}");
        Line(output, "allocated", Megabytes(heap.AllocatedBytes));
        Line(output, "collections", $"{heap.YoungCollections} young, {heap.FullCollections} full, {heap.HelpedCollections} of these with the help of other threads");
        Line(output, "pauses", $"median {Milliseconds(heap.MedianPause)}, maximum {Milliseconds(heap.MaximumPause)}, total {Milliseconds(heap.TotalPause)}");
        Line(output, "moved", $"{Megabytes(heap.PromotedBytes)} made old, {Megabytes(heap.AgedBytes)} left young, {Megabytes(heap.MovedBytes)} by full collections, {Megabytes(heap.HelperMovedBytes)} of that by other threads");
        Line(output, "heap", $"{Megabytes(heap.UsedBytes)} in use, {Megabytes(heap.LiveBytes)} alive at the last full collection, {Megabytes(heap.LargestUsedBytes)} at most");
    }

    /// <summary>How long functions have waited for the optimizing compiler, in words.</summary>
    public static string Describe(CompilationWaits waits) => waits.Begun == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{waits.Begun} from request to begin, {Milliseconds(waits.Queued)}, the longest {Milliseconds(waits.LongestQueued)}; {waits.Installed} from request to installation, {Milliseconds(waits.UntilInstalled)}, the longest {Milliseconds(waits.LongestUntilInstalled)}");

    private static void Line(TextWriter output, string name, FormattableString figures) =>
        Line(output, name, figures.ToString(CultureInfo.InvariantCulture));

    private static void Line(TextWriter output, string name, string figures) => output.WriteLine($"{name}: {figures}");

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture) + " ms";

    private static string Megabytes(long bytes) => (bytes / (double)(1 << 20)).ToString("0.0", CultureInfo.InvariantCulture) + " MiB";
}
