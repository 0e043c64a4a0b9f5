using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Algebra;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What the e-graph finds that rewriting node by node does not, and what it must leave alone.</summary>
public sealed class EGraphTests
{
    /// <summary>Node by node, <c>x - 5</c> is <c>x + -5</c> by the time that its user is looked at, and is no subtraction any more.</summary>
    [Fact]
    public void RulesSeeEveryFormOfAnOperand()
    {
        const string text = "(module (func (param i32) (result i32) (i32.sub (local.get 0) (i32.sub (local.get 0) (i32.const 5)))))";
        var byNode = TestGraphs.Build(text).Apply(new Folding(), new DeadCodeElimination());
        Assert.Equal(2, byNode.Count(Opcode.I32Sub, Opcode.I32Add));
        var byValue = TestGraphs.Build(text).Apply(new EGraphRewriting(), new DeadCodeElimination());
        Assert.Equal(0, byValue.Count(Opcode.I32Sub, Opcode.I32Add));
        Assert.Equal(5, byValue[byValue.Result()].Immediate);
    }

    [Fact]
    public void TheCheapestFormIsComputed()
    {
        var graph = TestGraphs.Build("(module (func (param f64 i64) (result i64) (i64.mul (i64.trunc_sat_f64_s (f64.div (local.get 0) (f64.const 8))) (i64.mul (local.get 1) (i64.const 16)))))");
        graph.Apply(new EGraphRewriting(), new DeadCodeElimination());
        Assert.Equal(0, graph.Count(Opcode.F64Div));
        Assert.Equal(1, graph.Count(Opcode.I64Shl));
    }

    [Fact]
    public void AValueIsComputedOnce()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param i32 i32) (result i32)
              (i32.xor (i32.mul (i32.add (local.get 0) (local.get 1)) (i32.const 3))
                       (i32.mul (i32.const 3) (i32.add (local.get 0) (local.get 1))))))
            """);
        graph.Apply(new EGraphRewriting(), new DeadCodeElimination());
        Assert.Equal(0, graph[graph.Result()].Immediate);
        Assert.Equal(Opcode.I32Const, graph[graph.Result()].Op);
    }

    [Fact]
    public void AValueOfOneArmIsNotUsedInTheOther()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param i32 i32) (result i32)
              (if (result i32) (local.get 0)
                (then (i32.add (i32.mul (local.get 1) (i32.const 7)) (i32.const 1)))
                (else (i32.add (i32.mul (local.get 1) (i32.const 7)) (i32.const 2))))))
            """);
        graph.Apply(new EGraphRewriting(), new DeadCodeElimination());
        Assert.Equal(2, graph.Count(Opcode.I32Mul));
    }

    [Fact]
    public void WhatMayTrapStays()
    {
        var graph = TestGraphs.Build(
            "(module (func (param i32 i32) (result i32) (drop (i32.div_s (local.get 0) (local.get 1))) (i32.sub (i32.div_s (local.get 0) (local.get 1)) (i32.const 0))))");
        graph.Apply(new EGraphRewriting(), new DeadCodeElimination());
        Assert.Equal(2, graph.Count(Opcode.I32DivS));
    }

    /// <summary>Chains are followed by walking over the blocks, not by recursion; and a value has so many forms at most.</summary>
    [Fact]
    public void LongChainsTakeNoStackAndLittleTime()
    {
        string[] operators = ["i32.add", "i32.xor", "i32.mul"];
        var chain = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"i32.const {i} {operators[i % operators.Length]} "));
        var text = $"(module (func (param i32) (result i32) local.get 0 {chain}))";
        var module = TestGraphs.Module(text);
        var graph = TestGraphs.Build(module, 0).Apply(new EGraphRewriting());
        Assert.Equal(
            new GraphEvaluator(module, 1_000_000).Outcome(TestGraphs.Build(module, 0), 12345),
            new GraphEvaluator(module, 1_000_000).Outcome(graph, 12345));
    }

    /// <summary>Random expressions over the operators that rules are about: what they give stays the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomExpressionsGiveTheSame(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 400; i++)
        {
            var module = TestGraphs.Module($"(module (func (param i32 i32 i64) (result i32) {Expression(random, "i32", 5)}))");
            foreach (var pass in (IPass[])[new Folding(), new EGraphRewriting()])
            {
                var graph = TestGraphs.Build(module, 0).Apply(pass);
                foreach (var arguments in (ulong[][])[[0, 0, 0], [1, 2, 3], [0xFFFFFFFF, 0x80000000, ulong.MaxValue], [7, 0x7FFFFFFF, 1UL << 63], [0x12345678, 33, 0xFEDCBA9876543210]])
                {
                    Assert.Equal(
                        new GraphEvaluator(module, 1_000_000).Outcome(TestGraphs.Build(module, 0), arguments),
                        new GraphEvaluator(module, 1_000_000).Outcome(graph, arguments));
                }
            }
        }
    }

    private static string Expression(Random random, string type, int depth)
    {
        string[] constants = ["0", "1", "-1", "2", "8", "31", "32", "255", "65535", "-2147483648"];
        if (depth == 0)
        {
            return random.Next(3) == 0 ? $"({type}.const {constants[random.Next(constants.Length)]})" : type == "i64" ? "(local.get 2)" : $"(local.get {random.Next(2)})";
        }

        string[] binary = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl"];
        string[] comparisons = ["eq", "ne", "lt_s", "lt_u", "ge_s", "gt_u", "le_u"];
        switch (random.Next(12))
        {
            case 0 when type == "i32":
                return $"(i32.wrap_i64 {Expression(random, "i64", depth - 1)})";
            case 0:
                return $"(i64.extend_i32_{(random.Next(2) == 0 ? "s" : "u")} {Expression(random, "i32", depth - 1)})";
            case 1 or 2 when type == "i32":
                var compared = random.Next(2) == 0 ? "i32" : "i64";
                return $"({compared}.{comparisons[random.Next(comparisons.Length)]} {Expression(random, compared, depth - 1)} {Expression(random, compared, depth - 1)})";
            case 3 when type == "i32":
                return $"(i32.eqz {Expression(random, "i32", depth - 1)})";
            case 3:
                return $"(i64.extend32_s {Expression(random, "i64", depth - 1)})";
            case 4:
                return $"(select {Expression(random, type, depth - 1)} {Expression(random, type, depth - 1)} {Expression(random, "i32", depth - 1)})";
            case 5:
                return $"({type}.extend8_s {Expression(random, type, depth - 1)})";
            default:
                return $"({type}.{binary[random.Next(binary.Length)]} {Expression(random, type, depth - 1)} {Expression(random, type, depth - 1)})";
        }
    }
}
