using System.Globalization;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>The programs on garbage-collected objects.</summary>
internal static partial class WorkloadReference
{
    private static (double Result, long Calls) ComputeOnObjects(string file, IReadOnlyList<int> arguments) => file switch
    {
        "gc-shapes.wat" => Shapes(arguments[0], arguments[1], arguments[2]),
        "gc-vtables.wat" => Filters(arguments[0]),
        "gc-closures.wat" => Closures(arguments[0], arguments[1]),
        "gc-numbers.wat" => Numbers(arguments[0], arguments[1], arguments[2]),
        "gc-lists.wat" => Lists(arguments[0], arguments[1]),
        "gc-strings.wat" => Strings(arguments[0], arguments[1]),
        "gc-js-strings.wat" => CountWords(arguments[0]),
        "gc-iterators.wat" => Iterators(arguments[0], arguments[1]),
        "gc-trees.wat" => Trees(arguments[0], arguments[1]),
        "gc-frames.wat" => Frames(arguments[0], arguments[1]),
        "gc-matrix.wat" => Matrices(arguments[0]),
        "gc-linked-list.wat" => LinkedNodes(arguments[0], arguments[1]),
        "gc-hash-map.wat" => HashMap(arguments[0], arguments[1], arguments[2]),
        "gc-visitor.wat" => Visitors(arguments[0], arguments[1], arguments[2]),
        "gc-allocation.wat" => Allocation(arguments[0], arguments[1]),
        "gc-vectors.wat" => Vectors(arguments[0]),
        "gc-exceptions.wat" => Digits(arguments[0], arguments[1], arguments[2]),
        "gc-sort.wat" => Sort(arguments[0], arguments[1], arguments[2]),
        _ => throw new ArgumentException($"no reference for the workload {file}", nameof(file)),
    };

    private static (double, long) Frames(int frames, int depth)
    {
        const int CacheSize = 100_000;
        var elements = new Dictionary<long, int>();
        var cache = new int?[CacheSize];
        var (random, sum) = (12345u, 0);
        for (var frame = 0; frame < frames; frame++)
        {
            sum += Update(1, depth, frame + 1);
            var seen = 0;
            for (var i = 0; i < 500; i++)
            {
                random = random * 1103515245 + 12345;
                var place = (random >> 8) % CacheSize;
                seen += cache[place] ?? 0;
                cache[place] = frame + i;
            }

            sum = sum * 3 ^ seen;
        }

        return (sum, 0);

        // The number of a widget, which is the sum of five notes.
        static int Widget(int key) => 5 * key + 10;

        int Update(long element, int depth, int key)
        {
            var state = elements.GetValueOrDefault(element) * 7 ^ Widget(key);
            elements[element] = state;
            var total = state;
            for (var i = 0; i < 4 && depth > 0; i++)
            {
                total += Update(element * 4 + i, depth - 1, key * 31 + i);
            }

            return total;
        }
    }

    private static (double, long) Filters(int samples)
    {
        var (seed, smoothed, stored, sum) = (0u, 0, 0, 0u);
        for (var i = 0; i < samples; i++)
        {
            seed = NextRandom(seed);
            var amplified = ((int)seed >> 16) * 21 >> 4;
            smoothed = (smoothed * 3 + amplified) >> 2;
            var echoed = smoothed + (stored >> 1);
            stored = smoothed;
            sum = 31 * sum + (uint)Math.Clamp(echoed, -20000, 20000);
        }

        return ((int)sum, 5L * samples + 5);
    }

    private static (double, long) Closures(int count, int rounds)
    {
        var sum = 0L;
        for (var round = 0L; round < rounds; round++)
        {
            // The sum of 3 x + round for all x below count.
            sum = unchecked(31 * sum + 3L * count * (count - 1) / 2 + round * count);
        }

        return (unchecked((int)sum), 3L * count * rounds);
    }

    private static (double, long) Numbers(int count, int rounds, int ratio)
    {
        var numbers = new double[count];
        var seed = 0u;
        for (var i = 0; i < count; i++)
        {
            seed = NextRandom(seed);
            var value = seed >> 16;
            numbers[i] = ratio != 0 && value % ratio == 0 ? value + 0.5 : value;
        }

        // All sums are below 2^52, so that adding in floating point is exact for both kinds.
        var sum = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            sum = Math.Floor(sum + numbers.Sum());
        }

        return (unchecked((int)(long)sum), (long)rounds * (count + 1));
    }

    private static (double, long) Lists(int count, int rounds)
    {
        var points = new (uint X, uint Y)[count];
        var seed = 0u;
        for (var i = 0; i < count; i++)
        {
            seed = NextRandom(seed);
            points[i] = (seed >> 24, seed >> 16);
        }

        var sum = 0u;
        for (var round = 0; round < rounds; round++)
        {
            Array.Reverse(points);
            for (var i = 0; i < count; i++)
            {
                sum = 31 * sum + (points[i].X ^ points[i].Y++);
            }
        }

        return ((int)sum, count + (long)rounds * (count / 2 * 4 + count));
    }

    private static (double, long) Strings(int count, int rounds)
    {
        var (sum, calls) = (0u, 0L);
        for (var round = 0; round < rounds; round++)
        {
            var text = string.Concat(Enumerable.Range(round, count).Select(number => number.ToString(CultureInfo.InvariantCulture) + ","));
            var hash = 0u;
            foreach (var unit in text)
            {
                hash = 31 * hash + unit;
            }

            sum = uint.RotateLeft(sum, 1) ^ hash;
            calls += 1 + text.Length;
        }

        return ((int)sum, calls);
    }

    /// <summary>Each word is hashed once a round, and compared with what is found until that is the word.</summary>
    private static (double, long) CountWords(int rounds)
    {
        const string text =
            "the map of the code as it is 1 room imports from those above it 8 times 8 is 64 the engine has 2 compilers and the code of "
            + "both has 1 calling convention the map has 64 rooms the frame of each has 1 head and the stack is walked without knowing "
            + "the tier 8 of the registers are of the engine 2 are of the instance and each of the tables is exported the code is of the engine";
        var (keys, counts, calls) = (new string?[64], new uint[64], 0L);
        foreach (var word in text.Split(' '))
        {
            var place = uint.TryParse(word, out var number) ? number : word.Aggregate(0u, (hash, unit) => 31 * hash + unit);
            calls++;
            for (place %= 64; keys[place] != null; place = (place + 1) % 64)
            {
                calls++;
                if (keys[place] == word)
                {
                    break;
                }
            }

            keys[place] = word;
            counts[place]++;
        }

        var sum = 0u;
        for (var round = rounds; round > 0; round--)
        {
            foreach (var count in counts)
            {
                sum = 31 * sum + (count ^ (uint)round);
            }
        }

        return ((int)sum, calls * rounds);
    }

    /// <summary>
    /// An element is moved to and read from the list and from the map, and given to both functions: six calls; one that is let
    /// through moves the outermost iterator and is read through it: three. The end is found by three calls.
    /// </summary>
    private static (double, long) Iterators(int count, int rounds)
    {
        var (sum, calls) = (0L, 0L);
        for (var round = 0; round < rounds; round++)
        {
            var elements = Enumerable.Range(0, count).Select(x => x * 5L + round).Where(x => x % 3 != 0).ToList();
            sum = unchecked(31 * sum + elements.Sum());
            calls += 6L * count + 3L * elements.Count + 3;
        }

        return (unchecked((int)sum), calls);
    }

    private static (double, long) Trees(int depth, int rounds)
    {
        var sum = 0L;
        for (var round = rounds; round > 0; round--)
        {
            sum = unchecked(31 * sum + Fold(depth, round));
        }

        return (unchecked((int)sum), 0);

        static long Fold(int depth, long value) => unchecked(depth < 0 ? 1 : 3 * Fold(depth - 1, 2 * value) + (Fold(depth - 1, 2 * value + 1) ^ value));
    }

    private static (double, long) Matrices(int products)
    {
        var left = new double[4, 4];
        for (var i = 0; i < 16; i++)
        {
            left[i / 4, i % 4] = i + 1;
        }

        // The right matrix moves column c to column c + 1, the last one to the first with its sign changed.
        var sum = 0.0;
        for (var i = products; i > 0; i--)
        {
            for (var row = 0; row < 4; row++)
            {
                (left[row, 0], left[row, 1], left[row, 2], left[row, 3]) = (-left[row, 3], left[row, 0], left[row, 1], left[row, 2]);
            }

            sum += i % 8 * (left[0, 0] + left[1, 2]);
        }

        return (sum, 16L * products);
    }

    private static (double, long) LinkedNodes(int count, int rounds)
    {
        var values = new uint[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (uint)(count - i);
        }

        var sum = 0u;
        for (var round = 0u; round < rounds; round++)
        {
            Array.Reverse(values);
            for (var i = 0; i < count; i++)
            {
                var isReplaced = round % 2 == 0 ? values[i] % (round % 8 + 3) == 0 : (values[i] >> (int)(round % 8)) % 2 == 1;
                if (isReplaced)
                {
                    values[i] = 5 * values[i] + round;
                }

                sum = 31 * sum + values[i];
            }
        }

        return ((int)sum, (long)count * rounds);
    }

    private static (double, long) HashMap(int count, int rounds, int classes)
    {
        var counters = new Dictionary<(int Class, uint Number), uint>();
        var (seed, sum, found) = (0u, 0u, 0L);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < count; i++)
            {
                seed = NextRandom(seed);
                var key = (i % classes, seed >> 22);
                found += counters.TryGetValue(key, out var counter) ? 1 : 0;
                counters[key] = counter + 1;
                sum = (5 * sum) ^ (counter + 1);
            }
        }

        return ((int)(sum + (uint)counters.Count), (long)count * rounds + found);
    }

    private static (double, long) Visitors(int depth, int rounds, int visitors)
    {
        var seed = 0u;
        var tree = Term.Build(depth, ref seed);
        var (sum, nodes) = (0u, 0u);
        for (var round = 0; round < rounds; round++)
        {
            sum = 31 * sum + (round % visitors == 0 ? (uint)tree.Evaluate(round) : tree.Hash(ref nodes));
        }

        return ((int)sum, 2L * rounds * ((2L << depth) - 1));
    }

    private static (double, long) Allocation(int rounds, int count)
    {
        var (last, sum) = ((X: 1u, Y: 2u), 0u);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = (uint)count; i > 0; i--)
            {
                (last, sum) = ((i, sum), sum + (last.X ^ last.Y) + 3);
            }
        }

        return ((int)sum, 0);
    }

    private static (double, long) Vectors(int steps)
    {
        const double Time = 0.0078125;
        const double Damping = 0.9990234375;
        var (x, y, z) = (0.0, 100.0, 0.0);
        var (u, v, w) = (3.0, 0.0, 1.0);
        for (var i = 0; i < steps; i++)
        {
            (u, v, w) = ((u + 0.5 * Time) * Damping, (v + -9.8125 * Time) * Damping, (w + 0.25 * Time) * Damping);
            (x, y, z) = (x + u * Time, y + v * Time, z + w * Time);
            if (y < 0 && v < 0)
            {
                v = -v;
            }
        }

        return (x + (y + z), 5L * steps);
    }

    private static (double, long) Digits(int length, int count, int errors)
    {
        var digits = new int[length];
        var seed = 0u;
        for (var i = 0; i < length; i++)
        {
            seed = NextRandom(seed);
            digits[i] = (seed >> 12) % errors == 0 ? -1 : (int)((seed >> 24) % 10);
        }

        var sum = 0u;
        for (var run = 0; run < count; run++)
        {
            var number = 0u;
            for (var i = 0; i < length; i++)
            {
                number = digits[i] < 0 ? number ^ (uint)i : 10 * number + (uint)digits[i];
            }

            sum = 31 * sum + number;
        }

        return ((int)sum, (long)length * count);
    }

    private sealed record Term(uint Operation, int Value, Term? Left, Term? Right)
    {
        private const uint Constant = 10;
        private const uint Variable = 11;

        public static Term Build(int depth, ref uint seed)
        {
            var kind = Draw(ref seed);
            if (depth == 0)
            {
                return kind % 2 == 1 ? new Term(Variable, 0, null, null) : new Term(Constant, (int)Draw(ref seed), null, null);
            }

            var left = Build(depth - 1, ref seed);
            return new Term(kind % 3, 0, left, Build(depth - 1, ref seed));
        }

        public int Evaluate(int x) => Operation switch
        {
            0 => unchecked(Left!.Evaluate(x) + Right!.Evaluate(x)),
            1 => unchecked(Left!.Evaluate(x) * Right!.Evaluate(x)),
            2 => Math.Max(Left!.Evaluate(x), Right!.Evaluate(x)),
            Constant => Value,
            _ => x,
        };

        public uint Hash(ref uint nodes)
        {
            nodes++;
            switch (Operation)
            {
                case Variable:
                    return nodes;
                case Constant:
                    return nodes ^ (uint)Value;
                default:
                    var left = Left!.Hash(ref nodes);
                    return left * Operation switch { 0 => 31u, 1 => 37u, _ => 41u } + Right!.Hash(ref nodes);
            }
        }

        private static uint Draw(ref uint seed) => (seed = NextRandom(seed)) >> 24;
    }
}
