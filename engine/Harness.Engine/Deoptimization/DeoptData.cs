using Harness.Engine.Runtime;

namespace Harness.Engine.Deoptimization;

/// <summary>At which side of an instruction baseline execution goes on.</summary>
internal enum ResumeKind : byte
{
    /// <summary>
    /// The instruction (a call) is executed again: its operands are on the operand stack. Innermost frames only.
    /// </summary>
    BeforeInstruction,

    /// <summary>
    /// The callee's frame lies above; it will return to the instruction's end. The call's operands are no longer on the
    /// operand stack, its results not yet. Outer frames only.
    /// </summary>
    AfterCall,

    /// <summary>The loop's first iteration begins: the state is that of the <c>loop</c> instruction's entry.</summary>
    LoopEntry,
}

/// <summary>Why optimized code was left.</summary>
public enum DeoptReason : byte
{
    /// <summary>A call had another target than the inlined ones.</summary>
    WrongCallTarget,

    /// <summary>A check that was moved before a loop found that the loop would trap, if it came to the check.</summary>
    TrapInLoop,

    /// <summary>The guard held, but the stress knob made it fail.</summary>
    Stress,
}

/// <summary>One WebAssembly frame to be rebuilt at a deopt.</summary>
/// <param name="FunctionIndex">The function.</param>
/// <param name="BytecodeOffset">Offset in the module's bytes of the instruction to resume at.</param>
/// <param name="Resume">At which side of it.</param>
/// <param name="LocalCount">How many of <paramref name="Values"/> are parameters and locals.</param>
/// <param name="Values">Parameters and locals, then the operand stack, bottom first.</param>
internal sealed record DeoptFrame(
    int FunctionIndex,
    int BytecodeOffset,
    ResumeKind Resume,
    int LocalCount,
    ValueLocation[] Values);

/// <summary>A guard's exit from optimized code.</summary>
/// <param name="ReturnOffset">Code offset of the return address of the call to the deopt stub.</param>
/// <param name="Reason">Why it is taken, unless by stress.</param>
/// <param name="Frames">Frames to rebuild, outermost first.</param>
/// <param name="Objects">The objects that values of the frames, and fields of these objects, refer to by their places here.</param>
internal sealed record DeoptPoint(int ReturnOffset, DeoptReason Reason, DeoptFrame[] Frames, DeoptObject[] Objects)
{
    /// <summary>The vectors that constants name by number.</summary>
    public V128[] Vectors { get; init; } = [];
}

/// <summary>All exits of a piece of optimized code, in ascending order of <see cref="DeoptPoint.ReturnOffset"/>.</summary>
internal sealed record DeoptData(DeoptPoint[] Points);
