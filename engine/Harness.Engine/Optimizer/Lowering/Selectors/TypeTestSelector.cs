using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Tests of references' types and casts.</summary>
internal sealed class TypeTestSelector(
    SelectionState state, LirWriter writer, OperandSelector operands, ReferenceFacts references, ObjectAddressing objectAddresses,
    ConditionSelector conditions)
{
    /// <summary>A test of a reference's type.</summary>
    public void SelectRefTest(int id)
    {
        var test = TypeTest.Of(state.Graph, id);
        if (test.IsOneComparison)
        {
            conditions.SelectCondition(id);
            return;
        }

        var reference = operands.Register(state.Graph.Input(id, 0));
        EmitTypeTest(LirOp.TestType, test);
        writer.Def(state.Value(id));
        writer.Use(reference, role: OperandRole.UseLate);
    }

    /// <summary>A cast, or a check for null.</summary>
    public void SelectCast(int id)
    {
        var isNullCheck = state.Graph[id].Op == Opcode.RefAsNonNull;
        var test = isNullCheck ? default : TypeTest.Of(state.Graph, id);
        var reference = operands.Register(state.Graph.Input(id, 0));
        if (isNullCheck)
        {
            if (references.MayBeNull(state.Graph.Input(id, 0)))
            {
                objectAddresses.TrapIfNull(reference, TrapKind.NullReference);
            }
        }
        else if (test.Kind != TypeTestKind.Always || (test.MayBeNull && !test.AcceptsNull))
        {
            EmitTypeTest(LirOp.CheckType, test);
            writer.Use(reference);
        }
    }

    /// <summary>Ends a block with a test whose result nothing else needs.</summary>
    /// <returns>False if the condition is not such a test.</returns>
    public bool TrySelectBranchOnType(int condition)
    {
        var whenTrue = true;
        while (state.Graph[condition].Op == Opcode.I32Eqz && state.IsOnlyHere(condition))
        {
            condition = state.Graph.Input(condition, 0);
            whenTrue = !whenTrue;
        }

        if (state.Graph[condition].Op != IrOp.RefTest || !state.IsOnlyHere(condition) || TypeTest.Of(state.Graph, condition).IsOneComparison)
        {
            return false;
        }

        var reference = operands.Register(state.Graph.Input(condition, 0));
        ref var branch = ref EmitTypeTest(LirOp.BranchOnType, TypeTest.Of(state.Graph, condition));
        branch.Condition = (whenTrue ? Condition.Equal : Condition.NotEqual).ToFlag();
        writer.Use(reference);
        return true;
    }

    private ref LirInstruction EmitTypeTest(LirOp op, in TypeTest test)
    {
        ref var instruction = ref writer.Emit(op, OpSize.Qword);
        instruction.Immediate = test.Target.Bits;
        instruction.Sub = test.Code;
        return ref instruction;
    }
}
