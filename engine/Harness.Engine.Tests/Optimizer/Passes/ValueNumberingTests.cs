using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What value numbering removes, and what it must not.</summary>
public class ValueNumberingTests
{
    private const Redundancies All = Redundancies.Computations | Redundancies.Loads | Redundancies.Checks;

    [Theory]
    [InlineData("(i32.mul (local.get 0) (local.get 1))", "(i32.mul (local.get 1) (local.get 0))", 1)]
    [InlineData("(i32.sub (local.get 0) (local.get 1))", "(i32.sub (local.get 1) (local.get 0))", 2)]
    [InlineData("(i32.div_u (local.get 0) (local.get 1))", "(i32.div_u (local.get 0) (local.get 1))", 1)]
    public void EqualComputationsAreOne(string first, string second, int expected)
    {
        var graph = Numbered($"(func (param i32 i32) (result i32) (i32.xor {first} {second}))");
        Assert.Equal(expected, graph.Count(Opcode.I32Mul, Opcode.I32Sub, Opcode.I32DivU));
    }

    /// <summary>Two loads of one place with something between them: is the second one needed?</summary>
    [Theory]
    [InlineData("nop", 1)]
    [InlineData("(i32.store (i32.const 64) (i32.const 1))", 2)]
    [InlineData("(i32.store8 (i32.const 64) (i32.const 1))", 2)]
    [InlineData("(global.set $own (i32.const 1))", 1)]
    [InlineData("(call $f)", 2)]
    [InlineData("(memory.fill (i32.const 0) (i32.const 0) (i32.const 8))", 2)]
    [InlineData("(drop (memory.grow (i32.const 1)))", 1)]
    [InlineData("(if (local.get 0) (then (i32.store (i32.const 64) (i32.const 1))))", 2)]
    [InlineData("(if (local.get 0) (then (global.set $own (i32.const 1))))", 1)]
    [InlineData("(loop (i32.store (i32.const 64) (i32.const 1)) (br_if 0 (local.get 0)))", 2)]
    public void ALoadIsReusedUntilMemoryIsWritten(string between, int expected)
    {
        const string load = "(i32.load offset=4 (local.get 0))";
        var graph = Numbered($"(func (param i32) (result i32) {load} {between} {load} i32.add)");
        Assert.Equal(expected, graph.Count(Opcode.I32Load));
    }

    [Theory]
    [InlineData("nop", 1)]
    [InlineData("(global.set $other (i32.const 1))", 1)]
    [InlineData("(i32.store (i32.const 64) (i32.const 1))", 1)]
    [InlineData("(call $f)", 2)]
    [InlineData("(if (local.get 0) (then (call $f)))", 2)]
    public void AGlobalIsReusedUntilItIsWritten(string between, int expected)
    {
        var graph = Numbered($"(func (param i32) (result i32) global.get $own {between} global.get $own i32.add)");
        Assert.Equal(expected, graph.Count(Opcode.GlobalGet));
    }

    /// <summary>Both imports may be given the same global.</summary>
    [Fact]
    public void AWriteToAnImportedGlobalMayChangeAnotherImport()
    {
        var graph = Numbered(
            "(func (param i32) (result i32) global.get $in1 (global.set $in2 (local.get 0)) global.get $in1 i32.add)");
        Assert.Equal(2, graph.Count(Opcode.GlobalGet));
    }

    [Theory]
    [InlineData("i32.store offset=8", "i32.load offset=8", 0)]
    [InlineData("i32.store offset=8", "i32.load offset=4", 1)]
    [InlineData("i32.store8 offset=8", "i32.load8_u offset=8", 1)]
    public void AStoredValueIsWhatALoadGives(string store, string load, int expected)
    {
        var graph = Numbered(
            $"(func (param i32 i32) (result i32) ({store} (local.get 0) (local.get 1)) ({load} (local.get 0)))");
        Assert.Equal(expected, graph.Count(Opcode.I32Load, Opcode.I32Load8U));
    }

    [Fact]
    public void AnAssignedGlobalIsWhatAReadGives()
    {
        var graph = Numbered("(func (param i32) (result i32) (global.set $own (local.get 0)) global.get $own)");
        Assert.Equal(0, graph.Count(Opcode.GlobalGet));
        Assert.Equal(IrOp.Argument, graph[graph.Result()].Op);
    }

    /// <summary>What a loop writes is not what it was before the loop, in the first iteration neither.</summary>
    [Theory]
    [InlineData("(global.set $own (i32.add (local.get 1) (i32.const 1)))", 1)]
    [InlineData("(global.set $other (local.get 1))", 0)]
    public void WhatALoopWritesIsReadAgainInIt(string write, int expected)
    {
        var graph = Numbered(
            $"""
            (func (param i32) (result i32) (local i32)
              (local.set 1 (global.get $own))
              (loop
                (local.set 1 (i32.add (local.get 1) (global.get $own)))
                {write}
                (br_if 0 (local.get 0)))
              local.get 1)
            """);
        Assert.Equal(expected, graph.CountInLoops(Opcode.GlobalGet));
    }

    [Fact]
    public void ValuesOfOneArmAreNotKnownInTheOther()
    {
        var graph = Numbered(
            """
            (func (param i32 i32) (result i32)
              (if (result i32) (local.get 0)
                (then (i32.mul (local.get 1) (local.get 1)))
                (else (i32.mul (local.get 1) (local.get 1)))))
            """);
        Assert.Equal(2, graph.Count(Opcode.I32Mul));
    }

    /// <summary>The check of the index and the element are needed once, the element again after a write of the table.</summary>
    [Theory]
    [InlineData("nop", 1, 1)]
    [InlineData("(table.set $t (i32.const 0) (ref.null func))", 1, 2)]
    [InlineData("(call $f)", 2, 2)]
    [InlineData("(drop (table.grow $t (ref.null func) (i32.const 1)))", 2, 2)]
    public void ChecksAreMadeOnce(string between, int checks, int loads)
    {
        var graph = Numbered(
            $"(func (param i32) (result funcref) (drop (table.get $t (local.get 0))) {between} (table.get $t (local.get 0)))");
        var indexChecks = graph.ReversePostorder().SelectMany(block => block.Nodes).Count(
            id => graph[id].Op == IrOp.TrapUnless && graph[graph.Inputs(graph.Inputs(id)[0])[0]].Op == IrOp.Argument);
        Assert.Equal(checks, indexChecks);
        Assert.Equal(loads, graph.Count(IrOp.LoadTableElement));
    }

    [Fact]
    public void AConditionIsKnownWhereItsBranchLeads()
    {
        var graph = Numbered(
            """
            (func (param i32) (result i32)
              (if (result i32) (local.get 0)
                (then (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
                (else (if (result i32) (local.get 0) (then (i32.const 3)) (else (i32.const 4))))))
            """);
        Assert.Equal(1, graph.ReversePostorder().Count(block => block.Terminator.Kind == TerminatorKind.Branch));
    }

    [Theory]
    [InlineData(nameof(Redundancies.Loads), 2, 1)]
    [InlineData(nameof(Redundancies.Computations), 1, 2)]
    public void EachKindOfRedundancyCanBeLeft(string only, int multiplications, int loads)
    {
        var graph = TestGraphs.Build(
            Module(
                """
                (func (param i32) (result i32)
                  (i32.xor
                    (i32.xor (i32.mul (local.get 0) (local.get 0)) (i32.mul (local.get 0) (local.get 0)))
                    (i32.xor (global.get $own) (global.get $own))))
                """)).Apply(new ValueNumbering(Enum.Parse<Redundancies>(only)));
        Assert.Equal(multiplications, graph.Count(Opcode.I32Mul));
        Assert.Equal(loads, graph.Count(Opcode.GlobalGet));
    }

    private static Graph Numbered(string function) => TestGraphs.Build(Module(function)).Apply(new ValueNumbering(All));

    private static string Module(string function) =>
        $"""
        (module
          (import "host" "f" (func $f))
          (import "host" "g1" (global $in1 (mut i32)))
          (import "host" "g2" (global $in2 (mut i32)))
          (global $own (mut i32) (i32.const 0))
          (global $other (mut i32) (i32.const 0))
          (memory 1)
          (table $t 1 funcref)
          {function})
        """;
}
