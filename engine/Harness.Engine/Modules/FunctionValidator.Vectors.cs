namespace Harness.Engine.Modules;

/// <content>Vector instructions, whose types are all in the opcode table (specification, section 3.4).</content>
internal sealed partial class FunctionValidator
{
    private void ValidateVectorInstruction(Opcode opcode)
    {
        if (!OpcodeTable.TryGet(opcode, out var info)) ThrowIllegal(opcode);
        _hasVectors = true;
        ValueType? addressType = null;
        switch (info.Immediates)
        {
            case ImmediateKind.MemoryArgument:
                addressType = ReadMemoryArgument(info);
                break;
            case ImmediateKind.MemoryLane:
                addressType = ReadMemoryArgument(info);
                CheckLane(_reader.ReadByte(), BinaryFormat.VectorBytes >> info.NaturalAlignment);
                break;
            case ImmediateKind.Lane:
                CheckLane(_reader.ReadByte(), LaneCount(info));
                break;
            case ImmediateKind.Shuffle:
                for (var i = 0; i < BinaryFormat.VectorBytes; i++) CheckLane(_reader.ReadByte(), 2 * BinaryFormat.VectorBytes);
                break;
            case ImmediateKind.V128:
                _reader.Skip(BinaryFormat.VectorBytes);
                break;
        }

        for (var i = info.Parameters.Length - 1; i >= 0; i--)
            Pop(i == 0 && addressType is { } type ? type : ValueType.OfKind(info.Parameters[i]));
        foreach (var result in info.Results) Push(ValueType.OfKind(result));
    }

    /// <summary>The number of lanes of the shape that an instruction's name begins with, as in <c>i8x16</c>.</summary>
    private static int LaneCount(OpcodeInfo info)
    {
        var shape = info.Name.AsSpan(0, info.Name.IndexOf('.'));
        return int.Parse(shape[(shape.IndexOf('x') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private void CheckLane(int lane, int count)
    {
        if (lane >= count) throw Invalid("invalid lane index");
    }
}
