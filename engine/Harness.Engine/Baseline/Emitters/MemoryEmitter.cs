using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Memories.</summary>
internal sealed class MemoryEmitter(BaselineState state, InstanceFields instance, BuiltinCalls builtins, MemoryAddressing addresses)
{
    private const int PageShift = 16;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly InstanceFields _instance = instance;
    private readonly BuiltinCalls _builtins = builtins;
    private readonly MemoryAddressing _addresses = addresses;

    /// <summary>Compiles a load, a store, or an instruction on the size of a memory.</summary>
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Load: EmitLoad(ValueKind.I32, OpSize.Dword, isSigned: false); break;
            case Opcode.I64Load: EmitLoad(ValueKind.I64, OpSize.Qword, isSigned: false); break;
            case Opcode.F32Load: EmitFloatLoad(ValueKind.F32); break;
            case Opcode.F64Load: EmitFloatLoad(ValueKind.F64); break;
            case Opcode.I32Load8S: EmitLoad(ValueKind.I32, OpSize.Byte, isSigned: true); break;
            case Opcode.I32Load8U: EmitLoad(ValueKind.I32, OpSize.Byte, isSigned: false); break;
            case Opcode.I32Load16S: EmitLoad(ValueKind.I32, OpSize.Word, isSigned: true); break;
            case Opcode.I32Load16U: EmitLoad(ValueKind.I32, OpSize.Word, isSigned: false); break;
            case Opcode.I64Load8S: EmitLoad(ValueKind.I64, OpSize.Byte, isSigned: true); break;
            case Opcode.I64Load8U: EmitLoad(ValueKind.I64, OpSize.Byte, isSigned: false); break;
            case Opcode.I64Load16S: EmitLoad(ValueKind.I64, OpSize.Word, isSigned: true); break;
            case Opcode.I64Load16U: EmitLoad(ValueKind.I64, OpSize.Word, isSigned: false); break;
            case Opcode.I64Load32S: EmitLoad(ValueKind.I64, OpSize.Dword, isSigned: true); break;
            case Opcode.I64Load32U: EmitLoad(ValueKind.I64, OpSize.Dword, isSigned: false); break;
            case Opcode.I32Store: EmitStore(OpSize.Dword); break;
            case Opcode.I64Store: EmitStore(OpSize.Qword); break;
            case Opcode.F32Store: EmitFloatStore(OpSize.Dword); break;
            case Opcode.F64Store: EmitFloatStore(OpSize.Qword); break;
            case Opcode.I32Store8: EmitStore(OpSize.Byte); break;
            case Opcode.I32Store16: EmitStore(OpSize.Word); break;
            case Opcode.I64Store8: EmitStore(OpSize.Byte); break;
            case Opcode.I64Store16: EmitStore(OpSize.Word); break;
            case Opcode.I64Store32: EmitStore(OpSize.Dword); break;
            case Opcode.MemorySize: EmitMemorySize(_body.Reader.ReadIndex()); break;
            case Opcode.MemoryGrow: EmitMemoryGrow(_body.Reader.ReadIndex()); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    /// <summary>Compiles an instruction on a range of a memory.</summary>
    public void CompileBulk(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemoryInit:
                int data = _body.Reader.ReadIndex();
                _builtins.EmitBuiltinStatus(Builtin.MemoryInit, BuiltinCalls.Pack(_body.Reader.ReadIndex(), data), 3);
                break;
            case Opcode.DataDrop:
                _builtins.EmitBuiltin(Builtin.DataDrop, _body.Reader.ReadIndex(), 0);
                break;
            case Opcode.MemoryCopy:
                int destination = _body.Reader.ReadIndex();
                _builtins.EmitBuiltinStatus(Builtin.MemoryCopy, BuiltinCalls.Pack(destination, _body.Reader.ReadIndex()), 3);
                break;
            default:
                _builtins.EmitBuiltinStatus(Builtin.MemoryFill, _body.Reader.ReadIndex(), 3);
                break;
        }
    }

    private void EmitLoad(ValueKind kind, OpSize size, bool isSigned)
    {
        var address = _addresses.PopAddress(1 << (int)size, RegisterSet.None);
        var result = _stack.AllocateGpr(RegisterSet.None);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        if (isSigned)
        {
            _asm.MovSx(RegisterSet.SizeOf(kind), size, result, address);
        }
        else
        {
            _asm.MovZx(size, result, address);
        }

        _stack.Push(kind, result);
    }

    private void EmitFloatLoad(ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        var address = _addresses.PopAddress(1 << (int)size, RegisterSet.None);
        var result = _stack.Allocate(kind, RegisterSet.None);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.MovScalar(size, result.Xmm, address);
        _stack.Push(kind, result);
    }

    private void EmitStore(OpSize size)
    {
        if (_stack.Peek().IsConstant)
        {
            int constant = _stack.Peek().Constant;
            _stack.Drop();
            var target = _addresses.PopAddress(1 << (int)size, RegisterSet.None);
            _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
            _asm.Mov(size, target, constant);
            return;
        }

        var value = _stack.Pop(RegisterSet.None);
        var address = _addresses.PopAddress(1 << (int)size, value.Bit);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.Mov(size, address, value.Gpr);
    }

    private void EmitFloatStore(OpSize size)
    {
        var value = _stack.Pop(RegisterSet.None);
        var address = _addresses.PopAddress(1 << (int)size, value.Bit);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.MovScalar(size, address, value.Xmm);
    }

    private void EmitMemorySize(int memoryIndex)
    {
        var result = _stack.AllocateGpr(RegisterSet.None);
        _instance.LoadField(_body.Layout.Memory(memoryIndex), MemoryData.ByteLengthOffset, result);
        _asm.Shift(ShiftOp.Shr, OpSize.Qword, result, PageShift);
        _stack.Push(_body.Module.Memories[memoryIndex].Type.AddressType.Kind, result);
    }

    private void EmitMemoryGrow(int memoryIndex)
    {
        _builtins.EmitBuiltin(Builtin.MemoryGrow, memoryIndex, 1);
        _builtins.PushBuiltinResult(_body.Module.Memories[memoryIndex].Type.AddressType.Kind);
    }
}
