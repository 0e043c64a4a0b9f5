namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// A frame state as two flat lists: the objects that a deopt makes (<see cref="IrOp.VirtualObject"/>), each once and by number, however
/// many values and fields refer to it; and the values that must be at hand, those of the state first, innermost frame first, then the
/// fields of the objects in the order of their numbers.
/// </summary>
internal sealed class FrameStateValues
{
    private readonly Dictionary<int, int> _numbers = [];

    /// <summary>Values that are no objects to be made, a mention each.</summary>
    public List<int> Leaves { get; } = [];

    /// <summary>The objects, by number.</summary>
    public List<int> Objects { get; } = [];

    /// <summary>Lists what a frame state and those around it need, in place of what was listed before.</summary>
    public void Collect(Graph graph, int index)
    {
        Leaves.Clear();
        Objects.Clear();
        _numbers.Clear();
        for (; index >= 0; index = graph.FrameStates[index].Parent)
        {
            Add(graph, graph.FrameStates[index].Values);
        }

        for (var i = 0; i < Objects.Count; i++)
        {
            Add(graph, graph.Inputs(Objects[i]));
        }
    }

    /// <summary>The number of an object.</summary>
    public int NumberOf(int id) => _numbers[id];

    private void Add(Graph graph, ReadOnlySpan<int> ids)
    {
        foreach (var unresolved in ids)
        {
            var id = graph.Resolve(unresolved);
            if (graph[id].Op != IrOp.VirtualObject)
            {
                Leaves.Add(id);
            }
            else if (_numbers.TryAdd(id, Objects.Count))
            {
                Objects.Add(id);
            }
        }
    }
}
