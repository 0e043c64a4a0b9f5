using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Memories of the JavaScript API over this engine: they are one memory on both sides, whoever makes them and lets them grow.</summary>
public sealed class MemoryApiTests
{
    [Fact]
    public void TheArgumentOfGrowIsConvertedOnce() => ScriptRun.Check(
        "(module (memory (export \"m\") 1 9) (func (export \"size\") (result i32) memory.size))",
        """
        const { m, size } = (await WebAssembly.instantiate(bytes)).instance.exports;
        let n = 1;
        show(m.grow({ valueOf: () => n++ }), m.buffer.byteLength / 65536, size(), n);
        """,
        "1 2 2 2");

    [Fact]
    public void BuffersOfMemoriesAreTheMemoryAndDetachWhenItGrows() => ScriptRun.Check(
        """
        (module (memory (export "m") 1 5)
          (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
          (func (export "grow") (result i32) i32.const 1 memory.grow))
        """,
        """
        const { m, load, grow } = (await WebAssembly.instantiate(bytes)).instance.exports;
        const before = m.buffer;
        new Uint8Array(before)[100] = 7;
        show(m instanceof WebAssembly.Memory, load(100), grow(), before.byteLength, m.buffer.byteLength);
        new Uint8Array(m.buffer)[70000] = 9;
        show(load(100), load(70000), m.grow(1), m.buffer.byteLength);
        new Uint8Array(m.buffer)[140000] = 11;
        show(load(140000));
        """,
        "true 7 1 0 131072 7 9 2 196608 11");

    /// <summary>Code that the host calls, as no script runs, grows a memory below its buffer, too.</summary>
    [Fact]
    public void AMemoryGrowsBelowItsBufferWhileNoScriptRuns() => ExecutionThread.Run(EngineOptions.Default, () =>
    {
        var module = WatAssembler.Assemble(
            """
            (module (memory (export "m") 1 5)
              (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
              (func (export "grow") (result i32) i32.const 1 memory.grow))
            """);
        using var host = new JavaScriptHost(new JavaScriptOptions());
        host.RunScript("make.js", $"globalThis.m = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of({string.Join(", ", module)}))).exports.m; new Uint8Array(m.buffer)[100] = 7;");
        var instance = host.LastInstance!;
        Assert.Equal(1, instance.GetFunction("grow").Invoke()[0].AsI32());
        Assert.Equal(131072, host.RunScript("write.js", "new Uint8Array(m.buffer)[70000] = 9; m.buffer.byteLength"));
        Assert.Equal(7, instance.GetFunction("load").Invoke(100)[0].AsI32());
        Assert.Equal(9, instance.GetFunction("load").Invoke(70000)[0].AsI32());
    });

    /// <summary>What scripts change about memories leads the host neither to other buffers nor out of itself.</summary>
    [Fact]
    public void ABufferThatAScriptHasPutInThePlaceOfAMemorysIsNotUsed() => ScriptRun.Check(
        """
        (module (memory (export "m") 1 5)
          (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
          (func (export "grow") (result i32) i32.const 1 memory.grow))
        """,
        """
        const { m, load, grow } = (await WebAssembly.instantiate(bytes)).instance.exports;
        const { get } = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, 'buffer');
        Object.defineProperty(WebAssembly.Memory.prototype, 'buffer', { get() { throw new Error('mine'); } });
        show(grow(), m.grow(1), attempt(() => m.buffer));
        new Uint8Array(get.call(m))[140000] = 7;
        show(load(140000));
        """,
        "1 2 Error 7");

    /// <summary>The stack of JavaScript ends before that of WebAssembly does: where code grows a memory below, the call ends, if anything does.</summary>
    [Fact]
    public void AMemoryThatGrowsWhereJavaScriptHasNoStackEndsTheCallAlone() => ScriptRun.Check(
        """
        (module (memory (export "m") 1 5)
          (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
          (func $down (export "down") (param $n i32) (result i32)
            (if (result i32) (local.get $n)
              (then (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
              (else
                (drop (memory.grow (i32.const 1)))
                (local.set $n (i32.const 9))
                (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i32.const 0)))))
        """,
        """
        const { load, down } = (await WebAssembly.instantiate(bytes)).instance.exports;
        const outcome = attempt(() => down(30000));
        show(outcome === 30000 || outcome === 'RuntimeError', load(0));
        """,
        "true 0");

    [Fact]
    public void AMemoryThatTheEngineDoesNotGrowStaysAsItIs() => ScriptRun.Check(
        "(module (memory (export \"m\") 1 100) (func (export \"size\") (result i32) memory.size))",
        """
        const { m, size } = (await WebAssembly.instantiate(bytes)).instance.exports;
        const { buffer } = m;
        show(attempt(() => m.grow(99)), buffer.byteLength, m.buffer === buffer, size());
        show(attempt(() => m.grow(100)), attempt(() => m.grow(-1)), attempt(() => m.grow(2 ** 32)), attempt(() => m.grow()));
        show(m.grow({ valueOf: () => 1 }), m.buffer.byteLength, size());
        """,
        "RangeError 65536 true 1 RangeError TypeError TypeError TypeError 1 131072 2",
        new EngineOptions { MemoryLimit = 1 });

    [Fact]
    public void AMemoryOfAScriptThatIsTooLargeIsRefusedInWords() => ScriptRun.Check(
        "(module (import \"m\" \"m\" (memory 1)))",
        """
        const memory = new WebAssembly.Memory({ initial: 32768 });
        let message = '';
        try {
          await WebAssembly.instantiate(bytes, { m: { m: memory } });
        } catch (error) {
          message = error.message;
        }
        show(message.includes('2 GiB or more'));
        """,
        "true");

    [Fact]
    public void MemoriesOfScriptsCanBeImported() => ScriptRun.Check(
        "(module (import \"m\" \"memory\" (memory 1)) (func (export \"store\") i32.const 8 i32.const 42 i32.store))",
        """
        const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
        (await WebAssembly.instantiate(bytes, { m: { memory } })).instance.exports.store();
        show(new Int32Array(memory.buffer)[2]);
        """,
        "42");

    [Fact]
    public void SharedMemoriesOfScriptsCanBeImportedAndKeepTheirBuffers() => ScriptRun.Check(
        """
        (module (import "m" "memory" (memory 1 4 shared))
          (func (export "add") (param i32) (result i32) i32.const 8 local.get 0 i32.atomic.rmw.add)
          (func (export "load") (param i32) (result i32) local.get 0 i32.atomic.load)
          (func (export "grow") (result i32) i32.const 1 memory.grow))
        """,
        """
        const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
        const before = new Int32Array(memory.buffer);
        Atomics.store(before, 2, 40);
        const { add, load, grow } = (await WebAssembly.instantiate(bytes, { m: { memory } })).instance.exports;
        show(memory.buffer instanceof SharedArrayBuffer, add(2), Atomics.load(before, 2), grow(), before.byteLength, memory.buffer.byteLength);
        Atomics.store(new Int32Array(memory.buffer), 20000, 7);
        Atomics.add(before, 2, 1);
        show(load(80000), load(8), memory.grow(1), memory.buffer.byteLength, add(1), Atomics.load(before, 2));
        const two = (await WebAssembly.instantiate(bytes, { m: { memory } })).instance.exports;
        show(two.load(8), attempt(() => memory.grow(9)));
        """,
        "true 40 42 1 65536 131072 7 43 2 196608 43 44 44 RangeError");

    [Fact]
    public void SharedMemoriesOfInstancesAreSharedBuffers() => ScriptRun.Check(
        "(module (memory (export \"m\") 1 2 shared) (func (export \"store\") i32.const 8 i32.const 42 i32.atomic.store))",
        """
        const { m, store } = (await WebAssembly.instantiate(bytes)).instance.exports;
        store();
        show(m.buffer instanceof SharedArrayBuffer, Atomics.load(new Int32Array(m.buffer), 2), m.grow(1), attempt(() => m.grow(1)));
        """,
        "true 42 1 RangeError");

    [Fact]
    public void AMemoryIsSharedWhereTheModuleSaysSo() => ScriptRun.Check(
        "(module (import \"m\" \"memory\" (memory 1 4 shared)))",
        "try { await WebAssembly.instantiate(bytes, { m: { memory: new WebAssembly.Memory({ initial: 1, maximum: 4 }) } }); } catch (error) { show(error instanceof WebAssembly.LinkError); }",
        "true");
}
