using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Vector instructions, a node each (<see cref="VectorOperators"/>).</summary>
internal sealed class VectorBuilder(BuildState state, GraphAssembler assembler)
{
    /// <summary>Builds a vector instruction.</summary>
    public void VisitVector(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        long immediate = 0;
        var aux = 0;
        switch (info.Immediates)
        {
            case ImmediateKind.V128:
                state.Push(assembler.Vector(ReadVector()));
                return;
            case ImmediateKind.Shuffle:
                immediate = assembler.Graph.Vectors.NumberOf(ReadVector());
                break;
            case ImmediateKind.Lane:
                immediate = state.Reader.ReadByte();
                break;
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryLane:
                state.Reader.ReadMemArg(out aux, out var offset, out _);
                immediate = (long)offset;
                aux = info.Immediates == ImmediateKind.MemoryLane ? VectorOperators.AccessTo(aux, state.Reader.ReadByte()) : aux;
                break;
        }

        var count = info.Parameters.Length;
        var type = info.Results.Length == 0 ? IrType.None : GraphAssembler.TypeOf(info.Results[0]);
        var id = assembler.Append(opcode, type, CollectionsMarshal.AsSpan(state.Stack)[^count..], immediate, aux);
        state.Stack.RemoveRange(state.Stack.Count - count, count);
        if (type != IrType.None)
        {
            state.Push(id);
        }
    }

    private V128 ReadVector()
    {
        var (low, high) = state.Reader.ReadV128();
        return new V128(low, high);
    }
}
