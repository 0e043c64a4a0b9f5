using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>Makes trees of inlining decisions for tests, by feedback that no run has made, and what modules for them consist of.</summary>
internal static class TestTrees
{
    /// <summary>The tree of a module's function <c>root</c>.</summary>
    public static InliningTree Grow(EngineOptions options, string text, params string[] feedback) => Grow(options, TestGraphs.Module(text), feedback);

    /// <inheritdoc cref="Grow(EngineOptions, string, string[])"/>
    public static InliningTree Grow(EngineOptions options, WasmModule module, params string[] feedback) =>
        new InliningTreeGrower(module, options, SyntheticFeedback.Parse(module, feedback)).Grow(SyntheticFeedback.FunctionNamed(module, "root"));

    /// <summary>A function without effect whose body has about so many bytes.</summary>
    public static string Leaf(string name, int size) => $"(func ${name} {Nops(size - 2)})";

    /// <summary>Instructions without effect of a byte each.</summary>
    public static string Nops(int count) => string.Concat(Enumerable.Repeat("nop ", count));
}
