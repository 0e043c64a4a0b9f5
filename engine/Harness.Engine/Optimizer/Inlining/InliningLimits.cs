using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// How far functions of a module may grow by inlining. Where few functions are small, whoever made the module has inlined
/// already, and the limits are tighter. The figures are V8's.
/// </summary>
/// <param name="Growth">Largest size as a multiple of the function's own.</param>
/// <param name="Size">Largest size in wire bytes.</param>
internal readonly record struct InliningLimits(double Growth, double Size)
{
    /// <summary>Bodies below so many wire bytes are small.</summary>
    private const int SmallFunctionSize = 50;

    /// <summary>Up to this share of small functions the limits are tightest.</summary>
    private const double FewSmall = 0.25;

    /// <summary>From this share of small functions on they are loosest.</summary>
    private const double ManySmall = 0.5;

    /// <summary>What the loosest growth is above <c>inlining.factor</c>.</summary>
    private const int LooserGrowth = 2;

    /// <summary>What the tightest growth is below the loosest.</summary>
    private const int GrowthRange = 3;

    /// <summary>The tightest growth is not below this.</summary>
    private const int LeastGrowth = 2;

    /// <summary>Wire bytes for each IR node of <c>inlining.budget</c>.</summary>
    private const double BytesPerNode = 1.2;

    /// <summary>The tightest size is this share of the loosest.</summary>
    private const double TightestSizeShare = 0.1;

    private static readonly ConditionalWeakTable<WasmModule, StrongBox<double>> SmallShares = [];

    /// <summary>The limits in a module.</summary>
    public static InliningLimits Of(EngineOptions options, WasmModule module)
    {
        double share = SmallShares.GetValue(module, static of => new StrongBox<double>(ShareOfSmallFunctions(of))).Value;
        double looseness = Math.Clamp((share - FewSmall) / (ManySmall - FewSmall), 0, 1);
        int loosestGrowth = options.InliningFactor + LooserGrowth;
        double loosestSize = options.InliningBudget * BytesPerNode;
        return new InliningLimits(
            double.Lerp(Math.Max(LeastGrowth, loosestGrowth - GrowthRange), loosestGrowth, looseness),
            double.Lerp(loosestSize * TightestSizeShare, loosestSize, looseness));
    }

    private static double ShareOfSmallFunctions(WasmModule module)
    {
        int small = 0;
        ReadOnlySpan<FunctionInfo> defined = module.Functions.AsSpan()[module.ImportedFunctionCount..];
        foreach (FunctionInfo function in defined)
        {
            if (function.BodySize < SmallFunctionSize)
            {
                small++;
            }
        }

        return (double)small / Math.Max(1, defined.Length);
    }
}
