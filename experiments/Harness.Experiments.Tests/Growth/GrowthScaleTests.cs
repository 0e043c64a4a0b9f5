using Harness.Engine.Diagnostics.Growth;
using Harness.Experiments.Growth;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Growth;

/// <summary>How large the modules become whose compilation is measured, and what is said of them.</summary>
public sealed class GrowthScaleTests
{
    [Fact]
    public void AModuleGrowsUntilItTakesLongEnough()
    {
        var scale = new GrowthScale(100, 10 << 20);
        var sizes = scale.SizesOf(Modules("ifs"), module => new CompilationCost(module.Length * 500L, 0, 0, null));
        Assert.Equal(5, sizes.Count);
        Assert.Equal(16, sizes[^1].Size / sizes[0].Size);
        Assert.InRange(sizes[^1].Module.Length * 500L, 100_000_000, 400_000_000);
    }

    [Fact]
    public void AModuleGrowsNoFurtherThanItMay()
    {
        var sizes = new GrowthScale(1000, 400_000).SizesOf(Modules("sequential-blocks"), Instantly);
        Assert.InRange(sizes[^1].Module.Length, 200_000, 400_000);
    }

    [Fact]
    public void TheLimitsOfTheSpecificationEndAShape()
    {
        // A function has 1,000 parameters at most, and 50,000 locals.
        Assert.Equal(960, new GrowthScale(1000, 10 << 20).SizesOf(Modules("arguments"), Instantly)[^1].Size);
        Assert.Equal(32_000, new GrowthScale(1000, 10 << 20).SizesOf(Modules("locals"), Instantly)[^1].Size);
    }

    [Fact]
    public void WhatGrowsTooFastIsSaidInWords()
    {
        Assert.Equal("", Square(row => row.Size, row => row.Size).Verdict);
        Assert.Equal("time above N^1.3", Square(row => row.Size * row.Size, row => row.Size).Verdict);
        Assert.Equal("time above N^1.3, memory above N^1.1", Square(row => row.Size * row.Size, row => row.Size * row.Size).Verdict);

        static ShapeGrowth Square(Func<(long Size, int Index), double> time, Func<(long Size, int Index), double> memory) =>
            new("shape", "baseline", [.. Enumerable.Range(0, 5).Select(index => Row(time((1L << index, index)), memory((1L << index, index)), 1 << index))]);
    }

    [Fact]
    public void SmallSizesDoNotCount()
    {
        GrowthRow[] rows = [.. new[] { 1.0, 1, 10, 20, 40 }.Select((time, index) => Row(time, 1, 1 << index))];
        Assert.Equal(1, new ShapeGrowth("shape", "optimizing", rows).OfTime, 6);
    }

    [Fact]
    public void TimesThatPageFaultsMayHaveMadeAreNamed()
    {
        var row = Row(20, 1, 1) with { PageFaults = 100, PageFaultMs = 1 };
        Assert.Equal(0.05, row.PageFaultShare, 9);
        Assert.Equal("", GrowthOf(row).Caveat);
        Assert.Equal("up to 50% of the time may be page faults", GrowthOf(row with { PageFaultMs = 10 }).Caveat);
        Assert.Equal(1, (row with { PageFaultMs = 30 }).PageFaultShare);

        ShapeGrowth GrowthOf(GrowthRow largest) => new("shape", "baseline", [row, row with { Size = 2 }, largest with { Size = 4 }]);
    }

    [Fact]
    public void SizesHaveTheirUnits()
    {
        GrowthRow[] rows = [.. Enumerable.Range(0, 5).Select(i => Row(1 << i, 3 << (20 + i), 1 << i) with { ModuleBytes = 1024 << i, CodeBytes = 512 << i })];
        var text = GrowthSummary.Create([new ShapeGrowth("shape", "baseline", rows)], new GrowthScale(60, 10 << 20), new MachineDescription("none", 2, 4, "none", "none", "none"), new RunDescription("2026-01-01T00:00:00Z", "harness growth", null, false));
        Assert.Contains(" and 10 MiB of module allow.", text, StringComparison.Ordinal);
        Assert.Contains(" | module KiB | allocated MiB | code KiB | ", text, StringComparison.Ordinal);
        Assert.Contains(" | 16.0 | 48.0 | 8.0 | ", text, StringComparison.Ordinal);
    }

    private static GrowthRow Row(double time, double memory, int size) => new()
    {
        Shape = "shape",
        Tier = "baseline",
        Size = size,
        ModuleBytes = size,
        CompileMs = time,
        PageFaults = 0,
        PageFaultMs = 0,
        FirstCompileMs = time,
        FirstPageFaults = 0,
        AllocatedBytes = (long)memory,
        CodeBytes = 0,
        LongestStep = "",
        Refusal = "",
    };

    private static ShapeModules Modules(string shape) => new(GrowingShapes.Get(shape));

    private static CompilationCost Instantly(byte[] module) => new(0, 0, 0, null);
}
