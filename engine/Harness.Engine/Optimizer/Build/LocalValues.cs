namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// The value of each local where the builder stands. What is kept of them for another place shares all that does not change behind it, so that a
/// function with many locals and many branches does not copy every local for every branch.
/// </summary>
internal sealed class LocalValues
{
    /// <summary>Locals that are copied together.</summary>
    public const int ChunkSize = 1 << ChunkBits;

    private const int ChunkBits = 5;

    /// <summary>By chunk, when it was copied; one that was copied since <see cref="epoch"/> began belongs to this place alone.</summary>
    private readonly int[] copiedIn;
    private int[][] chunks;
    private bool isShared;
    private int epoch = 1;

    /// <summary>Begins with values.</summary>
    public LocalValues(ReadOnlySpan<int> values)
    {
        Count = values.Length;
        chunks = new int[(Count + ChunkSize - 1) / ChunkSize][];
        copiedIn = new int[chunks.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = values[(i * ChunkSize)..Math.Min(Count, (i + 1) * ChunkSize)].ToArray();
            copiedIn[i] = epoch;
        }
    }

    /// <summary>Number of parameters and locals.</summary>
    public int Count { get; }

    /// <summary>The value of a local.</summary>
    public int this[int local]
    {
        get => chunks[local >> ChunkBits][local & (ChunkSize - 1)];
        set
        {
            int chunk = local >> ChunkBits;
            if (copiedIn[chunk] != epoch)
            {
                if (isShared)
                {
                    chunks = [.. chunks];
                    isShared = false;
                }

                chunks[chunk] = [.. chunks[chunk]];
                copiedIn[chunk] = epoch;
            }

            chunks[chunk][local & (ChunkSize - 1)] = value;
        }
    }

    /// <summary>All values as they are now, in chunks that nobody may change.</summary>
    public int[][] Share()
    {
        isShared = true;
        epoch++;
        return chunks;
    }

    /// <summary>Goes back to values that were shared.</summary>
    public void Restore(int[][] shared)
    {
        chunks = shared;
        isShared = true;
        epoch++;
    }

    /// <summary>All values as they are now, followed by others.</summary>
    public int[] With(ReadOnlySpan<int> others)
    {
        var all = new int[Count + others.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i].CopyTo(all, i * ChunkSize);
        }

        others.CopyTo(all.AsSpan(Count));
        return all;
    }
}

/// <summary>What code depends on that several paths come to.</summary>
/// <param name="Locals">The locals, in chunks; none where they are not needed.</param>
/// <param name="Operands">Operands, or the exception that is caught.</param>
internal readonly record struct PathValues(int[][] Locals, int[] Operands)
{
    /// <summary>Operands alone.</summary>
    public static PathValues Of(int[] operands) => new([], operands);
}
