using System.Collections.Concurrent;

namespace Harness.Hosts.JavaScript;

/// <summary>The values of JavaScript that a store refers to.</summary>
internal sealed class ScriptValueTable
{
    private readonly Dictionary<int, WeakReference<ScriptValue>> _values = [];
    private readonly ConcurrentQueue<int> _forgotten = new();

    /// <summary>The value with an id: always the same object for as long as anything refers to it.</summary>
    public ScriptValue Get(int id)
    {
        if (_values.TryGetValue(id, out WeakReference<ScriptValue>? known) && known.TryGetTarget(out ScriptValue? value)) return value;
        value = new ScriptValue(this, id);
        _values[id] = new WeakReference<ScriptValue>(value);
        return value;
    }

    /// <summary>Notes that an object for an id is gone. May be called by any thread.</summary>
    public void Forget(int id) => _forgotten.Enqueue(id);

    /// <summary>The ids for which there is no object any more.</summary>
    public IEnumerable<int> TakeForgotten()
    {
        while (_forgotten.TryDequeue(out int id))
        {
            // The id may have come again since.
            if (_values.TryGetValue(id, out WeakReference<ScriptValue>? known) && !known.TryGetTarget(out _))
            {
                _values.Remove(id);
                yield return id;
            }
        }
    }
}
