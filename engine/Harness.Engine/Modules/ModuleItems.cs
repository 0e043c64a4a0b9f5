using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>Something that a module needs from outside.</summary>
/// <param name="ModuleName">The first name.</param>
/// <param name="Name">The second name.</param>
/// <param name="Kind">What is imported.</param>
/// <param name="Index">Its index among the module's items of that kind, where its type is found.</param>
public sealed record Import(string ModuleName, string Name, ExternalKind Kind, int Index);

/// <summary>Something that a module offers.</summary>
/// <param name="Name">The name, which no other export of the module has.</param>
/// <param name="Kind">What is exported.</param>
/// <param name="Index">Its index among the module's items of that kind.</param>
public sealed record Export(string Name, ExternalKind Kind, int Index);

/// <summary>A table of a module.</summary>
/// <param name="Type">The table's type.</param>
/// <param name="Initializer">
/// The initial value of the elements; null means the null reference, or an imported table.
/// </param>
/// <param name="IsImported">Whether the table comes from outside.</param>
public sealed record TableInfo(TableType Type, ConstExpression? Initializer, bool IsImported);

/// <summary>A linear memory of a module.</summary>
/// <param name="Type">The memory's type.</param>
/// <param name="IsImported">Whether the memory comes from outside.</param>
public sealed record MemoryInfo(MemoryType Type, bool IsImported);

/// <summary>A global variable of a module.</summary>
/// <param name="Type">The variable's type.</param>
/// <param name="Initializer">The initial value; null if imported.</param>
/// <param name="IsImported">Whether the variable comes from outside.</param>
public sealed record GlobalInfo(GlobalType Type, ConstExpression? Initializer, bool IsImported);

/// <summary>An exception tag of a module.</summary>
/// <param name="Type">The tag's type.</param>
/// <param name="IsImported">Whether the tag comes from outside.</param>
public sealed record TagInfo(TagType Type, bool IsImported);

/// <summary>When a segment is copied to its table or memory.</summary>
public enum SegmentMode : byte
{
    /// <summary>At instantiation.</summary>
    Active,

    /// <summary>By instructions.</summary>
    Passive,

    /// <summary>Never: an element segment that only declares that functions are referenced.</summary>
    Declarative,
}

/// <summary>
/// A sequence of references for tables. Exactly one of <see cref="FunctionIndices"/> and <see cref="Expressions"/> is
/// not default: the first wherever all elements are plain function references or null.
/// </summary>
/// <param name="Mode">When it is copied.</param>
/// <param name="TableIndex">The table of an active segment.</param>
/// <param name="Offset">Where an active segment goes in the table; null for others.</param>
/// <param name="ElementType">The type of the elements.</param>
/// <param name="FunctionIndices">The functions, -1 for null.</param>
/// <param name="Expressions">The elements' expressions.</param>
public sealed record ElementSegment(
    SegmentMode Mode,
    int TableIndex,
    ConstExpression? Offset,
    ValueType ElementType,
    ImmutableArray<int> FunctionIndices,
    ImmutableArray<ConstExpression> Expressions)
{
    /// <summary>The number of elements.</summary>
    public int Count => FunctionIndices.IsDefault ? Expressions.Length : FunctionIndices.Length;
}

/// <summary>A sequence of bytes for memories.</summary>
/// <param name="Mode">When it is copied; never declarative.</param>
/// <param name="MemoryIndex">The memory of an active segment.</param>
/// <param name="Offset">Where an active segment goes in the memory; null for others.</param>
/// <param name="Start">Where its bytes start in the module's bytes.</param>
/// <param name="Length">The number of bytes.</param>
public sealed record DataSegment(SegmentMode Mode, int MemoryIndex, ConstExpression? Offset, int Start, int Length);
