using System.Collections.Immutable;
using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Exceptions: making them, how they come, and their values.</summary>
internal sealed class ExceptionSelector(
    SelectionState state, LirWriter writer, InstanceFields instance, OperandSelector operands, AllocationSelector allocations)
{
    /// <summary>The exception with which a landing pad begins.</summary>
    public void SelectCaughtException(int id)
    {
        // Moves on the way to the block happen before its first instruction: they stay away from the register.
        writer.Emit(LirOp.Catch, OpSize.Qword).Clobbers = 1u << (int)Gpr.Rax;
        writer.Def(state.Code.ValueOfNode[id], OperandPlace.Any, LirWriter.RaxHint);
    }

    /// <summary>A value of an exception.</summary>
    public void SelectExceptionValue(int id)
    {
        var types = state.Module.Tags[state.Graph[id].Aux].Type.Type.Parameters;
        var place = ExceptionValue(operands.Register(state.Graph.Input(id, 0)), WordsBefore(types, (int)state.Graph[id].Immediate));
        var size = LirWriter.SizeOf(state.Graph[id].Type);
        if (state.Graph[id].Type is IrType.F32 or IrType.F64)
        {
            writer.EmitWithAddress(LirOp.LoadScalar, size, state.Value(id), place);
        }
        else if (state.Graph[id].Type == IrType.V128)
        {
            writer.LoadVector(state.Value(id), place);
        }
        else
        {
            writer.Load(state.Value(id), place, size);
        }
    }

    /// <summary>A new exception.</summary>
    public void SelectNewException(int id)
    {
        var count = state.Graph[id].InputCount;
        var types = state.Module.Tags[(int)state.Graph[id].Immediate].Type.Type.Parameters;
        allocations.Allocate(id, ObjectLayout.ExceptionValues + (WordsBefore(types, count) * sizeof(long)), BuiltinTypeId.Exception, ObjectFlags.None);
        var tag = instance.LoadTag((int)state.Graph[id].Immediate);
        writer.Store(Address.OfBase(state.Value(id), ObjectLayout.ExceptionTag), OpSize.Qword, isFloat: false, tag, 0);
        for (var i = 0; i < count; i++)
        {
            var input = state.Graph.Input(id, i);
            var word = WordsBefore(types, i);
            if (state.Graph[input].Type == IrType.V128)
            {
                var vector = operands.Register(input);
                writer.StoreVector(ExceptionValue(state.Value(id), word), vector);
                continue;
            }

            var isFloat = state.Graph[input].Type is IrType.F32 or IrType.F64;
            var isConstant = operands.TryStoredConstant(input, OpSize.Qword, out var bits);
            var value = isConstant ? 0 : operands.Register(input);
            writer.Store(ExceptionValue(state.Value(id), word), OpSize.Qword, isFloat, value, bits);
        }
    }

    private static Address ExceptionValue(int exception, int word) =>
        Address.OfBase(exception, ObjectLayout.ExceptionValues + (word * sizeof(long)));

    /// <summary>Words that the values of an exception take before one of them: a vector takes two.</summary>
    private static int WordsBefore(ImmutableArray<ValueType> types, int index)
    {
        var words = 0;
        for (var i = 0; i < index; i++)
        {
            words += types[i].WordCount;
        }

        return words;
    }
}
