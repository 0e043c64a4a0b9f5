using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>The arms of an <c>if</c>, and the ends of constructs.</summary>
internal sealed class BlockBuilder(BuildState state, BranchBuilder branches, ExceptionBuilder exceptions, GraphAssembler assembler)
{
    /// <summary>Opens an <c>if</c>.</summary>
    public void VisitIf()
    {
        var signature = state.Reader.ReadBlockType();
        var condition = state.Pop();
        var frequency = assembler.Current!.Frequency;
        var likelihood = branches.BranchLikelihood() ?? 0.5;
        var thenBlock = assembler.NewBlock(frequency * likelihood);
        var elseBlock = assembler.NewBlock(frequency * (1 - likelihood));
        state.Control.Add(new ControlFrame
        {
            Kind = ControlKind.If,
            Signature = signature,
            StackHeight = state.Stack.Count - signature.ParameterCount,
            Frequency = frequency,
            ElseBlock = elseBlock,
            ElseState = state.StateWith(signature.ParameterCount),
            OuterCatcher = state.InnermostCatcher,
        });
        assembler.Terminate(
            TerminatorKind.Branch, condition, [new Edge(thenBlock.Id, []), new Edge(elseBlock.Id, [])]);
        assembler.Current = thenBlock;
    }

    /// <summary>Goes on with the other arm.</summary>
    public void VisitElse()
    {
        var frame = state.Control[^1];
        branches.FallThrough(frame);
        BeginElse(frame);
    }

    private void BeginElse(ControlFrame frame)
    {
        frame.Kind = ControlKind.Else;
        assembler.Current = frame.ElseBlock;
        state.Restore(frame, frame.ElseState);
    }

    /// <summary>Closes the innermost construct.</summary>
    public void VisitEnd()
    {
        var frame = state.Control[^1];
        if (frame.Kind == ControlKind.If)
        {
            branches.FallThrough(frame);
            BeginElse(frame);
        }

        if (frame.Kind == ControlKind.Loop)
        {
            state.Control.RemoveAt(state.Control.Count - 1);
            if (assembler.Current is { } block)
            {
                block.Frequency = Math.Min(block.Frequency, frame.Frequency);
            }

            return;
        }

        branches.FallThrough(frame);
        state.Control.RemoveAt(state.Control.Count - 1);
        exceptions.EndHandler(frame);
        branches.GoOnBehind(frame);
    }
}
