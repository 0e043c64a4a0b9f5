using Harness.Engine.Deoptimization;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Describes where the values lie at each place where optimized code may come back, if that is asked for. Places share the descriptions of chunks that
/// have not changed between them.
/// </summary>
/// <param name="assembler">Where the code is.</param>
/// <param name="body">The function, with the current instruction.</param>
/// <param name="stack">The values.</param>
/// <param name="frame">Their slots.</param>
internal sealed class ResumePointRecorder(Assembler assembler, FunctionBody body, ValueStack stack, FrameSlots frame)
{
    /// <summary>
    /// Most values and chunks that the places of a function may list: what exceeds it is a function made to exhaust memory. Deopts cannot come back to it, so that optimized code with such exits is
    /// not used.
    /// </summary>
    private const int MostListed = 1 << 24;

    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private readonly ValueStack _stack = stack;
    private readonly FrameSlots _frame = frame;

    /// <summary>The chunks of the place that was recorded last.</summary>
    private ValueLocation[][] _last = [];
    private int _listed;

    /// <summary>What was recorded; null if that was not asked for.</summary>
    public List<ResumePoint>? Points { get; private set; }

    /// <summary>Begins with another function.</summary>
    /// <param name="isWanted">Whether to fill <see cref="Points"/>.</param>
    public void Open(bool isWanted) => Points = isWanted ? [] : null;

    /// <summary>Forgets what was recorded of the function.</summary>
    public void Clear()
    {
        Points?.Clear();
        _last = [];
        _listed = 0;
    }

    /// <summary>Records this place of the code.</summary>
    /// <exception cref="NotSupportedException">There are too many values at too many places.</exception>
    public void Record(ResumeKind kind)
    {
        if (Points is null)
        {
            return;
        }

        var chunks = new ValueLocation[StateChunks.CountFor(_stack.Height)][];
        Count(chunks.Length);
        for (var i = 0; i < chunks.Length; i++)
        {
            var first = i << StateChunks.SizeBits;
            var length = Math.Min(StateChunks.Size, _stack.Height - first);
            chunks[i] = !_stack.IsDescribed(i) || i >= _last.Length || _last[i].Length != length ? Describe(first, length) : _last[i];
            _stack.HasDescribed(i);
        }

        _last = chunks;
        Points.Add(new ResumePoint(_body.Offset, kind, _asm.Position, new ResumeValues(chunks, StateChunks.SizeBits)));
    }

    private ValueLocation[] Describe(int first, int length)
    {
        Count(length);
        var values = new ValueLocation[length];
        for (var i = 0; i < length; i++)
        {
            ref readonly var value = ref _stack[first + i];
            values[i] = value.Place switch
            {
                ValuePlace.Frame => ValueLocation.OnStack(_frame.SlotOffset(first + i), value.Kind),
                ValuePlace.Constant => ValueLocation.Constant(value.ConstantBits, value.Kind),
                _ => value.Register.IsXmm
                    ? ValueLocation.In(value.Register.Xmm, value.Kind)
                    : ValueLocation.In(value.Register.Gpr, value.Kind),
            };
        }

        return values;
    }

    private void Count(int listed)
    {
        _listed += listed;
        if (_listed > MostListed)
        {
            throw new NotSupportedException(
                $"the function at offset 0x{_body.Function.BodyStart:x} has too many values at too many places where optimized code may be left");
        }
    }
}
