using System.Runtime.CompilerServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// The slots of the frame, one for each height of the stack of values, and the instructions that move a value between its slot, registers,
/// constants and memory. It knows nothing of which value is where.
/// </summary>
/// <param name="assembler">Where the instructions go.</param>
internal sealed class FrameSlots(Assembler assembler)
{
    private readonly Assembler _asm = assembler;

    /// <summary>Bytes of a slot.</summary>
    public int SlotSize { get; private set; }

    /// <summary>While set, nothing that is emitted changes the processor's flags.</summary>
    public bool KeepsFlags { get; set; }

    /// <summary>Begins with the frame of another function.</summary>
    /// <param name="slotSize">Bytes of a slot from now on.</param>
    public void Clear(int slotSize) => SlotSize = slotSize;

    /// <summary>The offset from rbp of the slot at a height.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SlotOffset(int index) => FrameLayout.BaselineSlot(index, SlotSize);

    /// <summary>The slot at a height.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Mem Slot(int index) => Mem.Base(Gpr.Rbp, SlotOffset(index));

    /// <summary>Loads a value from where it is into a register that it does not use.</summary>
    public void Load(Register register, in StackValue value, int index)
    {
        switch (value.Place)
        {
            case ValuePlace.Register:
                Move(register, value.Register, value.Kind);
                break;
            case ValuePlace.Constant:
                LoadConstant(register, value.Kind, value.ConstantBits, CallingConvention.Scratch);
                break;
            default:
                LoadSlot(register, value.Kind, index);
                break;
        }
    }

    /// <summary>Copies a register.</summary>
    public void Move(Register destination, Register source, ValueKind kind)
    {
        if (destination.IsXmm)
        {
            _asm.MovAps(destination.Xmm, source.Xmm);
        }
        else
        {
            _asm.Mov(RegisterSet.SizeOf(kind), destination.Gpr, source.Gpr);
        }
    }

    /// <summary>Loads a register from a frame slot.</summary>
    public void LoadSlot(Register register, ValueKind kind, int index)
    {
        if (kind == ValueKind.V128)
        {
            _asm.MovAps(register.Xmm, Slot(index));
        }
        else if (register.IsXmm)
        {
            _asm.MovScalar(RegisterSet.SizeOf(kind), register.Xmm, Slot(index));
        }
        else
        {
            _asm.Mov(RegisterSet.SizeOf(kind), register.Gpr, Slot(index));
        }
    }

    /// <summary>Loads a constant.</summary>
    /// <param name="register">Where to.</param>
    /// <param name="kind">The kind of the value.</param>
    /// <param name="bits">Its bits, zero-extended.</param>
    /// <param name="scratch">A register that may be overwritten.</param>
    public void LoadConstant(Register register, ValueKind kind, long bits, Gpr scratch)
    {
        if (register.IsXmm)
        {
            if (bits == 0)
            {
                _asm.Sse(SseOp.XorPs, register.Xmm, register.Xmm);
            }
            else
            {
                _asm.MovImm(scratch, bits);
                _asm.MovBits(RegisterSet.SizeOf(kind), register.Xmm, scratch);
            }
        }
        else if (bits == 0 && !KeepsFlags)
        {
            _asm.Zero(register.Gpr);
        }
        else
        {
            _asm.MovImm(register.Gpr, bits);
        }
    }

    /// <summary>Stores a register or a constant to the frame slot of a height.</summary>
    public void Store(int index, in StackValue value)
    {
        var size = RegisterSet.SizeOf(value.Kind);
        if (value.Kind == ValueKind.V128)
        {
            StoreVector(Slot(index), value);
        }
        else if (value.IsConstant)
        {
            _asm.Mov(size, Slot(index), value.Constant);
        }
        else if (value.Register.IsXmm)
        {
            _asm.MovScalar(size, Slot(index), value.Register.Xmm);
        }
        else
        {
            _asm.Mov(size, Slot(index), value.Register.Gpr);
        }
    }

    /// <summary>Stores a vector that is in a register, or is the constant zero.</summary>
    public void StoreVector(Mem destination, in StackValue value)
    {
        if (value.IsRegister)
        {
            _asm.MovUps(destination, value.Register.Xmm);
            return;
        }

        _asm.Mov(OpSize.Qword, destination, 0);
        _asm.Mov(OpSize.Qword, destination.Offset(sizeof(long)), 0);
    }

    /// <summary>Copies a value from memory to memory by way of the scratch register.</summary>
    public void CopyWords(Mem source, Mem destination, ValueKind kind)
    {
        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, source);
        _asm.Mov(OpSize.Qword, destination, CallingConvention.Scratch);
        if (kind == ValueKind.V128)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, source.Offset(sizeof(long)));
            _asm.Mov(OpSize.Qword, destination.Offset(sizeof(long)), CallingConvention.Scratch);
        }
    }

    /// <summary>Copies a value to memory, by way of the floating-point scratch register if it is in the frame.</summary>
    public void Copy(in StackValue value, int slot, Mem destination)
    {
        if (value.Kind == ValueKind.V128)
        {
            CopyVector(value, slot, destination);
        }
        else if (value.IsConstant)
        {
            _asm.Mov(OpSize.Qword, destination, value.Constant);
        }
        else if (value.IsFrame)
        {
            _asm.MovScalar(OpSize.Qword, CallingConvention.ScratchXmm, Slot(slot));
            _asm.MovScalar(OpSize.Qword, destination, CallingConvention.ScratchXmm);
        }
        else if (value.Register.IsXmm)
        {
            _asm.MovScalar(OpSize.Qword, destination, value.Register.Xmm);
        }
        else
        {
            _asm.Mov(OpSize.Qword, destination, value.Register.Gpr);
        }
    }

    private void CopyVector(in StackValue value, int slot, Mem destination)
    {
        if (!value.IsFrame)
        {
            StoreVector(destination, value);
            return;
        }

        _asm.MovAps(CallingConvention.ScratchXmm, Slot(slot));
        _asm.MovUps(destination, CallingConvention.ScratchXmm);
    }
}
