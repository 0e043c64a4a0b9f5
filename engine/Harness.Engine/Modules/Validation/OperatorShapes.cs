namespace Harness.Engine.Modules.Validation;

/// <summary>The types of the numeric operators, packed so that one table look-up decides.</summary>
internal static class OperatorShapes
{
    /// <summary>What all shapes of operators with two operands have.</summary>
    public const uint BinaryShape = 0x1000;

    /// <summary>
    /// For each slot of the opcode table, zero or, for operators without immediates, one or two operands and one
    /// result, their kinds: bits 0-3 the result, 4-7 the first operand, 8-11 the second one, if
    /// <see cref="BinaryShape"/> is set.
    /// </summary>
    public static readonly uint[] All = MakeShapes();

    private static uint[] MakeShapes()
    {
        var shapes = new uint[OpcodeTable.SlotCount];
        foreach (var info in OpcodeTable.All)
        {
            if (info.Immediates != ImmediateKind.None || info.Results.Length != 1)
            {
                continue;
            }

            var shape = (uint)info.Results[0] | ((uint)info.Parameters[0] << 4);
            if (info.Parameters.Length == 2)
            {
                shape |= BinaryShape | ((uint)info.Parameters[1] << 8);
            }

            shapes[OpcodeTable.Slot(info.Opcode)] = shape;
        }

        return shapes;
    }
}
