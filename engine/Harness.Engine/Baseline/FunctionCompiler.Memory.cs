using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Memories and globals.</content>
internal sealed partial class FunctionCompiler
{
    private const int PageShift = 16;

    private void CompileMemory(Opcode opcode)
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
            case Opcode.MemorySize: EmitMemorySize(_reader.ReadIndex()); break;
            case Opcode.MemoryGrow: EmitMemoryGrow(_reader.ReadIndex()); break;
            default: throw NotSupported(opcode);
        }
    }

    private void CompileBulkMemory(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemoryInit:
                int data = _reader.ReadIndex();
                EmitBuiltinStatus(Builtin.MemoryInit, Pack(_reader.ReadIndex(), data), 3);
                break;
            case Opcode.DataDrop:
                EmitBuiltin(Builtin.DataDrop, _reader.ReadIndex(), 0);
                break;
            case Opcode.MemoryCopy:
                int destination = _reader.ReadIndex();
                EmitBuiltinStatus(Builtin.MemoryCopy, Pack(destination, _reader.ReadIndex()), 3);
                break;
            default:
                EmitBuiltinStatus(Builtin.MemoryFill, _reader.ReadIndex(), 3);
                break;
        }
    }

    /// <summary>Two indices in one argument of a runtime function.</summary>
    private static long Pack(int high, int low) => ((long)high << 32) | (uint)low;

    private void EmitLoad(ValueKind kind, OpSize size, bool isSigned)
    {
        var address = PopAddress(1 << (int)size, RegisterSet.None);
        var result = _cache.AllocateGpr(RegisterSet.None);
        AddFaultSite(TrapKind.MemoryOutOfBounds);
        if (isSigned)
        {
            _asm.MovSx(RegisterSet.SizeOf(kind), size, result, address);
        }
        else
        {
            _asm.MovZx(size, result, address);
        }

        _cache.Push(kind, result);
    }

    private void EmitFloatLoad(ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        var address = PopAddress(1 << (int)size, RegisterSet.None);
        var result = _cache.Allocate(kind, RegisterSet.None);
        AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.MovScalar(size, result.Xmm, address);
        _cache.Push(kind, result);
    }

    private void EmitStore(OpSize size)
    {
        if (_cache.Peek().IsConstant)
        {
            int constant = _cache.Peek().Constant;
            _cache.Drop();
            var target = PopAddress(1 << (int)size, RegisterSet.None);
            AddFaultSite(TrapKind.MemoryOutOfBounds);
            _asm.Mov(size, target, constant);
            return;
        }

        var value = _cache.Pop(RegisterSet.None);
        var address = PopAddress(1 << (int)size, value.Bit);
        AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.Mov(size, address, value.Gpr);
    }

    private void EmitFloatStore(OpSize size)
    {
        var value = _cache.Pop(RegisterSet.None);
        var address = PopAddress(1 << (int)size, value.Bit);
        AddFaultSite(TrapKind.MemoryOutOfBounds);
        _asm.MovScalar(size, address, value.Xmm);
    }

    /// <summary>
    /// Reads the immediates of an access, pops its index, and gives the operand for it. Where guard pages lie behind the memory,
    /// the access itself finds out whether it is in bounds; elsewhere it is checked before.
    /// </summary>
    private Mem PopAddress(int bytes, uint pinned)
    {
        _reader.ReadMemArg(out int memoryIndex, out ulong offset, out _);
        bool is64 = _module.Memories[memoryIndex].Type.Is64;
        return _usesGuardPages && !is64
            ? PopGuardedAddress(memoryIndex, (long)offset, pinned)
            : PopCheckedAddress(memoryIndex, offset, bytes, is64, pinned);
    }

    private Mem PopGuardedAddress(int memoryIndex, long offset, uint pinned)
    {
        if (_cache.Peek().IsConstant)
        {
            offset += _cache.Peek().ConstantBits;
            _cache.Drop();
            var @base = MemoryBase(memoryIndex, CallingConvention.Scratch);
            if (offset <= int.MaxValue)
            {
                return Mem.Base(@base, (int)offset);
            }

            var far = _cache.AllocateGpr(pinned);
            _asm.MovImm(far, offset);
            return Mem.BaseIndex(@base, far);
        }

        var index = _cache.Pop(pinned).Gpr;
        if (offset <= int.MaxValue)
        {
            return Mem.BaseIndex(MemoryBase(memoryIndex, CallingConvention.Scratch), index, 1, (int)offset);
        }

        var sum = _cache.AllocateGpr(pinned | RegisterSet.Of(index));
        _asm.MovImm(sum, offset);
        _asm.Alu(AluOp.Add, OpSize.Qword, sum, index);
        return Mem.BaseIndex(MemoryBase(memoryIndex, CallingConvention.Scratch), sum);
    }

    private Mem PopCheckedAddress(int memoryIndex, ulong offset, int bytes, bool is64, uint pinned)
    {
        var index = _cache.Pop(pinned).Gpr;
        pinned |= RegisterSet.Of(index);
        var memory = _layout.Memory(memoryIndex);
        bool needsPointer = memory.IsPointer || memoryIndex != 0;
        var data = needsPointer ? _cache.AllocateGpr(pinned) : CallingConvention.Instance;
        int dataOffset = memory.Offset;
        if (memory.IsPointer)
        {
            _asm.Mov(OpSize.Qword, data, InstanceField(memory.Offset));
            dataOffset = 0;
        }

        // The end of the access is compared with the end of the memory.
        var end = CallingConvention.Scratch;
        ulong endOffset = offset + (uint)bytes;
        if (endOffset < offset)
        {
            _asm.Jmp(AddTrap(TrapKind.MemoryOutOfBounds));
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
                _asm.Jcc(Condition.Carry, AddTrap(TrapKind.MemoryOutOfBounds));
            }
        }

        var length = Mem.Base(memory.IsPointer ? data : CallingConvention.Instance, dataOffset + MemoryData.ByteLengthOffset);
        _asm.Alu(AluOp.Cmp, OpSize.Qword, end, length);
        _asm.Jcc(Condition.Above, AddTrap(TrapKind.MemoryOutOfBounds));
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

        LoadField(_layout.Memory(memoryIndex), MemoryData.BaseOffset, target);
        return target;
    }

    /// <summary>Loads 8 bytes of something that lies in the instance's data, or that a pointer there leads to.</summary>
    private void LoadField(InstanceLayout.Slot slot, int fieldOffset, Gpr target)
    {
        if (slot.IsPointer)
        {
            _asm.Mov(OpSize.Qword, target, InstanceField(slot.Offset));
            _asm.Mov(OpSize.Qword, target, Mem.Base(target, fieldOffset));
        }
        else
        {
            _asm.Mov(OpSize.Qword, target, InstanceField(slot.Offset + fieldOffset));
        }
    }

    /// <summary>The operand for a field of something; if a pointer leads there, that is loaded into the given register.</summary>
    private Mem FieldOf(InstanceLayout.Slot slot, int fieldOffset, Gpr pointer)
    {
        if (!slot.IsPointer)
        {
            return InstanceField(slot.Offset + fieldOffset);
        }

        _asm.Mov(OpSize.Qword, pointer, InstanceField(slot.Offset));
        return Mem.Base(pointer, fieldOffset);
    }

    private void EmitMemorySize(int memoryIndex)
    {
        var result = _cache.AllocateGpr(RegisterSet.None);
        LoadField(_layout.Memory(memoryIndex), MemoryData.ByteLengthOffset, result);
        _asm.Shift(ShiftOp.Shr, OpSize.Qword, result, PageShift);
        _cache.Push(_module.Memories[memoryIndex].Type.AddressType.Kind, result);
    }

    private void EmitMemoryGrow(int memoryIndex)
    {
        EmitBuiltin(Builtin.MemoryGrow, memoryIndex, 1);
        PushBuiltinResult(_module.Memories[memoryIndex].Type.AddressType.Kind);
    }

    private void EmitGlobalGet(int index)
    {
        var kind = _module.Globals[index].Type.Type.Kind;
        var size = RegisterSet.SizeOf(kind);
        var result = _cache.Allocate(kind, RegisterSet.None);
        var place = FieldOf(_layout.Global(index), 0, CallingConvention.Scratch);
        if (kind == ValueKind.V128)
        {
            _asm.MovUps(result.Xmm, place);
        }
        else if (result.IsXmm)
        {
            _asm.MovScalar(size, result.Xmm, place);
        }
        else
        {
            _asm.Mov(size, result.Gpr, place);
        }

        _cache.Push(kind, result);
    }

    private void EmitGlobalSet(int index)
    {
        if (_cache.Peek().Kind == ValueKind.V128)
        {
            var vector = PopValue(RegisterSet.None);
            _cache.StoreVector(FieldOf(_layout.Global(index), 0, CallingConvention.Scratch), vector);
            return;
        }

        var size = RegisterSet.SizeOf(_cache.Peek().Kind);
        if (_cache.Peek().IsConstant)
        {
            int constant = _cache.Peek().Constant;
            _cache.Drop();
            _asm.Mov(size, FieldOf(_layout.Global(index), 0, CallingConvention.Scratch), constant);
            return;
        }

        var value = _cache.Pop(RegisterSet.None);
        var place = FieldOf(_layout.Global(index), 0, CallingConvention.Scratch);
        if (value.IsXmm)
        {
            _asm.MovScalar(size, place, value.Xmm);
        }
        else
        {
            _asm.Mov(size, place, value.Gpr);
        }
    }
}
