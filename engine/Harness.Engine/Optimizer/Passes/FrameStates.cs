using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>Changes of frame states, which guards may share.</summary>
internal static class FrameStates
{
    /// <summary>Whether a frame state or one of its parents has a value, or an object to be made one in a field, that fulfils a condition.</summary>
    public static bool Any(Graph graph, int index, Func<int, bool> condition)
    {
        List<int>? objects = null;
        HashSet<int>? seen = null;
        for (; index >= 0; index = graph.FrameStates[index].Parent)
        {
            if (AnyOf(graph.FrameStates[index].Values))
            {
                return true;
            }
        }

        for (var i = 0; i < objects?.Count; i++)
        {
            if (AnyOf(graph.Inputs(objects[i]).ToArray()))
            {
                return true;
            }
        }

        return false;

        bool AnyOf(int[] ids)
        {
            foreach (var id in ids)
            {
                if (id >= 0 && graph.Resolve(id) is int resolved && graph[resolved].Op == IrOp.VirtualObject)
                {
                    if ((seen ??= []).Add(resolved))
                    {
                        (objects ??= []).Add(resolved);
                    }
                }
                else if (condition(id))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// A frame state with other values, and so its parents; the same one if none changes. The fields of objects that are rebuilt
    /// are values as well; an object stays one object, however often the state mentions it.
    /// </summary>
    public static int Map(Graph graph, int index, Func<int, int> map)
    {
        if (index < 0)
        {
            return index;
        }

        var chain = new List<int>();
        for (var i = index; i >= 0; i = graph.FrameStates[i].Parent)
        {
            chain.Add(i);
        }

        Dictionary<int, int>? objects = null;
        var parent = -1;
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            var state = graph.FrameStates[chain[i]];
            int[]? values = null;
            for (var v = 0; v < state.Values.Length; v++)
            {
                var id = graph.Resolve(state.Values[v]);
                var mapped = graph[id].Op != IrOp.VirtualObject ? map(id) : (objects ??= MapObjects(graph, chain, map))[id];
                if (mapped != state.Values[v])
                {
                    values ??= [.. state.Values];
                    values[v] = mapped;
                }
            }

            if (values is null && parent == state.Parent)
            {
                parent = chain[i];
                continue;
            }

            graph.FrameStates.Add(state with { Values = values ?? state.Values, Parent = parent });
            parent = graph.FrameStates.Count - 1;
        }

        return parent;
    }

    /// <summary>Maps all objects that states mention: each to itself, or to a new one if a field of it, or of an object that it refers to, changes.</summary>
    private static Dictionary<int, int> MapObjects(Graph graph, List<int> states, Func<int, int> map)
    {
        var mapped = new Dictionary<int, int>();
        var objects = new List<int>();
        var referrers = new Dictionary<int, List<int>>();
        var changed = new Stack<int>();
        foreach (var state in states)
        {
            foreach (var id in graph.FrameStates[state].Values)
            {
                Add(graph.Resolve(id));
            }
        }

        var fields = new List<int[]>();
        for (var i = 0; i < objects.Count; i++)
        {
            var own = graph.Inputs(objects[i]).ToArray();
            var isChanged = false;
            for (var f = 0; f < own.Length; f++)
            {
                var id = graph.Resolve(own[f]);
                if (graph[id].Op == IrOp.VirtualObject)
                {
                    Add(id);
                    referrers[id].Add(objects[i]);
                    own[f] = id;
                    continue;
                }

                var other = map(id);
                isChanged |= other != own[f];
                own[f] = other;
            }

            fields.Add(own);
            if (isChanged)
            {
                changed.Push(objects[i]);
            }
        }

        // Made before its fields are known, since objects may refer to each other.
        while (changed.TryPop(out var id))
        {
            if (mapped[id] == id)
            {
                mapped[id] = VirtualObjects.New(graph, graph[id].Aux, graph.Inputs(id).ToArray());
                foreach (var referrer in referrers[id])
                {
                    changed.Push(referrer);
                }
            }
        }

        for (var i = 0; i < objects.Count; i++)
        {
            if (mapped[objects[i]] != objects[i])
            {
                var inputs = graph.Inputs(mapped[objects[i]]);
                for (var f = 0; f < inputs.Length; f++)
                {
                    inputs[f] = mapped.GetValueOrDefault(fields[i][f], fields[i][f]);
                }
            }
        }

        return mapped;

        void Add(int id)
        {
            if (graph[id].Op == IrOp.VirtualObject && mapped.TryAdd(id, id))
            {
                objects.Add(id);
                referrers.Add(id, []);
            }
        }
    }
}
