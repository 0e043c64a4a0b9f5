using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>Changes of frame states, which guards may share.</summary>
internal static class FrameStates
{
    /// <summary>
    /// A frame state with other values, and so its parents; the same one if none changes. The fields of objects that are rebuilt
    /// are values as well.
    /// </summary>
    public static int Map(Graph graph, int index, Func<int, int> map) => Map(graph, index, map, []);

    /// <summary>Whether a frame state or one of its parents has a value that fulfils a condition.</summary>
    public static bool Any(Graph graph, int index, Func<int, bool> condition)
    {
        for (; index >= 0; index = graph.FrameStates[index].Parent)
        {
            foreach (int id in graph.FrameStates[index].Values)
            {
                if (Holds(graph, id, condition))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Holds(Graph graph, int id, Func<int, bool> condition)
    {
        if (id < 0 || graph[graph.Resolve(id)].Op != IrOp.VirtualObject)
        {
            return condition(id);
        }

        foreach (int field in graph.Inputs(graph.Resolve(id)))
        {
            if (Holds(graph, field, condition))
            {
                return true;
            }
        }

        return false;
    }

    private static int Map(Graph graph, int index, Func<int, int> map, Dictionary<int, int> objects)
    {
        if (index < 0)
        {
            return index;
        }

        FrameState state = graph.FrameStates[index];
        int parent = Map(graph, state.Parent, map, objects);
        int[] values = MapAll(graph, state.Values, map, objects);
        if (parent == state.Parent && values.AsSpan().SequenceEqual(state.Values))
        {
            return index;
        }

        graph.FrameStates.Add(state with { Values = values, Parent = parent });
        return graph.FrameStates.Count - 1;
    }

    private static int[] MapAll(Graph graph, int[] ids, Func<int, int> map, Dictionary<int, int> objects) =>
        Array.ConvertAll(ids, id => MapValue(graph, graph.Resolve(id), map, objects));

    private static int MapValue(Graph graph, int id, Func<int, int> map, Dictionary<int, int> objects)
    {
        if (graph[id].Op != IrOp.VirtualObject)
        {
            return map(id);
        }

        // An object stays one object, however often the state mentions it.
        if (!objects.TryGetValue(id, out int mapped))
        {
            int[] fields = graph.Inputs(id).ToArray();
            int[] mappedFields = MapAll(graph, fields, map, objects);
            mapped = fields.AsSpan().SequenceEqual(mappedFields) ? id : VirtualObjects.New(graph, graph[id].Aux, mappedFields);
            objects.Add(id, mapped);
        }

        return mapped;
    }
}
