using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Experiments.Fuzzing.Mutation;

namespace Harness.Experiments.Tests.Fuzzing.Mutation;

public class ModuleReducerTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);

    [Fact]
    public void AModuleKeepsNothingButWhatItShows()
    {
        var large = WatAssembler.Assemble($"""
            (module
              (import "m" "f" (func $f (param i32)))
              (memory 1) (global i32 (i32.const 5)) (export "memory" (memory 0))
              (func (export "other") (param i32) (result i32) {string.Concat(Enumerable.Repeat("(call $f (i32.const 7)) ", 40))} (local.get 0))
              (func (export "wanted") (param i32) (result i32) (local i64 f64)
                {string.Concat(Enumerable.Repeat("(i32.store (i32.const 8) (i32.const 9)) ", 40))}
                (drop (i32.popcnt (i32.const 3)))
                {string.Concat(Enumerable.Repeat("(call $f (i32.const 7)) ", 40))}
                (local.get 0))
              (data (i32.const 0) "{new string('x', 500)}"))
            """);
        var reducer = new ModuleReducer(IsValidWithPopcnt, Ample);
        var small = reducer.Reduce(large);
        Assert.True(IsValidWithPopcnt(small));
        Assert.True(small.Length < 120, $"{small.Length} bytes are left of {large.Length}");
        Assert.True(reducer.Trials < 6000, $"{reducer.Trials} trials");
        var parts = ModuleParts.TryParse(small)!;
        Assert.DoesNotContain(parts.Functions.SelectMany(function => function.Instructions), instruction => instruction.Opcode is Opcode.Call or Opcode.I32Store);
        Assert.Null(parts.Find(SectionId.Data));
        Assert.Null(parts.Find(SectionId.Export));
    }

    [Fact]
    public void BytesThatAreNoModuleAreReducedAsBytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        var small = new ModuleReducer(module => module.Contains((byte)17) && module.Contains((byte)150), Ample).Reduce(bytes);
        Assert.Equal([17, 150], small);
    }

    /// <summary>On the way instructions become mere bytes and bytes instructions.</summary>
    [Theory]
    [InlineData(0x6A)]
    [InlineData(0x0B)]
    [InlineData(0x41)]
    public void WhatIsShownNeedsNoValidModule(int shown)
    {
        var module = WatAssembler.Assemble("""
            (module
              (memory 1) (data (i32.const 0) "jkl")
              (func (param i32) (result i32) (i32.add (local.get 0) (i32.const 5)))
              (func (block (nop) (drop (i32.add (i32.const 1) (i32.const 2))))))
            """);
        var small = new ModuleReducer(candidate => candidate.Contains((byte)shown), Ample).Reduce(module);
        Assert.Contains((byte)shown, small);
        Assert.InRange(small.Length, 1, 24);
    }

    [Fact]
    public void WhatLosesItsPropertyStaysAsItIs()
    {
        var module = WatAssembler.Assemble("(module (func nop))");
        Assert.Equal(module, new ModuleReducer(candidate => candidate.Length == module.Length, Ample).Reduce(module));
    }

    [Fact]
    public void TheTimeIsKept()
    {
        var module = WatAssembler.Assemble(File.ReadAllBytes(Path.Combine(ProjectLayout.Workloads, "expression.wat")));
        var reducer = new ModuleReducer(
            _ =>
            {
                Thread.Sleep(5);
                return false;
            },
            TimeSpan.FromMilliseconds(50));
        Assert.Equal(module, reducer.Reduce(module));
        Assert.InRange(reducer.Trials, 1, 11);
    }

    private static bool IsValidWithPopcnt(byte[] module) => Verdict.Of(module) == Verdict.Valid
        && ModuleParts.TryParse(module)!.Functions.Any(function => function.Instructions.Exists(instruction => instruction.Opcode == Opcode.I32Popcnt));
}
