using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Structures and arrays.</summary>
internal sealed class ObjectBuilder(
    BuildState state, ReferenceChecks checks, RuntimeCalls runtime, VectorArrayBuilder vectorArrays, GraphAssembler assembler)
{
    /// <summary>Builds an instruction on structures or arrays; says whether it was one.</summary>
    public bool VisitObject(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.StructNew or Opcode.StructNewDefault or Opcode.StructNewDesc or Opcode.StructNewDefaultDesc:
                VisitStructNew(ReadTypeId(), opcode is Opcode.StructNewDefault or Opcode.StructNewDefaultDesc);
                return true;
            case Opcode.ArrayNew:
                var type = ReadTypeId();
                var length = state.Pop();
                state.Push(vectorArrays.IsMadeByRuntime(type, length)
                    ? vectorArrays.NewVectorArray(type, length, state.Pop())
                    : assembler.Append(IrOp.NewArray, ReferenceTypes.To(type), [state.Pop(), length], aux: type));
                return true;
            case Opcode.ArrayNewDefault:
                var zeroType = ReadTypeId();
                var zeroLength = state.Pop();
                state.Push(vectorArrays.IsMadeByRuntime(zeroType, zeroLength)
                    ? vectorArrays.NewVectorArray(zeroType, zeroLength)
                    : assembler.Append(
                        IrOp.NewArray, ReferenceTypes.To(zeroType), [assembler.Zero(VectorArrayBuilder.ElementTypeOf(zeroType)), zeroLength], aux: zeroType));
                return true;
            case Opcode.ArrayNewFixed:
                var fixedType = ReadTypeId();
                var elements = state.Pop(state.Reader.ReadIndex());
                state.Push(VectorArrayBuilder.IsLargeArray(fixedType, elements.Length)
                    ? vectorArrays.NewLargeVectorArray(fixedType, elements)
                    : assembler.Append(IrOp.NewArrayFixed, ReferenceTypes.To(fixedType), elements, aux: fixedType));
                return true;
            case Opcode.ArrayNewData:
                VisitArrayNewFrom(Builtin.ArrayNewData);
                return true;
            case Opcode.ArrayNewElem:
                VisitArrayNewFrom(Builtin.ArrayNewElem);
                return true;
            case Opcode.ArrayLen:
                state.Push(ArrayLength(state.Pop(), out _));
                return true;
            case Opcode.ArrayFill:
                VisitArrayFill(ReadTypeId());
                return true;
            case Opcode.ArrayCopy:
                VisitArrayCopy();
                return true;
            case Opcode.ArrayInitData:
                VisitArrayInit(Builtin.ArrayInitData);
                return true;
            case Opcode.ArrayInitElem:
                VisitArrayInit(Builtin.ArrayInitElem);
                return true;
            default:
                return VisitObjectAccess(opcode, OpcodeTable.GetAccess(opcode));
        }
    }

    /// <summary>Builds a read or write of a field or an element; says whether it was one.</summary>
    private bool VisitObjectAccess(Opcode opcode, OperatorAccess access)
    {
        if (!access.IsObject)
        {
            return false;
        }

        var type = ReadTypeId();
        if (access.Kind == AccessKind.Field)
        {
            VisitField(opcode, access, type, TypeRegistry.Get(type).SlotOf(state.Reader.ReadIndex()));
        }
        else if (access.IsWrite)
        {
            VisitArraySet(opcode, type);
        }
        else
        {
            VisitArrayGet(opcode, type);
        }

        return true;
    }

    private void VisitField(Opcode opcode, OperatorAccess access, int type, int slot)
    {
        if (access.IsWrite)
        {
            var value = state.Pop();
            assembler.Append(opcode, IrType.None, [state.Pop(), value], slot, type);
        }
        else
        {
            state.Push(assembler.Append(opcode, TypeRegistry.Get(type).Slots[slot].Type, [state.Pop()], slot, type));
        }
    }

    private int ReadTypeId() => assembler.Module.CanonicalTypeIds[state.Reader.ReadIndex()];

    private void VisitStructNew(int typeId, bool isDefault)
    {
        var type = TypeRegistry.Get(typeId);
        var fields = type.Struct!.Fields;
        var descriptor = type.DescriptorSlot < 0 ? -1 : checks.CheckNotNull(state.Pop(), TrapKind.NullDescriptor);
        int[] values;
        if (isDefault)
        {
            values = new int[fields.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = assembler.Zero(GraphAssembler.TypeOf(fields[i].Type));
            }
        }
        else
        {
            values = state.Pop(fields.Length);
        }

        if (descriptor >= 0)
        {
            values = [.. values[..type.DescriptorSlot], descriptor, .. values[type.DescriptorSlot..]];
        }

        state.Push(assembler.Append(IrOp.NewStruct, ReferenceTypes.To(typeId), values, aux: typeId));
    }

    /// <summary>An array from a segment: the runtime makes it, or leaves a trap.</summary>
    private void VisitArrayNewFrom(Builtin builtin)
    {
        var type = ReadTypeId();
        var segment = state.Reader.ReadIndex();
        var length = runtime.Widen(state.Pop(), false);
        var offset = runtime.Widen(state.Pop(), false);
        var array = assembler.Append(
            IrOp.CallBuiltin,
            ReferenceTypes.To(type).WithNull(true),
            [assembler.TypeAndIndex(type, segment), offset, length],
            (long)builtin);
        state.Push(checks.CheckNotNull(array, TrapKind.Pending));
    }

    private void VisitArrayGet(Opcode opcode, int type)
    {
        var index = state.Pop();
        var array = CheckElement(state.Pop(), index);
        state.Push(assembler.Append(opcode, TypeRegistry.Get(type).Array!.Element.Type, [array, index], aux: type));
    }

    private void VisitArraySet(Opcode opcode, int type)
    {
        var value = state.Pop();
        var index = state.Pop();
        var array = CheckElement(state.Pop(), index);
        assembler.Append(opcode, IrType.None, [array, index, value], aux: type);
    }

    /// <summary>Traps unless an array has an element with an index, and gives the array as one that is not null.</summary>
    public int CheckElement(int array, int index, TrapKind trap = TrapKind.ArrayOutOfBounds)
    {
        var length = ArrayLength(array, out var nonNull);
        assembler.TrapUnless(assembler.Append(Opcode.I32LtU, IrType.I32, [index, length]), trap);
        return nonNull;
    }

    /// <summary>The length of an array, which traps on null, and the array as one that is not null.</summary>
    public int ArrayLength(int array, out int nonNull)
    {
        var length = assembler.Append(Opcode.ArrayLen, IrType.I32, [array]);
        nonNull = assembler.NarrowToNonNull(array);
        return length;
    }

    private void VisitArrayFill(int type)
    {
        var length = runtime.Widen(state.Pop(), false);
        var value = state.Pop();
        if (assembler.Graph[value].Type == IrType.V128)
        {
            var first = runtime.Widen(state.Pop(), false);
            vectorArrays.FillVectors(type, checks.CheckNotNull(state.Pop(), TrapKind.NullArray), first, value, length);
            return;
        }

        var bits = runtime.BitsOf(value);
        var index = runtime.Widen(state.Pop(), false);
        var array = checks.CheckNotNull(state.Pop(), TrapKind.NullArray);
        runtime.CallWithStatus(Builtin.ArrayFill, type, [array, index, bits, length]);
    }

    private void VisitArrayCopy()
    {
        var type = ReadTypeId();
        ReadTypeId();
        var length = runtime.Widen(state.Pop(), false);
        var sourceIndex = runtime.Widen(state.Pop(), false);
        var source = state.Pop();
        var index = runtime.Widen(state.Pop(), false);
        var array = checks.CheckNotNull(state.Pop(), TrapKind.NullArray);
        source = checks.CheckNotNull(source, TrapKind.NullArray);
        runtime.CallWithStatus(Builtin.ArrayCopy, type, [array, index, source, sourceIndex, length]);
    }

    private void VisitArrayInit(Builtin builtin)
    {
        var type = ReadTypeId();
        var segment = assembler.I64(state.Reader.ReadIndex());
        var length = runtime.Widen(state.Pop(), false);
        var offset = runtime.Widen(state.Pop(), false);
        var index = runtime.Widen(state.Pop(), false);
        var array = checks.CheckNotNull(state.Pop(), TrapKind.NullArray);
        runtime.CallWithStatus(builtin, type, [segment, array, index, offset, length]);
    }
}
