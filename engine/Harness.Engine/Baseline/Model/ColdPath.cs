using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>What a piece of code out of line does.</summary>
internal enum ColdPathKind : byte
{
    /// <summary>Calls the trap stub.</summary>
    Trap,

    /// <summary>Calls the stack guard, be it about the stack, fuel or the deadline.</summary>
    StackGuard,

    /// <summary>Calls the stack guard before a large frame is made.</summary>
    LargeStackGuard,

    /// <summary>Calls the tier-up stub.</summary>
    TierUp,

    /// <summary>Calls the stub that goes on in optimized code of a loop.</summary>
    EnterLoop,

    /// <summary>Calls the feedback stub: r10 = feedback vector, r11 = target; the operand is the slot's offset.</summary>
    FeedbackMiss,

    /// <summary>Traps unless the type of the function in r11 is a subtype of that in the operand. Keeps r11.</summary>
    SubtypeCheck,

    /// <summary>Tail-calls the function in r11, of another instance or of the host; the operand is the bytes of stack arguments.</summary>
    TailCallToAnyInstance,

    /// <summary>Makes room for an object of a size in the operand, or in A.</summary>
    CollectGarbage,

    /// <summary>
    /// Asks the runtime for a large array of the type in the operand: rdx = length, and rcx = initial bits, unless they are in
    /// <see cref="ColdPath.Bits"/>. The array is in rax.
    /// </summary>
    NewLargeArray,

    /// <summary>Remembers that a reference was stored into the object in A.</summary>
    Remember,

    /// <summary>The quotient of rax and -1.</summary>
    NegateForDivision,

    /// <summary>The remainder of a division by -1.</summary>
    ZeroRemainder,

    /// <summary>Minimum or maximum into A of A and B, which are equal or unordered; the operand is 1 for the maximum.</summary>
    MinMaxOfEqual,

    /// <summary>Traps for a truncation of A that failed, by whether that is a number.</summary>
    TruncationFailed,

    /// <summary>Truncation of B to A, a signed 64-bit integer, gave the smallest one: traps unless that is right.</summary>
    TruncationToMinimum,

    /// <summary>Truncation to A of B, at least 2^63, as an unsigned 64-bit integer.</summary>
    TruncationOfLarge,

    /// <summary>Saturating truncation of B to A, a signed 32-bit integer.</summary>
    SaturateSigned32,

    /// <summary>Saturating truncation of B to A, an unsigned 32-bit integer.</summary>
    SaturateUnsigned32,

    /// <summary>Saturating truncation of B to A, a signed 64-bit integer.</summary>
    SaturateSigned64,

    /// <summary>Saturating truncation to A of a value that is negative or not a number.</summary>
    SaturateToZero,

    /// <summary>Saturating truncation to A of B, at least 2^63, as an unsigned 64-bit integer.</summary>
    SaturateLarge,

    /// <summary>Conversion of A, an unsigned integer of at least 2^63, to floating point in B.</summary>
    ConvertLarge,
}

/// <summary>Code that is rarely executed and is put behind the function's body.</summary>
internal struct ColdPath
{
    /// <summary>What it does.</summary>
    public ColdPathKind Kind;

    /// <summary>What kind of trap it is, or may be.</summary>
    public TrapKind Trap;

    /// <summary>Width of the operation, or of its floating-point operand.</summary>
    public OpSize Size;

    /// <summary>A register, depending on the kind.</summary>
    public Register A;

    /// <summary>Another register.</summary>
    public Register B;

    /// <summary>The element that was written, for <see cref="ColdPathKind.Remember"/>; null if it was no element.</summary>
    public Mem? Place;

    /// <summary>A number, depending on the kind.</summary>
    public int Operand;

    /// <summary>A constant of up to 64 bits, depending on the kind.</summary>
    public long? Bits;

    /// <summary>The index of the stack map of its call, if that is a safepoint.</summary>
    public int StackMap;

    /// <summary>Offset in the module's bytes of the instruction.</summary>
    public int BytecodeOffset;

    /// <summary>Where it begins.</summary>
    public Label Entry;

    /// <summary>Where it goes in the end; no label if it does not return.</summary>
    public Label Resume;
}
