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
        var f = store.Instantiate(Module, Host).GetFunction("f");
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
            foreach (var use in (Action[])[() => f.Invoke(), () => store.CollectGarbage(), () => store.Instantiate(Module, Host), store.Dispose, engine.Dispose])
            {
                Assert.Throws<InvalidOperationException>(use);
            }

            lock (told)
            {
                told.Add(what);
            }
        }
    }

    /// <summary>Wherever code comes to a collection, what a handler throws ends the call and nothing else.</summary>
    [Theory]
    [InlineData("structures", TierUpMode.Never, 100_000)]
    [InlineData("structures", TierUpMode.Synchronous, 100_000)]
    [InlineData("arrays", TierUpMode.Never, 2000)]
    [InlineData("arrays", TierUpMode.Synchronous, 2000)]
    [InlineData("exceptions", TierUpMode.Never, 100_000)]
    [InlineData("texts", TierUpMode.Never, 100_000)]
    [InlineData("texts", TierUpMode.Synchronous, 100_000)]
    public void WhatAHandlerOfCollectionsThrowsEndsTheCall(string name, TierUpMode mode, int count)
    {
        using var store = new Store(EngineOptions.Default with { TierUp = mode, TieringBudget = 5000, HeapNurserySize = 256, HeapMinimumThreshold = 1 });
        var imports = new Imports().Define("m", "text", HostFunction.Create(
            FunctionType.Of([], [ValueType.ExternRef]), (_, _, results) => results[0] = WasmValue.FromExtern(new string('x', 100))));
        var function = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $s (struct (field i32)))
                  (type $a (array (mut i32)))
                  (import "m" "text" (func $text (result externref)))
                  (tag $tag (param i32))
                  (global $kept (mut externref) (ref.null extern))
                  (func (export "structures") (param i32) (result i32) (local $sum i32)
                    (loop $l
                      (local.set $sum (i32.add (local.get $sum) (struct.get $s 0 (struct.new $s (i32.const 1)))))
                      (global.set $kept (extern.convert_any (struct.new $s (local.get 0))))
                      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                    (local.get $sum))
                  (func (export "arrays") (param i32) (result i32) (local $sum i32) (local $array (ref null $a))
                    (loop $l
                      (local.set $array (array.new $a (i32.const 1) (i32.const 20000)))
                      (global.set $kept (extern.convert_any (local.get $array)))
                      (local.set $sum (i32.add (local.get $sum) (array.get $a (local.get $array) (i32.const 19999))))
                      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                    (local.get $sum))
                  (func $throw (param i32) (throw $tag (local.get 0)))
                  (func (export "exceptions") (param i32) (result i32) (local $sum i32)
                    (loop $l
                      (block $caught (result i32)
                        (try_table (catch $tag $caught) (call $throw (i32.const 1)))
                        (unreachable))
                      (local.set $sum (i32.add (local.get $sum)))
                      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                    (local.get $sum))
                  (func (export "texts") (param i32) (result i32) (local $sum i32)
                    (loop $l
                      (global.set $kept (call $text))
                      (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
                      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                    (local.get $sum)))
                """),
            imports).GetFunction(name);
        var fails = true;
        var told = 0;
        store.Engine.Events.Collected += _ =>
        {
            told++;
            if (fails)
            {
                throw new TimeZoneNotFoundException("no luck");
            }
        };
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("no luck", Assert.Throws<TimeZoneNotFoundException>(() => function.Invoke(count)).Message);
        }

        Assert.Throws<TimeZoneNotFoundException>(() => store.CollectGarbage());
        fails = false;
        Assert.Equal(count, function.Invoke(count)[0].AsI32());
        Assert.True(told > 4);
    }

    /// <summary>A compile thread has nobody to throw to but who waits for it; the process goes on.</summary>
    [Fact]
    public void WhatAHandlerThrowsOnACompileThreadComesToWhoWaitsForIt()
    {
        var body = string.Concat(Enumerable.Range(2, 300).Select(i => $"(local.set 0 (i32.div_u (i32.mul (local.get 0) (i32.const {i})) (i32.const {i})))"));
        var module = HandCompiler.Module($"""(module (func (export "f") (param i32) (result i32) {body} (local.get 0)))""");
        var options = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 1000 };
        using var unlimited = new Store(options);
        unlimited.Instantiate(module).GetFunction("f").Invoke(1);
        var baselineKiB = (int)((unlimited.Engine.CodeBytes + 1023) >> 10);

        using var store = new Store(options with { CodeLimit = baselineKiB, StressTierUpAfter = 2 });
        store.Engine.Events.CompilationFailed += _ => throw new TimeZoneNotFoundException("no luck");
        var function = store.Instantiate(module).GetFunction("f");
        var thrown = new List<Exception>();
        for (var i = 0; i < 10; i++)
        {
            if (Record.Exception(() => function.Invoke(i)) is { } exception)
            {
                thrown.Add(exception);
            }
        }

        Assert.Equal("no luck", Assert.IsType<TimeZoneNotFoundException>(Assert.Single(thrown)).Message);
        Assert.Equal(5, function.Invoke(5)[0].AsI32());
    }

    [Fact]
    public void TheRefusalEndsTheCallOfAHandlerThatDoesNotExpectIt()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never, HeapNurserySize = 256 });
        var f = store.Instantiate(Module, Host).GetFunction("f");
        store.Engine.Events.Compiled += compiled =>
        {
            if (compiled.FunctionIndex == 3)
            {
                store.CollectGarbage();
            }
        };
        var refusal = Assert.Throws<InvalidOperationException>(() => f.Invoke());
        Assert.Contains("told of an event", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(42, f.Invoke()[0].AsI32());
    }

    [Fact]
    public void WhoIsToldThatAMemoryHasGrownCannotUseTheStore()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never, HeapNurserySize = 256 });
        var instance = store.Instantiate(HandCompiler.Module(
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
        var dirty = instance.GetFunction("dirty");
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
        var f = store.Instantiate(
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
