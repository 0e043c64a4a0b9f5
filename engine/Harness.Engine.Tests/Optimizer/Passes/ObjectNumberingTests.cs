using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What value numbering knows of objects and of the types of references, and what it must not.</summary>
public class ObjectNumberingTests
{
    private const Redundancies All =
        Redundancies.Computations | Redundancies.Loads | Redundancies.Checks | Redundancies.Casts;

    /// <summary>Two reads of a field with something between them: is the second one needed?</summary>
    [Theory]
    [InlineData("nop", 1)]
    [InlineData("(struct.set $base 0 (local.get $other) (i32.const 1))", 2)]
    [InlineData("(struct.set $derived 0 (ref.cast (ref $derived) (local.get $other)) (i32.const 1))", 2)]
    [InlineData("(struct.set $derived 2 (ref.cast (ref $derived) (local.get $other)) (i32.const 1))", 1)]
    [InlineData("(struct.set $unrelated 0 (local.get $third) (i32.const 1))", 1)]
    [InlineData("(array.set $numbers (local.get $array) (i32.const 0) (i32.const 1))", 1)]
    [InlineData("(array.fill $numbers (local.get $array) (i32.const 0) (i32.const 1) (i32.const 2))", 1)]
    [InlineData("(call $f)", 2)]
    [InlineData("(if (local.get $c) (then (struct.set $base 0 (local.get $other) (i32.const 1))))", 2)]
    [InlineData("(loop (struct.set $base 0 (local.get $other) (i32.const 1)) (br_if 0 (local.get $c)))", 2)]
    [InlineData("(drop (struct.new $base (i32.const 1) (i32.const 2)))", 1)]
    public void AFieldIsReadAgainOnlyWhereItMayHaveChanged(string between, int expected)
    {
        const string read = "(struct.get $base 0 (local.get $o))";
        Assert.Equal(expected, Numbered($"{read} {between} {read} i32.add").Count(Opcode.StructGet));
    }

    /// <summary>The same for an element.</summary>
    [Theory]
    [InlineData("(array.set $numbers (local.get $array) (i32.const 4) (i32.const 1))", 2)]
    [InlineData("(array.set $wide (local.get $others) (i32.const 4) (i64.const 1))", 1)]
    [InlineData("(array.fill $numbers (local.get $array) (i32.const 0) (i32.const 1) (i32.const 2))", 2)]
    [InlineData("(struct.set $base 0 (local.get $other) (i32.const 1))", 1)]
    public void AnElementIsReadAgainOnlyWhereItMayHaveChanged(string between, int expected)
    {
        const string read = "(array.get $numbers (local.get $array) (i32.const 3))";
        Assert.Equal(expected, Numbered($"{read} {between} {read} i32.add").Count(Opcode.ArrayGet));
    }

    [Fact]
    public void WhatNeverChangesOutlivesACall()
    {
        const string read = "(i32.add (struct.get $base 1 (local.get $o)) (array.len (local.get $array)))";
        var graph = Numbered($"{read} (call $f) {read} i32.add");
        Assert.Equal(2, graph.Count(Opcode.StructGet, Opcode.ArrayLen));
    }

    /// <summary>A packed field gives what is left of the value that was stored.</summary>
    [Theory]
    [InlineData("get_s", "i32.extend8_s")]
    [InlineData("get_u", "i32.and")]
    public void AStoredValueIsExtendedAsTheFieldWould(string get, string expected)
    {
        var graph = Numbered(
            $"(struct.set $packed 0 (local.get $p) (local.get $c)) (struct.{get} $packed 0 (local.get $p))");
        Assert.Equal(0, graph.Count(Opcode.StructGetS, Opcode.StructGetU));
        Assert.Equal(expected, IrNames.NameOf(graph[graph.Result()].Op));
    }

    /// <summary>A test or cast whose outcome is known, or not.</summary>
    [Theory]
    [InlineData("(ref.test (ref $base) (local.get $o))", 0, 0)]
    [InlineData("(ref.test (ref null $base) (ref.cast (ref null $derived) (local.get $any)))", 0, 1)]
    [InlineData("(ref.test (ref $unrelated) (local.get $o))", 0, 0)]
    [InlineData("(ref.test (ref $derived) (local.get $o))", 1, 0)]
    [InlineData("(ref.test (ref $derived) (struct.new $base (i32.const 1) (i32.const 2)))", 0, 0)]
    [InlineData("(ref.test (ref i31) (ref.i31 (local.get $c)))", 0, 0)]
    [InlineData("(ref.test (ref eq) (ref.cast (ref null eq) (local.get $any)))", 0, 1)]
    [InlineData("(ref.is_null (ref.cast (ref $base) (ref.cast (ref $derived) (local.get $any))))", 0, 1)]
    [InlineData("(ref.is_null (ref.cast (ref $derived) (ref.cast (ref $base) (local.get $any))))", 0, 2)]
    public void TestsAndCastsAreDecidedByTypes(string test, int tests, int casts)
    {
        var graph = Numbered(test);
        Assert.Equal(tests, graph.Count(IrOp.RefTest));
        Assert.Equal(casts, graph.Count(IrOp.RefCast));
    }

    [Fact]
    public void BehindATestTheCastIsKnownToSucceed()
    {
        var graph = Numbered(
            """
            (if (result i32) (ref.test (ref $derived) (local.get $any))
              (then (struct.get $derived 2 (ref.cast (ref $derived) (local.get $any))))
              (else (struct.get $derived 2 (ref.cast (ref $derived) (local.get $any)))))
            """);
        Assert.Equal(1, graph.Count(IrOp.RefCast));
    }

    /// <summary>After an access the reference is not null, whatever its type says.</summary>
    [Fact]
    public void AnAccessTellsThatAReferenceIsNotNull()
    {
        var graph = Numbered("(struct.get $packed 1 (local.get $p)) (ref.is_null (local.get $p)) i32.add");
        Assert.Equal(0, graph.Count(Opcode.RefIsNull));
    }

    [Theory]
    [InlineData("(ref $base)", "(ref $derived)", "(ref $base)")]
    [InlineData("(ref $derived)", "(ref null $base)", "(ref null $base)")]
    [InlineData("(ref $base)", "(ref $unrelated)", "(ref struct)")]
    [InlineData("(ref $base)", "(ref $numbers)", "(ref eq)")]
    [InlineData("(ref $base)", "(ref i31)", "(ref eq)")]
    [InlineData("(ref $base)", "(ref null any)", "(ref null any)")]
    [InlineData("(ref $wide)", "(ref none)", "(ref $wide)")]
    public void TheJoinOfTwoTypesIsTheSmallestAboveBoth(string first, string second, string expected)
    {
        var module = TestGraphs.Module($"(module {Types} (func (param {first} {second} {expected})))");
        Engine.Modules.ValueType[] types = [.. module.Functions.Last().Type.Parameters];
        Assert.Equal(types[2], ReferenceTypes.Join(types[0], types[1]));
        Assert.Equal(types[2], ReferenceTypes.Join(types[1], types[0]));
    }

    private const string Types =
        """
        (type $base (sub (struct (field (mut i32)) (field i32))))
        (type $derived (sub $base (struct (field (mut i32)) (field i32) (field (mut i32)))))
        (type $unrelated (sub (struct (field (mut i32)))))
        (type $packed (struct (field (mut i8)) (field i32)))
        (type $numbers (array (mut i32)))
        (type $wide (array (mut i64)))
        """;

    private static Graph Numbered(string body) => TestGraphs.Build(
        $"""
         (module
           {Types}
           (import "" "f" (func $f))
           (func (param $o (ref $base)) (param $other (ref $base)) (param $third (ref $unrelated)) (param $p (ref null $packed))
             (param $array (ref $numbers)) (param $others (ref $wide)) (param $any anyref) (param $c i32) (result i32)
             {body}))
         """).Apply(new ValueNumbering(All));
}
