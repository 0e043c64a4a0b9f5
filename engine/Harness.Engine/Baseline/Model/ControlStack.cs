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

    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private readonly ValueStack _stack = stack;
    private readonly StateChunks _chunks = chunks;
    private ControlFrame[] _frames = new ControlFrame[64];

    /// <summary>The states, as the numbers of their chunks.</summary>
    private int[] _states = new int[1024];
    private int _stateEnd;

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
        else if (_chunks.Count > frame.OuterChunks)
        {
            _chunks.Truncate(frame.OuterChunks);
            _stack.ForgetFrom(frame.OuterChunks);
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
        int start = _stateEnd;
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
        int start = ReserveState(_stack.Height);
        _stack.Save().CopyTo(_states.AsSpan(start));
        return start;
    }

    private Span<int> StateAt(int start, int height) => _states.AsSpan(start, StateChunks.CountFor(height));
}
