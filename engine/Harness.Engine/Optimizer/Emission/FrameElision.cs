using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>
/// Decides which functions do without a frame: those that keep nothing on the stack and from which nobody ever looks at it,
/// because they neither call, trap, deoptimize nor check for interrupts.
/// </summary>
internal static class FrameElision
{
    /// <summary>Whether a function needs no frame.</summary>
    public static bool Applies(LirCode code, LinearScan scan, SignatureLayout signature)
    {
        if (scan.SlotCount > 0 || signature.StackParameterBytes > 0 || code.Graph.LoopOffset >= 0)
        {
            return false;
        }

        foreach (ref readonly var instruction in code.Instructions)
        {
            if (NeedsFrame(instruction))
            {
                return false;
            }
        }

        return true;
    }

    private static bool NeedsFrame(in LirInstruction instruction) => instruction.Op switch
    {
        LirOp.Divide => (DivisionChecks)instruction.Immediate != DivisionChecks.None,
        LirOp.BoundsCheck or LirOp.TrapIf or LirOp.Trap or LirOp.Truncate => true,
        LirOp.DeoptimizeIf or LirOp.Deoptimize or LirOp.StackCheck or LirOp.EpochCheck => true,
        LirOp.UseFuel => instruction.Sub != 0,
        LirOp.CallDirect or LirOp.CallImport or LirOp.CallReference or LirOp.CallBuiltin => true,
        LirOp.Allocate or LirOp.AllocateArray or LirOp.WriteBarrier or LirOp.CheckType => true,
        LirOp.Throw or LirOp.TailCall => true,
        _ => instruction.Fault != TrapKind.None,
    };
}
