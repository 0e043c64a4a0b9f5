using System.Runtime.CompilerServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// The stack of locals and operands with the place of each value: the state of the machine as the compiler follows it. It emits the
/// loads, stores and moves that keep the two in step, and hands out registers.
/// </summary>
/// <remarks>
/// Every value has a frame slot of its own by its height. A register that was popped is no longer counted as used; the caller
/// keeps it from being handed out again by naming it in the set of pinned registers. Of each chunk of values it is known whether it has changed
/// since it was last saved or restored, so that a function with very many locals is not looked through at every branch.
/// </remarks>
/// <param name="frame">The slots of the frame.</param>
/// <param name="saved">The chunks of states.</param>
internal sealed partial class ValueStack(FrameSlots frame, StateChunks saved)
{
    /// <summary>Locals that may be known constants where control branches, besides those that always are.</summary>
    public const int MostConstants = 64;

    private readonly FrameSlots _frame = frame;
    private readonly StateChunks _saved = saved;
    private readonly ChunkMarks _chunks = new();

    /// <summary>By register, a value that was put into it lately: where to look first for what it holds.</summary>
    private readonly int[] _lastHolders = new int[Register.Count];
    private StackValue[] _values = new StackValue[ChunkMarks.InitialChunks * StateChunks.Size];
    private RegisterUses _registers = new();
    private int _height;
    private int _maxHeight;
    private int _localCount;
    private LocalKinds[] _localKinds = new LocalKinds[ChunkMarks.InitialChunks];

    /// <summary>Number of locals and operands.</summary>
    public int Height => _height;

    /// <summary>Largest height since <see cref="Clear"/>: the number of frame slots.</summary>
    public int MaxHeight => _maxHeight;

    /// <summary>The registers that values are in.</summary>
    public uint Used => _registers.Used;

    /// <summary>How many values are in registers.</summary>
    public int InRegisters => _registers.Total;

    /// <summary>How many locals are known constants.</summary>
    public int ConstantLocals { get; private set; }

    /// <summary>How many locals may be known constants where control branches.</summary>
    public int MostConstantLocals { get; set; }

    /// <summary>All values, locals first.</summary>
    public ReadOnlySpan<StackValue> Values => _values.AsSpan(0, _height);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _height = 0;
        _maxHeight = 0;
        _localCount = 0;
        ConstantLocals = 0;
        MostConstantLocals = MostConstants;
        _registers.Clear();
        _chunks.Clear();
    }

    /// <summary>What is on the stack so far are the locals.</summary>
    public void DeclareLocals()
    {
        _localCount = _height;
        ConstantLocals = CountConstants(0, _localCount);
        var chunks = StateChunks.CountFor(_localCount);
        if (chunks > _localKinds.Length)
        {
            _localKinds = new LocalKinds[chunks];
        }

        _localKinds.AsSpan(0, chunks).Clear();
        KindsOfLocals = LocalKinds.None;
        for (var i = 0; i < _localCount; i++)
        {
            var kind = RegisterSet.IsFloat(_values[i].Kind) ? LocalKinds.Floats : LocalKinds.Integers;
            _localKinds[i >> StateChunks.SizeBits] |= kind;
            KindsOfLocals |= kind;
        }
    }

    /// <summary>The kinds of all locals.</summary>
    public LocalKinds KindsOfLocals { get; private set; }

    /// <summary>The kinds of the locals in a chunk.</summary>
    public LocalKinds KindsOf(int chunk) => _localKinds[chunk];

    /// <summary>A value by its height.</summary>
    public ref readonly StackValue this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _values[index];
    }

    /// <summary>A value by its distance from the top.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly StackValue Peek(int depth = 0) => ref _values[_height - 1 - depth];

    /// <summary>Whether values are in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUsed(Register register) => _registers.IsUsed(register);

    /// <summary>Pushes a value; if it is in a register, that is used once more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(StackValue value)
    {
        var height = _height;
        if (value.IsRegister)
        {
            if (!_registers.IsUsed(value.Register))
            {
                _lastHolders[value.Register.Code] = height;
            }

            _registers.Retain(value.Register);
        }

        if (height == _values.Length)
        {
            Grow();
        }

        _chunks.Change(height, value.Place);
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
            _registers.Release(value.Register);
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
        if (_values[index].IsRegister)
        {
            _registers.Release(_values[index].Register);
        }

        _values[index] = value;
        _chunks.Change(index, value.Place);
        if (value.IsRegister)
        {
            _registers.Retain(value.Register);
        }
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
        _registers.Release(register);
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
        _frame.Move(copy, register, kind);
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
        _frame.Move(copy, register, kind);
        return copy;
    }

    /// <summary>Pops a value as a constant or into a register, which may hold other values as well.</summary>
    public StackValue PopValue(uint pinned)
    {
        var value = Peek();
        if (value.IsConstant)
        {
            Drop();
            return value;
        }

        return StackValue.In(Pop(pinned), value.Kind);
    }

    /// <summary>Pushes a 64-bit constant: as such if it is its low half sign-extended, else in a register.</summary>
    public void PushConstant(long bits, ValueKind kind)
    {
        if (bits == (int)bits)
        {
            Push(StackValue.Known((int)bits, kind));
            return;
        }

        var register = Allocate(kind, RegisterSet.None);
        _frame.LoadConstant(register, kind, bits, CallingConvention.Scratch);
        Push(kind, register);
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
        var free = candidates & ~_registers.Used;
        return free != 0 ? Register.First(free) : SpillOne(candidates);
    }

    /// <summary>Makes a register hold nothing: its values go to another one, or to their frame slots.</summary>
    public void Vacate(Register register, uint pinned)
    {
        if (!IsUsed(register))
        {
            return;
        }

        var candidates = (register.IsXmm ? RegisterSet.Xmms : RegisterSet.Gprs) & ~pinned & ~register.Bit & ~_registers.Used;
        if (candidates == 0)
        {
            Spill(register);
            return;
        }

        var other = Register.First(candidates);
        _frame.Move(other, register, register.IsXmm ? ValueKind.F64 : ValueKind.I64);
        for (int i = _height, left = _registers.CountOf(register); left > 0;)
        {
            i = NextHolder(i);
            ref var value = ref _values[i];
            if (value.Register == register)
            {
                value = StackValue.In(other, value.Kind, value.IsSaved);
                _chunks.Change(i, ValuePlace.Register);
                _lastHolders[other.Code] = i;
                left--;
            }
        }

        _registers.Rename(register, other);
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
        if (Peek().IsFrame)
        {
            var height = _height - 1;
            var register = Allocate(RegisterSet.For(Peek().Kind));
            _frame.Load(register, _values[height], height);
            _registers.Retain(register);
            _values[height] = StackValue.In(register, _values[height].Kind);
            _chunks.Change(height, ValuePlace.Register);
        }

        ref var local = ref _values[index];
        if (local.IsRegister)
        {
            _registers.Release(local.Register);
        }
        else if (local.IsConstant)
        {
            ConstantLocals--;
        }

        local = Peek();
        local.IsSaved = false;
        _chunks.Change(index, local.Place);
        if (local.IsRegister)
        {
            _lastHolders[local.Register.Code] = index;
        }
        else
        {
            ConstantLocals++;
        }

        if (!keepsTop)
        {
            // The local takes over the operand's use of its register.
            _height--;
        }
        else if (local.IsRegister)
        {
            _registers.Retain(local.Register);
        }
    }

    /// <summary>Stores what is only in registers to the frame slots, and gives up the registers of all values below a height.</summary>
    public void SpillBelow(int height)
    {
        var kept = 0;
        for (var i = _height - 1; i >= height; i--)
        {
            kept += _values[i].IsRegister ? 1 : 0;
        }

        for (var i = height; _registers.Total > kept;)
        {
            i = NextHolder(i);
            SpillValue(i);
        }
    }

    /// <summary>Stores a value that is in a register to its frame slot, unless it is there, and gives up the register.</summary>
    private void SpillValue(int index)
    {
        ref var value = ref _values[index];
        if (!value.IsSaved)
        {
            _frame.Store(index, value);
        }

        _registers.Release(value.Register);
        value = StackValue.InFrame(value.Kind);
        _chunks.Change(index, ValuePlace.Frame);
    }

    /// <summary>Stores a local that is a constant to its frame slot, and forgets that it is one.</summary>
    public void StoreConstant(int local)
    {
        ref var value = ref _values[local];
        _frame.Store(local, value);
        value = StackValue.InFrame(value.Kind);
        _chunks.Change(local, ValuePlace.Frame);
        ConstantLocals--;
    }

    /// <summary>Makes sure that a value is in its frame slot, without giving up its register.</summary>
    public void StoreToSlot(int index)
    {
        ref readonly var value = ref _values[index];
        if (!value.IsFrame && !value.IsSaved)
        {
            _frame.Store(index, value);
        }
    }

    /// <summary>Makes sure that a number of values have frame slots.</summary>
    public void ReserveSlots(int height)
    {
        while (height > _values.Length)
        {
            Grow();
        }

        _maxHeight = Math.Max(_maxHeight, height);
    }

    private void Grow()
    {
        Array.Resize(ref _values, 2 * _values.Length);
        _chunks.Grow();
    }

    /// <summary>The next value below a height that is in a register. There is one.</summary>
    private int NextHolder(int height)
    {
        var start = height;
        for (var i = height - 1; ; i--)
        {
            if (!_chunks.MayHaveRegisters(i >> StateChunks.SizeBits))
            {
                i = (_chunks.LastWithRegisters(i >> StateChunks.SizeBits) + 1) << StateChunks.SizeBits;
                continue;
            }

            if (_values[i].IsRegister)
            {
                return i;
            }

            // What lies above the stack in the same chunk may come back.
            if ((i & (StateChunks.Size - 1)) == 0 && start >= i + StateChunks.Size)
            {
                _chunks.HasNoRegisters(i >> StateChunks.SizeBits);
            }
        }
    }

    private Register LoadPopped(uint pinned)
    {
        var index = _height;
        var value = _values[index];
        var register = Allocate(RegisterSet.For(value.Kind) & ~pinned);
        _frame.Load(register, value, index);
        return register;
    }

    private void CacheLocal(int index)
    {
        var kind = _values[index].Kind;
        var register = Allocate(RegisterSet.For(kind));
        _frame.LoadSlot(register, kind, index);
        _values[index] = StackValue.In(register, kind, isSaved: true);
        _chunks.Change(index, ValuePlace.Register);
        _lastHolders[register.Code] = index;
        _registers.Retain(register);
    }

    /// <summary>Spills a register of a set, in turn, so that a value that was just spilled is not loaded and spilled again.</summary>
    private Register SpillOne(uint candidates)
    {
        var victim = _registers.ChooseVictim(candidates);
        Spill(victim);
        return victim;
    }

    private void Spill(Register register)
    {
        var holder = _lastHolders[register.Code];
        if (_registers.CountOf(register) == 1 && holder < _height && _values[holder].IsRegister && _values[holder].Register == register)
        {
            // A function may have very many locals.
            SpillValue(holder);
            return;
        }

        for (int i = _height, left = _registers.CountOf(register); left > 0;)
        {
            i = NextHolder(i);
            if (_values[i].Register == register)
            {
                SpillValue(i);
                left--;
            }
        }
    }
}
