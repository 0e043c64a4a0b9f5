using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Study;

/// <summary>
/// Functions of the unit cube with known least values and noise: those of the literature (Surjanovic and Bingham, "Virtual library of simulation experiments"), and
/// three that are shaped like responses to knobs: a plateau that several knobs must reach together, categories, and a knob that means something
/// only while another one is on.
/// </summary>
internal static class TestFunctions
{
    /// <summary>Deviation of a measurement's error, as a share of the function's own deviation over the cube.</summary>
    public const double Noise = 0.1;

    private const int ScalePoints = 4096;

    private static readonly double[][] Hartmann3Centers = [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];
    private static readonly double[][] Hartmann3Widths = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]];

    private static readonly double[][] Hartmann6Centers =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    private static readonly double[][] Hartmann6Widths = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];

    private static readonly double[] HartmannHeights = [1, 1.2, 3, 3.2];

    /// <summary>Where the least value is for each of the categories, and how much more than the best category's it is.</summary>
    private static readonly (double Place, double Offset)[] Categories = [(0.2, 0.3), (0.7, 0), (0.5, 0.15), (0.9, 0.6)];

    /// <summary>All functions.</summary>
    public static IReadOnlyList<Landscape> All { get; } =
    [
        Make("branin", Numbers(2), 0.39788736, x => Branin((15 * x[0]) - 5, 15 * x[1])),
        Make("hartmann-3", Numbers(3), -3.86278, x => Hartmann(x, Hartmann3Centers, Hartmann3Widths)),
        Make("hartmann-6", Numbers(6), -3.32237, x => Hartmann(x, Hartmann6Centers, Hartmann6Widths)),
        Make("rosenbrock-3", Numbers(3), 0, x => Rosenbrock([.. x.Select(place => (4 * place) - 2)])),
        Make("ackley-4", Numbers(4), 0, x => Ackley([.. x.Select((place, i) => (8 * place) - 2 - i)])),
        Make("plateau", Numbers(3), 0, Plateau),
        Make("categories", Mixed(), 0, x => Categories[Category(x[0])] is var (place, offset) ? offset + (3 * Square(x[1] - place)) + Square(x[2] - 0.4) : 0),
        Make("conditional", Conditional(), 0, x => x[0] >= 0.5 ? 0.35 + (0.1 * x[2]) : Square(x[1] - 0.25) + (0.5 * Square(x[2] - 0.6))),
    ];

    private static Landscape Make(string name, SearchSpace space, double optimum, Func<double[], double> function)
    {
        var sobol = new SobolSearch(space.Dimensions, 1);
        var scale = Enumerable.Range(0, ScalePoints).Select(index => function(space.Snap(sobol.Point(index)))).StandardDeviation();
        return new Landscape(name, space, function, optimum, scale, (point, random) => function(point) + Normal.Sample(random, 0, Noise * scale));
    }

    private static TuningParameter Number(int index, ParameterCondition? when = null) => new("x" + index, [], 0, 1, Whole: false, Logarithmic: false, when);

    private static SearchSpace Numbers(int count) => new([.. Enumerable.Range(0, count).Select(index => Number(index))]);

    private static SearchSpace Mixed() => new([new TuningParameter("category", ["a", "b", "c", "d"], 0, 0, Whole: false, Logarithmic: false), Number(1), Number(2)]);

    private static SearchSpace Conditional() => new(
        [new TuningParameter("switch", ["on", "off"], 0, 0, Whole: false, Logarithmic: false), Number(1, new ParameterCondition("switch", ["on"])), Number(2)]);

    private static int Category(double place) => Math.Min(Categories.Length - 1, (int)(place * Categories.Length));

    private static double Branin(double a, double b) =>
        Square(b - (5.1 / (4 * Math.PI * Math.PI) * a * a) + (5 / Math.PI * a) - 6) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(a)) + 10;

    private static double Hartmann(double[] x, double[][] centers, double[][] widths) =>
        -HartmannHeights.Select((height, i) => height * Math.Exp(-x.Select((place, j) => widths[i][j] * Square(place - centers[i][j])).Sum())).Sum();

    private static double Rosenbrock(double[] x) => x.Zip(x.Skip(1), (a, b) => (100 * Square(b - (a * a))) + Square(1 - a)).Sum();

    private static double Ackley(double[] x) =>
        (-20 * Math.Exp(-0.2 * Math.Sqrt(x.Average(Square)))) - Math.Exp(x.Average(value => Math.Cos(2 * Math.PI * value))) + 20 + Math.E;

    /// <summary>No knob helps alone: all three must come to 0.6, and beyond they only cost.</summary>
    private static double Plateau(double[] x) =>
        1 - x.Aggregate(1.0, (product, place) => product * Math.Min(1, place / 0.6)) + (0.2 * x.Sum(place => Math.Max(0, place - 0.6)));

    private static double Square(double value) => value * value;
}
