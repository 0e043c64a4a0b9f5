namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// Results of one analysis, whose buffers serve one result after the other. A pass may look at one that no longer holds as long as it runs: only when the
/// pass is over is it used again.
/// </summary>
/// <param name="forget">Lets a result go of the graph that it describes.</param>
internal sealed class Recycled<T>(Action<T> forget)
    where T : class, new()
{
    /// <summary>More are not needed at a time.</summary>
    private const int MostIdle = 4;

    private readonly Stack<T> _idle = new();
    private readonly HashSet<T> _used = [];
    private readonly List<T> _outdated = [];

    /// <summary>An object for another result.</summary>
    public T Take()
    {
        if (!_idle.TryPop(out var item))
        {
            item = new T();
        }

        _used.Add(item);
        return item;
    }

    /// <summary>Notes that a result no longer holds.</summary>
    public void Retire(T? item)
    {
        if (item is not null)
        {
            _outdated.Add(item);
        }
    }

    /// <summary>Takes back the results that do not hold, at which nobody looks any more.</summary>
    public void TakeBackOutdated()
    {
        foreach (var item in _outdated)
        {
            forget(item);
            _used.Remove(item);
            if (_idle.Count < MostIdle)
            {
                _idle.Push(item);
            }
        }

        _outdated.Clear();
    }

    /// <summary>Takes back all results, since nobody looks at the graph any more.</summary>
    public void TakeBackAll()
    {
        _outdated.Clear();
        _outdated.AddRange(_used);
        TakeBackOutdated();
    }
}
