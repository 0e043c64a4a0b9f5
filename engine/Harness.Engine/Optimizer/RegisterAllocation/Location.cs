using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>Where a value lies: a register of either class, a place in the frame, or nowhere.</summary>
/// <param name="Code">0 to 15 general-purpose, 16 to 31 floating-point registers, then places in the frame; -1 nowhere.</param>
internal readonly record struct Location(int Code)
{
    /// <summary>Number of registers of both classes.</summary>
    public const int RegisterCount = 32;

    private const int FirstXmm = 16;
    private const int FrameOrigin = 1 << 30;

    /// <summary>Nowhere: the value is not used.</summary>
    public static Location None => new(-1);

    /// <summary>Whether it is nowhere.</summary>
    public bool IsNone => Code < 0;

    /// <summary>Whether it is a register.</summary>
    public bool IsRegister => (uint)Code < RegisterCount;

    /// <summary>Whether it is a general-purpose register.</summary>
    public bool IsGpr => (uint)Code < FirstXmm;

    /// <summary>Whether it is a floating-point register.</summary>
    public bool IsXmm => IsRegister && Code >= FirstXmm;

    /// <summary>Whether it is in the frame.</summary>
    public bool IsStack => Code >= RegisterCount;

    /// <summary>The general-purpose register.</summary>
    public Gpr Gpr => (Gpr)Code;

    /// <summary>The floating-point register.</summary>
    public Xmm Xmm => (Xmm)(Code - FirstXmm);

    /// <summary>Offset of a place in the frame from rbp.</summary>
    public int RbpOffset => Code - FrameOrigin;

    /// <summary>The memory operand for a place in the frame.</summary>
    public Mem Memory => Mem.Base(Gpr.Rbp, RbpOffset);

    /// <summary>A general-purpose register.</summary>
    public static Location Of(Gpr register) => new((int)register);

    /// <summary>A floating-point register.</summary>
    public static Location Of(Xmm register) => new((int)register + FirstXmm);

    /// <summary>A place in the frame.</summary>
    public static Location OnFrame(int rbpOffset) => new(FrameOrigin + rbpOffset);

    /// <summary>A spill slot.</summary>
    public static Location OfSlot(int slot) => OnFrame(FrameLayout.OptimizedFirstSlot - (slot * sizeof(long)));

    /// <inheritdoc/>
    public override string ToString() =>
        IsNone ? "-" : IsGpr ? Gpr.ToString() : IsXmm ? Xmm.ToString() : $"[rbp{RbpOffset:+0;-0}]";
}
