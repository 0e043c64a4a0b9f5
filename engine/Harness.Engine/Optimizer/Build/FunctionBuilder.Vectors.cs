using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <content>Vector instructions, a node each (<see cref="VectorOperators"/>), and arrays of vectors, which the runtime makes and fills.</content>
internal sealed partial class FunctionBuilder
{
    /// <summary>Elements up to which an array is made in place: the code generator stores so many one by one.</summary>
    private const int MaxStoredElements = 16;

    private void VisitVector(Opcode opcode)
    {
        OpcodeInfo info = OpcodeTable.Get(opcode);
        long immediate = 0;
        int aux = 0;
        switch (info.Immediates)
        {
            case ImmediateKind.V128:
                Push(assembler.Vector(ReadVector()));
                return;
            case ImmediateKind.Shuffle:
                immediate = Graph.Vectors.NumberOf(ReadVector());
                break;
            case ImmediateKind.Lane:
                immediate = reader.ReadByte();
                break;
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryLane:
                reader.ReadMemArg(out aux, out ulong offset, out _);
                immediate = (long)offset;
                aux = info.Immediates == ImmediateKind.MemoryLane ? VectorOperators.AccessTo(aux, reader.ReadByte()) : aux;
                break;
        }

        int count = info.Parameters.Length;
        IrType type = info.Results.Length == 0 ? IrType.None : GraphAssembler.TypeOf(info.Results[0]);
        int id = assembler.Append(opcode, type, CollectionsMarshal.AsSpan(stack)[^count..], immediate, aux);
        stack.RemoveRange(stack.Count - count, count);
        if (type != IrType.None)
        {
            Push(id);
        }
    }

    private V128 ReadVector()
    {
        (ulong low, ulong high) = reader.ReadV128();
        return new V128(low, high);
    }

    /// <summary>Whether an array is made by the runtime, since its elements are vectors and their number is not known to be small.</summary>
    private bool IsMadeByRuntime(int typeId, int length) =>
        ElementTypeOf(typeId) == IrType.V128
            && !(Graph[length].Op == Opcode.I32Const && (uint)Graph[length].Immediate <= MaxStoredElements);

    /// <summary>Makes an array of vectors by the runtime, with all bits zero.</summary>
    private int NewVectorArray(int type, int length)
    {
        int array = assembler.Append(
            IrOp.CallBuiltin,
            ReferenceTypes.To(type).WithNull(true),
            [assembler.I64(type), Widen(length, false), assembler.I64(0)],
            (long)Builtin.ArrayNew);
        return CheckNotNull(array, TrapKind.Pending);
    }

    /// <summary>Makes an array of equal vectors by the runtime.</summary>
    private int NewVectorArray(int type, int length, int vector)
    {
        int array = NewVectorArray(type, length);
        FillVectors(type, array, assembler.I64(0), vector, Widen(length, false));
        return array;
    }

    /// <summary>Makes an array of the operands that is too large for the code to make it: only vectors can take so much.</summary>
    private int NewLargeVectorArray(int type, int[] vectors)
    {
        int array = NewVectorArray(type, assembler.I32(vectors.Length));
        for (int i = 0; i < vectors.Length; i++)
        {
            assembler.Append(Opcode.ArraySet, IrType.None, [array, assembler.I32(i), vectors[i]], aux: type);
        }

        return array;
    }

    /// <summary>Whether an array with a number of elements is too large for the code to make it.</summary>
    private static bool IsLargeArray(int typeId, int count) => ObjectLayout.Of(typeId).ArraySize((uint)count) > ObjectHeap.MaxInlineSize;

    /// <summary>Fills a part of an array of vectors; index and length have 64 bits.</summary>
    private void FillVectors(int type, int array, int index, int vector, int length)
    {
        int low = assembler.Append(Opcode.I64x2ExtractLane, IrType.I64, [vector], 0);
        int high = assembler.Append(Opcode.I64x2ExtractLane, IrType.I64, [vector], 1);
        CallWithStatus(Builtin.ArrayFillVector, type, [array, index, low, high, length]);
    }
}
