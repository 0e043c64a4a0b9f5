using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Calls.</summary>
internal sealed class CallSelector(SelectionState state, LirWriter writer, OperandSelector operands, SignatureCache signatures)
{
    /// <summary>Selects a call of a function.</summary>
    public void SelectCall(int id, Opcode op)
    {
        var isReference = op == IrOp.CallReference;
        var layout = signatures.Get(state.Graph[id].Aux);
        var first = isReference ? 1 : 0;
        var count = state.Graph[id].InputCount;
        var reference = isReference ? operands.Register(state.Graph.Input(id, 0)) : 0;
        var arguments = count <= 64 ? stackalloc int[count] : new int[count];
        for (var i = first; i < count; i++)
        {
            arguments[i] = operands.Anywhere(state.Graph.Input(id, i));
        }

        var function = (int)state.Graph[id].Immediate;
        var call = isReference ? LirOp.CallReference
            : state.ModuleCode.Layout.IsImportedFunction(function) ? LirOp.CallImport
            : LirOp.CallDirect;
        ref var instruction = ref writer.Emit(call, OpSize.Qword);
        instruction.Clobbers = LirWriter.AllRegisters;
        instruction.Aux = function;
        instruction.Immediate = state.Graph[id].Aux;
        AddResults(id, layout.Results);
        if (isReference)
        {
            writer.Use(reference, OperandPlace.Any);
        }

        for (var i = first; i < count; i++)
        {
            writer.Use(arguments[i], OperandPlace.Any, hint: LirWriter.HintOf(layout.Parameters[i - first]));
        }
    }

    /// <summary>All results of a call, those without a use as virtual register 0.</summary>
    private void AddResults(int id, ImmutableArray<ArgumentPlace> places)
    {
        var values = places.Length <= 64 ? stackalloc int[places.Length] : new int[places.Length];
        values.Clear();
        for (var projection = state.Nodes[id].FirstProjection; projection != 0; projection = state.Nodes[projection].NextProjection)
        {
            var index = (int)state.Graph[projection].Immediate;
            if (index > 0)
            {
                values[index] = state.Code.ValueOfNode[projection];
            }
        }

        for (var i = 0; i < places.Length; i++)
        {
            writer.Def(i == 0 ? state.Code.ValueOfNode[id] : values[i], OperandPlace.Any, LirWriter.HintOf(places[i]));
        }
    }

    /// <summary>Selects a call of the runtime.</summary>
    public void SelectCallBuiltin(int id)
    {
        var count = state.Graph[id].InputCount;
        Span<int> arguments = stackalloc int[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = operands.Anywhere(state.Graph.Input(id, i));
        }

        ref var instruction = ref writer.Emit(LirOp.CallBuiltin, OpSize.Qword);
        instruction.Clobbers = LirWriter.AllRegisters;
        instruction.Sub = (ushort)state.Graph[id].Immediate;
        if (state.Graph[id].Type != IrType.None)
        {
            writer.Def(state.Code.ValueOfNode[id], OperandPlace.Any, LirWriter.RaxHint);
        }

        for (var i = 0; i < count; i++)
        {
            writer.Use(arguments[i], OperandPlace.Any, hint: (byte)CallingConvention.SystemVParameters[i + 1]);
        }
    }
}
