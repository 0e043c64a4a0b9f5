using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Blocks, branches and returns.</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Branch tables up to this size become a chain of comparisons.</summary>
    private const int SmallBranchTable = 4;

    private ControlFrame[] _controls = new ControlFrame[64];
    private int _controlDepth;

    /// <summary>Place among the open constructs of the loop that is in no other; -1 if no loop is open.</summary>
    private int _outermostLoop = -1;
    private Label[] _tableTargets = new Label[64];
    private int[] _tableDepths = new int[64];
    private int _branchTable;

    private void CompileControl(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Unreachable:
                EmitTrapHere(TrapKind.Unreachable);
                BecomeUnreachable();
                break;
            case Opcode.Block:
                PushControl(ControlKind.Block);
                break;
            case Opcode.Loop:
                EmitLoop();
                break;
            case Opcode.If:
                EmitIf(PopCondition());
                break;
            case Opcode.Else:
                EmitElse();
                break;
            case Opcode.TryTable:
                EmitTryTable();
                break;
            case Opcode.Try:
                EmitTry();
                break;
            case Opcode.Catch:
                EmitCatch(_reader.ReadIndex());
                break;
            case Opcode.CatchAll:
                EmitCatch(AnyTag);
                break;
            case Opcode.Delegate:
                EmitDelegate(_reader.ReadIndex());
                break;
            case Opcode.Rethrow:
                EmitRethrow(_reader.ReadIndex());
                BecomeUnreachable();
                break;
            case Opcode.Throw:
                EmitThrow(_reader.ReadIndex());
                BecomeUnreachable();
                break;
            case Opcode.ThrowRef:
                EmitThrowRef();
                BecomeUnreachable();
                break;
            case Opcode.End:
                EmitEnd();
                break;
            case Opcode.Br:
                EmitBranch(_reader.ReadIndex());
                BecomeUnreachable();
                break;
            case Opcode.BrIf:
                EmitBranchIf(PopCondition(), _reader.ReadIndex());
                break;
            case Opcode.BrTable:
                EmitBranchTable();
                BecomeUnreachable();
                break;
            case Opcode.Return:
                EmitReturn();
                BecomeUnreachable();
                break;
            case Opcode.Call:
                EmitCall(_reader.ReadIndex());
                break;
            case Opcode.CallIndirect:
                EmitCallIndirect();
                break;
            case Opcode.CallRef:
                EmitCallRef();
                break;
            case Opcode.ReturnCall:
                EmitReturnCall(_reader.ReadIndex());
                BecomeUnreachable();
                break;
            case Opcode.ReturnCallIndirect:
                EmitReturnCallIndirect();
                BecomeUnreachable();
                break;
            case Opcode.ReturnCallRef:
                EmitReturnCallRef();
                BecomeUnreachable();
                break;
            default:
                throw NotSupported(opcode);
        }
    }

    private ref ControlFrame FrameAt(int depth) => ref _controls[_controlDepth - 1 - depth];

    private void PushFunctionFrame()
    {
        _controlDepth = 1;
        _controls[0] = new ControlFrame
        {
            Kind = ControlKind.Function,
            Signature = new BlockSignature(_function.Type),
            BaseHeight = _localCount,
            BranchArity = _function.Type.Results.Length,
        };
    }

    /// <summary>Opens a label, and makes room for the state that its branches agree on.</summary>
    private ref ControlFrame PushControl(ControlKind kind)
    {
        var signature = _reader.ReadBlockType();
        if (_controlDepth == _controls.Length)
        {
            Array.Resize(ref _controls, 2 * _controlDepth);
        }

        ref var frame = ref _controls[_controlDepth++];
        frame = new ControlFrame
        {
            Kind = kind,
            Signature = signature,
            BaseHeight = _cache.Height - signature.ParameterCount,
            BranchArity = kind == ControlKind.Loop ? signature.ParameterCount : signature.ResultCount,
            Label = _asm.NewLabel(),
            Summary = _nextSummary++,
            OuterStates = _stateEnd,
        };
        _cache.ReserveSlots(frame.BaseHeight + signature.ResultCount);
        frame.State = ReserveState(frame.TargetHeight);
        return ref frame;
    }

    private void EmitLoop()
    {
        ref var frame = ref PushControl(ControlKind.Loop);
        SettleLoopState(ref frame);
        Transfer(StateOf(frame), frame.BranchArity);
        _cache.Restore(StateOf(frame));
        _asm.Bind(frame.Label);
        DescribeResumePoint(ResumeKind.LoopEntry);
        if (_outermostLoop < 0)
        {
            _outermostLoop = _controlDepth - 1;
            if (_entersLoops) EmitLoopRequest();
        }

        EmitStackGuard();
        if (_countsBudget)
        {
            EmitBudget(_scan[frame.Summary].EndOffset - _offset);
        }
    }

    private void EmitIf(FlagTest condition)
    {
        ref var frame = ref PushControl(ControlKind.If);
        frame.ElseLabel = _asm.NewLabel();
        frame.ElseState = ReserveState(_cache.Height);
        _cache.Values.CopyTo(_states.AsSpan(frame.ElseState));
        EmitJump(condition.Negate(), frame.ElseLabel);
    }

    private void EmitElse()
    {
        ref var frame = ref FrameAt(0);
        if (_reachable)
        {
            EnsureTarget(ref frame, _cache.Values);
            Transfer(StateOf(frame), frame.BranchArity);
            _asm.Jmp(frame.Label);
        }

        frame.Kind = ControlKind.Else;
        _asm.Bind(frame.ElseLabel);
        _cache.Restore(ElseStateOf(frame));
        _reachable = true;
    }

    private void EmitEnd()
    {
        ref var frame = ref FrameAt(0);
        switch (frame.Kind)
        {
            case ControlKind.Function:
                if (_reachable)
                {
                    EmitReturn();
                }

                _controlDepth--;
                return;
            case ControlKind.If:
                EmitEndOfIf(ref frame);
                break;
            case ControlKind.Loop:
                break;
            case ControlKind.TryTable:
                EmitEndOfTryTable(ref frame);
                break;
            case ControlKind.Try:
                EmitEndOfTry(ref frame, frame.OuterCatcher);
                break;
            case ControlKind.Catch:
                EmitEndOfCatch(ref frame);
                break;
            default:
                EmitEndOfBlock(ref frame);
                break;
        }

        PopControl(frame);
    }

    private void PopControl(in ControlFrame frame)
    {
        _stateEnd = frame.OuterStates;
        _controlDepth--;
        if (_controlDepth == _outermostLoop)
        {
            _outermostLoop = -1;
        }

        if (!_reachable)
        {
            SkipUnreachable();
        }
    }

    private void EmitEndOfBlock(ref ControlFrame frame)
    {
        if (frame.IsTarget)
        {
            if (_reachable)
            {
                Transfer(StateOf(frame), frame.BranchArity);
            }

            BindTarget(frame);
        }
    }

    /// <summary>The end of an <c>if</c> without <c>else</c>: its parameters, which are its results, go past it when the condition is false.</summary>
    private void EmitEndOfIf(ref ControlFrame frame)
    {
        var elseState = ElseStateOf(frame);
        if (!_reachable && !frame.IsTarget)
        {
            _asm.Bind(frame.ElseLabel);
            _cache.Restore(elseState);
            _reachable = true;
            return;
        }

        if (!frame.IsTarget)
        {
            // Whoever has lost the registers to a call must not load them all again.
            EnsureTarget(ref frame, _scan[frame.Summary].HasCall ? _cache.Values : elseState);
        }

        if (_reachable)
        {
            Transfer(StateOf(frame), frame.BranchArity);
        }

        if (Satisfies(elseState, StateOf(frame)))
        {
            _asm.Bind(frame.ElseLabel);
        }
        else
        {
            if (_reachable)
            {
                _asm.Jmp(frame.Label);
            }

            _asm.Bind(frame.ElseLabel);
            _cache.Restore(elseState);
            Transfer(StateOf(frame), frame.BranchArity);
        }

        BindTarget(frame);
    }

    private void BindTarget(in ControlFrame frame)
    {
        _asm.Bind(frame.Label);
        _cache.Restore(StateOf(frame));
        _reachable = true;
    }

    private void EmitBranch(int depth)
    {
        ref var frame = ref FrameAt(depth);
        if (frame.Kind == ControlKind.Function)
        {
            EmitReturn();
            return;
        }

        EnsureTarget(ref frame, _cache.Values);
        Transfer(StateOf(frame), frame.BranchArity);
        _asm.Jmp(frame.Label);
    }

    /// <summary>Branches if a condition holds. What the branch takes along stays on the stack otherwise.</summary>
    private void EmitBranchIf(FlagTest condition, int depth)
    {
        ref var frame = ref FrameAt(depth);
        if (frame.Kind != ControlKind.Function)
        {
            EnsureTarget(ref frame, _cache.Values);
            if (IsSatisfied(frame))
            {
                EmitJump(condition, frame.Label);
                return;
            }
        }

        var stay = _asm.NewLabel();
        EmitJump(condition.Negate(), stay);
        EmitBranch(depth);
        _asm.Bind(stay);
    }

    private void EmitBranchTable()
    {
        _branchTable++;
        int count = _reader.ReadBrTable();
        var index = count > SmallBranchTable ? _cache.PopOwned(RegisterSet.None) : _cache.Pop(RegisterSet.None);
        if (count >= _tableTargets.Length)
        {
            Array.Resize(ref _tableTargets, Math.Max(count + 1, 2 * _tableTargets.Length));
            Array.Resize(ref _tableDepths, _tableTargets.Length);
        }

        for (int i = 0; i <= count; i++)
        {
            int depth = _reader.ReadIndex();
            _tableDepths[i] = depth;
            _tableTargets[i] = TableTarget(depth);
        }

        if (count > SmallBranchTable)
        {
            _asm.Alu(AluOp.Cmp, OpSize.Dword, index.Gpr, count);
            _asm.Jcc(Condition.AboveOrEqual, _tableTargets[count]);
            _asm.JmpTable(index.Gpr, CallingConvention.Scratch, _tableTargets.AsSpan(0, count));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                CompareConstant(OpSize.Dword, index.Gpr, i);
                _asm.Jcc(Condition.Equal, _tableTargets[i]);
            }

            if (IsOwnTarget(count))
            {
                // The landing of the default target follows.
                EmitLanding(count);
            }
            else
            {
                _asm.Jmp(_tableTargets[count]);
            }
        }

        for (int i = 0; i <= count; i++)
        {
            if (IsOwnTarget(i) && !_asm.IsBound(_tableTargets[i]))
            {
                EmitLanding(i);
            }
        }
    }

    /// <summary>
    /// Where an entry of a branch table jumps: straight to the label if nothing must be moved, else to a landing that moves. Entries
    /// with the same label share it.
    /// </summary>
    private Label TableTarget(int depth)
    {
        ref var frame = ref FrameAt(depth);
        if (frame.Kind != ControlKind.Function)
        {
            EnsureTarget(ref frame, _cache.Values);
            if (IsSatisfied(frame))
            {
                return frame.Label;
            }
        }

        if (frame.LandingTable != _branchTable)
        {
            frame.LandingTable = _branchTable;
            frame.Landing = _asm.NewLabel();
        }

        return frame.Landing;
    }

    /// <summary>Whether an entry of a branch table has a landing.</summary>
    private bool IsOwnTarget(int entry)
    {
        ref var frame = ref FrameAt(_tableDepths[entry]);
        return frame.Kind == ControlKind.Function || frame.Label != _tableTargets[entry];
    }

    private void EmitLanding(int entry)
    {
        _asm.Bind(_tableTargets[entry]);
        EmitBranch(_tableDepths[entry]);
    }

    /// <summary>Moves the results to where the caller expects them, and returns. The state stays as it is.</summary>
    private void EmitReturn()
    {
        var results = _function.Type.Results;
        int first = _cache.Height - results.Length;
        int gprs = 0;
        int xmms = 0;
        int inMemory = 0;
        for (int i = 0; i < results.Length; i++)
        {
            ref readonly var value = ref _cache[first + i];
            if (RegisterSet.IsFloat(value.Kind) && xmms < CallingConvention.ResultXmms.Length)
            {
                _moves.Add(CallingConvention.ResultXmms[xmms++], value, first + i);
            }
            else if (!RegisterSet.IsFloat(value.Kind) && gprs < CallingConvention.ResultGprs.Length)
            {
                _moves.Add(CallingConvention.ResultGprs[gprs++], value, first + i);
            }
            else
            {
                if (inMemory == 0)
                {
                    _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceField(InstanceHeader.ContextOffset));
                }

                EmitCopy(value, first + i, Mem.Base(
                    CallingConvention.Scratch, StoreContext.ResultsOffset + (sizeof(long) * inMemory)));
                inMemory += results[i].WordCount;
            }
        }

        _moves.Execute(CallingConvention.Scratch);
        EmitExitBudget();
        EmitEpilogue();
    }

    private void EmitEpilogue()
    {
        _asm.Leave();
        _asm.Ret(_stackParameterBytes);
    }

    /// <summary>Uses up budget by the bytes of the function before its exit here.</summary>
    private void EmitExitBudget()
    {
        if (_countsBudget)
        {
            EmitBudget(_reader.Offset - _function.BodyStart);
        }
    }

    private void BecomeUnreachable()
    {
        _reachable = false;
        SkipUnreachable();
    }

    /// <summary>Skips instructions up to the <c>else</c>, <c>end</c> or clause of the current block.</summary>
    private void SkipUnreachable()
    {
        while (true)
        {
            int offset = _reader.Offset;
            var opcode = _reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.Block:
                case Opcode.Loop:
                case Opcode.If:
                case Opcode.TryTable:
                case Opcode.Try:
                    // A block that cannot be reached is left at once: the look ahead knows its end.
                    ref readonly var block = ref _scan[_nextSummary];
                    _reader.Offset = block.EndOffset;
                    _nextSummary = block.NextBlock;
                    break;
                case Opcode.End:
                case Opcode.Else:
                case Opcode.Catch:
                case Opcode.CatchAll:
                case Opcode.Delegate:
                    _reader.Offset = offset;
                    return;
                default:
                    _reader.SkipImmediates(opcode);
                    break;
            }
        }
    }
}
