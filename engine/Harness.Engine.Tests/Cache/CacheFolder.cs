using System.Globalization;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>A folder for a cache, which is gone with all in it when it is disposed of; and programs that are run with it.</summary>
internal sealed class CacheFolder : IDisposable
{
    /// <summary>Small arguments, with which every workload ends soon.</summary>
    private static readonly WasmValue[] Arguments = [6, 5, 2];

    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("harness-cache-").FullName;

    /// <summary>The files of entries.</summary>
    public IReadOnlyList<string> Entries => [.. Files.Where(file => !IsOptimized(file))];

    /// <summary>The files of optimized code.</summary>
    public IReadOnlyList<string> OptimizedEntries => [.. Files.Where(IsOptimized)];

    /// <summary>The only file of optimized code.</summary>
    public string OptimizedEntry => Assert.Single(OptimizedEntries);

    private IEnumerable<string> Files => Directory.EnumerateFiles(Path, "*.code").Order(StringComparer.Ordinal);

    /// <summary>The file of the only entry.</summary>
    public string Entry => Assert.Single(Entries);

    /// <summary>What is kept in the only file of optimized code.</summary>
    public Dictionary<CodeKey, ReadOnlyMemory<byte>> OptimizedRecords()
    {
        var file = File.ReadAllBytes(OptimizedEntry);
        return Harness.Engine.Cache.OptimizedEntry.TryRead(file, file.AsSpan(16, 32))!;
    }

    /// <summary>Removes all files.</summary>
    public void Clear()
    {
        foreach (var file in Files)
        {
            File.Delete(file);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static bool IsOptimized(string file)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().StartsWith(CacheFile.Optimized);
        }
        catch (FileNotFoundException)
        {
            // Somebody else has removed it.
            return false;
        }
    }

    /// <summary>Options with the cache.</summary>
    public EngineOptions With(EngineOptions options) => options with { CacheDirectory = Path };

    /// <summary>Calls an exported function in a new engine.</summary>
    /// <returns>What it gives or how it fails, and what the engine has done.</returns>
    public static (string Outcome, EngineStatistics Statistics) Run(ReadOnlySpan<byte> module, EngineOptions options, string function = "main", Func<Store, Imports>? imports = null)
    {
        using var engine = new WasmEngine(options);
        var decoded = engine.Decode(module, BuiltinSets.JsString);
        string outcome;
        using (var store = new Store(engine))
        {
            outcome = OutcomeOf(store.Instantiate(decoded, imports?.Invoke(store) ?? new Imports()), function);
        }

        return (outcome, engine.Statistics);
    }

    /// <summary>What a call gives, or how it fails.</summary>
    public static string OutcomeOf(Instance instance, string function)
    {
        var callee = instance.GetFunction(function);
        try
        {
            return string.Join(' ', callee.Invoke(Arguments.AsSpan(0, callee.Type.Parameters.Length)).Select(value => value.ToString()));
        }
        catch (WasmTrapException trap)
        {
            return string.Create(CultureInfo.InvariantCulture, $"trap: {trap.Kind}");
        }
        catch (WasmException exception)
        {
            return $"exception: {exception.Message}";
        }
    }
}
