using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Calls through references, of tables or operands. Such a call becomes a chain of comparisons with the targets that the inlining tree
/// admits; what matches none deoptimizes where the tree says so and deopts are allowed, and is called generically otherwise.
/// </summary>
internal sealed class ReferenceCallBuilder(
    BuildState state, ReferenceChecks checks, ExceptionBuilder exceptions, TableBuilder tables, CallBuilder calls,
    TailCallBuilder tailCalls, GraphAssembler assembler)
{
    /// <summary>A call of an element of a table.</summary>
    public void VisitCallIndirect(bool isTail)
    {
        var offset = assembler.BytecodeOffset;
        var typeId = assembler.Module.CanonicalTypeIds[state.Reader.ReadIndex()];
        var table = state.Reader.ReadIndex();
        var targets = InlinedTargets(offset, isTail, out var mayDeoptimize);
        var frameState = mayDeoptimize && assembler.AllowDeopt ? state.NewFrameState(offset, ResumeKind.BeforeInstruction) : -1;
        var callee = new ElementCallee(table, state.Pop(), typeId, checks, tables, assembler);
        CallThrough(callee, typeId, targets, frameState, offset, isTail);
    }

    /// <summary>A call of a reference.</summary>
    public void VisitCallRef(bool isTail)
    {
        var offset = assembler.BytecodeOffset;
        var typeId = assembler.Module.CanonicalTypeIds[state.Reader.ReadIndex()];
        var targets = InlinedTargets(offset, isTail, out var mayDeoptimize);
        var frameState = mayDeoptimize && assembler.AllowDeopt ? state.NewFrameState(offset, ResumeKind.BeforeInstruction) : -1;
        CallThrough(new ReferenceCallee(state.Pop(), checks, assembler), typeId, targets, frameState, offset, isTail);
    }

    /// <summary>The targets to inline at a call site.</summary>
    /// <param name="offset">Offset of the call.</param>
    /// <param name="isTail">Whether it is a tail call.</param>
    /// <param name="mayDeoptimize">Whether another target may deoptimize: the tree says so, and all that it admits, at least one, can be inlined here.</param>
    private InliningTree[] InlinedTargets(int offset, bool isTail, out bool mayDeoptimize)
    {
        mayDeoptimize = false;
        if (state.Tree.SiteAt(offset) is not { } site)
        {
            return [];
        }

        var admitted = Array.FindAll(site.Targets, static target => target.IsInlined);
        var inlined = isTail ? Array.FindAll(admitted, target => tailCalls.CanReplaceFrame(target.FunctionIndex)) : admitted;
        mayDeoptimize = inlined.Length > 0 && inlined.Length == admitted.Length && site.Deoptimizes;
        return inlined;
    }

    /// <summary>Calls what is not known: compares it with the inlined targets, then deoptimizes or calls generically.</summary>
    /// <param name="callee">What the call goes through.</param>
    /// <param name="typeId">Canonical type of the call.</param>
    /// <param name="targets">The targets to inline.</param>
    /// <param name="frameState">Frame state to deoptimize with when no target matches; -1 for a generic call.</param>
    /// <param name="offset">Offset of the call instruction.</param>
    /// <param name="isTail">Whether it is a tail call: then nothing comes behind it.</param>
    private void CallThrough(Callee callee, int typeId, InliningTree[] targets, int frameState, int offset, bool isTail)
    {
        var type = TypeRegistry.Get(typeId).Function!;
        var arguments = state.Pop(type.Parameters.Length);
        var end = new Merge();
        var frequency = assembler.Current!.Frequency;
        for (var i = 0; i < targets.Length; i++)
        {
            var isTarget = callee.IsFunction(targets[i].FunctionIndex);
            Block? otherwise = null;
            if (frameState >= 0 && i == targets.Length - 1)
            {
                assembler.Append(
                    IrOp.Guard, IrType.None, [isTarget], (long)DeoptReason.WrongCallTarget, frameState);
            }
            else
            {
                var rest = i == targets.Length - 1 ? BuildState.SlowPathFrequency : 1.0 / (i + 2);
                var match = assembler.NewBlock(frequency / (i + 1));
                otherwise = assembler.NewBlock(frequency * rest);
                assembler.Terminate(
                    TerminatorKind.Branch, isTarget, [new Edge(match.Id, []), new Edge(otherwise.Id, [])]);
                assembler.Current = match;
            }

            if (isTail)
            {
                tailCalls.InlineAndReturn(targets[i], arguments, offset);
            }
            else
            {
                JoinWith(end, calls.Inline(targets[i], arguments, offset));
            }

            assembler.Current = otherwise;
        }

        if (assembler.Current is not null && isTail)
        {
            tailCalls.TailCall(IrOp.CallReference, type, [callee.Checked(), .. arguments], -1, typeId);
        }
        else if (assembler.Current is not null)
        {
            JoinWith(end, CallGenerically(typeId, type, arguments, callee));
        }

        if (end.IsReached)
        {
            assembler.Current = end.Seal(assembler.Graph, frequency, out var results);
            state.Stack.AddRange(results.Operands);
        }
    }

    private void JoinWith(Merge end, int[] results)
    {
        if (assembler.Current is not null)
        {
            end.Add(assembler.Terminate(TerminatorKind.Jump, -1, [default]), 0, PathValues.Of(results));
        }
    }

    private int[] CallGenerically(int typeId, FunctionType type, int[] arguments, Callee callee) =>
        calls.Call(IrOp.CallReference, type, [callee.Checked(), .. arguments], 0, typeId, exceptions.InnermostCatcher);
}
