using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Harness.Engine.Modules.Validation;

/// <summary>The stack of operand types and the stack of open blocks.</summary>
internal sealed class ValidationStacks(ValidationState state)
{
    private ValueType[] _stack = new ValueType[256];
    private int _height;
    private ControlFrame[] _frames = new ControlFrame[32];
    private int _depth;

    /// <summary>
    /// The operand height at the start of the innermost block: what lies below belongs to blocks outside.
    /// </summary>
    private int _floor;

    /// <summary>
    /// Whether the rest of the innermost block cannot be reached, so that operands of any type can be popped.
    /// </summary>
    private bool _unreachable;

    /// <summary>How many blocks are open.</summary>
    public int Depth => _depth;

    /// <summary>The innermost open block.</summary>
    public ref ControlFrame Innermost => ref _frames[_depth - 1];

    /// <summary>The outermost open block: the body.</summary>
    public ref ControlFrame Outermost => ref _frames[0];

    /// <summary>Begins with a body.</summary>
    public void Clear()
    {
        _height = 0;
        _depth = 0;
        _floor = 0;
        _unreachable = false;
    }

    /// <summary>Pushes an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(ValueType type)
    {
        var stack = _stack;
        var height = _height;
        if ((uint)height >= (uint)stack.Length)
        {
            stack = GrowStack();
        }

        stack[height] = type;
        _height = height + 1;
    }

    /// <summary>Pops an operand.</summary>
    public ValueType Pop()
    {
        if (_height > _floor)
        {
            return _stack[--_height];
        }

        if (!_unreachable)
        {
            throw state.Invalid("type mismatch: instruction requires an operand");
        }

        return ValueType.Bottom;
    }

    /// <summary>Pops an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pop(ValueType expected)
    {
        var height = _height - 1;
        if (height >= _floor && _stack[height] == expected)
        {
            _height = height;
        }
        else
        {
            PopSubtype(expected);
        }
    }

    private void PopSubtype(ValueType expected)
    {
        if (_height > _floor)
        {
            var actual = _stack[--_height];
            if (!actual.IsSubtypeOf(expected))
            {
                ThrowMismatch(actual, expected);
            }
        }
        else if (!_unreachable)
        {
            ThrowMissing(expected);
        }
    }

    /// <summary>Pops a reference of any type.</summary>
    public ValueType PopReference()
    {
        var type = Pop();
        if (type == ValueType.Bottom)
        {
            return ValueType.Reference(HeapType.Bottom, nullable: false);
        }

        if (!type.IsReference)
        {
            throw state.Invalid($"type mismatch: {type} where a reference is expected");
        }

        return type;
    }

    /// <summary>Pops operands, the last type first.</summary>
    public void PopAll(ReadOnlySpan<ValueType> types)
    {
        for (var i = types.Length - 1; i >= 0; i--)
        {
            Pop(types[i]);
        }
    }

    /// <summary>Pushes operands.</summary>
    public void PushAll(ReadOnlySpan<ValueType> types)
    {
        foreach (var type in types)
        {
            Push(type);
        }
    }

    /// <summary>Pops a block's parameters.</summary>
    public void PopParameters(BlockSignature signature)
    {
        for (var i = signature.ParameterCount - 1; i >= 0; i--)
        {
            Pop(signature.Parameter(i));
        }
    }

    /// <summary>Pushes a block's parameters.</summary>
    public void PushParameters(BlockSignature signature)
    {
        for (var i = 0; i < signature.ParameterCount; i++)
        {
            Push(signature.Parameter(i));
        }
    }

    /// <summary>Pops what a branch to a block takes.</summary>
    public void PopLabel(ref ControlFrame frame)
    {
        for (var i = frame.LabelArity - 1; i >= 0; i--)
        {
            Pop(frame.LabelType(i));
        }
    }

    /// <summary>Pushes what a branch to a block takes.</summary>
    public void PushLabel(ref ControlFrame frame)
    {
        for (var i = 0; i < frame.LabelArity; i++)
        {
            Push(frame.LabelType(i));
        }
    }

    /// <summary>Validates a numeric operator by its <see cref="OperatorShapes">shape</see>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ValidateOperator(uint shape)
    {
        if ((shape & OperatorShapes.BinaryShape) != 0)
        {
            Pop(ValueType.OfKind((ValueKind)((shape >> 8) & 0xF)));
        }

        Pop(ValueType.OfKind((ValueKind)((shape >> 4) & 0xF)));
        Push(ValueType.OfKind((ValueKind)(shape & 0xF)));
    }

    /// <summary>Checks that a branch to a block finds its operands, and leaves them.</summary>
    public void CheckOperands(ref ControlFrame frame)
    {
        var position = _height;
        for (var i = frame.LabelArity - 1; i >= 0; i--)
        {
            var expected = frame.LabelType(i);
            if (position > _floor)
            {
                var actual = _stack[--position];
                if (!actual.IsSubtypeOf(expected))
                {
                    ThrowMismatch(actual, expected);
                }
            }
            else if (!_unreachable)
            {
                ThrowMissing(expected);
            }
        }
    }

    /// <summary>Says that what follows in the block cannot be reached.</summary>
    public void MarkUnreachable()
    {
        _height = _floor;
        _unreachable = true;
    }

    /// <summary>Opens a block.</summary>
    public void PushFrame(Opcode opcode, BlockSignature signature)
    {
        if (_depth == _frames.Length)
        {
            GrowFrames();
        }

        _frames[_depth++] = new ControlFrame
        {
            Signature = signature,
            Opcode = opcode,
            Floor = _height,
            InitializedLocals = state.Locals.InitializedCount,
            OuterUnreachable = _unreachable,
        };
        _floor = _height;
        _unreachable = false;
    }

    /// <summary>Checks that the innermost block's results and nothing else are on its stack, and pops them.</summary>
    public ref ControlFrame PopResults()
    {
        ref var frame = ref _frames[_depth - 1];
        for (var i = frame.Signature.ResultCount - 1; i >= 0; i--)
        {
            Pop(frame.Signature.Result(i));
        }

        if (_height != _floor)
        {
            throw state.Invalid($"type mismatch: {_height - _floor} values too many at the end of a block");
        }

        state.Locals.Forget(frame.InitializedLocals);
        return ref frame;
    }

    /// <summary>Lets the innermost block go on with another part, which can be reached.</summary>
    public void BeginPart() => _unreachable = false;

    /// <summary>Closes the innermost block.</summary>
    public void PopFrame(ref ControlFrame frame)
    {
        _unreachable = frame.OuterUnreachable;
        _depth--;
        _floor = _depth > 0 ? _frames[_depth - 1].Floor : 0;
    }

    /// <summary>Reads a label index.</summary>
    public ref ControlFrame ReadLabel()
    {
        var label = state.Reader.ReadVarU32();
        if (label >= (uint)_depth)
        {
            throw state.Invalid($"unknown label {label}");
        }

        return ref _frames[_depth - 1 - (int)label];
    }

    private ValueType[] GrowStack()
    {
        if (_height >= ImplementationLimits.OperandStackHeight)
        {
            throw InvalidModuleException.TooMany("operands", ImplementationLimits.OperandStackHeight, state.Offset);
        }

        Array.Resize(ref _stack, Math.Min(_stack.Length * 2, ImplementationLimits.OperandStackHeight));
        return _stack;
    }

    private void GrowFrames()
    {
        if (_depth >= ImplementationLimits.NestingDepth)
        {
            throw InvalidModuleException.TooMany("nested blocks", ImplementationLimits.NestingDepth, state.Offset);
        }

        Array.Resize(ref _frames, Math.Min(_frames.Length * 2, ImplementationLimits.NestingDepth));
    }

    /// <summary>Fails since an operand is missing.</summary>
    [DoesNotReturn]
    private void ThrowMissing(ValueType expected) =>
        throw state.Invalid($"type mismatch: instruction requires [{expected}] but stack has []");

    /// <summary>Fails since an operand has another type.</summary>
    [DoesNotReturn]
    public void ThrowMismatch(ValueType actual, ValueType expected) =>
        throw state.Invalid($"type mismatch: instruction requires [{expected}] but stack has [{actual}]");
}
