using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Study;

/// <summary>
/// What search methods are worth: each searches each landscape with the same number of measurements and several seeds, and what it would have
/// chosen is compared with the best that there is. As in a tuning run, some finalists are measured again before one is chosen, since what
/// looked best was lucky.
/// </summary>
internal sealed class RegretStudy
{
    /// <summary>The method that all are compared with.</summary>
    public const string Reference = "random";

    /// <summary>Regrets below this count as it, in deviations of the landscape: less is no difference that anybody would notice.</summary>
    private const double LeastRegret = 1e-3;

    private const int Finalists = 3;
    private const int ConfirmMeasurements = 11;
    private const int Draws = 2000;

    private readonly IReadOnlyList<Landscape> _landscapes;
    private readonly IReadOnlyList<string> _methods;
    private readonly int _seeds;
    private readonly double[,][] _regrets;

    private RegretStudy(IReadOnlyList<Landscape> landscapes, IReadOnlyList<string> methods, int seeds, double[,][] regrets)
    {
        _landscapes = landscapes;
        _methods = methods;
        _seeds = seeds;
        _regrets = regrets;
    }

    /// <summary>Runs all searches; the same arguments give the same study.</summary>
    /// <param name="landscapes">What is searched.</param>
    /// <param name="methods">Names of methods; <see cref="Reference"/> among them.</param>
    /// <param name="measurements">Measurements of a search.</param>
    /// <param name="seeds">Searches of a method and landscape, with seeds from 1.</param>
    public static RegretStudy Run(IReadOnlyList<Landscape> landscapes, IReadOnlyList<string> methods, int measurements, int seeds)
    {
        var regrets = new double[landscapes.Count, methods.Count][];
        for (var i = 0; i < landscapes.Count; i++)
        {
            for (var j = 0; j < methods.Count; j++)
            {
                regrets[i, j] = new double[seeds];
            }
        }

        Parallel.For(0, landscapes.Count * methods.Count * seeds, run =>
        {
            var (cell, seed) = Math.DivRem(run, seeds);
            var (landscape, method) = Math.DivRem(cell, methods.Count);
            regrets[landscape, method][seed] = Math.Max(LeastRegret, Search(landscapes[landscape], methods[method], measurements, seed + 1));
        });
        return new RegretStudy(landscapes, methods, seeds, regrets);
    }

    /// <summary>Median regret over the seeds, in deviations of the landscape.</summary>
    public double MedianRegret(int landscape, int method) => _regrets[landscape, method].Median();

    /// <summary>
    /// Regret in relation to random search at equal cost: geometric mean over the landscapes of the quotient of medians, with the percentile interval of the bootstrap
    /// over the seeds.
    /// </summary>
    public Estimate Relative(int method)
    {
        var random = new MersenneTwister(1);
        var reference = _methods.ToList().IndexOf(Reference);
        var draws = Enumerable.Range(0, Draws).Select(_ => Mean(values => values[random.Next(values.Length)])).Order().ToArray();
        return new Estimate(
            Math.Exp(Enumerable.Range(0, _landscapes.Count).Average(i => Math.Log(MedianRegret(i, method) / MedianRegret(i, reference)))),
            draws[(int)(0.025 * Draws)],
            draws[(int)(0.975 * Draws)]);

        double Mean(Func<double[], double> draw) => Math.Exp(Enumerable.Range(0, _landscapes.Count).Average(i =>
            Math.Log(Resampled(_regrets[i, method], draw) / Resampled(_regrets[i, reference], draw))));

        double Resampled(double[] values, Func<double[], double> draw) => Enumerable.Range(0, _seeds).Select(_ => draw(values)).Median();
    }

    private static double Search(Landscape landscape, string name, int measurements, int seed)
    {
        var method = SearchMethods.Create(name, landscape.Space, seed, measurements);

        // The same errors whatever the method is.
        var random = SearchMethods.RandomOf(seed, landscape.Space.Dimensions);
        var history = new List<Observation>();
        for (var i = 0; i < measurements; i++)
        {
            var point = landscape.Space.Snap(method.Propose(history));
            history.Add(new Observation(point, landscape.Measure(point, random)));
        }

        var finalists = history.OrderBy(observation => observation.Value).DistinctBy(observation => SearchSpace.NameOf(landscape.Space.Decode(observation.Point))).Take(Finalists);
        var chosen = finalists.Select(observation => (observation.Point, Value: Enumerable.Range(0, ConfirmMeasurements).Average(_ => landscape.Measure(observation.Point, random))))
            .MinBy(finalist => finalist.Value);
        return landscape.Regret(chosen.Point);
    }
}
