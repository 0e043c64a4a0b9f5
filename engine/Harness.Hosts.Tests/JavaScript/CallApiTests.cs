using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Calls from scripts into WebAssembly and back, whichever store's code they come from.</summary>
public sealed class CallApiTests
{
    private const string Identities = """
        (module
          (func (export "i32") (param i32) (result i32) local.get 0)
          (func (export "i64") (param i64) (result i64) local.get 0)
          (func (export "f32") (param f32) (result f32) local.get 0)
          (func (export "f64") (param f64) (result f64) local.get 0)
          (func (export "ext") (param externref) (result externref) local.get 0)
          (func (export "fun") (param funcref) (result funcref) local.get 0)
          (func (export "two") (param i32 f64) (result f64 i32) local.get 1 local.get 0))
        """;

    /// <summary>Often enough that V8 optimizes the calls; only then they get what they have not seen before.</summary>
    [Theory]
    [InlineData("e.i32", "i => i - 50000", "x => x | 0", "-0, NaN, 2 ** 31, -(2 ** 32) - 5, 1.9, '7', undefined, null, true, [9], { valueOf: () => 3 }")]
    [InlineData("e.i64", "i => BigInt(i - 50000)", "x => BigInt.asIntN(64, BigInt(x))", "2n ** 63n, -(2n ** 64n) - 5n, true, '7', [9], { valueOf: () => 3n }")]
    [InlineData("e.f32", "i => i / 3", "x => Math.fround(x)", "-0, NaN, Infinity, 1e40, 1e-50, '0.1', undefined, null, true, { valueOf: () => 0.1 }")]
    [InlineData("e.f64", "i => i / 3", "x => +x", "-0, NaN, -Infinity, 2 ** 31, 5, '0.1', undefined, null, true, { valueOf: () => 0.1 }")]
    [InlineData("e.ext", "i => i % 3 === 0 ? { i } : i", "x => x", "-0, NaN, 2 ** 30, 2 ** 31, 'text', undefined, null, true, 10n, Symbol.iterator, e, e.i32")]
    [InlineData("e.fun", "i => i % 2 === 0 ? e.i32 : e.two", "x => x", "null, e.fun")]
    [InlineData("x => e.two(x, x / 2).join()", "i => i", "x => [x / 2, x | 0].join()", "NaN, 2 ** 31, 1.5, '7', undefined, true, { valueOf: () => 3 }")]
    public void OptimizedScriptsGiveAndGetWhatOthersDo(string function, string next, string convert, string odd) => ScriptRun.Check(
        Identities,
        $$"""
        const e = (await WebAssembly.instantiate(bytes)).instance.exports;
        const run = (f, next, convert, odd) => {
          let wrong = 0;
          for (let i = 0; i < 100000; i++) {
            const x = i > 50000 && i % 100 === 99 ? odd[(i / 100 | 0) % odd.length] : next(i);
            if (!Object.is(f(x), convert(x))) wrong++;
          }
          return wrong;
        };
        show(run({{function}}, {{next}}, {{convert}}, [{{odd}}]));
        """,
        "0");

    /// <summary>With the knob a function that is not valid is an error of compilation at its call, which WebAssembly does not catch; the script may ask for the module's validity as ever.</summary>
    [Theory]
    [InlineData(true, "false 5 CompileError CompileError CompileError 5")]
    [InlineData(false, "false CompileError")]
    public void AFunctionThatIsNotValidIsAnErrorOfCompilationWhereItIsCalled(bool isLate, string expected) => ScriptRun.Check(
        """
        (module
          (func (export "good") (result i32) (i32.const 5))
          (func $bad (export "bad") (result i32) (i64.const 1))
          (func (export "calls") (result i32)
            (block $caught (try_table (result i32) (catch_all $caught) (call $bad)) (return))
            (i32.const -1)))
        """,
        """
        const isValid = WebAssembly.validate(bytes) || WebAssembly.validate(bytes, { importedStringConstants: 's' });
        const made = attempt(() => new WebAssembly.Module(bytes));
        if (typeof made === 'string') show(isValid, made);
        else {
          const e = new WebAssembly.Instance(made).exports;
          show(isValid, e.good(), attempt(e.bad), attempt(e.calls), attempt(e.bad), e.good());
        }
        """,
        expected,
        EngineOptions.Default with { CompileLazyValidation = isLate });

    /// <summary>What goes wrong for the first time when V8 has long optimized the calls is told all the same, with a result and without one, and the next calls return.</summary>
    [Theory]
    [InlineData("(result i32)", "(global.get $n)", "call() === i")]
    [InlineData("", "", "call() === undefined && count.value === i")]
    public void OptimizedScriptsSeeTrapsAndExceptions(string result, string value, string isRight) => ScriptRun.Check(
        $$"""
        (module (import "m" "f" (func $f)) (tag $t (param i32)) (global $n (export "n") (mut i32) (i32.const 0))
          (func (export "call") {{result}}
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (if (i32.eq (global.get $n) (i32.const 100000)) (then (unreachable)))
            (if (i32.eq (global.get $n) (i32.const 100001)) (then (throw $t (i32.const 7))))
            (if (i32.eq (global.get $n) (i32.const 100002)) (then (call $f)))
            {{value}}))
        """,
        $$"""
        const { call, n: count } = (await WebAssembly.instantiate(bytes, { m: { f() { throw new SyntaxError('thrown'); } } })).instance.exports;
        const run = () => {
          const thrown = [];
          let wrong = 0;
          for (let i = 1; i <= 110000; i++) {
            try {
              if (!({{isRight}})) wrong++;
            } catch (error) {
              thrown.push(`${i} ${error.constructor.name}`);
            }
          }
          return `${wrong} ${thrown.join()}`;
        };
        show(run());
        """,
        "0 100000 RuntimeError,100001 Exception,100002 SyntaxError");

    /// <summary>An import makes code of a script wrong that waits for a call of WebAssembly: by another value of a field that had always been the same small integer.</summary>
    [Fact]
    public void ACallReturnsToAScriptThatWasDeoptimizedMeanwhile() => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f)) (global $n (mut i32) (i32.const 0))
          (func (export "count") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (call $f)
            (global.get $n))
          (func (export "nothing") (call $f)))
        """,
        """
        let calls, last, change;
        const { count, nothing } = (await WebAssembly.instantiate(bytes, { m: { f() { if (++calls === last) change(); } } })).instance.exports;
        const round = k => {
          const holder = { [`step${k}`]: 1 };
          calls = 0;
          last = 100000 + k;
          change = () => { holder[`step${k}`] = true; };
          return new Function('count', 'nothing', 'holder', `
            let wrong = 0;
            for (let i = 0; i < 60000; i++) {
              const before = count();
              nothing();
              if (count() !== before + holder.step${k}) wrong++;
            }
            return wrong;`)(count, nothing, holder);
        };
        show([0, 1, 2, 3, 4, 5].map(round).join(), calls);
        """,
        "0,0,0,0,0,0 180000");

    /// <summary>Values that cross for an import are those of its own store, whatever its callers and callees have called in between, and however that ended.</summary>
    [Fact]
    public void ImportsHaveTheValuesOfTheirOwnStores() => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f (param externref i32) (result externref)))
          (func (export "call") (param externref i32) (result externref) (call $f (local.get 0) (local.get 1))))
        """,
        """
        let wrong = 0, same = 0;
        const module = new WebAssembly.Module(bytes);
        const pair = [0, 1].map(own => new WebAssembly.Instance(module, { m: { f(value, depth) {
          if (depth < 0) throw value;
          if (depth === 0) return value;
          const mine = { own, depth };
          if (pair[1 - own].call(mine, 0) !== mine) wrong++;
          try {
            pair[depth % 2].call(mine, -1);
            wrong++;
          } catch (error) {
            if (error !== mine) wrong++;
          }
          return pair[1 - own].call(value, depth - 1);
        } } }).exports);
        for (let i = 0; i < 300; i++) {
          const value = { i };
          if (pair[i % 2].call(value, 9) === value) same++;
        }
        show(wrong, same);
        """,
        "0 300");

    /// <summary>The code of a store runs before anything of it was exported, and others' beside it.</summary>
    [Fact]
    public void AStartFunctionCallsAnImportOfItsOwnStore() => ScriptRun.Check(
        """
        (module (import "m" "g" (global externref)) (import "m" "f" (func $f (param externref)))
          (func $start (call $f (global.get 0))) (start $start))
        """,
        """
        const module = new WebAssembly.Module(bytes);
        const given = [], got = [];
        const start = depth => {
          const g = { depth };
          given.push(g);
          new WebAssembly.Instance(module, { m: { g, f(value) { if (depth < 3) start(depth + 1); got.push(value); } } });
        };
        start(0);
        show(got.reverse().every((value, i) => value === given[i]), got.length);
        """,
        "true 4");

    [Fact]
    public void AResultThatIsNotOfItsTypeIsATypeErrorOfTheStoreThatImports() => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f (result i31ref))) (func (export "call") (drop (call $f))))
        """,
        """
        const module = new WebAssembly.Module(bytes);
        const inner = new WebAssembly.Instance(module, { m: { f: () => ({}) } }).exports;
        const outer = new WebAssembly.Instance(module, { m: { f: () => attempt(inner.call) === 'TypeError' ? {} : 5 } }).exports;
        show(attempt(inner.call), attempt(outer.call));
        """,
        "TypeError TypeError");

    /// <summary>An import that has been called keeps nothing of its store, though it refers to what the store exports.</summary>
    [Fact]
    public void InstancesWhoseImportsWereCalledAreCollected() => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        const int Made = 100;
        var module = WatAssembler.Assemble(
            """
            (module (import "m" "f" (func $f (param externref))) (type $words (array (mut i32)))
              (func (export "fill") (param externref) (call $f (local.get 0)) (drop (array.new_default $words (i32.const 2000000)))))
            """);
        using var host = new JavaScriptHost(new JavaScriptOptions());
        host.RunScript(
            "make.js",
            $$"""
            const module = new WebAssembly.Module(Uint8Array.of({{string.Join(", ", module)}}));
            globalThis.make = () => {
              const { exports } = new WebAssembly.Instance(module, { m: { f: value => { if (value !== exports) throw new Error('another value'); } } });
              exports.fill(exports);
            };
            """);
        for (var i = 0; i < Made; i++)
        {
            host.Call("make");
        }

        Assert.InRange(host.Stores.Count, 1, Made / 2);
    });

    /// <summary>What would have been let go of at the end of a job is let go of, too, where the job was ended, and no other import is ever called.</summary>
    [Fact]
    public void InstancesOfAScriptThatWasEndedAreCollected() => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        const int Made = 20;
        var module = WatAssembler.Assemble(
            """
            (module (import "m" "f" (func $f)) (type $words (array (mut i32)))
              (func (export "fill") (call $f) (drop (array.new_default $words (i32.const 2000000)))))
            """);
        JavaScriptHost? running = null;
        using var host = new JavaScriptHost(new JavaScriptOptions { Print = _ => ThreadPool.QueueUserWorkItem(_ => running!.Interrupt()) });
        running = host;
        Assert.Throws<ProgramException>(() => host.RunScript(
            "make.js",
            $$"""
            (async () => {
              await undefined;
              const module = new WebAssembly.Module(Uint8Array.of({{string.Join(", ", module)}}));
              for (let i = 0; i < {{Made}}; i++) new WebAssembly.Instance(module, { m: { f() {} } }).exports.fill();
              console.log('made');
              for (;;);
            })()
            """));
        Assert.Equal(Made, host.Stores.Count);
        for (var i = 0; i < 20; i++)
        {
            host.RunScript("garbage.js", "for (let i = 0; i < 20; i++) new Uint8Array(1 << 23); 0");
        }

        Assert.InRange(host.Stores.Count, 0, Made / 2);
    });
}
