namespace Harness.Hosts.JavaScript;

/// <summary>
/// Tells V8 how much memory the stores have that only its own collector can free: to V8 an instance is a few small objects, and where those are all that a script leaves, it would not
/// collect before many heaps are full of instances that nothing refers to. Linear memories that scripts see are V8's own buffers, which it counts itself.
/// </summary>
internal sealed class ExternalMemory
{
    /// <summary>Bytes that V8 knows of: those of <see cref="StoreRealm.ToldMemory"/> of all stores.</summary>
    private long _told;

    private int _madeSince;

    /// <summary>Counts the memory of all stores when another is made: when so many were made since that counting costs each of them little.</summary>
    /// <param name="v8">V8, in which a script runs.</param>
    /// <param name="realms">The stores.</param>
    public void StoreIsMade(V8Realm v8, IReadOnlyCollection<StoreRealm> realms)
    {
        if (4 * ++_madeSince < realms.Count)
        {
            return;
        }

        _madeSince = 0;
        long bytes = 0;
        foreach (var realm in realms)
        {
            bytes += realm.ToldMemory = realm.HeapMemory;
        }

        Tell(v8, bytes);
    }

    /// <summary>Takes off what was told of a store.</summary>
    /// <param name="v8">V8, in which a script runs.</param>
    /// <param name="realm">The store, before it is disposed of.</param>
    public void StoreIsLeft(V8Realm v8, StoreRealm realm) => Tell(v8, _told - realm.ToldMemory);

    private void Tell(V8Realm v8, long bytes)
    {
        if (bytes == _told)
        {
            return;
        }

        V8Interface.AdjustExternalMemory(v8.Isolate, bytes - _told);
        _told = bytes;
    }
}
