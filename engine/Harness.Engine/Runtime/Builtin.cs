namespace Harness.Engine.Runtime;

/// <summary>
/// The runtime functions that compiled code calls through <see cref="InstanceHeader.Builtins"/>, with the System V calling
/// convention: rdi = instance data, the others as listed in rsi, rdx, rcx, r8, r9; result in rax.
/// </summary>
/// <remarks>
/// Functions that return a status return 0, or 1 after they have left the kind in
/// <see cref="StoreContext.PendingTrap"/>: compiled code then goes to the trap stub from a site of kind
/// <see cref="TrapKind.Pending"/>. They find r14 and r15 as pinned, and preserve rbp, r14 and r15 only. Those that allocate may collect garbage: their call sites have
/// stack maps, and they keep references among their arguments alive themselves.
/// </remarks>
internal enum Builtin
{
    /// <summary>(memory, pages delta) → previous size in pages, or -1.</summary>
    MemoryGrow,

    /// <summary>(memory, destination, value, bytes) → status.</summary>
    MemoryFill,

    /// <summary>(destination memory &lt;&lt; 32 | source memory, destination, source, bytes) → status.</summary>
    MemoryCopy,

    /// <summary>(memory &lt;&lt; 32 | data segment, destination, source, bytes) → status.</summary>
    MemoryInit,

    /// <summary>(data segment).</summary>
    DataDrop,

    /// <summary>(table, initial element, delta) → previous size in elements, or -1.</summary>
    TableGrow,

    /// <summary>(table, index, element, count) → status.</summary>
    TableFill,

    /// <summary>(destination table &lt;&lt; 32 | source table, destination, source, count) → status.</summary>
    TableCopy,

    /// <summary>(table &lt;&lt; 32 | element segment, destination, source, count) → status.</summary>
    TableInit,

    /// <summary>(element segment).</summary>
    ElemDrop,

    /// <summary>(canonical array type, length, initial bits) → array, or 0 with a pending trap. Elements are filled with the bits.</summary>
    ArrayNew,

    /// <summary>(canonical array type &lt;&lt; 32 | data segment, offset, length) → array, or 0 with a pending trap.</summary>
    ArrayNewData,

    /// <summary>(canonical array type &lt;&lt; 32 | element segment, offset, length) → array, or 0 with a pending trap.</summary>
    ArrayNewElem,

    /// <summary>(array, index, bits, length) → status.</summary>
    ArrayFill,

    /// <summary>(array, index, low half of a vector, high half, length: in r9) → status.</summary>
    ArrayFillVector,

    /// <summary>(destination, destination index, source, source index, length: in r9) → status.</summary>
    ArrayCopy,

    /// <summary>(data segment, array, index, offset in the segment, length: in r9) → status.</summary>
    ArrayInitData,

    /// <summary>(element segment, array, index, offset in the segment, length: in r9) → status.</summary>
    ArrayInitElem,

    /// <summary>(tag index) → a new exception whose values are to be written at once, or 0 with a pending trap.</summary>
    ExceptionNew,

    /// <summary>(actual canonical type, expected canonical type) → 1 when the first is a subtype of the second.</summary>
    IsSubtype,

    /// <summary>(string or null, string or null) → 1 when both have the same code units, or are null. A stub.</summary>
    StringEquals,

    /// <summary>(memory, address, expected i32, timeout in ns, offset: in r9) → 0 to 2 as <c>memory.atomic.wait32</c> gives, or -1 with a pending trap.</summary>
    MemoryWait32,

    /// <summary>(memory, address, expected i64, timeout in ns, offset: in r9) → as <see cref="MemoryWait32"/>.</summary>
    MemoryWait64,

    /// <summary>(memory, address, count, offset) → how many threads were woken, or -1 (of 64 bits) with a pending trap.</summary>
    MemoryNotify,

    /// <summary>Number of runtime functions.</summary>
    Count,
}

/// <summary>
/// Stubs in the code space that compiled code reaches with a rel32 call. Unless stated otherwise they preserve every
/// register but the scratch registers.
/// </summary>
internal enum Stub
{
    /// <summary>
    /// Called from a cold trap site: the return address finds the site, which tells the kind and the position. Does not
    /// return. (The handler of memory faults comes here as well.)
    /// </summary>
    Trap,

    /// <summary>Called by prologues and loop headers when rsp is below the limit: traps, or returns after an interrupt that was withdrawn.</summary>
    StackGuard,

    /// <summary>Called by baseline code when a function's tiering budget is used up; r11d = function index. Returns.</summary>
    TierUp,

    /// <summary>
    /// Called by baseline code at the header of an outermost loop when there may be optimized code of it: replaces the frame and goes on
    /// there, or returns.
    /// </summary>
    EnterLoop,

    /// <summary>
    /// Called by baseline code when a call's target is not the one recorded; r11 = the target's
    /// <see cref="FunctionReference"/>, r10 = address of the feedback slot. Preserves all but r10; keeps r11.
    /// </summary>
    FeedbackMiss,

    /// <summary>
    /// Called by optimized code when a guard fails: the return address finds the deopt point. Does not return: execution
    /// goes on in baseline code.
    /// </summary>
    Deoptimize,

    /// <summary>
    /// Called where an allocation does not fit; r11 = bytes wanted (at most <see cref="Heap.ObjectHeap.MaxRoom"/>). Collects
    /// garbage and makes room; traps if the heap's limit is reached. References in the registers that the site's stack map names are
    /// updated, all other registers but r11 are preserved.
    /// </summary>
    CollectGarbage,

    /// <summary>
    /// Called by write barriers when the object in r11, into which a reference has been stored, has
    /// <see cref="Heap.ObjectFlags.Unremembered"/>. Preserves all registers.
    /// </summary>
    Remember,

    /// <summary>
    /// Called by write barriers of elements when a reference has been stored in the place at r11, which is in an old array. Preserves all
    /// registers but r11.
    /// </summary>
    MarkCard,

    /// <summary>
    /// Called with an exception in rax: goes on in the handler that catches it. Null traps. Does not return; the return address finds
    /// the site.
    /// </summary>
    Throw,

    /// <summary>Jumped to by the per-function lazy stubs with r11d = function index: compiles, then enters the code.</summary>
    LazyCompile,

    /// <summary>How many there are.</summary>
    Count,
}
