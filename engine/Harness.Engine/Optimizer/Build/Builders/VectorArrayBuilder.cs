using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Arrays of vectors, which the runtime makes and fills.</summary>
internal sealed class VectorArrayBuilder(ReferenceChecks checks, RuntimeCalls runtime, GraphAssembler assembler)
{
    /// <summary>Elements up to which an array is made in place: the code generator stores so many one by one.</summary>
    private const int MaxStoredElements = 16;

    /// <summary>Whether an array is made by the runtime, since its elements are vectors and their number is not known to be small.</summary>
    public bool IsMadeByRuntime(int typeId, int length) =>
        ElementTypeOf(typeId) == IrType.V128
            && !(assembler.Graph[length].Op == Opcode.I32Const && (uint)assembler.Graph[length].Immediate <= MaxStoredElements);

    /// <summary>Makes an array of vectors by the runtime, with all bits zero.</summary>
    public int NewVectorArray(int type, int length)
    {
        var array = assembler.Append(
            IrOp.CallBuiltin,
            ReferenceTypes.To(type).WithNull(true),
            [assembler.TypeId(type), runtime.Widen(length, false), assembler.I64(0)],
            (long)Builtin.ArrayNew);
        return checks.CheckNotNull(array, TrapKind.Pending);
    }

    /// <summary>Makes an array of equal vectors by the runtime.</summary>
    public int NewVectorArray(int type, int length, int vector)
    {
        var array = NewVectorArray(type, length);
        FillVectors(type, array, assembler.I64(0), vector, runtime.Widen(length, false));
        return array;
    }

    /// <summary>Makes an array of the operands that is too large for the code to make it: only vectors can take so much.</summary>
    public int NewLargeVectorArray(int type, int[] vectors)
    {
        var array = NewVectorArray(type, assembler.I32(vectors.Length));
        for (var i = 0; i < vectors.Length; i++)
        {
            assembler.Append(Opcode.ArraySet, IrType.None, [array, assembler.I32(i), vectors[i]], aux: type);
        }

        return array;
    }

    /// <summary>Whether an array with a number of elements is too large for the code to make it.</summary>
    public static bool IsLargeArray(int typeId, int count) => ObjectLayout.Of(typeId).ArraySize((uint)count) > ObjectHeap.MaxInlineSize;

    /// <summary>Fills a part of an array of vectors; index and length have 64 bits.</summary>
    public void FillVectors(int type, int array, int index, int vector, int length)
    {
        var low = assembler.Append(Opcode.I64x2ExtractLane, IrType.I64, [vector], 0);
        var high = assembler.Append(Opcode.I64x2ExtractLane, IrType.I64, [vector], 1);
        runtime.CallWithStatus(Builtin.ArrayFillVector, type, [array, index, low, high, length]);
    }

    /// <summary>The type of the elements of an array.</summary>
    public static IrType ElementTypeOf(int typeId) => GraphAssembler.TypeOf(TypeRegistry.Get(typeId).Array!.Element.Type);
}
