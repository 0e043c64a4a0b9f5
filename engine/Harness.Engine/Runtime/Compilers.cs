using Harness.Engine.Baseline;
using Harness.Engine.Configuration;
using Harness.Engine.Optimizer;

namespace Harness.Engine.Runtime;

/// <summary>The compilers that engines use.</summary>
internal static class Compilers
{
    /// <summary>The single-pass compiler.</summary>
    public static IBaselineCompiler CreateBaseline() =>
        new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);

    /// <summary>The optimizing compiler.</summary>
    public static IOptimizingCompiler CreateOptimizing(EngineOptions options) => new OptimizingCompiler(options);
}
