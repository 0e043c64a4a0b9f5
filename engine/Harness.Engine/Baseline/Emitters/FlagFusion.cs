using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Fuses a comparison with the branch or selection that follows.</summary>
internal sealed class FlagFusion(
    BaselineState state, ConditionEmitter conditions, SelectEmitter selects, BranchEmitter branches, BlockEmitter blocks)
{
    private readonly FunctionBody _body = state.Body;
    private readonly CodeSites _sites = state.Sites;
    private readonly ConditionEmitter _conditions = conditions;
    private readonly SelectEmitter _selects = selects;
    private readonly BranchEmitter _branches = branches;
    private readonly BlockEmitter _blocks = blocks;

    /// <summary>Uses a test of the flags right in the instruction that follows, or else pushes its outcome.</summary>
    public void UseFlags(FlagTest test)
    {
        while (true)
        {
            var next = _body.Reader.Offset;
            switch (_body.Reader.PeekOpcode())
            {
                case Opcode.I32Eqz:
                    _body.Reader.ReadOpcode();
                    test = test.Negate();
                    break;
                case Opcode.BrIf:
                    _body.Reader.ReadOpcode();
                    BeginFused(next);
                    _branches.EmitBranchIf(test, _body.Reader.ReadIndex());
                    return;
                case Opcode.If:
                    _body.Reader.ReadOpcode();
                    BeginFused(next);
                    _blocks.EmitIf(test);
                    return;
                case Opcode.Select:
                    _body.Reader.ReadOpcode();
                    BeginFused(next);
                    _selects.Emit(test);
                    return;
                default:
                    _conditions.PushFlag(test);
                    return;
            }
        }
    }

    private void BeginFused(int offset)
    {
        _body.Offset = offset;
        _sites.MarkSource();
    }
}
