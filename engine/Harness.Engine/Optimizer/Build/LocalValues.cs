namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// The value of each local where the builder stands: a tree of groups of chunks of values. What is kept of them for another place shares all that does
/// not change behind it, so that a function with many locals and many branches does not copy every local for every branch.
/// </summary>
internal sealed class LocalValues
{
    /// <summary>Locals of a group.</summary>
    public const int GroupSize = 1 << (ChunkBits + GroupBits);

    private const int ChunkBits = 5;
    private const int ChunkSize = 1 << ChunkBits;
    private const int GroupBits = 5;
    private const int ChunksOfGroup = 1 << GroupBits;

    /// <summary>By chunk and by group, when it was copied; one that was copied since <see cref="_epoch"/> began belongs to this place alone.</summary>
    private readonly int[] _chunkCopiedIn;
    private readonly int[] _groupCopiedIn;
    private int[][][] _groups;
    private bool _isShared;
    private int _epoch = 1;

    /// <summary>Begins with values.</summary>
    public LocalValues(ReadOnlySpan<int> values)
    {
        Count = values.Length;
        _chunkCopiedIn = new int[(Count + ChunkSize - 1) >> ChunkBits];
        _groupCopiedIn = new int[(Count + GroupSize - 1) / GroupSize];
        _groups = new int[_groupCopiedIn.Length][][];
        for (var group = 0; group < _groups.Length; group++)
        {
            _groups[group] = new int[Math.Min(ChunksOfGroup, _chunkCopiedIn.Length - (group << GroupBits))][];
        }

        for (var chunk = 0; chunk < _chunkCopiedIn.Length; chunk++)
        {
            ChunkAt(_groups, chunk) = values[(chunk << ChunkBits)..Math.Min(Count, (chunk + 1) << ChunkBits)].ToArray();
        }

        _chunkCopiedIn.AsSpan().Fill(_epoch);
        _groupCopiedIn.AsSpan().Fill(_epoch);
    }

    /// <summary>Number of parameters and locals.</summary>
    public int Count { get; }

    /// <summary>The value of a local.</summary>
    public int this[int local]
    {
        get => ChunkAt(_groups, local >> ChunkBits)[local & (ChunkSize - 1)];
        set
        {
            var chunk = local >> ChunkBits;
            if (_chunkCopiedIn[chunk] != _epoch)
            {
                Own(chunk);
            }

            ChunkAt(_groups, chunk)[local & (ChunkSize - 1)] = value;
        }
    }

    /// <summary>A chunk of shared values, by its number among all chunks.</summary>
    public static ref int[] ChunkAt(int[][][] groups, int chunk) => ref groups[chunk >> GroupBits][chunk & (ChunksOfGroup - 1)];

    /// <summary>The number among all chunks of a chunk in a group.</summary>
    public static int NumberOf(int group, int chunk) => (group << GroupBits) + chunk;

    /// <summary>All values as they are now, in groups and chunks that nobody may change.</summary>
    public int[][][] Share()
    {
        _isShared = true;
        _epoch++;
        return _groups;
    }

    /// <summary>Goes back to values that were shared.</summary>
    public void Restore(int[][][] shared)
    {
        _groups = shared;
        _isShared = true;
        _epoch++;
    }

    /// <summary>All values as they are now, followed by others.</summary>
    public int[] With(ReadOnlySpan<int> others)
    {
        var all = new int[Count + others.Length];
        for (var chunk = 0; chunk < _chunkCopiedIn.Length; chunk++)
        {
            ChunkAt(_groups, chunk).CopyTo(all, chunk << ChunkBits);
        }

        others.CopyTo(all.AsSpan(Count));
        return all;
    }

    /// <summary>Copies a chunk, with what leads to it, that may be shared.</summary>
    private void Own(int chunk)
    {
        var group = chunk >> GroupBits;
        if (_groupCopiedIn[group] != _epoch)
        {
            if (_isShared)
            {
                _groups = [.. _groups];
                _isShared = false;
            }

            _groups[group] = [.. _groups[group]];
            _groupCopiedIn[group] = _epoch;
        }

        ref var values = ref ChunkAt(_groups, chunk);
        values = [.. values];
        _chunkCopiedIn[chunk] = _epoch;
    }
}

/// <summary>What code depends on that several paths come to.</summary>
/// <param name="Locals">The locals, in groups of chunks; none where they are not needed.</param>
/// <param name="Operands">Operands, or the exception that is caught.</param>
internal readonly record struct PathValues(int[][][] Locals, int[] Operands)
{
    /// <summary>The operands behind those, in chunks: where there are very many, paths mostly share them (<see cref="OperandCopies"/>).</summary>
    public int[][] FurtherOperands { get; init; } = [];

    /// <summary>How many operands there are, at most.</summary>
    public int MostOperands => Operands.Length + (FurtherOperands.Length * OperandCopies.ChunkSize);

    /// <summary>Operands alone.</summary>
    public static PathValues Of(int[] operands) => new([], operands);
}
