using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>
/// V8's optimized code calls WebAssembly directly (<see cref="DirectFunction"/>), and what may happen meanwhile is right there as well: that the calling code is deoptimized, that V8 collects, that the
/// stack is walked, that something is thrown.
/// </summary>
public sealed class DirectCallTests
{
    /// <summary>How long V8's compiler may take on a machine that has much else to do.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private const string Module = """
        (module
          (import "m" "during" (func $during (param i32) (result i32)))
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "wide") (param i64 f64 f32) (result f64) (f64.add (f64.convert_i64_s (local.get 0)) (f64.add (local.get 1) (f64.promote_f32 (local.get 2)))))
          (func (export "through") (param i32) (result i32) (i32.add (call $during (local.get 0)) (i32.const 1)))
          (func (export "trap") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0))))
        """;

    /// <summary>
    /// Once the loop that makes the calls is optimized, which V8 does on another thread. Where its middle compiler has the loop first, it may stay there for a while, so the loop is a long one: what counts
    /// is that calls go past the callbacks.
    /// </summary>
    [Theory]
    [InlineData("e.add(i, 1)", "2000000")]
    [InlineData("e.wide(BigInt(i), 0.5, 1)", "2000000.5")]
    [InlineData("e.through(i)", "2000000")]
    public void OptimizedCodeCallsDirectly(string call, string last)
    {
        const uint Calls = 2_000_000;
        var callbacks = uint.MaxValue;
        With($"function run() {{ let last; for (let i = 0; i < {Calls}; i++) last = {call}; return `${{last}}`; }}", host =>
        {
            var watch = Stopwatch.StartNew();
            while (callbacks > Calls / 2 && watch.Elapsed < Limit)
            {
                var before = host.Callbacks;
                Assert.Equal(last, host.Call("run"));
                callbacks = host.Callbacks - before;
                Thread.Sleep(1);
            }
        });
        Assert.InRange(callbacks, 0u, Calls / 2);
    }

    /// <summary>Code waits for a call that makes it invalid: it goes on where the call was, with what the call gives.</summary>
    [Fact]
    public void CodeThatIsDeoptimizedDuringACallGoesOn() => Assert.Equal(
        "20 of 20",
        Run(
            """
            let wrong = 0;
            for (let round = 0; round < 20; round++) {
              const holder = { value: 1 };
              const make = new Function('e', 'holder', `return function hot${round}(i) { const before = holder.value; const result = e.through(i); return result * 1000 + before * 10 + holder.value; }`);
              const hot = make(e, holder);
              during = i => i;
              for (let i = 0; i < 20000; i++) if (hot(i) !== (i + 1) * 1000 + 11) wrong++;
              during = i => { holder.value = 5; if (round % 2 === 0) delete holder.other; return i; };
              if (hot(round) !== (round + 1) * 1000 + 15) wrong++;
              during = i => i;
              for (let i = 0; i < 100; i++) if (hot(i) !== (i + 1) * 1000 + 55) wrong++;
            }
            console.log(wrong === 0 ? '20 of 20' : `${wrong} wrong`);
            """));

    /// <summary>V8 finds what the calling code holds, though it knows nothing of the frames in between.</summary>
    [Fact]
    public void WhatOptimizedCodeHoldsSurvivesCollectionsDuringACall() => Assert.Equal(
        "right",
        Run(
            """
            let kept = [], deep = 0;
            during = i => {
              if (i % 5000 === 0) { kept = []; for (let k = 0; k < 20000; k++) kept.push({ k, text: `${k}` }); }
              if (deep < 3 && i % 1000 === 0) { deep++; const inner = hot(i + 1); deep--; if (inner.sum !== i + 2) throw new Error('inner'); }
              return i;
            };
            function hot(i) {
              const held = { i }, text = `t${i}`, list = [held, text];
              const sum = e.through(i);
              if (held.i !== i || list[0] !== held || text !== `t${i}`) throw new Error(`${i}`);
              return { sum, held };
            }
            let last;
            for (let i = 0; i < 100000; i++) last = hot(i);
            console.log(last.sum === 100000 && last.held.i === 99999 ? 'right' : 'wrong');
            """));

    /// <summary>What is thrown on either side comes to the script that has called, and the stack is there to be walked.</summary>
    [Fact]
    public void WhatIsThrownDuringACallIsCaught() => Assert.Equal(
        "right",
        Run(
            """
            const problem = new Error('problem');
            let traces = 0;
            during = i => {
              if (i % 3 === 0) throw problem;
              if (i % 1000 === 1 && new Error().stack.includes('hot')) traces++;
              return i;
            };
            function hot(i) { return e.through(i); }
            function hotTrap(i) { return e.trap(i % 7); }
            let wrong = 0;
            for (let i = 0; i < 30000; i++) {
              let result, thrown;
              try { result = hot(i); } catch (error) { thrown = error; }
              if (i % 3 === 0 ? thrown !== problem : result !== i + 1) wrong++;
              thrown = undefined;
              try { result = hotTrap(i); } catch (error) { thrown = error; }
              if (i % 7 === 0 ? !(thrown instanceof WebAssembly.RuntimeError) : result !== (1 / (i % 7) | 0)) wrong++;
            }
            console.log(wrong === 0 && traces === 20 ? 'right' : `${wrong} ${traces}`);
            """));

    /// <summary>A script that has exhausted the stack in direct calls gets the error for that, as often as it tries. The calls inside each other need more than a block of V8's handles.</summary>
    [Fact]
    public void CallsThatGoTooDeepThrow() => Assert.Equal(
        "100 right",
        Run(
            """
            function hot(i) { return e.through(i); }
            during = i => i;
            for (let i = 0; i < 100000; i++) hot(i);
            during = i => hot(i + 1);
            let right = 0;
            for (let i = 0; i < 100; i++) {
              try { hot(0); } catch (error) { if (error instanceof RangeError) right++; }
            }
            console.log(`${right} right`);
            """));

    /// <summary>What a script prints that has a module's exports as <c>e</c>, whose import is what <c>during</c> is then.</summary>
    private static string Run(string script) => With(script, _ => { });

    /// <summary>Runs such a script, and something behind it.</summary>
    /// <returns>What it prints.</returns>
    private static string With(string script, Action<JavaScriptHost> action)
    {
        var output = "";
        var options = EngineOptions.Default;
        ExecutionThread.Run(options, () =>
        {
            using var host = new JavaScriptHost(new JavaScriptOptions { Engine = options, Print = text => output += text });
            host.RunScript(
                "direct.js",
                $$"""
                let during = i => i;
                const module = new WebAssembly.Module(Uint8Array.of({{string.Join(", ", WatAssembler.Assemble(Module))}}));
                const e = new WebAssembly.Instance(module, { m: { during: i => during(i) } }).exports;
                {{script}}
                """);
            action(host);
        });
        return output.Trim();
    }
}
