namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// The slots that instances of a module have left, the last one first: its memory is the likeliest to be in the caches. They belong to the module's code and are
/// freed with it; how many there may be is up to the engine's <see cref="InstancePool"/>. Safe for use by several threads.
/// </summary>
internal sealed class InstanceSlots : IDisposable
{
    private readonly ModuleCode _code;
    private readonly InstancePool _pool;
    private readonly WeakReference<InstanceSlots> _self;

    /// <summary>The slots that nobody has now, in the order in which they came.</summary>
    private readonly LinkedList<InstanceSlot> _idle = new();
    private bool _isDisposed;

    /// <summary>Begins without slots.</summary>
    public InstanceSlots(ModuleCode code)
    {
        _code = code;
        _pool = code.Engine.Pool;
        _self = new WeakReference<InstanceSlots>(this);
    }

    /// <summary>How many slots nobody has now.</summary>
    public int Count
    {
        get
        {
            lock (_pool.Gate)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>A slot for a new instance.</summary>
    public InstanceSlot Take()
    {
        if (_pool.IsOn)
        {
            lock (_pool.Gate)
            {
                if (_idle.Last is { } last)
                {
                    return Remove(last);
                }
            }
        }

        return new InstanceSlot(_code);
    }

    /// <summary>Takes back the slot of an instance that is gone.</summary>
    public void Leave(InstanceSlot slot)
    {
        var freed = slot;
        if (_pool.IsOn && slot.TryEmpty())
        {
            lock (_pool.Gate)
            {
                if (!_isDisposed)
                {
                    _idle.AddLast(slot);
                    freed = _pool.Add(slot, _self);
                }
            }
        }

        freed?.Free();
    }

    /// <summary>The slot that has waited longest, which waits no more. The caller has the pool's gate.</summary>
    public InstanceSlot TakeOldest() => Remove(_idle.First!);

    /// <summary>Frees the slots, and from now on those that come back.</summary>
    public void Dispose()
    {
        lock (_pool.Gate)
        {
            _isDisposed = true;
            while (_idle.Last is { } last)
            {
                Remove(last).Free();
            }
        }
    }

    private InstanceSlot Remove(LinkedListNode<InstanceSlot> node)
    {
        _idle.Remove(node);
        _pool.Remove(node.Value);
        return node.Value;
    }
}
