using System.Buffers.Binary;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Algebra;
using ConstantEvaluator = Harness.Engine.Optimizer.Passes.ConstantEvaluator;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>Constants and algebraic rules, compared with the numeric instructions as the specification defines them.</summary>
public class FoldingTests
{
    public static TheoryData<string> NumericInstructions => [.. NumericOperands.Rows().Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(NumericInstructions))]
    public void WhatIsFoldedIsWhatTheInstructionGives(string name)
    {
        var row = OpcodeTable.ByName(name)!;
        foreach (var operands in NumericOperands.Of(row))
        {
            long[] bits = [.. operands.Select((value, i) => Extend(row.Parameters[i], value))];
            var isFolded = bits.Length == 1
                ? ConstantEvaluator.TryEvaluate(row.Opcode, bits[0], out var folded)
                : ConstantEvaluator.TryEvaluate(row.Opcode, bits[0], bits[1], out folded);
            if (!isFolded)
            {
                continue;
            }

            var arguments = string.Join(", ", operands.Select(value => $"0x{value:x}"));
            var expected = NumericReference.Evaluate(row.Opcode, operands);
            Assert.True(Extend(row.Results[0], expected) == folded, $"{name} {arguments}: 0x{folded:x}, not 0x{expected:x}");
        }
    }

    [Theory]
    [InlineData("i32.div_s", 7, 0)]
    [InlineData("i32.rem_u", 7, 0)]
    [InlineData("i32.div_s", int.MinValue, -1)]
    [InlineData("i64.div_u", 7, 0)]
    [InlineData("i64.div_s", long.MinValue, -1)]
    public void WhatTrapsIsNotFolded(string name, long left, long right) =>
        Assert.False(ConstantEvaluator.TryEvaluate(OpcodeTable.ByName(name)!.Opcode, left, right, out _));

    /// <summary>
    /// Every operator with a constant on either side, with the same operand twice, and below and above another operator: the rules
    /// must not change what the expression gives.
    /// </summary>
    [Theory]
    [MemberData(nameof(NumericInstructions))]
    public void RulesKeepWhatAnExpressionGives(string name)
    {
        var row = OpcodeTable.ByName(name)!;
        var random = new Random(name.Length);
        foreach (var shape in Enum.GetValues<Shape>())
        {
            for (var round = 0; round < 12; round++)
            {
                Check(row, shape, random);
            }
        }
    }

    [Theory]
    [InlineData("i32.mul", 8, "i32.shl")]
    [InlineData("i32.div_u", 16, "i32.shr_u")]
    [InlineData("i32.rem_u", 16, "i32.and")]
    [InlineData("i32.sub", 5, "i32.add")]
    [InlineData("i32.eq", 0, "i32.eqz")]
    public void OperationsBecomeCheaper(string name, int constant, string expected)
    {
        var graph = TestGraphs.Build(
            $"(module (func (param i32) (result i32) local.get 0 i32.const {constant} {name}))");
        graph.Apply(new Folding());
        Assert.Equal(expected, IrNames.NameOf(graph[graph.Result()].Op));
    }

    [Fact]
    public void ConstantsGatherAcrossAdditions()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param i32) (result i32)
              (i32.add (i32.sub (i32.add (local.get 0) (i32.const 10)) (i32.const 3)) (i32.const 35))))
            """);
        graph.Apply(new Folding(), new DeadCodeElimination());
        Assert.Equal(1, graph.Count(Opcode.I32Add, Opcode.I32Sub));
        Assert.Equal(42, graph[graph.Input(graph.Result(), 1)].Immediate);
    }

    [Fact]
    public void ANegatedComparisonIsTheOppositeOne()
    {
        var graph = TestGraphs.Build(
            "(module (func (param i64 i64) (result i32) (i32.eqz (i64.lt_u (local.get 0) (local.get 1)))))");
        graph.Apply(new Folding());
        Assert.Equal(Opcode.I64GeU, graph[graph.Result()].Op);
    }

    [Fact]
    public void ANegatedComparisonOfFloatsStays()
    {
        var graph = TestGraphs.Build(
            "(module (func (param f64 f64) (result i32) (i32.eqz (f64.lt (local.get 0) (local.get 1)))))");
        graph.Apply(new Folding());
        Assert.Equal(Opcode.I32Eqz, graph[graph.Result()].Op);
    }

    [Fact]
    public void SelectTakesTheOtherWayInsteadOfNegating()
    {
        var graph = TestGraphs.Build(
            "(module (func (param i32 i32 i32) (result i32) (select (local.get 0) (local.get 1) (i32.eqz (local.get 2)))))");
        graph.Apply(new Folding());
        var select = graph.Result();
        Assert.Equal([1L, 0, 2], graph.Inputs(select).ToArray().Select(id => graph[id].Immediate));
    }

    private enum Shape
    {
        Plain,
        ConstantRight,
        ConstantLeft,
        SameTwice,
        ConstantRightTwice,
        Negated,
        BelowEveryUnary,
    }

    /// <summary>Builds an expression of a shape, folds it, and evaluates both for some arguments.</summary>
    private static void Check(OpcodeInfo row, Shape shape, Random random)
    {
        var isBinary = row.Parameters.Length == 2;
        if (!isBinary && shape is not (Shape.Plain or Shape.Negated or Shape.BelowEveryUnary))
        {
            return;
        }

        var operandKind = row.Parameters[0];
        var left = shape == Shape.ConstantLeft ? Literal(operandKind, random) : "(local.get 0)";
        var right = shape switch
        {
            Shape.ConstantRight or Shape.ConstantRightTwice => Literal(operandKind, random),
            Shape.SameTwice => "(local.get 0)",
            _ => "(local.get 1)",
        };
        var expression = isBinary ? $"({row.Name} {left} {right})" : $"({row.Name} {left})";
        var result = row.Results[0];
        switch (shape)
        {
            case Shape.ConstantRightTwice when result == operandKind:
                expression = $"({row.Name} {expression} {Literal(operandKind, random)})";
                break;
            case Shape.Negated when result == ValueKind.I32:
                expression = $"(i32.eqz {expression})";
                break;
            case Shape.BelowEveryUnary:
                OpcodeInfo[] users = [.. NumericOperands.Rows().Where(user => user.Parameters.Length == 1 && user.Parameters[0] == result)];
                var user = users[random.Next(users.Length)];
                expression = $"({user.Name} {expression})";
                result = user.Results[0];
                break;
            default:
                break;
        }

        var type = operandKind.ToString().ToLowerInvariant();
        var text = $"(module (func (param {type} {type}) (result {result.ToString().ToLowerInvariant()}) {expression}))";
        var module = TestGraphs.Module(text);
        var plain = TestGraphs.Build(module, 0);
        var folded = TestGraphs.Build(module, 0).Apply(new Folding());
        for (var i = 0; i < 8; i++)
        {
            ulong[] arguments = [Value(operandKind, random), Value(operandKind, random)];
            var expected = new GraphEvaluator(module, fuel: 1000).Outcome(plain, arguments);
            var actual = new GraphEvaluator(module, fuel: 1000).Outcome(folded, arguments);
            Assert.True(expected == actual, $"{text} with {arguments[0]:x}, {arguments[1]:x}: {actual}, not {expected}");
        }
    }

    private static ulong Value(ValueKind kind, Random random)
    {
        if (random.Next(3) > 0)
        {
            ulong[] values = [.. NumericOperands.Values(kind)];
            return values[random.Next(values.Length)];
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random.NextBytes(bytes);
        var bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return kind switch
        {
            ValueKind.I32 => (uint)bits,
            ValueKind.I64 => bits,
            ValueKind.F32 => BitConverter.SingleToUInt32Bits((float)(int)bits),
            _ => BitConverter.DoubleToUInt64Bits((long)bits),
        };
    }

    /// <summary>A constant, written by its bits so that nothing is lost.</summary>
    private static string Literal(ValueKind kind, Random random)
    {
        var bits = Value(kind, random);
        return kind switch
        {
            ValueKind.I32 => $"(i32.const {(int)bits})",
            ValueKind.I64 => $"(i64.const {(long)bits})",
            ValueKind.F32 => $"(f32.reinterpret_i32 (i32.const {(int)bits}))",
            _ => $"(f64.reinterpret_i64 (i64.const {(long)bits}))",
        };
    }

    /// <summary>Constants of 32 bits are sign-extended in the graph.</summary>
    private static long Extend(ValueKind kind, ulong bits) =>
        kind is ValueKind.I32 or ValueKind.F32 ? (int)bits : (long)bits;
}
