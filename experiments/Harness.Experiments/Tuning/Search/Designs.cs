namespace Harness.Experiments.Tuning.Search;

/// <summary>Independent points.</summary>
internal sealed class RandomSearch(int dimensions, int seed) : ISearchMethod
{
    public double[] Propose(IReadOnlyList<Observation> history) => SearchMethods.RandomOf(seed, history.Count).NextDoubles(dimensions);
}

/// <summary>
/// Latin hypercubes (McKay, Beckman and Conover 1979): of as many points as the design has, each knob's range has one in each of as many equal
/// parts. After one design comes another.
/// </summary>
internal sealed class LatinHypercubeSearch(int dimensions, int seed, int size) : ISearchMethod
{
    public double[] Propose(IReadOnlyList<Observation> history)
    {
        var (design, index) = Math.DivRem(history.Count, Math.Max(1, size));
        var random = SearchMethods.RandomOf(seed, design);
        var point = new double[dimensions];
        for (var dimension = 0; dimension < dimensions; dimension++)
        {
            var order = Enumerable.Range(0, Math.Max(1, size)).OrderBy(_ => random.NextDouble()).ToArray();
            var jitter = random.NextDoubles(order.Length);
            point[dimension] = (order[index] + jitter[index]) / order.Length;
        }

        return point;
    }
}

/// <summary>Every combination of equally spaced values: as many a knob as the number of trials allows, at least two.</summary>
internal sealed class GridSearch : ISearchMethod
{
    private readonly int[] _counts;

    public GridSearch(SearchSpace space, int trials)
    {
        _counts = [.. space.Parameters.Select(parameter => (int)Math.Min(parameter.Count, 2))];
        for (var grown = true; grown;)
        {
            grown = false;
            for (var i = 0; i < _counts.Length; i++)
            {
                var size = _counts.Aggregate(1.0, (product, count) => product * count) / _counts[i] * (_counts[i] + 1);
                if (_counts[i] >= space.Parameters[i].Count || size > trials)
                {
                    continue;
                }

                _counts[i]++;
                grown = true;
            }
        }
    }

    public double[] Propose(IReadOnlyList<Observation> history)
    {
        var rest = (long)history.Count;
        return [.. _counts.Select(count =>
        {
            (rest, var index) = Math.DivRem(rest, count);
            return (index + 0.5) / count;
        })];
    }
}

/// <summary>
/// Sobol's sequence with the direction numbers of Joe and Kuo (2008) and a random digital shift: points that fill the cube evenly however many there are.
/// </summary>
internal sealed class SobolSearch : ISearchMethod
{
    /// <summary>Most knobs that there are direction numbers for.</summary>
    public const int MostDimensions = 40;

    private const int Bits = 30;

    /// <summary>Of each dimension but the first: the coefficients of its primitive polynomial, and the initial direction numbers.</summary>
    private static readonly (int Coefficients, int[] Initial)[] Table =
    [
        (0, [1]), (1, [1, 3]), (1, [1, 3, 1]), (2, [1, 1, 1]), (1, [1, 1, 3, 3]), (4, [1, 3, 5, 13]), (2, [1, 1, 5, 5, 17]), (4, [1, 1, 5, 5, 5]),
        (7, [1, 1, 7, 11, 19]), (11, [1, 1, 5, 1, 1]), (13, [1, 1, 1, 3, 11]), (14, [1, 3, 5, 5, 31]),
        (1, [1, 3, 3, 9, 7, 49]), (13, [1, 1, 1, 15, 21, 21]), (16, [1, 3, 1, 13, 27, 49]), (19, [1, 1, 1, 15, 7, 5]), (22, [1, 3, 1, 15, 13, 25]), (25, [1, 1, 5, 5, 19, 61]),
        (1, [1, 3, 7, 11, 23, 15, 103]), (4, [1, 3, 7, 13, 13, 15, 69]), (7, [1, 1, 3, 13, 7, 35, 63]), (8, [1, 3, 5, 9, 1, 25, 53]), (14, [1, 3, 1, 13, 9, 35, 107]),
        (19, [1, 3, 1, 5, 27, 61, 31]), (21, [1, 1, 5, 11, 19, 41, 61]), (28, [1, 3, 5, 3, 3, 13, 69]), (31, [1, 1, 7, 13, 1, 19, 1]), (32, [1, 3, 7, 5, 13, 19, 59]),
        (37, [1, 1, 3, 9, 25, 29, 41]), (41, [1, 3, 5, 13, 23, 1, 55]), (42, [1, 3, 7, 3, 13, 59, 17]), (50, [1, 3, 1, 3, 5, 53, 69]), (55, [1, 1, 5, 5, 23, 33, 13]),
        (56, [1, 1, 7, 7, 1, 61, 123]), (59, [1, 1, 7, 9, 13, 61, 49]), (62, [1, 3, 3, 5, 3, 55, 33]),
        (14, [1, 3, 1, 15, 31, 13, 49, 245]), (21, [1, 3, 5, 15, 31, 59, 63, 97]), (22, [1, 3, 1, 11, 11, 11, 77, 249]),
    ];

    private readonly int[][] _directions;
    private readonly int[] _shift;

    public SobolSearch(int dimensions, int seed)
    {
        _directions = [.. Enumerable.Range(0, dimensions).Select(DirectionsOf)];
        var random = SearchMethods.RandomOf(seed, 0);
        _shift = [.. _directions.Select(_ => random.Next(1 << Bits))];
    }

    public double[] Propose(IReadOnlyList<Observation> history) => Point(history.Count);

    /// <summary>A point of the sequence, counted from 0.</summary>
    public double[] Point(int index) => [.. _directions.Select((numbers, dimension) =>
    {
        var sum = _shift[dimension];
        for (var bit = 0; bit < Bits; bit++) { sum ^= ((index >> bit) & 1) == 0 ? 0 : numbers[bit]; } return (sum + 0.5) / (1 << Bits);
    })];

    private static int[] DirectionsOf(int dimension)
    {
        var numbers = new int[Bits];
        var (coefficients, initial) = dimension == 0 ? (0, []) : Table[dimension - 1];
        var degree = initial.Length;
        for (var i = 0; i < Bits; i++)
        {
            if (dimension == 0 || i < degree)
            {
                numbers[i] = (dimension == 0 ? 1 : initial[i]) << (Bits - 1 - i);
                continue;
            }

            numbers[i] = numbers[i - degree] ^ (numbers[i - degree] >> degree);
            for (var k = 1; k < degree; k++)
            {
                numbers[i] ^= ((coefficients >> (degree - 1 - k)) & 1) * numbers[i - k];
            }
        }

        return numbers;
    }
}
