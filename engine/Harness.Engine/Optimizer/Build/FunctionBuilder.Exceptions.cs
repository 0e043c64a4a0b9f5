using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Exceptions. What handles them is left to baseline code, so that no control flow comes from a throw: a block that catches is a block,
/// and what may throw inside it has a frame state for the baseline frames that go on in the handler.
/// </summary>
internal sealed partial class FunctionBuilder
{
    /// <summary>Whether a block that is open here, or around a call that is being inlined, may catch exceptions.</summary>
    private bool CatchesHere => control.Exists(static frame => frame.Catches) || (frameBelow?.CatchesHere ?? false);

    /// <summary>Builds an instruction on exceptions; says whether it was one.</summary>
    private bool VisitException(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.TryTable:
                VisitBlock();
                for (int clauses = reader.ReadIndex(); clauses > 0; clauses--)
                {
                    reader.ReadCatch();
                    control[^1].Catches = true;
                }

                return true;
            case Opcode.Try:
                VisitBlock();
                control[^1].Catches = true;
                return true;
            case Opcode.Catch or Opcode.CatchAll:
                reader.SkipImmediates(opcode);
                FallThrough(control[^1]);
                return true;
            case Opcode.Delegate:
                reader.SkipImmediates(opcode);
                VisitEnd();
                return true;
            case Opcode.Throw:
                int tag = reader.ReadIndex();
                int[] values = Pop(Module.Tags[tag].Type.Type.Parameters.Length);
                Modules.ValueType type = Modules.ValueType.ExnRef.WithNull(false);
                Throw(assembler.Append(IrOp.NewException, type, values, tag));
                return true;
            case Opcode.ThrowRef:
                Throw(Pop());
                return true;
            default:
                return false;
        }
    }

    private void Throw(int exception)
    {
        int state = HandlerState();
        assembler.Terminate(TerminatorKind.Throw, -1, [], values: [exception]).Terminator.FrameState = state;
    }

    /// <summary>
    /// The state for the handlers of what the current instruction throws, once its operands are off the stack; -1 if there are none.
    /// </summary>
    private int HandlerState() => CatchesHere ? NewFrameState(assembler.BytecodeOffset, ResumeKind.AfterCall) : -1;
}
