using Harness.Engine.Baseline.Model;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Branches, those by a table included.</summary>
internal sealed class BranchEmitter(
    BaselineState state, LabelStates labels, StateTransfer transfers, FrameEmitter framing, ConditionEmitter conditions)
{
    /// <summary>Branch tables up to this size become a chain of comparisons.</summary>
    private const int SmallBranchTable = 4;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ControlStack _control = state.Control;
    private readonly LabelStates _labels = labels;
    private readonly StateTransfer _transfers = transfers;
    private readonly FrameEmitter _framing = framing;
    private readonly ConditionEmitter _conditions = conditions;
    private readonly SharedMoves _shared = state.Shared;
    private Label[] _tableTargets = new Label[64];
    private int[] _tableDepths = new int[64];
    private int _branchTable;

    /// <summary>Branches to a label, or returns.</summary>
    public void EmitBranch(int depth)
    {
        ref var frame = ref _control.FrameAt(depth);
        if (frame.Kind != ControlKind.Function)
        {
            _labels.EnsureTarget(ref frame);
        }

        if (frame.BranchArity < SharedMoves.LeastValues || !_transfers.AreOnlyOperandsMoved(frame))
        {
            EmitMoves(frame);
        }
        else if (_shared.TryFind(frame, out var moves))
        {
            _asm.Jmp(moves);
        }
        else
        {
            var entry = _asm.NewLabel();
            _asm.Bind(entry);
            EmitMoves(frame);
            _shared.Note(frame, entry);
        }
    }

    private void EmitMoves(in ControlFrame frame)
    {
        if (frame.Kind == ControlKind.Function)
        {
            _framing.EmitReturn();
            return;
        }

        _transfers.Transfer(frame);
        _asm.Jmp(frame.Label);
    }

    /// <summary>Branches if a condition holds. What the branch takes along stays on the stack otherwise.</summary>
    public void EmitBranchIf(FlagTest condition, int depth)
    {
        _labels.Limit();
        ref var frame = ref _control.FrameAt(depth);
        if (frame.Kind != ControlKind.Function)
        {
            _labels.EnsureTarget(ref frame);
            if (_transfers.IsSatisfied(frame))
            {
                _conditions.EmitJump(condition, frame.Label);
                return;
            }
        }

        if (frame.BranchArity >= SharedMoves.LeastValues && _transfers.AreOnlyOperandsMoved(frame) && _shared.TryFind(frame, out var moves))
        {
            _conditions.EmitJump(condition, moves);
            return;
        }

        var stay = _asm.NewLabel();
        _conditions.EmitJump(condition.Negate(), stay);
        EmitBranch(depth);
        _asm.Bind(stay);
    }

    /// <summary><c>br_table</c>.</summary>
    public void EmitBranchTable()
    {
        _branchTable++;
        var count = _body.Reader.ReadBrTable();
        _labels.Limit(Math.Min(count + 1, _control.Depth));
        var index = count > SmallBranchTable ? _stack.PopOwned(RegisterSet.None) : _stack.Pop(RegisterSet.None);
        if (count >= _tableTargets.Length)
        {
            Array.Resize(ref _tableTargets, Math.Max(count + 1, 2 * _tableTargets.Length));
            Array.Resize(ref _tableDepths, _tableTargets.Length);
        }

        for (var i = 0; i <= count; i++)
        {
            var depth = _body.Reader.ReadIndex();
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
            for (var i = 0; i < count; i++)
            {
                _conditions.CompareConstant(OpSize.Dword, index.Gpr, i);
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

        for (var i = 0; i <= count; i++)
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
        ref var frame = ref _control.FrameAt(depth);
        if (frame.LandingTable == _branchTable)
        {
            return frame.Landing;
        }

        var isDirect = false;
        if (frame.Kind != ControlKind.Function)
        {
            _labels.EnsureTarget(ref frame);
            isDirect = _transfers.IsSatisfied(frame);
        }

        frame.LandingTable = _branchTable;
        return frame.Landing = isDirect ? frame.Label : _asm.NewLabel();
    }

    /// <summary>Whether an entry of a branch table has a landing.</summary>
    private bool IsOwnTarget(int entry)
    {
        ref var frame = ref _control.FrameAt(_tableDepths[entry]);
        return frame.Kind == ControlKind.Function || frame.Label != _tableTargets[entry];
    }

    private void EmitLanding(int entry)
    {
        _asm.Bind(_tableTargets[entry]);
        EmitBranch(_tableDepths[entry]);
    }
}
