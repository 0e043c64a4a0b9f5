using Harness.Engine.Runtime;

namespace Harness.Engine.Cache;

/// <summary>Which optimized code of a module it is.</summary>
/// <param name="FunctionIndex">The function.</param>
/// <param name="Loop">Offset in the module's bytes of the loop that it begins at; -1 for code that is called.</param>
internal readonly record struct CodeKey(int FunctionIndex, int Loop) : IComparable<CodeKey>
{
    /// <summary>The key of code.</summary>
    public static CodeKey Of(CompiledCode code) => new(code.FunctionIndex, code.LoopOffset);

    /// <inheritdoc/>
    public int CompareTo(CodeKey other) => FunctionIndex != other.FunctionIndex ? FunctionIndex.CompareTo(other.FunctionIndex) : Loop.CompareTo(other.Loop);
}
