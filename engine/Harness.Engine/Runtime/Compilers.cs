using Harness.Engine.Baseline;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Optimizer;

namespace Harness.Engine.Runtime;

/// <summary>The compilers that engines use, and the cache of what they make.</summary>
internal static class Compilers
{
    /// <summary>The single-pass compiler.</summary>
    /// <param name="options">The knobs; null for the defaults.</param>
    public static IBaselineCompiler CreateBaseline(EngineOptions? options = null)
    {
        var compiler = new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);
        return options is { StressCacheRoundTrip: true } ? new RoundTripBaselineCompiler(compiler) : compiler;
    }

    /// <summary>What is kept of modules for later processes; null unless a knob asks for it.</summary>
    /// <exception cref="KnobException">The folder of knob <c>cache.directory</c> cannot be used.</exception>
    public static ICodeCache? CreateCache(EngineOptions options) => options.CacheDirectory.Length > 0 ? new CodeCache(options) : null;

    /// <summary>The optimizing compiler.</summary>
    public static IOptimizingCompiler CreateOptimizing(EngineOptions options)
    {
        var compiler = new OptimizingCompiler(options);
        return options.StressCacheRoundTrip ? new RoundTripOptimizingCompiler(compiler) : compiler;
    }
}
