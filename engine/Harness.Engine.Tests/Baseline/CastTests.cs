using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Type tests and casts in baseline code: the instructions that ask a question in different ways must agree.</summary>
public sealed class CastTests
{
    private const string Types = """
        (type $root (sub (struct (field i32))))
        (type $middle (sub $root (struct (field i32 i32))))
        (type $leaf (sub final $middle (struct (field i32 i32 i32))))
        (type $other (sub $root (struct (field i32 i64))))
        (type $bytes (array i8))
        (type $words (sub (array (mut i64))))
        (type $base (sub (func (result i32))))
        (type $derived (sub final $base (func (result i32))))
        (func $plain (type $base) (i32.const 1))
        (func $special (type $derived) (i32.const 2))
        (elem declare func $plain $special)
        """;

    private static readonly string[] Objects =
    [
        "(ref.null none)", "(ref.i31 (local.get 0))", "(ref.i31 (i32.const -1))", "(struct.new_default $root)",
        "(struct.new_default $middle)", "(struct.new_default $leaf)", "(struct.new_default $other)",
        "(array.new_default $bytes (i32.const 3))", "(array.new_default $words (i32.const 3))",
    ];

    private static readonly (string Target, int[] Members)[] ObjectTargets =
    [
        ("any", [1, 2, 3, 4, 5, 6, 7, 8]), ("eq", [1, 2, 3, 4, 5, 6, 7, 8]), ("i31", [1, 2]), ("struct", [3, 4, 5, 6]),
        ("array", [7, 8]), ("none", []), ("$root", [3, 4, 5, 6]), ("$middle", [4, 5]), ("$leaf", [5]), ("$other", [6]),
        ("$bytes", [7]), ("$words", [8]),
    ];

    private static readonly string[] Functions = ["(ref.null nofunc)", "(ref.func $plain)", "(ref.func $special)"];

    private static readonly (string Target, int[] Members)[] FunctionTargets =
    [
        ("func", [1, 2]), ("nofunc", []), ("$base", [1, 2]), ("$derived", [2]),
    ];

    public static TheoryData<string> Targets => [.. ObjectTargets.Concat(FunctionTargets).Select(target => target.Target)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void AllInstructionsAgreeOnTheTypesOfAllValues(string target)
    {
        var isFunction = FunctionTargets.Any(known => known.Target == target);
        var top = isFunction ? "func" : "any";
        var values = isFunction ? Functions : Objects;
        var members = (isFunction ? FunctionTargets : ObjectTargets).Single(known => known.Target == target).Members;
        foreach (var isNullable in (bool[])[false, true])
        {
            var type = isNullable ? $"(ref null {target})" : $"(ref {target})";
            using var run = new BaselineRun($"""
                {Types}
                (func $value (param i32) (result {top}ref)
                  {string.Concat(values.Select((value, i) =>
                      $"(if (i32.eq (local.get 0) (i32.const {i})) (then (return {value}))) "))}
                  (unreachable))
                (func (export "test") (param i32) (result i32) (ref.test {type} (call $value (local.get 0))))
                (func (export "if") (param i32) (result i32)
                  (if (result i32) (ref.test {type} (call $value (local.get 0))) (then (i32.const 1)) (else (i32.const 0))))
                (func (export "unless") (param i32) (result i32)
                  (block $no
                    (br_if $no (i32.eqz (ref.test {type} (call $value (local.get 0)))))
                    (return (i32.const 1)))
                  (i32.const 0))
                (func (export "select") (param i32) (result i32)
                  (select (i32.const 1) (i32.const 0) (ref.test {type} (call $value (local.get 0)))))
                (func (export "cast") (param i32) (result i32)
                  (ref.is_null (ref.cast {type} (call $value (local.get 0)))))
                (func (export "branch") (param i32) (result i32)
                  (block $yes (result {type})
                    (drop (br_on_cast $yes {top}ref {type} (call $value (local.get 0))))
                    (return (i32.const 0)))
                  (drop)
                  (i32.const 1))
                (func (export "branch-on-failure") (param i32) (result i32)
                  (block $no (result {top}ref)
                    (drop (br_on_cast_fail $no {top}ref {type} (call $value (local.get 0))))
                    (return (i32.const 1)))
                  (drop)
                  (i32.const 0))
                """);
            for (var i = 0; i < values.Length; i++)
            {
                var isNull = i == 0;
                var expected = (isNull ? isNullable : members.Contains(i)) ? 1 : 0;
                foreach (var name in (string[])["test", "if", "unless", "select", "branch", "branch-on-failure"])
                {
                    Assert.True(expected == run.Call(name, i).AsI32(), $"{name} {type} of {values[i]}");
                }

                if (expected != 0)
                {
                    Assert.Equal(isNull ? 1 : 0, run.Call("cast", i).AsI32());
                }
                else
                {
                    Assert.Equal(TrapKind.CastFailure, run.TrapOf("cast", i));
                }
            }
        }
    }

    [Fact]
    public void BranchesOnCastsOfNarrowTypesAgree()
    {
        // The static type rules small integers out.
        using var run = new BaselineRun($"""
            {Types}
            (func $value (param i32) (result structref)
              (if (i32.eqz (local.get 0)) (then (return (ref.null none))))
              (if (i32.eq (local.get 0) (i32.const 1)) (then (return (struct.new_default $root))))
              (if (i32.eq (local.get 0) (i32.const 2)) (then (return (struct.new_default $leaf))))
              (struct.new_default $other))
            (func (export "root") (param i32) (result i32)
              (block $yes (result (ref $root))
                (drop (br_on_cast $yes structref (ref $root) (call $value (local.get 0))))
                (return (i32.const 0)))
              (drop) (i32.const 1))
            (func (export "middle") (param i32) (result i32)
              (block $no (result structref)
                (drop (br_on_cast_fail $no structref (ref null $middle) (call $value (local.get 0))))
                (return (i32.const 1)))
              (drop) (i32.const 0))
            (func (export "leaf") (param i32 i64) (result i64)
              (block $yes (result i64 (ref null $leaf))
                (br_on_cast $yes structref (ref null $leaf) (local.get 1) (call $value (local.get 0)))
                (drop) (drop)
                (return (i64.const -1)))
              (drop))
            """);
        Assert.Equal([0, 1, 1, 1], Enumerable.Range(0, 4).Select(i => run.Call("root", i).AsI32()));
        Assert.Equal([1, 0, 1, 0], Enumerable.Range(0, 4).Select(i => run.Call("middle", i).AsI32()));
        Assert.Equal([7, -1, 7, -1], Enumerable.Range(0, 4).Select(i => run.Call("leaf", i, 7L).AsI64()));
    }

    [Fact]
    public void SmallIntegersKeep31Bits()
    {
        using var run = new BaselineRun("""
            (func (export "s") (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0))))
            (func (export "u") (param i32) (result i32) (i31.get_u (ref.i31 (local.get 0))))
            (func (export "constant") (result i32)
              (i32.add (i31.get_s (ref.i31 (i32.const 0x40000001))) (i31.get_u (ref.i31 (i32.const -3)))))
            (func $null (result i31ref) (ref.null i31))
            (func (export "null") (result i32) (i31.get_s (call $null)))
            (func (export "eq") (param i32 i32) (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))))
            (func (export "eq-constant") (param i32) (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.i31 (i32.const -1))))
            (func (export "eq-null") (param i32) (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.null none)))
            """);
        foreach (var value in (int[])[0, 1, -1, 0x3FFF_FFFF, 0x4000_0000, int.MinValue, int.MaxValue])
        {
            Assert.Equal(value << 1 >> 1, run.Call("s", value).AsI32());
            Assert.Equal(value & int.MaxValue, run.Call("u", value).AsI32());
            Assert.Equal(1, run.Call("eq", value, value ^ int.MinValue).AsI32());
            Assert.Equal(0, run.Call("eq", value, value ^ 1).AsI32());
            Assert.Equal((value | int.MinValue) == -1 ? 1 : 0, run.Call("eq-constant", value).AsI32());
            Assert.Equal(0, run.Call("eq-null", value).AsI32());
        }

        Assert.Equal((0x40000001 << 1 >> 1) + (-3 & int.MaxValue), run.Call("constant").AsI32());
        Assert.Equal(TrapKind.NullI31, run.TrapOf("null"));
    }

    [Fact]
    public void ReferencesConvertedThereAndBackAreTheSame()
    {
        using var run = new BaselineRun($"""
            {Types}
            (func (export "f") (result i32) (local $x (ref null $leaf))
              (local.set $x (struct.new_default $leaf))
              (ref.eq (local.get $x) (ref.cast (ref $leaf) (any.convert_extern (extern.convert_any (local.get $x))))))
            """);
        Assert.Equal(1, run.Call("f").AsI32());
    }

    [Fact]
    public void IndirectCallsTakeFunctionsOfSubtypes()
    {
        using var run = new BaselineRun($"""
            {Types}
            (table 3 funcref)
            (elem (i32.const 0) $plain $special)
            (func (export "base") (param i32) (result i32) (call_indirect (type $base) (local.get 0)))
            (func (export "derived") (param i32) (result i32) (call_indirect (type $derived) (local.get 0)))
            (func (export "tail") (param i32) (result i32) (return_call_indirect (type $base) (local.get 0)))
            """);
        Assert.Equal([1, 2], Enumerable.Range(0, 2).Select(i => run.Call("base", i).AsI32()));
        Assert.Equal([1, 2], Enumerable.Range(0, 2).Select(i => run.Call("tail", i).AsI32()));
        Assert.Equal(2, run.Call("derived", 1).AsI32());
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, run.TrapOf("derived", 0));
        Assert.Equal(TrapKind.UninitializedElement, run.TrapOf("base", 2));
    }
}
