namespace Harness.Engine.Runtime;

/// <summary>Counts the bytes that linear memories and tables take together, up to a limit. Safe for use by several threads.</summary>
/// <param name="limitMebibytes">The limit in MiB (knob <c>memory.limit</c>).</param>
internal sealed class MemoryBudget(int limitMebibytes)
{
    private readonly long _limit = (long)limitMebibytes << 20;
    private long _taken;

    /// <summary>The limit in MiB.</summary>
    public long LimitMebibytes => _limit >> 20;

    /// <summary>Whether bytes are within the limit, unless others come first.</summary>
    public bool HasRoom(ulong bytes) => bytes <= (ulong)(_limit - Volatile.Read(ref _taken));

    /// <summary>Counts bytes; false if they are beyond the limit.</summary>
    public bool TryTake(ulong bytes)
    {
        for (var taken = Volatile.Read(ref _taken); ;)
        {
            if (bytes > (ulong)(_limit - taken))
            {
                return false;
            }

            var before = Interlocked.CompareExchange(ref _taken, taken + (long)bytes, taken);
            if (before == taken)
            {
                return true;
            }

            taken = before;
        }
    }

    /// <summary>Takes back what was counted.</summary>
    public void GiveBack(ulong bytes) => Interlocked.Add(ref _taken, -(long)bytes);
}
