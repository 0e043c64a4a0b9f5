using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Structures in baseline code.</summary>
public sealed class StructTests
{
    [Fact]
    public void FieldsOfEveryTypeKeepTheirValues()
    {
        using var run = new BaselineRun("""
            (type $s (struct (field (mut i8)) (field (mut f64)) (field (mut i16)) (field (mut i32)) (field (mut f32))
              (field (mut i64)) (field (mut eqref)) (field (mut i8))))
            (func $make (param i32 f64 i64) (result (ref $s))
              (struct.new $s (local.get 0) (local.get 1) (local.get 0) (i32.mul (local.get 0) (i32.const 3))
                (f32.demote_f64 (local.get 1)) (local.get 2) (ref.i31 (local.get 0)) (i32.const -2)))
            (func (export "all") (param i32 f64 i64) (result i32 i32 f64 i32 i32 i32 f32 i64 i32 i32)
              (local $s (ref null $s))
              (local.set $s (call $make (local.get 0) (local.get 1) (local.get 2)))
              (struct.get_s $s 0 (local.get $s)) (struct.get_u $s 0 (local.get $s)) (struct.get $s 1 (local.get $s))
              (struct.get_s $s 2 (local.get $s)) (struct.get_u $s 2 (local.get $s)) (struct.get $s 3 (local.get $s))
              (struct.get $s 4 (local.get $s)) (struct.get $s 5 (local.get $s))
              (i31.get_s (ref.cast (ref i31) (struct.get $s 6 (local.get $s)))) (struct.get_u $s 7 (local.get $s)))
            (func (export "set") (param i32 f64 i64) (result i32 i32 f64 i32 i32 i32 f32 i64 i32 i32)
              (local $s (ref null $s))
              (local.set $s (call $make (i32.const -1) (f64.const -1) (i64.const -1)))
              (struct.set $s 0 (local.get $s) (local.get 0)) (struct.set $s 1 (local.get $s) (local.get 1))
              (struct.set $s 2 (local.get $s) (local.get 0)) (struct.set $s 3 (local.get $s) (i32.mul (local.get 0) (i32.const 3)))
              (struct.set $s 4 (local.get $s) (f32.demote_f64 (local.get 1))) (struct.set $s 5 (local.get $s) (local.get 2))
              (struct.set $s 6 (local.get $s) (ref.i31 (local.get 0))) (struct.set $s 7 (local.get $s) (i32.const -2))
              (struct.get_s $s 0 (local.get $s)) (struct.get_u $s 0 (local.get $s)) (struct.get $s 1 (local.get $s))
              (struct.get_s $s 2 (local.get $s)) (struct.get_u $s 2 (local.get $s)) (struct.get $s 3 (local.get $s))
              (struct.get $s 4 (local.get $s)) (struct.get $s 5 (local.get $s))
              (i31.get_s (ref.cast (ref i31) (struct.get $s 6 (local.get $s)))) (struct.get_u $s 7 (local.get $s)))
            """);
        const int bits = 0x1234_F0F1;
        WasmValue[] expected =
        [
            -0x0F, 0xF1, 0.25, -0x0F0F, 0xF0F1, unchecked(bits * 3), 0.25f, 1L << 60, bits, 0xFE,
        ];
        Assert.Equal(expected, run.CallAll("all", bits, 0.25, 1L << 60));
        Assert.Equal(expected, run.CallAll("set", bits, 0.25, 1L << 60));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(200)]
    public void DefaultFieldsAreZeroWhateverLayThereBefore(int fields)
    {
        var types = string.Concat(Enumerable.Repeat("(field i64) ", fields));
        var sum = string.Concat(Enumerable.Range(0, fields).Select(i => $"(i64.or (struct.get $s {i} (local.get $s))) "));
        using var run = new BaselineRun($"""
            (type $s (struct {types}))
            (func $dirty (param i32)
              (loop $next
                (drop (struct.new $s {string.Concat(Enumerable.Repeat("(i64.const -1) ", fields))}))
                (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
            (func (export "f") (param i32) (result i64) (local $s (ref null $s)) (local $all i64)
              (loop $next
                (call $dirty (i32.const 10))
                (local.set $s (struct.new_default $s))
                (local.set $all (local.get $all) {sum})
                (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get $all))
            """, "heap.nursery-size=256");
        Assert.Equal(0, run.Call("f", 200).AsI64());
    }

    [Fact]
    public void AccessToNullTrapsHoweverFarTheFieldIs()
    {
        var types = string.Concat(Enumerable.Repeat("(field (mut i64)) ", 1000));
        using var run = new BaselineRun($"""
            (type $s (struct {types}))
            (func $null (result (ref null $s)) (ref.null $s))
            (func (export "get") (result i64) (struct.get $s 0 (call $null)))
            (func (export "far-get") (result i64) (struct.get $s 999 (call $null)))
            (func (export "set") (struct.set $s 0 (call $null) (i64.const 1)))
            (func (export "far-set") (param i64) (struct.set $s 999 (call $null) (local.get 0)))
            """);
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("get"));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("far-get"));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("set"));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("far-set", 1L));
    }

    [Fact]
    public void FieldsFarFromTheHeaderKeepTheirValues()
    {
        using var run = new BaselineRun($"""
            (type $s (struct {string.Concat(Enumerable.Repeat("(field (mut i64)) ", 1000))}))
            (func (export "f") (param i64) (result i64) (local $s (ref null $s))
              (local.set $s (struct.new_default $s))
              (struct.set $s 998 (local.get $s) (local.get 0))
              (struct.set $s 999 (local.get $s) (i64.const 5))
              (i64.sub (struct.get $s 998 (local.get $s)) (struct.get $s 999 (local.get $s))))
            """);
        Assert.Equal(7, run.Call("f", 12L).AsI64());
    }

    [Fact]
    public void AStructureTakesMoreFieldsThanThereAreRegisters()
    {
        // Constants, locals in registers, results in the frame and floats alternate.
        string[] kinds = ["i32", "i64", "f64", "f32"];
        var fields = Enumerable.Range(0, 120).Select(i => kinds[i % 4]).ToArray();
        var types = string.Concat(fields.Select(kind => $"(field {kind}) "));
        var values = string.Concat(Enumerable.Range(0, 120).Select(i => (i % 8) switch
        {
            0 => $"(i32.const {i}) ",
            1 => $"(i64.extend_i32_s (i32.add (local.get 0) (i32.const {i}))) ",
            2 => $"(f64.const {i}) ",
            3 => $"(f32.convert_i32_s (i32.add (local.get 0) (i32.const {i}))) ",
            4 => $"(call $id (i32.const {i})) ",
            5 => $"(i64.const {i}) ",
            6 => $"(f64.convert_i32_s (i32.add (local.get 0) (i32.const {i}))) ",
            _ => $"(f32.const {i}) ",
        }));
        var sum = string.Concat(fields.Select((kind, i) => kind switch
        {
            "f64" => $"(f64.add (struct.get $s {i} (local.get $s))) ",
            "f32" => $"(f64.add (f64.promote_f32 (struct.get $s {i} (local.get $s)))) ",
            "i32" => $"(f64.add (f64.convert_i32_s (struct.get $s {i} (local.get $s)))) ",
            _ => $"(f64.add (f64.convert_i64_s (struct.get $s {i} (local.get $s)))) ",
        }));
        using var run = new BaselineRun($"""
            (type $s (struct {types}))
            (func $id (param i32) (result i32) (local.get 0))
            (func (export "f") (param i32) (result f64) (local $s (ref null $s))
              (local.set $s (struct.new $s {values}))
              (f64.const 0) {sum})
            """);
        Assert.Equal(119 * 120 / 2, run.Call("f", 0).AsF64());
        Assert.Equal((119 * 120 / 2) + (3 * 15), run.Call("f", 1).AsF64());
    }
}
