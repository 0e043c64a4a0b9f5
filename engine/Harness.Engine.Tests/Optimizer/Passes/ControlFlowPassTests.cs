using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>Simplification of branches, and removal of what nobody needs.</summary>
public class ControlFlowPassTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(0, 20)]
    public void ABranchOnAConstantGoes(int condition, int expected)
    {
        var graph = TestGraphs.Build(
            $"""
            (module (func (result i32)
              (if (result i32) (i32.const {condition}) (then (i32.const 10)) (else (i32.const 20)))))
            """).Apply(new BranchSimplification());
        Assert.Single(graph.ReversePostorder());
        Assert.Equal(expected, graph[graph.Result()].Immediate);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 20)]
    [InlineData(2, 30)]
    [InlineData(-1, 30)]
    public void ASwitchOnAConstantGoes(int index, int expected)
    {
        var graph = TestGraphs.Build(
            $"""
            (module (func (result i32)
              (block $c (block $b (block $a (br_table $a $b $c (i32.const {index})))
                (return (i32.const 10)))
                (return (i32.const 20)))
              (i32.const 30)))
            """).Apply(new BranchSimplification());
        Assert.Single(graph.ReversePostorder());
        Assert.Equal(expected, graph[graph.Result()].Immediate);
    }

    [Fact]
    public void ABranchOnTheOppositeTakesTheOtherWay()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param i32) (result i32)
              (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 10)) (else (i32.const 20)))))
            """).Apply(new BranchSimplification(), new DeadCodeElimination());
        Assert.Equal(0, graph.Count(Opcode.I32Eqz));
        Assert.Equal("20 / 0", Strip(graph, 1));
        Assert.Equal("10 / 0", Strip(graph, 0));

        static string Strip(Graph graph, ulong argument) =>
            Convert.ToInt32(new GraphEvaluator(graph.Module, 100).Outcome(graph, argument).Split(' ')[0], 16) + " / 0";
    }

    /// <summary>The budget is enough for a few walks, and not for one for each doubling of what is skipped.</summary>
    [Fact]
    public void AChainOfEmptyBlocksTakesOneWalk()
    {
        const int depth = 30_000;
        var blocks = string.Concat(Enumerable.Repeat("block ", depth));
        var branches = string.Concat(Enumerable.Range(0, depth).Select(static i => $"local.get 0 i32.const {i} i32.eq br_if {i} "));
        var ends = string.Concat(Enumerable.Repeat("end ", depth));
        var graph = TestGraphs.Build(
            TestGraphs.Module($"(module (func (param i32) {blocks} {branches} {ends}))"),
            function: 0,
            options: EngineOptions.Default.With("compile.budget", "0"));
        graph.Apply(new BranchSimplification());
        Assert.False(graph.Budget.IsUsedUp);
        Assert.DoesNotContain(graph.ReversePostorder(), static block => block.Nodes.Count == 0 && block.Terminator.Kind == TerminatorKind.Jump);
    }

    /// <summary>A parameter that every edge, its own loop's apart, gives the same value.</summary>
    [Fact]
    public void AParameterWithOneValueGoes()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param $n i32) (param $k i32) (result i32)
              (loop
                (local.set $k (local.get $k))
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $k)))
            """);
        Assert.Equal(2, Parameters(graph));
        graph.Apply(new BranchSimplification());
        Assert.Equal(1, Parameters(graph));
        Assert.Equal(IrOp.Argument, graph[graph.Result()].Op);
    }

    [Fact]
    public void BlocksThatOnlyPassControlOnGo()
    {
        var graph = TestGraphs.Build(
            "(module (func (param i32) (block (block (br_if 0 (local.get 0)) (br 1))) (if (local.get 0) (then nop))))");
        graph.Apply(new BranchSimplification(), new DeadCodeElimination());
        Assert.Single(graph.ReversePostorder());
    }

    [Fact]
    public void AnEndlessLoopStays()
    {
        var graph = TestGraphs.Build("(module (func (loop (br 0))))").Apply(new BranchSimplification(), new DeadCodeElimination());
        Assert.Equal(1, graph.CountInLoops(IrOp.LoopStackCheck));
    }

    [Theory]
    [InlineData("(drop (i32.mul (local.get 0) (local.get 0)))", 0)]
    [InlineData("(drop (i32.div_u (local.get 0) (local.get 0)))", 1)]
    [InlineData("(drop (i32.div_u (local.get 0) (i32.const 7)))", 0)]
    [InlineData("(drop (i32.load (local.get 0)))", 1)]
    [InlineData("(i32.store (local.get 0) (local.get 0))", 1)]
    [InlineData("(drop (i32.trunc_f32_s (f32.convert_i32_s (local.get 0))))", 2)]
    [InlineData("(drop (i32.trunc_sat_f32_s (f32.convert_i32_s (local.get 0))))", 0)]
    [InlineData("(drop (memory.grow (i32.const 0)))", 1)]
    [InlineData("(drop (memory.size))", 0)]
    public void OnlyEffectsKeepWhatNobodyUses(string instruction, int expected)
    {
        var graph = TestGraphs.Build($"(module (memory 1) (func (param i32) {instruction}))").Apply(new DeadCodeElimination());
        var others = graph.Count(IrOp.Argument, Opcode.I32Const, Opcode.I64Const, Opcode.I64ExtendI32U);
        Assert.Equal(expected, graph.Blocks[0].Nodes.Count - others);
    }

    /// <summary>A local that a loop only counts up, for nobody.</summary>
    [Fact]
    public void ParametersThatOnlyFeedThemselvesGo()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param $n i32) (local $unused i32)
              (loop
                (local.set $unused (i32.add (local.get $unused) (i32.const 1)))
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
            """).Apply(new DeadCodeElimination());
        Assert.Equal(1, Parameters(graph));
        Assert.Equal(0, graph.Count(Opcode.I32Add));
    }

    /// <summary>A value that baseline code would read again, if only to drop it, is kept for it; one that nothing reads again is not.</summary>
    [Theory]
    [InlineData("(drop (local.get $seen))", true, 1)]
    [InlineData("(drop (local.get $seen))", false, 0)]
    [InlineData("", true, 0)]
    public void FrameStatesKeepTheirValues(string behind, bool allowDeopt, int products)
    {
        var module = TestGraphs.Module(
            $"""
            (module
              (type $unary (func (param i32) (result i32)))
              (table 4 funcref)
              (func $inlinee (type $unary) (i32.add (local.get 0) (i32.const 37)))
              (func $main (param i32) (result i32) (local $seen i32)
                (local.set $seen (i32.mul (local.get 0) (i32.const 5)))
                (drop (call_indirect (type $unary) (i32.const 7) (local.get 0)))
                {behind}
                (local.get 0)))
            """);
        var feedback = SyntheticFeedback.Parse(module, ["main@0 -> $inlinee:1000000"]);
        var graph = TestGraphs.Build(module, 1, feedback, allowDeopt, EngineOptions.Default).Apply(new DeadCodeElimination());
        Assert.Equal(products, graph.Count(Opcode.I32Mul));
    }

    private static int Parameters(Graph graph) => graph.ReversePostorder().Sum(block => block.Parameters.Count);
}
