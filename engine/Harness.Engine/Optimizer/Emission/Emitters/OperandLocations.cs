using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Where operands lie at the place that is being emitted.</summary>
internal sealed class OperandLocations(EmissionState state, LifetimeBuilder builder)
{
    /// <summary>For each value, the part of its lifetime that was asked for last.</summary>
    private int[] _cursors = new int[512];

    private Lifetimes Lifetimes => builder.Lifetimes;

    /// <summary>Begins with a function.</summary>
    public void Clear()
    {
        if (_cursors.Length < state.Code.ValueCount)
        {
            _cursors = new int[state.Code.ValueCount * 2];
        }

        for (var i = 0; i < state.Code.ValueCount; i++)
        {
            _cursors[i] = i;
        }
    }

    /// <summary>Where a result goes: the only one, or the one with an index.</summary>
    public Location Result(ReadOnlySpan<LirOperand> operands, int index = 0) => LocationAt(operands[index].Value, state.Position + 2);

    /// <summary>Where an input lies.</summary>
    public Location Input(ReadOnlySpan<LirOperand> operands, int index) => LocationAt(operands[index].Value, state.Position);

    /// <summary>Where a value lies at a position.</summary>
    public Location LocationAt(int value, int at)
    {
        if (value == 0)
        {
            return Location.None;
        }

        // Blocks are emitted in the order of positions but for the headers of rotated loops.
        var from = Lifetimes[_cursors[value]].Start <= at ? _cursors[value] : value;
        var interval = Lifetimes.At(from, at);
        _cursors[value] = interval;
        return Lifetimes[interval].Location;
    }

    /// <summary>The address of an instruction, whose registers are the operands from an index on.</summary>
    public Mem AddressOf(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands, int index)
    {
        var register = instruction.FixedBase;
        if (instruction.HasBase)
        {
            register = Input(operands, index++).Gpr;
        }

        if (!instruction.HasIndex)
        {
            return register == Gpr.None ? Mem.Absolute(instruction.Displacement) : Mem.Base(register, instruction.Displacement);
        }

        var scaled = Input(operands, index).Gpr;
        return register == Gpr.None
            ? Mem.Index(scaled, 1 << instruction.ScaleLog2, instruction.Displacement)
            : Mem.BaseIndex(register, scaled, 1 << instruction.ScaleLog2, instruction.Displacement);
    }
}
