using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>
/// Exceptions. A block that catches costs nothing as long as nothing is thrown, but that locals are in the frame at calls: its landing
/// pad, which follows the block, is entered with the exception in <c>rax</c> and everything else in the frame.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>The exception, at a landing pad.</summary>
    private const Gpr Exception = Gpr.Rax;

    private Label[] _landingPads = new Label[16];
    private int _landingPadCount;

    /// <summary>Index in the open labels of the innermost block that catches; -1 if there is none.</summary>
    private int _catcher;

    /// <summary>Offsets in the code of the function's landing pads.</summary>
    public int[] LandingPadOffsets()
    {
        var offsets = new int[_landingPadCount];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _asm.OffsetOf(_landingPads[i]);
        }

        return offsets;
    }

    private Span<StackValue> HandlerStateOf(in ControlFrame frame) => _states.AsSpan(frame.HandlerState, frame.BaseHeight);

    private void EmitTryTable()
    {
        ref var frame = ref PushControl(ControlKind.TryTable);
        frame.Clauses = _reader.Offset;
        int clauses = _reader.ReadIndex();
        if (clauses != 0)
        {
            OpenHandler(ref frame);
        }

        for (; clauses > 0; clauses--)
        {
            _reader.ReadCatch();
        }
    }

    /// <summary>
    /// From here on exceptions come to the landing pad of a block. It expects constants that the block does not change as such, and
    /// all other values in the frame.
    /// </summary>
    private void OpenHandler(ref ControlFrame frame)
    {
        frame.LandingPad = -1;
        frame.OuterCatcher = _catcher;
        _catcher = _controlDepth - 1;
        frame.HandlerState = ReserveState(frame.BaseHeight);
        ref readonly var summary = ref _scan[frame.Summary];
        var expected = HandlerStateOf(frame);
        for (int i = 0; i < expected.Length; i++)
        {
            ref readonly var value = ref _cache[i];
            bool isModified = i < _localCount && summary.Modifies(i);
            expected[i] = value.IsConstant && !isModified ? value : StackValue.InFrame(value.Kind);
        }
    }

    /// <summary>
    /// Before a call that may throw, whose operands alone are in registers: stores the constants that the landing pad expects in the
    /// frame.
    /// </summary>
    private void SaveForHandler()
    {
        if (_catcher < 0)
        {
            return;
        }

        var expected = HandlerStateOf(_controls[_catcher]);
        for (int i = 0; i < _localCount; i++)
        {
            ref var value = ref _cache[i];
            if (value.IsConstant && expected[i].IsFrame)
            {
                _cache.Store(i, value);
                value = StackValue.InFrame(value.Kind);
            }
        }
    }

    /// <summary>Right after a call that may throw: lets the innermost block that catches have its exceptions.</summary>
    private void CatchFromSite()
    {
        if (_catcher >= 0)
        {
            ref var site = ref _sites[_siteCount - 1];
            site = site with { Handler = LandingPadOf(ref _controls[_catcher]) };
        }
    }

    /// <summary>The number of a block's landing pad, which it has from the first time on that something may throw to it.</summary>
    private int LandingPadOf(ref ControlFrame frame)
    {
        if (frame.LandingPad < 0)
        {
            if (_landingPadCount == _landingPads.Length)
            {
                Array.Resize(ref _landingPads, 2 * _landingPadCount);
            }

            frame.LandingPad = _landingPadCount;
            _landingPads[_landingPadCount++] = _asm.NewLabel();
        }

        return frame.LandingPad;
    }

    private void EmitThrow(int tag)
    {
        var types = _module.Tags[tag].Type.Type.Parameters;
        int count = types.Length;
        _cache.SpillBelow(_cache.Height);
        SaveForHandler();
        _asm.MovImm(BuiltinArguments[0], tag);
        CallBuiltin(Builtin.ExceptionNew, MapReferences());
        _asm.Test(OpSize.Qword, Exception, Exception);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.Pending));
        int first = _cache.Height - count;
        int word = 0;
        for (int i = 0; i < count; i++)
        {
            EmitCopy(_cache[first + i], first + i, ExceptionWord(word));
            word += types[i].WordCount;
        }

        _cache.Drop(count);
        EmitThrowException();
    }

    private void EmitThrowRef()
    {
        _cache.SpillBelow(_cache.Height - 1);
        SaveForHandler();
        var exception = _cache.Pop(RegisterSet.None).Gpr;
        if (exception != Exception)
        {
            _asm.Mov(OpSize.Qword, Exception, exception);
        }

        EmitThrowException();
    }

    /// <summary>Throws, with everything but the exception in the frame.</summary>
    private void EmitThrowException()
    {
        CallStub(Stub.Throw);
        AddCallSite();
        CatchFromSite();
        _asm.Int3();
    }

    private static Mem ExceptionWord(int index) =>
        Mem.Base(Exception, ObjectLayout.ExceptionValues + (index * sizeof(long)));

    /// <summary>The end of a block that may catch: its landing pad comes between it and what follows.</summary>
    private void EmitEndOfTryTable(ref ControlFrame frame)
    {
        if (!CloseHandler(ref frame))
        {
            EmitEndOfBlock(ref frame);
            return;
        }

        EmitJumpToEnd(ref frame);
        _asm.Bind(_landingPads[frame.LandingPad]);
        var clauses = _reader;
        clauses.Offset = frame.Clauses;
        bool catchesAll = false;
        for (int count = clauses.ReadIndex(); count > 0 && !catchesAll; count--)
        {
            var clause = clauses.ReadCatch();
            catchesAll = clause.TagIndex < 0;
            EmitCatchClause(frame, clause);
        }

        if (!catchesAll)
        {
            EmitThrowFurther(frame, _catcher);
        }

        EmitEndBehindPad(frame);
    }

    /// <summary>The end of a block of which nothing falls through to here.</summary>
    private void EmitEndBehindPad(in ControlFrame frame)
    {
        _reachable = frame.IsTarget;
        if (_reachable)
        {
            BindTarget(frame);
        }
    }

    /// <summary>Ends the part of a block whose exceptions it catches.</summary>
    /// <returns>Whether anything there may throw to it, so that a landing pad is wanted.</returns>
    private bool CloseHandler(ref ControlFrame frame)
    {
        if (_catcher != _controlDepth - 1)
        {
            return false;
        }

        _catcher = frame.OuterCatcher;
        return frame.LandingPad >= 0;
    }

    /// <summary>Goes to a block's end, if this place can be reached.</summary>
    private void EmitJumpToEnd(ref ControlFrame frame)
    {
        if (_reachable)
        {
            EnsureTarget(ref frame, _cache.Values);
            Transfer(StateOf(frame), frame.BranchArity);
            _asm.Jmp(frame.Label);
        }
    }

    private void EmitCatchClause(in ControlFrame frame, CatchClause clause)
    {
        var next = _asm.NewLabel();
        _cache.Restore(HandlerStateOf(frame));
        if (clause.TagIndex >= 0)
        {
            EmitTagTest(clause.TagIndex, next);
        }

        if (clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef)
        {
            _cache.Push(ValueKind.Ref, Exception);
        }

        EmitBranch((int)clause.Label + 1);
        _asm.Bind(next);
    }

    /// <summary>Goes elsewhere unless the exception has a tag, else pushes its values.</summary>
    private void EmitTagTest(int tag, Label otherwise)
    {
        var scratch = CallingConvention.Scratch;
        _asm.Mov(OpSize.Qword, scratch, InstanceField(_layout.Tag(tag)));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(Exception, ObjectLayout.ExceptionTag), scratch);
        _asm.Jcc(Condition.NotEqual, otherwise);
        var types = _module.Tags[tag].Type.Type.Parameters;
        int word = 0;
        foreach (var type in types)
        {
            CopyWords(ExceptionWord(word), _cache.Slot(_cache.Height), type.Kind);
            _cache.Push(StackValue.InFrame(type.Kind));
            word += type.WordCount;
        }
    }

    /// <summary>At a landing pad that does not catch the exception: goes to that of a block around, or leaves the function.</summary>
    private void EmitThrowFurther(in ControlFrame frame, int catcher)
    {
        _cache.Restore(HandlerStateOf(frame));
        if (catcher >= 0)
        {
            ref var outer = ref _controls[catcher];
            int pad = LandingPadOf(ref outer);
            Transfer(HandlerStateOf(outer), arity: 0);
            _asm.Jmp(_landingPads[pad]);
        }
        else
        {
            CallStub(Stub.Throw);
            AddCallSite();
            _asm.Int3();
        }
    }
}
