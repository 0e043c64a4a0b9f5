using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tuning.Search;

/// <summary>
/// Tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011): a density of the good quarter of the points and one of the others, a knob
/// at a time; the next point is that of many drawn from the former at which it exceeds the latter most.
/// </summary>
internal sealed class ParzenSearch(SearchSpace space, int seed) : ISearchMethod
{
    private const double GoodShare = 0.25;
    private const int Candidates = 48;

    private int InitialPoints => Math.Max(8, 2 * space.Dimensions);

    public double[] Propose(IReadOnlyList<Observation> history)
    {
        var random = SearchMethods.RandomOf(seed, history.Count);
        if (history.Count < InitialPoints)
        {
            return random.NextDoubles(space.Dimensions);
        }

        var ordered = history.OrderBy(observation => observation.Value).Select(observation => observation.Point).ToList();
        var goodCount = Math.Max(2, (int)Math.Ceiling(GoodShare * Math.Min(ordered.Count, 100)));
        var (good, bad) = (ordered.Take(goodCount).ToList(), ordered.Skip(goodCount).ToList());
        return Enumerable.Range(0, Candidates)
            .Select(_ => Draw(good, random))
            .MaxBy(point => LogDensity(good, point) - LogDensity(bad, point))!;
    }

    private static double Bandwidth(int count) => Math.Clamp(0.6 * Math.Pow(count, -0.4), 0.05, 0.5);

    private double[] Draw(List<double[]> centers, MersenneTwister random)
    {
        var point = new double[space.Dimensions];
        for (var i = 0; i < point.Length; i++)
        {
            // One more center stands for the uniform prior.
            var center = random.Next(centers.Count + 1);
            var keeps = !space.Parameters[i].IsCategorical || random.NextDouble() > 0.2;
            if (center == centers.Count || !keeps)
            {
                point[i] = random.NextDouble();
            }
            else if (space.Parameters[i].IsCategorical)
            {
                point[i] = centers[center][i];
            }
            else
            {
                point[i] = Math.Clamp(Normal.Sample(random, centers[center][i], Bandwidth(centers.Count)), 0, 1);
            }
        }

        return point;
    }

    private double LogDensity(List<double[]> centers, double[] point)
    {
        double sum = 0;
        for (var i = 0; i < point.Length; i++)
        {
            double density = 1;
            var parameter = space.Parameters[i];
            foreach (var center in centers)
            {
                density += parameter.IsCategorical
                    ? (0.8 * (parameter.At(center[i]) == parameter.At(point[i]) ? parameter.Values.Count : 0)) + 0.2
                    : Normal.PDF(center[i], Bandwidth(centers.Count), point[i]);
            }

            sum += Math.Log(density / (centers.Count + 1));
        }

        return sum;
    }
}
