using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules.Text;

public class WastScriptTests
{
    [Fact]
    public void ModulesComeInAllForms()
    {
        var commands = WastScript.Parse(
            """
            (module $a (func))
            (module binary "\00asm" "\01\00\00\00")
            (module quote "(func" ")")
            (module definition $d (memory 1))
            (module instance $i $d)
            (module instance)
            """).Commands;
        var text = Assert.IsType<WastCommand.DefineModule>(commands[0]);
        Assert.Equal("a", text.Module.Name);
        Assert.False(text.IsDefinitionOnly);
        Assert.Equal(8, Assert.IsType<WastCommand.DefineModule>(commands[1]).Module.Assemble().Length);
        Assert.Single(WasmModule.Decode(Assert.IsType<WastCommand.DefineModule>(commands[2]).Module.Assemble()).Functions);
        Assert.True(Assert.IsType<WastCommand.DefineModule>(commands[3]).IsDefinitionOnly);
        Assert.Equal(new WastCommand.Instantiate(5, "i", "d"), commands[4]);
        Assert.Equal(new WastCommand.Instantiate(6, null, null), commands[5]);
    }

    [Fact]
    public void FieldsAloneAreOneModule()
    {
        var command = Assert.Single(WastScript.Parse("(func) (memory 0)").Commands);
        Assert.Single(WasmModule.Decode(Assert.IsType<WastCommand.DefineModule>(command).Module.Assemble()).Memories);
    }

    [Fact]
    public void ActionsAndTheirAssertionsAreParsed()
    {
        var commands = WastScript.Parse(
            """
            (register "lib" $a)
            (invoke $a "f" (i32.const -1) (ref.extern 5) (ref.null func))
            (assert_return (get "g") (i64.const 7))
            (assert_trap (invoke "t") "unreachable")
            (assert_exhaustion (invoke "r") "call stack exhausted")
            (assert_exception (invoke "x"))
            """).Commands;
        Assert.Equal(new WastCommand.Register(1, "lib", "a"), commands[0]);
        var invoke = Assert.IsType<WastAction.Invoke>(Assert.IsType<WastCommand.Perform>(commands[1]).Action);
        Assert.Equal("a", invoke.Instance);
        Assert.Equal(
            [WastValueKind.I32, WastValueKind.ExternReference, WastValueKind.NullReference],
            invoke.Arguments.Select(a => a.Kind));
        Assert.Equal(AbstractHeapType.Func, invoke.Arguments[2].NullType);
        var get = Assert.IsType<WastCommand.AssertReturn>(commands[2]);
        Assert.Equal(new WastAction.Get(null, "g"), get.Action);
        Assert.Equal([new WastPattern.Exactly(new WastValue(WastValueKind.I64, 7))], get.Expected);
        Assert.Equal("unreachable", Assert.IsType<WastCommand.AssertTrap>(commands[3]).Message);
        Assert.IsType<WastCommand.AssertExhaustion>(commands[4]);
        Assert.IsType<WastCommand.AssertException>(commands[5]);
    }

    [Fact]
    public void AssertionsOnModulesDoNotAssembleThem()
    {
        var commands = WastScript.Parse(
            """
            (assert_malformed (module quote "(fun") "unexpected token")
            (assert_invalid
              (module (func (result i32)))
              "type mismatch")
            (assert_unlinkable (module (import "a" "b" (func))) "unknown import")
            (assert_trap (module (func $f unreachable) (start $f)) "unreachable")
            (assert_malformed (module binary "") "unexpected end")
            """).Commands.Cast<WastCommand.AssertModule>().ToArray();
        Assert.Equal(
            [ModuleFault.Malformed, ModuleFault.Invalid, ModuleFault.Unlinkable, ModuleFault.Trap, ModuleFault.Malformed],
            commands.Select(c => c.Fault));
        Assert.Equal([1, 2, 5, 6, 7], commands.Select(c => c.Line));
        Assert.Equal(3, commands[1].Module.Line);
        Assert.Throws<WatException>(() => commands[0].Module.Assemble());
    }

    [Fact]
    public void VectorsAreExpectedBitByBitOrLaneByLane()
    {
        var commands = WastScript.Parse(
            """
            (assert_return (invoke "v") (v128.const i16x8 1 2 3 4 5 6 7 -8))
            (assert_return (invoke "v") (v128.const f32x4 1 nan:canonical -0 nan:arithmetic))
            """).Commands;
        var exact = Assert.IsType<WastPattern.Exactly>(Assert.IsType<WastCommand.AssertReturn>(commands[0]).Expected[0]);
        Assert.Equal(new WastValue(WastValueKind.V128, 0x0004_0003_0002_0001, 0xFFF8_0007_0006_0005), exact.Value);
        var lanes = Assert.IsType<WastPattern.Lanes>(Assert.IsType<WastCommand.AssertReturn>(commands[1]).Expected[0]);
        Assert.True(lanes.Matches(0xFFC0_0000_3F80_0000, 0x7FC0_0001_8000_0000));
        Assert.False(lanes.Matches(0xFFC0_0001_3F80_0000, 0x7FC0_0001_8000_0000));
        Assert.False(lanes.Matches(0xFFC0_0000_3F80_0000, 0x7FC0_0001_0000_0000));
        Assert.False(lanes.Matches(0xFFC0_0000_3F80_0000, 0x7F80_0001_8000_0000));
    }

    [Theory]
    [InlineData("(f32.const nan:canonical)", 0x7FC0_0000UL, true)]
    [InlineData("(f32.const nan:canonical)", 0xFFC0_0000UL, true)]
    [InlineData("(f32.const nan:canonical)", 0x7FC0_0001UL, false)]
    [InlineData("(f32.const nan:canonical)", 0x7F80_0001UL, false)]
    [InlineData("(f32.const nan:arithmetic)", 0xFFC0_0001UL, true)]
    [InlineData("(f32.const nan:arithmetic)", 0x7F80_0001UL, false)]
    [InlineData("(f64.const nan:canonical)", 0xFFF8_0000_0000_0000UL, true)]
    [InlineData("(f64.const nan:canonical)", 0x7FF8_0000_0000_0001UL, false)]
    [InlineData("(f64.const nan:arithmetic)", 0x7FF8_0000_0000_0001UL, true)]
    [InlineData("(f64.const nan:arithmetic)", 0x3FF0_0000_0000_0000UL, false)]
    public void NanPatternsMatchByPayload(string pattern, ulong bits, bool matches)
    {
        var command = Assert.Single(WastScript.Parse($"(assert_return (invoke \"f\") {pattern})").Commands);
        var expected = Assert.Single(Assert.IsType<WastCommand.AssertReturn>(command).Expected);
        Assert.Equal(matches, Assert.IsType<WastPattern.NotANumber>(expected).Matches(bits));
    }

    [Fact]
    public void ReferencePatternsAndAlternativesAreParsed()
    {
        var command = Assert.Single(WastScript.Parse(
            """(assert_return (invoke "f") (ref.null) (ref.i31) (ref.extern) (ref.host 2) (either (i32.const 1) (i32.const 2)))""")
            .Commands);
        var expected = Assert.IsType<WastCommand.AssertReturn>(command).Expected;
        Assert.Equal(new WastPattern.Exactly(new WastValue(WastValueKind.NullReference, 0)), expected[0]);
        Assert.Equal(new WastPattern.AnyReference(AbstractHeapType.I31), expected[1]);
        Assert.Equal(new WastPattern.AnyReference(AbstractHeapType.Extern), expected[2]);
        Assert.Equal(new WastPattern.Exactly(new WastValue(WastValueKind.HostReference, 2)), expected[3]);
        Assert.Equal(2, Assert.IsType<WastPattern.Either>(expected[4]).Alternatives.Count);
    }

    [Fact]
    public void AMalformedScriptIsRefused()
    {
        var error = Assert.Throws<WatException>(() => WastScript.Parse("(module)\n(assert_retrun)"));
        Assert.Equal("unknown operator assert_retrun", error.Reason);
        Assert.Equal(2, error.Position.Line);
    }
}
