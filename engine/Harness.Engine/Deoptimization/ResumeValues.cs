using System.Collections;
using System.Runtime.CompilerServices;

namespace Harness.Engine.Deoptimization;

/// <summary>
/// Where the values lie that baseline code expects at a place: parameters and locals, then the operand stack, bottom first. They come in chunks, which
/// places share that have them in common, so that a function with very many locals and places is described in proportion to its size.
/// </summary>
[CollectionBuilder(typeof(ResumeValues), nameof(Of))]
internal sealed class ResumeValues : IReadOnlyList<ValueLocation>
{
    private const int OneChunk = 31;

    private readonly ValueLocation[][] _chunks;
    private readonly int _chunkBits;

    /// <summary>Makes them of chunks.</summary>
    /// <param name="chunks">The chunks, of which all but the last are full. They do not change any more.</param>
    /// <param name="chunkBits">The binary logarithm of the number of values of a full one.</param>
    public ResumeValues(ValueLocation[][] chunks, int chunkBits)
    {
        _chunks = chunks;
        _chunkBits = chunkBits;
        Length = chunks.Length == 0 ? 0 : ((chunks.Length - 1) << chunkBits) + chunks[^1].Length;
    }

    /// <summary>Makes them of one chunk.</summary>
    public static ResumeValues Of(ReadOnlySpan<ValueLocation> values) => new([values.ToArray()], OneChunk);

    /// <summary>Number of values.</summary>
    public int Length { get; }

    int IReadOnlyCollection<ValueLocation>.Count => Length;

    /// <summary>Where a value lies.</summary>
    public ValueLocation this[int index] => _chunks[index >> _chunkBits][index & ((1 << _chunkBits) - 1)];

    /// <inheritdoc/>
    public IEnumerator<ValueLocation> GetEnumerator() => _chunks.SelectMany(static chunk => chunk).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
