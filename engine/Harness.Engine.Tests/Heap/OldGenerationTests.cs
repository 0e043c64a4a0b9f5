using Harness.Engine.Heap;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Heap;

public sealed unsafe class OldGenerationTests
{
    private const int MiB = 1 << 20;
    private const int Half = 32 * MiB;

    /// <summary>Memory that is given back reads as zero.</summary>
    [Theory]
    [InlineData(1, 8, 4, 4, 8)]
    [InlineData(1, 8, 0, 2, 8)]
    [InlineData(1, 0, 0, 2, 2)]
    [InlineData(11, 16, 4, 12, 16)]
    [InlineData(11, 64, 64, 24, 20)]
    public void BothHalvesKeepTheMemoryThatTheyNeedSoon(int lives, int expected, int kept, int leftMemory, int newMemory)
    {
        var memory = LinuxMemory.MapPages(2 * Half);
        try
        {
            var old = new OldGeneration(memory, memory + Half, Half);
            Fill(memory, 20);
            old.Top = memory + (20 * MiB);
            old.Switch(memory + Half, 0, Half, filled: 0);
            Assert.Equal(20, Filled(memory));

            // The upper half grows, and what lives is copied to the lower one.
            Fill(memory + Half, 24);
            old.Top = memory + Half + (24 * MiB);
            old.Switch(memory + (lives * MiB), (nuint)expected * MiB, (nuint)kept * MiB, filled: 0);
            Assert.True(old.IsLow);
            Assert.Equal((nuint)lives * MiB, old.Used);
            Assert.Equal((newMemory, leftMemory), (Filled(memory), Filled(memory + Half)));
        }
        finally
        {
            LinuxMemory.Unmap(memory, 2 * Half);
        }

        static void Fill(byte* half, int count)
        {
            for (var i = 0; i < count; i++)
            {
                half[i * MiB] = 1;
            }
        }

        static int Filled(byte* half)
        {
            var count = 0;
            for (var i = 0; i < Half / MiB; i++)
            {
                count += half[i * MiB];
            }

            return count;
        }
    }
}
