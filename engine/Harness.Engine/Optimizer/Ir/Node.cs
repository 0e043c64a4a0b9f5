using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>Type of a node's result.</summary>
internal enum IrType : byte
{
    /// <summary>No result.</summary>
    None,

    /// <summary>32-bit integer.</summary>
    I32,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>64-bit float.</summary>
    F64,

    /// <summary>A reference: 64 bits, null is zero.</summary>
    Ref,

    /// <summary>128 bits without a shape.</summary>
    V128,
}

/// <summary>
/// One operation, a plain struct in <see cref="Graph"/>'s array, named by its index there.
/// </summary>
internal struct Node
{
    /// <summary>A WebAssembly opcode, or one of <see cref="IrOp"/>.</summary>
    public Opcode Op;

    /// <summary>Type of the result.</summary>
    public IrType Type;

    /// <summary>Where the inputs begin in the graph's pool.</summary>
    public int InputStart;

    /// <summary>Number of inputs.</summary>
    public int InputCount;

    /// <summary>The block it belongs to.</summary>
    public int Block;

    /// <summary>
    /// What the operator needs besides inputs: the bits of a constant, the static offset of a memory access, an index; of vectors, a lane
    /// or a number in <see cref="Graph.Vectors"/>.
    /// </summary>
    public long Immediate;

    /// <summary>
    /// A second such: the memory of an access (with the lane of one to a lane: <see cref="VectorOperators"/>), a canonical type, a frame state.
    /// </summary>
    public int Aux;

    /// <summary>For results of type <see cref="IrType.Ref"/>, what is known of the reference.</summary>
    public Modules.ValueType ReferenceType;

    /// <summary>Offset in the module's bytes of the instruction it comes from.</summary>
    public int BytecodeOffset;

    /// <summary>The inlined call it comes from: index in <see cref="Graph.InliningPositions"/>; -1 for the function itself.</summary>
    public short Inlining;
}
