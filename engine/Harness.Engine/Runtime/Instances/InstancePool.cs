namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// How many slots all modules of an engine keep for later instances (knob <c>instance.pool</c>): where one comes and there is no room, that which has waited longest
/// goes, whosever it is. The slots themselves are with their modules (<see cref="InstanceSlots"/>), which may go at any time.
/// </summary>
internal sealed class InstancePool(int limit)
{
    /// <summary>An element for each slot, the one that has waited longest first. Modules live no longer because they are here.</summary>
    private readonly LinkedList<WeakReference<InstanceSlots>> _byAge = new();

    /// <summary>Guards the pool and the slots of all modules.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether slots are kept at all.</summary>
    public bool IsOn => limit > 0;

    /// <summary>Takes up a slot. The caller has the gate.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="owner">What keeps it.</param>
    /// <returns>The slot that goes for it, which the caller frees; null if there is room.</returns>
    public InstanceSlot? Add(InstanceSlot slot, WeakReference<InstanceSlots> owner)
    {
        slot.Age = _byAge.AddLast(owner);
        if (_byAge.Count <= limit)
        {
            return null;
        }

        var oldest = _byAge.First!;
        if (oldest.Value.TryGetTarget(out var slots))
        {
            return slots.TakeOldest();
        }

        // Nothing refers to the module any more: its slots are about to be freed.
        _byAge.Remove(oldest);
        return null;
    }

    /// <summary>Lets go of a slot. The caller has the gate.</summary>
    public void Remove(InstanceSlot slot)
    {
        if (slot.Age?.List is not null)
        {
            _byAge.Remove(slot.Age);
        }

        slot.Age = null;
    }
}
