using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// Exceptions: throwing, and the landing pads of <c>try_table</c>. A landing pad follows its block and is entered with the exception in
/// <c>rax</c> and everything else in the frame.
/// </summary>
internal sealed class ExceptionEmitter(
    BaselineState state,
    LabelStates labels,
    StateTransfer transfers,
    StubCalls stubs,
    BranchEmitter branches,
    BlockEmitter blocks,
    BuiltinCalls builtins)
{
    /// <summary>The exception, at a landing pad.</summary>
    public const Gpr Exception = Gpr.Rax;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ControlStack _control = state.Control;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly ExceptionHandlers _handlers = state.Handlers;
    private readonly LabelStates _labels = labels;
    private readonly StateTransfer _transfers = transfers;
    private readonly StubCalls _stubs = stubs;
    private readonly BranchEmitter _branches = branches;
    private readonly BlockEmitter _blocks = blocks;
    private readonly BuiltinCalls _builtins = builtins;
    private readonly SharedMoves _shared = state.Shared;

    /// <summary><c>try_table</c>.</summary>
    public void EmitTryTable()
    {
        ref var frame = ref _control.Push(ControlKind.TryTable);
        frame.Clauses = _body.Reader.Offset;
        var clauses = _body.Reader.ReadIndex();
        if (clauses != 0)
        {
            _handlers.Open(ref frame, _labels);
        }

        for (; clauses > 0; clauses--)
        {
            _body.Reader.ReadCatch();
        }
    }

    /// <summary><c>throw</c>.</summary>
    public void EmitThrow(int tag)
    {
        var types = _body.Module.Tags[tag].Type.Type.Parameters;
        var count = types.Length;
        _stack.SpillBelow(_stack.Height);
        _handlers.SaveConstants();
        _asm.MovImm(BuiltinCalls.Arguments[0], tag);
        _builtins.CallBuiltin(Builtin.ExceptionNew, _sites.MapReferences());
        _asm.Test(OpSize.Qword, Exception, Exception);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.Pending));
        var first = _stack.Height - count;
        var word = 0;
        for (var i = 0; i < count; i++)
        {
            _frame.Copy(_stack[first + i], first + i, ExceptionWord(word));
            word += types[i].WordCount;
        }

        _stack.Drop(count);
        EmitThrowException();
    }

    /// <summary><c>throw_ref</c>.</summary>
    public void EmitThrowRef()
    {
        _stack.SpillBelow(_stack.Height - 1);
        _handlers.SaveConstants();
        var exception = _stack.Pop(RegisterSet.None).Gpr;
        if (exception != Exception)
        {
            _asm.Mov(OpSize.Qword, Exception, exception);
        }

        EmitThrowException();
    }

    /// <summary>Throws, with everything but the exception in the frame.</summary>
    public void EmitThrowException()
    {
        _stubs.CallStub(Stub.Throw);
        _sites.AddCallSite();
        _handlers.CatchFromSite();
        _asm.Int3();
    }

    private static Mem ExceptionWord(int index) =>
        Mem.Base(Exception, ObjectLayout.ExceptionValues + (index * sizeof(long)));

    /// <summary>The end of a block that may catch: its landing pad comes between it and what follows.</summary>
    public void EmitEndOfTryTable(ref ControlFrame frame)
    {
        if (!_handlers.Close(ref frame))
        {
            _blocks.EmitEndOfBlock(ref frame);
            return;
        }

        _blocks.EmitJumpToEnd(ref frame);
        _asm.Bind(_handlers.LandingPad(frame.LandingPad));
        var clauses = _body.Reader;
        clauses.Offset = frame.Clauses;
        var catchesAll = false;
        for (var count = clauses.ReadIndex(); count > 0 && !catchesAll; count--)
        {
            var clause = clauses.ReadCatch();
            catchesAll = clause.TagIndex < 0;
            EmitCatchClause(frame, clause);
        }

        if (!catchesAll)
        {
            EmitThrowFurther(frame, _handlers.Catcher);
        }

        EmitEndBehindPad(frame);
    }

    /// <summary>The end of a block of which nothing falls through to here.</summary>
    public void EmitEndBehindPad(in ControlFrame frame)
    {
        _control.IsReachable = frame.IsTarget;
        if (_control.IsReachable)
        {
            _blocks.BindTarget(frame);
        }
    }

    private void EmitCatchClause(in ControlFrame frame, CatchClause clause)
    {
        var next = _asm.NewLabel();
        _stack.Restore(_control.HandlerStateOf(frame), frame.BaseHeight);
        if (clause.TagIndex >= 0)
        {
            EmitTagTest(clause.TagIndex, next);
        }

        ref var target = ref _control.FrameAt((int)clause.Label + 1);
        if (target.BranchArity < SharedMoves.LeastValues)
        {
            EmitMoves(clause);
        }
        else if (IsSettled(target) && _transfers.AreOnlyOperandsMoved(target) && _shared.TryFind(clause, target, out var moves))
        {
            _asm.Jmp(moves);
        }
        else
        {
            var entry = _asm.NewLabel();
            _asm.Bind(entry);
            EmitMoves(clause);
            if (_transfers.AreOnlyOperandsMoved(target))
            {
                _shared.Note(clause, target, frame.BaseHeight, entry);
            }
        }

        _asm.Bind(next);
    }

    private static bool IsSettled(in ControlFrame target) => target.IsTarget || target.Kind == ControlKind.Function;

    /// <summary>Pushes what a clause takes of an exception, and branches to its label.</summary>
    private void EmitMoves(CatchClause clause)
    {
        if (clause.TagIndex >= 0)
        {
            PushValues(clause.TagIndex);
        }

        if (clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef)
        {
            _stack.Push(ValueKind.Ref, Exception);
        }

        _branches.EmitBranch((int)clause.Label + 1);
    }

    /// <summary>Goes elsewhere unless the exception has a tag.</summary>
    public void EmitTagTest(int tag, Label otherwise)
    {
        var scratch = CallingConvention.Scratch;
        _asm.Mov(OpSize.Qword, scratch, InstanceFields.At(_body.Layout.Tag(tag)));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(Exception, ObjectLayout.ExceptionTag), scratch);
        _asm.Jcc(Condition.NotEqual, otherwise);
    }

    /// <summary>Pushes the values of the exception, which has a tag.</summary>
    public void PushValues(int tag)
    {
        var types = _body.Module.Tags[tag].Type.Type.Parameters;
        var word = 0;
        foreach (var type in types)
        {
            _frame.CopyWords(ExceptionWord(word), _frame.Slot(_stack.Height), type.Kind);
            _stack.Push(StackValue.InFrame(type.Kind));
            word += type.WordCount;
        }
    }

    /// <summary>At a landing pad that does not catch the exception: goes to that of a block around, or leaves the function.</summary>
    public void EmitThrowFurther(in ControlFrame frame, int catcher)
    {
        _stack.Restore(_control.HandlerStateOf(frame), frame.BaseHeight);
        if (catcher >= 0)
        {
            ref var outer = ref _control[catcher];
            var pad = _handlers.LandingPadOf(ref outer);
            _transfers.Transfer(_control.HandlerStateOf(outer), outer.BaseHeight, arity: 0);
            _asm.Jmp(_handlers.LandingPad(pad));
        }
        else
        {
            _stubs.CallStub(Stub.Throw);
            _sites.AddCallSite();
            _asm.Int3();
        }
    }
}
