using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// Atomic instructions (threads proposal), all of them sequentially consistent: on this processor loads are so by themselves, and stores as
/// exchanges are (Batty et al., "Clarifying and Compiling C/C++ Concurrency", POPL 2012). In both tiers the alignment of the address is checked first, then its bounds.
/// </summary>
internal sealed class AtomicEmitter(BaselineState state, BuiltinCalls builtins, MemoryAddressing addresses)
{
    private const uint Rax = 1u << (int)Gpr.Rax;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly FrameSlots _frame = state.Frame;
    private readonly BuiltinCalls _builtins = builtins;
    private readonly MemoryAddressing _addresses = addresses;

    /// <summary>Compiles an atomic instruction.</summary>
    public void Compile(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        var size = (OpSize)info.NaturalAlignment;
        switch (opcode)
        {
            case Opcode.AtomicFence:
                _body.Reader.ReadByte();
                _asm.MFence();
                break;
            case Opcode.MemoryAtomicNotify:
                EmitCall(Builtin.MemoryNotify, 2, OpSize.Qword);
                break;
            case Opcode.MemoryAtomicWait32:
                EmitCall(Builtin.MemoryWait32, 3, OpSize.Dword);
                break;
            case Opcode.MemoryAtomicWait64:
                EmitCall(Builtin.MemoryWait64, 3, OpSize.Dword);
                break;
            case <= Opcode.I64AtomicLoad32U:
                EmitLoad(info.Results[0], size);
                break;
            case <= Opcode.I64AtomicStore32:
                EmitStore(size);
                break;
            default:
                EmitReadModifyWrite(AtomicOperations.Of(opcode), info.Results[0], size);
                break;
        }
    }

    private void EmitReadModifyWrite(AtomicOperation operation, ValueKind kind, OpSize size)
    {
        switch (operation)
        {
            case AtomicOperation.CompareExchange:
                EmitCompareExchange(kind, size);
                break;
            case AtomicOperation.Add or AtomicOperation.Subtract or AtomicOperation.Exchange:
                EmitExchange(operation, kind, size);
                break;
            default:
                EmitLoop(AtomicOperations.AluOf(operation), kind, size);
                break;
        }
    }

    private void EmitLoad(ValueKind kind, OpSize size)
    {
        var address = _addresses.PopAlignedAddress(size, RegisterSet.None, out _);
        var result = _stack.AllocateGpr(RegisterSet.None);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.MovZx(size, result, address);
        _stack.Push(kind, result);
    }

    private void EmitStore(OpSize size)
    {
        var value = _stack.PopOwned(RegisterSet.None);
        var address = _addresses.PopAlignedAddress(size, value.Bit, out _);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.Xchg(size, address, value.Gpr);
    }

    /// <summary>What the processor has an instruction for that leaves the value before in the operand's register.</summary>
    private void EmitExchange(AtomicOperation operation, ValueKind kind, OpSize size)
    {
        var value = _stack.PopOwned(RegisterSet.None);
        var address = _addresses.PopAlignedAddress(size, value.Bit, out _);
        if (operation == AtomicOperation.Subtract)
        {
            _asm.Unary(UnaryOp.Neg, RegisterSet.SizeOf(kind), value.Gpr);
        }

        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        if (operation == AtomicOperation.Exchange)
        {
            _asm.Xchg(size, address, value.Gpr);
        }
        else
        {
            _asm.LockXadd(size, address, value.Gpr);
        }

        if (size < OpSize.Dword)
        {
            _asm.MovZx(size, value.Gpr, value.Gpr);
        }

        _stack.Push(kind, value);
    }

    /// <summary>All other operations are tried until nobody came between the load and the store.</summary>
    private void EmitLoop(AluOp op, ValueKind kind, OpSize size)
    {
        _stack.Vacate(Gpr.Rax, RegisterSet.None);
        var value = _stack.Pop(Rax);
        var address = _addresses.PopAlignedAddress(size, Rax | value.Bit, out var used);
        var changed = _stack.AllocateGpr(used);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.MovZx(size, Gpr.Rax, address);
        var again = _asm.NewBoundLabel();
        _asm.Mov(RegisterSet.SizeOf(kind), changed, Gpr.Rax);
        _asm.Alu(op, RegisterSet.SizeOf(kind), changed, value.Gpr);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.LockCmpxchg(size, address, changed);
        _asm.JccShort(Condition.NotEqual, again);
        _stack.Push(kind, Gpr.Rax);
    }

    /// <summary>The processor compares as many bits as it accesses, which is what the expected value is wrapped to.</summary>
    private void EmitCompareExchange(ValueKind kind, OpSize size)
    {
        _stack.Vacate(Gpr.Rax, RegisterSet.None);
        var replacement = _stack.Pop(Rax);
        var expected = _stack.Pop(Rax | replacement.Bit);
        var address = _addresses.PopAlignedAddress(size, Rax | replacement.Bit | expected.Bit, out _);
        _frame.Move(Gpr.Rax, expected, kind);
        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.LockCmpxchg(size, address, replacement.Gpr);

        // Where the values were equal, rax still holds what was expected.
        if (size < RegisterSet.SizeOf(kind))
        {
            _asm.MovZx(size, Gpr.Rax, Gpr.Rax);
        }

        _stack.Push(kind, Gpr.Rax);
    }

    /// <summary>Calls a runtime function with the memory, the operands and the offset; its result is negative if it traps.</summary>
    private void EmitCall(Builtin builtin, int operands, OpSize resultSize)
    {
        _body.Reader.ReadMemArg(out var memory, out var offset, out _);
        _builtins.EmitBuiltin(builtin, memory, operands, (long)offset);
        _asm.Test(resultSize, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Sign, _cold.AddTrap(TrapKind.Pending));
        _builtins.PushBuiltinResult(ValueKind.I32);
    }
}
