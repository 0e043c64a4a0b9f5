namespace Harness.Experiments.Sweeps;

/// <summary>Makes sweeps that measure a configuration against itself: the baseline under several names, in pairs.</summary>
internal static class AgreementSweep
{
    /// <summary>Pairs where the user does not say how many.</summary>
    public const int DefaultPairs = 4;

    /// <summary>Most pairs: more would be more processes than anybody waits for.</summary>
    public const int MostPairs = 500;

    /// <summary>The sweep that measures the baseline of another against itself.</summary>
    /// <param name="sweep">The other sweep.</param>
    /// <param name="pairs">How many pairs.</param>
    /// <exception cref="HarnessException">The number is out of range.</exception>
    public static SweepDefinition Make(SweepDefinition sweep, int pairs)
    {
        if (pairs is < 1 or > MostPairs)
        {
            throw new HarnessException($"--aa must be in 1..{MostPairs}, not {pairs}");
        }

        var baseline = sweep.Configurations.First(configuration => configuration.Name == sweep.Baseline);
        var configurations = Enumerable.Range(1, pairs)
            .SelectMany(pair => (string[])["a", "b"], (pair, side) => baseline with { Name = $"{side}{pair}", Title = $"{baseline.Title}, {side}{pair}", Baseline = null })
            .ToList();
        var title = $"{sweep.Title}: '{baseline.Title}' against itself";
        return sweep with
        {
            Name = sweep.Name + "-aa",
            Title = title,
            Configurations = configurations,
            Baseline = configurations[0].Name,
            Baselines = new Dictionary<string, string>(),
            SourceText = SweepText.Replace(sweep.SourceText, title, configurations, configurations[0].Name, sweep.Repetitions),
        };
    }
}
