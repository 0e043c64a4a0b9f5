using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Memories.</summary>
internal sealed class MemoryEmitter(BaselineState state, InstanceFields instance, BuiltinCalls builtins, MemoryAddressing addresses)
{
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
            case Opcode.MemorySize: EmitMemorySize(_body.Reader.ReadIndex()); break;
            case Opcode.MemoryGrow: EmitMemoryGrow(_body.Reader.ReadIndex()); break;
            default: EmitAccess(OpcodeTable.Get(opcode)); break;
        }
    }

    private void EmitAccess(OpcodeInfo info)
    {
        if (info.Access.Kind != AccessKind.Memory)
        {
            throw _body.NotSupported(info.Opcode);
        }

        var size = (OpSize)info.NaturalAlignment;
        var kind = info.Access.IsWrite ? info.Parameters[1] : info.Results[0];
        var isFloat = kind is ValueKind.F32 or ValueKind.F64;
        switch (info.Access)
        {
            case { IsWrite: true } when isFloat: EmitFloatStore(size); break;
            case { IsWrite: true }: EmitStore(size); break;
            case var _ when isFloat: EmitFloatLoad(kind); break;
            default: EmitLoad(kind, size, isSigned: info.Access.Extension == AccessExtension.Sign); break;
        }
    }

    /// <summary>Compiles an instruction on a range of a memory.</summary>
    public void CompileBulk(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemoryInit:
                var data = _body.Reader.ReadIndex();
                _builtins.EmitBuiltinStatus(Builtin.MemoryInit, BuiltinCalls.Pack(_body.Reader.ReadIndex(), data), 3);
                break;
            case Opcode.DataDrop:
                _builtins.EmitBuiltin(Builtin.DataDrop, _body.Reader.ReadIndex(), 0);
                break;
            case Opcode.MemoryCopy:
                var destination = _body.Reader.ReadIndex();
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
            var constant = _stack.Peek().Constant;
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
        var type = _body.Module.Memories[memoryIndex].Type;
        if (type.PageSizeLog2 != 0)
        {
            _asm.Shift(ShiftOp.Shr, OpSize.Qword, result, type.PageSizeLog2);
        }

        _stack.Push(type.AddressType.Kind, result);
    }

    private void EmitMemoryGrow(int memoryIndex)
    {
        _builtins.EmitBuiltin(Builtin.MemoryGrow, memoryIndex, 1);
        _builtins.PushBuiltinResult(_body.Module.Memories[memoryIndex].Type.AddressType.Kind);
    }
}
