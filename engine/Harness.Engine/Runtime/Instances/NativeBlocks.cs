using System.Runtime.InteropServices;

namespace Harness.Engine.Runtime.Instances;

/// <summary>Native memory that is freed all at once: small pieces are cut out of larger blocks. Safe for use by several threads, but for <see cref="Dispose"/>.</summary>
internal sealed unsafe class NativeBlocks : IDisposable
{
    private const int Alignment = 64;

    /// <summary>Most bytes of a piece that is cut out of a larger block.</summary>
    private const int SmallBytes = 512;

    /// <summary>Bytes of a block from which small pieces are cut.</summary>
    private const int SharedBytes = 4096;

    private readonly List<nint> _blocks = [];
    private byte* _small;
    private int _smallLeft;

    /// <summary>Zeroed memory.</summary>
    /// <param name="bytes">How many bytes.</param>
    public byte* Allocate(int bytes)
    {
        lock (_blocks)
        {
            if (bytes > SmallBytes)
            {
                return AllocateBlock(bytes, bytes);
            }

            var size = (bytes + Alignment - 1) & -Alignment;
            if (size > _smallLeft)
            {
                _small = AllocateBlock(SharedBytes, SharedBytes);
                _smallLeft = SharedBytes;
            }

            var piece = _small;
            _small += size;
            _smallLeft -= size;
            return piece;
        }
    }

    /// <summary>A block of its own, of which only the beginning is zeroed: what nobody writes costs no memory.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="clearedBytes">How many of them are zero.</param>
    public byte* AllocateBlock(int bytes, int clearedBytes)
    {
        var block = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        NativeMemory.Clear(block, (nuint)clearedBytes);
        lock (_blocks)
        {
            _blocks.Add((nint)block);
        }

        return block;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }

        _blocks.Clear();
    }
}
