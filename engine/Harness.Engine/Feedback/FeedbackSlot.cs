using System.Runtime.InteropServices;
using Harness.Engine.Runtime;

namespace Harness.Engine.Feedback;

/// <summary>What a call site has seen.</summary>
internal enum FeedbackState : byte
{
    /// <summary>Never executed.</summary>
    Uninitialized,

    /// <summary>One target.</summary>
    Monomorphic,

    /// <summary>Several targets, at most the polymorphism limit.</summary>
    Polymorphic,

    /// <summary>More targets than the limit.</summary>
    Megamorphic,
}

/// <summary>
/// One call site's feedback in native memory: a word for the target and a word for the count. A feedback vector is an
/// array of these, one per call instruction of a function, and belongs to one instance.
/// </summary>
/// <remarks>
/// <para>Target word: 0 uninitialized; a <see cref="FunctionReference"/> address, monomorphic; 1 + the address of a
/// table of targets and counts, polymorphic; 2, megamorphic. Baseline code compares it with the target, and when they are
/// equal increments the count inline; otherwise it calls <see cref="Stub.FeedbackMiss"/>.</para>
/// <para>Sites of direct calls only count: their target word stays 0.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct FeedbackSlot
{
    /// <summary>Bytes of a slot.</summary>
    public const int Size = 0x10;

    /// <summary>Offset of <see cref="Target"/>.</summary>
    public const int TargetOffset = 0x00;

    /// <summary>Offset of <see cref="Count"/>.</summary>
    public const int CountOffset = 0x08;

    /// <summary>Tag bit of <see cref="Target"/> for a polymorphic site.</summary>
    public const nint PolymorphicTag = 1;

    /// <summary>Value of <see cref="Target"/> for a megamorphic site.</summary>
    public const nint Megamorphic = 2;

    /// <summary>The target or the state: see the remarks.</summary>
    [FieldOffset(TargetOffset)]
    public nint Target;

    /// <summary>Calls counted while the site was uninitialized (direct calls) or monomorphic.</summary>
    [FieldOffset(CountOffset)]
    public long Count;
}
