namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// The values that must be at hand for a frame state: its own and those of the states around it, innermost first, with the fields
/// of an object that is rebuilt (<see cref="IrOp.VirtualObject"/>) in place of its first mention.
/// </summary>
internal static class FrameStateLeaves
{
    /// <summary>Appends the values of a frame state.</summary>
    public static void Collect(Graph graph, int index, List<int> leaves)
    {
        HashSet<int>? seen = null;
        for (; index >= 0; index = graph.FrameStates[index].Parent)
        {
            foreach (int id in graph.FrameStates[index].Values)
            {
                Collect(graph, id, leaves, ref seen);
            }
        }
    }

    private static void Collect(Graph graph, int id, List<int> leaves, ref HashSet<int>? seen)
    {
        id = graph.Resolve(id);
        if (graph[id].Op != IrOp.VirtualObject)
        {
            leaves.Add(id);
            return;
        }

        seen ??= [];
        if (!seen.Add(id))
        {
            return;
        }

        for (int i = 0; i < graph[id].InputCount; i++)
        {
            Collect(graph, graph.Input(id, i), leaves, ref seen);
        }
    }
}
