using Harness.Engine.Deoptimization;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>Describes where the values lie at each place where optimized code may come back, if that is asked for.</summary>
/// <param name="assembler">Where the code is.</param>
/// <param name="body">The function, with the current instruction.</param>
/// <param name="stack">The values.</param>
/// <param name="frame">Their slots.</param>
internal sealed class ResumePointRecorder(Assembler assembler, FunctionBody body, ValueStack stack, FrameSlots frame)
{
    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private readonly ValueStack _stack = stack;
    private readonly FrameSlots _frame = frame;

    /// <summary>What was recorded; null if that was not asked for.</summary>
    public List<ResumePoint>? Points { get; private set; }

    /// <summary>Begins with another function.</summary>
    /// <param name="isWanted">Whether to fill <see cref="Points"/>.</param>
    public void Open(bool isWanted) => Points = isWanted ? [] : null;

    /// <summary>Records this place of the code.</summary>
    public void Record(ResumeKind kind)
    {
        if (Points is null)
        {
            return;
        }

        var values = new ValueLocation[_stack.Height];
        for (int i = 0; i < values.Length; i++)
        {
            ref readonly var value = ref _stack[i];
            values[i] = value.Place switch
            {
                ValuePlace.Frame => ValueLocation.OnStack(_frame.SlotOffset(i), value.Kind),
                ValuePlace.Constant => ValueLocation.Constant(value.ConstantBits, value.Kind),
                _ => value.Register.IsXmm
                    ? ValueLocation.In(value.Register.Xmm, value.Kind)
                    : ValueLocation.In(value.Register.Gpr, value.Kind),
            };
        }

        Points.Add(new ResumePoint(_body.Offset, kind, _asm.Position, values));
    }
}
