using Harness.Engine.Diagnostics.Growth;

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
    /// <param name="modules">The modules of the shape.</param>
    /// <param name="measure">Compiles a module in the tier that is measured.</param>
    public IReadOnlyList<(int Size, byte[] Module)> SizesOf(ShapeModules modules, Func<byte[], CompilationCost> measure)
    {
        var largest = modules.Shape.Size * Range;
        var module = modules.Of(largest);
        while (measure(module) is { Refusal: null } cost && cost.Time < Milliseconds * 1e6 && Enlarge(modules, largest, module, cost) is { } larger)
        {
            (largest, module) = larger;
        }

        var sizes = new List<(int Size, byte[] Module)>();
        for (var divisor = Range; divisor > 1; divisor /= 2)
        {
            sizes.Add((largest / divisor, modules.Of(largest / divisor)));
        }

        return [.. sizes, (largest, module)];
    }

    /// <summary>A larger module, by as much as the time asks for and the limits allow; null if there is none.</summary>
    private (int Size, byte[] Module)? Enlarge(ShapeModules modules, int size, byte[] module, CompilationCost cost)
    {
        var wanted = Math.Clamp(Milliseconds * 1e6 / Math.Max(1, cost.Time), 2, MostAtOnce);
        for (var factor = 1 << (int)Math.Ceiling(Math.Log2(wanted)); factor > 1; factor /= 2)
        {
            if ((long)module.Length * factor <= ModuleBytes && modules.TryGet(size * factor) is { } larger
                && larger.Length > (long)module.Length * (factor + 1) / 2)
            {
                return (size * factor, larger);
            }
        }

        return null;
    }
}
