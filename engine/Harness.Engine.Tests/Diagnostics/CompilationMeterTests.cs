using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;

namespace Harness.Engine.Tests.Diagnostics;

/// <summary>What compilations cost, apart from the memory that they are the first to touch.</summary>
public sealed unsafe class CompilationMeterTests
{
    [Fact]
    public void MemoryIsCountedWhenItIsFirstTouched()
    {
        const int size = 64 << 20;
        var start = ThreadClock.PageFaults;
        var memory = (byte*)NativeMemory.Alloc(size);
        for (var i = 0; i < size; i += 4096)
        {
            memory[i] = 1;
        }

        var first = ThreadClock.PageFaults - start;
        for (var i = 0; i < size; i += 4096)
        {
            memory[i] = 2;
        }

        var second = ThreadClock.PageFaults - start - first;
        NativeMemory.Free(memory);

        Assert.InRange(ThreadClock.MeasurePageFault(), 50, 1e6);

        // Large pages are counted once each.
        Assert.InRange(first, size >> 21, long.MaxValue);
        Assert.InRange(second, 0, first / 4);
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("optimizing")]
    public void ACompilerThatIsUsedAgainMakesTheSameCodeOfItsBuffers(string tier)
    {
        var module = GrowingShapes.Get("ifs").Assemble(4000);
        using var meter = tier == "baseline" ? CompilationMeter.OfBaseline(EngineOptions.Default) : CompilationMeter.OfOptimizing(EngineOptions.Default);
        var first = meter.Measure(module);
        var second = meter.Measure(module);
        Assert.Null(first.Refusal);
        Assert.Equal(first.CodeBytes, second.CodeBytes);
        Assert.InRange(second.AllocatedBytes, 0, first.AllocatedBytes - 1);
        Assert.All([first, second], cost => Assert.InRange(cost.Time, 1, long.MaxValue));
        Assert.Equal(tier == "optimizing", second.Steps.ContainsKey("lifetimes"));
        Assert.InRange(second.Steps.Values.Sum(), 0, second.Time);
    }
}
