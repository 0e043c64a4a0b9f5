using System.Runtime.CompilerServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <summary>
/// The state of the machine as the compiler follows it: the stack of locals and operands with the place of each, and which
/// registers they use. It emits the loads, stores and moves that keep the two in step.
/// </summary>
/// <remarks>
/// Every value has a frame slot of its own by its height. A register that was popped is no longer counted as used; the caller
/// keeps it from being handed out again by naming it in the set of pinned registers.
/// </remarks>
internal sealed class RegisterCache
{
    private readonly Assembler _asm;
    private readonly int[] _uses = new int[Register.Count];
    private StackValue[] _values = new StackValue[256];
    private int _height;
    private int _maxHeight;
    private int _totalUses;
    private uint _used;
    private uint _recentlySpilled;

    public RegisterCache(Assembler assembler) => _asm = assembler;

    /// <summary>Number of locals and operands.</summary>
    public int Height => _height;

    /// <summary>Largest height since <see cref="Clear"/>: the number of frame slots.</summary>
    public int MaxHeight => _maxHeight;

    /// <summary>The registers that values are in.</summary>
    public uint Used => _used;

    /// <summary>While set, nothing that is emitted changes the processor's flags.</summary>
    public bool KeepsFlags { get; set; }

    /// <summary>All values, locals first.</summary>
    public ReadOnlySpan<StackValue> Values => _values.AsSpan(0, _height);

    /// <summary>Bytes of a frame slot.</summary>
    public int SlotSize { get; private set; }

    /// <summary>Forgets everything.</summary>
    /// <param name="slotSize">Bytes of a frame slot from now on.</param>
    public void Clear(int slotSize)
    {
        SlotSize = slotSize;
        _height = 0;
        _maxHeight = 0;
        _recentlySpilled = 0;
        ForgetRegisters();
    }

    /// <summary>A value by its height.</summary>
    public ref StackValue this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _values[index];
    }

    /// <summary>A value by its distance from the top.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref StackValue Peek(int depth = 0) => ref _values[_height - 1 - depth];

    /// <summary>The offset from rbp of the frame slot at a height.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SlotOffset(int index) => FrameLayout.BaselineSlot(index, SlotSize);

    /// <summary>The frame slot at a height.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Mem Slot(int index) => Mem.Base(Gpr.Rbp, SlotOffset(index));

    /// <summary>Whether values are in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUsed(Register register) => (_used & register.Bit) != 0;

    /// <summary>Pushes a value; if it is in a register, that is used once more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(StackValue value)
    {
        if (value.IsRegister)
        {
            Retain(value.Register);
        }

        int height = _height;
        if (height == _values.Length)
        {
            Array.Resize(ref _values, 2 * height);
        }

        _values[height++] = value;
        _height = height;
        if (height > _maxHeight)
        {
            _maxHeight = height;
        }
    }

    /// <summary>Pushes a value that is in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(ValueKind kind, Register register) => Push(StackValue.In(register, kind));

    /// <summary>Pops a value and forgets it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drop()
    {
        ref var value = ref _values[--_height];
        if (value.IsRegister)
        {
            Release(value.Register);
        }
    }

    /// <summary>Pops a number of values and forgets them.</summary>
    public void Drop(int count)
    {
        for (; count > 0; count--)
        {
            Drop();
        }
    }

    /// <summary>Puts other knowledge of the same value in the place of what is known of it.</summary>
    public void Replace(int index, StackValue value)
    {
        if (_values[index].IsRegister) Release(_values[index].Register);
        _values[index] = value;
        if (value.IsRegister) Retain(value.Register);
    }

    /// <summary>Pops a value into a register, which may hold other values as well and so must not be changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Register Pop(uint pinned)
    {
        ref var value = ref _values[--_height];
        if (!value.IsRegister)
        {
            return LoadPopped(pinned);
        }

        var register = value.Register;
        Release(register);
        return register;
    }

    /// <summary>Pops a value into a register that holds nothing else.</summary>
    public Register PopOwned(uint pinned)
    {
        var kind = Peek().Kind;
        var register = Pop(pinned);
        if (!IsUsed(register) && (pinned & register.Bit) == 0)
        {
            return register;
        }

        var copy = Allocate(RegisterSet.For(kind) & ~(pinned | register.Bit));
        Move(copy, register, kind);
        return copy;
    }

    /// <summary>Pops a value into a register outside <paramref name="pinned"/>, which may hold other values as well.</summary>
    public Register PopOutside(uint pinned)
    {
        var kind = Peek().Kind;
        var register = Pop(pinned);
        if ((pinned & register.Bit) == 0)
        {
            return register;
        }

        var copy = Allocate(RegisterSet.For(kind) & ~pinned);
        Move(copy, register, kind);
        return copy;
    }

    /// <summary>A register for a value of a kind that holds nothing, outside <paramref name="pinned"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Register Allocate(ValueKind kind, uint pinned) => Allocate(RegisterSet.For(kind) & ~pinned);

    /// <summary>A general-purpose register that holds nothing, outside <paramref name="pinned"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Gpr AllocateGpr(uint pinned) => Allocate(RegisterSet.Gprs & ~pinned).Gpr;

    /// <summary>A register of a set that holds nothing; another's values are spilled if need be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Register Allocate(uint candidates)
    {
        uint free = candidates & ~_used;
        return free != 0 ? Register.First(free) : SpillOne(candidates);
    }

    /// <summary>Makes a register hold nothing: its values go to another one, or to their frame slots.</summary>
    public void Vacate(Register register, uint pinned)
    {
        if (!IsUsed(register))
        {
            return;
        }

        uint candidates = (register.IsXmm ? RegisterSet.Xmms : RegisterSet.Gprs) & ~pinned & ~register.Bit & ~_used;
        if (candidates == 0)
        {
            Spill(register);
            return;
        }

        var other = Register.First(candidates);
        Move(other, register, register.IsXmm ? ValueKind.F64 : ValueKind.I64);
        for (int i = _height - 1, left = _uses[register.Code]; left > 0; i--)
        {
            ref var value = ref _values[i];
            if (value.IsRegister && value.Register == register)
            {
                value = StackValue.In(other, value.Kind, value.IsSaved);
                left--;
            }
        }

        _uses[other.Code] = _uses[register.Code];
        _uses[register.Code] = 0;
        _used = (_used & ~register.Bit) | other.Bit;
    }

    /// <summary>Puts a local into a register and keeps it there, unless it is a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PushLocal(int index)
    {
        ref var local = ref _values[index];
        if (local.IsFrame)
        {
            CacheLocal(index);
        }

        var copy = local;
        if (copy.IsRegister)
        {
            copy.IsSaved = false;
        }

        Push(copy);
    }

    /// <summary>Sets a local to the top of the stack, and pops that unless <paramref name="keepsTop"/>.</summary>
    public void SetLocal(int index, bool keepsTop)
    {
        ref var top = ref Peek();
        if (top.IsFrame)
        {
            int height = _height - 1;
            var register = Allocate(RegisterSet.For(top.Kind));
            Load(register, _values[height], height);
            Retain(register);
            _values[height] = StackValue.In(register, _values[height].Kind);
        }

        ref var local = ref _values[index];
        if (local.IsRegister)
        {
            Release(local.Register);
        }

        local = Peek();
        local.IsSaved = false;
        if (!keepsTop)
        {
            // The local takes over the operand's use of its register.
            _height--;
        }
        else if (local.IsRegister)
        {
            Retain(local.Register);
        }
    }

    /// <summary>Stores what is only in registers to the frame slots, and gives up the registers of all values below a height.</summary>
    public void SpillBelow(int height)
    {
        int kept = 0;
        for (int i = _height - 1; i >= height; i--)
        {
            kept += _values[i].IsRegister ? 1 : 0;
        }

        for (int i = height - 1; _totalUses > kept; i--)
        {
            if (_values[i].IsRegister)
            {
                SpillValue(i);
            }
        }
    }

    /// <summary>Stores a value that is in a register to its frame slot, unless it is there, and gives up the register.</summary>
    public void SpillValue(int index)
    {
        ref var value = ref _values[index];
        if (!value.IsSaved)
        {
            Store(index, value);
        }

        Release(value.Register);
        value = StackValue.InFrame(value.Kind);
    }

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

    /// <summary>Takes over a state that was saved: the values from the bottom to the top.</summary>
    public void Restore(ReadOnlySpan<StackValue> values)
    {
        values.CopyTo(_values);
        _height = values.Length;
        ForgetRegisters();
        foreach (ref readonly var value in values)
        {
            if (value.IsRegister)
            {
                Retain(value.Register);
            }
        }
    }

    /// <summary>Makes sure that a number of values have frame slots.</summary>
    public void ReserveSlots(int height)
    {
        while (height > _values.Length)
        {
            Array.Resize(ref _values, 2 * _values.Length);
        }

        _maxHeight = Math.Max(_maxHeight, height);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Retain(Register register)
    {
        _uses[register.Code]++;
        _totalUses++;
        _used |= register.Bit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Release(Register register)
    {
        _totalUses--;
        if (--_uses[register.Code] == 0)
        {
            _used &= ~register.Bit;
        }
    }

    private void ForgetRegisters()
    {
        _used = 0;
        _totalUses = 0;
        Array.Clear(_uses);
    }

    private Register LoadPopped(uint pinned)
    {
        int index = _height;
        var value = _values[index];
        var register = Allocate(RegisterSet.For(value.Kind) & ~pinned);
        Load(register, value, index);
        return register;
    }

    private void CacheLocal(int index)
    {
        var kind = _values[index].Kind;
        var register = Allocate(RegisterSet.For(kind));
        LoadSlot(register, kind, index);
        _values[index] = StackValue.In(register, kind, isSaved: true);
        Retain(register);
    }

    /// <summary>Spills a register of a set, in turn, so that a value that was just spilled is not loaded and spilled again.</summary>
    private Register SpillOne(uint candidates)
    {
        uint fresh = candidates & ~_recentlySpilled;
        if (fresh == 0)
        {
            _recentlySpilled &= ~candidates;
            fresh = candidates;
        }

        var victim = Register.First(fresh);
        _recentlySpilled |= victim.Bit;
        Spill(victim);
        return victim;
    }

    private void Spill(Register register)
    {
        for (int i = _height - 1, left = _uses[register.Code]; left > 0; i--)
        {
            if (_values[i].IsRegister && _values[i].Register == register)
            {
                SpillValue(i);
                left--;
            }
        }
    }
}
