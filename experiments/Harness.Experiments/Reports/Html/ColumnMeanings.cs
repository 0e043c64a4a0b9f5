using Harness.Experiments.Statistics;

namespace Harness.Experiments.Reports.Html;

/// <summary>What the columns of a report's tables mean, for readers who see such a table for the first time.</summary>
internal static class ColumnMeanings
{
    /// <summary>Names of columns as tables show them, and what they mean.</summary>
    public static IReadOnlyList<(IReadOnlyList<string> Columns, string Meaning)> All { get; } =
    [
        (["n", "processes"], "Number of repetitions, each in a fresh process."),
        (["ms"], "Median, over the repetitions, of the execution time in milliseconds, which is that of the steady state."),
        (["low", "high", "ms low", "ms high", "speedup low", "speedup high"], "Ends of the 95% confidence interval of what stands before them. There is none with fewer than 6 repetitions."),
        (["speedup"], "The time of the baseline divided by that of this configuration, round by round: above 1 it is faster. For a geometric mean, that over the programs that the engine ran in every configuration."),
        (["programs"], "Number of programs in a geometric mean; of one that times several workloads each of these counts."),
        (["low for programs like these", "high for programs like these"], "Ends of the interval for a claim about programs like these: programs are drawn anew, too, each with all of its workloads, so that it is wider. There is none for fewer than 6 programs."),
        (["p corrected"], "How probable so large a difference from the baseline would be if there were none (Wilcoxon's signed-rank test), corrected for all tests of the sweep (Holm). Below 0.05 the difference is shown."),
        (["effect"], "Cliff's delta: 1 if every repetition is faster than every one of the baseline, -1 if slower, 0 if they are evenly mixed."),
        (["outliers"], "Repetitions outside Tukey's fences. They are counted, not dropped."),
        (["code bytes"], "Median of the size of the optimized machine code in use at the end."),
        (["deopts"], "Median of the number of times that optimized code was left because a speculation failed."),
        (["compile ms"], "Median of the time to compile the module, in milliseconds."),
        (["decode ms", "validate ms"], "The parts of the time to compile that went into decoding the module but for its function bodies, and into validating these; empty where the engine does not tell them apart."),
        (["flat", "warm up", "slow down", "no steady state", "too short"], $"Number of processes that ran at one speed from the start; reached their fastest at the end; became slower again; still changed at the end; had fewer than {Steadiness.LeastIterations} iterations, too few to tell."),
        (["steady after iterations", "steady after ms"], "Median, over the processes that reached a steady state, of the iterations and of the milliseconds before it."),
    ];

    /// <summary>Writes them, to unfold.</summary>
    public static void Write(HtmlWriter html)
    {
        html.Open("details").Element("summary", "What the columns mean").Open("dl");
        foreach (var (columns, meaning) in All)
        {
            html.Element("dt", string.Join(", ", columns)).Element("dd", meaning);
        }

        html.Close().Close();
    }
}
