namespace Harness.Engine.Modules;

/// <summary>The immediate operands that follow an opcode in the binary format.</summary>
internal enum ImmediateKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A block type: empty, one value type, or a type index.</summary>
    BlockType,

    /// <summary>A label index.</summary>
    Label,

    /// <summary>A vector of label indices and the default label index.</summary>
    BranchTable,

    /// <summary>A function index.</summary>
    Function,

    /// <summary>A type index and then a table index.</summary>
    CallIndirect,

    /// <summary>A type index.</summary>
    Type,

    /// <summary>A block type and then a vector of catch clauses.</summary>
    TryTable,

    /// <summary>A tag index.</summary>
    Tag,

    /// <summary>A vector of value types.</summary>
    SelectTypes,

    /// <summary>A local index.</summary>
    Local,

    /// <summary>A global index.</summary>
    Global,

    /// <summary>A table index.</summary>
    Table,

    /// <summary>Two table indices: destination, source.</summary>
    TableTable,

    /// <summary>A memory index.</summary>
    Memory,

    /// <summary>Two memory indices: destination, source.</summary>
    MemoryMemory,

    /// <summary>Alignment exponent, with an optional memory index, and offset.</summary>
    MemoryArgument,

    /// <summary>As <see cref="MemoryArgument"/>, and then a byte: the number of a lane.</summary>
    MemoryLane,

    /// <summary>A byte: the number of a lane.</summary>
    Lane,

    /// <summary>Sixteen bytes, each the number of a byte of two vectors.</summary>
    Shuffle,

    /// <summary>Sixteen bytes: a vector, little-endian.</summary>
    V128,

    /// <summary>A signed 32-bit LEB128 constant.</summary>
    I32,

    /// <summary>A signed 64-bit LEB128 constant.</summary>
    I64,

    /// <summary>Four bytes: the bits of a float, little-endian.</summary>
    F32,

    /// <summary>Eight bytes: the bits of a double, little-endian.</summary>
    F64,

    /// <summary>A heap type.</summary>
    HeapType,

    /// <summary>A data segment index.</summary>
    Data,

    /// <summary>A data segment index and then a memory index.</summary>
    DataMemory,

    /// <summary>An element segment index.</summary>
    Element,

    /// <summary>An element segment index and then a table index.</summary>
    ElementTable,

    /// <summary>A type index and then a field index.</summary>
    TypeField,

    /// <summary>A type index and then a count of operands.</summary>
    TypeCount,

    /// <summary>A type index and then a data segment index.</summary>
    TypeData,

    /// <summary>A type index and then an element segment index.</summary>
    TypeElement,

    /// <summary>Two type indices: destination, source.</summary>
    TypeType,

    /// <summary>A flags byte, a label index, and two heap types: source, target.</summary>
    BranchOnCast,

    /// <summary>A byte that is zero: the ordering of a fence.</summary>
    Fence,
}
