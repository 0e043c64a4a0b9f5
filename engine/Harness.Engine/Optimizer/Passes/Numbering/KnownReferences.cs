using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>
/// Under which name most is known of a reference, at a place in the walk over the dominator tree: behind a check the reference is
/// used as the check's result. What is learned is forgotten in the reverse order.
/// </summary>
internal sealed class KnownReferences(Graph graph)
{
    private readonly Dictionary<int, int> _best = [];
    private readonly Stack<(int Source, int Previous)> _undo = new();

    /// <summary>How much has been learned, for <see cref="Forget"/>.</summary>
    public int Count => _undo.Count;

    /// <summary>The name of a reference with the narrowest known type.</summary>
    public int BestOf(int id)
    {
        return _best.TryGetValue(ReferenceTypes.SourceOf(graph, id), out var known) && IsNarrower(known, id) ? known : id;
    }

    /// <summary>From here on a reference is known by another name, which says more of it.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="name">A node that gives the same reference.</param>
    public void Learn(int reference, int name)
    {
        var source = ReferenceTypes.SourceOf(graph, reference);
        _undo.Push((source, _best.GetValueOrDefault(source, -1)));
        _best[source] = name;
    }

    /// <summary>Forgets the latest until so much is left.</summary>
    public void Forget(int count)
    {
        while (_undo.Count > count)
        {
            var (source, previous) = _undo.Pop();
            if (previous < 0)
            {
                _best.Remove(source);
            }
            else
            {
                _best[source] = previous;
            }
        }
    }

    private bool IsNarrower(int name, int id) =>
        graph[name].ReferenceType != graph[id].ReferenceType && graph[name].ReferenceType.IsSubtypeOf(graph[id].ReferenceType);
}
