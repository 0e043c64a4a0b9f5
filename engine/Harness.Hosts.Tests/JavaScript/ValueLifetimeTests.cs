using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Values of JavaScript are kept as long as a store refers to them, and not much longer, though it is one store all the time.</summary>
public sealed class ValueLifetimeTests
{
    /// <summary>Most values that are kept where the store refers to next to none: those of two sweeps, since the heap may have been collected at the beginning of the first, and a few.</summary>
    private const int MostKept = 9000;

    /// <summary>Most values that are kept where many become old before the store drops them.</summary>
    private const int MostOldKept = 40_000;

    private const string Module = """
        (module
          (type $box (struct (field externref)))
          (type $things (array (mut externref)))
          (type $bytes (array i8))
          (type $boxes (array (mut (ref null $box))))
          (import "m" "make" (func $make (result externref)))
          (import "m" "give" (func $give (param externref)))
          (import "m" "fail" (func $fail))
          (table $table (export "table") 1000 externref)
          (global $global (export "global") (mut externref) (ref.null extern))
          (global $last (mut (ref null $box)) (ref.null $box))
          (global $lastBytes (mut (ref null $bytes)) (ref.null $bytes))
          (global $things (ref $things) (array.new_default $things (i32.const 1000)))
          (global $boxes (ref $boxes) (array.new_default $boxes (i32.const 1000)))
          (func (export "take") (param externref))
          (func (export "same") (param externref) (result externref) (local.get 0))
          (func (export "box") (param externref) (global.set $last (struct.new $box (local.get 0))))
          (func (export "give") (param externref) (call $give (local.get 0)))
          (func (export "make") (param $n i32)
            (loop $next
              (drop (call $make))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "object") (result anyref) (struct.new_default $box))
          (func (export "itself") (param anyref) (result anyref) (local.get 0))
          (func (export "allocate") (param $n i32)
            (loop $next
              (global.set $lastBytes (array.new_default $bytes (i32.const 1000)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "fail") (call $fail))
          (func (export "catch") (block $caught (try_table (catch_all $caught) (call $fail))))
          (func (export "refuse") (param externref i31ref externref))
          (func (export "withFunction") (param externref funcref))
          (func (export "setTable") (param i32 externref) (table.set $table (local.get 0) (local.get 1)))
          (func (export "getTable") (param i32) (result externref) (table.get $table (local.get 0)))
          (func (export "setThing") (param i32 externref) (array.set $things (global.get $things) (local.get 0) (local.get 1)))
          (func (export "getThing") (param i32) (result externref) (array.get $things (global.get $things) (local.get 0)))
          (func (export "setBox") (param i32 externref) (array.set $boxes (global.get $boxes) (local.get 0) (struct.new $box (local.get 1))))
          (func (export "getBox") (param i32) (result externref) (struct.get $box 0 (array.get $boxes (global.get $boxes) (local.get 0)))))
        """;

    /// <summary>Whatever the way by which fresh values come, and whoever refuses them.</summary>
    [Theory]
    [InlineData("e.take({ i })", 200_000)]
    [InlineData("e.take(i + 0.5)", 50_000)]
    [InlineData("e.take(2n ** 64n + BigInt(i))", 50_000)]
    [InlineData("e.same({ i })", 50_000)]
    [InlineData("e.box({ i })", 50_000)]
    [InlineData("e.give({ i })", 50_000)]
    [InlineData("e.make(1)", 50_000)]
    [InlineData("if (i % 20000 === 1) e.make(20000)", 50_000)]
    [InlineData("attempt(e.fail)", 50_000)]
    [InlineData("e.catch()", 50_000)]
    [InlineData("attempt(() => e.refuse({ i }, { i }, { i }))", 50_000)]
    [InlineData("attempt(() => e.withFunction({ i }, { i }))", 50_000)]
    [InlineData("e.table.set(i % 10, { i })", 50_000)]
    [InlineData("attempt(() => e.table.set(1000000, { i }))", 50_000)]
    [InlineData("e.global.value = { i }", 50_000)]
    [InlineData("common.set(0, { i })", 50_000)]
    public void FreshValuesThatAStoreDropsAreReleased(string action, int count)
    {
        foreach (var options in (EngineOptions[])[EngineOptions.Default, EngineOptions.Default with { StressGcInterval = 100 }])
        {
            Assert.InRange(MostKeptDuring($"for (let i = 1; i <= {count}; i++) {{ {action}; if (i % 1000 === 0) console.log(i); }}", options), 0, MostKept);
        }
    }

    /// <summary>Old ones are found by full collections, which come more seldom.</summary>
    [Fact]
    public void ValuesThatAStoreDropsWhenTheyAreOldAreReleased() => Assert.InRange(
        MostKeptDuring(
            """
            const many = new WebAssembly.Table({ element: 'externref', initial: 8000 });
            for (let i = 1; i <= 200000; i++) {
              many.set(i % 8000, { i });
              if (i % 1000 === 0) console.log(i);
            }
            """),
        8000,
        MostOldKept);

    /// <summary>V8 can free what was released: the arrays would need more than its heap may have. Nothing is kept for a call that JavaScript itself refuses to make.</summary>
    [Theory]
    [InlineData("e.take(new Array(8192).fill(i))")]
    [InlineData("attempt(() => e.withFunction(new Array(8192).fill(i), { i }))")]
    [InlineData("attempt(() => e.table.set(1000000, new Array(8192).fill(i)))")]
    public void ReleasedValuesTakeNoMemory(string action) => MostKeptDuring($"for (let i = 0; i < 20000; i++) {action};", maximumHeap: 512);

    /// <summary>Whatever in the store refers to them, and whatever they are.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void ValuesThatAStoreRefersToStayTheSame(int stress) => Assert.InRange(
        MostKeptDuring(
            """
            const puts = [e.setTable, e.setThing, e.setBox], gets = [e.getTable, e.getThing, e.getBox];
            const first = { name: 'first' }, kept = [];
            e.global.value = first;
            const check = () => {
              const wrong = kept.findIndex((value, k) => !Object.is(gets[(k / 3 | 0) % 3](k), value));
              if (wrong >= 0 || e.global.value !== first) throw new Error(`${kept.length} ${wrong}`);
            };
            for (let i = 1; i <= 200000; i++) {
              const kind = kept.length % 3;
              const value = kind === 0 ? { i } : kind === 1 ? i + 0.5 : 2n ** 64n + BigInt(i);
              if (i % 400 === 0) puts[(kept.length / 3 | 0) % 3](kept.length, value), kept.push(value);
              else e.box(i % 2 === 0 ? { i } : value);
              if (i % 10000 === 0) check();
              if (i % 1000 === 0) console.log(i);
            }
            """,
            EngineOptions.Default with { StressGcInterval = stress }),
        500,
        MostKept + 500);

    /// <summary>So many that they are swept in several blocks, whether the last places are in use or not. Collections by stress find what is dropped when it is old.</summary>
    [Fact]
    public void ManyValuesStayTheSameWhileOthersAreReleased() => ScriptRun.Check(
        """
        (module
          (type $box (struct (field externref)))
          (table $table 70000 externref)
          (global $last (mut (ref null $box)) (ref.null $box))
          (func (export "set") (param i32 externref) (table.set $table (local.get 0) (local.get 1)))
          (func (export "get") (param i32) (result externref) (table.get $table (local.get 0)))
          (func (export "box") (param externref) (global.set $last (struct.new $box (local.get 0)))))
        """,
        """
        const { set, get, box } = (await WebAssembly.instantiate(bytes)).instance.exports;
        const kept = Array.from({ length: 70000 }, (_, i) => i % 2 === 0 ? { i } : i + 0.5);
        kept.forEach((value, i) => set(i, value));
        const isRight = () => kept.every((value, i) => Object.is(get(i), value));
        const outcomes = [isRight()];
        for (const drops of [i => i % 3 === 0, i => i > 40000, i => i < 39000, () => true]) {
          kept.forEach((_, i) => { if (drops(i)) set(i, kept[i] = null); });
          for (let i = 0; i < 100000; i++) box({ i });
          for (const i of [69999, 1, 39500]) set(i, kept[i] = { i });
          outcomes.push(isRight());
        }
        show(outcomes.join());
        """,
        "true,true,true,true,true",
        EngineOptions.Default with { StressGcInterval = 100 });

    /// <summary>The same values are dropped and come back in the calls during which others are released, at any depth of calls of both sides, as arguments, results and what is thrown.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void ValuesThatComeBackWhileOthersAreReleasedAreTheSame(int stress) => ScriptRun.Check(
        """
        (module (import "m" "f" (func $f (param externref externref) (result externref)))
          (type $box (struct (field externref)))
          (global $last (mut (ref null $box)) (ref.null $box))
          (func (export "call") (param externref externref) (result externref)
            (global.set $last (struct.new $box (local.get 0)))
            (call $f (local.get 0) (local.get 1))))
        """,
        """
        const same = [{}, 0.5, 7n ** 40n, () => {}, Symbol.iterator];
        let wrong = 0, sent;
        const { call } = (await WebAssembly.instantiate(bytes, { m: { f(value, other) {
          if (value !== sent) wrong++;
          if (value.depth === 0) {
            if (value.throws) throw other;
            return other;
          }
          sent = { depth: value.depth - 1, throws: value.throws };
          let result;
          try {
            result = call(sent, other);
          } catch (error) {
            result = error;
          }
          if (!Object.is(result, other)) wrong++;
          return other;
        } } })).instance.exports;
        for (let i = 0; i < 50000; i++) {
          const other = same[i % same.length];
          sent = { depth: 1 + i % 4, throws: i % 7 === 0 };
          if (!Object.is(call(sent, other), other)) wrong++;
        }
        show(wrong);
        """,
        "0",
        EngineOptions.Default with { StressGcInterval = stress });

    /// <summary>What it costs: a collection of the nursery and a sweep for some thousands of values, and no full collection, however many come.</summary>
    [Fact]
    public void AMillionValuesCostACollectionForSomeThousands()
    {
        var kept = Run("for (let i = 1; i <= 1000000; i++) { e.box({ i }); if (i % 1000 === 0) console.log(i); }");
        Assert.InRange(kept.Most, 0, MostKept);
        Assert.InRange(kept.Released, 1_000_000 - MostKept, 1_000_000);
        Assert.InRange(kept.YoungCollections, 100, 260);
        Assert.Equal(0, kept.FullCollections);
        Assert.InRange(kept.Swept, kept.Released, 2 * 1_000_000);
    }

    /// <summary>Values that live are looked at as often as others come, and not with each collection.</summary>
    [Fact]
    public void ValuesThatLiveCostAsMuchAsTheOthersThatCome()
    {
        var kept = Run(
            """
            const many = new WebAssembly.Table({ element: 'externref', initial: 200000 });
            for (let i = 0; i < 200000; i++) many.set(i, { i });
            for (let i = 1; i <= 1000000; i++) many.set(0, { i });
            """);
        Assert.InRange(kept.Released, 400_000, 1_000_000);
        Assert.InRange(kept.Swept, kept.Released, 4 * 1_200_000);
        Assert.InRange(kept.FullCollections, 0, 8);
    }

    /// <summary>Where the store's own allocations have its heap collected often enough, nothing else does.</summary>
    [Fact]
    public void AStoreThatAllocatesIsCollectedAsOftenAsWithoutValues()
    {
        var without = Run("for (let i = 1; i <= 40000; i++) e.allocate(16);");
        var with = Run("for (let i = 1; i <= 40000; i++) { e.allocate(16); e.take({ i }); }");
        Assert.InRange(with.YoungCollections, without.YoungCollections, without.YoungCollections * 21 / 20);
        Assert.InRange(without.YoungCollections, 100, 100_000);
        Assert.Equal(without.FullCollections, with.FullCollections);
        Assert.InRange(with.Released, 40_000 - MostKept, 40_000);
    }

    /// <summary>Objects of the store that JavaScript has are looked at while they are young, and after full collections, but not with each young one.</summary>
    [Fact]
    public void OldObjectsThatJavaScriptHasAreNotLookedAtWithEachCollection()
    {
        var kept = Run(
            """
            const held = Array.from({ length: 10000 }, () => e.object());
            for (let i = 1; i <= 40000; i++) {
              e.allocate(16);
              if (e.itself(held[i % 10000]) !== held[i % 10000]) throw new Error(`${i}`);
            }
            if (new Set(held).size !== 10000 || held.some(object => e.itself(object) !== object)) throw new Error('others');
            """);
        Assert.InRange(kept.YoungCollections, 100, 100_000);
        Assert.InRange(kept.Objects, 10_000, 10_010);
        Assert.InRange(kept.Followed, 10_000, 10_000 * (10 + kept.FullCollections));
    }

    /// <summary>Most values that are kept at the beginning and whenever a script prints; it has the exports of an instance as <c>e</c>.</summary>
    private static int MostKeptDuring(string script, EngineOptions? engine = null, int maximumHeap = 2048) => Run(script, engine, maximumHeap).Most;

    private static Kept Run(string script, EngineOptions? engine = null, int maximumHeap = 2048)
    {
        var kept = new Kept();
        var options = engine ?? EngineOptions.Default;
        ExecutionThread.Run(options, () =>
        {
            JavaScriptHost? running = null;
            using var host = new JavaScriptHost(new JavaScriptOptions
            {
                Engine = options,
                MaximumHeap = maximumHeap,
                Print = _ => kept.Most = Math.Max(kept.Most, running!.Realms.Sum(realm => realm.Values.Count)),
            });
            running = host;
            host.RunScript(
                "values.js",
                $$"""
                const attempt = action => { try { action(); } catch {} };
                const common = new WebAssembly.Table({ element: 'externref', initial: 1 });
                const module = new WebAssembly.Module(Uint8Array.of({{string.Join(", ", WatAssembler.Assemble(Module))}}));
                const e = new WebAssembly.Instance(module, { m: { make: () => ({}), give() {}, fail() { throw {}; } } }).exports;
                {{script}}
                """);
            foreach (var realm in host.Realms)
            {
                kept.YoungCollections += realm.Store.HeapStatistics.YoungCollections;
                kept.FullCollections += realm.Store.HeapStatistics.FullCollections;
                kept.Released += realm.Values.Released;
                kept.Swept += realm.Values.Swept;
                kept.Objects += realm.Objects.Count;
                kept.Followed += realm.Objects.Followed;
            }
        });
        return kept;
    }

    /// <summary>What stores have kept for a script, and what that took.</summary>
    private sealed class Kept
    {
        public int Most { get; set; }

        public int YoungCollections { get; set; }

        public int FullCollections { get; set; }

        public long Released { get; set; }

        public long Swept { get; set; }

        public int Objects { get; set; }

        public long Followed { get; set; }
    }
}
