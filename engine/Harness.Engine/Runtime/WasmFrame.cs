using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>One WebAssembly function on a call stack; functions that were inlined have a frame of their own.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function's index in its module.</param>
/// <param name="BytecodeOffset">
/// The offset in the module's bytes of the instruction that trapped or called; -1 where it is not known.
/// </param>
/// <param name="IsInlined">Whether the function was inlined into the next frame's.</param>
public sealed record WasmFrame(WasmModule Module, int FunctionIndex, int BytecodeOffset, bool IsInlined)
{
    /// <summary>The function's name from the name section, or <c>func[index]</c>.</summary>
    public string FunctionName => Module.Functions[FunctionIndex].ToString();

    /// <summary>The frame in one line, such as <c>at fib (offset 0x2c)</c>.</summary>
    public override string ToString()
    {
        var module = Module.Names.ModuleName is { } name ? $"{name}!" : "";
        var offset = BytecodeOffset < 0 ? "" : $" (offset 0x{BytecodeOffset:x})";
        return $"at {module}{FunctionName}{offset}{(IsInlined ? " [inlined]" : "")}";
    }
}
