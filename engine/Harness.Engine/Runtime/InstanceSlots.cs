namespace Harness.Engine.Runtime;

/// <summary>
/// The slots that instances of a module have left, the last one first (knob <c>instance.pool</c>): its memory is the likeliest to be in the caches. They belong to the module's code and are freed with it. Safe for use
/// by several threads.
/// </summary>
internal sealed class InstanceSlots(ModuleCode code) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<InstanceSlot> _idle = new();

    /// <summary>Slots on their way into the pool.</summary>
    private int _arriving;
    private bool _isDisposed;

    /// <summary>How many slots nobody has now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _idle.Count;
        }
    }

    /// <summary>A slot for a new instance.</summary>
    public InstanceSlot Take()
    {
        if (code.Options.InstancePool > 0)
        {
            lock (_gate)
            {
                if (_idle.TryPop(out InstanceSlot? slot)) return slot;
            }
        }

        return new InstanceSlot(code);
    }

    /// <summary>Takes back the slot of an instance that is gone.</summary>
    public void Leave(InstanceSlot slot)
    {
        if (!TryReserve())
        {
            slot.Free();
            return;
        }

        bool isEmpty = slot.TryEmpty();
        lock (_gate)
        {
            _arriving--;
            if (isEmpty && !_isDisposed)
            {
                _idle.Push(slot);
                return;
            }
        }

        slot.Free();
    }

    /// <summary>Frees the slots, and from now on those that come back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_idle.TryPop(out InstanceSlot? slot)) slot.Free();
        }
    }

    private bool TryReserve()
    {
        if (code.Options.InstancePool == 0) return false;
        lock (_gate)
        {
            if (_isDisposed || _idle.Count + _arriving >= code.Options.InstancePool) return false;
            _arriving++;
            return true;
        }
    }
}
