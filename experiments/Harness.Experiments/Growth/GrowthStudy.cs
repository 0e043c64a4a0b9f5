using System.Diagnostics;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;

namespace Harness.Experiments.Growth;

/// <summary>
/// Measures how compile time and memory grow with modules of every shape, from a number to 16 times that, by tier. Each module is compiled once by a
/// new compiler, for what it allocates, and then several times by the same one, small modules more often, for how long that takes: the fastest counts, since
/// what is slower was disturbed. The memory of these repetitions has been there before, so that there is no share of the kernel's in them.
/// </summary>
internal static class GrowthStudy
{
    /// <summary>The tiers, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<string> Tiers = ["baseline", "optimizing"];

    /// <summary>What compilations of one module take together at least, in nanoseconds: the fastest of three that take a millisecond is still disturbed.</summary>
    private const long LeastTime = 60_000_000;

    /// <summary>How often a module is compiled at most for that.</summary>
    private const int MostRepetitions = 15;

    /// <summary>Bytes that compilations may leave behind before they are collected: as much as is collected in passing, if at all.</summary>
    private const long MostGarbage = 16 << 20;

    private static long _allocatedBefore;

    /// <summary>How long each tier compiles small modules before anything is measured.</summary>
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, Func<EngineOptions, CompilationMeter>> Meters = new()
    {
        ["baseline"] = CompilationMeter.OfBaseline,
        ["optimizing"] = CompilationMeter.OfOptimizing,
    };

    /// <summary>Finds shapes by name.</summary>
    /// <param name="names">The names; all shapes where there are none.</param>
    /// <exception cref="HarnessException">There is no such shape.</exception>
    public static IReadOnlyList<GrowingShape> Find(IReadOnlyList<string> names)
    {
        var unknown = names.FirstOrDefault(name => GrowingShapes.All.All(shape => shape.Name != name));
        if (unknown is not null)
        {
            throw new HarnessException($"there is no shape '{unknown}'; the shapes are {string.Join(", ", GrowingShapes.All.Select(shape => shape.Name))}");
        }

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
        var pageFault = ThreadClock.MeasurePageFault();
        var rows = new List<GrowthRow>();
        foreach (var shape in shapes)
        {
            var modules = new ShapeModules(shape);
            foreach (var tier in Tiers)
            {
                var own = SizesOf(modules, tier, options, scale)
                    .Select(module => Measure(shape, tier, module.Size, module.Module, options, repetitions, pageFault))
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
        var modules = shapes.Select(shape => shape.Assemble(shape.Size)).ToList();
        foreach (var tier in Tiers)
        {
            using var meter = Meters[tier](options);
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < LeastWarmUp;)
            {
                foreach (var module in modules)
                {
                    meter.Measure(module);
                }
            }
        }
    }

    private static IReadOnlyList<(int Size, byte[] Module)> SizesOf(ShapeModules modules, string tier, EngineOptions options, GrowthScale scale)
    {
        using var meter = Meters[tier](options);
        return scale.SizesOf(modules, module =>
        {
            // Once for the memory.
            meter.Measure(module);
            return meter.Measure(module);
        });
    }

    private static GrowthRow Measure(GrowingShape shape, string tier, int size, byte[] module, EngineOptions options, int repetitions, double pageFault)
    {
        using var meter = Meters[tier](options);
        var first = MeasureAlone(meter, module);
        var costs = new List<CompilationCost>();
        while (costs.Count < repetitions || (costs.Count < MostRepetitions && costs.Sum(cost => cost.Time) < LeastTime))
        {
            costs.Add(MeasureAlone(meter, module));
        }

        var best = costs.MinBy(cost => cost.Time)!;
        var longest = best.Steps.Count == 0 ? default : best.Steps.MaxBy(step => step.Value);
        return new GrowthRow
        {
            Shape = shape.Name,
            Tier = tier,
            Size = size,
            ModuleBytes = module.Length,
            CompileMs = Math.Round(best.Time / 1e6, 4),
            PageFaults = best.PageFaults,
            PageFaultMs = Math.Round(best.PageFaults * pageFault / 1e6, 4),
            FirstCompileMs = Math.Round(first.Time / 1e6, 4),
            FirstPageFaults = first.PageFaults,
            AllocatedBytes = first.AllocatedBytes,
            CodeBytes = best.CodeBytes,
            LongestStep = longest.Key is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{longest.Key} {(double)longest.Value / best.Time:0%}"),
            Refusal = best.Refusal ?? "",
        };
    }

    /// <summary>Compiles a module when what others have left behind is collected, unless that is little.</summary>
    private static CompilationCost MeasureAlone(CompilationMeter meter, byte[] module)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (allocated - _allocatedBefore > MostGarbage)
        {
            _allocatedBefore = allocated;
            GC.Collect();
        }

        return meter.Measure(module);
    }
}
