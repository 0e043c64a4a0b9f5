using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Runtime;

namespace Harness.Engine.Tests.Diagnostics;

/// <summary>Mixes count what was executed, entry by entry.</summary>
public sealed class ProgramMixTests
{
    [Fact]
    public void InstructionsAndTargetsAreCounted()
    {
        var module = HandCompiler.Module(
            """
            (module
              (type $f (func (result i32)))
              (table funcref (elem $one $two $three))
              (func $one (type $f) (i32.const 1))
              (func $two (type $f) (i32.const 2))
              (func $three (type $f) (i32.const 3))
              (func $never (type $f) (f64.const 1) (drop) (call_indirect (type $f) (i32.const 0)))
              (func (export "call") (param i32) (result i32)
                (i32.add (call_indirect (type $f) (local.get 0)) (call_ref $f (ref.func $one)))))
            """);
        using var store = new Store(EngineOptions.Default with { CompileMaxNodes = 1, PolymorphismLimit = 16 });
        var instance = store.Instantiate(module);
        foreach (var target in (int[])[0, 1, 0, 2])
        {
            instance.GetFunction("call").Invoke(target);
        }

        var mix = ProgramMix.Of(store.Engine);

        Assert.Equal(12, mix.Entries);
        Assert.Equal(8, mix.Instructions["constant"]);
        Assert.Equal(4, mix.Instructions["call_indirect"]);
        Assert.Equal(4, mix.Instructions["call_ref"]);
        Assert.Equal(4, mix.Instructions["integer arithmetic"]);
        Assert.False(mix.Instructions.ContainsKey("parametric"));
        Assert.Equal(new Dictionary<string, double> { ["call_indirect, targets: 3"] = 1, ["call_ref, targets: 1"] = 1 }, mix.Sites);
        Assert.Equal(new Dictionary<string, double> { ["call_indirect, targets: 3"] = 4, ["call_ref, targets: 1"] = 4 }, mix.Calls);
    }

    [Fact]
    public void EveryInstructionHasAGroup()
    {
        foreach (var row in OpcodeTable.All)
        {
            Assert.NotEmpty(InstructionGroups.Of(row.Opcode));
        }

        Assert.Equal("struct allocation", InstructionGroups.Of(Opcode.StructNewDefault));
        Assert.Equal("memory access", InstructionGroups.Of(Opcode.I64Load));
        Assert.Equal("conversion", InstructionGroups.Of(Opcode.F64ConvertI32S));
        Assert.Equal("direct call", InstructionGroups.Of(Opcode.ReturnCall));
    }
}
