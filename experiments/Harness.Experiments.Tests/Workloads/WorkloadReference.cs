using System.Numerics;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>
/// The workloads once more, in plain C#: what each must return and how many calls it makes at the sites in question.
/// Written from the description of each program, so that a mistake in a <c>.wat</c> file or in an engine does not
/// repeat itself here.
/// </summary>
internal static partial class WorkloadReference
{
    /// <summary>Computes a workload's result and its number of calls.</summary>
    /// <param name="file">The workload's file name.</param>
    /// <param name="arguments">The arguments of <c>main</c>.</param>
    /// <returns>The result, an i32 or an f64 by what the program returns, and the number of calls.</returns>
    public static (double Result, long Calls) Compute(string file, IReadOnlyList<int> arguments) => file switch
    {
        "v8-example.wat" or "direct-call.wat" or "call-ref.wat" => (unchecked((int)(44L * arguments[0])), arguments[0]),
        "v8-example-switch.wat" => (unchecked((int)(44L * (arguments[0] / 2) + 45L * (arguments[0] - arguments[0] / 2))), arguments[0]),
        "two-targets.wat" => Rotation(arguments[0], 2),
        "three-targets.wat" => Rotation(arguments[0], 3),
        "four-targets.wat" => Rotation(arguments[0], 4),
        "six-targets.wat" => Rotation(arguments[0], 6),
        "skewed-targets.wat" => Skewed(arguments[0]),
        "phases.wat" => Phases(arguments[0], arguments[1], arguments[2]),
        "nested-three-deep.wat" => Nested(arguments[0]),
        "large-callee.wat" => LargeCallee(arguments[0]),
        "sixteen-sites.wat" => SixteenSites(arguments[0]),
        "shared-helper.wat" => SharedHelper(arguments[0], arguments[1]),
        "recursion.wat" => Fibonacci(arguments[0]),
        "shapes.wat" => Shapes(arguments[0], arguments[1], arguments[2]),
        "sort.wat" => Sort(arguments[0], arguments[1], arguments[2]),
        "expression.wat" => Expression(arguments[0], arguments[1]),
        "bytecode.wat" => Bytecode(arguments[0], arguments[1]),
        "state-machine.wat" => StateMachine(arguments[0], arguments[1]),
        "histogram.wat" => Histogram(arguments[0], arguments[1]),
        "integrate.wat" => Integrate(arguments[0], arguments[1]),
        _ when file.StartsWith("gc-", StringComparison.Ordinal) => ComputeOnObjects(file, arguments),
        _ => throw new ArgumentException($"no reference for the workload {file}", nameof(file)),
    };

    private static uint NextRandom(uint seed) => seed * 1664525 + 1013904223;

    private static uint Step(int operation, uint acc, uint x) => operation switch
    {
        0 => acc + x,
        1 => acc - 17,
        2 => acc ^ x,
        3 => acc * 5,
        4 => BitOperations.RotateLeft(acc, 7),
        5 => 8 * acc - x,
        6 => acc + (x | 1),
        _ => acc + x % 256,
    };

    private static (double, long) Rotation(int iterations, int targets)
    {
        var acc = 0u;
        for (var i = 0; i < iterations; i++)
        {
            acc = Step(i % targets, acc, (uint)i);
        }

        return ((int)acc, iterations);
    }

    private static (double, long) Skewed(int iterations)
    {
        var (acc, seed) = (0u, 0u);
        for (var i = 0; i < iterations; i++)
        {
            seed = NextRandom(seed);
            acc = Step(Math.Max(0, (int)(seed / (1 << 26)) - 60), acc, seed);
        }

        return ((int)acc, iterations);
    }

    private static (double, long) Phases(int phases, int length, int targets)
    {
        var acc = 0u;
        for (var phase = 0; phase < phases; phase++)
        {
            for (var x = length - 1; x >= 0; x--)
            {
                acc = Step(phase % targets, acc, (uint)x);
            }
        }

        return ((int)acc, (long)phases * length);
    }

    private static (double, long) Nested(int iterations)
    {
        var sum = 0u;
        for (var i = 1u; i <= iterations; i++)
        {
            sum += ((3 * i + 42) ^ (3 * i)) + 1;
        }

        return ((int)sum, 3L * iterations);
    }

    private static (double, long) LargeCallee(int iterations)
    {
        // The first 32 words of the fractional part of pi, as in Blowfish's tables.
        ReadOnlySpan<uint> constants =
        [
            0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89,
            0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c, 0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917,
            0x9216d5d9, 0x8979fb1b, 0xd1310ba6, 0x98dfb5ac, 0x2ffd72db, 0xd01adfb7, 0xb8e1afed, 0x6a267e96,
            0x6c9e0ef1, 0x636920d8, 0x71574e69, 0xa458fea3, 0xf4933d7e, 0x0d95748f, 0x728eb658, 0x718bcd58,
        ];
        ReadOnlySpan<int> rotations = [7, 11, 13, 17];
        var sum = 0u;
        for (var i = 1u; i <= iterations; i++)
        {
            var hash = i;
            for (var round = 0; round < constants.Length; round++)
            {
                hash = BitOperations.RotateLeft(hash ^ constants[round], rotations[round % 4]) * 5;
            }

            sum += hash;
        }

        return ((int)sum, iterations);
    }

    private static (double, long) SixteenSites(int products)
    {
        var (left, right, product) = (new long[4, 4], new long[4, 4], new long[4, 4]);
        for (var i = 0; i < 16; i++)
        {
            left[i / 4, i % 4] = i + 1;
            right[i / 4, i % 4] = 2 * i + (i / 4 == i % 4 ? 1 : 0);
        }

        var sum = 0L;
        for (var k = 0; k < products; k++)
        {
            for (var row = 0; row < 4; row++)
            {
                for (var column = 0; column < 4; column++)
                {
                    var entry = 0L;
                    for (var j = 0; j < 4; j++)
                    {
                        entry += left[row, j] * right[j, column];
                    }

                    product[row, column] = entry;
                    sum += entry;
                }
            }

            for (var i = 0; i < 16; i++)
            {
                left[i / 4, i % 4] = product[i / 4, i % 4] % 1024;
            }
        }

        return (unchecked((int)sum), 16L * products);
    }

    private static (double, long) SharedHelper(int count, int rounds)
    {
        var acc = 0u;
        for (var round = 0; round < rounds; round++)
        {
            for (var operation = 0; operation < 6; operation++)
            {
                for (var i = 0u; i < count; i++)
                {
                    var x = i * 0x9e3779b9;
                    acc = operation switch
                    {
                        0 => acc + x,
                        1 => acc - x,
                        2 => acc ^ x,
                        3 => acc * 5 + x,
                        4 => BitOperations.RotateLeft(acc, 7) ^ x,
                        _ => 8 * acc - x,
                    };
                }
            }
        }

        return ((int)acc, 6L * rounds * count);
    }

    /// <summary>A tree of calls for fib(n) has 2 fib(n + 1) - 1 nodes, all but its root called through the table.</summary>
    private static (double, long) Fibonacci(int n)
    {
        var (current, next) = (0L, 1L);
        for (var i = 0; i < n; i++)
        {
            (current, next) = (next, current + next);
        }

        return (unchecked((int)current), 2 * next - 2);
    }

    private static (double, long) Shapes(int count, int rounds, int classes)
    {
        var shapes = new (int Class, double Width, double Height)[count];
        var seed = 0u;
        for (var i = 0; i < count; i++)
        {
            seed = NextRandom(seed);
            shapes[i] = ((int)((seed >> 24) % classes), (seed >> 16) % 16, (seed >> 12) % 16);
        }

        var sum = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (kind, width, height) in shapes)
            {
                sum += kind switch { 0 => width * height, 1 => width * width, 2 => width * height / 2, _ => width * height * 25 / 32 };
            }

            for (var i = 0; i + 8 <= count; i += 8)
            {
                switch (shapes[i].Class)
                {
                    case 0: shapes[i].Width += 1; break;
                    case 1: shapes[i].Width += 0.5; break;
                    case 2: shapes[i].Height += 2; break;
                    default: shapes[i].Width += 4; break;
                }
            }
        }

        return (sum, (long)rounds * (count + count / 8));
    }

    private static (double, long) Sort(int count, int rounds, int orders)
    {
        var (seed, digest, calls) = (0u, 0u, 0L);
        for (var round = 0; round < rounds; round++)
        {
            var numbers = new int[count];
            for (var i = 0; i < count; i++)
            {
                numbers[i] = (int)(seed = NextRandom(seed));
            }

            numbers = MergeSort(numbers, round % orders == 0 ? number => number : number => BitOperations.PopCount((uint)number), ref calls);
            foreach (var number in numbers)
            {
                digest = 31 * digest + (uint)number;
            }
        }

        return ((int)digest, calls);
    }

    /// <summary>A stable bottom-up merge sort by a key, which counts its comparisons.</summary>
    private static int[] MergeSort(int[] numbers, Func<int, int> key, ref long comparisons)
    {
        for (var run = 1; run < numbers.Length; run *= 2)
        {
            var merged = new List<int>(numbers.Length);
            for (var start = 0; start < numbers.Length; start += 2 * run)
            {
                var middle = Math.Min(start + run, numbers.Length);
                var end = Math.Min(middle + run, numbers.Length);
                var (left, right) = (start, middle);
                while (left < middle && right < end)
                {
                    comparisons++;
                    merged.Add(key(numbers[left]) <= key(numbers[right]) ? numbers[left++] : numbers[right++]);
                }

                merged.AddRange(numbers[left..middle]);
                merged.AddRange(numbers[right..end]);
            }

            numbers = [.. merged];
        }

        return numbers;
    }

    private static (double, long) Expression(int depth, int rounds)
    {
        var seed = 0u;
        var tree = Node.Build(depth, ref seed);
        var sum = 0u;
        for (var x = 0; x < rounds; x++)
        {
            sum = 31 * sum + (uint)tree.Evaluate(x);
        }

        return ((int)sum, rounds * ((2L << depth) - 1));
    }

    private static (double, long) Bytecode(int runs, int loops)
    {
        var (sum, calls) = (0u, 0L);
        for (var run = 1; run <= runs; run++)
        {
            var acc = 1u;
            for (var i = 0; i < loops + run; i++)
            {
                acc = ((acc + 12345) ^ 0x5bd1) * 31;
                acc ^= acc >> 3;
                acc += 7;
            }

            sum ^= acc;
            calls += 2 + 7L * (loops + run);
        }

        return ((int)sum, calls);
    }

    private static (double, long) StateMachine(int length, int rounds)
    {
        var text = new char[length];
        var seed = 0u;
        for (var i = 0; i < length; i++)
        {
            seed = NextRandom(seed);
            var random = seed >> 24;
            text[i] = (random & 6) switch { 0 => ' ', 2 => (char)('0' + random % 10), _ => (char)('a' + random % 26) };
        }

        // A token that has begun but not ended when the text ends does not count.
        var (words, numbers, token) = (0, 0, ' ');
        foreach (var c in text)
        {
            switch (token)
            {
                case 'w' when c == ' ': words++; token = ' '; break;
                case 'n' when !char.IsAsciiDigit(c): numbers++; token = c == ' ' ? ' ' : 'w'; break;
                case ' ' when c != ' ': token = char.IsAsciiDigit(c) ? 'n' : 'w'; break;
            }
        }

        return (unchecked(rounds * (31 * words + numbers)), (long)rounds * length);
    }

    private static (double, long) Histogram(int count, int rounds)
    {
        var bytes = new byte[count];
        var seed = 0u;
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((seed = NextRandom(seed)) >> 24);
        }

        var counters = new uint[256];
        var result = 0u;
        for (var round = 0; round < rounds; round++)
        {
            var sum = 0u;
            foreach (var b in bytes)
            {
                sum = 3 * sum + ++counters[b];
            }

            result ^= sum;
        }

        return ((int)result, (long)rounds * count);
    }

    private static (double, long) Integrate(int integrand, int steps)
    {
        var width = 4.0 / steps;
        var sum = 0.0;
        for (var i = 0; i < steps; i++)
        {
            var x = (i + 0.5) * width;
            sum += integrand == 0 ? x * (x * (x - 3) + 2) + 1 : 1 / (1 + x * x);
        }

        return (sum * width, steps);
    }

    private sealed record Node(uint Operation, int Value, Node? Left, Node? Right)
    {
        public static Node Build(int depth, ref uint seed)
        {
            var operation = Draw(ref seed);
            if (depth == 0)
            {
                return new Node(operation % 2, (int)Draw(ref seed), null, null);
            }

            var left = Build(depth - 1, ref seed);
            return new Node(2 + operation % 4, 0, left, Build(depth - 1, ref seed));
        }

        public int Evaluate(int x) => Operation switch
        {
            0 => Value,
            1 => x,
            2 => Left!.Evaluate(x) + Right!.Evaluate(x),
            3 => Left!.Evaluate(x) - Right!.Evaluate(x),
            4 => Left!.Evaluate(x) * Right!.Evaluate(x),
            _ => Math.Max(Left!.Evaluate(x), Right!.Evaluate(x)),
        };

        private static uint Draw(ref uint seed) => (seed = NextRandom(seed)) >> 24;
    }
}
