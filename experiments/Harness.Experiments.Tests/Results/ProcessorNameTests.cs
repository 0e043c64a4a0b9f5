using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Results;

/// <summary>What keeps processors apart that call themselves the same.</summary>
public class ProcessorNameTests
{
    [Fact]
    public void GenerationsOfOneNameAreKeptApart()
    {
        Assert.Equal("AMD EPYC (family 25, model 17, stepping 1)", ProcessorName.Of(Processor("AMD EPYC", 25, 17, 1)));
        Assert.NotEqual(ProcessorName.Of(Processor("AMD EPYC", 25, 17, 1)), ProcessorName.Of(Processor("AMD EPYC", 25, 160, 2)));
    }

    [Fact]
    public void TheFirstProcessorCounts() =>
        Assert.Equal("first (family 6, model 85, stepping 7)", ProcessorName.Of([.. Processor("first", 6, 85, 7), "", .. Processor("second", 6, 86, 1)]));

    [Fact]
    public void WhatTheSystemDoesNotTellIsLeftOut()
    {
        Assert.Equal("unknown", ProcessorName.Of([]));
        Assert.Equal("QEMU: virtual", ProcessorName.Of(["model name\t: QEMU: virtual", "flags\t\t:"]));
    }

    [Fact]
    public void ThisMachinesProcessorIsNamed() => Assert.Contains("family", ProcessorName.Current(), StringComparison.Ordinal);

    private static string[] Processor(string name, int family, int model, int stepping) =>
        ["processor\t: 0", $"cpu family\t: {family}", $"model\t\t: {model}", $"model name\t: {name}", $"stepping\t: {stepping}"];
}
