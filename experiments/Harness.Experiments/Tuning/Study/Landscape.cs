using MathNet.Numerics.Random;

namespace Harness.Experiments.Tuning.Study;

/// <summary>
/// Something to search whose least value is known, so that it can be told how far from it a method ends. Values are as of an objective: smaller is better.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Space">What is searched.</param>
/// <param name="Value">The true value at a point of the unit cube.</param>
/// <param name="Optimum">The least value.</param>
/// <param name="Scale">Standard deviation of the values over the cube, in which regrets are told.</param>
/// <param name="Measure">One measurement at a point: the value with an error.</param>
internal sealed record Landscape(
    string Name, SearchSpace Space, Func<double[], double> Value, double Optimum, double Scale, Func<double[], MersenneTwister, double> Measure)
{
    /// <summary>How much more than the least value a point has, in units of <see cref="Scale"/>.</summary>
    public double Regret(double[] point) => (Value(point) - Optimum) / Scale;
}
