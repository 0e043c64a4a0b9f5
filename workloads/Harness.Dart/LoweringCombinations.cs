using Harness.Engine.Configuration;

namespace Harness.Dart;

/// <summary>Values of the compiler's knobs under which programs must compute the same: each alone, and all pairs of values of two knobs in few combinations.</summary>
internal static class LoweringCombinations
{
    /// <summary>The values that are tried; of numbers those at the ends of what matters. Flags are for a tool that the compiler itself does not run.</summary>
    public static IReadOnlyList<(DartKnob Knob, string[] Values)> Factors { get; } =
    [
        .. DartKnobs.All.Where(knob => knob.Type != KnobType.Flags).Select(knob => (knob, knob.Name switch
        {
            "dart.switch-targets" => (string[])["4", "1", "64"],
            "dart.inline" => ["0", "8", "80"],
            _ when knob.Type == KnobType.Bool => ["on", "off"],
            _ => [.. knob.Values.Select(value => value.Name)],
        })),
    ];

    /// <summary>
    /// Every combination that programs are tried under: all knobs at their defaults first, then each other value alone, then those that have every pair. No two are the same choices: all defaults
    /// may be among those of pairs, too.
    /// </summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> All { get; } =
        [.. Alone.Concat(Pairs()).Prepend(new Dictionary<string, string>()).DistinctBy(knobs => DartKnobs.Describe(knobs))];

    /// <summary>Each value that is not the default, with the others at theirs.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Alone =>
        from factor in Factors
        from value in factor.Values
        where value != factor.Knob.DefaultText
        select (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { [factor.Knob.Name] = value };

    /// <summary>
    /// Combinations that have every pair of values of two knobs: a covering array, row by row greedily, each from a pair that is not
    /// covered yet, with the values that cover most with those chosen before. Cohen and others, 1997 (AETG).
    /// </summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Pairs()
    {
        var open = new HashSet<(int A, int I, int B, int J)>();
        for (var a = 0; a < Factors.Count; a++)
        {
            for (var b = a + 1; b < Factors.Count; b++)
            {
                for (var i = 0; i < Factors[a].Values.Length; i++)
                {
                    for (var j = 0; j < Factors[b].Values.Length; j++)
                    {
                        open.Add((a, i, b, j));
                    }
                }
            }
        }

        while (open.Count > 0)
        {
            var row = new int[Factors.Count];
            Array.Fill(row, -1);
            var first = open.Min();
            (row[first.A], row[first.B]) = (first.I, first.J);
            for (var factor = 0; factor < row.Length; factor++)
            {
                if (row[factor] >= 0)
                {
                    continue;
                }

                row[factor] = Enumerable.Range(0, Factors[factor].Values.Length)
                    .MaxBy(value => Enumerable.Range(0, row.Length).Count(other => row[other] >= 0 && open.Contains(Pair(factor, value, other, row[other]))));
            }

            for (var a = 0; a < row.Length; a++)
            {
                for (var b = a + 1; b < row.Length; b++)
                {
                    open.Remove((a, row[a], b, row[b]));
                }
            }

            yield return row.Select((value, factor) => (Factors[factor].Knob.Name, Factors[factor].Values[value])).ToDictionary();
        }
    }

    private static (int A, int I, int B, int J) Pair(int a, int i, int b, int j) => a < b ? (a, i, b, j) : (b, j, a, i);
}
