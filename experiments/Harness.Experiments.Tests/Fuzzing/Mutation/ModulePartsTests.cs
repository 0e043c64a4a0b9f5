using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Experiments.Fuzzing.Mutation;

namespace Harness.Experiments.Tests.Fuzzing.Mutation;

public class ModulePartsTests
{
    public static TheoryData<string> Programs => [.. Directory.EnumerateFiles(ProjectLayout.Workloads, "*.wat").Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Programs))]
    public void PartsMakeTheSameModule(string program)
    {
        var module = WatAssembler.Assemble(File.ReadAllBytes(Path.Combine(ProjectLayout.Workloads, program)));
        var parts = ModuleParts.TryParse(module)!;
        Assert.NotEmpty(parts.Functions);
        Assert.All(parts.Functions, function => Assert.Equal(Opcode.End, function.Instructions[^1].Opcode));
        Assert.Equal(module, parts.Encode());
        Assert.Equal(module, parts.Clone().Encode());
    }

    [Fact]
    public void ACopyCanBeChangedAlone()
    {
        var parts = ModuleParts.TryParse(WatAssembler.Assemble("(module (func nop nop))"))!;
        var copy = parts.Clone();
        copy.Functions[0].Instructions.RemoveAt(0);
        copy.Sections.RemoveAt(0);
        Assert.Equal(3, parts.Functions[0].Instructions.Count);
        Assert.True(parts.Sections.Count > copy.Sections.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0061736D")]
    [InlineData("0061736D0100000001")]
    [InlineData("0061736D0100000001FF")]
    [InlineData("0061736D010000000102FF")]
    [InlineData("0061736D01000000018080808010")]
    public void WhatHasNoSectionsHasNoParts(string hex) => Assert.Null(ModuleParts.TryParse(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("0A")] // No count.
    [InlineData("0AFFFFFFFF0F")] // More bodies than bytes.
    [InlineData("0A010200")] // A body that is longer than the section.
    [InlineData("0A01020000")] // No end.
    [InlineData("0A010400FF0B")] // No such opcode.
    public void ABodyThatCannotBeTakenApartIsBytes(string hex)
    {
        var section = Convert.FromHexString(hex);
        byte[] module = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, section[0], (byte)(section.Length - 1), .. section.AsSpan(1)];
        var parts = ModuleParts.TryParse(module)!;
        Assert.Null(parts.Sections[0].Bodies);
        Assert.Equal(module, parts.Encode());
    }
}
