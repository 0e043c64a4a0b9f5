using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Ranges;

/// <summary>How two 32-bit integers compare.</summary>
internal enum Relation : byte
{
    /// <summary>They are the same.</summary>
    Equal,

    /// <summary>They are not.</summary>
    NotEqual,

    /// <summary>The first is less, as signed numbers.</summary>
    LessSigned,

    /// <summary>The first is not greater, as signed numbers.</summary>
    AtMostSigned,

    /// <summary>The first is less, as unsigned numbers.</summary>
    Less,

    /// <summary>The first is not greater, as unsigned numbers.</summary>
    AtMost,
}

/// <summary>Something that is known of two values at a point.</summary>
/// <param name="Relation">How they compare.</param>
/// <param name="Left">A node.</param>
/// <param name="Right">Another one; -1 for the number 0.</param>
internal readonly record struct Fact(Relation Relation, int Left, int Right)
{
    /// <summary>What a condition says when it is known to be true or false; null if that is nothing of use.</summary>
    public static Fact? Of(Graph graph, int condition, bool isTrue)
    {
        while (graph[condition].Op == Opcode.I32Eqz && Comparisons.IsComparison(graph[graph.Input(condition, 0)].Op))
        {
            condition = graph.Input(condition, 0);
            isTrue = !isTrue;
        }

        var op = graph[condition].Op;
        if (op == Opcode.I32Eqz)
        {
            return new Fact(isTrue ? Relation.Equal : Relation.NotEqual, graph.Input(condition, 0), -1);
        }

        if (op is < Opcode.I32Eq or > Opcode.I32GeU)
        {
            return graph[condition].Type == IrType.I32 && !Comparisons.IsComparison(op)
                ? new Fact(isTrue ? Relation.NotEqual : Relation.Equal, condition, -1)
                : null;
        }

        var left = graph.Input(condition, 0);
        var right = graph.Input(condition, 1);
        if (!isTrue)
        {
            Comparisons.TryNegate(op, out op);
        }

        return op switch
        {
            Opcode.I32Eq => new Fact(Relation.Equal, left, right),
            Opcode.I32Ne => new Fact(Relation.NotEqual, left, right),
            Opcode.I32LtS => new Fact(Relation.LessSigned, left, right),
            Opcode.I32GtS => new Fact(Relation.LessSigned, right, left),
            Opcode.I32LeS => new Fact(Relation.AtMostSigned, left, right),
            Opcode.I32GeS => new Fact(Relation.AtMostSigned, right, left),
            Opcode.I32LtU => new Fact(Relation.Less, left, right),
            Opcode.I32GtU => new Fact(Relation.Less, right, left),
            Opcode.I32LeU => new Fact(Relation.AtMost, left, right),
            _ => new Fact(Relation.AtMost, right, left),
        };
    }
}
