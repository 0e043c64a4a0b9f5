using Harness.Engine.Modules;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Functions of JavaScript that the host serves give what JavaScript's own give, and those that are not the ones it knows are called.</summary>
public sealed class KnownFunctionTests
{
    /// <summary>They are known by where they are in the language, with the types that the module has for them.</summary>
    [Theory]
    [InlineData("parseFloat", "e>d")]
    [InlineData("source:(s) => +s", "e>d")]
    [InlineData("Math.abs", "d>d")]
    [InlineData("Math.ceil", "d>d")]
    [InlineData("Math.floor", "d>d")]
    [InlineData("Math.fround", "d>d")]
    [InlineData("Math.round", "d>d")]
    [InlineData("Math.sign", "d>d")]
    [InlineData("Math.sqrt", "d>d")]
    [InlineData("Math.trunc", "d>d")]
    [InlineData("Math.max", "dd>d")]
    [InlineData("Math.min", "dd>d")]
    [InlineData("Math.clz32", "i>i")]
    [InlineData("Math.imul", "ii>i")]
    public void AFunctionIsServed(string description, string signature)
    {
        var sides = signature.Split('>');
        Assert.NotNull(KnownFunctions.Find(description, new FunctionType([.. sides[0].Select(TypeOf)], [.. sides[1].Select(TypeOf)])));
        Assert.Null(KnownFunctions.Find(description, new FunctionType([.. sides[0].Select(TypeOf)], [])));
    }

    /// <summary>Of what JavaScript leaves to be approximated, V8 has its own results.</summary>
    [Theory]
    [InlineData("Math.sin", "d")]
    [InlineData("Math.cbrt", "d")]
    [InlineData("Math.pow", "dd")]
    [InlineData("Math.hypot", "dd")]
    public void AnApproximationIsNotServed(string description, string parameters) =>
        Assert.Null(KnownFunctions.Find(description, new FunctionType([.. parameters.Select(TypeOf)], [ValueType.F64])));

    [Fact]
    public void ArithmeticIsAsJavaScriptHasIt() => ScriptRun.Check(
        """
        (module
          (import "m" "abs" (func $abs (param f64) (result f64))) (import "m" "ceil" (func $ceil (param f64) (result f64)))
          (import "m" "floor" (func $floor (param f64) (result f64))) (import "m" "fround" (func $fround (param f64) (result f64)))
          (import "m" "round" (func $round (param f64) (result f64))) (import "m" "sign" (func $sign (param f64) (result f64)))
          (import "m" "sqrt" (func $sqrt (param f64) (result f64))) (import "m" "trunc" (func $trunc (param f64) (result f64)))
          (import "m" "max" (func $max (param f64 f64) (result f64))) (import "m" "min" (func $min (param f64 f64) (result f64)))
          (import "m" "clz32" (func $clz32 (param i32) (result i32))) (import "m" "imul" (func $imul (param i32 i32) (result i32)))
          (func (export "abs") (param f64) (result f64) (call $abs (local.get 0))) (func (export "ceil") (param f64) (result f64) (call $ceil (local.get 0)))
          (func (export "floor") (param f64) (result f64) (call $floor (local.get 0))) (func (export "fround") (param f64) (result f64) (call $fround (local.get 0)))
          (func (export "round") (param f64) (result f64) (call $round (local.get 0))) (func (export "sign") (param f64) (result f64) (call $sign (local.get 0)))
          (func (export "sqrt") (param f64) (result f64) (call $sqrt (local.get 0))) (func (export "trunc") (param f64) (result f64) (call $trunc (local.get 0)))
          (func (export "max") (param f64 f64) (result f64) (call $max (local.get 0) (local.get 1)))
          (func (export "min") (param f64 f64) (result f64) (call $min (local.get 0) (local.get 1)))
          (func (export "clz32") (param i32) (result i32) (call $clz32 (local.get 0)))
          (func (export "imul") (param i32 i32) (result i32) (call $imul (local.get 0) (local.get 1))))
        """,
        """
        const { exports } = (await WebAssembly.instantiate(bytes, { m: Math })).instance;
        const bits = new BigUint64Array(1), number = new Float64Array(bits.buffer);
        const numbers = [0, -0, NaN, Infinity, -Infinity, 0.5, -0.5, 0.49999999999999994, -0.49999999999999994, -0.5000000000000001, 1.5, 2.5, -1.5, -2.5, 0.1, -0.1, 5e-324, -5e-324,
          1e-20, -1e-20, 1.7976931348623157e308, 2 ** 52 - 0.5, 2 ** 52 + 1, -(2 ** 52) + 0.5, 2 ** 53, 2 ** 31, -(2 ** 31), 16777217, 1.1, 3.4028235677973366e38, 1e-46];
        for (let i = 0, state = 88172645463325252n; i < 3000; i++) {
          state ^= BigInt.asUintN(64, state << 13n); state ^= state >> 7n; state ^= BigInt.asUintN(64, state << 17n);
          bits[0] = state;
          numbers.push(number[0], Number(BigInt.asIntN(64, state)) / 2 ** 53, Number(BigInt.asIntN(22, state)) / 2);
        }
        const wrong = [];
        const check = (name, ...values) => { if (!Object.is(exports[name](...values), Math[name](...values))) wrong.push([name, ...values]); };
        numbers.forEach((x, i) => {
          for (const name of ['abs', 'ceil', 'floor', 'fround', 'round', 'sign', 'sqrt', 'trunc']) check(name, x);
          for (const y of [0, -0, NaN, 1, -Infinity, numbers[(i * 7) % numbers.length]]) check('max', x, y), check('min', x, y), check('max', y, x), check('min', y, x);
          check('clz32', x | 0);
          check('imul', x | 0, numbers[(i * 7) % numbers.length] | 0);
        });
        show(numbers.length, wrong.join(' '));
        """,
        "9031");

    /// <summary>Strings of every form that begin with numbers, are numbers, or are none, with all kinds of white space; what is no string is JavaScript's.</summary>
    [Fact]
    public void NumbersAreReadAsJavaScriptReadsThem() => ScriptRun.Check(
        ReadingModule,
        """
        const dart = s => {
          if (!/^\s*[+-]?(?:Infinity|NaN|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][+-]?\d+)?)\s*$/.test(s)) {
            return NaN;
          }
          return parseFloat(s);
        };
        const convert = (s) => +s;
        const { exports } = (await WebAssembly.instantiate(bytes, { m: { parse: parseFloat, dart, convert } })).instance;
        const texts = ['', ' ', '0', '-0', '+0', '5.', '.5', '.', '-', '+', '-.', '1e', '1e+', '1e5', '1E-5', '1e+5x', '1.2.3', '.e1', '1_0', 'e5', '--1', '+-1', '1-', '0x10', '0X1f', '-0x10', '0b11', '0o17',
          'Infinity', '-Infinity', '+Infinity', 'Infinityx', 'infinity', 'Inf', '-I', 'NaN', '+NaN', 'nan', 'null', 'true', '\u0661', '1\u0661', '1\0', '\0' + '1', '1e99999999999999999999', '-1e-99999999999999999999', '0e99999999999',
          '1e309', '-1e309', '1.7976931348623158e308', '1.7976931348623159e308', '4.9e-324', '2.4703282292062327e-324', '2.4703282292062328e-324', '9007199254740993', '9007199254740992.99999', '0.1e1', '1'.repeat(400), '0.' + '0'.repeat(400) + '1e401',
          '9007199254740993' + '0'.repeat(800) + '1e-801', '9007199254740993.' + '0'.repeat(900) + '1', '1' + '0'.repeat(70000), '0'.repeat(70000) + '7'];
        for (const space of '\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u180e\u200b\u0085\u001c') texts.push(space + '12', '12' + space, space + '1' + space + '2', space);
        const digits = '0123456789.eE+- x';
        for (let i = 0, state = 88172645463325252n; i < 20000; i++) {
          state ^= BigInt.asUintN(64, state << 13n); state ^= state >> 7n; state ^= BigInt.asUintN(64, state << 17n);
          let text = '', rest = state;
          for (let k = Number(state & 15n); k >= 0; k--, rest >>= 4n) text += digits[Number(rest % 17n)];
          texts.push(text, String(new Float64Array(BigUint64Array.of(state).buffer)[0]));
        }
        const others = [null, undefined, 12, -0, 1.5, true, { toString: () => '7.5x' }, ['3'], 5n, { valueOf: () => 4 }];
        const wrong = [];
        for (const value of [...texts, ...others]) {
          for (const [name, own] of [['parse', parseFloat], ['dart', dart], ['convert', convert]]) {
            const [actual, expected] = [exports[name], own].map(f => attempt(() => f(value)));
            if (!Object.is(actual, expected)) wrong.push(name + ' ' + JSON.stringify(String(value).slice(0, 30)) + ' ' + actual);
          }
        }
        show(texts.length, wrong.join(' '), attempt(() => exports.parse(Symbol())));
        """,
        "40143  TypeError");

    /// <summary>What a script has put in the place of a function that another asks for is asked.</summary>
    [Theory]
    [InlineData("globalThis.parseFloat = () => 42;", "42 42 NaN")]
    [InlineData("RegExp.prototype.test = () => true;", "1 1 1")]
    [InlineData("RegExp.prototype.exec = () => null;", "1 NaN NaN")]
    public void AFunctionOfAScriptIsNotServed(string change, string expected) => ScriptRun.Check(
        ReadingModule,
        $$"""
        {{change}}
        const dart = s => {
          if (!/^\s*[+-]?(?:Infinity|NaN|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][+-]?\d+)?)\s*$/.test(s)) {
            return NaN;
          }
          return parseFloat(s);
        };
        const { exports } = (await WebAssembly.instantiate(bytes, { m: { parse: parseFloat, dart, convert: Number } })).instance;
        show(exports.parse('1x'), exports.dart('1'), exports.dart('1x'));
        """,
        expected);

    private const string ReadingModule = """
        (module
          (import "m" "parse" (func $parse (param externref) (result f64)))
          (import "m" "dart" (func $dart (param externref) (result f64)))
          (import "m" "convert" (func $convert (param externref) (result f64)))
          (func (export "parse") (param externref) (result f64) (call $parse (local.get 0)))
          (func (export "dart") (param externref) (result f64) (call $dart (local.get 0)))
          (func (export "convert") (param externref) (result f64) (call $convert (local.get 0))))
        """;

    private static ValueType TypeOf(char letter) => letter switch
    {
        'i' => ValueType.I32,
        'd' => ValueType.F64,
        _ => ValueType.ExternRef,
    };
}
