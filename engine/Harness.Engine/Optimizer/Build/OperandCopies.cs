using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Copies of operands that branches take along. A function may have very many branches that each take a thousand: what has not changed since the last one is not copied again.
/// </summary>
/// <param name="budget">What the copies are drawn on.</param>
internal sealed class OperandCopies(CompilationBudget budget)
{
    /// <summary>Operands that are copied together.</summary>
    public const int ChunkSize = 32;

    private int[] lastFirst = [];
    private int[][] lastFurther = [];

    /// <summary>The path with some locals and operands, which nobody may change.</summary>
    /// <param name="locals">The locals.</param>
    /// <param name="operands">The operands as they are now.</param>
    /// <exception cref="NotSupportedException">Too many have been copied.</exception>
    public PathValues With(int[][][] locals, ReadOnlySpan<int> operands)
    {
        if (operands.Length <= ChunkSize)
        {
            lastFirst = Copy(lastFirst, operands);
            return new PathValues(locals, lastFirst);
        }

        lastFirst = Copy(lastFirst, operands[..ChunkSize]);
        lastFurther = CopyChunks(operands[ChunkSize..]);
        return new PathValues(locals, lastFirst) { FurtherOperands = lastFurther };
    }

    private int[][] CopyChunks(ReadOnlySpan<int> operands)
    {
        int count = (operands.Length + ChunkSize - 1) / ChunkSize;
        int[][]? changed = count == lastFurther.Length ? null : new int[count][];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> now = operands[(i * ChunkSize)..Math.Min((i + 1) * ChunkSize, operands.Length)];
            int[] last = i < lastFurther.Length ? lastFurther[i] : [];
            int[] copy = Copy(last, now);
            if (copy != last)
            {
                budget.Reserve(copy.Length);
                changed ??= [.. lastFurther];
            }

            if (changed is not null)
            {
                changed[i] = copy;
            }
        }

        return changed ?? lastFurther;
    }

    /// <summary>Operands as they were copied last, if they are still the same; otherwise another copy.</summary>
    private static int[] Copy(int[] last, ReadOnlySpan<int> now) => now.SequenceEqual(last) ? last : now.ToArray();
}
