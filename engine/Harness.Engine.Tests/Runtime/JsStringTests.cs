using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The functions of <c>wasm:js-string</c> and imported string constants; the results are those of Node 26.</summary>
public sealed class JsStringTests
{
    private const string Program = """
        (module
          (type $units (array (mut i16)))
          (import "wasm:js-string" "cast" (func $cast (param externref) (result (ref extern))))
          (import "wasm:js-string" "test" (func $test (param externref) (result i32)))
          (import "wasm:js-string" "fromCharCodeArray" (func $from-units (param (ref null $units) i32 i32) (result (ref extern))))
          (import "wasm:js-string" "intoCharCodeArray" (func $into-units (param externref (ref null $units) i32) (result i32)))
          (import "wasm:js-string" "fromCharCode" (func $from-unit (param i32) (result (ref extern))))
          (import "wasm:js-string" "fromCodePoint" (func $from-point (param i32) (result (ref extern))))
          (import "wasm:js-string" "charCodeAt" (func $unit-at (param externref i32) (result i32)))
          (import "wasm:js-string" "codePointAt" (func $point-at (param externref i32) (result i32)))
          (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
          (import "wasm:js-string" "concat" (func $concat (param externref externref) (result (ref extern))))
          (import "wasm:js-string" "substring" (func $substring (param externref i32 i32) (result (ref extern))))
          (import "wasm:js-string" "equals" (func $equals (param externref externref) (result i32)))
          (import "wasm:js-string" "compare" (func $compare (param externref externref) (result i32)))
          (import "'" "sch\c3\b6n" (global $beautiful (ref extern)))

          (func (export "cast") (param externref) (result externref) (call $cast (local.get 0)))
          (func (export "test") (param externref) (result i32) (call $test (local.get 0)))
          (func (export "fromCharCode") (param i32) (result externref) (call $from-unit (local.get 0)))
          (func (export "fromCodePoint") (param i32) (result externref) (call $from-point (local.get 0)))
          (func (export "charCodeAt") (param externref i32) (result i32) (call $unit-at (local.get 0) (local.get 1)))
          (func (export "codePointAt") (param externref i32) (result i32) (call $point-at (local.get 0) (local.get 1)))
          (func (export "length") (param externref) (result i32) (call $length (local.get 0)))
          (func (export "concat") (param externref externref) (result externref) (call $concat (local.get 0) (local.get 1)))
          (func (export "substring") (param externref i32 i32) (result externref)
            (call $substring (local.get 0) (local.get 1) (local.get 2)))
          (func (export "equals") (param externref externref) (result i32) (call $equals (local.get 0) (local.get 1)))
          (func (export "compare") (param externref externref) (result i32) (call $compare (local.get 0) (local.get 1)))
          (func (export "constant") (result externref) (global.get $beautiful))
          (func (export "i31") (param i32) (result externref) (extern.convert_any (ref.i31 (local.get 0))))

          (type $measure (func (param externref) (result i32)))
          (func (export "tailLength") (param externref) (result i32) (return_call $length (local.get 0)))
          (elem declare func $length)
          (func (export "referredLength") (param externref) (result i32)
            (call_ref $measure (local.get 0) (ref.func $length)))
          (func (export "lengthInTry") (param externref) (result i32)
            (block $caught (return (try_table (result i32) (catch_all $caught) (call $length (local.get 0)))))
            (i32.const -1))

          ;; The number of places where `part` is in `text`, from small functions that are inlined.
          (func $matches-at (param $text externref) (param $part externref) (param $at i32) (result i32)
            (local $i i32)
            (loop $next
              (if (i32.eq (local.get $i) (call $length (local.get $part))) (then (return (i32.const 1))))
              (if (i32.eq
                    (call $unit-at (local.get $text) (i32.add (local.get $at) (local.get $i)))
                    (call $unit-at (local.get $part) (local.get $i)))
                (then
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br $next))))
            (i32.const 0))
          (func $places (export "places") (param $text externref) (param $part externref) (result i32)
            (local $at i32)
            (local $count i32)
            (loop $next
              (local.set $count (i32.add (local.get $count) (call $matches-at (local.get $text) (local.get $part) (local.get $at))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br_if $next (i32.le_s (i32.add (local.get $at) (call $length (local.get $part))) (call $length (local.get $text)))))
            (local.get $count))
          (func (export "placesManyTimes") (param $text externref) (param $part externref) (result i32)
            (local $times i32)
            (loop $again
              (drop (call $places (local.get $text) (local.get $part)))
              (br_if $again (i32.lt_u (local.tee $times (i32.add (local.get $times) (i32.const 1))) (i32.const 50))))
            (call $places (local.get $text) (local.get $part)))

          ;; Which code units of a string are equal to those of another, by strings of one code unit each.
          (func (export "common") (param $left externref) (param $right externref) (result externref)
            (local $i i32)
            (local $one (ref extern))
            (local $result externref)
            (local.set $result (call $substring (local.get $left) (i32.const 0) (i32.const 0)))
            (loop $next
              (local.set $one (call $substring (local.get $left) (local.get $i) (i32.add (local.get $i) (i32.const 1))))
              (if (call $equals
                    (local.get $one)
                    (call $substring (local.get $right) (local.get $i) (i32.add (local.get $i) (i32.const 1))))
                (then (local.set $result (call $concat (local.get $result) (local.get $one)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $next (i32.lt_u (local.get $i) (call $length (local.get $left)))))
            (local.get $result))

          ;; The units of an array from `start` to `end` into which `text` went at `at`, of `size` elements.
          (func (export "throughArray") (param $text externref) (param $size i32) (param $at i32) (param $start i32) (param $end i32)
            (result externref)
            (local $array (ref $units))
            (local.set $array (array.new $units (i32.const 0x2d) (local.get $size)))
            (drop (call $into-units (local.get $text) (local.get $array) (local.get $at)))
            (call $from-units (local.get $array) (local.get $start) (local.get $end)))
          (func (export "intoNull") (result i32) (call $into-units (global.get $beautiful) (ref.null $units) (i32.const 0)))
          (func (export "fromNull") (result externref) (call $from-units (ref.null $units) (i32.const 0) (i32.const 0)))

          ;; Doubles a string `times` times.
          (func (export "double") (param $text externref) (param $times i32) (result externref)
            (loop $again
              (local.set $text (call $concat (local.get $text) (local.get $text)))
              (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
            (local.get $text)))
        """;

    private static readonly WasmModule Module = WasmModule.Decode(WatAssembler.Assemble(Program), BuiltinSets.JsString);

    private static readonly EngineOptions Stressed =
        EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2, StressGuardFailInterval = 3, StressGcInterval = 1 };

    private static readonly EngineOptions[] Tiers =
    [
        EngineOptions.Default with { TierUp = TierUpMode.Never },
        EngineOptions.Default with { TierUp = TierUpMode.Eager },
        EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2 },
        Stressed,
    ];

    public static TheoryData<string, object?[], object?> Results => new()
    {
        { "cast", ["a"], "a" },
        { "test", ["a"], 1 },
        { "test", [""], 1 },
        { "test", [null], 0 },
        { "test", [7.5], 0 },
        { "fromCharCode", [0x10041], "A" },
        { "fromCharCode", [-1], "\uffff" },
        { "fromCodePoint", [0x41], "A" },
        { "fromCodePoint", [0x1F600], "\U0001F600" },
        { "charCodeAt", ["abc", 2], 0x63 },
        { "charCodeAt", ["\U0001F600", 1], 0xDE00 },
        { "codePointAt", ["\U0001F600", 0], 0x1F600 },
        { "codePointAt", ["\U0001F600", 1], 0xDE00 },
        { "length", ["\U0001F600!"], 3 },
        { "length", [""], 0 },
        { "concat", ["ab", "cd"], "abcd" },
        { "concat", ["", "cd"], "cd" },
        { "concat", ["ab", ""], "ab" },
        { "substring", ["abcdef", 1, 4], "bcd" },
        { "substring", ["abcdef", 4, 1], "" },
        { "substring", ["abcdef", 2, -1], "cdef" },
        { "substring", ["abcdef", -1, -1], "" },
        { "substring", ["abcdef", 6, 9], "" },
        { "substring", ["abcdef", 0, 6], "abcdef" },
        { "equals", ["ab", "ab"], 1 },
        { "equals", ["ab", "ba"], 0 },
        { "equals", [null, null], 1 },
        { "equals", [null, "ab"], 0 },
        { "equals", ["ab", null], 0 },
        { "compare", ["ab", "abc"], -1 },
        { "compare", ["ab", "ab"], 0 },
        { "compare", ["\uffff", "\U0001F600"], 1 },
        { "throughArray", ["abcd", 6, 1, 0, 6], "-abcd-" },
        { "throughArray", ["abcd", 4, 0, 2, 2], "" },
        { "constant", [], "sch\u00f6n" },
        { "double", ["ab", 3], "abababababababab" },
        { "equals", ["", ""], 1 },
        { "equals", ["a", ""], 0 },
        { "equals", ["abcd", "abcd"], 1 },
        { "equals", ["abcd", "abce"], 0 },
        { "equals", ["abcdefg", "abcdefg"], 1 },
        { "equals", ["abcdefg", "Abcdefg"], 0 },
        { "equals", ["abcdefg", "abcdefG"], 0 },
        { "equals", ["abcdefgh", "abcdEfgh"], 0 },
        { "tailLength", ["abc"], 3 },
        { "referredLength", ["abc"], 3 },
        { "lengthInTry", ["abc"], 3 },
        { "places", ["abracadabra", "abra"], 2 },
        { "places", ["aaaa", "a"], 4 },
        { "placesManyTimes", ["abracadabra", "a"], 5 },
        { "common", ["abracadabra", "abra--dabr-"], "abradabr" },
    };

    public static TheoryData<string, object?[], TrapKind> Traps => new()
    {
        { "cast", [null], TrapKind.CastFailure },
        { "cast", [7.5], TrapKind.CastFailure },
        { "length", [null], TrapKind.CastFailure },
        { "concat", ["a", null], TrapKind.CastFailure },
        { "concat", [null, "a"], TrapKind.CastFailure },
        { "equals", [7.5, "a"], TrapKind.CastFailure },
        { "equals", [null, 7.5], TrapKind.CastFailure },
        { "compare", ["a", null], TrapKind.CastFailure },
        { "substring", [null, 0, 0], TrapKind.CastFailure },
        { "charCodeAt", ["abc", 3], TrapKind.StringOutOfBounds },
        { "charCodeAt", ["abc", -1], TrapKind.StringOutOfBounds },
        { "charCodeAt", ["", 0], TrapKind.StringOutOfBounds },
        { "charCodeAt", [null, 0], TrapKind.CastFailure },
        { "charCodeAt", [7.5, 0], TrapKind.CastFailure },
        { "length", [7.5], TrapKind.CastFailure },
        { "equals", ["a", 7.5], TrapKind.CastFailure },
        { "tailLength", [7.5], TrapKind.CastFailure },
        { "referredLength", [null], TrapKind.CastFailure },
        { "lengthInTry", [null], TrapKind.CastFailure },
        { "places", ["ab", "abc"], TrapKind.StringOutOfBounds },
        { "places", ["ab", null], TrapKind.CastFailure },
        { "placesManyTimes", [7.5, "a"], TrapKind.CastFailure },
        { "codePointAt", ["", 0], TrapKind.StringOutOfBounds },
        { "fromCodePoint", [0x110000], TrapKind.InvalidCodePoint },
        { "fromCodePoint", [-1], TrapKind.InvalidCodePoint },
        { "throughArray", ["abcd", 4, 1, 0, 1], TrapKind.ArrayOutOfBounds },
        { "throughArray", ["", 4, 5, 0, 1], TrapKind.ArrayOutOfBounds },
        { "throughArray", ["abcd", 4, 0, 0, 5], TrapKind.ArrayOutOfBounds },
        { "throughArray", ["abcd", 4, 0, 3, 2], TrapKind.ArrayOutOfBounds },
        { "intoNull", [], TrapKind.NullArray },
        { "fromNull", [], TrapKind.NullArray },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public void FunctionsGiveWhatJavaScriptGives(string function, object?[] arguments, object? expected) =>
        Assert.All(Tiers, options => Assert.Equal(expected, Invoke(options, function, arguments)));

    [Theory]
    [MemberData(nameof(Traps))]
    public void WrongArgumentsTrap(string function, object?[] arguments, TrapKind kind) => Assert.All(Tiers, options =>
    {
        using var store = new Store(options);
        var callee = Instantiate(store).GetFunction(function);
        for (var i = 0; i < 4; i++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => callee.Invoke(Arguments(arguments)));
            Assert.Equal(kind, trap.Kind);
            Assert.NotEmpty(trap.CallStack);
        }
    });

    [Fact]
    public void ATrapInAnInlinedFunctionTellsItsFrames()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 20 });
        var places = Instantiate(store).GetFunction("places");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(1, places.Invoke(Arguments(["ab", "b"]))[0].AsI32());
        }

        var trap = Assert.Throws<WasmTrapException>(() => places.Invoke(Arguments(["ab", "abc"])));

        Assert.Equal(["matches-at", "places"], trap.CallStack.Select(frame => frame.FunctionName));
        Assert.True(store.Engine.Statistics.OptimizedFunctions > 0);
    }

    [Fact]
    public void LoneSurrogatesAreCodePoints()
    {
        Assert.Equal("\ud800", Invoke(EngineOptions.Default, "fromCodePoint", [0xD800]));
        Assert.Equal(0xD83D, Invoke(EngineOptions.Default, "codePointAt", ["\ud83da", 0]));
        Assert.Equal(0xD83D, Invoke(EngineOptions.Default, "codePointAt", ["\ud83d", 0]));
    }

    [Fact]
    public void AnI31IsNoString() => Assert.All(Tiers, options =>
    {
        using var store = new Store(options);
        var instance = Instantiate(store);
        var i31 = instance.GetFunction("i31").Invoke(5)[0];
        Assert.Equal(0, instance.GetFunction("test").Invoke(i31)[0].AsI32());
        Assert.Throws<WasmTrapException>(() => instance.GetFunction("length").Invoke(i31));
        Assert.Throws<WasmTrapException>(() => instance.GetFunction("equals").Invoke(i31, i31));
    });

    [Fact]
    public void StringsSurviveCollectionsInTheMiddle()
    {
        Assert.Equal(new StringBuilder().Insert(0, "xyz", 1 << 12).ToString(), Invoke(Stressed, "double", ["xyz", 12]));
        Assert.Equal("-abcd-", Invoke(Stressed, "throughArray", ["abcd", 6, 1, 0, 6]));
    }

    [Fact]
    public void LargeStringsAreComparedToTheEnd()
    {
        string large = new('x', 200_001);
        Assert.All(Tiers, options =>
        {
            Assert.Equal(1, Invoke(options, "equals", [large, new string('x', large.Length)]));
            Assert.Equal(0, Invoke(options, "equals", [large, large[..^1] + 'y']));
            Assert.Equal(0, Invoke(options, "equals", [large, 'y' + large[1..]]));
        });
    }

    [Fact]
    public void SignaturesAreChecked()
    {
        var module = WatAssembler.Assemble("""(module (import "wasm:js-string" "length" (func (param externref) (result i64))))""");
        Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(module, BuiltinSets.JsString));
        Assert.Empty(WasmModule.Decode(module).Exports);
    }

    [Fact]
    public void NothingIsOfferedUnasked()
    {
        using var store = new Store();
        var module = WasmModule.Decode(Module.Bytes);
        Assert.Throws<LinkException>(() => store.Instantiate(module, new Imports().DefineStringConstants("'")));
    }

    [Fact]
    public void WhoDecodesTheModuleDecidesWhoseFunctionsItImports() => Assert.All(Tiers, options =>
    {
        var bytes = WatAssembler.Assemble(
            """
            (module
              (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
              (func (export "length") (param externref) (result i32) (call $length (local.get 0))))
            """);
        var imports = new Imports().Define("wasm:js-string", "length", (_, _, results) => results[0] = 42);
        using var store = new Store(options);
        var builtin = store.Instantiate(WasmModule.Decode(bytes, BuiltinSets.JsString), imports).GetFunction("length");
        var other = store.Instantiate(WasmModule.Decode(bytes), imports).GetFunction("length");
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(3, builtin.Invoke(Arguments(["abc"]))[0].AsI32());
            Assert.Equal(42, other.Invoke(Arguments(["abc"]))[0].AsI32());
        }
    });

    private static Instance Instantiate(Store store) => store.Instantiate(Module, new Imports().DefineStringConstants("'"));

    private static WasmValue[] Arguments(object?[] values) =>
        [.. values.Select(value => value is int number ? WasmValue.FromI32(number) : WasmValue.FromExtern(value))];

    /// <summary>The result of the fourth call, which is as that of the first.</summary>
    private static object? Invoke(EngineOptions options, string function, object?[] arguments)
    {
        using var store = new Store(options);
        var callee = Instantiate(store).GetFunction(function);
        object? first = null;
        for (var i = 0; i < 4; i++)
        {
            var result = callee.Invoke(Arguments(arguments))[0];
            var value = result.Kind == ValueKind.I32 ? result.AsI32() : result.AsExtern();
            if (i == 0)
            {
                first = value;
            }

            Assert.Equal(first, value);
        }

        return first;
    }
}
