using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Harness.Hosts.Wasi;

/// <summary>Random bytes: the system's, or those that follow from a seed (splitmix64).</summary>
internal sealed class RandomSource(ulong? seed)
{
    private ulong _state = seed ?? 0;

    /// <summary>Fills bytes.</summary>
    public void Fill(Span<byte> bytes)
    {
        if (seed is null)
        {
            RandomNumberGenerator.Fill(bytes);
            return;
        }

        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (bytes.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            var count = Math.Min(word.Length, bytes.Length);
            word[..count].CopyTo(bytes);
            bytes = bytes[count..];
        }
    }

    private ulong Next()
    {
        var value = _state += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
