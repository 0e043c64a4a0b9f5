using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules.Text;

public class WatAssemblerTests
{
    [Fact]
    public void AWholeModuleHasTheBytesOfTheSpecification()
    {
        var bytes = WatAssembler.Assemble(
            """
            (module
              (func (export "add") (param i32 i32) (result i32)
                (i32.add (local.get 0) (local.get 1))))
            """);
        byte[] expected =
        [
            0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00,
            0x01, 0x07, 0x01, 0x60, 0x02, 0x7F, 0x7F, 0x01, 0x7F,
            0x03, 0x02, 0x01, 0x00,
            0x07, 0x07, 0x01, 0x03, (byte)'a', (byte)'d', (byte)'d', 0x00, 0x00,
            0x0A, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6A, 0x0B,
        ];
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("(i32.add (local.get 0) (i32.const 1)) drop", "local.get 0 i32.const 1 i32.add drop")]
    [InlineData("(drop (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))",
        "local.get 0 if (result i32) i32.const 1 else i32.const 2 end drop")]
    [InlineData("(if (local.get 0) (then nop))", "local.get 0 if nop end")]
    [InlineData("(block $a (loop $b (br_if $a (local.get 0)) (br $b)))", "block loop local.get 0 br_if 1 br 0 end end")]
    [InlineData("block $a block $a br $a end $a br $a end", "block block br 0 end br 0 end")]
    [InlineData("(drop (select (result i32) (local.get 0) (local.get 0) (local.get 0)))",
        "local.get 0 local.get 0 local.get 0 select (result i32) drop")]
    [InlineData("(drop (i32.load offset=4 align=1 (local.get $p)))", "local.get 0 i32.load offset=4 align=1 drop")]
    [InlineData("(i32.store $m2 (local.get 0) (i32.const 1))", "local.get 0 i32.const 1 i32.store 1")]
    [InlineData("(memory.copy $m2 0 (local.get 0) (local.get 0) (local.get 0))",
        "local.get 0 local.get 0 local.get 0 memory.copy 1 0")]
    [InlineData("(call_indirect $t (type $f) (i32.const 0))", "i32.const 0 call_indirect 0 (type 0)")]
    [InlineData("(block (type $f))", "block (type 0) end")]
    [InlineData("(drop (ref.cast (ref null $f) (ref.null func)))", "ref.null func ref.cast (ref null 0) drop")]
    [InlineData("(memory.init $m2 $d (i32.const 0) (i32.const 0) (i32.const 0))",
        "i32.const 0 i32.const 0 i32.const 0 memory.init 1 0")]
    [InlineData("(block $a (block $a (br $a)) (block $b (br $a)) (br $a))", "block block br 0 end block br 1 end br 0 end")]
    public void FoldedAndNamedFormsEqualFlatAndNumberedOnes(string folded, string flat) =>
        Assert.Equal(CodeOf(folded), CodeOf(flat));

    [Fact]
    public void DeeplyNestedExpressionsNeedNoDeepStack()
    {
        const int Depth = 200_000;
        var text = new StringBuilder("(module (func (result i32) ");
        text.Insert(text.Length, "(i32.eqz ", Depth).Append("(i32.const 0)").Append(')', Depth).Append("))");
        Assert.InRange(WatAssembler.Assemble(text.ToString()).Length, Depth, Depth + 100);
    }

    [Fact]
    public void LabelsAreFoundHoweverManyAreOpen()
    {
        const int Depth = 200_000;
        var text = new StringBuilder("(module (func block $out ");
        text.Insert(text.Length, "block ", Depth).Insert(text.Length, "br $out ", Depth).Insert(text.Length, "end ", Depth + 1).Append("))");

        // A block takes two bytes and its end one; a branch, whose number needs three, four.
        Assert.InRange(WatAssembler.Assemble(text.ToString()).Length, 7 * Depth, (7 * Depth) + 100);
    }

    [Fact]
    public void TypeUsesFindTheFirstEqualTypeOrAddOneAtTheEnd()
    {
        var module = Load(
            """
            (func $a (param i32))
            (func $b (param i64))
            (type $t (func (param i64)))
            (func $c (type $t))
            (func $d (param i32))
            """);
        Assert.Equal([1, 0, 0, 1], module.Functions.Select(f => f.TypeIndex));
        Assert.Equal(2, module.CanonicalTypeIds.Length);
    }

    [Fact]
    public void NamesOfModuleFunctionsAndLocalsAreKept()
    {
        var module = WasmModule.Decode(WatAssembler.Assemble(
            """(module $m (import "a" "b" (func $host)) (func $"f g" (param $x i32) (param i32) (local $y f64)))"""));
        Assert.Equal("m", module.Names.ModuleName);
        Assert.Equal("host", module.Names.GetFunctionName(0));
        Assert.Equal("f g", module.Names.GetFunctionName(1));
        Assert.Equal("x", module.Names.GetLocalName(1, 0));
        Assert.Null(module.Names.GetLocalName(1, 1));
        Assert.Equal("y", module.Names.GetLocalName(1, 2));
    }

    [Fact]
    public void InlineImportsExportsAndSegmentsAreExpanded()
    {
        var module = Load(
            """
            (memory (export "m") (data "hello"))
            (table $t (export "t") (export "t2") funcref (elem $f $f))
            (table i64 (ref null $s) (elem (item ref.null $s) (ref.null $s)))
            (func $f)
            (type $s (struct))
            """);
        Assert.Equal(["m", "t", "t2"], module.Exports.Select(e => e.Name));
        Assert.Equal(2, module.Elements.Length);
        Assert.Single(module.Data);

        var imported = Load("""(global $g (export "e") (import "a" "b") (mut i64)) (func (drop (global.get $g)))""");
        Assert.Equal("b", Assert.Single(imported.Imports).Name);
        Assert.Equal("e", Assert.Single(imported.Exports).Name);
    }

    [Theory]
    [InlineData("(elem (i32.const 0) $f)")]
    [InlineData("(elem (offset (i32.const 0)) func $f $f)")]
    [InlineData("(elem (table $u) (i32.const 0) func $f)")]
    [InlineData("(elem (i32.const 0) funcref (ref.func $f) (item (ref.null func)))")]
    [InlineData("(elem (table $u) (i32.const 0) (ref null $t) (ref.func $f))")]
    [InlineData("(elem func $f)")]
    [InlineData("(elem externref (ref.null extern))")]
    [InlineData("(elem declare func $f)")]
    [InlineData("(elem declare funcref (ref.func $f))")]
    [InlineData("(elem (table $u) (offset (i32.const 0)) funcref)")]
    public void EveryFormOfElementSegmentIsDecoded(string segment)
    {
        var module = Load($"(type $t (func)) (func $f) (table 2 funcref) (table $u 2 funcref) {segment}");
        Assert.Single(module.Elements);
    }

    [Fact]
    public void RecursionGroupsSubtypesAndFieldNamesAreAssembled()
    {
        var module = Load(
            """
            (rec
              (type $list (sub (struct (field $head i32) (field $tail (mut (ref null $list))))))
              (type $named (sub final $list
                (struct (field $head i32) (field $tail (mut (ref null $list))) (field $name i8)))))
            (type $bytes (array (mut i8)))
            (func (param $n (ref $named)) (result i32)
              (struct.set $list $tail (local.get $n) (local.get $n))
              (struct.get_u $named $name (local.get $n)))
            (func (result (ref $bytes)) (array.new_fixed $bytes 2 (i32.const 1) (i32.const 2)))
            """);
        Assert.Equal(5, module.CanonicalTypeIds.Length);
    }

    [Fact]
    public void ExceptionHandlersAreAssembled()
    {
        var module = Load(
            """
            (tag $e (param i32))
            (func (result i32)
              (block $h (result i32)
                (block $all (try_table (catch $e $h) (catch_all $all) (throw $e (i32.const 7))))
                (i32.const 0)))
            """);
        Assert.Single(module.Tags);
    }

    [Theory]
    [InlineData("(func $f) (func $f)", "duplicate function $f", 1, 17)]
    [InlineData("(func (param $x i32) (local $x i32))", "duplicate local $x", 1, 29)]
    [InlineData("(func (call $g))", "unknown function $g", 1, 13)]
    [InlineData("(func\n  (br $l))", "unknown label $l", 2, 7)]
    [InlineData("(func block $a end $b)", "mismatching label $b", 1, 20)]
    [InlineData("(func (i32.frobnicate))", "unknown operator i32.frobnicate", 1, 8)]
    [InlineData("(func (i32.const 0x))", "unknown operator 0x", 1, 18)]
    [InlineData("(func (i32.const func))", "unexpected token 'func'", 1, 18)]
    [InlineData("(func block)", "unexpected token ')'", 1, 12)]
    [InlineData("(func end)", "unexpected token 'end'", 1, 7)]
    [InlineData("(func (if (i32.const 0)))", "unexpected token ')'", 1, 24)]
    [InlineData("(func (nop) nop", "unexpected token: the text ends here", 1, 16)]
    [InlineData("(func) )", "unexpected token ')'", 1, 8)]
    [InlineData("(func (i32.const 4294967296))", "constant out of range: 4294967296", 1, 18)]
    [InlineData("(func (br 4294967296))", "i32 constant out of range", 1, 11)]
    [InlineData("(func (i32.load align=3))", "alignment must be a power of two", 1, 17)]
    [InlineData("(func) (import \"\" \"\" (func))", "import after function", 1, 9)]
    [InlineData("(memory 0) (func (import \"\" \"\"))", "import after memory", 1, 13)]
    [InlineData("(type (func)) (func (type 0) (param i32))", "inline function type does not match type 0", 1, 30)]
    [InlineData("(func (result i32) (param i32))", "unexpected token 'param'", 1, 21)]
    [InlineData("(func $f) (start $f) (start $f)", "multiple start sections", 1, 23)]
    [InlineData("(type (struct (field $x i32) (field $x i32)))", "duplicate field $x", 1, 37)]
    [InlineData("(import \"\\ff\" \"\" (func))", "malformed UTF-8 encoding", 1, 9)]
    public void MalformedModulesAreReportedWhereTheyAre(string text, string reason, int line, int column)
    {
        var error = Assert.Throws<WatException>(() => WatAssembler.Assemble(text));
        Assert.Equal(reason, error.Reason);
        Assert.Equal(new TextPosition(line, column), error.Position);
    }

    [Theory]
    [InlineData("v128.const i8x16 -1 255 0 0 0 0 0 0 0 0 0 0 0 0 0 0x7f", "FD 0C FF FF 00 00 00 00 00 00 00 00 00 00 00 00 00 7F")]
    [InlineData("v128.const f32x4 1 -0 inf nan:0x1", "FD 0C 00 00 80 3F 00 00 00 80 00 00 80 7F 01 00 80 7F")]
    [InlineData("v128.const i64x2 1 -2", "FD 0C 01 00 00 00 00 00 00 00 FE FF FF FF FF FF FF FF")]
    [InlineData("i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31", "FD 0D 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 1F")]
    [InlineData("v128.load8_lane 3", "FD 54 00 00 03")]
    [InlineData("v128.load16_lane offset=4 align=1 7", "FD 55 00 04 07")]
    [InlineData("v128.store32_lane $m2 3", "FD 5A 42 01 00 03")]
    [InlineData("v128.store64_lane 1 1", "FD 5B 43 01 00 01")]
    [InlineData("v128.load64_lane 1 offset=8 0", "FD 57 43 01 08 00")]
    [InlineData("i16x8.extract_lane_u 7", "FD 19 07")]
    [InlineData("i32x4.relaxed_dot_i8x16_i7x16_add_s", "FD 93 02")]
    public void VectorInstructionsAreAssembled(string text, string bytes) =>
        Assert.Contains(bytes.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(CodeOf(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("v128.const 0 0 0 0", "unexpected token '0'")]
    [InlineData("v128.const i32x4 0 0 0", "unexpected token ')'")]
    [InlineData("v128.const i8x16 256 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "constant out of range: 256")]
    [InlineData("i8x16.extract_lane_s 256", "malformed lane index")]
    [InlineData("i8x16.extract_lane_s -1", "unexpected token '-1'")]
    [InlineData("i32x4.add_sat_s", "unknown operator i32x4.add_sat_s")]
    public void MalformedVectorInstructionsAreReported(string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<WatException>(() => CodeOf(text)).Reason);

    private static WasmModule Load(string text) => WasmModule.Decode(WatAssembler.Assemble(text));

    private static byte[] CodeOf(string body) => WatAssembler.Assemble(
        $"""
        (type $f (func)) (memory $m1 1) (memory $m2 1) (table $t 1 funcref) (data $d "")
        (func (param $p i32) {body})
        """);
}
