namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Changes of bytes without regard to what they mean.</summary>
internal static class ByteMutations
{
    private const int LongestRange = 16;

    /// <summary>Bytes at the borders of what the format encodes: small indices, type codes, LEB128 continuations, prefixes.</summary>
    private static readonly byte[] Interesting = [0x00, 0x01, 0x02, 0x0B, 0x40, 0x41, 0x60, 0x63, 0x64, 0x6E, 0x7B, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF];

    /// <summary>Numbers that are too large for most places, too large for their kind, or too long.</summary>
    private static readonly byte[][] Numbers =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x80, 0x80, 0x80, 0x80, 0x08], [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        [0x80, 0x00], [0xFF, 0xFF, 0x03], [0x80, 0x80, 0x04], [0x80, 0x80, 0x80, 0x80, 0x10], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    ];

    /// <summary>Makes one change.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> bytes, RandomSource random)
    {
        if (bytes.IsEmpty)
        {
            return [random.Pick(Interesting)];
        }

        var at = random.Below(bytes.Length);
        var length = Math.Min(random.Between(1, LongestRange), bytes.Length - at);
        var changed = bytes.ToArray();
        switch (random.Below(9))
        {
            case 0:
                changed[at] ^= (byte)(1 << random.Below(8));
                return changed;
            case 1:
                changed[at] = random.Pick(Interesting);
                return changed;
            case 2:
                changed[at] += (byte)(random.Percent(50) ? 1 : -1);
                return changed;
            case 3:
                return [.. bytes[..at], random.Pick(Interesting), .. bytes[at..]];
            case 4:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 5:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 6:
                return [.. bytes[..at], .. random.Pick(Numbers), .. bytes[(at + 1)..]];
            case 7 when random.Percent(20):
                return [.. bytes[..at]];
            default:
                var from = random.Below(bytes.Length - length + 1);
                bytes.Slice(from, length).CopyTo(changed.AsSpan(at));
                return changed;
        }
    }
}
