using Harness.Engine.Configuration;
using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <summary>What beyond SSE4.1 vector code may use: what the processor has, as far as the knobs allow it.</summary>
internal readonly record struct VectorFeatures
{
    /// <summary>Whether encodings have three operands, of which one in memory need not be aligned (AVX).</summary>
    public bool HasThreeOperands { get; private init; }

    /// <summary>Whether one instruction copies the lowest lane to all others (AVX2).</summary>
    public bool HasBroadcasts { get; private init; }

    /// <summary>Whether relaxed products and sums are one instruction, which rounds once (FMA).</summary>
    public bool FusesMultiplyAdd { get; private init; }

    /// <summary>What optimized code may use.</summary>
    public static VectorFeatures OfOptimizedCode(EngineOptions options)
    {
        var hasThreeOperands = CpuFeatures.Avx && options.VectorsAvx;
        return new()
        {
            HasThreeOperands = hasThreeOperands,
            HasBroadcasts = hasThreeOperands && CpuFeatures.Avx2 && options.VectorsAvx2,
            FusesMultiplyAdd = hasThreeOperands && CpuFeatures.Fma && options.VectorsFma,
        };
    }

    /// <summary>What baseline code uses: only what changes results, which must be the same in both tiers.</summary>
    public static VectorFeatures OfBaselineCode(EngineOptions options) =>
        new() { FusesMultiplyAdd = OfOptimizedCode(options).FusesMultiplyAdd };
}
