namespace Harness.Engine.Runtime;

/// <summary>The compilers that engines use.</summary>
internal static class Compilers
{
    /// <summary>The single-pass compiler.</summary>
    public static IBaselineCompiler CreateBaseline() => throw new NotSupportedException("there is no baseline compiler yet");

    /// <summary>The optimizing compiler.</summary>
    public static IOptimizingCompiler CreateOptimizing() => throw new NotSupportedException("there is no optimizing compiler yet");
}
