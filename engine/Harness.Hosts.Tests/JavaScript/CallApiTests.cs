using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Calls from scripts into WebAssembly and back, whichever store's code they come from.</summary>
public sealed class CallApiTests
{
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
        byte[] module = WatAssembler.Assemble(
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
        for (int i = 0; i < Made; i++) host.Call("make");
        Assert.InRange(host.Stores.Count, 1, Made / 2);
    });
}
