using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Control: blocks, branches, returns, calls and exceptions, each compiled by an emitter of its own.</summary>
internal sealed class ControlEmitter(
    BaselineState state,
    StubCalls stubs,
    FrameEmitter framing,
    ConditionEmitter conditions,
    BranchEmitter branches,
    BlockEmitter blocks,
    CallEmitter calls,
    TailCallEmitter tailCalls,
    ExceptionEmitter exceptions,
    LegacyExceptionEmitter legacyExceptions)
{
    private readonly FunctionBody _body = state.Body;
    private readonly ControlStack _control = state.Control;
    private readonly StubCalls _stubs = stubs;
    private readonly FrameEmitter _framing = framing;
    private readonly ConditionEmitter _conditions = conditions;
    private readonly BranchEmitter _branches = branches;
    private readonly BlockEmitter _blocks = blocks;
    private readonly CallEmitter _calls = calls;
    private readonly TailCallEmitter _tailCalls = tailCalls;
    private readonly ExceptionEmitter _exceptions = exceptions;
    private readonly LegacyExceptionEmitter _legacyExceptions = legacyExceptions;

    /// <summary>Compiles an instruction of control.</summary>
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Unreachable:
                _stubs.EmitTrapHere(TrapKind.Unreachable);
                _blocks.BecomeUnreachable();
                break;
            case Opcode.Block:
                _control.Push(ControlKind.Block);
                break;
            case Opcode.Loop:
                _blocks.EmitLoop();
                break;
            case Opcode.If:
                _blocks.EmitIf(_conditions.PopCondition());
                break;
            case Opcode.Else:
                _blocks.EmitElse();
                break;
            case Opcode.TryTable:
                _exceptions.EmitTryTable();
                break;
            case Opcode.Try:
                _legacyExceptions.EmitTry();
                break;
            case Opcode.Catch:
                _legacyExceptions.EmitCatch(_body.Reader.ReadIndex());
                break;
            case Opcode.CatchAll:
                _legacyExceptions.EmitCatch(LegacyExceptionEmitter.AnyTag);
                break;
            case Opcode.Delegate:
                _legacyExceptions.EmitDelegate(_body.Reader.ReadIndex());
                break;
            case Opcode.Rethrow:
                _legacyExceptions.EmitRethrow(_body.Reader.ReadIndex());
                _blocks.BecomeUnreachable();
                break;
            case Opcode.Throw:
                _exceptions.EmitThrow(_body.Reader.ReadIndex());
                _blocks.BecomeUnreachable();
                break;
            case Opcode.ThrowRef:
                _exceptions.EmitThrowRef();
                _blocks.BecomeUnreachable();
                break;
            case Opcode.End:
                EmitEnd();
                break;
            case Opcode.Br:
                _branches.EmitBranch(_body.Reader.ReadIndex());
                _blocks.BecomeUnreachable();
                break;
            case Opcode.BrIf:
                _branches.EmitBranchIf(_conditions.PopCondition(), _body.Reader.ReadIndex());
                break;
            case Opcode.BrTable:
                _branches.EmitBranchTable();
                _blocks.BecomeUnreachable();
                break;
            case Opcode.Return:
                _branches.EmitBranch(_control.Depth - 1);
                _blocks.BecomeUnreachable();
                break;
            case Opcode.Call:
                _calls.EmitCall(_body.Reader.ReadIndex());
                break;
            case Opcode.CallIndirect:
                _calls.EmitCallIndirect();
                break;
            case Opcode.CallRef:
                _calls.EmitCallRef();
                break;
            case Opcode.ReturnCall:
                _tailCalls.EmitReturnCall(_body.Reader.ReadIndex());
                _blocks.BecomeUnreachable();
                break;
            case Opcode.ReturnCallIndirect:
                _tailCalls.EmitReturnCallIndirect();
                _blocks.BecomeUnreachable();
                break;
            case Opcode.ReturnCallRef:
                _tailCalls.EmitReturnCallRef();
                _blocks.BecomeUnreachable();
                break;
            default:
                throw _body.NotSupported(opcode);
        }
    }

    private void EmitEnd()
    {
        ref var frame = ref _control.FrameAt(0);
        switch (frame.Kind)
        {
            case ControlKind.Function:
                if (_control.IsReachable)
                {
                    _framing.EmitReturn();
                }

                _control.PopFunction();
                return;
            case ControlKind.If:
                _blocks.EmitEndOfIf(ref frame);
                break;
            case ControlKind.Loop:
                break;
            case ControlKind.TryTable:
                _exceptions.EmitEndOfTryTable(ref frame);
                break;
            case ControlKind.Try:
                _legacyExceptions.EmitEndOfTry(ref frame, frame.OuterCatcher);
                break;
            case ControlKind.Catch:
                _legacyExceptions.EmitEndOfCatch(ref frame);
                break;
            default:
                _blocks.EmitEndOfBlock(ref frame);
                break;
        }

        _blocks.PopControl(frame);
    }
}
