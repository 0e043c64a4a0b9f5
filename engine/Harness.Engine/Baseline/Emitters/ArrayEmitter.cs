using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Arrays.</summary>
internal sealed class ArrayEmitter(
    BaselineState state, BuiltinCalls builtins, FieldEmitter fields, NewArrayEmitter newArrays, VectorArrayEmitter vectorArrays)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly BuiltinCalls _builtins = builtins;
    private readonly FieldEmitter _fields = fields;
    private readonly NewArrayEmitter _newArrays = newArrays;
    private readonly VectorArrayEmitter _vectorArrays = vectorArrays;

    /// <summary>Compiles an instruction on arrays.</summary>
    public void Compile(Opcode opcode)
    {
        if (opcode == Opcode.ArrayLen)
        {
            EmitArrayLength();
            return;
        }

        var type = _body.Module.GetType(_body.Reader.ReadIndex());
        var element = type.Array!.Element;
        switch (opcode)
        {
            case Opcode.ArrayNew or Opcode.ArrayNewDefault when element.Type.IsVector:
                _vectorArrays.EmitVectorArrayNew(type.CanonicalId, isDefault: opcode == Opcode.ArrayNewDefault);
                break;
            case Opcode.ArrayNew:
            case Opcode.ArrayNewDefault:
                _newArrays.EmitArrayNew(type.CanonicalId, element, isDefault: opcode == Opcode.ArrayNewDefault);
                break;
            case Opcode.ArrayNewFixed:
                _newArrays.EmitArrayNewFixed(type.CanonicalId, element, _body.Reader.ReadIndex());
                break;
            case Opcode.ArrayNewData:
                _newArrays.EmitArrayFromSegment(Builtin.ArrayNewData, type.CanonicalId);
                break;
            case Opcode.ArrayNewElem:
                _newArrays.EmitArrayFromSegment(Builtin.ArrayNewElem, type.CanonicalId);
                break;
            case Opcode.ArrayFill when element.Type.IsVector:
                _vectorArrays.EmitVectorArrayFill();
                break;
            case Opcode.ArrayFill:
                _newArrays.ReinterpretAsInteger(_stack.Height - 2);
                _builtins.EmitBuiltinStatus(Builtin.ArrayFill, null, 4);
                break;
            case Opcode.ArrayCopy:
                _body.Reader.ReadIndex();
                _builtins.EmitBuiltinStatus(Builtin.ArrayCopy, null, 5);
                break;
            case Opcode.ArrayInitData:
                _builtins.EmitBuiltinStatus(Builtin.ArrayInitData, _body.Reader.ReadIndex(), 4);
                break;
            case Opcode.ArrayInitElem:
                _builtins.EmitBuiltinStatus(Builtin.ArrayInitElem, _body.Reader.ReadIndex(), 4);
                break;
            default:
                var access = OpcodeTable.GetAccess(opcode);
                if (access.IsWrite)
                {
                    EmitArraySet(element);
                }
                else
                {
                    EmitArrayGet(element, isSigned: access.Extension == AccessExtension.Sign);
                }

                break;
        }
    }

    private void EmitArrayLength()
    {
        var array = _stack.Pop(RegisterSet.None).Gpr;
        var length = _stack.AllocateGpr(RegisterSet.None);
        _sites.AddFaultSite(TrapKind.NullArray);
        _asm.Mov(OpSize.Dword, length, Mem.Base(array, ObjectLayout.ArrayLength));
        _stack.Push(ValueKind.I32, length);
    }

    private void EmitArrayGet(FieldType element, bool isSigned) =>
        _fields.PushFrom(PopElement(element, RegisterSet.None, out _), element, isSigned, TrapKind.None);

    private void EmitArraySet(FieldType element)
    {
        var value = _stack.PopValue(RegisterSet.None);
        var place = PopElement(element, RegisterSet.Of(value), out var array);
        _fields.StoreValue(place, element, value);
        _fields.EmitBarrier(array, element, value, place);
    }

    /// <summary>Pops an array and an index into it, checks both, and gives the operand for the element.</summary>
    private Mem PopElement(FieldType element, uint pinned, out Gpr array)
    {
        var scale = ObjectLayout.SizeOf(element);
        var index = _stack.Peek();
        var offset = ObjectLayout.ArrayElements + ((uint)index.Constant * (long)scale);
        if (index.IsConstant && offset <= int.MaxValue)
        {
            _stack.Drop();
            array = _stack.Pop(pinned).Gpr;
            _sites.AddFaultSite(TrapKind.NullArray);
            _asm.Alu(AluOp.Cmp, OpSize.Dword, Mem.Base(array, ObjectLayout.ArrayLength), index.Constant);
            _asm.Jcc(Condition.BelowOrEqual, _cold.AddTrap(TrapKind.ArrayOutOfBounds));
            return Mem.Base(array, (int)offset);
        }

        var register = _stack.Pop(pinned);
        array = _stack.Pop(pinned | register.Bit).Gpr;
        _sites.AddFaultSite(TrapKind.NullArray);
        _asm.Alu(AluOp.Cmp, OpSize.Dword, register.Gpr, Mem.Base(array, ObjectLayout.ArrayLength));
        _asm.Jcc(Condition.AboveOrEqual, _cold.AddTrap(TrapKind.ArrayOutOfBounds));
        if (!element.Type.IsVector)
        {
            return Mem.BaseIndex(array, register.Gpr, scale, ObjectLayout.ArrayElements);
        }

        // An index is scaled by 8 at most.
        var offset16 = _stack.AllocateGpr(pinned | register.Bit | RegisterSet.Of(array));
        _asm.Mov(OpSize.Dword, offset16, register.Gpr);
        _asm.Shift(ShiftOp.Shl, OpSize.Qword, offset16, 4);
        return Mem.BaseIndex(array, offset16, 1, ObjectLayout.ArrayElements);
    }
}
