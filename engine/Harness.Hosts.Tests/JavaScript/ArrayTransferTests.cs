namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Copies of blocks between typed arrays and arrays of the heap: what they give is what copying one by one gives, and that happens only where it must.</summary>
public sealed class ArrayTransferTests
{
    [Theory]
    [InlineData("I8", "i8", "i32", "_u", "Uint8Array", "[1, 255, 256, -1, 7.9].map(x => x & 255)")]
    [InlineData("I8", "i8", "i32", "_s", "Int8Array", "[1, -128, 127]")]
    [InlineData("I16", "i16", "i32", "_u", "Uint16Array", "[1, 65535, 300]")]
    [InlineData("I32", "i32", "i32", "", "Int32Array", "[1, -2147483648, 2147483647]")]
    [InlineData("F32", "f32", "f32", "", "Float32Array", "[0.5, -0, Infinity, 3]")]
    [InlineData("F64", "f64", "f64", "", "Float64Array", "[0.1, -0, NaN, 1e300]")]
    public void BlocksComeAndGoAsTheyAre(string element, string storage, string value, string sign, string array, string values) => Check(
        Module(element, storage, value, sign),
        element,
        $$"""
        const source = {{array}}.from({{values}}), target = new {{array}}(source.length + 2);
        make(source.length + 3);
        to(source, 0, 2, source.length);
        from(target, 1, 2, source.length);
        show(source.every((x, i) => Object.is(x, target[i + 1]) && Object.is(x, at(i + 2))), target[0], target.at(-1), at(1), calls);
        """,
        "true 0 0 0 0");

    [Fact]
    public void WhatIsLargeCrossesInSeveralBlocks() => Check(
        Module("I8", "i8", "i32", "_u"),
        "I8",
        """
        const source = Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * 7) ^ (i >> 8)), target = new Uint8Array(source.length);
        make(source.length);
        to(source, 0, 0, source.length);
        from(target, 0, 0, source.length);
        show(source.every((x, i) => x === target[i]), at(1_000_002) === source[1_000_002], calls);
        """,
        "true true 0");

    [Theory]
    [InlineData("to([1, 2, 3], 0, 0, 3); show(at(2), calls)", "3 1")]
    [InlineData("to(Uint16Array.of(513, 2), 0, 0, 2); show(at(0), calls)", "1 1")]
    [InlineData("const a = new Uint8ClampedArray(1); to(Uint8Array.of(255), 0, 0, 1); from(a, 0, 0, 1); show(a[0], calls)", "255 1")]
    [InlineData("show(attempt(() => to(Uint8Array.of(5, 6), 0, 3, 2)), at(3), calls)", "RuntimeError 5 1")]
    [InlineData("to(Uint8Array.of(9, 9), 1, 0, 2); show(at(0), at(1), calls)", "9 0 1")]
    [InlineData("const a = new Uint8Array(4); Object.defineProperty(a, 'length', { value: 1 }); to(a, 0, 0, 4); show(calls)", "0")]
    [InlineData("const a = Uint8Array.of(1); to(a, 0, 0, 0); show(at(0), calls)", "0 0")]
    [InlineData("const a = Uint8Array.of(5); Array.prototype.includes = ArrayBuffer.isView = Reflect.apply = WeakRef.prototype.deref = () => { calls = 100; }; globalThis.Uint8Array = undefined; to(a, 0, 0, 1); show(at(0), calls)", "5 0")]
    public void WhatIsNotPlainIsCopiedOneByOne(string script, string expected) =>
        Check(Module("I8", "i8", "i32", "_u"), "I8", $"make(4); {script};", expected);

    [Fact]
    public void AnAccessorThatDoesSomethingElseIsCalled() => Check(
        Module("I8", "i8", "i32", "_u").Replace("(local.get 2))) ;; set", "(i32.add (local.get 2) (i32.const 1)))) ;; set", StringComparison.Ordinal),
        "I8",
        "make(2); to(Uint8Array.of(4), 0, 0, 1); show(at(0), calls);",
        "5 1");

    private static void Check(string module, string element, string script, string expected) => ScriptRun.Check(
        module,
        $$"""
        let calls = 0, real;
        const app = { exports: {
          get $wasm{{element}}ArraySet() { calls++; return real.$wasm{{element}}ArraySet; },
          get $wasm{{element}}ArrayGet() { calls++; return real.$wasm{{element}}ArrayGet; },
        } };
        const m = {
          to: (bytes, first, array, start, count) => {
            const write = app.exports.$wasm{{element}}ArraySet;
            for (let k = 0; k < count; k++) {
              write(array, start + k, bytes[first + k]);
            }
          },
          from: (bytes, first, array, start, count) => {
            const read = app.exports.$wasm{{element}}ArrayGet;
            for (let k = 0; k < count; k++) {
              bytes[first + k] = read(array, start + k);
            }
          },
        };
        real = (await WebAssembly.instantiate(bytes, { m })).instance.exports;
        const { make, at, to, from } = real;
        {{script}}
        """,
        expected);

    private static string Module(string element, string storage, string value, string sign) => $$"""
        (module
          (type $a (array (mut {{storage}})))
          (import "m" "to" (func $to (param (ref extern) i32 (ref array) i32 i32) (result externref)))
          (import "m" "from" (func $from (param (ref extern) i32 (ref array) i32 i32) (result externref)))
          (func (export "$wasm{{element}}ArraySet") (param externref i32 {{value}})
            (array.set $a (ref.cast (ref $a) (any.convert_extern (local.get 0))) (local.get 1) (local.get 2))) ;; set
          (func (export "$wasm{{element}}ArrayGet") (param externref i32) (result {{value}})
            (array.get{{sign}} $a (ref.cast (ref $a) (any.convert_extern (local.get 0))) (local.get 1)))
          (global $g (mut (ref null $a)) (ref.null $a))
          (func (export "make") (param i32) (global.set $g (array.new_default $a (local.get 0))))
          (func (export "at") (param i32) (result {{value}}) (array.get{{sign}} $a (global.get $g) (local.get 0)))
          (func (export "to") (param externref i32 i32 i32)
            (drop (call $to (ref.as_non_null (local.get 0)) (local.get 1) (ref.as_non_null (global.get $g)) (local.get 2) (local.get 3))))
          (func (export "from") (param externref i32 i32 i32)
            (drop (call $from (ref.as_non_null (local.get 0)) (local.get 1) (ref.as_non_null (global.get $g)) (local.get 2) (local.get 3)))))
        """;
}
