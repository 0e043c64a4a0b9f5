using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>The values of constant nodes.</summary>
internal static class Constants
{
    /// <summary>The value of an integer or reference constant: an i32 sign-extended.</summary>
    public static bool TryGetInteger(Graph graph, int id, out long value)
    {
        ref var node = ref graph[id];
        switch (node.Op)
        {
            case Opcode.I32Const:
                value = (int)node.Immediate;
                return true;
            case Opcode.I64Const:
                value = node.Immediate;
                return true;
            case Opcode.RefNull:
                value = 0;
                return true;
            case Opcode.I64ExtendI32U when graph[graph.Input(id, 0)].Op == Opcode.I32Const:
                value = (uint)graph[graph.Input(id, 0)].Immediate;
                return true;
            case IrOp.Narrow or IrOp.RefCast or Opcode.RefAsNonNull:
                return TryGetInteger(graph, graph.Input(id, 0), out value);
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>Whether a node needs no register, since its value is known.</summary>
    public static bool IsConstant(Graph graph, int id) =>
        OperatorTable.IsConstant(graph[id].Op) || TryGetInteger(graph, id, out _);

    /// <summary>The bits of a constant as a register holds them: an i32 and an f32 zero-extended; of a vector, its number in the graph.</summary>
    public static long RegisterBits(Graph graph, int id)
    {
        if (TryGetInteger(graph, id, out var value))
        {
            return graph[id].Type == IrType.I32 ? (uint)value : value;
        }

        return graph[id].Type == IrType.F32 ? (uint)graph[id].Immediate : graph[id].Immediate;
    }
}
