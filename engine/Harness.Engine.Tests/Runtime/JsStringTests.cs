using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The functions of <c>wasm:js-string</c> and imported string constants; the results are those of Node 26.</summary>
public sealed class JsStringTests : IDisposable
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

    private Store store = new();

    public void Dispose() => store.Dispose();

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
        Assert.Equal(expected, Invoke(function, arguments));

    [Theory]
    [MemberData(nameof(Traps))]
    public void WrongArgumentsTrap(string function, object?[] arguments, TrapKind kind)
    {
        var trap = Assert.Throws<WasmTrapException>(() => Invoke(function, arguments));
        Assert.Equal(kind, trap.Kind);
        Assert.NotEmpty(trap.CallStack);
    }

    [Fact]
    public void LoneSurrogatesAreCodePoints()
    {
        Assert.Equal("\ud800", Invoke("fromCodePoint", [0xD800]));
        Assert.Equal(0xD83D, Invoke("codePointAt", ["\ud83da", 0]));
        Assert.Equal(0xD83D, Invoke("codePointAt", ["\ud83d", 0]));
    }

    [Fact]
    public void AnI31IsNoString()
    {
        Instance instance = Instantiate();
        WasmValue i31 = instance.GetFunction("i31").Invoke(5)[0];
        Assert.Equal(0, instance.GetFunction("test").Invoke(i31)[0].AsI32());
        Assert.Throws<WasmTrapException>(() => instance.GetFunction("length").Invoke(i31));
    }

    [Fact]
    public void StringsSurviveCollectionsInTheMiddle()
    {
        store.Dispose();
        store = new Store(EngineOptions.Default.With("stress.gc-interval", "1"));
        Assert.Equal(new StringBuilder().Insert(0, "xyz", 1 << 12).ToString(), Invoke("double", ["xyz", 12]));
        Assert.Equal("-abcd-", Invoke("throughArray", ["abcd", 6, 1, 0, 6]));
    }

    [Fact]
    public void SignaturesAreChecked()
    {
        byte[] module = WatAssembler.Assemble("""(module (import "wasm:js-string" "length" (func (param externref) (result i64))))""");
        Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(module, BuiltinSets.JsString));
        WasmModule.Decode(module);
    }

    [Fact]
    public void NothingIsOfferedUnasked()
    {
        WasmModule module = WasmModule.Decode(Module.Bytes);
        Assert.Throws<LinkException>(() => store.Instantiate(module, new Imports().DefineStringConstants("'")));
    }

    private Instance Instantiate() => store.Instantiate(Module, new Imports().DefineStringConstants("'"));

    private object? Invoke(string function, object?[] arguments)
    {
        var values = arguments.Select(argument => argument is int number ? WasmValue.FromI32(number) : WasmValue.FromExtern(argument));
        WasmValue result = Instantiate().GetFunction(function).Invoke([.. values])[0];
        return result.Kind == ValueKind.I32 ? result.AsI32() : result.AsExtern();
    }
}
