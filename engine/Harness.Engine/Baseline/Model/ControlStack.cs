using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// The labels that are open at the current instruction, and the states of the values that branches to each agree on. A state has as many
/// values as the stack is high where its label is bound.
/// </summary>
/// <param name="assembler">Where the labels are.</param>
/// <param name="body">The function, from which types of blocks are read.</param>
/// <param name="stack">The values.</param>
/// <param name="chunks">The chunks of states.</param>
internal sealed class ControlStack(Assembler assembler, FunctionBody body, ValueStack stack, StateChunks chunks)
{
    /// <summary>Most chunks of all states together: what exceeds it is a function made to exhaust memory.</summary>
    private const int MaxStates = 1 << 27;

    /// <summary>Chunks of the stack that are saved anew after each block rather than kept as what they were saved in it.</summary>
    private const int MostForgotten = 32;

    /// <summary>Chunks that there may always be before unused ones are looked for.</summary>
    private const int FreeChunks = 1024;

    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private readonly ValueStack _stack = stack;
    private readonly StateChunks _chunks = chunks;
    private ControlFrame[] _frames = new ControlFrame[64];

    /// <summary>The states, as the numbers of their chunks.</summary>
    private int[] _states = new int[1024];
    private int _stateEnd;

    /// <summary>Number of chunks at which unused ones are looked for next: twice as many as were in use, since that takes time in proportion to them.</summary>
    private int _mostChunks = FreeChunks;

    /// <summary>By number of a chunk, how many in use have lower numbers.</summary>
    private int[] _usedBelow = [];

    /// <summary>Number of open labels, that of the function included.</summary>
    public int Depth { get; private set; }

    /// <summary>Place among the open labels of the loop that is in no other; -1 if no loop is open.</summary>
    public int OutermostLoop { get; set; }

    /// <summary>Values of which more was known at branches than that they are in the frame, all together, where they were very many.</summary>
    public long Excess { get; set; }

    /// <summary>Whether the current place of the code can be reached.</summary>
    public bool IsReachable { get; set; }

    /// <summary>A label by its place, that of the function being 0.</summary>
    public ref ControlFrame this[int index] => ref _frames[index];

    /// <summary>A label by the number that branches name it by: the innermost is 0.</summary>
    public ref ControlFrame FrameAt(int depth) => ref _frames[Depth - 1 - depth];

    /// <summary>Forgets all labels and states.</summary>
    public void Clear()
    {
        Depth = 0;
        OutermostLoop = -1;
        Excess = 0;
        IsReachable = true;
        _stateEnd = 0;
        _mostChunks = FreeChunks;
    }

    /// <summary>Opens the label of the function itself.</summary>
    public void PushFunction()
    {
        Depth = 1;
        _frames[0] = new ControlFrame
        {
            Kind = ControlKind.Function,
            Signature = new BlockSignature(_body.Function.Type),
            BaseHeight = _body.LocalCount,
            BranchArity = _body.Function.Type.Results.Length,
        };
    }

    /// <summary>Opens the label of a block whose type is read, and makes room for the state that its branches agree on.</summary>
    public ref ControlFrame Push(ControlKind kind)
    {
        var signature = _body.Reader.ReadBlockType();
        if (Depth == _frames.Length)
        {
            Array.Resize(ref _frames, 2 * Depth);
        }

        ref var frame = ref _frames[Depth];
        frame = new ControlFrame
        {
            Kind = kind,
            Place = Depth,
            OutermostSettled = Depth,
            Signature = signature,
            BaseHeight = _stack.Height - signature.ParameterCount,
            BranchArity = kind == ControlKind.Loop ? signature.ParameterCount : signature.ResultCount,
            Label = _asm.NewLabel(),
            Summary = _body.NextBlock++,
            OuterStates = _stateEnd,
            OuterChunks = _chunks.Count,
        };
        Depth++;
        _stack.ReserveSlots(frame.BaseHeight + signature.ResultCount);
        frame.State = ReserveState(frame.TargetHeight);
        return ref frame;
    }

    /// <summary>Closes the label of the function.</summary>
    public void PopFunction() => Depth--;

    /// <summary>Closes the innermost label of a block, with its states.</summary>
    public void Pop(in ControlFrame frame)
    {
        _stateEnd = frame.OuterStates;
        Depth--;
        if (Depth == OutermostLoop)
        {
            OutermostLoop = -1;
        }

        if (frame.OutermostSettled < frame.Place)
        {
            // The chunks belong to a label further out.
            ref var outer = ref _frames[Depth - 1];
            outer.OutermostSettled = Math.Min(outer.OutermostSettled, frame.OutermostSettled);
        }
        else if (_chunks.Count > frame.OuterChunks && !IsWorthKeeping(frame.OuterChunks))
        {
            _chunks.Truncate(frame.OuterChunks);
            _stack.ForgetFrom(frame.OuterChunks);
        }
        else if (_chunks.Count > _mostChunks)
        {
            RemoveUnusedChunks();
        }
    }

    /// <summary>Notes that the state of a label is settled here.</summary>
    public void NoteSettled(in ControlFrame frame)
    {
        ref var innermost = ref _frames[Depth - 1];
        innermost.OutermostSettled = Math.Min(innermost.OutermostSettled, frame.Place);
    }

    /// <summary>The state that branches to a label agree on.</summary>
    public Span<int> StateOf(in ControlFrame frame) => StateAt(frame.State, frame.TargetHeight);

    /// <summary>The state at the <c>else</c> of an <c>if</c>.</summary>
    public ReadOnlySpan<int> ElseStateOf(in ControlFrame frame) => StateAt(frame.ElseState, frame.ElseHeight);

    /// <summary>The state at the landing pad of a block that catches.</summary>
    public Span<int> HandlerStateOf(in ControlFrame frame) => StateAt(frame.HandlerState, frame.BaseHeight);

    /// <summary>Makes room for a state, as long as the innermost label is open.</summary>
    /// <exception cref="NotSupportedException">There are too many.</exception>
    public int ReserveState(int height)
    {
        var start = _stateEnd;
        _stateEnd += StateChunks.CountFor(height);
        if (_stateEnd > _states.Length)
        {
            if (_stateEnd > MaxStates)
            {
                throw new NotSupportedException(
                    $"the function at offset 0x{_body.Function.BodyStart:x} has too many locals in nested blocks");
            }

            Array.Resize(ref _states, Math.Max(_stateEnd, 2 * _states.Length));
        }

        return start;
    }

    /// <summary>Saves the state of the values as they are.</summary>
    /// <returns>Where it lies.</returns>
    public int SaveState()
    {
        var start = ReserveState(_stack.Height);
        _stack.Save().CopyTo(_states.AsSpan(start));
        return start;
    }

    /// <summary>
    /// Whether the chunks from a number on stay when the block is closed that they were saved in, since the stack still has many of them: a function
    /// with very many locals would save them all anew in each of its blocks.
    /// </summary>
    private bool IsWorthKeeping(int number) => _chunks.Count - number > MostForgotten && _stack.CountFrom(number) > MostForgotten;

    /// <summary>Removes the chunks that neither the stack nor any open label has, and gives the others lower numbers in the same order.</summary>
    private void RemoveUnusedChunks()
    {
        var count = _chunks.Count;
        if (_usedBelow.Length <= count)
        {
            _usedBelow = new int[2 * count];
        }

        var states = _states.AsSpan(0, _stateEnd);
        var used = _usedBelow.AsSpan(0, count + 1);
        used.Clear();
        Mark(states, used);
        Mark(_stack.SavedChunks, used);
        var below = 0;
        for (var i = 0; i <= count; i++)
        {
            var isUsed = used[i] != 0;
            used[i] = below;
            if (isUsed)
            {
                _chunks.Move(i, below++);
            }
        }

        _chunks.Truncate(below);
        Renumber(states, used);
        Renumber(_stack.SavedChunks, used);
        foreach (ref var frame in _frames.AsSpan(0, Depth))
        {
            frame.OuterChunks = used[frame.OuterChunks];
        }

        _mostChunks = FreeChunks + _stateEnd + (2 * below);
    }

    /// <summary>Marks chunks by their numbers; what is no number of a chunk belongs to a state that is not settled yet, or to a chunk that is not saved.</summary>
    private static void Mark(ReadOnlySpan<int> numbers, Span<int> marks)
    {
        foreach (var number in numbers)
        {
            if ((uint)number < (uint)marks.Length - 1)
            {
                marks[number] = 1;
            }
        }
    }

    private static void Renumber(Span<int> numbers, ReadOnlySpan<int> usedBelow)
    {
        foreach (ref var number in numbers)
        {
            if ((uint)number < (uint)usedBelow.Length - 1)
            {
                number = usedBelow[number];
            }
        }
    }

    private Span<int> StateAt(int start, int height) => _states.AsSpan(start, StateChunks.CountFor(height));
}
