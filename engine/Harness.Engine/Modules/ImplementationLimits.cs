namespace Harness.Engine.Modules;

/// <summary>
/// How large the parts of a module may be (specification, appendix "Implementation Limitations"). They keep the cost
/// of untrusted input in proportion, and are those of the JavaScript API where it has one.
/// </summary>
public static class ImplementationLimits
{
    /// <summary>The most bytes a module can have.</summary>
    public const int ModuleSize = 1 << 30;

    /// <summary>The most type definitions in a module.</summary>
    public const int Types = 1_000_000;

    /// <summary>The most types in one recursion group.</summary>
    public const int RecursionGroupSize = 1_000_000;

    /// <summary>The most declared supertypes above a type.</summary>
    public const int SubtypingDepth = 63;

    /// <summary>The most imported and defined functions in a module.</summary>
    public const int Functions = 1_000_000;

    /// <summary>The most imports of a module.</summary>
    public const int Imports = 1_000_000;

    /// <summary>The most exports of a module.</summary>
    public const int Exports = 1_000_000;

    /// <summary>The most imported and defined globals in a module.</summary>
    public const int Globals = 1_000_000;

    /// <summary>The most imported and defined tags in a module.</summary>
    public const int Tags = 1_000_000;

    /// <summary>The most imported and defined tables in a module.</summary>
    public const int Tables = 100_000;

    /// <summary>The most imported and defined memories in a module.</summary>
    public const int Memories = 100;

    /// <summary>The most data segments in a module.</summary>
    public const int DataSegments = 100_000;

    /// <summary>The most element segments in a module: a tenth of what the JavaScript API has.</summary>
    public const int ElementSegments = 1_000_000;

    /// <summary>The most elements of an element segment.</summary>
    public const int SegmentElements = 10_000_000;

    /// <summary>The most bytes of a function's body.</summary>
    public const int FunctionSize = 7_654_321;

    /// <summary>The most parameters and locals of a function.</summary>
    public const int Locals = 50_000;

    /// <summary>The most operands that a function can have on its stack at one time.</summary>
    public const int OperandStackHeight = 50_000;

    /// <summary>The most blocks of a function inside each other.</summary>
    public const int NestingDepth = 50_000;

    /// <summary>The most parameters of a function or block type.</summary>
    public const int Parameters = 1_000;

    /// <summary>The most results of a function or block type.</summary>
    public const int Results = 1_000;

    /// <summary>The most fields of a structure type.</summary>
    public const int StructFields = 10_000;

    /// <summary>The most operands of <c>array.new_fixed</c>.</summary>
    public const int ArrayNewFixedOperands = 10_000;

    /// <summary>The most pages of the usual size of a memory with i32 addresses.</summary>
    public const ulong MemoryPages32 = 1UL << 16;

    /// <summary>The most pages of the usual size of a memory with i64 addresses.</summary>
    public const ulong MemoryPages64 = 1UL << 48;

    /// <summary>The most elements of a table with i32 indices.</summary>
    public const ulong TableElements32 = uint.MaxValue;
}
