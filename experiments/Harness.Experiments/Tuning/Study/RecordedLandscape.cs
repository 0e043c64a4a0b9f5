using Harness.Experiments.Charts;
using Harness.Experiments.Results;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Study;

/// <summary>
/// A grid that was measured once as something to search: a measurement is that of a random round of the sweep, the true value the median over its rounds. The errors
/// are therefore those of the machine.
/// </summary>
internal static class RecordedLandscape
{
    /// <summary>The landscape of a sweep over all combinations of some knobs' values: times in relation to the baseline, as the mean of logarithms over the workloads.</summary>
    /// <exception cref="HarnessException">The sweep is no grid, has several engines, or lacks rows.</exception>
    public static Landscape Read(ResultsFolder folder)
    {
        var sweep = folder.ReadSweep();
        var rows = MeasurementFile.Read(folder.Results);
        var axes = KnobAxis.Of(sweep);
        if (axes.Count == 0)
        {
            throw new HarnessException($"sweep '{sweep.Name}' is no grid of knobs; a grid is written 'grid: {{inlining.budget: [500, 5000], inlining.factor: [3, 10]}}'");
        }

        var engines = rows.Select(row => row.Engine).Distinct().ToList();
        if (engines.Count != 1)
        {
            throw new HarnessException($"sweep '{sweep.Name}' has rows of {engines.Count} engines; a landscape is one engine's");
        }

        return Make(sweep.Name, axes, choice => KnobAxis.Find(sweep, choice).Name, sweep.BaselineOf(engines[0], sweep.Configurations[0]), rows);
    }

    /// <summary>The landscape of rows.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="axes">The knobs and their values.</param>
    /// <param name="nameOf">The configuration that has a value of each axis.</param>
    /// <param name="baseline">Name of the configuration that times are told in relation to.</param>
    /// <param name="rows">Rows of one engine.</param>
    public static Landscape Make(string name, IReadOnlyList<KnobAxis> axes, Func<(KnobAxis Axis, string Value)[], string> nameOf, string baseline, IReadOnlyList<Measurement> rows)
    {
        // Values of a grid are places in order, at equal distances whatever they are: that is how somebody chose them. Each is as likely as any other at a random place.
        var space = new SearchSpace([.. axes.Select(axis => new TuningParameter(axis.Knob, [], 0, axis.Values.Count - 1, Whole: true, Logarithmic: false, HasLevels: true))]);
        var times = rows.ToDictionary(row => (row.Configuration, row.Workload, row.Repetition), row => row.ExecuteMs);
        var workloads = rows.Select(row => row.Workload).Distinct().ToList();
        var rounds = rows.Select(row => row.Repetition).Distinct().Order().ToList();
        var values = new Dictionary<string, double[]>();
        foreach (var choice in Combinations(axes))
        {
            var configuration = nameOf(choice);
            double[] byRound = [.. rounds.Where(HasAll).Select(round => workloads.Average(workload =>
                Math.Log(times[(configuration, workload, round)] / times[(baseline, workload, round)])))];
            if (byRound.Length == 0)
            {
                throw new HarnessException($"no round of '{name}' has all workloads of configuration '{configuration}' and of the baseline; finish the sweep");
            }

            values[Key(choice.Select(pair => pair.Value))] = byRound;

            bool HasAll(int round) => workloads.All(workload => times.ContainsKey((configuration, workload, round)) && times.ContainsKey((baseline, workload, round)));
        }

        var medians = values.ToDictionary(pair => pair.Key, pair => pair.Value.Median());
        var scale = medians.Values.StandardDeviation();
        if (!(scale > 0))
        {
            throw new HarnessException($"all configurations of '{name}' take the same time; there is nothing to search");
        }

        return new Landscape(name, space, point => medians[KeyAt(point)], medians.Values.Min(), scale, (point, random) => values[KeyAt(point)] is var all ? all[random.Next(all.Length)] : 0);

        string KeyAt(double[] point) => Key(axes.Select((axis, i) => axis.Values[int.Parse(space.Parameters[i].At(point[i]), System.Globalization.CultureInfo.InvariantCulture)]));
    }

    private static string Key(IEnumerable<string> values) => string.Join(' ', values);

    private static IEnumerable<(KnobAxis Axis, string Value)[]> Combinations(IReadOnlyList<KnobAxis> axes)
    {
        IEnumerable<(KnobAxis, string)[]> all = [[]];
        foreach (var axis in axes)
        {
            all = all.SelectMany(chosen => axis.Values.Select(value => ((KnobAxis, string)[])[.. chosen, (axis, value)]));
        }

        return all;
    }
}
