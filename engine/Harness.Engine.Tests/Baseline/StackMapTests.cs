using Harness.Engine.Baseline;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>What the compiler tells of where references lie during calls.</summary>
public sealed class StackMapTests
{
    [Fact]
    public void CallsNameTheReferencesThatOutliveThem()
    {
        var code = Compile("""
            (type $s (struct (field i32)))
            (func $callee (param (ref null $s) i64))
            (func $f (param $a (ref null $s)) (param $n i64) (param $b (ref null $s)) (local $null (ref null $s)) (local $c (ref null $s))
              (call $callee (local.get $a) (local.get $n))
              (local.set $c (local.get $b))
              (local.get $a)
              (call $callee (local.get $a) (local.get $n))
              (drop)
              (call $callee (local.get $b) (local.get $n)))
            """);
        Assert.Equal(
            [[Slot(0), Slot(2)], [Slot(0), Slot(2), Slot(4), Slot(5)], [Slot(0), Slot(2), Slot(4)]],
            Maps(code).Select(map => map.RbpOffsets));
        Assert.All(code.StackMaps, map => Assert.Equal(0u, map.Registers));
        Assert.All(code.StackMaps.SelectMany(map => map.RbpOffsets), offset => Assert.InRange(offset, -code.FrameSize, -24));
    }

    [Fact]
    public void AllocationsNameRegistersToo()
    {
        var code = Compile("""
            (type $s (struct (field i32) (field (ref null $s))))
            (func $callee)
            (func $f (param $a (ref null $s)) (param $n i32) (result (ref null $s))
              (drop (struct.new $s (local.get $n) (local.get $a)))
              (call $callee)
              (struct.new $s (i32.const 1) (local.get $a)))
            """);
        var maps = Maps(code);
        var first = 1u << (int)CallingConvention.ParameterGprs[0];

        // Calls are described in the order of the code: what is out of line comes last.
        Assert.Equal([Slot(0)], maps[0].RbpOffsets);
        Assert.Equal(0u, maps[0].Registers);
        Assert.Empty(maps[1].RbpOffsets);
        Assert.Equal(first, maps[1].Registers);

        // The local has been loaded from its slot, which counts as well.
        Assert.Equal([Slot(0)], maps[2].RbpOffsets);
        Assert.Equal(1, System.Numerics.BitOperations.PopCount(maps[2].Registers));
    }

    [Fact]
    public void EqualMapsAreThereOnce()
    {
        var code = Compile($$"""
            (func $callee)
            (func $f (param externref i32) (result externref)
              {{string.Concat(Enumerable.Repeat("(call $callee) ", 50))}}
              (local.get 0))
            """);
        Assert.Equal(50, code.Sites.Count(site => site.StackMap == 0));
        Assert.Equal([Slot(0)], Assert.Single(code.StackMaps).RbpOffsets);
    }

    [Fact]
    public void FunctionsWithoutReferencesHaveNoMaps()
    {
        var code = Compile("""
            (func $callee)
            (func $f (param i32 i64) (local funcref)
              (call $callee)
              (call $callee))
            """);
        Assert.Empty(code.StackMaps);
        Assert.All(code.Sites, site => Assert.Equal(-1, site.StackMap));
    }

    [Fact]
    public void ManyDifferentMapsAreKeptApart()
    {
        var sets = string.Concat(Enumerable.Range(1, 199).Select(i => $"(call $callee) (local.set {i} (local.get 0)) "));
        var code = Compile($"""
            (func $callee)
            (func $f (param externref) (local {string.Concat(Enumerable.Repeat("externref ", 199))})
              {sets}
              (call $callee))
            """);
        Assert.Equal(200, code.StackMaps.Length);
        Assert.Equal(Enumerable.Range(1, 200), Maps(code).Select(map => map.RbpOffsets.Length));
    }

    private static int Slot(int index) => FrameLayout.BaselineFirstSlot - (index * sizeof(long));

    private static StackMap[] Maps(CompiledCode code) =>
        [.. code.Sites.Where(site => site.StackMap >= 0).Select(site => code.StackMaps[site.StackMap])];

    private static CompiledCode Compile(string text)
    {
        var module = WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));
        using var engine = new WasmEngine(EngineOptions.Default);
        return new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs).Compile(engine.CodeOf(module), 1);
    }
}
