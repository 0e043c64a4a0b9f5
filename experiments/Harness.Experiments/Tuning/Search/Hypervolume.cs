namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// What points with several values dominate (Zitzler and Thiele 1999): the volume between them and a reference that is worse than all that count. Smaller values are
/// better. There are few values a point, since the volume is summed up slice by slice.
/// </summary>
internal static class Hypervolume
{
    /// <summary>Whether a point is at least as good as another in all values, and better in one.</summary>
    public static bool Dominates(IReadOnlyList<double> point, IReadOnlyList<double> other)
    {
        var isBetter = false;
        for (var i = 0; i < point.Count; i++)
        {
            if (point[i] > other[i])
            {
                return false;
            }

            isBetter |= point[i] < other[i];
        }

        return isBetter;
    }

    /// <summary>The points that no other dominates, by their places in the list; of equal ones all.</summary>
    public static IReadOnlyList<int> Front(IReadOnlyList<IReadOnlyList<double>> points) =>
        [.. Enumerable.Range(0, points.Count).Where(i => !points.Any(other => Dominates(other, points[i])))];

    /// <summary>The volume that points dominate up to a reference.</summary>
    public static double Of(IEnumerable<IReadOnlyList<double>> points, IReadOnlyList<double> reference) =>
        Of([.. points.Where(point => point.Zip(reference).All(pair => pair.First < pair.Second))], reference, reference.Count);

    /// <summary>
    /// What a point adds to the volume that others dominate: its own, without what they dominate of it (While, Bradstreet and Barone 2012). Of the others only their parts within its own volume are looked at, most of which lie
    /// behind each other, so that it takes far less than to sum up the whole anew: the more values a point has, the more of a front nothing dominates.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="others">What is there already.</param>
    /// <param name="reference">What is worse than all that count.</param>
    public static double Added(IReadOnlyList<double> point, IEnumerable<IReadOnlyList<double>> others, IReadOnlyList<double> reference)
    {
        var inside = new List<IReadOnlyList<double>>();
        foreach (var other in others)
        {
            double[] part = [.. point.Select((value, i) => Math.Max(value, other[i]))];
            if (inside.Exists(known => Dominates(known, part)))
            {
                continue;
            }

            inside.RemoveAll(known => Dominates(part, known));
            inside.Add(part);
        }

        return Of([point], reference) - Of(inside, reference);
    }

    /// <summary>A reference for points: somewhat worse in each value than the worst of them.</summary>
    public static double[] ReferenceFor(IReadOnlyList<IReadOnlyList<double>> points) =>
    [
        .. Enumerable.Range(0, points[0].Count).Select(i =>
        {
            var (low, high) = (points.Min(point => point[i]), points.Max(point => point[i]));
            return high + Math.Max(0.1 * (high - low), 1e-9);
        }),
    ];

    /// <summary>Chooses points one after another: each time the one that adds most to what is dominated already.</summary>
    /// <param name="points">The points.</param>
    /// <param name="earlier">Points that count as chosen before.</param>
    /// <param name="count">How many to choose; fewer where there are fewer.</param>
    /// <returns>Their places in the list; where none adds anything, in the order of the list.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<IReadOnlyList<double>> points, IReadOnlyList<IReadOnlyList<double>> earlier, int count)
    {
        var chosen = new List<int>();
        if (points.Count == 0)
        {
            return chosen;
        }

        var reference = ReferenceFor([.. points, .. earlier]);
        var known = Front(earlier).Select(i => earlier[i]).ToList();
        while (chosen.Count < Math.Min(count, points.Count))
        {
            // The first of the largest, so that the order decides among those that add nothing.
            var next = Enumerable.Range(0, points.Count).Except(chosen).MaxBy(i => Added(points[i], known, reference));
            chosen.Add(next);
            known.Add(points[next]);
        }

        return chosen;
    }

    /// <summary>
    /// The volume that points dominate in their first values. From three values on it is summed up in slices along the last: in each, of the points that begin below it those that no other hides
    /// there, of which there are the fewer the fewer values are left. With three values slices grow by what each point adds to a staircase.
    /// </summary>
    private static double Of(List<IReadOnlyList<double>> points, IReadOnlyList<double> reference, int values)
    {
        if (points.Count == 0)
        {
            return 0;
        }

        if (values == 1)
        {
            return reference[0] - points.Min(point => point[0]);
        }

        var steps = new List<(double X, double Y)>();
        if (values == 2)
        {
            return points.Sum(point => AddStep(steps, point[0], point[1], reference));
        }

        var last = values - 1;
        var ordered = points.OrderBy(point => point[last]).ToList();
        var begun = new List<IReadOnlyList<double>>();
        var (sum, section, isKnown) = (0.0, 0.0, true);
        for (var i = 0; i < ordered.Count; i++)
        {
            if (last == 2)
            {
                section += AddStep(steps, ordered[i][0], ordered[i][1], reference);
            }
            else
            {
                isKnown &= !Begin(begun, ordered[i], last);
            }

            var height = (i + 1 < ordered.Count ? ordered[i + 1][last] : reference[last]) - ordered[i][last];
            if (height <= 0)
            {
                continue;
            }

            if (!isKnown)
            {
                (section, isKnown) = (Of(begun, reference, last), true);
            }

            sum += height * section;
        }

        return sum;
    }

    /// <summary>Adds a point to those of a slice, unless one of them hides it there; those that it hides are taken out.</summary>
    /// <param name="begun">The points of the slice, of which none hides another.</param>
    /// <param name="point">The point.</param>
    /// <param name="values">How many of its values there are in the slice.</param>
    /// <returns>Whether it was added.</returns>
    private static bool Begin(List<IReadOnlyList<double>> begun, IReadOnlyList<double> point, int values)
    {
        if (begun.Exists(known => IsAtLeastAsGood(known, point, values)))
        {
            return false;
        }

        begun.RemoveAll(known => IsAtLeastAsGood(point, known, values));
        begun.Add(point);
        return true;
    }

    private static bool IsAtLeastAsGood(IReadOnlyList<double> point, IReadOnlyList<double> other, int values)
    {
        for (var i = 0; i < values; i++)
        {
            if (point[i] > other[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a point with two values to a staircase, below which lies what is dominated.</summary>
    /// <param name="steps">The points that the staircase turns at: their first values rise, their second ones fall.</param>
    /// <param name="x">The point's first value.</param>
    /// <param name="y">Its second value.</param>
    /// <param name="reference">What is worse than all.</param>
    /// <returns>The area that it adds; 0 where the staircase hides it.</returns>
    private static double AddStep(List<(double X, double Y)> steps, double x, double y, IReadOnlyList<double> reference)
    {
        var first = steps.FindIndex(step => step.X > x);
        if (first < 0)
        {
            first = steps.Count;
        }

        var height = first == 0 ? reference[1] : steps[first - 1].Y;
        if (height <= y)
        {
            return 0;
        }

        // To the right, over the steps that it hides, up to the first that is better.
        var (area, left, next) = (0.0, x, first);
        for (; next < steps.Count && steps[next].Y >= y; next++)
        {
            area += (steps[next].X - left) * (height - y);
            (left, height) = steps[next];
        }

        area += ((next < steps.Count ? steps[next].X : reference[0]) - left) * (height - y);

        // A step at the same place is hidden, too.
        var from = first > 0 && steps[first - 1].X >= x ? first - 1 : first;
        steps.RemoveRange(from, next - from);
        steps.Insert(from, (x, y));
        return area;
    }
}
