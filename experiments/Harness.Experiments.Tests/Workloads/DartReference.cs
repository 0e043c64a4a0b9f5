namespace Harness.Experiments.Tests.Workloads;

/// <summary>Some of the programs in Dart once more, in plain C#, written from their description.</summary>
internal static class DartReference
{
    private sealed class Lcg(long state)
    {
        private long _state = state;

        public long Below(long limit)
        {
            _state = (_state * 1664525 + 1013904223) & 0xffffffff;
            return (_state >> 1) * limit >> 31;
        }
    }

    private static long Mix(long sum, long value) => (sum * 31 + value) & 0xffffffffff;

    /// <summary>A thousand steps of up to eight kinds, applied in turn.</summary>
    public static long Receivers(int classes, long rounds)
    {
        var random = new Lcg(7);
        var steps = new (long Kind, long Constant)[1000];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = (random.Below(classes), random.Below(1000));
        }

        var x = 1L;
        for (var round = 0L; round < rounds; round++)
        {
            foreach (var (kind, constant) in steps)
            {
                x = unchecked(kind switch
                {
                    0 => x + constant,
                    1 => x - constant,
                    2 => x ^ constant,
                    3 => x * (constant | 1),
                    4 => x + (x >> 3) + constant,
                    5 => (x & 0xffffff) + constant,
                    6 => constant - x,
                    _ => (x & 0xffff) * (x & 0xffff) + constant,
                });
            }

            x &= 0xffffffffff;
        }

        return x;
    }

    /// <summary>The number of solutions, and of those with a queen in a corner of the first column.</summary>
    public static long Queens(int size)
    {
        var rows = new int[size];
        long solutions = 0, corners = 0;
        Place(0);
        return solutions * 1000 + corners;

        void Place(int row)
        {
            if (row == size)
            {
                solutions++;
                corners += rows[0] == 0 || rows[size - 1] == 0 ? 1 : 0;
                return;
            }

            for (rows[row] = 0; rows[row] < size; rows[row]++)
            {
                var isFree = true;
                for (var other = 0; other < row; other++)
                {
                    isFree &= rows[other] != rows[row] && Math.Abs(rows[other] - rows[row]) != row - other;
                }

                if (isFree)
                {
                    Place(row + 1);
                }
            }
        }
    }

    /// <summary>Running sums, reversals and differences of a list.</summary>
    public static long IntList(int length, int rounds)
    {
        var random = new Lcg(13);
        var numbers = new long[length];
        for (var i = 0; i < length; i++)
        {
            numbers[i] = random.Below(1000);
        }

        var checksum = 0L;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 1; i < length; i++)
            {
                numbers[i] = (numbers[i] + numbers[i - 1]) & 0xffff;
            }

            Array.Reverse(numbers);
            var sum = 0L;
            for (var i = 0; i < length; i++)
            {
                sum += numbers[i] + numbers[length - 1 - i] - i;
            }

            checksum = Mix(checksum, sum);
        }

        return checksum;
    }

    /// <summary>The energy of five bodies after some steps.</summary>
    public static double Bodies(int steps)
    {
        double[][] bodies =
        [
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0],
            [5.0, -1.0, -0.125, 0.5, 2.75, -0.0625, 0.0375],
            [8.25, 4.125, -0.5, -1.0, 1.75, 0.015625, 0.0113],
            [12.875, -15.125, -0.25, 1.0625, 0.875, -0.03125, 0.0017],
            [15.375, -25.875, 0.1875, 0.96875, 0.59375, -0.03125, 0.002],
        ];
        const double dt = 0.01;
        for (var step = 0; step < steps; step++)
        {
            for (var i = 0; i < bodies.Length; i++)
            {
                for (var j = i + 1; j < bodies.Length; j++)
                {
                    var (a, b) = (bodies[i], bodies[j]);
                    double[] d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
                    var squared = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
                    var force = dt / (squared * Math.Sqrt(squared));
                    for (var k = 0; k < 3; k++)
                    {
                        a[3 + k] -= d[k] * b[6] * force;
                    }

                    for (var k = 0; k < 3; k++)
                    {
                        b[3 + k] += d[k] * a[6] * force;
                    }
                }
            }

            foreach (var body in bodies)
            {
                for (var k = 0; k < 3; k++)
                {
                    body[k] += dt * body[3 + k];
                }
            }
        }

        var energy = 0.0;
        for (var i = 0; i < bodies.Length; i++)
        {
            var a = bodies[i];
            energy += 0.5 * a[6] * (a[3] * a[3] + a[4] * a[4] + a[5] * a[5]);
            for (var j = i + 1; j < bodies.Length; j++)
            {
                var b = bodies[j];
                double[] d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
                energy -= a[6] * b[6] / Math.Sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
            }
        }

        return energy;
    }
}
