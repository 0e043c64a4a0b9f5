using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Loops;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>Jumps past branches that what they pass decides.</summary>
public class JumpThreadingTests
{
    /// <summary>The results of conditions in blocks: what was 0 or 1 for a branch is the branch.</summary>
    [Theory]
    [InlineData("(i32.eq (local.get 0) (i32.const 5))", "(i32.eq (local.get 1) (i32.const 7))", "(i32.const 0)")]
    [InlineData("(i32.eq (local.get 0) (i32.const 5))", "(i32.const 1)", "(i32.eq (local.get 1) (i32.const 7))")]
    public void AConditionOfTwoPartsIsTwoBranches(string first, string then, string otherwise)
    {
        const string Results = "(then (i32.const 10)) (else (i32.const 20))";
        var text = $"(module (func (param i32 i32) (result i32) (if (result i32) (if (result i32) {first} (then {then}) (else {otherwise})) {Results})))";
        var before = TestGraphs.Build(text).Apply(new BranchSimplification());
        var after = TestGraphs.Build(text).Apply(new BranchSimplification(), new JumpThreading(), new BranchSimplification());
        Assert.True(DecidesByParameter(before));
        Assert.False(DecidesByParameter(after));
        Assert.Equal(2, Branches(after));
        foreach (var a in (ulong[])[5, 6])
        {
            foreach (var b in (ulong[])[7, 8])
            {
                Assert.Equal(new GraphEvaluator(before.Module, 100).Outcome(before, a, b), new GraphEvaluator(after.Module, 100).Outcome(after, a, b));
            }
        }
    }

    /// <summary>Each constant goes where the switch would have led it.</summary>
    [Fact]
    public void ASwitchOnAConstantPassedIsAJump()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param i32) (result i32)
              (block $c (block $b (block $a
                (br_table $a $b $c (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 9)))))
                (return (i32.const 10)))
                (return (i32.const 20)))
              (i32.const 30)))
            """);
        graph.Apply(new BranchSimplification(), new JumpThreading(), new BranchSimplification());
        Assert.DoesNotContain(graph.ReversePostorder(), block => block.Terminator.Kind == TerminatorKind.Switch);
        Assert.Equal(30, ResultOf(graph, 0));
        Assert.Equal(20, ResultOf(graph, 1));
    }

    /// <summary>What was decided is needed later: the branch stays, and so does the value.</summary>
    [Fact]
    public void AValueThatIsNeededLaterKeepsItsBranch()
    {
        const string Text =
            """
            (module (func (param i32 i32) (result i32) (local $both i32)
              (local.set $both (if (result i32) (local.get 0) (then (local.get 1)) (else (i32.const 0))))
              (if (local.get $both) (then (return (i32.const 10))))
              (i32.add (local.get $both) (i32.const 3))))
            """;
        var graph = TestGraphs.Build(Text).Apply(new BranchSimplification(), new JumpThreading());
        Assert.Equal(2, Branches(graph));
    }

    /// <summary>The state at a loop's entry is of one way in.</summary>
    [Fact]
    public void LoopsKeepTheirWaysIn()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param $n i32) (result i32)
              (loop $again
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $again (if (result i32) (i32.gt_s (local.get $n) (i32.const 3)) (then (i32.const 1)) (else (i32.const 0)))))
              (local.get $n)))
            """);
        var edges = Headers(graph);
        graph.Apply(new JumpThreading());
        Assert.Equal(edges, Headers(graph));

        static int Headers(Graph graph) => graph.ReversePostorder().Sum(block => block.Successors.Count(edge => graph.Blocks[edge.Target].IsLoopHeader));
    }

    /// <summary>A rotated loop is entered at the block behind its test: a jump past that block would be a second way in, and no header would dominate the loop.</summary>
    [Fact]
    public void RotatedLoopsHaveOneWayIn()
    {
        var graph = TestGraphs.Build(
            """
            (module
              (import "" "one" (func $one))
              (import "" "other" (func $other))
              (global $left (mut i32) (i32.const 3))
              (func (param $again i32)
                (block $done
                  (loop $next
                    (br_if $done (i32.eqz (global.get $left)))
                    (if (local.get $again) (then (call $one)) (else (call $other)))
                    (local.set $again (i32.const 1))
                    (br $next)))))
            """);

        // As in the pipeline: the verifier would find the headers of loops anew.
        foreach (var pass in (IPass[])[new BranchSimplification(), new LoopRotation(), new BranchSimplification(), new JumpThreading()])
        {
            PassPipeline.Apply(pass, graph);
        }

        var flow = new ControlFlow(graph);
        Assert.NotEmpty(flow.Loops);
        foreach (var block in flow.Order)
        {
            foreach (var source in block.Predecessors)
            {
                Assert.True(flow.PositionOf(source) < flow.PositionOf(block.Id) || flow.Dominates(block.Id, source));
            }
        }
    }

    private static int Branches(Graph graph) => graph.ReversePostorder().Count(block => block.Terminator.Kind == TerminatorKind.Branch);

    private static bool DecidesByParameter(Graph graph) =>
        graph.ReversePostorder().Exists(block => block.Terminator.Kind == TerminatorKind.Branch && block.Parameters.Contains(block.Terminator.Value));

    private static int ResultOf(Graph graph, ulong argument) => Convert.ToInt32(new GraphEvaluator(graph.Module, 100).Outcome(graph, argument).Split(' ')[0], 16);
}
