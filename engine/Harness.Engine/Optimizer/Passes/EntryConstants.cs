using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>Nodes without inputs that a pass needs: each is made once, at the front of the entry block.</summary>
internal sealed class EntryConstants(Graph graph)
{
    private readonly Dictionary<ConstantKey, int> _nodes = [];
    private readonly List<int> _made = [];

    /// <summary>Puts the nodes into the entry block; to be called when the pass is done.</summary>
    public void Place() => graph.Blocks[0].Nodes.InsertRange(0, _made);

    /// <summary>A 32-bit integer.</summary>
    public int I32(int value) => Get(Opcode.I32Const, IrType.I32, value, default);

    /// <summary>A 64-bit integer.</summary>
    public int I64(long value) => Get(Opcode.I64Const, IrType.I64, value, default);

    /// <summary>A vector.</summary>
    public int Vector(V128 value) => Get(Opcode.V128Const, IrType.V128, graph.Vectors.NumberOf(value), default);

    /// <summary>The reference of a function of the instance.</summary>
    public int Function(int index) => Get(
        IrOp.FunctionAddress, IrType.Ref, index, ReferenceTypes.To(graph.Module.Functions[index].CanonicalTypeId));

    /// <summary>A constant, or another node that depends on nothing but its immediate.</summary>
    public int Get(Opcode op, IrType type, long bits, Modules.ValueType referenceType)
    {
        var key = new ConstantKey(op, bits);
        if (!_nodes.TryGetValue(key, out var id))
        {
            id = graph.NewNode(0, op, type, [], bits);
            graph[id].ReferenceType = referenceType;
            _nodes.Add(key, id);
            _made.Add(id);
        }

        return id;
    }
}
