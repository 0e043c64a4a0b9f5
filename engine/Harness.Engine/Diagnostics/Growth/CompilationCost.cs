using Harness.Engine.Configuration;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>What it costs to compile all functions of a module, one after the other on this thread and without feedback.</summary>
/// <param name="Time">Processor time of the thread, in nanoseconds.</param>
/// <param name="AllocatedBytes">Bytes that were allocated in all, the machine code among them.</param>
/// <param name="CodeBytes">Bytes of machine code.</param>
/// <param name="Refusal">Why a function was not compiled; null if all were.</param>
internal sealed record CompilationCost(long Time, long AllocatedBytes, long CodeBytes, string? Refusal)
{
    /// <summary>
    /// How often the kernel gave the thread a page of memory that it had not had before. The time that this takes is in <see cref="Time"/>, and says
    /// nothing of the compiler.
    /// </summary>
    public long PageFaults { get; init; }

    /// <summary>Processor time of each step of the optimizing compiler, in nanoseconds, by the step's name.</summary>
    public IReadOnlyDictionary<string, long> Steps { get; init; } = new Dictionary<string, long>();

    /// <summary>Decodes and validates a module and compiles it with a baseline compiler that has no buffers yet.</summary>
    public static CompilationCost OfBaseline(byte[] module, EngineOptions options)
    {
        using var meter = CompilationMeter.OfBaseline(options);
        return meter.Measure(module);
    }

    /// <summary>Compiles a module with an optimizing compiler that has no buffers yet; what decoding it costs does not count.</summary>
    public static CompilationCost OfOptimizing(byte[] module, EngineOptions options)
    {
        using var meter = CompilationMeter.OfOptimizing(options);
        return meter.Measure(module);
    }
}
