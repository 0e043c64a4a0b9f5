using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Loops;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>Loads from objects move before a loop together with the checks that make them right, or not at all.</summary>
public class ObjectMotionTests
{
    /// <summary>A function that speculates, and a loop that adds up <c>{0}</c>; <c>$out</c> leads out of the loop, <c>$other</c> to its end.</summary>
    private const string SummingLoop =
        """
        (module
          (type $box (struct (field i32) (field (mut i32))))
          (type $list (array i32))
          (type $unary (func (param i32) (result i32)))
          (table $t 1 funcref)
          (func $inlinee (type $unary) (i32.add (local.get 0) (i32.const 37)))
          (func $main (param $x anyref) (param $box (ref null $box)) (param $list (ref null $list)) (param $n i32) (param $i i32) (result i32)
            (local $sum i32)
            (local.set $sum (call_indirect $t (type $unary) (i32.const 7) (i32.const 0)))
            (block $out
              (loop $next
                (block $other
                  (local.set $sum (i32.add (local.get $sum) {0})))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
            (local.get $sum)))
        """;

    /// <summary>Nothing that loads from an object may go before the branch that says what the object is.</summary>
    [Theory]
    [InlineData("(struct.get $box 0 (block $is-box (result (ref $box)) (drop (br_on_cast $is-box anyref (ref $box) (local.get $x))) (br $other)))")]
    [InlineData("(struct.get $box 0 (block $is-box (result (ref $box)) (drop (br_on_cast $is-box anyref (ref $box) (local.get $x))) (br $out)))")]
    [InlineData("(struct.get $box 0 (br_on_null $out (local.get $box)))")]
    [InlineData("(struct.get $box 1 (br_on_null $other (local.get $box)))")]
    [InlineData("(struct.get $box 1 (br_on_null $out (ref.null $box)))")]
    [InlineData("(array.len (br_on_null $out (local.get $list)))")]
    [InlineData("(array.len (br_on_null $out (ref.null $list)))")]
    [InlineData("(i31.get_u (br_on_null $out (ref.null i31)))")]
    public void ALoadStaysBehindTheBranchThatMakesItRight(string value)
    {
        var graph = Build(value);
        graph.Apply(new LoopInvariantCodeMotion());
        Assert.Equal(1, graph.CountInLoops(Opcode.StructGet, Opcode.ArrayLen, Opcode.I31GetU));
    }

    /// <summary>The same where the numbering of values has looked for narrower names, and removed what it could.</summary>
    [Theory]
    [InlineData("(struct.get $box 0 (br_on_null $out (local.get $box)))", 1)]
    [InlineData("(array.len (br_on_null $out (ref.null $list)))", 1)]
    [InlineData("(i32.add (struct.get $box 0 (br_on_null $out (local.get $box))) (struct.get $box 1 (local.get $box)))", 2)]
    public void ALoadStaysBehindItsBranchAfterNumbering(string value, int loads)
    {
        var graph = Build(value);
        graph.Apply(
            new ValueNumbering(Redundancies.Computations | Redundancies.Loads | Redundancies.Casts), new LoopInvariantCodeMotion());
        Assert.Equal(loads, graph.CountInLoops(Opcode.StructGet, Opcode.ArrayLen));
    }

    /// <summary>
    /// The same where two branches that test one reference lead to the load, and a third way there, with another one, turns out never to be taken: what stands for either is then
    /// the tested reference, of which nothing is known before the loop.
    /// </summary>
    [Theory]
    [InlineData("struct.get $box 0", "$box", "struct.new_default $box")]
    [InlineData("struct.get $box 1", "$box", "struct.new_default $box")]
    [InlineData("array.len", "$list", "array.new_fixed $list 0")]
    [InlineData("i31.get_u", "i31", "ref.i31 (i32.const 1)")]
    public void ALoadStaysBehindBranchesThatMakeItRightTogether(string load, string type, string other)
    {
        var graph = TestGraphs.Build(
            $"""
            (module
              (type $box (struct (field i32) (field (mut i32))))
              (type $list (array i32))
              (func (param $x (ref any)) (param $n i32) (param $i i32) (result i32) (local $sum i32)
                (loop $next
                  (block $other
                    (block $fits (result (ref {type}))
                      (drop (br_if $fits ({other}) (i32.const 0)))
                      (if (local.get $i)
                        (then (drop (br_on_cast $fits (ref any) (ref {type}) (local.get $x))))
                        (else (drop (br_on_cast $fits (ref any) (ref {type}) (local.get $x)))))
                      (br $other))
                    ({load})
                    (local.set $sum (i32.add (local.get $sum))))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum)))
            """);
        graph.Apply(
            new BranchSimplification(),
            new ValueNumbering(Redundancies.Computations | Redundancies.Loads | Redundancies.Checks | Redundancies.Casts),
            new LoopInvariantCodeMotion());
        Assert.Equal(1, graph.CountInLoops(Opcode.StructGet, Opcode.ArrayLen, Opcode.I31GetU));
    }

    /// <summary>A check that every iteration makes goes first, as a guard; then come its condition's object and what is loaded from it.</summary>
    [Theory]
    [InlineData("(struct.get $box 0 (ref.as_non_null (local.get $box)))", "struct.get")]
    [InlineData("(struct.get $box 1 (ref.as_non_null (local.get $box)))", "struct.get")]
    [InlineData("(array.len (ref.as_non_null (local.get $list)))", "array.len")]
    [InlineData("(array.get $list (ref.as_non_null (local.get $list)) (local.get $i))", "array.get")]
    public void ALoadMovesBehindItsCheck(string value, string name)
    {
        var load = OpcodeTable.ByName(name)!.Opcode;
        var graph = Build(value);
        graph.Apply(new LoopInvariantCodeMotion());
        Assert.Equal(0, graph.CountInLoops(load, IrOp.TrapIf, IrOp.TrapUnless, IrOp.Narrow, IrOp.Guard));
        List<Opcode> before = [.. graph.ReversePostorder().SelectMany(block => block.Nodes).Select(id => graph[id].Op)];
        Assert.True(before.LastIndexOf(IrOp.Guard) < before.LastIndexOf(load));
        Assert.True(before.LastIndexOf(IrOp.Narrow) < before.LastIndexOf(load));
    }

    /// <summary>Another array's check, or one that some iterations pass by, says nothing.</summary>
    [Theory]
    [InlineData("(if (result i32) (local.get $sum) (then (array.get $list (ref.as_non_null (local.get $list)) (local.get $i))) (else (i32.const 1)))")]
    [InlineData("(array.get $list (local.get $list) (local.get $sum))")]
    public void AnElementStaysBehindACheckThatStays(string value)
    {
        var graph = Build(value);
        graph.Apply(new LoopInvariantCodeMotion());
        Assert.Equal(1, graph.CountInLoops(Opcode.ArrayGet));
    }

    /// <summary>A field that the loop writes is read in each iteration; others and those of other types are not.</summary>
    [Theory]
    [InlineData("(struct.set $box 1 (local.get $box) (local.get $n))", 1)]
    [InlineData("nop", 0)]
    public void AMutableFieldMovesWhereTheLoopDoesNotWriteIt(string other, int expected)
    {
        var graph = TestGraphs.Build(
            $"""
            (module
              (type $box (struct (field i32) (field (mut i32))))
              (func (param $box (ref $box)) (param $n i32) (result i32) (local $sum i32)
                (loop $next
                  (local.set $sum (i32.add (local.get $sum) (struct.get $box 1 (local.get $box))))
                  {other}
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum)))
            """);
        graph.Apply(new LoopInvariantCodeMotion());
        Assert.Equal(expected, graph.CountInLoops(Opcode.StructGet));
    }

    private static Graph Build(string value)
    {
        var module = TestGraphs.Module(SummingLoop.Replace("{0}", value, StringComparison.Ordinal));
        var feedback = SyntheticFeedback.Parse(module, ["main@0 -> $inlinee:1000000"]);
        return TestGraphs.Build(module, SyntheticFeedback.FunctionNamed(module, "main"), feedback);
    }
}
