namespace Harness.Engine.Modules;

/// <summary>
/// The tail calls of a module's functions. They tell after which direct calls a caller must not rely on the registers that belong to its
/// instance: a function that ends in a tail call returns from wherever the chain of tail calls ends.
/// </summary>
internal sealed class TailCallGraph
{
    private readonly List<(int Caller, int Callee)> _calls = [];
    private readonly HashSet<int> _leaving = [];

    /// <summary>Adds a tail call of a function of the module.</summary>
    public void Add(int caller, int callee)
    {
        if (_calls.Count == 0 || _calls[^1] != (caller, callee))
        {
            _calls.Add((caller, callee));
        }
    }

    /// <summary>Adds a tail call by table or reference, whose callee may be any function.</summary>
    public void AddUnknown(int caller) => _leaving.Add(caller);

    /// <summary>Adds the tail calls of another graph.</summary>
    public void Add(TailCallGraph other)
    {
        _calls.AddRange(other._calls);
        _leaving.UnionWith(other._leaving);
    }

    /// <summary>The defined functions from which tail calls may lead to another instance, if no more calls are added.</summary>
    /// <param name="importedFunctions">Number of imported functions, which come first and may belong to any instance.</param>
    /// <param name="functions">Number of all functions.</param>
    public IReadOnlySet<int> FindLeaving(int importedFunctions, int functions)
    {
        if (_calls.Count == 0)
        {
            return _leaving;
        }

        // The callers of a function are a range of the array, which ends where that of the function before ends.
        var ends = new int[functions];
        foreach (var (_, callee) in _calls)
        {
            ends[callee]++;
        }

        for (var i = 1; i < functions; i++)
        {
            ends[i] += ends[i - 1];
        }

        var callers = new int[_calls.Count];
        var next = (int[])ends.Clone();
        foreach (var (caller, callee) in _calls)
        {
            callers[--next[callee]] = caller;
        }

        var work = new Stack<int>(_leaving);
        for (var i = 0; i < importedFunctions; i++)
        {
            work.Push(i);
        }

        while (work.TryPop(out var callee))
        {
            for (var i = next[callee]; i < ends[callee]; i++)
            {
                if (_leaving.Add(callers[i]))
                {
                    work.Push(callers[i]);
                }
            }
        }

        return _leaving;
    }
}
