namespace Harness.Engine.Modules.Text;

/// <summary>
/// Assembles sequences of instructions, flat and folded (specification section 6.5). It keeps the open constructs on a stack
/// of its own, so that the depth of nesting is bounded by memory only.
/// </summary>
internal sealed partial class InstructionAssembler(TokenCursor cursor, ModuleScope scope, TypeAssembler types)
{
    private readonly List<Construct> _constructs = [];
    private readonly LabelStack _labels = new();
    private readonly WasmWriter _pending = new();
    private WasmWriter _output = new();
    private IndexSpace _locals = new("local");

    /// <summary>The constructs that can be open around an instruction.</summary>
    private enum ConstructKind : byte
    {
        /// <summary>A flat block, up to its <c>end</c>.</summary>
        FlatBlock,

        /// <summary>A flat <c>if</c>, up to its <c>else</c> or <c>end</c>.</summary>
        FlatIf,

        /// <summary>A flat <c>try</c>, up to its first <c>catch</c>, its <c>catch_all</c>, <c>delegate</c> or <c>end</c>.</summary>
        FlatTry,

        /// <summary>A flat <c>try</c> in a <c>catch</c>, up to the next one, its <c>catch_all</c> or <c>end</c>.</summary>
        FlatCatch,

        /// <summary>A parenthesized plain instruction, which follows its operands in the binary.</summary>
        FoldedPlain,

        /// <summary>A parenthesized block.</summary>
        FoldedBlock,

        /// <summary>A parenthesized <c>if</c>, before <c>(then</c>.</summary>
        FoldedIf,

        /// <summary>In the <c>(then …)</c> of a parenthesized <c>if</c>.</summary>
        FoldedThen,

        /// <summary>Between the <c>(then …)</c> and the <c>(else …)</c> of a parenthesized <c>if</c>.</summary>
        FoldedAfterThen,

        /// <summary>In the <c>(else …)</c> of a parenthesized <c>if</c>.</summary>
        FoldedElse,

        /// <summary>After the <c>(else …)</c> of a parenthesized <c>if</c>.</summary>
        FoldedAfterElse,

        /// <summary>A parenthesized <c>try</c>, before <c>(do</c>.</summary>
        FoldedTry,

        /// <summary>In the <c>(do …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedDo,

        /// <summary>After the <c>(do …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedAfterDo,

        /// <summary>In a <c>(catch …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedCatch,

        /// <summary>After a <c>(catch …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedAfterCatch,

        /// <summary>In the <c>(catch_all …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedCatchAll,

        /// <summary>After the <c>(catch_all …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedAfterCatchAll,

        /// <summary>In the <c>(delegate …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedDelegate,

        /// <summary>After the <c>(delegate …)</c> of a parenthesized <c>try</c>.</summary>
        FoldedAfterDelegate,
    }

    /// <summary>An open construct.</summary>
    /// <param name="Kind">What it is, and how far it has come.</param>
    /// <param name="PendingStart">Where in the pending bytes its own instruction begins, if it waits for its operands.</param>
    /// <param name="Label">The label of a parenthesized <c>if</c>, which is not in scope before <c>(then</c>.</param>
    private readonly record struct Construct(ConstructKind Kind, int PendingStart = 0, string? Label = null);

    /// <summary>Assembles instructions up to the <c>)</c> that closes what surrounds them, which is left.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="locals">The locals, or null in constant expressions.</param>
    public void Sequence(WasmWriter output, IndexSpace? locals = null)
    {
        Begin(output, locals);
        while (_constructs.Count > 0 || cursor.Kind != TokenKind.RightParenthesis)
        {
            Step();
        }
    }

    /// <summary>Assembles one parenthesized instruction.</summary>
    /// <param name="output">Where to.</param>
    public void Folded(WasmWriter output)
    {
        Begin(output, null);
        if (cursor.Kind != TokenKind.LeftParenthesis)
        {
            throw cursor.Unexpected();
        }

        do
        {
            Step();
        }
        while (_constructs.Count > 0);
    }

    private void Begin(WasmWriter output, IndexSpace? locals)
    {
        _output = output;
        _locals = locals ?? new IndexSpace("local");
        _constructs.Clear();
        _labels.Clear();
        _pending.Clear();
    }

    private void Step()
    {
        switch (cursor.Kind)
        {
            case TokenKind.Keyword when _constructs.Count == 0 || AllowsFlat(_constructs[^1].Kind):
                FlatInstruction();
                break;
            case TokenKind.LeftParenthesis:
                OpenParenthesis();
                break;
            case TokenKind.RightParenthesis when _constructs.Count > 0:
                CloseParenthesis();
                break;
            default:
                throw cursor.Unexpected();
        }
    }

    private static bool AllowsFlat(ConstructKind kind) =>
        kind is ConstructKind.FlatBlock or ConstructKind.FlatIf or ConstructKind.FoldedBlock
            or ConstructKind.FoldedThen or ConstructKind.FoldedElse
            or ConstructKind.FlatTry or ConstructKind.FlatCatch
            or ConstructKind.FoldedDo or ConstructKind.FoldedCatch or ConstructKind.FoldedCatchAll;

    private static bool IsFlat(ConstructKind kind) =>
        kind is ConstructKind.FlatBlock or ConstructKind.FlatIf or ConstructKind.FlatTry or ConstructKind.FlatCatch;

    private void FlatInstruction()
    {
        var instruction = Instruction();
        cursor.Advance();
        switch (instruction.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable:
                _constructs.Add(new Construct(ConstructKind.FlatBlock));
                OpenLabel(BlockHeader(instruction, _output));
                break;
            case Opcode.If:
                _constructs.Add(new Construct(ConstructKind.FlatIf));
                OpenLabel(BlockHeader(instruction, _output));
                break;
            case Opcode.Try:
                _constructs.Add(new Construct(ConstructKind.FlatTry));
                OpenLabel(BlockHeader(instruction, _output));
                break;
            case Opcode.Catch or Opcode.CatchAll or Opcode.Delegate:
                FlatClause(instruction);
                break;
            case Opcode.Else:
                if (_constructs.Count == 0 || _constructs[^1].Kind != ConstructKind.FlatIf)
                {
                    throw Misplaced();
                }

                MatchLabel();
                _constructs[^1] = new Construct(ConstructKind.FlatBlock);
                _output.Opcode(Opcode.Else);
                break;
            case Opcode.End:
                if (_constructs.Count == 0 || !IsFlat(_constructs[^1].Kind))
                {
                    throw Misplaced();
                }

                MatchLabel();
                CloseBlock();
                break;
            default:
                PlainInstruction(instruction, _output);
                break;
        }
    }

    private void OpenParenthesis()
    {
        cursor.Advance();
        var outer = _constructs.Count > 0 ? _constructs[^1].Kind : ConstructKind.FlatBlock;
        switch (outer)
        {
            case ConstructKind.FoldedIf when cursor.TryKeyword("then"):
                var construct = _constructs[^1];
                FlushPending(construct.PendingStart);
                OpenLabel(construct.Label);
                _constructs[^1] = new Construct(ConstructKind.FoldedThen);
                break;
            case ConstructKind.FoldedAfterThen when cursor.TryKeyword("else"):
                _constructs[^1] = new Construct(ConstructKind.FoldedElse);
                _output.Opcode(Opcode.Else);
                break;
            case ConstructKind.FoldedAfterThen or ConstructKind.FoldedAfterElse:
                throw cursor.Unexpected();
            case ConstructKind.FoldedTry or ConstructKind.FoldedAfterDo or ConstructKind.FoldedAfterCatch:
                FoldedClause(outer);
                break;
            case ConstructKind.FoldedAfterCatchAll or ConstructKind.FoldedDelegate or ConstructKind.FoldedAfterDelegate:
                throw cursor.Unexpected();
            default:
                FoldedInstruction();
                break;
        }
    }

    private void FoldedInstruction()
    {
        var instruction = Instruction();
        if (instruction.Opcode is Opcode.Else or Opcode.End or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate)
        {
            throw cursor.Unexpected();
        }

        cursor.Advance();
        var pendingStart = _pending.Length;
        switch (instruction.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable:
                _constructs.Add(new Construct(ConstructKind.FoldedBlock));
                OpenLabel(BlockHeader(instruction, _output));
                break;
            case Opcode.Try:
                _constructs.Add(new Construct(ConstructKind.FoldedTry));
                OpenLabel(BlockHeader(instruction, _output));
                break;
            case Opcode.If:
                var label = BlockHeader(instruction, _pending);
                _constructs.Add(new Construct(ConstructKind.FoldedIf, pendingStart, label));
                break;
            default:
                PlainInstruction(instruction, _pending);
                _constructs.Add(new Construct(ConstructKind.FoldedPlain, pendingStart));
                break;
        }
    }

    private void CloseParenthesis()
    {
        var construct = _constructs[^1];
        switch (construct.Kind)
        {
            case ConstructKind.FoldedPlain:
                FlushPending(construct.PendingStart);
                _constructs.RemoveAt(_constructs.Count - 1);
                break;
            case ConstructKind.FoldedThen:
                _constructs[^1] = new Construct(ConstructKind.FoldedAfterThen);
                break;
            case ConstructKind.FoldedElse:
                _constructs[^1] = new Construct(ConstructKind.FoldedAfterElse);
                break;
            case ConstructKind.FoldedBlock or ConstructKind.FoldedAfterThen or ConstructKind.FoldedAfterElse:
                CloseBlock();
                break;
            case >= ConstructKind.FoldedTry:
                CloseTry(construct.Kind);
                break;
            default:
                throw cursor.Unexpected();
        }

        cursor.Advance();
    }

    /// <summary>Writes a block's opcode and immediates, and gives its label.</summary>
    private string? BlockHeader(OpcodeInfo instruction, WasmWriter writer)
    {
        var label = cursor.TryIdentifier();
        writer.Opcode(instruction.Opcode);
        types.TypeUse(null).WriteBlockType(writer, scope);
        if (instruction.Opcode == Opcode.TryTable)
        {
            CatchClauses(writer);
        }

        return label;
    }

    private void OpenLabel(string? label) => _labels.Push(label);

    private void CloseBlock()
    {
        _output.Opcode(Opcode.End);
        _labels.Pop();
        _constructs.RemoveAt(_constructs.Count - 1);
    }

    /// <summary>Takes the label that may follow <c>else</c> and <c>end</c>, which must be that of the block.</summary>
    private void MatchLabel()
    {
        var token = cursor.Current;
        if (cursor.TryIdentifier() is { } label && label != _labels.Innermost)
        {
            throw cursor.Error($"mismatching label ${label}", token);
        }
    }

    private void FlushPending(int start)
    {
        _output.Bytes(_pending.Written[start..]);
        _pending.Truncate(start);
    }

    /// <summary>The instruction that the current keyword names.</summary>
    private OpcodeInfo Instruction() =>
        cursor.Kind == TokenKind.Keyword && OpcodeTable.ByName(cursor.Text) is { } instruction
            ? instruction
            : throw cursor.Unexpected();

    /// <summary>The error for an instruction, just passed, that may not stand where it stands.</summary>
    private WatException Misplaced()
    {
        cursor.Position--;
        return cursor.Unexpected();
    }
}
