using System.Diagnostics;

namespace Harness.Engine.Runtime;

/// <summary>How a wait ended; the first three are what <c>memory.atomic.wait</c> gives.</summary>
internal enum WaitResult
{
    /// <summary>Another thread notified.</summary>
    Notified,

    /// <summary>What is in memory is not what was expected.</summary>
    NotEqual,

    /// <summary>The time is up.</summary>
    TimedOut,

    /// <summary>Somebody asked the execution in the store to stop.</summary>
    Interrupted,
}

/// <summary>A thread that waits.</summary>
internal sealed class Waiter : IDisposable
{
    /// <summary>Set to have the thread look what has happened.</summary>
    public ManualResetEventSlim Signal { get; } = new();

    /// <summary>Whether the waiter was notified, and is in no list any more. Guarded by the lock of the lists.</summary>
    public bool IsNotified { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Signal.Dispose();
}

/// <summary>
/// The threads that wait at the addresses of one shared memory, in the order in which they came (threads proposal, "Wait and Notify
/// operators"). Safe for use by several threads.
/// </summary>
/// <remarks>
/// That the value is compared and the waiter added under the lock that a notification takes makes sure that no notification is missed which comes after
/// a store that the comparison did not see.
/// </remarks>
internal sealed unsafe class WaiterLists
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinkedList<Waiter>> _byAddress = [];

    /// <summary>Waits until another thread notifies the address, unless the value there is not the expected one.</summary>
    /// <param name="store">The store that runs the waiting code, whose interruption ends the wait.</param>
    /// <param name="place">Where the value lies: aligned, and in bounds.</param>
    /// <param name="address">Its address in the memory.</param>
    /// <param name="expected">The value that is expected, zero-extended.</param>
    /// <param name="is64">Whether it has 64 bits rather than 32.</param>
    /// <param name="timeout">Nanoseconds to wait at least before giving up; negative for ever.</param>
    public WaitResult Wait(Store store, byte* place, ulong address, ulong expected, bool is64, long timeout)
    {
        var start = Stopwatch.GetTimestamp();
        using var waiter = new Waiter();
        LinkedListNode<Waiter> node;
        lock (_gate)
        {
            var value = is64 ? Volatile.Read(ref *(ulong*)place) : Volatile.Read(ref *(uint*)place);
            if (value != expected)
            {
                return WaitResult.NotEqual;
            }

            if (!_byAddress.TryGetValue(address, out var list))
            {
                _byAddress.Add(address, list = []);
            }

            node = list.AddLast(waiter);
        }

        WaitResult? result = null;
        try
        {
            store.BeginWait(waiter);
            while (result is null)
            {
                WaitForSignal(waiter.Signal, start, timeout);
                if (waiter.Signal.IsSet)
                {
                    waiter.Signal.Reset();
                }

                // The host may be asked, and it may notify: not under the lock.
                var isOverdue = store.IsOverdue();
                lock (_gate)
                {
                    if (waiter.IsNotified)
                    {
                        result = WaitResult.Notified;
                    }
                    else if (isOverdue || store.TryTakeInterrupt())
                    {
                        result = WaitResult.Interrupted;
                    }
                    else if (NanosecondsLeft(start, timeout) <= 0)
                    {
                        result = WaitResult.TimedOut;
                    }

                    if (result is not null && !waiter.IsNotified)
                    {
                        Remove(address, node);
                    }
                }
            }
        }
        finally
        {
            store.EndWait();
            if (result is null)
            {
                lock (_gate)
                {
                    if (!waiter.IsNotified)
                    {
                        Remove(address, node);
                    }
                }
            }
        }

        return result.Value;
    }

    /// <summary>Wakes threads that wait at an address, the longest waiting ones first.</summary>
    /// <param name="address">The address in the memory.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many were woken.</returns>
    public uint Notify(ulong address, uint count)
    {
        uint woken = 0;
        lock (_gate)
        {
            if (!_byAddress.TryGetValue(address, out var list))
            {
                return 0;
            }

            for (; woken < count && list.First is { } first; woken++)
            {
                list.RemoveFirst();
                first.Value.IsNotified = true;
                first.Value.Signal.Set();
            }

            if (list.Count == 0)
            {
                _byAddress.Remove(address);
            }
        }

        return woken;
    }

    /// <summary>How many threads wait at an address.</summary>
    public int CountAt(ulong address)
    {
        lock (_gate)
        {
            return _byAddress.TryGetValue(address, out var list) ? list.Count : 0;
        }
    }

    private void Remove(ulong address, LinkedListNode<Waiter> node)
    {
        var list = node.List!;
        list.Remove(node);
        if (list.Count == 0)
        {
            _byAddress.Remove(address);
        }
    }

    /// <summary>Waits for a signal or until the time is up; what is left below a millisecond, the step of timed waits, it spins.</summary>
    private static void WaitForSignal(ManualResetEventSlim signal, long start, long timeout)
    {
        var left = NanosecondsLeft(start, timeout);
        if (timeout < 0)
        {
            signal.Wait();
        }
        else if (left >= NanosecondsPerMillisecond)
        {
            signal.Wait((int)Math.Min(left / NanosecondsPerMillisecond, int.MaxValue));
        }
        else
        {
            var spinner = default(SpinWait);
            while (!signal.IsSet && NanosecondsLeft(start, timeout) > 0)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    /// <summary>What is left of a timeout, rounded up, so that no wait ends early; the most there is of one without an end.</summary>
    private static long NanosecondsLeft(long start, long timeout) =>
        timeout < 0 ? long.MaxValue : timeout - (Stopwatch.GetElapsedTime(start).Ticks * TimeSpan.NanosecondsPerTick);
}
