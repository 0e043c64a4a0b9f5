using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Loops;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What a branch or check tells of a reference holds where it was passed, and nowhere else.</summary>
public class ReferenceKnowledgeTests
{
    private const Redundancies All =
        Redundancies.Computations | Redundancies.Loads | Redundancies.Checks | Redundancies.Casts;

    private const string Constant = "constant";
    private const string Read = "read";

    private const string Types =
        """
        (type $base (sub (struct (field i32))))
        (type $derived (sub $base (struct (field i32) (field (mut i32)))))
        (type $list (array i32))
        """;

    /// <summary>Where ways meet again, one of which did not pass the check, the next access may still find null.</summary>
    [Theory]
    [InlineData("(if (local.get $c) (then (drop (struct.get $base 0 (local.get $o)))))")]
    [InlineData("(if (i32.eqz (ref.is_null (local.get $o))) (then (local.set $c (i32.const 1))))")]
    [InlineData("(if (ref.test (ref $derived) (local.get $o)) (then (local.set $c (i32.const 1))))")]
    [InlineData("(block $b (br_if $b (local.get $c)) (drop (ref.as_non_null (local.get $o))))")]
    [InlineData("(block $b (drop (br_on_null $b (local.get $o))))")]
    [InlineData("(block $b (result (ref null $base)) (br_on_cast $b (ref null $base) (ref $derived) (local.get $o))) drop")]
    [InlineData("(loop $l (if (local.get $c) (then (drop (ref.as_non_null (local.get $o))) (local.set $c (i32.const 0)) (br $l))))")]
    public void AnAccessAfterTheJoinMayFindNull(string before)
    {
        var graph = Build($"{before} (struct.get $base 0 (local.get $o))", new BranchSimplification(), new ValueNumbering(All));
        Assert.True(OperatorTable.MayBeNull(graph, graph.Result()));
    }

    /// <summary>What every way to an access has passed is known there.</summary>
    [Theory]
    [InlineData("(drop (ref.as_non_null (local.get $o)))")]
    [InlineData("(drop (struct.get $base 0 (local.get $o)))")]
    [InlineData("(if (ref.is_null (local.get $o)) (then (return (i32.const 1))))")]
    [InlineData("(loop $l (drop (ref.as_non_null (local.get $o))) (br_if $l (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))")]
    public void AnAccessBehindTheCheckFindsNoNull(string before)
    {
        var graph = Build($"{before} (struct.get $derived 1 (ref.cast (ref null $derived) (local.get $o)))", new BranchSimplification(), new ValueNumbering(All));
        var access = graph.ReversePostorder().SelectMany(block => block.Nodes)
            .Single(id => graph[id].Op == Opcode.StructGet && graph[id].Immediate == 1);
        Assert.False(OperatorTable.MayBeNull(graph, access));
    }

    /// <summary>A cast is decided by a test that dominates it, not by one in another arm or iteration.</summary>
    [Theory]
    [InlineData("(if (ref.test (ref $derived) (local.get $o)) (then (local.set $c (i32.const 1))))", 1)]
    [InlineData("(if (ref.test (ref $derived) (local.get $o)) (then (return (i32.const 1))))", 1)]
    [InlineData("(if (i32.eqz (ref.test (ref $derived) (local.get $o))) (then (return (i32.const 1))))", 0)]
    [InlineData("(if (local.get $c) (then (drop (ref.cast (ref $derived) (local.get $o)))))", 2)]
    [InlineData("(drop (ref.cast (ref null $derived) (local.get $o)))", 2)]
    public void ACastIsDecidedWhereATestDominatesIt(string before, int casts)
    {
        var graph = Build(
            $"{before} (struct.get $derived 1 (ref.cast (ref $derived) (local.get $o)))", new BranchSimplification(), new ValueNumbering(All));
        Assert.Equal(casts, graph.Count(IrOp.RefCast));
    }

    /// <summary>A local that is another reference in the next iteration is not what the last one has tested.</summary>
    [Fact]
    public void ATestOfTheLastIterationSaysNothingOfTheNext()
    {
        var graph = Build(
            """
            (loop $l
              (drop (struct.get $base 0 (local.get $o)))
              (local.set $o (local.get $p))
              (br_if $l (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))
            (struct.get $base 0 (local.get $o))
            """,
            new ValueNumbering(All), new LoopPeeling(1000), new ValueNumbering(All), new LoopInvariantCodeMotion());
        Assert.True(OperatorTable.MayBeNull(graph, graph.Result()));
    }

    /// <summary>References of functions are compared by function: a function may have several, each made by another pass.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 1, 0)]
    public void FunctionsAreComparedByWhatTheyAre(int first, int second, int expected)
    {
        var graph = TestGraphs.Build(TestGraphs.Module("(module (func) (func) (func (result i32) (i32.const 7)))"), 2);
        var entry = graph.Blocks[0];
        var equal = graph.Append(entry, IrOp.ReferenceEqual, IrType.I32, [Function(first), Function(second)]);
        entry.Terminator.Values[0] = equal;
        graph.Apply(new ValueNumbering(Redundancies.Casts));
        Assert.Equal(Opcode.I32Const, graph[graph.Result()].Op);
        Assert.Equal(expected, graph[graph.Result()].Immediate);

        int Function(int index)
        {
            var id = graph.Append(entry, IrOp.FunctionAddress, IrType.Ref, [], index);
            graph[id].ReferenceType = ReferenceTypes.To(graph.Module.Functions[index].CanonicalTypeId);
            return id;
        }
    }

    /// <summary>What an immutable global is made of is known where the module itself says so.</summary>
    [Theory]
    [InlineData("(struct.get $base 0 (global.get $made))", Constant)]
    [InlineData("(struct.get $base 0 (global.get $alias))", Constant)]
    [InlineData("(struct.get $base 0 (global.get $computed))", Read)]
    [InlineData("(struct.get $base 0 (global.get $of-import))", Read)]
    [InlineData("(struct.get $base 0 (global.get $imported))", Read)]
    [InlineData("(struct.get $base 0 (global.get $alias-of-import))", Read)]
    [InlineData("(struct.get $base 0 (global.get $variable))", Read)]
    [InlineData("(struct.get $derived 1 (global.get $with-variable))", Read)]
    [InlineData("(struct.get $derived 0 (global.get $with-variable))", Constant)]
    [InlineData("(struct.get $derived 0 (ref.cast (ref $derived) (global.get $made)))", Read)]
    [InlineData("(struct.get $base 0 (global.get $default))", Read)]
    [InlineData("(array.len (global.get $filled))", Read)]
    [InlineData("(array.len (global.get $fixed))", Constant)]
    public void ConstantsComeFromTheModulesOwnExpressions(string value, string expected)
    {
        var graph = Build(value, new ConstantFields());
        Assert.Equal(expected, graph[graph.Result()].Op == Opcode.I32Const ? Constant : Read);
    }

    private static Graph Build(string body, params IPass[] passes) => TestGraphs.Build(
        $"""
         (module
           {Types}
           (import "" "n" (global $n i32))
           (import "" "o" (global $imported (ref $base)))
           (global $made (ref $base) (struct.new $base (i32.const 7)))
           (global $alias (ref $base) (global.get $made))
           (global $computed (ref $base) (struct.new $base (i32.add (i32.const 1) (i32.const 2))))
           (global $of-import (ref $base) (struct.new $base (global.get $n)))
           (global $alias-of-import (ref $base) (global.get $imported))
           (global $variable (mut (ref $base)) (struct.new $base (i32.const 7)))
           (global $with-variable (ref $derived) (struct.new $derived (i32.const 7) (i32.const 8)))
           (global $default (ref $base) (struct.new_default $base))
           (global $filled (ref $list) (array.new $list (i32.const 1) (i32.const 5)))
           (global $fixed (ref $list) (array.new_fixed $list 2 (i32.const 1) (i32.const 5)))
           (func (param $o (ref null $base)) (param $p (ref null $base)) (param $c i32) (result i32)
             {body}))
         """).Apply(passes);
}
