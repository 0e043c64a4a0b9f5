using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Which locals of a function may be read again behind its calls and loops: only those must be there when optimized code is left. Found by walks over the body from its end to its beginning until nothing changes,
/// which is after as many walks as loops are nested, and one: what is read again at a loop's header is what its body reads first, and what is read where branches leave it for.
/// </summary>
/// <remarks>
/// Otherwise all locals would live up to every place where code may be left, so that a loop with many short-lived ones, such as an interpreter's, would keep all of them in the frame.
/// Where control may go to a handler from any call, and where the sets would take more work than the body is worth, all locals count as alive.
/// </remarks>
internal sealed class LiveLocals
{
    private const int WordBits = 64;

    /// <summary>Words of sets that are copied or merged for each byte of the body.</summary>
    private const int WorkPerByte = 64;
    private const int LeastWork = 1 << 14;

    private readonly List<Step> _steps = [];
    private readonly List<int> _tableDepths = [];
    private readonly Dictionary<int, ulong[]> _aliveAt = [];
    private readonly int _words;
    private long _work;

    /// <summary>Looks through a function's body.</summary>
    /// <param name="reader">Stands on the first instruction.</param>
    /// <param name="locals">Number of parameters and locals.</param>
    public LiveLocals(BytecodeReader reader, int locals)
    {
        _words = (locals + WordBits - 1) / WordBits;
        var begin = reader.Offset;
        if (!Read(ref reader))
        {
            return;
        }

        _work = LeastWork + ((long)(reader.Offset - begin) * WorkPerByte);
        var headers = new Dictionary<int, ulong[]>();
        while (Walk(headers))
        {
        }

        if (_work < 0)
        {
            _aliveAt.Clear();
        }
    }

    /// <summary>What opens a construct or uses locals; all else is of no interest.</summary>
    private enum StepKind : byte
    {
        Get,
        Set,
        Block,
        Loop,
        If,
        Else,
        End,
        Branch,
        BranchIf,
        BranchTable,
        Exit,
        Call,
    }

    /// <summary>The locals that may be read behind an instruction, a call or <c>loop</c>, as a bit for each; null where that is not known.</summary>
    /// <param name="offset">Offset of the instruction in the module's bytes.</param>
    public ulong[]? At(int offset) => _aliveAt.GetValueOrDefault(offset);

    /// <summary>Whether a set has a local.</summary>
    public static bool Contains(ulong[] set, int local) => (set[local / WordBits] >> (local % WordBits) & 1) != 0;

    /// <summary>Lists the steps of the body.</summary>
    /// <returns>Whether they are all that matters: there are no handlers.</returns>
    private bool Read(ref BytecodeReader reader)
    {
        // By open construct the step that opens it.
        var open = new Stack<int>();
        while (!reader.IsAtEnd)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.LocalGet:
                    Add(StepKind.Get, reader.ReadIndex());
                    break;
                case Opcode.LocalSet or Opcode.LocalTee:
                    Add(StepKind.Set, reader.ReadIndex());
                    break;
                case Opcode.Block or Opcode.Loop or Opcode.If:
                    reader.SkipImmediates(opcode);
                    open.Push(_steps.Count);
                    Add(opcode switch { Opcode.Block => StepKind.Block, Opcode.Loop => StepKind.Loop, _ => StepKind.If }, offset);
                    break;
                case Opcode.Else:
                    Add(StepKind.Else, 0);
                    break;
                case Opcode.End:
                    if (open.TryPop(out var opening))
                    {
                        Add(StepKind.End, opening);
                    }

                    break;
                case Opcode.Br:
                    Add(StepKind.Branch, reader.ReadIndex());
                    break;
                case Opcode.BrIf or Opcode.BrOnNull or Opcode.BrOnNonNull:
                    Add(StepKind.BranchIf, reader.ReadIndex());
                    break;
                case Opcode.BrOnCast or Opcode.BrOnCastFail or Opcode.BrOnCastDescEq or Opcode.BrOnCastDescEqFail:
                    reader.ReadByte();
                    Add(StepKind.BranchIf, reader.ReadIndex());
                    reader.ReadHeapType();
                    reader.ReadHeapType();
                    break;
                case Opcode.BrTable:
                    Add(StepKind.BranchTable, _tableDepths.Count);
                    var labels = reader.ReadBrTable() + 1;
                    _tableDepths.Add(labels);
                    for (var i = 0; i < labels; i++)
                    {
                        _tableDepths.Add(reader.ReadIndex());
                    }

                    break;
                case Opcode.Return or Opcode.Unreachable or Opcode.Throw or Opcode.ThrowRef:
                    reader.SkipImmediates(opcode);
                    Add(StepKind.Exit, 0);
                    break;
                case Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
                    reader.SkipImmediates(opcode);
                    Add(StepKind.Call, offset);
                    Add(StepKind.Exit, 0);
                    break;
                case Opcode.Call or Opcode.CallIndirect or Opcode.CallRef:
                    reader.SkipImmediates(opcode);
                    Add(StepKind.Call, offset);
                    break;
                case Opcode.Try or Opcode.TryTable:
                    return false;
                default:
                    reader.SkipImmediates(opcode);
                    break;
            }
        }

        return true;

        void Add(StepKind kind, int operand) => _steps.Add(new Step(kind, operand));
    }

    /// <summary>Walks from the end to the beginning.</summary>
    /// <param name="headers">By loop what is alive at its header as far as is known.</param>
    /// <returns>Whether more of that is known now, so that another walk finds more.</returns>
    private bool Walk(Dictionary<int, ulong[]> headers)
    {
        var changed = false;
        var alive = new ulong[_words];
        var open = new List<Construct>();
        for (var i = _steps.Count - 1; i >= 0 && _work >= 0; i--)
        {
            _work--;
            var (kind, operand) = _steps[i];
            switch (kind)
            {
                case StepKind.Get:
                    alive[operand / WordBits] |= 1UL << (operand % WordBits);
                    break;
                case StepKind.Set:
                    alive[operand / WordBits] &= ~(1UL << (operand % WordBits));
                    break;
                case StepKind.End:
                    var isLoop = _steps[operand].Kind == StepKind.Loop;
                    open.Add(new Construct(isLoop ? headers.GetValueOrDefault(operand) ?? new ulong[_words] : Copy(alive)));
                    break;
                case StepKind.Else:
                    open[^1].Else = alive;
                    alive = Copy(open[^1].Label);
                    break;
                case StepKind.If:
                    Merge(alive, open[^1].Else ?? open[^1].Label);
                    open.RemoveAt(open.Count - 1);
                    break;
                case StepKind.Block:
                    open.RemoveAt(open.Count - 1);
                    break;
                case StepKind.Loop:
                    open.RemoveAt(open.Count - 1);
                    _aliveAt[operand] = Copy(alive);
                    if (!headers.TryGetValue(i, out var header) || !header.AsSpan().SequenceEqual(alive))
                    {
                        headers[i] = _aliveAt[operand];
                        changed = true;
                    }

                    break;
                case StepKind.Branch:
                    alive = LabelOf(operand) is { } target ? Copy(target) : new ulong[_words];
                    break;
                case StepKind.BranchIf:
                    Merge(alive, LabelOf(operand));
                    break;
                case StepKind.BranchTable:
                    alive = new ulong[_words];
                    for (var j = 1; j <= _tableDepths[operand]; j++)
                    {
                        Merge(alive, LabelOf(_tableDepths[operand + j]));
                    }

                    break;
                case StepKind.Exit:
                    alive = new ulong[_words];
                    break;
                default:
                    _aliveAt[operand] = Copy(alive);
                    break;
            }
        }

        return changed && _work >= 0;

        // The function's own label has nothing alive behind it.
        ulong[]? LabelOf(int depth) => depth < open.Count ? open[^(depth + 1)].Label : null;
    }

    private ulong[] Copy(ulong[] set)
    {
        _work -= _words;
        return set.AsSpan().ToArray();
    }

    private void Merge(ulong[] set, ulong[]? other)
    {
        _work -= _words;
        for (var i = 0; i < other?.Length; i++)
        {
            set[i] |= other[i];
        }
    }

    private readonly record struct Step(StepKind Kind, int Operand);

    /// <summary>A construct that is walked through.</summary>
    private sealed class Construct(ulong[] label)
    {
        /// <summary>What is alive where branches to it go.</summary>
        public ulong[] Label { get; } = label;

        /// <summary>What is alive at the beginning of its other arm.</summary>
        public ulong[]? Else { get; set; }
    }
}
