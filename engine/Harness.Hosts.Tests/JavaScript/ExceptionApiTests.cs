namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Exceptions, tags and traps on their way between WebAssembly and scripts.</summary>
public sealed class ExceptionApiTests
{
    [Fact]
    public void WhatAnImportThrowsComesBackAsItIs() => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f (param i32) (result i32)))
          (func (export "call") (param i32) (result i32) local.get 0 call $f))
        """,
        """
        const thrown = { kind: 'mine' };
        const { exports } = (await WebAssembly.instantiate(bytes, { m: { f: x => { if (x === 0) throw thrown; return x + 0.7; } } })).instance;
        let caught;
        try { exports.call(0); } catch (error) { caught = error; }
        show(caught === thrown, exports.call(41));
        """,
        "true 41");

    [Fact]
    public void APayloadThatIsNotOfItsTagsTypeIsATypeError() => ScriptRun.Check(
        """
        (module (import "m" "tag" (tag (param funcref))) (import "m" "f" (func $f)) (func (export "call") call $f))
        """,
        """
        const tag = new WebAssembly.Tag({ parameters: ['anyfunc'] });
        const { call } = (await WebAssembly.instantiate(bytes, { m: { tag, f() { throw new WebAssembly.Exception(tag, [5]); } } })).instance.exports;
        show(attempt(call));
        """,
        "TypeError");

    /// <summary>What JavaScript cannot have it passes on all the same, each value from its own place.</summary>
    [Fact]
    public void ExceptionsPassThroughScriptsWithAllTheirValues() => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f))
          (tag $inner (param i32))
          (tag $t (export "t") (param v128 exnref i32))
          (func (export "throw") (local $e exnref)
            (block $caught (result i32 exnref)
              (try_table (catch_ref $inner $caught) (throw $inner (i32.const 30)))
              (unreachable))
            (local.set $e)
            (drop)
            (throw $t (v128.const i64x2 1 200) (local.get $e) (i32.const 4)))
          (func (export "catch") (result i32) (local $v v128) (local $e exnref) (local $i i32)
            (block $caught (result v128 exnref i32)
              (try_table (catch $t $caught) (call $f))
              (unreachable))
            (local.set $i)
            (local.set $e)
            (local.set $v)
            (block $again (result i32)
              (try_table (catch $inner $again) (throw_ref (local.get $e)))
              (unreachable))
            (i32.add (local.get $i))
            (i32.add (i32.wrap_i64 (i64x2.extract_lane 1 (local.get $v))))))
        """,
        """
        const { exports } = (await WebAssembly.instantiate(bytes, { m: { f() { exports.throw(); } } })).instance;
        let caught;
        try { exports.throw(); } catch (error) { caught = error; }
        show(exports.catch(), caught.is(exports.t), ...[0, 1, 2].map(i => attempt(() => caught.getArg(exports.t, i))));
        """,
        "234 true TypeError TypeError 4");

    [Fact]
    public void AnExceptionHasWhatBecameOfItsValues() => ScriptRun.Check(
        "(module)",
        """
        const tag = new WebAssembly.Tag({ parameters: ['i32', 'i64', 'f32'] });
        const exception = new WebAssembly.Exception(tag, [2 ** 32 + 3, 2n ** 64n + 5n, 0.1]);
        show(...[0, 1, 2].map(i => exception.getArg(tag, i)));
        """,
        "3 5 0.10000000149011612");

    /// <summary>Code catches no trap, not even one that has gone through a script; errors that a script makes it catches.</summary>
    [Fact]
    public void TrapsPassThroughScriptsUncaught() => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f))
          (func (export "trap") (unreachable))
          (func (export "try") (result i32)
            (block $caught (try_table (catch_all $caught) (call $f)) (return (i32.const 0)))
            (i32.const 1)))
        """,
        """
        let f, inner, outer;
        const { exports } = (await WebAssembly.instantiate(bytes, { m: { f: () => f() } })).instance;
        f = () => { try { exports.trap(); } catch (error) { inner = error; throw error; } };
        try { outer = exports.try(); } catch (error) { outer = error; }
        f = () => { throw new WebAssembly.RuntimeError('not a trap'); };
        show(outer === inner, outer instanceof WebAssembly.RuntimeError, exports.try());
        """,
        "true true 1");

    [Fact]
    public void TrapsAreRuntimeErrors() => ScriptRun.Check(
        "(module (func (export \"div\") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s))",
        "const e = (await WebAssembly.instantiate(bytes)).instance.exports; try { e.div(1, 0); } catch (error) { show(error instanceof WebAssembly.RuntimeError, e.div(6, 3)); }",
        "true 2");

    [Fact]
    public void ATagHasNoMoreValuesThanAFunctionHasParameters() => ScriptRun.Check(
        "(module)",
        "const make = count => typeof new WebAssembly.Tag({ parameters: Array(count).fill('i32') }); show(make(1000), attempt(() => make(1001)), attempt(() => make(100000)));",
        "object TypeError TypeError");
}
