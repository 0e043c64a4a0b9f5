namespace Harness.Hosts.Wasi.Files;

/// <summary>What is left for all that is in a folder in memory. Used by one thread at a time.</summary>
/// <param name="limit">Bytes that there are at first.</param>
internal sealed class MemorySpace(long limit)
{
    private long _left = limit;

    /// <summary>Takes bytes.</summary>
    /// <returns>False if there are not so many, and nothing is taken.</returns>
    public bool TryTake(long bytes)
    {
        if (bytes > _left)
        {
            return false;
        }

        _left -= bytes;
        return true;
    }

    /// <summary>Gives back what was taken.</summary>
    public void GiveBack(long bytes) => _left += bytes;
}
