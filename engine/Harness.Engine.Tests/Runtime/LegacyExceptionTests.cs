using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The legacy exception handling instructions, from text to execution.</summary>
public sealed class LegacyExceptionTests
{
    private const string Thrower = """
        (tag $a (param i32)) (tag $b (param i64 f64)) (tag $c)
        (func $throw (param $which i32)
          (block (block (block (block (br_table 0 1 2 3 (local.get $which)))
                (throw $a (i32.const 5)))
              (throw $b (i64.const 6) (f64.const 0.5)))
            (throw $c)))
        """;

    /// <summary>Configurations in which the same must happen.</summary>
    public static TheoryData<string> Configurations =>
    [
        "tier-up=never",
        "tier-up=eager",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=1 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=3",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=3 stress.gc-interval=2 stress.code-regions=3",
    ];

    [Theory, MemberData(nameof(Configurations))]
    public void ClausesAreTriedInTheirOrder(string knobs)
    {
        const string body = """
            (func (export "folded") (param i32) (result i32) (local $n i32)
              (i32.const 1000)
              (try (result i32)
                (do (local.set $n (i32.const 1)) (call $throw (local.get 0)) (i32.const 0))
                (catch $a (i32.add (local.get $n)))
                (catch $b (drop) (i32.wrap_i64) (i32.add (i32.const 100)))
                (catch_all (i32.const 200)))
              (i32.add))
            (func (export "flat") (param i32) (result i32) (local $n i32)
              i32.const 1000
              try $t (result i32)
                i32.const 1
                local.set $n
                local.get 0
                call $throw
                i32.const 0
              catch $a
                local.get $n
                i32.add
              catch $b
                drop
                i32.wrap_i64
                i32.const 100
                i32.add
              catch_all
                i32.const 200
              end $t
              i32.add)
            """;
        using var store = NewStore(knobs);
        var instance = Instantiate(store, body);
        foreach (var name in (string[])["folded", "flat", "folded", "flat"])
        {
            Assert.Equal([1006, 1106, 1200, 1000], Enumerable.Range(0, 4).Select(i => Call(instance, name, i)));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void RethrowNamesTheClauseWhoseExceptionItThrows(string knobs)
    {
        const string body = """
            (func $f (param $again i32) (result i32)
              (try $outer (result i32)
                (do (call $throw (i32.const 0)) (i32.const 0))
                (catch $a
                  (drop)
                  (try $inner (result i32)
                    (do (call $throw (i32.const 2)) (i32.const 1))
                    (catch_all
                      (block (br_if 0 (local.get $again)) (rethrow $outer))
                      (rethrow $inner))))))
            (func (export "f") (param i32) (result i32)
              (try (result i32)
                (do (call $f (local.get 0)))
                (catch $a (i32.add (i32.const 10)))
                (catch $c (i32.const 20))))
            """;
        using var store = NewStore(knobs);
        var instance = Instantiate(store, body);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(15, Call(instance, "f", 0));
            Assert.Equal(20, Call(instance, "f", 1));
        }
    }

    /// <summary>Guards and loops in a clause have frame states, of which the clause's exception is a part.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void OptimizedCodeMayBeLeftInAClause(string knobs)
    {
        const string body = """
            (type $unary (func (param i32) (result i32)))
            (table funcref (elem $double $increment))
            (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
            (func $increment (type $unary) (i32.add (local.get 0) (i32.const 1)))
            (func $f (param $which i32) (param $target i32) (result i32) (local $n i32) (local $sum i32)
              (i32.const 1000)
              (try $outer (result i32)
                (do (call $throw (local.get $which)) (i32.const 0))
                (catch $a
                  (local.set $sum)
                  (local.set $n (i32.const 3))
                  (loop $next
                    (local.set $sum (call_indirect (type $unary) (local.get $sum) (local.get $target)))
                    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                  (if (i32.eq (local.get $target) (i32.const 1)) (then (rethrow $outer)))
                  (local.get $sum)))
              (i32.add))
            (func (export "f") (param $x i32) (result i32)
              (try (result i32)
                (do (call $f (i32.shr_u (local.get $x) (i32.const 4)) (i32.and (local.get $x) (i32.const 15))))
                (catch $a (i32.add (i32.const 500)))
                (catch_all (i32.const 7))))
            """;
        using var store = NewStore(knobs);
        var instance = Instantiate(store, body);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(1040, Call(instance, "f", 0));
            Assert.Equal(7, Call(instance, "f", 16));
            Assert.Equal(1040, Call(instance, "f", 0));
            Assert.Equal(505, Call(instance, "f", 1));
            Assert.Equal(1000, Call(instance, "f", 48));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void DelegateSkipsTheBlocksBetween(string knobs)
    {
        const string body = """
            (func (export "f") (param i32) (result i32)
              (try $outer (result i32)
                (do
                  (try (result i32)
                    (do
                      (try (result i32)
                        (do (call $throw (local.get 0)) (i32.const 0))
                        (delegate $outer)))
                    (catch_all (i32.const 1))))
                (catch $a)
                (catch_all (i32.const 3))))
            (func $caller (param i32)
              try
                try
                  local.get 0
                  call $throw
                delegate 1
              catch_all
              end)
            (func (export "g") (param i32) (result i32)
              (try (do (call $caller (local.get 0)) (return (i32.const 0))) (catch_all))
              (i32.const 1))
            """;
        using var store = NewStore(knobs);
        var instance = Instantiate(store, body);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([5, 3, 3, 0], Enumerable.Range(0, 4).Select(which => Call(instance, "f", which)));
            Assert.Equal([1, 1, 1, 0], Enumerable.Range(0, 4).Select(which => Call(instance, "g", which)));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void BranchesLeaveAClauseWithoutItsException(string knobs)
    {
        const string body = """
            (func (export "f") (param $n i32) (result i32) (local $sum i32)
              (loop $next
                (block $out (result i32 i32)
                  (try
                    (do (call $throw (i32.and (local.get $n) (i32.const 3))) (br $out (i32.const 1) (i32.const 0)))
                    (catch $a (br $out (i32.const 10)))
                    (catch $b (drop) (i32.wrap_i64) (br $out (i32.const 100))))
                  (unreachable))
                (local.set $sum (i32.add (local.get $sum)))
                (local.set $sum (i32.add (local.get $sum)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            (func (export "g") (param i32) (result i32)
              (try (result i32)
                (do (call $throw (local.get 0)) (i32.const 0))
                (catch $a (return (i32.add (i32.const 1))))
                (catch_all (i32.const 2))))
            """;
        using var store = NewStore(knobs);
        var instance = Instantiate(store, body.Replace("(local.set $sum (i32.add (local.get $sum)))", "(local.get $sum) (i32.add) (local.set $sum)", StringComparison.Ordinal));
        Assert.Equal(106, Call(instance, "f", 1));
        Assert.Equal([6, 2, 2, 0], Enumerable.Range(0, 4).Select(which => Call(instance, "g", which)));
        Assert.Equal([6, 2, 2, 0], Enumerable.Range(0, 4).Select(which => Call(instance, "g", which)));
    }

    [Theory]
    [InlineData("(tag) (func (try (do) (catch 0 (rethrow 1))))", false)]
    [InlineData("(tag) (func (try (do (rethrow 0)) (catch 0)))", false)]
    [InlineData("(tag) (func (try (do) (catch 1)))", false)]
    [InlineData("(func (try (do) (delegate 1)))", false)]
    [InlineData("(func (try (do (i32.const 0)) (catch_all)))", false)]
    [InlineData("(tag (param i32)) (func (try (do) (catch 0)))", false)]
    [InlineData("(func (try (do) (delegate 0)))", true)]
    [InlineData("(tag (param i32)) (func (try (do) (catch 0 (drop)) (catch 0 (drop) (rethrow 0))))", true)]
    public void ClausesAreValidated(string fields, bool isValid)
    {
        var bytes = WatAssembler.Assemble($"(module {fields})");
        if (isValid)
        {
            Assert.NotNull(WasmModule.Decode(bytes));
        }
        else
        {
            Assert.ThrowsAny<ModuleException>(() => WasmModule.Decode(bytes));
        }
    }

    [Theory]
    [InlineData("(func (try (catch_all)))")]
    [InlineData("(func (try (do) (catch_all) (catch_all)))")]
    [InlineData("(func (try (do) (delegate 0) (catch_all)))")]
    [InlineData("(func try catch_all delegate 0 end)")]
    [InlineData("(func block catch_all end)")]
    [InlineData("(func try delegate 0 end)")]
    public void MisplacedClausesAreRefused(string fields) =>
        Assert.Throws<WatException>(() => WatAssembler.Assemble($"(module {fields})"));

    private static int Call(Instance instance, string name, int argument) =>
        instance.GetFunction(name).Invoke(argument)[0].AsI32();

    private static Instance Instantiate(Store store, string body) =>
        store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {Thrower} {body})")));

    private static Store NewStore(string knobs) => new(EngineOptions.Default.WithKnobs(knobs));
}
