using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// The vectors that the nodes of a graph name by number, since they are too wide for a node: constants, and the byte numbers of shuffles.
/// Equal ones have equal numbers, and zero has number 0.
/// </summary>
internal sealed class VectorPool
{
    /// <summary>The number of the vector whose bits are all zero.</summary>
    public const int Zero = 0;

    private readonly List<V128> _vectors = [default];
    private readonly Dictionary<V128, int> _numbers = new() { [default] = Zero };

    /// <summary>How many there are.</summary>
    public int Count => _vectors.Count;

    /// <summary>A vector by number.</summary>
    public V128 this[long number] => _vectors[(int)number];

    /// <summary>The number of a vector, which is added if it is new.</summary>
    public int NumberOf(V128 vector)
    {
        if (!_numbers.TryGetValue(vector, out var number))
        {
            number = _vectors.Count;
            _vectors.Add(vector);
            _numbers.Add(vector, number);
        }

        return number;
    }

    /// <summary>All vectors by number.</summary>
    public V128[] ToArray() => [.. _vectors];
}
