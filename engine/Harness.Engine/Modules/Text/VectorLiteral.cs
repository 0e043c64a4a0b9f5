namespace Harness.Engine.Modules.Text;

/// <summary>How a vector is divided into lanes.</summary>
/// <param name="Name">The word for it in the text format, as <c>i8x16</c>.</param>
/// <param name="LaneBits">Bits of a lane.</param>
/// <param name="IsFloat">Whether lanes are floating-point numbers.</param>
internal sealed record VectorShape(string Name, int LaneBits, bool IsFloat)
{
    /// <summary>All shapes.</summary>
    public static IReadOnlyList<VectorShape> All { get; } =
    [
        new("i8x16", 8, false), new("i16x8", 16, false), new("i32x4", 32, false), new("i64x2", 64, false),
        new("f32x4", 32, true), new("f64x2", 64, true),
    ];

    /// <summary>The number of lanes.</summary>
    public int LaneCount => 128 / LaneBits;

    /// <summary>Takes the word for a shape.</summary>
    public static VectorShape Take(TokenCursor cursor)
    {
        foreach (var shape in All)
        {
            if (cursor.TryKeyword(shape.Name))
            {
                return shape;
            }
        }

        throw cursor.Unexpected();
    }

    /// <summary>Puts the bits of a lane into a vector whose lane is zero.</summary>
    public void Insert(ref ulong low, ref ulong high, int lane, ulong bits)
    {
        var position = lane * LaneBits;
        if (position < 64)
        {
            low |= bits << position;
        }
        else
        {
            high |= bits << (position - 64);
        }
    }

    /// <summary>The bits of a lane of a vector.</summary>
    public ulong Extract(ulong low, ulong high, int lane)
    {
        var position = lane * LaneBits;
        return ((position < 64 ? low >> position : high >> (position - 64))) & (ulong.MaxValue >> (64 - LaneBits));
    }
}

/// <summary>The immediates of vector instructions in the text format (specification section 6.5.8).</summary>
internal static class VectorLiteral
{
    /// <summary>Takes a shape and its lanes.</summary>
    public static (ulong Low, ulong High) Take(TokenCursor cursor)
    {
        var shape = VectorShape.Take(cursor);
        var (low, high) = (0UL, 0UL);
        for (var i = 0; i < shape.LaneCount; i++)
        {
            shape.Insert(ref low, ref high, i, TakeLane(cursor, shape));
        }

        return (low, high);
    }

    /// <summary>Takes the value of one lane and gives its bits.</summary>
    public static ulong TakeLane(TokenCursor cursor, VectorShape shape) => (shape.IsFloat, shape.LaneBits) switch
    {
        (false, var bits) => NumberParser.Integer(cursor, bits),
        (true, 32) => NumberParser.F32(cursor),
        _ => NumberParser.F64(cursor),
    };

    /// <summary>Takes the number of a lane.</summary>
    public static byte TakeLaneIndex(TokenCursor cursor)
    {
        var token = cursor.Current;
        var index = cursor.ExpectU32();
        return index <= byte.MaxValue ? (byte)index : throw cursor.Error("malformed lane index", token);
    }
}
