using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules.Validation;

/// <summary>
/// Validates function bodies while it decodes them, by the algorithm of the specification's appendix "Validation
/// Algorithm": a stack of operand types and a stack of open blocks. One validator does all bodies of a module, one
/// after the other.
/// </summary>
/// <remarks>
/// What is known of the body is in a <see cref="ValidationState"/> and the <see cref="ValidationStacks"/>; each family of instructions has a
/// validator, to which this class hands them.
/// </remarks>
internal sealed class FunctionValidator
{
    private readonly TailCallGraph _tailCalls;
    private readonly ValidationState _state;
    private readonly ValidationStacks _stacks;
    private readonly ControlValidator _control;
    private readonly MemoryValidator _memories;
    private readonly ReferenceValidator _references;
    private readonly AggregateValidator _aggregates;
    private readonly VectorValidator _vectors;
    private readonly AtomicValidator _atomics;

    /// <summary>Makes a validator.</summary>
    /// <param name="environment">What the module declares.</param>
    /// <param name="tailCalls">Told of the tail calls of each body.</param>
    public FunctionValidator(ModuleEnvironment environment, TailCallGraph tailCalls)
    {
        _tailCalls = tailCalls;
        _state = new ValidationState(environment);
        _stacks = new ValidationStacks(_state);
        _control = new ControlValidator(_state, _stacks);
        _memories = new MemoryValidator(_state, _stacks);
        _references = new ReferenceValidator(_state, _stacks);
        _aggregates = new AggregateValidator(_state, _stacks, _memories, _references, new DescriptorValidator(_state, _stacks, _references));
        _vectors = new VectorValidator(_state, _stacks, _memories);
        _atomics = new AtomicValidator(_state, _stacks, _memories);
    }

    /// <summary>Validates one body.</summary>
    /// <param name="functionIndex">The index of the function, imported ones first.</param>
    /// <param name="body">A reader that stands on the vector of locals and ends with the body.</param>
    /// <returns>Whether the function has anything to do with vectors.</returns>
    public bool Validate(int functionIndex, ModuleReader body)
    {
        var type = _state.Environment.Functions[functionIndex].Type.Function!;
        _state.FunctionIndex = functionIndex;
        _state.Reader = body;
        _state.Locals.Declare(type, ref _state.Reader);
        _state.HasVectors = type.HasVectors || _state.Locals.HasVectors;
        _state.Offset = _state.Reader.Offset;
        _stacks.Clear();
        _stacks.PushFrame(Opcode.Block, new BlockSignature(type));
        while (_stacks.Depth > 0)
        {
            _state.Offset = _state.Reader.Offset;
            var code = _state.Reader.ReadByte();
            var shape = OperatorShapes.All[code];
            if (shape != 0)
            {
                _stacks.ValidateOperator(shape);
            }
            else
            {
                ValidateInstruction((Opcode)code);
            }
        }

        _state.Reader.ExpectEnd();
        return _state.HasVectors;
    }

    private void ValidateInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.LocalGet:
                _stacks.Push(_state.Locals.Get(_state.Reader.ReadVarU32(), _state.Offset));
                break;
            case Opcode.LocalSet:
                _stacks.Pop(_state.Locals.Set(_state.Reader.ReadVarU32(), _state.Offset));
                break;
            case Opcode.LocalTee:
                var local = _state.Locals.Set(_state.Reader.ReadVarU32(), _state.Offset);
                _stacks.Pop(local);
                _stacks.Push(local);
                break;
            case Opcode.GlobalGet:
                var readGlobal = _state.Environment.GetGlobal(_state.Reader.ReadVarU32(), _state.Offset).Type;
                _state.NoteVector(readGlobal);
                _stacks.Push(readGlobal);
                break;
            case Opcode.GlobalSet:
                var global = _state.Environment.GetGlobal(_state.Reader.ReadVarU32(), _state.Offset);
                if (!global.IsMutable)
                {
                    throw _state.Invalid("immutable global");
                }

                _stacks.Pop(global.Type);
                break;
            case Opcode.I32Const:
                _state.Reader.ReadVarI32();
                _stacks.Push(ValueType.I32);
                break;
            case Opcode.I64Const:
                _state.Reader.ReadVarI64();
                _stacks.Push(ValueType.I64);
                break;
            case Opcode.F32Const:
                _state.Reader.Skip(sizeof(uint));
                _stacks.Push(ValueType.F32);
                break;
            case Opcode.F64Const:
                _state.Reader.Skip(sizeof(ulong));
                _stacks.Push(ValueType.F64);
                break;
            case >= Opcode.I32Load and <= Opcode.I64Store32:
                _memories.ValidateMemoryAccess(opcode);
                break;
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                _stacks.MarkUnreachable();
                break;
            case Opcode.Block or Opcode.Loop or Opcode.Try:
                _control.ValidateBlock(opcode);
                break;
            case Opcode.If:
                var signature = _control.ReadBlockType();
                _stacks.Pop(ValueType.I32);
                _stacks.PopParameters(signature);
                _stacks.PushFrame(opcode, signature);
                _stacks.PushParameters(signature);
                break;
            case Opcode.Else:
                _control.ValidateElse();
                break;
            case Opcode.End:
                _control.ValidateEnd();
                break;
            case Opcode.Br:
                _stacks.PopLabel(ref _stacks.ReadLabel());
                _stacks.MarkUnreachable();
                break;
            case Opcode.BrIf:
                _stacks.Pop(ValueType.I32);
                ref var target = ref _stacks.ReadLabel();
                _stacks.PopLabel(ref target);
                _stacks.PushLabel(ref target);
                break;
            case Opcode.BrTable:
                _control.ValidateBranchTable();
                break;
            case Opcode.Return:
                _stacks.PopLabel(ref _stacks.Outermost);
                _stacks.MarkUnreachable();
                break;
            case Opcode.Call:
                _control.ValidateCall(_state.Environment.GetFunction(_state.Reader.ReadVarU32(), _state.Offset).Type.Function!);
                break;
            case Opcode.CallIndirect:
                _control.ValidateCall(_control.ReadIndirectCallee());
                break;
            case Opcode.CallRef:
                _control.ValidateCall(_control.ReadReferencedCallee());
                break;
            case Opcode.ReturnCall:
                var callee = _state.Reader.ReadVarU32();
                _control.ValidateTailCall(_state.Environment.GetFunction(callee, _state.Offset).Type.Function!);
                _tailCalls.Add(_state.FunctionIndex, (int)callee);
                break;
            case Opcode.ReturnCallIndirect:
                _control.ValidateTailCall(_control.ReadIndirectCallee());
                _tailCalls.AddUnknown(_state.FunctionIndex);
                break;
            case Opcode.ReturnCallRef:
                _control.ValidateTailCall(_control.ReadReferencedCallee());
                _tailCalls.AddUnknown(_state.FunctionIndex);
                break;
            case Opcode.Throw:
                _stacks.PopAll(_state.Environment.GetTag(_state.Reader.ReadVarU32(), _state.Offset).Type.Parameters.AsSpan());
                _stacks.MarkUnreachable();
                break;
            case Opcode.ThrowRef:
                _stacks.Pop(ValueType.ExnRef);
                _stacks.MarkUnreachable();
                break;
            case Opcode.TryTable:
                _control.ValidateTryTable();
                break;
            case Opcode.Catch:
                var caught = _state.Environment.GetTag(_state.Reader.ReadVarU32(), _state.Offset).Type;
                _state.HasVectors |= caught.HasVectors;
                _control.ValidateLegacyCatch(opcode, caught.Parameters.AsSpan());
                break;
            case Opcode.CatchAll:
                _control.ValidateLegacyCatch(opcode, []);
                break;
            case Opcode.Delegate:
                _control.ValidateDelegate();
                break;
            case Opcode.Rethrow:
                if (_stacks.ReadLabel().Opcode is not (Opcode.Catch or Opcode.CatchAll))
                {
                    throw _state.Invalid("invalid rethrow label");
                }

                _stacks.MarkUnreachable();
                break;
            case Opcode.Drop:
                _stacks.Pop();
                break;
            case Opcode.Select:
                ValidateSelect();
                break;
            case Opcode.SelectTyped:
                ValidateTypedSelect();
                break;
            case Opcode.TableGet:
                var readTable = _state.Environment.GetTable(_state.Reader.ReadVarU32(), _state.Offset);
                _stacks.Pop(readTable.AddressType);
                _stacks.Push(readTable.ElementType);
                break;
            case Opcode.TableSet:
                var writtenTable = _state.GetWrittenTable();
                _stacks.Pop(writtenTable.ElementType);
                _stacks.Pop(writtenTable.AddressType);
                break;
            case Opcode.MemorySize:
                _stacks.Push(_state.Environment.GetMemory(_state.Reader.ReadVarU32(), _state.Offset).AddressType);
                break;
            case Opcode.MemoryGrow:
                var memory = _state.Environment.GetMemory(_state.Reader.ReadVarU32(), _state.Offset);
                _stacks.Pop(memory.AddressType);
                _stacks.Push(memory.AddressType);
                break;
            case >= Opcode.RefNull and <= Opcode.BrOnNonNull:
                _references.ValidateReferenceInstruction(opcode);
                break;
            case (Opcode)0xFB:
                _aggregates.ValidateAggregateInstruction(_state.ReadSubOpcode(0xFB));
                break;
            case (Opcode)0xFC:
                _memories.ValidatePrefixedInstruction(_state.ReadSubOpcode(0xFC));
                break;
            case (Opcode)0xFD:
                _vectors.ValidateVectorInstruction(_state.ReadSubOpcode(0xFD));
                break;
            case (Opcode)0xFE:
                _atomics.ValidateAtomicInstruction(_state.ReadSubOpcode(0xFE));
                break;
            default:
                _state.ThrowIllegal(opcode);
                break;
        }
    }

    private void ValidateSelect()
    {
        _stacks.Pop(ValueType.I32);
        var second = _stacks.Pop();
        var first = _stacks.Pop();
        if (first.IsReference || second.IsReference)
        {
            throw _state.Invalid("type mismatch: select on references needs a type");
        }

        if (first != second && first != ValueType.Bottom && second != ValueType.Bottom)
        {
            _stacks.ThrowMismatch(second, first);
        }

        _stacks.Push(first == ValueType.Bottom ? second : first);
    }

    private void ValidateTypedSelect()
    {
        var count = _state.Reader.ReadVarU32();
        if (count != 1)
        {
            throw _state.Invalid("invalid result arity");
        }

        var type = _state.Environment.ReadValueType(ref _state.Reader);
        _state.NoteVector(type);
        _stacks.Pop(ValueType.I32);
        _stacks.Pop(type);
        _stacks.Pop(type);
        _stacks.Push(type);
    }
}
