using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>Imports that come in groups of one module.</summary>
public class CompactImportTests
{
    [Fact]
    public void AGroupIsItsImportsOneByOne()
    {
        var module = Decode(
            """
            (import "a" "f" (func $f (param i32)))
            (import "b" (item "g" (func $g)) (item "x" (global $x i64)) (item "m" (memory 1)))
            (import "c" (item "y") (item "z") (global i32))
            (import "d")
            (import "e" (func))
            (func (export "last") (result i64) (call $g) (global.get $x))
            """);
        Assert.Equal(
            ["a.f Function 0", "b.g Function 1", "b.x Global 0", "b.m Memory 0", "c.y Global 1", "c.z Global 2"],
            module.Imports.Select(import => $"{import.ModuleName}.{import.Name} {import.Kind} {import.Index}"));
        Assert.Equal(2, module.ImportedFunctionCount);
        Assert.Equal(Harness.Engine.Modules.ValueType.I32, module.Globals[2].Type.Type);
    }

    /// <summary>A million functions in one group, and a global behind them.</summary>
    [Fact]
    public void AllImportsTogetherAreWithinTheLimit()
    {
        byte[] head = [2, 0, 0, 0x7E, 0, 0, 0xC0, 0x84, 0x3D];
        byte[] section = [.. head, .. new byte[ImplementationLimits.Imports], 1, (byte)'a', 1, (byte)'b', 3, 0x7F, 0];
        byte[] size = [(byte)(section.Length & 0x7F | 0x80), (byte)(section.Length >> 7 & 0x7F | 0x80), (byte)(section.Length >> 14)];
        byte[] bytes = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, .. size, .. section];
        Assert.Contains("imports", Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyNameIsANameWhereNoGroupFollows() =>
        Assert.Equal("", Assert.Single(Decode("(import \"a\" \"\" (func))").Imports).Name);

    /// <summary>After a name that is not empty the byte is no kind; and the byte is no LEB128 number.</summary>
    [Theory]
    [InlineData(new byte[] { 1, 1, (byte)'a', 1, (byte)'b', 0x7F, 0 })]
    [InlineData(new byte[] { 1, 1, (byte)'a', 0, 0xFF, 0, 0 })]
    [InlineData(new byte[] { 1, 1, (byte)'a', 0, 0x7D, 0 })]
    public void OtherKindsAreMalformed(byte[] section)
    {
        byte[] bytes = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 2, (byte)section.Length, .. section];
        Assert.StartsWith("malformed import kind", Assert.Throws<MalformedModuleException>(() => WasmModule.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(import \"a\" (item \"f\" (func)) (item \"g\"))")]
    [InlineData("(import \"a\" (item \"f\") (item \"g\" (func)))")]
    [InlineData("(import \"a\" (item \"f\"))")]
    [InlineData("(import \"a\" (item \"f\" (func)) (func))")]
    [InlineData("(import \"a\" (item \"f\") (func $f))")]
    public void OtherGroupsAreRefused(string text) => Assert.Throws<WatException>(() => Decode(text));

    private static WasmModule Decode(string text) => WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));
}
