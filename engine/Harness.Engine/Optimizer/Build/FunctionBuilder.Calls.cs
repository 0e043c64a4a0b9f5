using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Calls: as calls, or with the bodies that the inlining tree admits in their place. An indirect call becomes a chain of
/// comparisons with the inlined targets; what matches none deoptimizes where all targets seen so far are inlined and deopts
/// are allowed there, and is called generically otherwise.
/// </summary>
internal sealed partial class FunctionBuilder
{
    /// <summary>Frequency of a generic call behind the inlined targets, relative to the call site.</summary>
    private const double SlowPathFrequency = 0.001;

    private int inlinedCallOffset;

    private void VisitCall()
    {
        int offset = assembler.BytecodeOffset;
        FunctionInfo target = Module.Functions[reader.ReadIndex()];
        int[] arguments = Pop(target.Type.Parameters.Length);
        if (target.Builtin is { } builtin)
        {
            Push(CallStringBuiltin(builtin, target, arguments));
            return;
        }

        if (tree.SiteAt(offset) is { } site && site.Targets[0].IsInlined)
        {
            stack.AddRange(Inline(site.Targets[0], arguments, offset));
            return;
        }

        stack.AddRange(Call(IrOp.CallDirect, target.Type, arguments, target.Index, target.CanonicalTypeId, InnermostCatcher));
    }

    private void VisitCallIndirect(bool isTail)
    {
        int offset = assembler.BytecodeOffset;
        int typeId = Module.CanonicalTypeIds[reader.ReadIndex()];
        int table = reader.ReadIndex();
        InliningTree[] targets = InlinedTargets(offset, isTail, out bool mayDeoptimize);
        int state = mayDeoptimize && assembler.AllowDeopt ? NewFrameState(offset, ResumeKind.BeforeInstruction) : -1;
        int index = Pop();
        int reference = LoadElement(table, index, TrapKind.UndefinedElement);
        Modules.ValueType elementType = Module.Tables[table].Type.ElementType;
        CallThrough(reference, typeId, targets, state, offset, isTail, () =>
        {
            int function = CheckNotNull(reference, TrapKind.UninitializedElement);
            if (!elementType.HeapType.IsSubtypeOf(HeapType.Defined(typeId)))
            {
                CheckType(function, typeId);
            }

            return assembler.Narrow(function, ReferenceTypes.To(typeId));
        });
    }

    private void VisitCallRef(bool isTail)
    {
        int offset = assembler.BytecodeOffset;
        int typeId = Module.CanonicalTypeIds[reader.ReadIndex()];
        InliningTree[] targets = InlinedTargets(offset, isTail, out bool mayDeoptimize);
        int state = mayDeoptimize && assembler.AllowDeopt ? NewFrameState(offset, ResumeKind.BeforeInstruction) : -1;
        int reference = Pop();
        CallThrough(
            reference,
            typeId,
            targets,
            state,
            offset,
            isTail,
            () => CheckNotNull(reference, TrapKind.NullFunctionReference));
    }

    /// <summary>The targets to inline at a call site.</summary>
    /// <param name="offset">Offset of the call.</param>
    /// <param name="isTail">Whether it is a tail call.</param>
    /// <param name="mayDeoptimize">
    /// Whether another target may deoptimize: they are all that the site has seen, at least one, and the tree does not forbid it.
    /// </param>
    private InliningTree[] InlinedTargets(int offset, bool isTail, out bool mayDeoptimize)
    {
        mayDeoptimize = false;
        if (tree.SiteAt(offset) is not { } site)
        {
            return [];
        }

        InliningTree[] inlined = Array.FindAll(
            site.Targets, target => target.IsInlined && (!isTail || CanReplaceFrame(target.FunctionIndex)));
        mayDeoptimize = site.MayDeoptimize && inlined.Length > 0 && inlined.Length == site.Targets.Length;
        return inlined;
    }

    /// <summary>Calls through a reference: compares it with the inlined targets, then deoptimizes or calls generically.</summary>
    /// <param name="reference">The function reference.</param>
    /// <param name="typeId">Canonical type of the call.</param>
    /// <param name="targets">The targets to inline.</param>
    /// <param name="state">Frame state to deoptimize with when no target matches; -1 for a generic call.</param>
    /// <param name="offset">Offset of the call instruction.</param>
    /// <param name="isTail">Whether it is a tail call: then nothing comes behind it.</param>
    /// <param name="check">Builds the checks that a generic call needs, and gives the reference as it is known to be then.</param>
    private void CallThrough(
        int reference, int typeId, InliningTree[] targets, int state, int offset, bool isTail, Func<int> check)
    {
        FunctionType type = TypeRegistry.Get(typeId).Function!;
        int[] arguments = Pop(type.Parameters.Length);
        var end = new Merge();
        double frequency = assembler.Current!.Frequency;
        for (int i = 0; i < targets.Length; i++)
        {
            int isTarget = assembler.Append(
                IrOp.ReferenceEqual, IrType.I32, [reference, assembler.FunctionAddress(targets[i].FunctionIndex)]);
            Block? otherwise = null;
            if (state >= 0 && i == targets.Length - 1)
            {
                assembler.Append(
                    IrOp.Guard, IrType.None, [isTarget], (long)DeoptReason.WrongCallTarget, state);
            }
            else
            {
                double rest = i == targets.Length - 1 ? SlowPathFrequency : 1.0 / (i + 2);
                Block match = assembler.NewBlock(frequency / (i + 1));
                otherwise = assembler.NewBlock(frequency * rest);
                assembler.Terminate(
                    TerminatorKind.Branch, isTarget, [new Edge(match.Id, []), new Edge(otherwise.Id, [])]);
                assembler.Current = match;
            }

            if (isTail)
            {
                InlineAndReturn(targets[i], arguments, offset);
            }
            else
            {
                JoinWith(end, Inline(targets[i], arguments, offset));
            }

            assembler.Current = otherwise;
        }

        if (assembler.Current is not null && isTail)
        {
            TailCall(IrOp.CallReference, type, [check(), .. arguments], -1, typeId);
        }
        else if (assembler.Current is not null)
        {
            JoinWith(end, CallGenerically(typeId, type, arguments, check));
        }

        if (end.IsReached)
        {
            assembler.Current = end.Seal(Graph, frequency, out PathValues results);
            stack.AddRange(results.Operands);
        }
    }

    private void JoinWith(Merge end, int[] results)
    {
        if (assembler.Current is not null)
        {
            end.Add(assembler.Terminate(TerminatorKind.Jump, -1, [default]), 0, PathValues.Of(results));
        }
    }

    private int[] Inline(InliningTree target, int[] arguments, int offset)
    {
        inlinedCallOffset = offset;
        callState = -1;
        int[] results = new FunctionBuilder(assembler, target, this).Build(arguments);
        assembler.BytecodeOffset = offset;
        return results;
    }

    private int[] CallGenerically(int typeId, FunctionType type, int[] arguments, Func<int> check) =>
        Call(IrOp.CallReference, type, [check(), .. arguments], 0, typeId, InnermostCatcher);

    /// <summary>Traps unless a function has a type, or a subtype of it: the exact type is compared first.</summary>
    private void CheckType(int reference, int typeId)
    {
        int actual = assembler.Append(IrOp.LoadReferenceType, IrType.I32, [reference]);
        int expected = assembler.I32(typeId);
        int isExact = assembler.Append(Opcode.I32Eq, IrType.I32, [actual, expected]);
        if (TypeRegistry.Get(typeId).Definition.IsFinal)
        {
            assembler.TrapUnless(isExact, TrapKind.IndirectCallTypeMismatch);
            return;
        }

        double frequency = assembler.Current!.Frequency;
        Block other = assembler.NewBlock(frequency * SlowPathFrequency);
        Block done = assembler.NewBlock(frequency);
        assembler.Terminate(TerminatorKind.Branch, isExact, [new Edge(done.Id, []), new Edge(other.Id, [])]);
        assembler.Current = other;
        int isSubtype = assembler.Append(
            IrOp.CallBuiltin, IrType.I32, [actual, expected], (long)Builtin.IsSubtype);
        assembler.TrapUnless(isSubtype, TrapKind.IndirectCallTypeMismatch);
        assembler.Terminate(TerminatorKind.Jump, -1, [new Edge(done.Id, [])]);
        assembler.Current = done;
    }

    /// <summary>Builds a call, whose exceptions go to a block that catches if there is one.</summary>
    /// <returns>The results.</returns>
    private int[] Call(Opcode op, FunctionType type, int[] inputs, long immediate, int typeId, Catcher? catcher)
    {
        int call = type.Results.Length == 0
            ? assembler.Append(op, IrType.None, inputs, immediate, typeId)
            : assembler.Append(op, type.Results[0], inputs, immediate, typeId);
        var results = new int[type.Results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = i == 0
                ? call
                : assembler.Append(IrOp.Projection, type.Results[i], [call], i);
        }

        if (catcher is { } handler)
        {
            Invoke(handler);
        }

        return results;
    }
}
