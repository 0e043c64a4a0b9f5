using System.Runtime.InteropServices;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// What is known of a function while its body is built: where in it, its locals and operand stack as node ids, its open constructs, and
/// the functions that it is inlined into. Builders are handed this when they are made.
/// </summary>
internal sealed class BuildState
{
    /// <summary>Frequency of a generic call behind the inlined targets, relative to the call site.</summary>
    public const double SlowPathFrequency = 0.001;

    private readonly GraphAssembler _assembler;
    private readonly OperandCopies _copies;
    private LiveLocals? _liveLocals;
    private int[]? _deadValues;
    private int _callState = -1;
    private int _inlinedCallOffset;

    /// <summary>What is known at first.</summary>
    /// <param name="assembler">Where the graph grows.</param>
    /// <param name="tree">The function and what to inline into it.</param>
    /// <param name="caller">The function it is inlined into; null for the compiled function itself.</param>
    /// <param name="isTail">Whether it is inlined at a tail call: then the frame of the caller is gone.</param>
    public BuildState(GraphAssembler assembler, InliningTree tree, BuildState? caller, bool isTail)
    {
        _assembler = assembler;
        _copies = new OperandCopies(assembler.Graph.Budget);
        Tree = tree;
        Caller = caller;
        FrameBelow = isTail ? caller?.FrameBelow : caller;
        Function = assembler.Module.Functions[tree.FunctionIndex];
        KeepsLoopStates = assembler.AllowDeopt && assembler.Options.PassLicm && tree.HasSpeculation;
        Inlining = -1;
        if (caller is not null)
        {
            Inlining = (short)assembler.Graph.InliningPositions.Count;
            assembler.Graph.InliningPositions.Add(new InliningPosition(tree.FunctionIndex, assembler.BytecodeOffset, caller.Inlining));
        }
    }

    /// <summary>The function's bytes, and the place in them: a field, since to read moves the place.</summary>
    public BytecodeReader Reader;

    /// <summary>The function and what to inline into it.</summary>
    public InliningTree Tree { get; }

    /// <summary>The function it is inlined into; null for the compiled function itself.</summary>
    public BuildState? Caller { get; }

    /// <summary>The function whose frame lies below; null if that is not a function of the graph.</summary>
    public BuildState? FrameBelow { get; }

    /// <summary>The function.</summary>
    public FunctionInfo Function { get; }

    /// <summary>Its inlining position; -1 for the compiled function itself.</summary>
    public short Inlining { get; }

    /// <summary>Whether loops have frame states, for guards that move to their entries.</summary>
    public bool KeepsLoopStates { get; }

    /// <summary>The operand stack.</summary>
    public List<int> Stack { get; } = [];

    /// <summary>The open constructs.</summary>
    public List<ControlFrame> Control { get; } = [];

    /// <summary>Index among the open constructs of the innermost one that catches exceptions; -1 if there is none.</summary>
    public int InnermostCatcher => CatcherFrom(Control.Count - 1);

    /// <summary>The locals.</summary>
    public LocalValues Locals { get; set; } = new([]);

    /// <summary>Their types.</summary>
    public Modules.ValueType[] LocalTypes { get; set; } = [];

    /// <summary>Offset in the module's bytes of the first instruction.</summary>
    public int BodyOffset { get; set; }

    /// <summary>
    /// Index of the innermost construct that catches exceptions, from one of the open ones on outwards; -1 if there is none. What catches does not change as long as something is open in it.
    /// </summary>
    public int CatcherFrom(int index) => index < 0 || Control[index].Catches ? index : Control[index].OuterCatcher;

    /// <summary>Puts a value on the operand stack.</summary>
    public void Push(int id) => Stack.Add(id);

    /// <summary>Takes a value off the operand stack.</summary>
    public int Pop()
    {
        var id = Stack[^1];
        Stack.RemoveAt(Stack.Count - 1);
        return id;
    }

    /// <summary>Takes operands off the stack, bottom first.</summary>
    public int[] Pop(int count)
    {
        var values = CollectionsMarshal.AsSpan(Stack)[^count..].ToArray();
        Stack.RemoveRange(Stack.Count - count, count);
        return values;
    }

    /// <summary>Restores locals and operands at the end of a construct, or in the other arm of an <c>if</c>.</summary>
    public void Restore(ControlFrame frame, in PathValues values)
    {
        if (frame.Kind != ControlKind.Function)
        {
            Locals.Restore(values.Locals);
        }

        Stack.RemoveRange(frame.StackHeight, Stack.Count - frame.StackHeight);
        Stack.AddRange(values.Operands);
        foreach (var further in values.FurtherOperands)
        {
            Stack.AddRange(further);
        }
    }

    /// <summary>The locals and the topmost operands as they are now.</summary>
    public PathValues StateWith(int operands) => _copies.With(Locals.Share(), CollectionsMarshal.AsSpan(Stack)[^operands..]);

    /// <summary>The topmost operands as they are now, without locals.</summary>
    public PathValues StateWithout(int operands) => _copies.With([], CollectionsMarshal.AsSpan(Stack)[^operands..]);

    /// <summary>Makes what stands for locals in frame states that nothing reads any more. To be called where the body begins, which dominates all states.</summary>
    public void PrepareDeadValues()
    {
        // Where the graph begins at a loop, the body's beginning is no part of it.
        var isEnteredLater = Caller is null && _assembler.Graph.LoopOffset >= 0;
        if (isEnteredLater || !_assembler.AllowDeopt || !_assembler.Options.DeoptLiveLocals || !Tree.HasSpeculation)
        {
            return;
        }

        _deadValues = new int[LocalTypes.Length];
        for (var i = 0; i < _deadValues.Length; i++)
        {
            _deadValues[i] = _assembler.Zero(GraphAssembler.TypeOf(LocalTypes[i]));
        }
    }

    /// <summary>The state with the operands and all locals that may be read again as they are now.</summary>
    public int NewFrameState(int bytecodeOffset, ResumeKind resume)
    {
        _assembler.Graph.Budget.Reserve(Locals.Count + Stack.Count);
        var values = Locals.With(CollectionsMarshal.AsSpan(Stack));
        if (_deadValues is not null && AliveAt(bytecodeOffset) is { } alive)
        {
            for (var i = 0; i < _deadValues.Length; i++)
            {
                if (!LiveLocals.Contains(alive, i))
                {
                    values[i] = _deadValues[i];
                }
            }
        }

        _assembler.Graph.FrameStates.Add(new FrameState(
            Function.Index,
            bytecodeOffset,
            resume,
            Locals.Count,
            values,
            FrameBelow?.CallState() ?? -1));
        return _assembler.Graph.FrameStates.Count - 1;
    }

    /// <summary>Says which call of the function a body is built in the place of, for the frame states of that body.</summary>
    public void BeginInlining(int callOffset)
    {
        _inlinedCallOffset = callOffset;
        _callState = -1;
    }

    private ulong[]? AliveAt(int bytecodeOffset)
    {
        if (_liveLocals is null)
        {
            var body = Reader;
            body.Offset = BodyOffset;
            _liveLocals = new LiveLocals(body, Locals.Count);
        }

        return _liveLocals.At(bytecodeOffset);
    }

    /// <summary>The state of the call that is being inlined, for the frames above it; made when first asked for.</summary>
    private int CallState()
    {
        if (_callState < 0)
        {
            _callState = NewFrameState(_inlinedCallOffset, ResumeKind.AfterCall);
        }

        return _callState;
    }
}
