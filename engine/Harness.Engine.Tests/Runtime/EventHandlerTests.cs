using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Handlers of events run where compiled code may stand at a place that nobody knows: they cannot use the store.</summary>
public sealed class EventHandlerTests
{
    /// <summary>While <c>late</c> (function 3) is compiled, a structure lies in the frame of <c>f</c>; <c>dirty</c> writes over what a collection has taken for garbage.</summary>
    private static readonly WasmModule Module = HandCompiler.Module(
        """
        (module
          (type $s (struct (field i32)))
          (import "m" "host" (func $host))
          (func (export "f") (result i32) (local $kept (ref null $s))
            (local.set $kept (struct.new $s (i32.const 42)))
            (call $host)
            (call $late)
            (call $dirty (i32.const 40000))
            (struct.get $s 0 (local.get $kept)))
          (func $dirty (param i32)
            (loop $l
              (drop (struct.new $s (i32.const 7)))
              (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
          (func $late (nop)))
        """);

    private static Imports Host => new Imports().Define("m", "host", HostFunction.Create(() => { }));

    [Fact]
    public void WhoIsToldCannotUseTheStore()
    {
        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, TieringBudget = 5000, HeapNurserySize = 256 });
        using var store = new Store(engine);
        WasmFunction f = store.Instantiate(Module, Host).GetFunction("f");
        var told = new SortedSet<string>(StringComparer.Ordinal);
        engine.Events.Compiled += compiled => Use(compiled.Tier.ToString());
        engine.Events.TierUpRequested += _ => Use("Request");
        engine.Events.Collected += _ => Use("Collection");
        Assert.Equal(42, f.Invoke()[0].AsI32());
        Assert.Equal("Baseline Collection Optimized Request", string.Join(' ', told));
        store.CollectGarbage();
        Assert.Equal(42, f.Invoke()[0].AsI32());

        void Use(string what)
        {
            foreach (Action use in (Action[])[() => f.Invoke(), () => store.CollectGarbage(), () => store.Instantiate(Module, Host), store.Dispose, engine.Dispose])
                Assert.Throws<InvalidOperationException>(use);
            lock (told) told.Add(what);
        }
    }

    [Fact]
    public void TheRefusalEndsTheCallOfAHandlerThatDoesNotExpectIt()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never, HeapNurserySize = 256 });
        WasmFunction f = store.Instantiate(Module, Host).GetFunction("f");
        store.Engine.Events.Compiled += compiled =>
        {
            if (compiled.FunctionIndex == 3) store.CollectGarbage();
        };
        var refusal = Assert.Throws<InvalidOperationException>(() => f.Invoke());
        Assert.Contains("told of an event", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(42, f.Invoke()[0].AsI32());
    }

    [Fact]
    public void WhoIsToldThatAMemoryHasGrownCannotUseTheStore()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never, HeapNurserySize = 256 });
        Instance instance = store.Instantiate(HandCompiler.Module(
            """
            (module
              (type $s (struct (field i32)))
              (memory (export "m") 1)
              (func (export "f") (result i32) (local $kept (ref null $s))
                (local.set $kept (struct.new $s (i32.const 42)))
                (drop (memory.grow (i32.const 1)))
                (call $dirty (i32.const 40000))
                (struct.get $s 0 (local.get $kept)))
              (func $dirty (export "dirty") (param i32)
                (loop $l
                  (drop (struct.new $s (i32.const 7)))
                  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
            """));
        WasmFunction dirty = instance.GetFunction("dirty");
        Exception? refusal = null;
        instance.GetMemory("m").Grown = _ => refusal = Record.Exception(() => dirty.Invoke(40000));
        Assert.Equal(42, instance.GetFunction("f").Invoke()[0].AsI32());
        Assert.IsType<InvalidOperationException>(refusal);
        dirty.Invoke(40000);
    }

    /// <summary>The collection comes between an exception of the host and the one of the heap that is made of it.</summary>
    [Fact]
    public void WhatAHandlerOfCollectionsThrowsTakesThePlaceOfWhatTheHostHasThrown()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never, HeapLimit = 2, HeapNurserySize = 256 });
        var tagType = FunctionType.Of([ValueType.ExternRef], []);
        var tag = new Tag(store, new TagType(TypeRegistry.CanonicalId(tagType), tagType));
        var thrown = new WasmException(tag, [WasmValue.FromExtern(new string('x', 100_000))]);
        store.Engine.Events.Collected += _ => throw new InsufficientMemoryException("no memory for the handler");
        WasmFunction f = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (import "m" "throw" (func $throw))
                  (func (export "f")
                    (loop $next
                      (block $caught (try_table (catch_all $caught) (call $throw)))
                      (br $next))))
                """),
            new Imports().Define("m", "throw", HostFunction.Create(() => throw thrown))).GetFunction("f");
        Assert.Equal(TrapKind.OutOfMemory, Assert.Throws<WasmTrapException>(() => f.Invoke()).Kind);
    }
}
