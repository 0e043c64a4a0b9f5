using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;

namespace Harness.Experiments.Growth;

/// <summary>
/// Measures how compile time and memory grow with modules of every shape, from a number to 16 times that, by tier. Each module is compiled
/// several times, small ones more often; the fastest counts, since what is slower was disturbed.
/// </summary>
internal static class GrowthStudy
{
    /// <summary>The tiers, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<string> Tiers = ["baseline", "optimizing"];

    /// <summary>What compilations of one module take together at least, in nanoseconds: the fastest of three that take a millisecond is still disturbed.</summary>
    private const long LeastTime = 60_000_000;

    /// <summary>How often a module is compiled at most for that.</summary>
    private const int MostRepetitions = 15;

    private static readonly Dictionary<string, Func<byte[], EngineOptions, CompilationCost>> Measures = new()
    {
        ["baseline"] = CompilationCost.OfBaseline,
        ["optimizing"] = CompilationCost.OfOptimizing,
    };

    /// <summary>Finds shapes by name.</summary>
    /// <param name="names">The names; all shapes where there are none.</param>
    /// <exception cref="HarnessException">There is no such shape.</exception>
    public static IReadOnlyList<GrowingShape> Find(IReadOnlyList<string> names)
    {
        var unknown = names.FirstOrDefault(name => GrowingShapes.All.All(shape => shape.Name != name));
        if (unknown is not null)
            throw new HarnessException($"there is no shape '{unknown}'; the shapes are {string.Join(", ", GrowingShapes.All.Select(shape => shape.Name))}");
        return [.. GrowingShapes.All.Where(shape => names.Count == 0 || names.Contains(shape.Name))];
    }

    /// <summary>Measures shapes.</summary>
    /// <param name="shapes">The shapes.</param>
    /// <param name="options">The knobs.</param>
    /// <param name="repetitions">How often each module is compiled; small ones more often.</param>
    /// <param name="scale">How large modules become.</param>
    /// <param name="measured">Told each shape that is done in a tier, with its rows.</param>
    public static IReadOnlyList<GrowthRow> Run(
        IReadOnlyList<GrowingShape> shapes,
        EngineOptions options,
        int repetitions,
        GrowthScale scale,
        Action<GrowingShape, IReadOnlyList<GrowthRow>> measured)
    {
        WarmUp(shapes, options);
        var rows = new List<GrowthRow>();
        foreach (var shape in shapes)
        {
            var modules = new ShapeModules(shape);
            foreach (var tier in Tiers)
            {
                var own = scale.SizesOf(modules, Measures[tier], options)
                    .Select(module => Measure(shape, tier, module.Size, module.Module, options, repetitions))
                    .ToList();
                rows.AddRange(own);
                measured(shape, own);
            }
        }

        return rows;
    }

    /// <summary>Lets the .NET runtime compile the compilers.</summary>
    private static void WarmUp(IReadOnlyList<GrowingShape> shapes, EngineOptions options)
    {
        for (var round = 0; round < 2; round++)
        {
            foreach (var shape in shapes)
            {
                var module = shape.Assemble(shape.Size);
                foreach (var tier in Tiers)
                    Measures[tier](module, options);
            }
        }
    }

    private static GrowthRow Measure(GrowingShape shape, string tier, int size, byte[] module, EngineOptions options, int repetitions)
    {
        var costs = new List<CompilationCost>();
        while (costs.Count < repetitions || (costs.Count < MostRepetitions && costs.Sum(cost => cost.Time) < LeastTime))
            costs.Add(MeasureAlone(tier, module, options));
        var best = costs.MinBy(cost => cost.Time)!;
        var longest = best.Steps.Count == 0 ? default : best.Steps.MaxBy(step => step.Value);
        return new GrowthRow
        {
            Shape = shape.Name,
            Tier = tier,
            Size = size,
            ModuleBytes = module.Length,
            CompileMs = Math.Round(best.Time / 1e6, 4),
            AllocatedBytes = costs.Min(cost => cost.AllocatedBytes),
            CodeBytes = best.CodeBytes,
            LongestStep = longest.Key is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{longest.Key} {(double)longest.Value / best.Time:0%}"),
            Refusal = best.Refusal ?? "",
        };
    }

    /// <summary>Compiles a module when what others have left behind is collected.</summary>
    private static CompilationCost MeasureAlone(string tier, byte[] module, EngineOptions options)
    {
        GC.Collect();
        return Measures[tier](module, options);
    }
}
