using Harness.Engine.Configuration;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>Where the code of functions is put, as far as knobs have a say in it: <c>layout.seed</c> and <c>stress.code-regions</c>.</summary>
internal static class CodePlacement
{
    /// <summary>Finishes a function's code and puts it into the code space.</summary>
    /// <exception cref="InsufficientMemoryException">There is no room left.</exception>
    public static CodeBlock Publish(CodeSpace space, Assembler assembler, EngineOptions options, int functionIndex, CodeTier tier) => space.Publish(
        assembler,
        RandomLayout.CodePadding(options.LayoutSeed, functionIndex, tier),
        RegionOf(options.StressCodeRegions, functionIndex, tier));

    /// <summary>Puts a function's code that is finished into the code space.</summary>
    /// <exception cref="InsufficientMemoryException">There is no room left.</exception>
    public static CodeBlock Publish(
        CodeSpace space, ReadOnlySpan<byte> code, ReadOnlySpan<Relocation> relocations, EngineOptions options, int functionIndex, CodeTier tier) => space.Publish(
        code,
        relocations,
        RandomLayout.CodePadding(options.LayoutSeed, functionIndex, tier),
        RegionOf(options.StressCodeRegions, functionIndex, tier));

    /// <summary>The number of the region that is tried first.</summary>
    /// <param name="regions">How many regions functions are dealt out to; 0 for the first one that has room.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="tier">Its tier: both kinds of code of a function lie in different regions.</param>
    internal static int RegionOf(int regions, int functionIndex, CodeTier tier) => regions == 0 ? 0 : (functionIndex + (int)tier) % regions;
}
