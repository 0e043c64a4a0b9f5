using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Harness.Engine.Modules;

/// <content>The stack of operand types and the stack of open blocks.</content>
internal sealed partial class FunctionValidator
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

    /// <summary>An open block.</summary>
    private struct ControlFrame
    {
        public BlockSignature Signature;
        public Opcode Opcode;
        public int Floor;
        public int InitializedLocals;

        /// <summary>Whether the block outside is unreachable already where this one starts.</summary>
        public bool OuterUnreachable;

        /// <summary>The number of operands that a branch to the block takes.</summary>
        public readonly int LabelArity => Opcode == Opcode.Loop ? Signature.ParameterCount : Signature.ResultCount;

        /// <summary>Whether branches to both blocks certainly take the same operands.</summary>
        public readonly bool TakesSameAs(in ControlFrame other) =>
            Opcode != Opcode.Loop && other.Opcode != Opcode.Loop && Signature.IsSame(other.Signature);

        /// <summary>The type of an operand that a branch to the block takes.</summary>
        public readonly ValueType LabelType(int index) =>
            Opcode == Opcode.Loop ? Signature.Parameter(index) : Signature.Result(index);
    }

    private void ResetStacks()
    {
        _height = 0;
        _depth = 0;
        _floor = 0;
        _unreachable = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(ValueType type)
    {
        var stack = _stack;
        var height = _height;
        if ((uint)height >= (uint)stack.Length) stack = GrowStack();
        stack[height] = type;
        _height = height + 1;
    }

    private ValueType Pop()
    {
        if (_height > _floor) return _stack[--_height];
        if (!_unreachable) throw Invalid("type mismatch: instruction requires an operand");
        return ValueType.Bottom;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pop(ValueType expected)
    {
        var height = _height - 1;
        if (height >= _floor && _stack[height] == expected)
            _height = height;
        else
            PopSubtype(expected);
    }

    private void PopSubtype(ValueType expected)
    {
        if (_height > _floor)
        {
            var actual = _stack[--_height];
            if (!actual.IsSubtypeOf(expected)) ThrowMismatch(actual, expected);
        }
        else if (!_unreachable)
        {
            ThrowMissing(expected);
        }
    }

    /// <summary>Pops a reference of any type.</summary>
    private ValueType PopReference()
    {
        var type = Pop();
        if (type == ValueType.Bottom) return ValueType.Reference(HeapType.Bottom, nullable: false);
        if (!type.IsReference) throw Invalid($"type mismatch: {type} where a reference is expected");
        return type;
    }

    private void PopAll(ReadOnlySpan<ValueType> types)
    {
        for (var i = types.Length - 1; i >= 0; i--) Pop(types[i]);
    }

    private void PushAll(ReadOnlySpan<ValueType> types)
    {
        foreach (var type in types) Push(type);
    }

    private void PopParameters(BlockSignature signature)
    {
        for (var i = signature.ParameterCount - 1; i >= 0; i--) Pop(signature.Parameter(i));
    }

    private void PushParameters(BlockSignature signature)
    {
        for (var i = 0; i < signature.ParameterCount; i++) Push(signature.Parameter(i));
    }

    private void PopLabel(ref ControlFrame frame)
    {
        for (var i = frame.LabelArity - 1; i >= 0; i--) Pop(frame.LabelType(i));
    }

    private void PushLabel(ref ControlFrame frame)
    {
        for (var i = 0; i < frame.LabelArity; i++) Push(frame.LabelType(i));
    }

    private void MarkUnreachable()
    {
        _height = _floor;
        _unreachable = true;
    }

    private void PushFrame(Opcode opcode, BlockSignature signature)
    {
        if (_depth == _frames.Length) GrowFrames();
        _frames[_depth++] = new ControlFrame
        {
            Signature = signature,
            Opcode = opcode,
            Floor = _height,
            InitializedLocals = _locals.InitializedCount,
            OuterUnreachable = _unreachable,
        };
        _floor = _height;
        _unreachable = false;
    }

    /// <summary>Checks that the innermost block's results and nothing else are on its stack, and pops them.</summary>
    private ref ControlFrame PopResults()
    {
        ref var frame = ref _frames[_depth - 1];
        for (var i = frame.Signature.ResultCount - 1; i >= 0; i--) Pop(frame.Signature.Result(i));
        if (_height != _floor)
            throw Invalid($"type mismatch: {_height - _floor} values too many at the end of a block");
        _locals.Forget(frame.InitializedLocals);
        return ref frame;
    }

    private void PopFrame(ref ControlFrame frame)
    {
        _unreachable = frame.OuterUnreachable;
        _depth--;
        _floor = _depth > 0 ? _frames[_depth - 1].Floor : 0;
    }

    /// <summary>Reads a label index.</summary>
    private ref ControlFrame ReadLabel()
    {
        var label = _reader.ReadVarU32();
        if (label >= (uint)_depth) throw Invalid($"unknown label {label}");
        return ref _frames[_depth - 1 - (int)label];
    }

    private ValueType[] GrowStack()
    {
        if (_height >= ImplementationLimits.OperandStackHeight)
            throw InvalidModuleException.TooMany("operands", ImplementationLimits.OperandStackHeight, _offset);
        Array.Resize(ref _stack, Math.Min(_stack.Length * 2, ImplementationLimits.OperandStackHeight));
        return _stack;
    }

    private void GrowFrames()
    {
        if (_depth >= ImplementationLimits.NestingDepth)
            throw InvalidModuleException.TooMany("nested blocks", ImplementationLimits.NestingDepth, _offset);
        Array.Resize(ref _frames, Math.Min(_frames.Length * 2, ImplementationLimits.NestingDepth));
    }

    [DoesNotReturn]
    private void ThrowMissing(ValueType expected) =>
        throw Invalid($"type mismatch: instruction requires [{expected}] but stack has []");

    [DoesNotReturn]
    private void ThrowMismatch(ValueType actual, ValueType expected) =>
        throw Invalid($"type mismatch: instruction requires [{expected}] but stack has [{actual}]");
}
