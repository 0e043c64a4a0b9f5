namespace Harness.Engine.Modules.Text;

/// <content>The clauses of <c>try</c>, of the legacy exception handling instructions.</content>
internal sealed partial class InstructionAssembler
{
    private void FlatClause(OpcodeInfo instruction)
    {
        var kind = _constructs.Count == 0 ? ConstructKind.FlatBlock : _constructs[^1].Kind;
        var fits = kind == ConstructKind.FlatTry || (kind == ConstructKind.FlatCatch && instruction.Opcode != Opcode.Delegate);
        if (!fits)
        {
            throw Misplaced();
        }

        if (instruction.Opcode == Opcode.Delegate)
        {
            Delegate(instruction);
            _constructs.RemoveAt(_constructs.Count - 1);
            return;
        }

        PlainInstruction(instruction, _output);
        _constructs[^1] = new Construct(
            instruction.Opcode == Opcode.Catch ? ConstructKind.FlatCatch : ConstructKind.FlatBlock);
    }

    /// <summary>Opens a part of a parenthesized <c>try</c>.</summary>
    private void FoldedClause(ConstructKind outer)
    {
        if (outer == ConstructKind.FoldedTry)
        {
            if (!cursor.TryKeyword("do"))
            {
                throw cursor.Unexpected();
            }

            _constructs[^1] = new Construct(ConstructKind.FoldedDo);
            return;
        }

        var instruction = Instruction();
        var inside = instruction.Opcode switch
        {
            Opcode.Catch => ConstructKind.FoldedCatch,
            Opcode.CatchAll => ConstructKind.FoldedCatchAll,
            Opcode.Delegate when outer == ConstructKind.FoldedAfterDo => ConstructKind.FoldedDelegate,
            _ => throw cursor.Unexpected(),
        };
        cursor.Advance();
        if (inside == ConstructKind.FoldedDelegate)
        {
            Delegate(instruction);
        }
        else
        {
            PlainInstruction(instruction, _output);
        }

        _constructs[^1] = new Construct(inside);
    }

    /// <summary>Closes a part of a parenthesized <c>try</c>, or all of it.</summary>
    private void CloseTry(ConstructKind kind)
    {
        switch (kind)
        {
            case ConstructKind.FoldedDo:
                _constructs[^1] = new Construct(ConstructKind.FoldedAfterDo);
                break;
            case ConstructKind.FoldedCatch:
                _constructs[^1] = new Construct(ConstructKind.FoldedAfterCatch);
                break;
            case ConstructKind.FoldedCatchAll:
                _constructs[^1] = new Construct(ConstructKind.FoldedAfterCatchAll);
                break;
            case ConstructKind.FoldedDelegate:
                _constructs[^1] = new Construct(ConstructKind.FoldedAfterDelegate);
                break;
            case ConstructKind.FoldedAfterDelegate:
                _constructs.RemoveAt(_constructs.Count - 1);
                break;
            case ConstructKind.FoldedAfterDo or ConstructKind.FoldedAfterCatch or ConstructKind.FoldedAfterCatchAll:
                CloseBlock();
                break;
            default:
                throw cursor.Unexpected();
        }
    }

    /// <summary>Ends a <c>try</c>, whose own label its <c>delegate</c> cannot name.</summary>
    private void Delegate(OpcodeInfo instruction)
    {
        _labels.Pop();
        PlainInstruction(instruction, _output);
    }
}
