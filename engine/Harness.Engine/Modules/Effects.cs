namespace Harness.Engine.Modules;

/// <summary>
/// What an operator does besides computing its result from its operands. Control is no effect, and neither are locals and the operand stack.
/// </summary>
[Flags]
internal enum Effects : ushort
{
    /// <summary>Nothing: it can be moved, merged with an equal one and removed.</summary>
    None = 0,

    /// <summary>Reads the contents of a memory.</summary>
    ReadsMemory = 1 << 0,

    /// <summary>Writes the contents of a memory.</summary>
    WritesMemory = 1 << 1,

    /// <summary>Reads the elements of a table.</summary>
    ReadsTable = 1 << 2,

    /// <summary>Writes the elements of a table.</summary>
    WritesTable = 1 << 3,

    /// <summary>Reads a mutable global.</summary>
    ReadsGlobal = 1 << 4,

    /// <summary>Writes a global.</summary>
    WritesGlobal = 1 << 5,

    /// <summary>Depends on the size of a memory or table.</summary>
    ReadsSize = 1 << 6,

    /// <summary>Changes the size of a memory or table.</summary>
    WritesSize = 1 << 7,

    /// <summary>May trap.</summary>
    Traps = 1 << 8,

    /// <summary>May leave the optimized code by a deopt.</summary>
    Deoptimizes = 1 << 9,

    /// <summary>Must stay where it is, as often as it is executed, for a reason of its own.</summary>
    Pinned = 1 << 10,

    /// <summary>Reads a mutable field or element of an object.</summary>
    ReadsHeap = 1 << 11,

    /// <summary>Writes a field or element of an object.</summary>
    WritesHeap = 1 << 12,

    /// <summary>
    /// Makes a new object each time: it may collect garbage, and has another result than an equal node, but is not needed where
    /// nobody uses it.
    /// </summary>
    Allocates = 1 << 13,

    /// <summary>All that may change under a call.</summary>
    AnyWrite = WritesMemory | WritesTable | WritesGlobal | WritesSize | WritesHeap,

    /// <summary>The state that a node may depend on.</summary>
    AnyRead = ReadsMemory | ReadsTable | ReadsGlobal | ReadsSize | ReadsHeap,

    /// <summary>What makes two equal nodes different, and forbids moving them.</summary>
    Unique = Pinned | Deoptimizes | Allocates,

    /// <summary>What keeps a node without uses alive.</summary>
    Required = AnyWrite | Traps | Deoptimizes | Pinned,

    /// <summary>
    /// An atomic access, a fence, or a wait: what another thread has done before is seen behind it, be it to a memory's contents or size.
    /// </summary>
    Synchronizes = ReadsMemory | WritesMemory | WritesSize | Pinned,

    /// <summary>A call of unknown code.</summary>
    Call = AnyWrite | AnyRead | Traps | Pinned,
}
