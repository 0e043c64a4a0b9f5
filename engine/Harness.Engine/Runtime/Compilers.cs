using Harness.Engine.Baseline;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Optimizer;

namespace Harness.Engine.Runtime;

/// <summary>The compilers that engines use, and the cache of what they make.</summary>
internal static class Compilers
{
    /// <summary>The single-pass compiler.</summary>
    public static IBaselineCompiler CreateBaseline() =>
        new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);

    /// <summary>What is kept of modules for later processes; null unless a knob asks for it.</summary>
    /// <exception cref="KnobException">The folder of knob <c>cache.directory</c> cannot be used.</exception>
    public static ICodeCache? CreateCache(EngineOptions options) => options.CacheDirectory.Length > 0 ? new CodeCache(options) : null;

    /// <summary>The optimizing compiler.</summary>
    public static IOptimizingCompiler CreateOptimizing(EngineOptions options) => new OptimizingCompiler(options);
}
