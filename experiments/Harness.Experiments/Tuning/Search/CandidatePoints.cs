using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tuning.Search;

/// <summary>Points among which a model looks for the most promising one: some anywhere, some near what is good already.</summary>
internal static class CandidatePoints
{
    private const int Anywhere = 400;
    private const int NearEach = 30;

    /// <summary>Draws candidates; they are points that stand for their values.</summary>
    public static List<double[]> Draw(SearchSpace space, IEnumerable<double[]> good, MersenneTwister random)
    {
        var candidates = Enumerable.Range(0, Anywhere).Select(_ => random.NextDoubles(space.Dimensions)).ToList();
        foreach (var center in good)
        {
            for (var i = 0; i < NearEach; i++)
            {
                var width = Math.Pow(10, -0.5 - (1.5 * random.NextDouble()));
                candidates.Add([.. center.Select((place, dimension) =>
                    space.Parameters[dimension].IsCategorical ? (random.NextDouble() < 0.2 ? random.NextDouble() : place) : Math.Clamp(Normal.Sample(random, place, width), 0, 1))]);
            }
        }

        return [.. candidates.Select(space.Snap)];
    }
}
