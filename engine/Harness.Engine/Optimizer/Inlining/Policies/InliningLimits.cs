using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// How far functions of a module may grow by inlining. Where few functions are small, whoever made the module has inlined
/// already, and the limits are tighter.
/// </summary>
/// <param name="Growth">Largest size as a multiple of the function's own.</param>
/// <param name="Size">Largest size in wire bytes.</param>
/// <param name="LargeGrowth">Growth that is allowed however large the function is.</param>
internal readonly record struct InliningLimits(double Growth, double Size, double LargeGrowth)
{
    /// <summary>The sizes of a module's bodies, ascending, from which the share of small ones follows for any limit.</summary>
    private static readonly ConditionalWeakTable<WasmModule, int[]> BodySizes = [];

    /// <summary>V8's limits in a module.</summary>
    public static InliningLimits OfV8(EngineOptions options, WasmModule module) => Of(
        options,
        module,
        options.InliningFactor + options.InliningLooserGrowth,
        options.InliningBudget * options.InliningBytesPerNode,
        options.InliningLargeFactor);

    /// <summary>JavaScriptCore's limits in a module: its budget is in wire bytes, its factor is that of the loosest limits.</summary>
    public static InliningLimits OfJsc(EngineOptions options, WasmModule module) => Of(
        options, module, options.InliningJscFactor, options.InliningJscBudget, options.InliningJscLargeFactor);

    /// <summary>Largest size with all that is inlined, in wire bytes, of a function of a size.</summary>
    public double BudgetOf(int wireSize, int minBudget) => Math.Min(
        Math.Max(minBudget, (int)(Growth * wireSize)),
        Math.Max((int)Size, (int)(wireSize * LargeGrowth)));

    private static InliningLimits Of(EngineOptions options, WasmModule module, int loosestGrowth, double loosestSize, double largeGrowth)
    {
        var looseness = LoosenessOf(options, module);
        return new InliningLimits(
            double.Lerp(Math.Max(options.InliningLeastGrowth, loosestGrowth - options.InliningGrowthRange), loosestGrowth, looseness),
            double.Lerp(loosestSize * options.InliningTightestSize, loosestSize, looseness),
            largeGrowth);
    }

    /// <summary>0 where few functions are small, 1 where many are.</summary>
    private static double LoosenessOf(EngineOptions options, WasmModule module)
    {
        var share = ShareBelow(BodySizes.GetValue(module, SortedBodySizes), options.InliningSmallSize);
        var range = options.InliningManySmall - options.InliningFewSmall;
        return range > 0
            ? Math.Clamp((share - options.InliningFewSmall) / range, 0, 1)
            : share >= options.InliningManySmall ? 1 : 0;
    }

    private static double ShareBelow(int[] sizes, int limit)
    {
        var low = 0;
        var high = sizes.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sizes[middle] < limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return (double)low / Math.Max(1, sizes.Length);
    }

    private static int[] SortedBodySizes(WasmModule module)
    {
        var defined = module.Functions.AsSpan()[module.ImportedFunctionCount..];
        var sizes = new int[defined.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = defined[i].BodySize;
        }

        Array.Sort(sizes);
        return sizes;
    }
}
