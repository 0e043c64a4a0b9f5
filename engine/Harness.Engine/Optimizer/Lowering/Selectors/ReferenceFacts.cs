using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// What is known of references: whether one may be null or the address of an object, and whether its object is young for sure.
/// </summary>
internal sealed class ReferenceFacts(SelectionState state)
{
    /// <summary>Most equal elements of a new array that are stored one by one.</summary>
    public const int MaxUnrolledElements = 16;

    /// <summary>Whether a reference may be null.</summary>
    public bool MayBeNull(int id)
    {
        var type = state.Graph[id].ReferenceType;
        return !type.IsReference || type.IsNullable;
    }

    /// <summary>Whether a reference may be the address of a heap object.</summary>
    public bool MayBeObject(int id)
    {
        var type = state.Graph[id].ReferenceType;
        return !Constants.IsConstant(state.Graph, id) && state.Graph[id].Op is not (Opcode.RefI31 or IrOp.FunctionAddress)
            && (!type.IsReference || (ObjectLayout.IsHeapReference(type) && type.HeapType != HeapType.Abstract(AbstractHeapType.I31)));
    }

    /// <summary>The node whose value a node has as well.</summary>
    private int OriginOf(int id)
    {
        while (SelectionState.IsSameAsInput(state.Graph[id].Op))
        {
            id = state.Graph.Input(id, 0);
        }

        return id;
    }

    /// <summary>
    /// Whether an object is young for sure when a node executes, since it was allocated in the same block and nothing in between
    /// can collect garbage.
    /// </summary>
    public bool IsFresh(int reference, int id)
    {
        var origin = OriginOf(reference);
        var isInline = state.Graph[origin].Op is IrOp.NewStruct or IrOp.NewArrayFixed
            || (state.Graph[origin].Op == IrOp.NewArray && Constants.TryGetInteger(state.Graph, state.Graph.Input(origin, 1), out var count)
                && (ulong)count <= MaxUnrolledElements);
        return isInline && state.IsInBlock(origin) && state.Nodes[origin].Safepoint + 1 == state.Nodes[id].Safepoint;
    }
}
