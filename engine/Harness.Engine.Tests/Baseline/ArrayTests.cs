using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Arrays in baseline code.</summary>
public sealed class ArrayTests
{
    private const string Everything = """
        (type $a (array (mut {0})))
        (global $a (mut (ref null $a)) (ref.null $a))
        (func (export "new") (param $v {1}) (param $n i32) (global.set $a (array.new $a (local.get $v) (local.get $n))))
        (func (export "default") (param $n i32) (global.set $a (array.new_default $a (local.get $n))))
        (func (export "constant") (param $n i32) (global.set $a (array.new $a ({1}.const 3) (local.get $n))))
        (func (export "len") (result i32) (array.len (global.get $a)))
        (func (export "get") (param i32) (result {1}) (array.get{2} $a (global.get $a) (local.get 0)))
        (func (export "set") (param i32 {1}) (array.set $a (global.get $a) (local.get 0) (local.get 1)))
        (func (export "get3") (result {1}) (array.get{2} $a (global.get $a) (i32.const 3)))
        (func (export "set3") (array.set $a (global.get $a) (i32.const 3) ({1}.const 9)))
        (func (export "fill") (param $v {1}) (array.fill $a (global.get $a) (i32.const 1) (local.get $v) (i32.const 2)))
        (func (export "copy") (array.copy $a $a (global.get $a) (i32.const 0) (global.get $a) (i32.const 1) (i32.const 4)))
        (func (export "fixed") (param $v {1})
          (global.set $a (array.new_fixed $a 4 (local.get $v) ({1}.const 1) (local.get $v) ({1}.const 2))))
        """;

    public static TheoryData<string, string, string, WasmValue> Elements => new()
    {
        { "i8", "i32", "_u", 0xA5 },
        { "i8", "i32", "_s", -2 },
        { "i16", "i32", "_u", 0xA5A6 },
        { "i16", "i32", "_s", -300 },
        { "i32", "i32", "", unchecked((int)0x8000_0001) },
        { "i64", "i64", "", long.MinValue + 1 },
        { "f32", "f32", "", 0.1f },
        { "f64", "f64", "", -0.1 },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public void ElementsOfEveryTypeKeepTheirValues(string storage, string type, string suffix, WasmValue value)
    {
        using var run = new BaselineRun(
            Everything.Replace("{0}", storage, StringComparison.Ordinal).Replace("{1}", type, StringComparison.Ordinal)
                .Replace("{2}", suffix, StringComparison.Ordinal),
            "heap.nursery-size=256");
        WasmValue Number(int number) => type switch
        {
            "i32" => WasmValue.FromI32(number),
            "i64" => WasmValue.FromI64(number),
            "f32" => WasmValue.FromF32(number),
            _ => WasmValue.FromF64(number),
        };

        // The longest are larger than what compiled code allocates.
        foreach (var length in (int[])[0, 1, 2, 3, 7, 8, 9, 100, 12_285, 12_286, 12_287, 98_288, 98_289, 200_000])
        {
            run.CallAll("new", value, length);
            Check(value);
            run.CallAll("default", length);
            Check(Number(0));
            run.CallAll("constant", length);
            Check(Number(3));

            void Check(WasmValue expected)
            {
                Assert.Equal(length, run.Call("len").AsI32());
                foreach (var index in (int[])[0, 1, length / 2, length - 1])
                {
                    if ((uint)index < (uint)length)
                    {
                        Assert.Equal(expected, run.Call("get", index));
                    }
                }

                Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("get", length));
                Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("set", -1, value));
            }
        }

        run.CallAll("new", value, 5);
        run.CallAll("set", 2, Number(7));
        Assert.Equal(Number(7), run.Call("get", 2));
        Assert.Equal(value, run.Call("get3"));
        run.CallAll("set3");
        Assert.Equal([value, value, Number(7), Number(9), value], All(5));
        run.CallAll("copy");
        Assert.Equal([value, Number(7), Number(9), value, value], All(5));
        run.CallAll("fill", Number(11));
        Assert.Equal([value, Number(11), Number(11), value, value], All(5));
        run.CallAll("fixed", value);
        Assert.Equal([value, Number(1), value, Number(2)], All(4));
        run.CallAll("default", 3);
        Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("get3"));
        Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("set3"));
        Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("copy"));

        WasmValue[] All(int length) => [.. Enumerable.Range(0, length).Select(i => run.Call("get", i))];
    }

    [Fact]
    public void AccessToNullTraps()
    {
        using var run = new BaselineRun(Everything.Replace("{0}", "i32", StringComparison.Ordinal)
            .Replace("{1}", "i32", StringComparison.Ordinal).Replace("{2}", "", StringComparison.Ordinal));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("len"));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("get", 0));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("get3"));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("set", 0, 0));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("set3"));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("fill", 0));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("copy"));
    }

    [Fact]
    public void AnArrayTakesMoreElementsThanThereAreRegisters()
    {
        // Boxes that live at once, in the frame and in registers, some of them twice.
        var elements = string.Concat(Enumerable.Range(0, 300).Select(i => (i % 3) switch
        {
            0 => $"(struct.new $box (i32.const {i})) ",
            1 => $"(local.tee 1 (struct.new $box (i32.add (local.get 0) (i32.const {i})))) ",
            _ => "(local.get 1) ",
        }));
        using var run = new BaselineRun($"""
            (type $box (struct (field i32)))
            (type $a (array (mut (ref null $box))))
            (func (export "f") (param i32) (result i32) (local (ref null $box)) (local $a (ref null $a)) (local $i i32) (local $sum i32)
              (local.set $a (array.new_fixed $a 300 {elements}))
              (loop $next
                (local.set $sum (i32.add (local.get $sum) (struct.get $box 0 (array.get $a (local.get $a) (local.get $i)))))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $a)))))
              (local.get $sum))
            """, "stress.gc-interval=1");
        Assert.Equal((299 * 300 / 2) - 100, run.Call("f", 0).AsI32());
        Assert.Equal((299 * 300 / 2) + 100, run.Call("f", 1).AsI32());
    }

    [Fact]
    public void ArraysAreMadeFromSegments()
    {
        using var run = new BaselineRun("""
            (type $bytes (array (mut i16)))
            (type $functions (array (mut funcref)))
            (type $f (func (result i32)))
            (data $d "\01\00\02\00\03\00\ff\ff")
            (elem $e funcref (ref.func $one) (ref.null func) (ref.func $two))
            (func $one (result i32) (i32.const 1))
            (func $two (result i32) (i32.const 2))
            (func (export "data") (param i32 i32) (result i32) (local $a (ref null $bytes))
              (local.set $a (array.new_data $bytes $d (local.get 0) (local.get 1)))
              (i32.add (i32.mul (array.len (local.get $a)) (i32.const 100000)) (array.get_u $bytes (local.get $a) (i32.const 1))))
            (func (export "elem") (param i32 i32) (result i32) (local $a (ref null $functions))
              (local.set $a (array.new_elem $functions $e (local.get 0) (local.get 1)))
              (call_ref $f (ref.cast (ref $f) (array.get $functions (local.get $a) (i32.const 1)))))
            (func (export "init") (result i32) (local $a (ref null $bytes)) (local $b (ref null $functions))
              (local.set $a (array.new_default $bytes (i32.const 3)))
              (local.set $b (array.new_default $functions (i32.const 3)))
              (array.init_data $bytes $d (local.get $a) (i32.const 1) (i32.const 4) (i32.const 2))
              (array.init_elem $functions $e (local.get $b) (i32.const 2) (i32.const 2) (i32.const 1))
              (i32.add
                (array.get_s $bytes (local.get $a) (i32.const 2))
                (i32.add (i32.mul (array.get_s $bytes (local.get $a) (i32.const 1)) (i32.const 100))
                  (call_ref $f (ref.cast (ref $f) (array.get $functions (local.get $b) (i32.const 2)))))))
            """);
        Assert.Equal(400_002, run.Call("data", 0, 4).AsI32());
        Assert.Equal(265_535, run.Call("data", 4, 2).AsI32());
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("data", 4, 3));
        Assert.Equal(2, run.Call("elem", 1, 2).AsI32());
        Assert.Equal(TrapKind.CastFailure, run.TrapOf("elem", 0, 2));
        Assert.Equal(TrapKind.TableOutOfBounds, run.TrapOf("elem", 2, 2));
        Assert.Equal(301, run.Call("init").AsI32());
    }
}
