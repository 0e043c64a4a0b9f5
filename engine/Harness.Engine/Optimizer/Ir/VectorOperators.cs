using Harness.Engine.Modules;
using Harness.Engine.Vectors;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// Vector instructions as operators: a node's operator is the opcode, its types and immediates are in the opcode table, its machine code
/// is in the vector selection, and effects follow from the opcode table. Inputs are the operands in their order. <c>Immediate</c> is the lane, the number
/// of the byte numbers of a shuffle (<see cref="Graph.Vectors"/>), the number of a constant, or the offset of an access; <c>Aux</c> is the
/// memory of an access, with the lane above it where it is one to a lane.
/// </summary>
internal static class VectorOperators
{
    /// <summary>Memories are numbered in so many bits of <c>Aux</c>.</summary>
    private const int MemoryBits = 16;

    /// <summary>Whether an operator is a vector instruction.</summary>
    public static bool IsVector(Opcode op) => op is >= Opcode.V128Load and < Opcode.MemoryAtomicNotify;

    /// <summary>Whether a vector instruction accesses a memory.</summary>
    public static bool IsAccess(Opcode op) =>
        IsVector(op) && OpcodeTable.Get(op).Immediates is (ImmediateKind.MemoryArgument or ImmediateKind.MemoryLane);

    /// <summary>Whether a vector instruction with two operands gives the same with its operands exchanged.</summary>
    public static bool IsCommutative(Opcode op) => IsVector(op) && VectorSelections.Of(op).IsCommutative;

    /// <summary>The <c>Aux</c> of an access to a lane.</summary>
    public static int AccessTo(int memory, int lane) => memory | (lane << MemoryBits);

    /// <summary>The memory that a node accesses, one that is no vector instruction included.</summary>
    public static int MemoryOf(in Node node) => node.Aux & ((1 << MemoryBits) - 1);

    /// <summary>The lane that a node is about, in memory or not.</summary>
    public static int LaneOf(in Node node) => IsAccess(node.Op) ? node.Aux >> MemoryBits : (int)node.Immediate;
}
