namespace Harness.Engine.Modules.Validation;

/// <summary>Vector instructions, whose types are all in the opcode table (specification, section 3.4).</summary>
internal sealed class VectorValidator(ValidationState state, ValidationStacks stacks, MemoryValidator memories)
{
    /// <summary>An instruction of the prefix for vectors.</summary>
    public void ValidateVectorInstruction(Opcode opcode)
    {
        if (!OpcodeTable.TryGet(opcode, out var info))
        {
            state.ThrowIllegal(opcode);
        }

        state.HasVectors = true;
        ValueType? addressType = null;
        switch (info.Immediates)
        {
            case ImmediateKind.MemoryArgument:
                addressType = memories.ReadMemoryArgument(info);
                break;
            case ImmediateKind.MemoryLane:
                addressType = memories.ReadMemoryArgument(info);
                CheckLane(state.Reader.ReadByte(), BinaryFormat.VectorBytes >> info.NaturalAlignment);
                break;
            case ImmediateKind.Lane:
                CheckLane(state.Reader.ReadByte(), LaneCount(info));
                break;
            case ImmediateKind.Shuffle:
                for (var i = 0; i < BinaryFormat.VectorBytes; i++)
                {
                    CheckLane(state.Reader.ReadByte(), 2 * BinaryFormat.VectorBytes);
                }

                break;
            case ImmediateKind.V128:
                state.Reader.Skip(BinaryFormat.VectorBytes);
                break;
        }

        for (var i = info.Parameters.Length - 1; i >= 0; i--)
        {
            stacks.Pop(i == 0 && addressType is { } type ? type : ValueType.OfKind(info.Parameters[i]));
        }

        foreach (var result in info.Results)
        {
            stacks.Push(ValueType.OfKind(result));
        }
    }

    /// <summary>The number of lanes of the shape that an instruction's name begins with, as in <c>i8x16</c>.</summary>
    private static int LaneCount(OpcodeInfo info)
    {
        var shape = info.Name.AsSpan(0, info.Name.IndexOf('.'));
        return int.Parse(shape[(shape.IndexOf('x') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private void CheckLane(int lane, int count)
    {
        if (lane >= count)
        {
            throw state.Invalid("invalid lane index");
        }
    }
}
