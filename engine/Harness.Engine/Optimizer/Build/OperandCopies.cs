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

    private int[] _lastFirst = [];
    private int[][] _lastFurther = [];

    /// <summary>The path with some locals and operands, which nobody may change.</summary>
    /// <param name="locals">The locals.</param>
    /// <param name="operands">The operands as they are now.</param>
    /// <exception cref="NotSupportedException">Too many have been copied.</exception>
    public PathValues With(int[][][] locals, ReadOnlySpan<int> operands)
    {
        if (operands.Length <= ChunkSize)
        {
            _lastFirst = Copy(_lastFirst, operands);
            return new PathValues(locals, _lastFirst);
        }

        _lastFirst = Copy(_lastFirst, operands[..ChunkSize]);
        _lastFurther = CopyChunks(operands[ChunkSize..]);
        return new PathValues(locals, _lastFirst) { FurtherOperands = _lastFurther };
    }

    private int[][] CopyChunks(ReadOnlySpan<int> operands)
    {
        var count = (operands.Length + ChunkSize - 1) / ChunkSize;
        var changed = count == _lastFurther.Length ? null : new int[count][];
        for (var i = 0; i < count; i++)
        {
            var now = operands[(i * ChunkSize)..Math.Min((i + 1) * ChunkSize, operands.Length)];
            var last = i < _lastFurther.Length ? _lastFurther[i] : [];
            var copy = Copy(last, now);
            if (copy != last)
            {
                budget.Reserve(copy.Length);
                changed ??= [.. _lastFurther];
            }

            if (changed is not null)
            {
                changed[i] = copy;
            }
        }

        return changed ?? _lastFurther;
    }

    /// <summary>Operands as they were copied last, if they are still the same; otherwise another copy.</summary>
    private static int[] Copy(int[] last, ReadOnlySpan<int> now) => now.SequenceEqual(last) ? last : now.ToArray();
}
