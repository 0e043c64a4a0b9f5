using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Harness.Engine.Modules;

/// <summary>
/// Validates function bodies while it decodes them, by the algorithm of the specification's appendix "Validation
/// Algorithm": a stack of operand types and a stack of open blocks. One validator does all bodies of a module, one
/// after the other.
/// </summary>
internal sealed partial class FunctionValidator
{
    private readonly ModuleEnvironment _environment;
    private readonly TailCallGraph _tailCalls;
    private readonly LocalTypes _locals;
    private ModuleReader _reader;
    private int _functionIndex;

    /// <summary>The offset of the instruction at hand, for messages.</summary>
    private int _offset;

    /// <summary>Whether a value of the body is a vector, or an object that it makes or copies into has one.</summary>
    private bool _hasVectors;

    /// <param name="environment">What the module declares.</param>
    /// <param name="tailCalls">Told of the tail calls of each body.</param>
    public FunctionValidator(ModuleEnvironment environment, TailCallGraph tailCalls)
    {
        _environment = environment;
        _tailCalls = tailCalls;
        _locals = new LocalTypes(environment);
    }

    /// <summary>Validates one body.</summary>
    /// <param name="functionIndex">The index of the function, imported ones first.</param>
    /// <param name="body">A reader that stands on the vector of locals and ends with the body.</param>
    /// <returns>Whether the function has anything to do with vectors.</returns>
    public bool Validate(int functionIndex, ModuleReader body)
    {
        var type = _environment.Functions[functionIndex].Type.Function!;
        _functionIndex = functionIndex;
        _reader = body;
        _locals.Declare(type, ref _reader);
        _hasVectors = type.HasVectors || _locals.HasVectors;
        _offset = _reader.Offset;
        ResetStacks();
        PushFrame(Opcode.Block, new BlockSignature(type));
        while (_depth > 0)
        {
            _offset = _reader.Offset;
            var code = _reader.ReadByte();
            var shape = OperatorShapes[code];
            if (shape != 0)
                ValidateOperator(shape);
            else
                ValidateInstruction((Opcode)code);
        }

        _reader.ExpectEnd();
        return _hasVectors;
    }

    private void ValidateInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.LocalGet:
                Push(_locals.Get(_reader.ReadVarU32(), _offset));
                break;
            case Opcode.LocalSet:
                Pop(_locals.Set(_reader.ReadVarU32(), _offset));
                break;
            case Opcode.LocalTee:
                var local = _locals.Set(_reader.ReadVarU32(), _offset);
                Pop(local);
                Push(local);
                break;
            case Opcode.GlobalGet:
                var readGlobal = _environment.GetGlobal(_reader.ReadVarU32(), _offset).Type;
                NoteVector(readGlobal);
                Push(readGlobal);
                break;
            case Opcode.GlobalSet:
                var global = _environment.GetGlobal(_reader.ReadVarU32(), _offset);
                if (!global.IsMutable) throw Invalid("immutable global");
                Pop(global.Type);
                break;
            case Opcode.I32Const:
                _reader.ReadVarI32();
                Push(ValueType.I32);
                break;
            case Opcode.I64Const:
                _reader.ReadVarI64();
                Push(ValueType.I64);
                break;
            case Opcode.F32Const:
                _reader.Skip(sizeof(uint));
                Push(ValueType.F32);
                break;
            case Opcode.F64Const:
                _reader.Skip(sizeof(ulong));
                Push(ValueType.F64);
                break;
            case >= Opcode.I32Load and <= Opcode.I64Store32:
                ValidateMemoryAccess(opcode);
                break;
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                MarkUnreachable();
                break;
            case Opcode.Block or Opcode.Loop or Opcode.Try:
                ValidateBlock(opcode);
                break;
            case Opcode.If:
                var signature = ReadBlockType();
                Pop(ValueType.I32);
                PopParameters(signature);
                PushFrame(opcode, signature);
                PushParameters(signature);
                break;
            case Opcode.Else:
                ValidateElse();
                break;
            case Opcode.End:
                ValidateEnd();
                break;
            case Opcode.Br:
                PopLabel(ref ReadLabel());
                MarkUnreachable();
                break;
            case Opcode.BrIf:
                Pop(ValueType.I32);
                ref var target = ref ReadLabel();
                PopLabel(ref target);
                PushLabel(ref target);
                break;
            case Opcode.BrTable:
                ValidateBranchTable();
                break;
            case Opcode.Return:
                PopLabel(ref _frames[0]);
                MarkUnreachable();
                break;
            case Opcode.Call:
                ValidateCall(_environment.GetFunction(_reader.ReadVarU32(), _offset).Type.Function!);
                break;
            case Opcode.CallIndirect:
                ValidateCall(ReadIndirectCallee());
                break;
            case Opcode.CallRef:
                ValidateCall(ReadReferencedCallee());
                break;
            case Opcode.ReturnCall:
                var callee = _reader.ReadVarU32();
                ValidateTailCall(_environment.GetFunction(callee, _offset).Type.Function!);
                _tailCalls.Add(_functionIndex, (int)callee);
                break;
            case Opcode.ReturnCallIndirect:
                ValidateTailCall(ReadIndirectCallee());
                _tailCalls.AddUnknown(_functionIndex);
                break;
            case Opcode.ReturnCallRef:
                ValidateTailCall(ReadReferencedCallee());
                _tailCalls.AddUnknown(_functionIndex);
                break;
            case Opcode.Throw:
                PopAll(_environment.GetTag(_reader.ReadVarU32(), _offset).Type.Parameters.AsSpan());
                MarkUnreachable();
                break;
            case Opcode.ThrowRef:
                Pop(ValueType.ExnRef);
                MarkUnreachable();
                break;
            case Opcode.TryTable:
                ValidateTryTable();
                break;
            case Opcode.Catch:
                var caught = _environment.GetTag(_reader.ReadVarU32(), _offset).Type;
                _hasVectors |= caught.HasVectors;
                ValidateLegacyCatch(opcode, caught.Parameters.AsSpan());
                break;
            case Opcode.CatchAll:
                ValidateLegacyCatch(opcode, []);
                break;
            case Opcode.Delegate:
                ValidateDelegate();
                break;
            case Opcode.Rethrow:
                if (ReadLabel().Opcode is not (Opcode.Catch or Opcode.CatchAll)) throw Invalid("invalid rethrow label");
                MarkUnreachable();
                break;
            case Opcode.Drop:
                Pop();
                break;
            case Opcode.Select:
                ValidateSelect();
                break;
            case Opcode.SelectTyped:
                ValidateTypedSelect();
                break;
            case Opcode.TableGet:
                var readTable = _environment.GetTable(_reader.ReadVarU32(), _offset);
                Pop(readTable.AddressType);
                Push(readTable.ElementType);
                break;
            case Opcode.TableSet:
                var writtenTable = GetWrittenTable();
                Pop(writtenTable.ElementType);
                Pop(writtenTable.AddressType);
                break;
            case Opcode.MemorySize:
                Push(_environment.GetMemory(_reader.ReadVarU32(), _offset).AddressType);
                break;
            case Opcode.MemoryGrow:
                var memory = _environment.GetMemory(_reader.ReadVarU32(), _offset);
                Pop(memory.AddressType);
                Push(memory.AddressType);
                break;
            case >= Opcode.RefNull and <= Opcode.BrOnNonNull:
                ValidateReferenceInstruction(opcode);
                break;
            case (Opcode)0xFB:
                ValidateAggregateInstruction(ReadSubOpcode(0xFB));
                break;
            case (Opcode)0xFC:
                ValidateBulkInstruction(ReadSubOpcode(0xFC));
                break;
            case (Opcode)0xFD:
                ValidateVectorInstruction(ReadSubOpcode(0xFD));
                break;
            case (Opcode)0xFE:
                ValidateAtomicInstruction(ReadSubOpcode(0xFE));
                break;
            default:
                ThrowIllegal(opcode);
                break;
        }
    }

    /// <summary>Validates a numeric operator by its <see cref="OperatorShapes">shape</see>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ValidateOperator(uint shape)
    {
        if ((shape & BinaryShape) != 0) Pop(ValueType.OfKind((ValueKind)((shape >> 8) & 0xF)));
        Pop(ValueType.OfKind((ValueKind)((shape >> 4) & 0xF)));
        Push(ValueType.OfKind((ValueKind)(shape & 0xF)));
    }

    private Opcode ReadSubOpcode(int prefix) => _reader.ReadSubOpcode(prefix);

    private void NoteVector(ValueType type) => _hasVectors |= type.IsVector;

    private void ValidateSelect()
    {
        Pop(ValueType.I32);
        var second = Pop();
        var first = Pop();
        if (first.IsReference || second.IsReference)
            throw Invalid("type mismatch: select on references needs a type");
        if (first != second && first != ValueType.Bottom && second != ValueType.Bottom) ThrowMismatch(second, first);
        Push(first == ValueType.Bottom ? second : first);
    }

    private void ValidateTypedSelect()
    {
        var count = _reader.ReadVarU32();
        if (count != 1) throw Invalid("invalid result arity");
        var type = _environment.ReadValueType(ref _reader);
        NoteVector(type);
        Pop(ValueType.I32);
        Pop(type);
        Pop(type);
        Push(type);
    }

    private InvalidModuleException Invalid(string message) => new(message, _offset);

    [DoesNotReturn]
    private void ThrowIllegal(Opcode opcode) => throw BodyScanner.IllegalOpcode(opcode, _offset);
}
