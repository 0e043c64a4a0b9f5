using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Exceptions in all tiers, between instances, and through the host.</summary>
public sealed class ExceptionTests
{
    /// <summary>Configurations in which the same must happen.</summary>
    public static TheoryData<string> Configurations =>
    [
        "tier-up=never",
        "tier-up=eager",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 stress.gc-interval=1 stress.code-regions=3",
    ];

    [Theory, MemberData(nameof(Configurations))]
    public void LocalsHaveTheirValuesOfTheThrowWhenTheyAreCaught(string knobs)
    {
        // Constants, registers and the frame; changed and unchanged in the block; with operands below it.
        const string text = """
            (tag $e (param i32 f64))
            (func $thrower (param i32) (if (local.get 0) (then (throw $e (local.get 0) (f64.const 0.5)))))
            (func (export "f") (param $x i32) (param $y f64) (result f64)
              (local $constant i32) (local $set i32) (local $sum f64) (local $code i32)
              (local.set $constant (i32.const 1000))
              (local.set $sum (f64.mul (local.get $y) (f64.const 2)))
              (i32.const 20000)
              (i32.mul (local.get $x) (i32.const 3))
              (block $caught (result i32 f64)
                (try_table (catch $e $caught)
                  (local.set $set (i32.const 7))
                  (call $thrower (i32.eq (local.get $x) (i32.const 1)))
                  (local.set $set (i32.const 8))
                  (call $thrower (i32.eq (local.get $x) (i32.const 2)))
                  (local.set $set (i32.add (local.get $x) (i32.const 90)))
                  (local.set $sum (f64.const 0.25))
                  (call $thrower (local.get $x)))
                (i32.const -1) (f64.const 0))
              (local.set $sum (f64.add (local.get $sum)))
              (local.set $code)
              (i32.add) (i32.add (local.get $constant)) (i32.add (local.get $set)) (i32.add (local.get $code))
              (f64.add (f64.convert_i32_s) (local.get $sum)))
            """;
        using var run = new ExceptionRun(knobs, text);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(21000 + 0 + 90 - 1 + 0.25, run.Call("f", 0, 3.0));
            Assert.Equal(21000 + 3 + 7 + 1 + 6.5, run.Call("f", 1, 3.0));
            Assert.Equal(21000 + 6 + 8 + 1 + 6.5, run.Call("f", 2, 3.0));
            Assert.Equal(21000 + 30 + 100 + 10 + 0.75, run.Call("f", 10, 3.0));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void WhatIsOnTheStackOfABlockIsForgottenWhereItCatches(string knobs)
    {
        // The clauses go to the end of a block, out of the function, and around a loop; blocks between do not catch, or not this.
        const string text = """
            (tag $e (param i32))
            (tag $other)
            (func (export "block") (param i32) (result i32)
              (i32.const 1000)
              (block $h (result i32)
                (try_table (catch $e $h)
                  (i32.const 5) (i64.const 6)
                  (block $o
                    (try_table (catch $other $o)
                      (block (if (local.get 0) (then (i32.const 7) (throw $e (local.get 0)))))))
                  (drop) (drop))
                (i32.const 1))
              (i32.add))
            (func (export "function") (param i32) (result i32)
              (i32.const 3)
              (try_table (result i32) (catch $e 0) (i64.const 5) (block (block (throw $e (local.get 0)))) (unreachable))
              (i32.add))
            (func (export "loop") (param i32) (result i32) (local $sum i32)
              (i32.const 0)
              (i32.const 20)
              (loop $l (param i32) (result i32)
                (local.set 0)
                (local.set $sum (i32.add (local.get $sum) (local.get 0)))
                (try_table (catch $e $l)
                  (i32.const 9)
                  (if (local.get 0) (then (throw $e (i32.sub (local.get 0) (i32.const 1)))))
                  (drop))
                (local.get $sum))
              (i32.add))
            """;
        using var run = new ExceptionRun(knobs, text);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1001, run.Call("block", 0));
            Assert.Equal(1003, run.Call("block", 3));
            Assert.Equal(9, run.Call("function", 9));
            Assert.Equal(210, run.Call("loop", 0));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void TheInnermostBlockThatFitsCatches(string knobs)
    {
        const string text = """
            (tag $a) (tag $b) (tag $c)
            (func $throw (param i32)
              (block (block (block (br_table 0 1 2 (local.get 0))) (throw $a)) (throw $b)) (throw $c))
            (func (export "f") (param $which i32) (result i32) (local $phase i32)
              (block $other
                (block $b
                  (try_table (catch $b $b) (catch_all $other)
                    (block $a
                      (try_table (catch $a $a)
                        (local.set $phase (i32.const 1))
                        (call $throw (local.get $which)))
                      (return (i32.const -1)))
                    (local.set $phase (i32.add (local.get $phase) (i32.const 10)))
                    (call $throw (i32.const 1)))
                  (return (i32.const -2)))
                (return (i32.add (local.get $phase) (i32.const 200))))
              (i32.add (local.get $phase) (i32.const 300)))
            """;
        using var run = new ExceptionRun(knobs, text);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(211, run.Call("f", 0));
            Assert.Equal(201, run.Call("f", 1));
            Assert.Equal(301, run.Call("f", 2));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void AnExceptionThatNothingCatchesComesToTheCaller(string knobs)
    {
        const string text = """
            (tag $e (export "e") (param i32 i64 f32 f64 externref))
            (func (export "f") (param i32 i64 f32 f64 externref)
              (throw $e (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
            """;
        using var run = new ExceptionRun(knobs, text);
        WasmValue[] values = [-1, 1L << 40, 2.5f, -3.5, WasmValue.FromExtern("six")];
        var thrown = Assert.Throws<WasmException>(() => run.Instance.GetFunction("f").Invoke(values));
        Assert.Same(run.Instance.Export("e"), thrown.Tag);
        Assert.Equal(values, thrown.Values);
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ExceptionsOfTheHostAreCaught(string knobs)
    {
        const string text = """
            (import "m" "e" (tag $e (param i32)))
            (import "m" "f" (func $host (param i32)))
            (func (export "f") (param i32) (result i32)
              (block $caught (result i32)
                (try_table (catch $e $caught) (call $host (local.get 0)))
                (i32.const 0)))
            (func (export "g") (param i32) (call $host (local.get 0)))
            """;
        Tag? tag = null;
        var failure = new InvalidOperationException();
        WasmException? last = null;
        using var run = new ExceptionRun(knobs, text, (imports, store) =>
        {
            tag = new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32));
            imports.Define("m", "e", tag).Define("m", "f", HostFunction.Create((int x) =>
            {
                if (x == 1)
                {
                    throw failure;
                }

                if (x > 1)
                {
                    throw last = new WasmException(tag, x);
                }
            }));
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, run.Call("f", 0));
            Assert.Equal(5, run.Call("f", 5));
            Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => run.Call("f", 1)));
            var thrown = Assert.Throws<WasmException>(() => run.Instance.GetFunction("g").Invoke(7));
            Assert.Same(last, thrown);
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ExceptionsPassThroughTheHost(string knobs)
    {
        const string text = """
            (import "m" "call" (func $call (param funcref)))
            (tag $e (param i64))
            (elem declare func $thrower)
            (func $thrower (throw $e (i64.const 42)))
            (func (export "f") (result i64)
              (block $caught (result i64)
                (try_table (catch $e $caught) (call $call (ref.func $thrower)))
                (i64.const 0)))
            """;
        var passed = 0;
        using var run = new ExceptionRun(knobs, text, (imports, _) => imports.Define("m", "call", HostFunction.Create(
            FunctionType.Of([ValueType.FuncRef], []), (_, arguments, _) =>
            {
                try
                {
                    arguments[0].AsFunction()!.Invoke();
                }
                finally
                {
                    passed++;
                }
            })));
        Assert.Equal(42L, run.Call("f"));
        Assert.Equal(42L, run.Call("f"));
        Assert.Equal(2, passed);
    }

    [Fact]
    public void TagsAreIdentitiesOfInstances()
    {
        const string text = """
            (import "m" "call" (func $call))
            (tag $e (export "e"))
            (func (export "throw") (throw $e))
            (func (export "f") (result i32)
              (block $caught (try_table (catch $e $caught) (call $call)) (return (i32.const 0)))
              (i32.const 1))
            """;
        using var store = new Store(EngineOptions.Default.With("tier-up", "never"));
        var module = WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));
        Instance? target = null;
        var imports = new Imports().Define("m", "call", HostFunction.Create(() => target!.GetFunction("throw").Invoke()));
        var first = store.Instantiate(module, imports);
        var second = store.Instantiate(module, imports);
        target = first;
        Assert.Equal([WasmValue.FromI32(1)], first.GetFunction("f").Invoke());
        Assert.Same(first.Export("e"), Assert.Throws<WasmException>(() => second.GetFunction("f").Invoke()).Tag);
    }

    [Theory, MemberData(nameof(Configurations))]
    public void TrapsAreNotCaught(string knobs)
    {
        const string text = """
            (func $trap unreachable)
            (func (export "unreachable")
              (block $caught (try_table (catch_all $caught) (call $trap))))
            (func (export "null")
              (block $caught (try_table (catch_all $caught) (throw_ref (ref.null exn)))))
            (func $deep (call $deep))
            (func (export "deep")
              (block $caught (try_table (catch_all $caught) (call $deep))))
            """;
        using var run = new ExceptionRun(knobs, text);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TrapKind.Unreachable, run.TrapOf("unreachable"));
            Assert.Equal(TrapKind.NullException, run.TrapOf("null"));
            Assert.Equal(TrapKind.StackOverflow, run.TrapOf("deep"));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ATailCallLeavesTheBlockThatCatches(string knobs)
    {
        const string text = """
            (tag $e)
            (table funcref (elem $thrower))
            (func $thrower (throw $e))
            (func $tail (param i32)
              (block $caught
                (try_table (catch_all $caught)
                  (if (local.get 0) (then (return_call $thrower)) (else (return_call_indirect (i32.const 0)))))))
            (func (export "f") (param i32) (result i32)
              (block $caught (try_table (catch $e $caught) (call $tail (local.get 0))) (return (i32.const 0)))
              (i32.const 1))
            """;
        using var run = new ExceptionRun(knobs, text);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(1, run.Call("f", i & 1));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void AnExceptionCanBeThrownAgain(string knobs)
    {
        const string text = """
            (tag $e (param i32 f32))
            (func $inner (param i32) (throw $e (local.get 0) (f32.const 1.5)))
            (func $outer (param i32)
              (block $caught (result exnref)
                (try_table (catch_all_ref $caught) (call $inner (local.get 0)))
                (ref.null exn))
              (throw_ref))
            (func (export "f") (param i32) (result f32) (local $exception exnref)
              (block $caught (result i32 f32 exnref)
                (try_table (catch_ref $e $caught) (call $outer (local.get 0)))
                unreachable)
              (local.set $exception)
              (f32.add (f32.convert_i32_s))
              (block $again (result i32 f32)
                (try_table (catch $e $again) (throw_ref (local.get $exception)))
                unreachable)
              (f32.add (f32.convert_i32_s))
              (f32.mul))
            """;
        using var run = new ExceptionRun(knobs, text.Replace("(f32.add (f32.convert_i32_s))", "(call $add)", StringComparison.Ordinal)
            + "(func $add (param i32 f32) (result f32) (f32.add (f32.convert_i32_s (local.get 0)) (local.get 1)))");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal((i + 1.5f) * (i + 1.5f), run.Call("f", i));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ManyExceptionsInALoopAreCaught(string knobs)
    {
        const string text = """
            (tag $odd (param i32))
            (func $check (param i32) (result i32)
              (if (i32.and (local.get 0) (i32.const 1)) (then (throw $odd (local.get 0))))
              (local.get 0))
            (func (export "f") (param $n i32) (result i32) (local $i i32) (local $even i32) (local $odd i32)
              (loop $next
                (block $done
                  (block $caught (result i32)
                    (try_table (catch $odd $caught)
                      (local.set $even (i32.add (local.get $even) (call $check (local.get $i))))
                      (br $done))
                    unreachable)
                  (local.set $odd (i32.add (local.get $odd))))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (i32.sub (local.get $even) (local.get $odd)))
            """;
        using var run = new ExceptionRun(knobs, text);
        Assert.Equal(-50, run.Call("f", 100));
        Assert.Equal(-50, run.Call("f", 100));
        Assert.Equal(-500, run.Call("f", 1000));
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ImportedTagsMayBeTheSame(string knobs)
    {
        const string text = """
            (import "m" "e" (tag $a (param i32)))
            (import "m" "e" (tag $same (param i32)))
            (import "m" "other" (tag $other (param i32)))
            (tag $own (param i32))
            (func (export "f") (param $x i32) (result i32)
              (block $caught-other (result i32)
                (try_table (catch $own $caught-other) (catch $other $caught-other)
                  (return
                    (block $caught (result i32)
                      (try_table (catch $own $caught) (catch $same $caught)
                        (if (local.get $x) (then (throw $a (i32.const 5))))
                        (throw $other (i32.const 6)))
                      (unreachable))))
                (unreachable))
              (i32.const 100)
              (i32.add))
            """;
        using var run = new ExceptionRun(knobs, text, (imports, store) => imports
            .Define("m", "e", new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32)))
            .Define("m", "other", new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32))));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(106, run.Call("f", 0));
            Assert.Equal(5, run.Call("f", 1));
        }
    }

    /// <summary>By its name outside of the module where the name section has none, and where it has none there either, by its index.</summary>
    [Theory]
    [InlineData("(tag) (tag (param i32)) (func (export \"f\") (throw 1 (i32.const 7)))", "an exception of tag 1, of type [i32] -> [], was not caught: 7")]
    [InlineData("(tag $e (export \"bo\\0aom\")) (func (export \"f\") (throw $e))", "an exception of tag bo\\0aom, of type [] -> [], was not caught")]
    [InlineData("(import \"m\" \"e\" (tag (param i32))) (func (export \"f\") (throw 0 (i32.const 7)))", "an exception of tag e, of type [i32] -> [], was not caught: 7")]
    [InlineData("(import \"m\" \"e\" (tag (param i32))) (export \"out\" (tag 0)) (func (export \"f\") (throw 0 (i32.const 7)))", "an exception of tag out, of type [i32] -> [], was not caught: 7")]
    public void WhatIsNotCaughtIsToldByItsTag(string text, string message)
    {
        using var run = new ExceptionRun("tier-up=never", text, (imports, store) => imports.Define("m", "e", new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32))));
        Assert.Equal(message, Assert.Throws<WasmException>(() => run.Instance.GetFunction("f").Invoke()).Message);
    }

    /// <summary>A tag that one module defines and another imports is called as the one calls it that defines it.</summary>
    [Fact]
    public void TheModuleThatDefinesATagNamesIt()
    {
        var section = new WasmWriter();
        section.Section(SectionId.Custom, content =>
        {
            content.Name("name");
            content.Byte((byte)NamedItem.Tag);
            content.Sized(names =>
            {
                names.Bytes([1, 0]);
                names.Name("boom");
            });
        });
        using var store = new Store();
        var defining = store.Instantiate(WasmModule.Decode([.. WatAssembler.Assemble("(module (tag (export \"out\")))"), .. section.Written]), new Imports());
        var tag = (Tag)defining.Export("out")!;
        var throwing = store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble("(module (import \"m\" \"e\" (tag)) (func (export \"f\") (throw 0)))")), new Imports().Define("m", "e", tag));
        Assert.Equal("an exception of tag boom, of type [] -> [], was not caught", Assert.Throws<WasmException>(() => throwing.GetFunction("f").Invoke()).Message);
        Assert.Equal("boom", tag.Name);
    }

    [Fact]
    public void ATagThatNoModuleHasIsToldByItsType()
    {
        using var store = new Store();
        Assert.Equal("an exception of type [i32] -> [] was not caught: 3", new WasmException(new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32)), 3).Message);
    }

    /// <summary>The loop is peeled, so that there are two calls whose exceptions come to one place.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void EveryIterationOfALoopMayThrowOutOfIt(string knobs)
    {
        const string text = """
            (import "m" "e" (tag $e (param i32)))
            (import "m" "f" (func $host (param i32)))
            (type $s (struct (field $n i32)))
            (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32) (local $s (ref null $s))
              (local.set $s (struct.new $s (local.get $n)))
              (block $caught (result i32)
                (try_table (catch $e $caught)
                  (loop $next
                    (local.set $i (i32.add (local.get $i) (i32.const 1)))
                    (call $host (i32.sub (local.get $i) (struct.get $s $n (local.get $s))))
                    (local.set $sum (i32.add (local.get $sum) (local.get $i)))
                    (br $next)))
                (unreachable))
              (i32.add (i32.mul (local.get $i) (i32.const 10)))
              (i32.add (i32.mul (local.get $sum) (i32.const 1000))))
            """;
        using var run = new ExceptionRun(knobs, text, (imports, store) =>
        {
            var tag = new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32));
            imports.Define("m", "e", tag).Define("m", "f", HostFunction.Create((int x) =>
            {
                if (x >= 0)
                {
                    throw new WasmException(tag, x);
                }
            }));
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(10, run.Call("f", 1));
            Assert.Equal(1020, run.Call("f", 2));
            Assert.Equal(10050, run.Call("f", 5));
            Assert.Equal(13, run.Call("f", -2));
        }
    }
}
