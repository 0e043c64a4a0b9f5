using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What the optimizer makes of descriptors and exact types: reads of what never changes, comparisons, tests that are decided.</summary>
public class DescriptorKnowledgeTests
{
    private const Redundancies All =
        Redundancies.Computations | Redundancies.Loads | Redundancies.Checks | Redundancies.Casts;

    private const string Types =
        """
        (rec
          (type $shape (sub (descriptor $shape.d) (struct (field (mut i32)))))
          (type $shape.d (sub (describes $shape) (struct (field i32))))
          (type $circle (sub final $shape (descriptor $circle.d) (struct (field (mut i32)) (field i32))))
          (type $circle.d (sub final $shape.d (describes $circle) (struct (field i32)))))
        """;

    /// <summary>Of a reference whose type has descriptors nothing but the descriptor is asked for, of any other the type before.</summary>
    [Theory]
    [InlineData("(local.get $s)", "(ref $shape)", 0)]
    [InlineData("(local.get $s)", "(ref $circle)", 0)]
    [InlineData("(local.get $c)", "(ref $shape)", 0)]
    [InlineData("(local.get $any)", "(ref $shape)", 1)]
    [InlineData("(local.get $any)", "(ref (exact $circle))", 1)]
    public void ACastIsOneLoadAndOneComparison(string reference, string target, int tests)
    {
        var descriptor = target == "(ref $shape)" ? "$d" : "$e";
        var graph = Build($"(struct.get $shape 0 (ref.cast_desc_eq {target} {reference} (local.get {descriptor})))");
        Assert.Equal(tests, graph.Count(IrOp.RefTest));
        Assert.Equal(1, graph.Count(IrOp.ReferenceEqual));
        Assert.Equal(2, graph.Count(Opcode.StructGet));
        Assert.Equal(0, graph.Count(IrOp.RefCast));
    }

    /// <summary>A descriptor never changes, whatever is written to the object.</summary>
    [Fact]
    public void ACastBehindAnEqualOneIsNone()
    {
        const string cast = "(ref.cast_desc_eq (ref $shape) (local.get $s) (local.get $d))";
        var graph = Build(
            $"""
             (struct.set $shape 0 {cast} (i32.const 5))
             (struct.set $shape 0 (local.get $c) (i32.const 6))
             (struct.get $shape 0 {cast})
             """,
            new ValueNumbering(All), new DeadCodeElimination());
        Assert.Equal(1, graph.Count(IrOp.ReferenceEqual));
        Assert.Equal(1, graph.Count(IrOp.TrapUnless));
        Assert.Equal(2, graph.Count(Opcode.StructGet));
    }

    /// <summary>The descriptor of an object of an exact type, or of a final one, is of its type exactly.</summary>
    [Theory]
    [InlineData("$shape", "(local.get $s)", false)]
    [InlineData("$shape", "(local.get $x)", true)]
    [InlineData("$circle", "(local.get $c)", true)]
    [InlineData("$shape", "(struct.new_desc $shape (i32.const 1) (local.get $d))", true)]
    public void TheDescriptorOfAnExactTypeIsExact(string type, string reference, bool isExact)
    {
        var graph = Build($"(struct.get {type}.d 0 (ref.get_desc {type} {reference}))");
        var load = graph.ReversePostorder().SelectMany(block => block.Nodes)
            .Single(id => graph[id].Op == Opcode.StructGet && graph[id].Type == IrType.Ref);
        Assert.Equal(isExact, graph[load].ReferenceType.HeapType.IsExact);
        Assert.False(graph[load].ReferenceType.IsNullable);
    }

    [Theory]
    [InlineData("(ref.test (ref $circle) (local.get $x))", 0)]
    [InlineData("(ref.test (ref (exact $shape)) (local.get $x))", 1)]
    [InlineData("(ref.test (ref (exact $shape)) (struct.new_desc $shape (i32.const 1) (local.get $d)))", 1)]
    [InlineData("(ref.test (ref (exact $circle)) (struct.new_desc $shape (i32.const 1) (local.get $d)))", 0)]
    [InlineData("(ref.test (ref (exact $circle)) (ref.as_non_null (local.get $c)))", 1)]
    [InlineData("(ref.test (ref (exact $shape)) (ref.as_non_null (local.get $c)))", 0)]
    [InlineData("(ref.test (ref (exact $shape)) (local.get $s))", null)]
    [InlineData("(ref.test (ref (exact $circle)) (local.get $s))", null)]
    public void TestsOfExactTypesAreDecidedWhereEnoughIsKnown(string test, int? expected)
    {
        var graph = Build(test, new ValueNumbering(All), new DeadCodeElimination());
        ref var result = ref graph[graph.Result()];
        if (expected is { } value)
        {
            Assert.Equal(Opcode.I32Const, result.Op);
            Assert.Equal(value, result.Immediate);
        }
        else
        {
            Assert.Equal(IrOp.RefTest, result.Op);
        }
    }

    /// <summary>A cast to an exact type is none where it is known what the object is exactly, though the type of the reference does not say it; null is looked for where it may come.</summary>
    [Theory]
    [InlineData("$shape", "(struct.new_desc $shape (i32.const 1) (local.get $d))", 0)]
    [InlineData("$circle", "(ref.as_non_null (local.get $c))", 0)]
    [InlineData("$circle", "(local.get $c)", 1)]
    [InlineData("$shape", "(ref.as_non_null (local.get $s))", 1)]
    [InlineData("$circle", "(struct.new_desc $shape (i32.const 1) (local.get $d))", 1)]
    public void CastsToExactTypesThatCannotFailAreNone(string type, string reference, int casts)
    {
        var graph = Build($"(struct.get {type} 0 (ref.cast (ref (exact {type})) {reference}))", new ValueNumbering(All), new DeadCodeElimination());
        Assert.Equal(casts, graph.Count(IrOp.RefCast));
    }

    /// <summary>What a constant expression makes has the descriptor that it says, which is not null, whatever the type of a global says that it comes from.</summary>
    [Theory]
    [InlineData("(ref.eq (ref.get_desc $shape (global.get $unit)) (global.get $unit.d))", 1)]
    [InlineData("(ref.eq (ref.get_desc $shape (global.get $zero)) (global.get $unit.d))", 1)]
    [InlineData("(struct.get $shape.d 0 (ref.get_desc $shape (global.get $unit)))", 9)]
    [InlineData("(struct.get $shape.d 0 (ref.get_desc $shape (global.get $own)))", 8)]
    [InlineData("(ref.is_null (ref.get_desc $shape (global.get $vague)))", 0)]
    [InlineData("(struct.get $shape.d 0 (ref.get_desc $shape (global.get $vague)))", 9)]
    [InlineData("(struct.get $circle 1 (global.get $round))", 4)]
    [InlineData("(struct.get $circle 1 (global.get $none))", 0)]
    public void DescriptorsOfConstantObjectsAreKnown(string value, int expected)
    {
        var graph = Build(value, new ConstantFields(), new ValueNumbering(All), new DeadCodeElimination());
        Assert.Equal(Opcode.I32Const, graph[graph.Result()].Op);
        Assert.Equal(expected, graph[graph.Result()].Immediate);
    }

    private static Graph Build(string body, params IPass[] passes) => TestGraphs.Build(
        $"""
         (module
           {Types}
           (global $unit.d (ref (exact $shape.d)) (struct.new $shape.d (i32.const 9)))
           (global $round.d (ref (exact $circle.d)) (struct.new $circle.d (i32.const 7)))
           (global $vague.d (ref null (exact $shape.d)) (struct.new $shape.d (i32.const 9)))
           (global $vague (ref $shape) (struct.new_desc $shape (i32.const 1) (global.get $vague.d)))
           (global $unit (ref $shape) (struct.new_desc $shape (i32.const 1) (global.get $unit.d)))
           (global $zero (ref $shape) (struct.new_default_desc $shape (global.get $unit.d)))
           (global $own (ref $shape) (struct.new_desc $shape (i32.const 1) (struct.new $shape.d (i32.const 8))))
           (global $round (ref $circle) (struct.new_desc $circle (i32.const 3) (i32.const 4) (global.get $round.d)))
           (global $none (ref $circle) (struct.new_default_desc $circle (global.get $round.d)))
           (func (param $s (ref null $shape)) (param $c (ref null $circle)) (param $x (ref (exact $shape))) (param $any anyref)
             (param $d (ref (exact $shape.d))) (param $e (ref (exact $circle.d))) (result i32)
             {body}))
         """).Apply(passes);
}
