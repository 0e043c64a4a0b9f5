using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Modules;

namespace Harness.Experiments.Growth;

/// <summary>
/// How large the modules of a <see cref="GrowthStudy"/> become: at small sizes caches and constants show, and not the algorithm. The largest takes
/// a certain time to compile, or is as large as anything may be.
/// </summary>
/// <param name="Milliseconds">How long it takes to compile the largest module, if that can be had.</param>
/// <param name="ModuleBytes">Most bytes of a module. The limits of the specification hold besides.</param>
internal sealed record GrowthScale(double Milliseconds, int ModuleBytes)
{
    /// <summary>What the largest number is divided by for the smallest.</summary>
    public const int Range = 16;

    /// <summary>By how much a number is multiplied at most before its module is looked at.</summary>
    private const double MostAtOnce = 64;

    /// <summary>The numbers to measure a shape at, ascending.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="measure">Compiles a module in the tier that is measured.</param>
    /// <param name="options">The knobs.</param>
    public IReadOnlyList<(int Size, byte[] Module)> SizesOf(GrowingShape shape, Func<byte[], EngineOptions, CompilationCost> measure, EngineOptions options)
    {
        var largest = shape.Size * Range;
        var module = shape.Assemble(largest);
        while (measure(module, options) is { Refusal: null } cost && cost.Time < Milliseconds * 1e6 && Enlarge(shape, largest, module, cost) is { } larger)
            (largest, module) = larger;
        var sizes = new List<(int Size, byte[] Module)>();
        for (var divisor = Range; divisor > 1; divisor /= 2)
            sizes.Add((largest / divisor, shape.Assemble(largest / divisor)));
        return [.. sizes, (largest, module)];
    }

    /// <summary>A larger module, by as much as the time asks for and the limits allow; null if there is none.</summary>
    private (int Size, byte[] Module)? Enlarge(GrowingShape shape, int size, byte[] module, CompilationCost cost)
    {
        var wanted = Math.Clamp(Milliseconds * 1e6 / Math.Max(1, cost.Time), 2, MostAtOnce);
        for (var factor = 1 << (int)Math.Ceiling(Math.Log2(wanted)); factor > 1; factor /= 2)
        {
            if ((long)module.Length * factor <= ModuleBytes && TryAssemble(shape, size * factor) is { } larger
                && larger.Length > (long)module.Length * (factor + 1) / 2)
                return (size * factor, larger);
        }

        return null;
    }

    /// <summary>The module for a number; null if it is beyond a limit of the specification.</summary>
    private static byte[]? TryAssemble(GrowingShape shape, int size)
    {
        try
        {
            var module = shape.Assemble(size);
            WasmModule.Decode(module);
            return module;
        }
        catch (ModuleException)
        {
            return null;
        }
    }
}
