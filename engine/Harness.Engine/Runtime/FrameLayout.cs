namespace Harness.Engine.Runtime;

/// <summary>
/// Where things lie in the frame of a compiled function, relative to rbp. Frames of both tiers share the head, so that the
/// stack can be walked without knowing the tier.
/// </summary>
/// <remarks>
/// <code>
/// [rbp + 16 + 8k]  k-th stack parameter (popped by the callee)
/// [rbp +  8]       return address
/// [rbp +  0]       caller's rbp
/// [rbp -  8]       instance data
/// [rbp - 16]       baseline: feedback vector.  optimized: first spill slot
/// [rbp - 24 ...]   baseline: locals and operand stack.  optimized: more spill slots
/// </code>
/// The prologue is <c>push rbp; mov rbp, rsp; push r14; sub rsp, N</c> with N = 8 modulo 16.
/// </remarks>
internal static class FrameLayout
{
    /// <summary>Offset of the first stack parameter.</summary>
    public const int StackParameters = 16;

    /// <summary>Offset of the return address.</summary>
    public const int ReturnAddress = 8;

    /// <summary>Offset of the instance data.</summary>
    public const int Instance = -8;

    /// <summary>Offset of the feedback vector in a baseline frame.</summary>
    public const int FeedbackVector = -16;

    /// <summary>Offset of slot 0 of a baseline frame with slots of 8 bytes.</summary>
    public const int BaselineFirstSlot = FeedbackVector - BaselineSlotSize;

    /// <summary>Bytes of a slot of a baseline frame, and of one of a function that has vectors, where each is a multiple of 16.</summary>
    public const int BaselineSlotSize = 8;

    /// <inheritdoc cref="BaselineSlotSize"/>
    public const int BaselineVectorSlotSize = 16;

    /// <summary>
    /// Bytes of a slot of a function's baseline frames, and of what each value takes where a loop's values pass into optimized code.
    /// </summary>
    public static int SlotSizeOf(Modules.FunctionInfo function) => function.HasVectors ? BaselineVectorSlotSize : BaselineSlotSize;

    /// <summary>Offset of spill slot 0 (8 bytes) of an optimized frame; slot i lies 8i below.</summary>
    public const int OptimizedFirstSlot = -16;

    /// <summary>Offset of a slot of a baseline frame; a value that is smaller than the slot is in its first bytes.</summary>
    public static int BaselineSlot(int index, int slotSize) => FeedbackVector - ((index + 1) * slotSize);
}
