using Harness.Engine.Baseline.Model;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Operands of accesses to memories, which are in bounds or fault.</summary>
internal sealed class MemoryAddressing(BaselineState state, InstanceFields instance)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;
    private readonly FrameSlots _frame = state.Frame;
    private readonly InstanceFields _instance = instance;

    /// <summary>
    /// Reads the immediates of an access, pops its index, and gives the operand for it. Where guard pages lie behind the memory,
    /// the access itself finds out whether it is in bounds; elsewhere it is checked before.
    /// </summary>
    public Mem PopAddress(int bytes, uint pinned)
    {
        _body.Reader.ReadMemArg(out var memoryIndex, out var offset, out _);
        var type = _body.Module.Memories[memoryIndex].Type;
        var is64 = type.Is64;
        return _body.UsesGuardPages && MemoryPages.FaultsBehindEnd(type)
            ? PopGuardedAddress(memoryIndex, (long)offset, pinned)
            : PopCheckedAddress(memoryIndex, offset, bytes, is64, pinned);
    }

    /// <summary>As <see cref="PopAddress"/>, of an access that traps unless its address is a multiple of its size.</summary>
    /// <param name="size">The size.</param>
    /// <param name="pinned">Registers that are not to be used.</param>
    /// <param name="used">These, and the registers of the operand.</param>
    public Mem PopAlignedAddress(OpSize size, uint pinned, out uint used)
    {
        var ahead = _body.Reader;
        ahead.ReadMemArg(out _, out var offset, out _);
        CheckAlignment((int)offset, (1 << (int)size) - 1);
        var address = PopAddress(1 << (int)size, pinned);
        used = pinned | SetOf(address.BaseRegister) | SetOf(address.IndexRegister);
        return address;
    }

    /// <summary>Traps unless the sum of the index, on top of the stack, and an offset has none of some low bits.</summary>
    private void CheckAlignment(int offset, int mask)
    {
        const Gpr scratch = CallingConvention.Scratch;
        var misplaced = offset & mask;
        ref readonly var index = ref _stack.Peek();
        if (index.IsConstant)
        {
            if (((index.Constant + misplaced) & mask) != 0)
            {
                _asm.Jmp(_cold.AddTrap(TrapKind.UnalignedAtomic));
            }

            return;
        }

        if (mask == 0)
        {
            return;
        }

        if (index.IsFrame)
        {
            _asm.Mov(OpSize.Dword, scratch, _frame.Slot(_stack.Height - 1));
            if (misplaced != 0)
            {
                _asm.Alu(AluOp.Add, OpSize.Dword, scratch, misplaced);
            }
        }
        else if (misplaced != 0)
        {
            _asm.Lea(OpSize.Dword, scratch, Mem.Base(index.Register.Gpr, misplaced));
        }

        _asm.Test(OpSize.Byte, index.IsFrame || misplaced != 0 ? scratch : index.Register.Gpr, mask);
        _asm.Jcc(Condition.NotZero, _cold.AddTrap(TrapKind.UnalignedAtomic));
    }

    private static uint SetOf(Gpr register) => register == Gpr.None ? RegisterSet.None : RegisterSet.Of(register);

    private Mem PopGuardedAddress(int memoryIndex, long offset, uint pinned)
    {
        if (_stack.Peek().IsConstant)
        {
            offset += _stack.Peek().ConstantBits;
            _stack.Drop();
            var @base = MemoryBase(memoryIndex, CallingConvention.Scratch);
            if (offset <= int.MaxValue)
            {
                return Mem.Base(@base, (int)offset);
            }

            var far = _stack.AllocateGpr(pinned);
            _asm.MovImm(far, offset);
            return Mem.BaseIndex(@base, far);
        }

        var index = _stack.Pop(pinned).Gpr;
        if (offset <= int.MaxValue)
        {
            return Mem.BaseIndex(MemoryBase(memoryIndex, CallingConvention.Scratch), index, 1, (int)offset);
        }

        var sum = _stack.AllocateGpr(pinned | RegisterSet.Of(index));
        _asm.MovImm(sum, offset);
        _asm.Alu(AluOp.Add, OpSize.Qword, sum, index);
        return Mem.BaseIndex(MemoryBase(memoryIndex, CallingConvention.Scratch), sum);
    }

    private Mem PopCheckedAddress(int memoryIndex, ulong offset, int bytes, bool is64, uint pinned)
    {
        var index = _stack.Pop(pinned).Gpr;
        pinned |= RegisterSet.Of(index);
        var memory = _body.Layout.Memory(memoryIndex);
        var needsPointer = memory.IsPointer || memoryIndex != 0;
        var data = needsPointer ? _stack.AllocateGpr(pinned) : CallingConvention.Instance;
        var dataOffset = memory.Offset;
        if (memory.IsPointer)
        {
            _asm.Mov(OpSize.Qword, data, InstanceFields.At(memory.Offset));
            dataOffset = 0;
        }

        // The end of the access is compared with the end of the memory.
        var end = CallingConvention.Scratch;
        var endOffset = offset + (uint)bytes;
        if (endOffset < offset)
        {
            _asm.Jmp(_cold.AddTrap(TrapKind.MemoryOutOfBounds));
        }
        else if (endOffset <= int.MaxValue && !is64)
        {
            _asm.Lea(OpSize.Qword, end, Mem.Base(index, (int)endOffset));
        }
        else
        {
            if (endOffset <= int.MaxValue)
            {
                _asm.Mov(OpSize.Qword, end, index);
                _asm.Alu(AluOp.Add, OpSize.Qword, end, (int)endOffset);
            }
            else
            {
                _asm.MovImm(end, (long)endOffset);
                _asm.Alu(AluOp.Add, OpSize.Qword, end, index);
            }

            if (is64)
            {
                _asm.Jcc(Condition.Carry, _cold.AddTrap(TrapKind.MemoryOutOfBounds));
            }
        }

        var length = Mem.Base(memory.IsPointer ? data : CallingConvention.Instance, dataOffset + MemoryData.ByteLengthOffset);
        _asm.Alu(AluOp.Cmp, OpSize.Qword, end, length);
        _asm.Jcc(Condition.Above, _cold.AddTrap(TrapKind.MemoryOutOfBounds));
        var @base = memoryIndex == 0 ? CallingConvention.MemoryBase : data;
        if (memoryIndex != 0)
        {
            var start = Mem.Base(memory.IsPointer ? data : CallingConvention.Instance, dataOffset + MemoryData.BaseOffset);
            _asm.Mov(OpSize.Qword, data, start);
        }

        return offset <= int.MaxValue
            ? Mem.BaseIndex(@base, index, 1, (int)offset)
            : Mem.BaseIndex(@base, end, 1, -bytes);
    }

    /// <summary>The base of a memory: pinned for memory 0, else loaded into a register.</summary>
    private Gpr MemoryBase(int memoryIndex, Gpr target)
    {
        if (memoryIndex == 0)
        {
            return CallingConvention.MemoryBase;
        }

        _instance.LoadField(_body.Layout.Memory(memoryIndex), MemoryData.BaseOffset, target);
        return target;
    }
}
