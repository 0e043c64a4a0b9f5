using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>Structures and arrays.</summary>
internal sealed partial class FunctionBuilder
{
    /// <summary>Builds an instruction on structures or arrays; says whether it was one.</summary>
    private bool VisitObject(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.StructNew or Opcode.StructNewDefault:
                VisitStructNew(ReadTypeId(), opcode == Opcode.StructNewDefault);
                return true;
            case Opcode.ArrayNew:
                int type = ReadTypeId();
                int length = Pop();
                Push(IsMadeByRuntime(type, length)
                    ? NewVectorArray(type, length, Pop())
                    : assembler.Append(IrOp.NewArray, ReferenceTypes.To(type), [Pop(), length], aux: type));
                return true;
            case Opcode.ArrayNewDefault:
                int zeroType = ReadTypeId();
                int zeroLength = Pop();
                Push(IsMadeByRuntime(zeroType, zeroLength)
                    ? NewVectorArray(zeroType, zeroLength)
                    : assembler.Append(
                        IrOp.NewArray, ReferenceTypes.To(zeroType), [assembler.Zero(ElementTypeOf(zeroType)), zeroLength], aux: zeroType));
                return true;
            case Opcode.ArrayNewFixed:
                int fixedType = ReadTypeId();
                int[] elements = Pop(reader.ReadIndex());
                Push(IsLargeArray(fixedType, elements.Length)
                    ? NewLargeVectorArray(fixedType, elements)
                    : assembler.Append(IrOp.NewArrayFixed, ReferenceTypes.To(fixedType), elements, aux: fixedType));
                return true;
            case Opcode.ArrayNewData:
                VisitArrayNewFrom(Builtin.ArrayNewData);
                return true;
            case Opcode.ArrayNewElem:
                VisitArrayNewFrom(Builtin.ArrayNewElem);
                return true;
            case Opcode.ArrayLen:
                Push(ArrayLength(Pop(), out _));
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

        int type = ReadTypeId();
        if (access.Kind == AccessKind.Field)
        {
            VisitField(opcode, access, type, reader.ReadIndex());
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

    private void VisitField(Opcode opcode, OperatorAccess access, int type, int field)
    {
        if (access.IsWrite)
        {
            int value = Pop();
            assembler.Append(opcode, IrType.None, [Pop(), value], field, type);
        }
        else
        {
            Push(assembler.Append(opcode, TypeRegistry.Get(type).Struct!.Fields[field].Type, [Pop()], field, type));
        }
    }

    private int ReadTypeId() => Module.CanonicalTypeIds[reader.ReadIndex()];

    private static IrType ElementTypeOf(int typeId) => GraphAssembler.TypeOf(TypeRegistry.Get(typeId).Array!.Element.Type);

    private void VisitStructNew(int typeId, bool isDefault)
    {
        ImmutableArray<FieldType> fields = TypeRegistry.Get(typeId).Struct!.Fields;
        int[] values;
        if (isDefault)
        {
            values = new int[fields.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = assembler.Zero(GraphAssembler.TypeOf(fields[i].Type));
            }
        }
        else
        {
            values = Pop(fields.Length);
        }

        Push(assembler.Append(IrOp.NewStruct, ReferenceTypes.To(typeId), values, aux: typeId));
    }

    /// <summary>An array from a segment: the runtime makes it, or leaves a trap.</summary>
    private void VisitArrayNewFrom(Builtin builtin)
    {
        int type = ReadTypeId();
        int segment = reader.ReadIndex();
        int length = Widen(Pop(), false);
        int offset = Widen(Pop(), false);
        int array = assembler.Append(
            IrOp.CallBuiltin,
            ReferenceTypes.To(type).WithNull(true),
            [assembler.I64(Pair(type, segment)), offset, length],
            (long)builtin);
        Push(CheckNotNull(array, TrapKind.Pending));
    }

    private void VisitArrayGet(Opcode opcode, int type)
    {
        int index = Pop();
        int array = CheckElement(Pop(), index);
        Push(assembler.Append(opcode, TypeRegistry.Get(type).Array!.Element.Type, [array, index], aux: type));
    }

    private void VisitArraySet(Opcode opcode, int type)
    {
        int value = Pop();
        int index = Pop();
        int array = CheckElement(Pop(), index);
        assembler.Append(opcode, IrType.None, [array, index, value], aux: type);
    }

    /// <summary>Traps unless an array has an element with an index, and gives the array as one that is not null.</summary>
    private int CheckElement(int array, int index, TrapKind trap = TrapKind.ArrayOutOfBounds)
    {
        int length = ArrayLength(array, out int nonNull);
        assembler.TrapUnless(assembler.Append(Opcode.I32LtU, IrType.I32, [index, length]), trap);
        return nonNull;
    }

    /// <summary>The length of an array, which traps on null, and the array as one that is not null.</summary>
    private int ArrayLength(int array, out int nonNull)
    {
        int length = assembler.Append(Opcode.ArrayLen, IrType.I32, [array]);
        nonNull = assembler.NarrowToNonNull(array);
        return length;
    }

    private void VisitArrayFill(int type)
    {
        int length = Widen(Pop(), false);
        int value = Pop();
        if (Graph[value].Type == IrType.V128)
        {
            int first = Widen(Pop(), false);
            FillVectors(type, CheckNotNull(Pop(), TrapKind.NullArray), first, value, length);
            return;
        }

        int bits = BitsOf(value);
        int index = Widen(Pop(), false);
        int array = CheckNotNull(Pop(), TrapKind.NullArray);
        CallWithStatus(Builtin.ArrayFill, type, [array, index, bits, length]);
    }

    private void VisitArrayCopy()
    {
        int type = ReadTypeId();
        ReadTypeId();
        int length = Widen(Pop(), false);
        int sourceIndex = Widen(Pop(), false);
        int source = Pop();
        int index = Widen(Pop(), false);
        int array = CheckNotNull(Pop(), TrapKind.NullArray);
        source = CheckNotNull(source, TrapKind.NullArray);
        CallWithStatus(Builtin.ArrayCopy, type, [array, index, source, sourceIndex, length]);
    }

    private void VisitArrayInit(Builtin builtin)
    {
        int type = ReadTypeId();
        int segment = assembler.I64(reader.ReadIndex());
        int length = Widen(Pop(), false);
        int offset = Widen(Pop(), false);
        int index = Widen(Pop(), false);
        int array = CheckNotNull(Pop(), TrapKind.NullArray);
        CallWithStatus(builtin, type, [segment, array, index, offset, length]);
    }

    /// <summary>Calls a runtime function that writes an array of a type, and may fail with a trap.</summary>
    private void CallWithStatus(Builtin builtin, int type, int[] arguments)
    {
        int status = assembler.Append(IrOp.CallBuiltin, IrType.I32, arguments, (long)builtin, type);
        assembler.TrapIf(status, TrapKind.Pending);
    }

    /// <summary>A value as the runtime takes it: an integer or reference of its bits.</summary>
    private int BitsOf(int value) => Graph[value].Type switch
    {
        IrType.F32 => assembler.Append(Opcode.I32ReinterpretF32, IrType.I32, [value]),
        IrType.F64 => assembler.Append(Opcode.I64ReinterpretF64, IrType.I64, [value]),
        _ => value,
    };
}
