using Harness.Engine.Deoptimization;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// The WebAssembly state to resume baseline code with at a deopt: one frame, and through <paramref name="Parent"/> those it
/// is inlined into. Its values count as uses.
/// </summary>
/// <param name="FunctionIndex">The function.</param>
/// <param name="BytecodeOffset">Offset in the module's bytes of the instruction to resume at.</param>
/// <param name="Resume">At which side of it.</param>
/// <param name="LocalCount">How many of the values are parameters and locals.</param>
/// <param name="Values">
/// Node ids: parameters and locals, then the operand stack, bottom first. <see cref="IrOp.VirtualObject"/>s stand for objects that the
/// optimized code does not have.
/// </param>
/// <param name="Parent">Index in <see cref="Graph.FrameStates"/> of the caller's state; -1 for the outermost.</param>
internal sealed record FrameState(
    int FunctionIndex,
    int BytecodeOffset,
    ResumeKind Resume,
    int LocalCount,
    int[] Values,
    int Parent);
