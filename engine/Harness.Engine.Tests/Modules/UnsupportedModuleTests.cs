using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>Vectors and threads: what needs them is refused in words that say so; what merely mentions them is accepted.</summary>
public class UnsupportedModuleTests
{
    private const string Types = "(type $box (struct (field i32) (field (mut v128)) (field (mut f64)))) (type $lanes (array (mut v128)))";

    public static TheoryData<string, string> Refused => new()
    {
        { "(func (param v128))", "vectors (SIMD) are not supported: a value of type v128" },
        { "(func (local v128))", "vectors (SIMD) are not supported: a value of type v128" },
        { "(global (import \"m\" \"g\") v128)", "vectors (SIMD) are not supported: a value of type v128" },
        { Types + "(func (result (ref $box)) (struct.new_default $box))", "vectors (SIMD) are not supported: a field or element" },
        { Types + "(func (result (ref $box)) (unreachable) (struct.new $box))", "vectors (SIMD) are not supported: a field or element" },
        { Types + "(func (param (ref $box)) (drop (struct.get $box 1 (local.get 0))))", "vectors (SIMD) are not supported: a field or element" },
        { Types + "(func (drop (array.new_default $lanes (i32.const 3))))", "vectors (SIMD) are not supported: a field or element" },
        { Types + "(global (ref $lanes) (array.new_default $lanes (i32.const 3)))", "vectors (SIMD) are not supported: a field or element" },
        { Types + "(global (ref $box) (struct.new_default $box))", "vectors (SIMD) are not supported: a field or element" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatNeedsVectorsIsRefusedByName(string fields, string message)
    {
        byte[] bytes = WatAssembler.Assemble($"(module {fields})");
        var fault = Assert.Throws<UnsupportedModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xFD, "vectors (SIMD) are not supported: a vector instruction")]
    [InlineData(0xFE, "threads are not supported: an atomic instruction")]
    public void InstructionsAreRefusedByName(byte prefix, string message)
    {
        byte[] bytes = ModuleBuilder.OfBody(ModuleBuilder.Function([], []), w => w.Bytes([prefix, 12]));
        var fault = Assert.Throws<UnsupportedModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASharedMemoryNeedsAMaximum()
    {
        byte[] bytes = WatAssembler.Assemble("(module (memory 1 shared))");
        var fault = Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith("shared memory must have maximum", fault.Message, StringComparison.Ordinal);
        Assert.True(WasmModule.Decode(WatAssembler.Assemble("(module (memory 1 2 shared))")).Memories[0].Type.IsShared);
    }
}
