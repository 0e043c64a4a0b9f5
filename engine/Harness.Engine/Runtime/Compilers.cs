using Harness.Engine.Baseline;
using Harness.Engine.Feedback;

namespace Harness.Engine.Runtime;

/// <summary>The compilers that engines use.</summary>
internal static class Compilers
{
    /// <summary>The single-pass compiler.</summary>
    public static IBaselineCompiler CreateBaseline() =>
        new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);

    /// <summary>The optimizing compiler.</summary>
    public static IOptimizingCompiler CreateOptimizing() => new NoOptimizingCompiler();

    /// <summary>Stands for the optimizing compiler where there is none: every function stays in baseline code.</summary>
    private sealed class NoOptimizingCompiler : IOptimizingCompiler
    {
        public CompiledCode Compile(ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt) =>
            throw new NotSupportedException("there is no optimizing compiler yet");
    }
}
