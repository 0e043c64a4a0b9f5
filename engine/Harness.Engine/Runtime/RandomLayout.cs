using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// What the knob <c>layout.seed</c> makes of a seed. Layout changes times by some percent without changing a program (Mytkowicz et al. 2009; Curtsinger and Berger 2013), so
/// that a difference between two builds or configurations may be one of layout: measured under several seeds, it shows how much that is.
/// </summary>
public static class RandomLayout
{
    /// <summary>Different distances between pieces of code: up to a page.</summary>
    private const uint CodeLines = 64;

    /// <summary>Different places of the stack: anywhere in a page, at the alignment that the calling convention wants.</summary>
    private const uint StackPlaces = 256;

    private const int StackAlignment = 16;

    /// <summary>Sizes of the environment that are told apart: its effect repeats with pages.</summary>
    private const uint EnvironmentSizes = 4096;

    /// <summary>Bytes to add to the environment of a worker process.</summary>
    /// <param name="seed">The knob's value; 0 adds nothing.</param>
    public static int EnvironmentSize(int seed) => seed == 0 ? 0 : (int)(Mix(seed, 2, 0) % EnvironmentSizes);

    /// <summary>
    /// Bytes to leave free before a function's code. Whole cache lines, so that the alignment of entries and loops stays as the compilers want it. The same for a function
    /// whenever it is compiled, in whatever order.
    /// </summary>
    internal static int CodePadding(int seed, int functionIndex, CodeTier tier) =>
        seed == 0 ? 0 : (int)(Mix(seed, 3 + (uint)tier, (uint)functionIndex) % CodeLines) * CodeSpace.BlockAlignment;

    /// <summary>Bytes by which frames lie deeper in the stack.</summary>
    internal static int StackOffset(int seed) => seed == 0 ? 0 : (int)(Mix(seed, 1, 0) % StackPlaces) * StackAlignment;

    /// <summary>A number that looks random and depends on all of its inputs (the finalizer of SplitMix64).</summary>
    private static ulong Mix(int seed, uint what, uint which)
    {
        var value = ((ulong)(uint)seed << 36) ^ ((ulong)what << 32) ^ which;
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
