using Harness.Engine.Modules.Validation;

namespace Harness.Engine.Modules.Decoding;

/// <summary>Decodes and validates constant expressions (specification, sections 3.4 and 5.4).</summary>
internal sealed class ConstExpressionDecoder
{
    private readonly ModuleEnvironment _environment;
    private readonly List<ValueType> _stack = [];
    private readonly List<ConstOperation> _operations = [];
    private int _offset;

    public ConstExpressionDecoder(ModuleEnvironment environment) => _environment = environment;

    /// <summary>Decodes an expression with its <c>end</c> that must give a value of a type.</summary>
    public ConstExpression Decode(ref ModuleReader reader, ValueType expected)
    {
        _stack.Clear();
        _operations.Clear();
        for (; ; )
        {
            _offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            if (opcode == Opcode.End)
            {
                break;
            }

            DecodeOperation(ref reader, opcode);
        }

        Pop(expected);
        if (_stack.Count > 0)
        {
            throw Invalid("type mismatch: more than one value");
        }

        return new ConstExpression([.. _operations]);
    }

    private void DecodeOperation(ref ModuleReader reader, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Const:
                Add(opcode, (uint)reader.ReadVarI32(), ValueType.I32);
                break;
            case Opcode.I64Const:
                Add(opcode, (ulong)reader.ReadVarI64(), ValueType.I64);
                break;
            case Opcode.F32Const:
                Add(opcode, reader.ReadFixed32(), ValueType.F32);
                break;
            case Opcode.F64Const:
                Add(opcode, reader.ReadFixed64(), ValueType.F64);
                break;
            case Opcode.V128Const:
                var low = reader.ReadFixed64();
                _operations.Add(new ConstOperation(opcode, low, HighBits: reader.ReadFixed64()));
                _stack.Add(ValueType.V128);
                break;
            case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul:
                AddBinary(opcode, ValueType.I32);
                break;
            case Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                AddBinary(opcode, ValueType.I64);
                break;
            case Opcode.GlobalGet:
                var global = reader.ReadVarU32();
                var globalType = _environment.GetGlobal(global, _offset);
                if (globalType.IsMutable)
                {
                    throw Invalid("constant expression required: the global is mutable");
                }

                Add(opcode, global, globalType.Type);
                break;
            case Opcode.RefNull:
                var heapType = _environment.ReadHeapType(ref reader);
                Add(opcode, heapType.Code, ValueType.Reference(heapType, nullable: true));
                break;
            case Opcode.RefFunc:
                var function = reader.ReadVarU32();
                var referenceType = _environment.GetFunction(function, _offset).ReferenceType;
                _environment.ReferencedFunctions.Add((int)function);
                Add(opcode, function, referenceType);
                break;
            case Opcode.RefI31:
                Pop(ValueType.I32);
                Add(opcode, 0, ValueType.Reference(AbstractHeapType.I31, nullable: false));
                break;
            case Opcode.AnyConvertExtern:
                Add(opcode, 0, ValueType.Reference(AbstractHeapType.Any, PopReference(AbstractHeapType.Extern)));
                break;
            case Opcode.ExternConvertAny:
                Add(opcode, 0, ValueType.Reference(AbstractHeapType.Extern, PopReference(AbstractHeapType.Any)));
                break;
            case Opcode.StructNew or Opcode.StructNewDefault or Opcode.StructNewDesc or Opcode.StructNewDefaultDesc:
                DecodeStruct(ref reader, opcode);
                break;
            case Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed:
                DecodeArray(ref reader, opcode);
                break;
            default:
                throw Refuse(opcode, reader);
        }
    }

    private ModuleException Refuse(Opcode opcode, ModuleReader reader)
    {
        if (!OpcodeTable.TryGet(opcode, out _))
        {
            return BodyScanner.IllegalOpcode(opcode, _offset);
        }

        return reader.Remaining < 0
            ? new MalformedModuleException("unexpected end of section or function", _offset)
            : Invalid("constant expression required");
    }

    private void DecodeStruct(ref ModuleReader reader, Opcode opcode)
    {
        var type = _environment.GetType(reader.ReadVarU32(), _offset);
        var structure = AggregateRules.RequireStruct(type, _offset);
        if (AggregateRules.RequireAllocation(type, opcode, _offset) is { } descriptor)
        {
            Pop(descriptor);
        }

        if (opcode is Opcode.StructNewDefault or Opcode.StructNewDefaultDesc)
        {
            AggregateRules.RequireDefaultable(structure, _offset);
        }
        else
        {
            for (var i = structure.Fields.Length - 1; i >= 0; i--)
            {
                Pop(structure.Fields[i].Type);
            }
        }

        Add(opcode, (uint)type.CanonicalId, Defined(type));
    }

    private void DecodeArray(ref ModuleReader reader, Opcode opcode)
    {
        var type = _environment.GetType(reader.ReadVarU32(), _offset);
        var element = AggregateRules.RequireArray(type, _offset).Element;
        var count = 0;
        switch (opcode)
        {
            case Opcode.ArrayNew:
                Pop(ValueType.I32);
                Pop(element.Type);
                break;
            case Opcode.ArrayNewDefault:
                AggregateRules.RequireDefaultable(element, _offset);
                Pop(ValueType.I32);
                break;
            default:
                count = AggregateRules.ReadFixedCount(ref reader);
                for (var i = 0; i < count; i++)
                {
                    Pop(element.Type);
                }

                break;
        }

        Add(opcode, (uint)type.CanonicalId, Defined(type), count);
    }

    private void AddBinary(Opcode opcode, ValueType type)
    {
        Pop(type);
        Pop(type);
        Add(opcode, 0, type);
    }

    private void Add(Opcode opcode, ulong bits, ValueType result, int count = 0)
    {
        _operations.Add(new ConstOperation(opcode, bits, count));
        _stack.Add(result);
    }

    private ValueType Pop()
    {
        if (_stack.Count == 0)
        {
            throw Invalid("type mismatch: an operand is missing");
        }

        var type = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return type;
    }

    private void Pop(ValueType expected)
    {
        var type = Pop();
        if (!type.IsSubtypeOf(expected))
        {
            throw Invalid($"type mismatch: {type} where {expected} is expected");
        }
    }

    /// <summary>Pops a reference below a heap type and tells whether it can be null.</summary>
    private bool PopReference(AbstractHeapType expected)
    {
        var nullable = _stack.Count > 0 && _stack[^1].IsNullable;
        Pop(ValueType.Reference(expected, nullable: true));
        return nullable;
    }

    private InvalidModuleException Invalid(string message) => new(message, _offset);

    private static ValueType Defined(DefinedType type) =>
        ValueType.Reference(HeapType.Defined(type.CanonicalId).Exact, nullable: false);
}
