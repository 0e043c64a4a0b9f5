namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Traps and deopts that depend on a condition.</summary>
internal sealed class CheckSelector(SelectionState state, LirWriter writer, OperandSelector operands, ConditionSelector conditions)
{
    /// <summary>Selects a trap.</summary>
    public void SelectTrapIf(int id, bool whenTrue)
    {
        var comparison = conditions.Compare(state.Graph.Input(id, 0), whenTrue, mayFault: true);
        ref var instruction = ref writer.Emit(LirOp.TrapIf, comparison.Size);
        instruction.Sub = (ushort)state.Graph[id].Immediate;
        conditions.AddComparison(ref instruction, comparison);
    }

    /// <summary>Selects a deopt.</summary>
    public void SelectGuard(int id)
    {
        var comparison = conditions.Compare(state.Graph.Input(id, 0), whenTrue: false, mayFault: false);
        ref var instruction = ref writer.Emit(LirOp.DeoptimizeIf, comparison.Size);
        instruction.Sub = (ushort)state.Graph[id].Immediate;
        instruction.Aux = state.Graph[id].Aux;
        conditions.AddComparison(ref instruction, comparison);
        operands.AddFrameState(state.Graph[id].Aux);
    }
}
