using Harness.Engine.Modules;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Settles where a label expects each value: the first branch to it decides, and the start of a loop at once. In such a state no register
/// holds two values.
/// </summary>
internal sealed class LabelStates(BaselineState state)
{
    /// <summary>Registers of each file that a loop's state may take up: the others are left to the operands inside.</summary>
    private const int LoopGprs = 8;
    private const int LoopXmms = 12;

    /// <summary>Values that may be in registers where control branches: with more, each register holds several.</summary>
    private const int MostInRegisters = 64;

    /// <summary>How many values above that a function may have at its branches, all together, and how many more for each of its bytes.</summary>
    private const int FreeExcess = 2048;
    private const int ExcessPerByte = 4;

    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ControlStack _control = state.Control;
    private readonly StateChunks _chunks = state.Chunks;
    private readonly StateDraft _draft = new(state.Chunks);

    /// <summary>
    /// Bounds the moves that branches may need, before some that control may not take: where more is known of values than that they are in the
    /// frame, each of them may cost an instruction at every branch. Where that comes to much in relation to the function, they go to the frame here, once.
    /// </summary>
    /// <param name="branches">How many branches there are.</param>
    public void Limit(int branches = 1)
    {
        var inRegisters = Math.Max(0, _stack.InRegisters - MostInRegisters);
        var constants = Math.Max(0, _stack.ConstantLocals - _stack.MostConstantLocals);
        if (inRegisters + constants == 0)
        {
            return;
        }

        _control.Excess += (long)branches * (inRegisters + constants);
        if (_control.Excess <= FreeExcess + (ExcessPerByte * (_body.Offset - _body.Function.BodyStart)))
        {
            return;
        }

        if (inRegisters != 0)
        {
            _stack.SpillBelow(_stack.Height);
        }

        if (constants != 0)
        {
            StoreConstants();
        }
    }

    /// <summary>Settles the state of a label at its first branch, if this is it, from the state of that branch, which is the current one.</summary>
    public void EnsureTarget(ref ControlFrame frame)
    {
        if (!frame.IsTarget)
        {
            Settle(ref frame, _stack.Save(), _stack.Height, _stack.Used);
        }
    }

    /// <summary>Settles the state of a label that nothing branches to yet.</summary>
    /// <param name="frame">The label.</param>
    /// <param name="source">The state that it comes from.</param>
    /// <param name="height">The number of its values.</param>
    /// <param name="busy">The registers that they are in.</param>
    public void Settle(ref ControlFrame frame, ReadOnlySpan<int> source, int height, uint busy)
    {
        frame.IsTarget = true;
        _control.NoteSettled(frame);
        ref readonly var summary = ref _body.Scan[frame.Summary];
        uint taken = 0;
        var target = frame.TargetHeight;
        var below = frame.BaseHeight;
        _draft.Begin(target);
        var whole = below >> StateChunks.SizeBits;
        var affected = new AffectedChunks(_stack, source, whole, summary);
        while (affected.MoveNext())
        {
            if (IsAffected(source[affected.Current], affected.Current, summary))
            {
                Expect(_draft.Own(source, affected.Current), affected.Current << StateChunks.SizeBits, summary, ref taken, busy);
            }
        }

        var shift = height - target;
        for (var first = whole << StateChunks.SizeBits; first < target; first += StateChunks.Size)
        {
            var expected = _draft.Own(source, first >> StateChunks.SizeBits);
            if (first < below)
            {
                Expect(expected[..(below - first)], first, summary, ref taken, busy);
            }

            for (var i = Math.Max(first, below); i < Math.Min(first + StateChunks.Size, target); i++)
            {
                var value = _chunks.ValueOf(source, i + shift);
                value.IsSaved = false;
                expected[i - first] = value.IsRegister && (taken & value.Register.Bit) == 0
                    ? KeepRegister(value, ref taken, busy)
                    : TakeRegister(value.Kind, ref taken, busy, RegisterSet.None);
            }
        }

        _draft.Finish(source, _control.StateOf(frame), target);
    }

    /// <summary>
    /// Settles the state at the start of a loop. Without calls in the loop, what it uses is put into registers; with calls, no
    /// register would survive to the next iteration, so that everything goes to the frame. Constants that the loop does not change
    /// stay.
    /// </summary>
    public void SettleLoopState(ref ControlFrame frame)
    {
        frame.IsTarget = true;
        ref readonly var summary = ref _body.Scan[frame.Summary];
        var source = _stack.Save();
        var height = frame.TargetHeight;
        _draft.Begin(height);
        ExpectInFrame(source, height, frame.BaseHeight, summary);
        if (!summary.HasCall)
        {
            var turns = new Turns(LoopGprs, LoopXmms, _stack.Used);
            KeepRegisters(source, height, summary, onlyUsed: true, ref turns);
            LoadIntoRegisters(source, frame, summary, ref turns);
            KeepRegisters(source, height, summary, onlyUsed: false, ref turns);
        }

        _draft.Finish(source, _control.StateOf(frame), height);
    }

    /// <summary>
    /// Settles the state at a landing pad: everything is in the frame but constants that the block does not change.
    /// </summary>
    public void SettleHandlerState(in ControlFrame frame)
    {
        var source = _stack.Save();
        _draft.Begin(frame.BaseHeight);
        ExpectInFrame(source, frame.BaseHeight, frame.BaseHeight, _body.Scan[frame.Summary]);
        _draft.Finish(source, _control.HandlerStateOf(frame), frame.BaseHeight);
    }

    /// <summary>Stores the locals that are constants, and are not for ever.</summary>
    private void StoreConstants()
    {
        ref readonly var summary = ref _body.Scan.Body;
        var count = StateChunks.CountFor(_body.LocalCount);
        for (var chunk = _stack.NextWithConstants(0, count); chunk < count; chunk = _stack.NextWithConstants(chunk + 1, count))
        {
            var first = chunk << StateChunks.SizeBits;
            for (var i = first; i < Math.Min(first + StateChunks.Size, _body.LocalCount); i++)
            {
                if (_stack[i].IsConstant && summary.Modifies(i))
                {
                    _stack.StoreConstant(i);
                }
            }
        }

        _stack.MostConstantLocals = ValueStack.MostConstants + _stack.ConstantLocals;
    }

    /// <summary>Whether a chunk may be expected to be other than it is.</summary>
    private bool IsAffected(int number, int chunk, in BlockSummary summary)
    {
        ref readonly var known = ref _chunks.SummaryOf(number);
        var first = chunk << StateChunks.SizeBits;
        return known.Registers != 0
            || (known.Constants != 0 && first < _body.LocalCount && summary.ModifiesAny(first));
    }

    /// <summary>Where values below those that a branch takes along are expected.</summary>
    private void Expect(Span<StackValue> values, int first, in BlockSummary summary, ref uint taken, uint busy)
    {
        for (var i = 0; i < values.Length; i++)
        {
            ref var value = ref values[i];
            if (value.IsRegister)
            {
                value = value.IsSaved && summary.HasCall ? StackValue.InFrame(value.Kind) : KeepRegister(value, ref taken, busy);
            }
            else if (value.IsConstant && first + i < _body.LocalCount && summary.Modifies(first + i))
            {
                value = summary.HasCall ? StackValue.InFrame(value.Kind) : TakeRegister(value.Kind, ref taken, busy, busy);
            }
        }
    }

    /// <summary>Lets values be expected in the frame, but for constants that a block does not change.</summary>
    /// <param name="source">The state as it is.</param>
    /// <param name="height">How many values are expected.</param>
    /// <param name="below">Values from here on are changed.</param>
    /// <param name="summary">The block.</param>
    private void ExpectInFrame(ReadOnlySpan<int> source, int height, int below, in BlockSummary summary)
    {
        var whole = below >> StateChunks.SizeBits;
        var affected = new AffectedChunks(_stack, source, whole, summary);
        while (affected.MoveNext())
        {
            if (IsAffected(source[affected.Current], affected.Current, summary))
            {
                ExpectInFrame(source, affected.Current, height, below, summary);
            }
        }

        for (var chunk = whole; chunk < StateChunks.CountFor(height); chunk++)
        {
            ExpectInFrame(source, chunk, height, below, summary);
        }
    }

    private void ExpectInFrame(ReadOnlySpan<int> source, int chunk, int height, int below, in BlockSummary summary)
    {
        var first = chunk << StateChunks.SizeBits;
        var expected = _draft.Own(source, chunk);
        for (var i = first; i < Math.Min(first + StateChunks.Size, height); i++)
        {
            ref var value = ref expected[i - first];
            var isModified = i < _body.LocalCount ? summary.Modifies(i) : i >= below;
            if (!value.IsConstant || isModified)
            {
                value = StackValue.InFrame(value.Kind);
            }
        }
    }

    /// <summary>Lets values that are in registers stay there at the start of a loop.</summary>
    private void KeepRegisters(ReadOnlySpan<int> source, int height, in BlockSummary summary, bool onlyUsed, ref Turns turns)
    {
        var count = StateChunks.CountFor(height);
        for (var chunk = _stack.NextWithRegisters(0, count); chunk < count; chunk = _stack.NextWithRegisters(chunk + 1, count))
        {
            var first = chunk << StateChunks.SizeBits;
            var expected = _draft.Own(source, chunk);
            for (var i = first; i < Math.Min(first + StateChunks.Size, height); i++)
            {
                ref readonly var value = ref _stack[i];
                var isWanted = onlyUsed ? i >= _body.LocalCount || summary.Uses(i) : expected[i - first].IsFrame;
                if (value.IsRegister && isWanted && (turns.Taken & value.Register.Bit) == 0 && turns.Take(value.Kind))
                {
                    expected[i - first] = KeepRegister(StackValue.In(value.Register, value.Kind), ref turns.Taken, turns.Busy);
                }
            }
        }
    }

    /// <summary>Lets values that a loop uses, or takes along, be in registers at its start.</summary>
    private void LoadIntoRegisters(ReadOnlySpan<int> source, in ControlFrame frame, in BlockSummary summary, ref Turns turns)
    {
        var height = frame.TargetHeight;
        for (var chunk = 0; chunk << StateChunks.SizeBits < height && !turns.AreOver; chunk++)
        {
            if (chunk < _body.LocalCount >> StateChunks.SizeBits && !turns.AreLeft(_stack.KindsOfLocals))
            {
                // What is left are chunks of operands.
                chunk = _body.LocalCount >> StateChunks.SizeBits;
            }

            var first = chunk << StateChunks.SizeBits;
            var end = Math.Min(first + StateChunks.Size, height);
            var isUsed = end > frame.BaseHeight || (first < _body.LocalCount && summary.UsesAny(first));
            if (!isUsed || (first + StateChunks.Size <= _body.LocalCount && !turns.AreLeft(_stack.KindsOf(chunk))))
            {
                continue;
            }

            for (var i = first; i < end; i++)
            {
                var isWanted = i >= frame.BaseHeight || (i < _body.LocalCount && summary.Uses(i));
                if (isWanted && _draft.Own(source, chunk)[i - first] is { IsFrame: true } value && turns.Take(value.Kind))
                {
                    _draft.Own(source, chunk)[i - first] = TakeRegister(value.Kind, ref turns.Taken, turns.Busy, RegisterSet.None);
                }
            }
        }
    }

    /// <summary>Expects a value in the register it is in, or in another one, or in the frame, if that is taken.</summary>
    private static StackValue KeepRegister(in StackValue value, ref uint taken, uint busy)
    {
        if ((taken & value.Register.Bit) == 0)
        {
            taken |= value.Register.Bit;
            return value;
        }

        return value.IsSaved ? StackValue.InFrame(value.Kind) : TakeRegister(value.Kind, ref taken, busy, busy);
    }

    /// <summary>Expects a value in a register that is not taken, of the busy ones last; in the frame if there is none.</summary>
    private static StackValue TakeRegister(ValueKind kind, ref uint taken, uint busy, uint excluded)
    {
        var free = RegisterSet.For(kind) & ~taken & ~excluded;
        if ((free & ~busy) != 0)
        {
            free &= ~busy;
        }

        if (free == 0)
        {
            return StackValue.InFrame(kind);
        }

        var register = Register.First(free);
        taken |= register.Bit;
        return StackValue.In(register, kind);
    }

    /// <summary>The registers that the state of a loop may still take up.</summary>
    private struct Turns(int gprs, int xmms, uint busy)
    {
        /// <summary>Registers that are taken.</summary>
        public uint Taken;

        private int _gprs = gprs;
        private int _xmms = xmms;

        /// <summary>Registers that values are in before the loop.</summary>
        public uint Busy { get; } = busy;

        /// <summary>Whether no register is left.</summary>
        public readonly bool AreOver => _gprs <= 0 && _xmms <= 0;

        /// <summary>Whether registers are left for any of some kinds of values.</summary>
        public readonly bool AreLeft(LocalKinds kinds) =>
            ((kinds & LocalKinds.Integers) != 0 && _gprs > 0) || ((kinds & LocalKinds.Floats) != 0 && _xmms > 0);

        /// <summary>Takes one for a value of a kind, if one is left.</summary>
        public bool Take(ValueKind kind) => RegisterSet.IsFloat(kind) ? --_xmms >= 0 : --_gprs >= 0;
    }
}
