namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// The instances of a module that live, in all of which is written what becomes of a function's code. Each knows its place here (<see cref="Instance.CodePosition"/>), so that one leaves
/// without a search. The <see cref="ModuleCode"/> guards it.
/// </summary>
internal sealed class ModuleInstances
{
    private readonly List<Instance> _instances = [];

    /// <summary>Whether none lives.</summary>
    public bool IsEmpty => _instances.Count == 0;

    /// <summary>The one that came last, or has taken the place of one that left; null where none lives.</summary>
    public Instance? Last => _instances.Count == 0 ? null : _instances[^1];

    /// <summary>Takes a new one.</summary>
    public void Add(Instance instance)
    {
        instance.CodePosition = _instances.Count;
        _instances.Add(instance);
    }

    /// <summary>Forgets one.</summary>
    /// <returns>Whether it was here.</returns>
    public bool Remove(Instance instance)
    {
        var position = instance.CodePosition;
        if (position < 0)
        {
            return false;
        }

        var moved = _instances[^1];
        moved.CodePosition = position;
        _instances[position] = moved;
        _instances.RemoveAt(_instances.Count - 1);
        instance.CodePosition = -1;
        return true;
    }

    /// <summary>Lets all calls of a function enter at an address from now on.</summary>
    public void SetEntry(int functionIndex, nint entry)
    {
        foreach (var instance in _instances)
        {
            Volatile.Write(ref instance.EntryOf(functionIndex), entry);
        }
    }

    /// <summary>Gives a function a budget anew.</summary>
    public void SetBudget(int functionIndex, int budget)
    {
        foreach (var instance in _instances)
        {
            instance.TieringBudget(functionIndex) = budget;
        }
    }

    /// <summary>Lets the loops of a function look for optimized code that begins there.</summary>
    /// <param name="functionIndex">The function.</param>
    /// <param name="request">See <see cref="InstanceLayout.LoopRequest"/>.</param>
    public void RequestLoops(int functionIndex, int request)
    {
        foreach (var instance in _instances)
        {
            Volatile.Write(ref instance.LoopRequest(functionIndex), request);
        }
    }
}
