using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>Changes of frame states, which guards may share.</summary>
internal static class FrameStates
{
    /// <summary>A frame state with other values, and so its parents; the same one if none changes.</summary>
    public static int Map(Graph graph, int index, Func<int, int> map)
    {
        if (index < 0)
        {
            return index;
        }

        FrameState state = graph.FrameStates[index];
        int parent = Map(graph, state.Parent, map);
        int[] values = Array.ConvertAll(state.Values, id => map(graph.Resolve(id)));
        if (parent == state.Parent && values.AsSpan().SequenceEqual(state.Values))
        {
            return index;
        }

        graph.FrameStates.Add(state with { Values = values, Parent = parent });
        return graph.FrameStates.Count - 1;
    }

    /// <summary>Whether a frame state or one of its parents has a value that fulfils a condition.</summary>
    public static bool Any(Graph graph, int index, Func<int, bool> condition)
    {
        for (; index >= 0; index = graph.FrameStates[index].Parent)
        {
            foreach (int id in graph.FrameStates[index].Values)
            {
                if (condition(id))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
