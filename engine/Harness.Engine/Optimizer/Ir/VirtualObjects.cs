using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>Makes <see cref="IrOp.VirtualObject"/>s.</summary>
internal static class VirtualObjects
{
    /// <summary>An object of a type that frame states can mention.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="typeId">Canonical id of a structure or array type.</param>
    /// <param name="fields">Node ids of all fields or elements.</param>
    public static int New(Graph graph, int typeId, ReadOnlySpan<int> fields)
    {
        var id = graph.NewNode(NoBlock, IrOp.VirtualObject, IrType.Ref, fields, aux: typeId);
        graph[id].ReferenceType = ValueType.Reference(HeapType.Defined(typeId), nullable: false);
        return id;
    }

    /// <summary>The block of what is in none.</summary>
    private const int NoBlock = -1;
}
