using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Exceptions. A call in a block that catches has a second way out, which leads to the clauses of that block, be it one of a function
/// around that this one is inlined into. A throw that such a block catches is a jump; where the exception's tag is known, to the clause
/// itself, with the values at hand, so that the exception is made only where somebody asks for it.
/// </summary>
internal sealed class ExceptionBuilder(
    BuildState state, ReferenceChecks checks, BranchBuilder branches, ExceptionBuilder? below, GraphAssembler assembler)
{
    /// <summary>What builds exceptions in the function whose frame is below; null if that is not a function of the graph.</summary>
    public ExceptionBuilder? Below => below;

    /// <summary>Where exceptions of the current instruction go; null if they leave the compiled function.</summary>
    public Catcher? InnermostCatcher => CatcherFrom(state.Control.Count - 1);

    /// <summary>Where exceptions go that leave this function; null if they leave the compiled function.</summary>
    public Catcher? CatcherBelow => below?.InnermostCatcher;

    /// <summary>Builds an instruction on exceptions; says whether it was one.</summary>
    public bool VisitException(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.TryTable:
                VisitTryTable();
                return true;
            case Opcode.Try:
                branches.Open(ControlKind.Try, state.Reader.ReadBlockType());
                state.Control[^1].Catches = true;
                return true;
            case Opcode.Catch:
                VisitCatch(state.Reader.ReadIndex());
                return true;
            case Opcode.CatchAll:
                VisitCatch(-1);
                return true;
            case Opcode.Delegate:
                VisitDelegate(state.Reader.ReadIndex());
                return true;
            case Opcode.Throw:
                var tag = state.Reader.ReadIndex();
                var values = state.Pop(assembler.Module.Tags[tag].Type.Type.Parameters.Length);
                ThrowHere(assembler.Append(IrOp.NewException, Modules.ValueType.ExnRef.WithNull(false), values, tag));
                return true;
            case Opcode.ThrowRef:
                var thrown = state.Pop();
                ThrowHere(InnermostCatcher is null ? thrown : checks.CheckNotNull(thrown, TrapKind.NullException));
                return true;
            case Opcode.Rethrow:
                ThrowHere(state.Stack[state.Control[^(state.Reader.ReadIndex() + 1)].StackHeight]);
                return true;
            default:
                return false;
        }
    }

    private void VisitTryTable()
    {
        var signature = state.Reader.ReadBlockType();
        var clauses = new CatchClause[state.Reader.ReadIndex()];
        for (var i = 0; i < clauses.Length; i++)
        {
            clauses[i] = state.Reader.ReadCatch();
        }

        branches.Open(ControlKind.TryTable, signature, clauses);
        state.Control[^1].Catches = clauses.Length > 0;
    }

    /// <summary>
    /// A clause of a legacy <c>try</c>. The exception is on the stack in it, below its operands, for <c>rethrow</c>: as in baseline code.
    /// </summary>
    /// <param name="tag">The tag; -1 for <c>catch_all</c>.</param>
    private void VisitCatch(int tag)
    {
        var frame = state.Control[^1];
        branches.FallThrough(frame);
        if (frame.Kind == ControlKind.Try)
        {
            frame.Kind = ControlKind.Catch;
            frame.Catches = false;
            if (frame.Handler.IsReached)
            {
                frame.ElseBlock = frame.Handler.Seal(assembler.Graph, frame.Handler.Frequency, out var values);
                frame.ElseState = values;
            }
        }

        assembler.Current = frame.ElseBlock;
        frame.ElseBlock = null;
        if (assembler.Current is null)
        {
            return;
        }

        var exception = RestoreForHandler(frame, frame.ElseState);
        state.Push(exception);
        if (tag >= 0)
        {
            frame.ElseBlock = BranchOnTag(exception, tag);
            if (assembler.Current is not null)
            {
                state.Stack.AddRange(ValuesOf(exception, tag));
            }
        }
    }

    /// <summary>The end of a <c>try</c> whose exceptions are as if thrown where a label around it is.</summary>
    private void VisitDelegate(int label)
    {
        var frame = state.Control[^1];
        branches.FallThrough(frame);
        state.Control.RemoveAt(state.Control.Count - 1);
        if (frame.Handler.IsReached)
        {
            ThrowTo(CatcherFrom(state.Control.Count - 1 - label), EnterHandler(frame));
        }

        branches.GoOnBehind(frame);
    }

    /// <summary>Handles the exceptions of a construct that has just been closed: by its clauses, or further out.</summary>
    public void EndHandler(ControlFrame frame)
    {
        switch (frame.Kind)
        {
            case ControlKind.TryTable when frame.Handler.IsReached:
                TryClauses(frame, EnterHandler(frame));
                break;
            case ControlKind.Try when frame.Handler.IsReached:
                ThrowTo(InnermostCatcher, EnterHandler(frame));
                break;
            case ControlKind.Catch when frame.ElseBlock is not null:
                assembler.Current = frame.ElseBlock;
                ThrowTo(InnermostCatcher, RestoreForHandler(frame, frame.ElseState));
                break;
        }
    }

    private void TryClauses(ControlFrame frame, int exception)
    {
        foreach (var clause in frame.Clauses)
        {
            var otherwise = clause.TagIndex < 0 ? null : BranchOnTag(exception, clause.TagIndex);
            if (assembler.Current is not null)
            {
                TakeClause(clause, state.Control.Count, exception);
            }

            assembler.Current = otherwise;
            if (otherwise is null)
            {
                return;
            }
        }

        ThrowTo(InnermostCatcher, exception);
    }

    /// <summary>The innermost block that catches exceptions, from one of the open constructs on outwards.</summary>
    private Catcher? CatcherFrom(int index) => state.CatcherFrom(index) is >= 0 and int catcher ? new Catcher(this, catcher) : CatcherBelow;

    /// <summary>Ends the current block with a call that has just been built; its exceptions go to a block that catches.</summary>
    public void Invoke(Catcher catcher)
    {
        var frequency = assembler.Current!.Frequency;
        var next = assembler.NewBlock(frequency);
        var handler = assembler.NewBlock(frequency * BuildState.SlowPathFrequency);
        assembler.Terminate(TerminatorKind.Invoke, -1, [new Edge(next.Id, []), new Edge(handler.Id, [])]);
        assembler.Current = handler;
        ThrowTo(catcher, assembler.Append(IrOp.CaughtException, Modules.ValueType.ExnRef.WithNull(false), []));
        assembler.Current = next;
    }

    /// <summary>Throws at the current instruction, which is expected to happen seldom.</summary>
    private void ThrowHere(int exception)
    {
        assembler.Current!.Frequency *= BuildState.SlowPathFrequency;
        ThrowTo(InnermostCatcher, exception);
    }

    /// <summary>Ends the current block with an exception, which goes to the first block on its way out that may catch it.</summary>
    private void ThrowTo(Catcher? catcher, int exception)
    {
        while (catcher is { } known)
        {
            if (known.Exceptions.TryCatch(known.Index, exception))
            {
                return;
            }

            assembler.Graph.Budget.Reserve(1);
            catcher = known.Exceptions.CatcherFrom(known.Index - 1);
        }

        assembler.Terminate(TerminatorKind.Throw, -1, [], values: [exception]);
    }

    /// <summary>Lets an open block catch an exception: as far as its tag is known, that is decided here.</summary>
    /// <returns>False if the block is known not to catch it.</returns>
    private bool TryCatch(int index, int exception)
    {
        var frame = state.Control[index];
        var isDecided = frame.Kind == ControlKind.TryTable;
        foreach (var clause in frame.Clauses)
        {
            var fits = clause.TagIndex < 0 ? true : KnownToHaveTag(exception, clause.TagIndex);
            if (fits == true)
            {
                TakeClause(clause, index, exception);
                return true;
            }

            isDecided &= fits == false;
            if (!isDecided)
            {
                break;
            }
        }

        if (!isDecided)
        {
            frame.Handler.Add(assembler.Terminate(TerminatorKind.Jump, -1, [default]), 0, new PathValues(state.Locals.Share(), [exception]));
        }

        return !isDecided;
    }

    /// <summary>Branches to the label of a clause that catches an exception.</summary>
    /// <param name="clause">The clause of a block.</param>
    /// <param name="index">The block's index among the open constructs; their number if it has just been closed.</param>
    /// <param name="exception">The exception.</param>
    private void TakeClause(CatchClause clause, int index, int exception)
    {
        // The operands of the block stay below: a branch takes those of its label from the top.
        var height = state.Stack.Count;
        if (clause.TagIndex >= 0)
        {
            state.Stack.AddRange(ValuesOf(exception, clause.TagIndex));
        }

        if (clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef)
        {
            state.Push(exception);
        }

        branches.BranchTo(state.Control.Count - index + (int)clause.Label);
        state.Stack.RemoveRange(height, state.Stack.Count - height);
    }

    /// <summary>Goes on where the exceptions of a block come together.</summary>
    /// <returns>The exception.</returns>
    private int EnterHandler(ControlFrame frame)
    {
        assembler.Current = frame.Handler.Seal(assembler.Graph, frame.Handler.Frequency, out var values);
        return RestoreForHandler(frame, values);
    }

    /// <summary>Restores the locals and the operands below a block for its handler.</summary>
    /// <returns>The exception.</returns>
    private int RestoreForHandler(ControlFrame frame, in PathValues values)
    {
        state.Locals.Restore(values.Locals);
        state.Stack.RemoveRange(frame.StackHeight, state.Stack.Count - frame.StackHeight);
        return values.Operands[0];
    }

    /// <summary>Goes on where an exception has a tag; nowhere if it is known not to have it.</summary>
    /// <returns>The block for other exceptions; null if the exception is known to have the tag.</returns>
    private Block? BranchOnTag(int exception, int tag)
    {
        switch (KnownToHaveTag(exception, tag))
        {
            case true:
                return null;
            case false:
                var other = assembler.Current!;
                assembler.Current = null;
                return other;
        }

        var hasTag = assembler.Append(IrOp.HasTag, IrType.I32, [exception], tag);
        var frequency = assembler.Current!.Frequency;
        var match = assembler.NewBlock(frequency);
        var otherwise = assembler.NewBlock(frequency / 2);
        assembler.Terminate(TerminatorKind.Branch, hasTag, [new Edge(match.Id, []), new Edge(otherwise.Id, [])]);
        assembler.Current = match;
        return otherwise;
    }

    /// <summary>Whether an exception has a tag, if that is known. Only imported tags may be the same as others.</summary>
    private bool? KnownToHaveTag(int exception, int tag)
    {
        if (assembler.Graph[exception].Op != IrOp.NewException)
        {
            return null;
        }

        var thrown = (int)assembler.Graph[exception].Immediate;
        return thrown == tag ? true
            : assembler.Module.Tags[thrown].IsImported && assembler.Module.Tags[tag].IsImported ? null
            : false;
    }

    /// <summary>The values of an exception that has a tag.</summary>
    private int[] ValuesOf(int exception, int tag)
    {
        if (assembler.Graph[exception].Op == IrOp.NewException && assembler.Graph[exception].Immediate == tag)
        {
            return assembler.Graph.Inputs(exception).ToArray();
        }

        var types = assembler.Module.Tags[tag].Type.Type.Parameters;
        var values = new int[types.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = assembler.Append(IrOp.ExceptionValue, types[i], [exception], i, tag);
        }

        return values;
    }
}
