namespace Harness.Engine.Heap;

/// <summary>
/// The part of a full collection that several threads do together: following references and copying what lives, once there is more to copy
/// than waking threads costs. The thread that uses the heap does its share; the others come from <see cref="CollectorThreads"/> when there is something
/// for them, and leave when they find nothing for some time.
/// </summary>
/// <remarks>
/// <para>The collection is over when the thread of the heap has no work and no other takes part. That is no guess: a thread leaves without any work of its
/// own, and only who takes part can make more.</para>
/// <para>A thread that was called and has not come yet is not waited for.</para>
/// </remarks>
internal sealed unsafe class ParallelEvacuation : IDisposable
{
    /// <summary>Looks at the work of all others before a thread without work leaves or sleeps.</summary>
    private const int PatientLooks = 200;

    /// <summary>The same under stress.</summary>
    private const int StressLooks = 4000;

    /// <summary>Iterations of a pause between two looks.</summary>
    private const int PauseBetweenLooks = 8;

    private readonly EvacuationWorker[] _workers;
    private readonly bool _isStressed;
    private readonly AutoResetEvent _wake = new(false);
    private long _top;

    /// <summary>Workers without work, those included that no thread works for.</summary>
    private int _hungry;

    /// <summary>Whether the thread of the heap sleeps, or is about to.</summary>
    private bool _sleeps;

    /// <summary>Prepares the collections of a heap.</summary>
    public ParallelEvacuation(CollectionSharing sharing)
    {
        _isStressed = sharing.IsStressed;
        _workers = [.. Enumerable.Range(0, sharing.Threads).Select(index => new EvacuationWorker(this, index, sharing.Grain))];
    }

    /// <summary>Most threads that help.</summary>
    public int Helpers => _workers.Length - 1;

    /// <summary>Threads that help now. Changed under the lock of <see cref="CollectorThreads"/>.</summary>
    public int Joined { get; private set; }

    /// <summary>Threads that were called and have not come yet. Changed under the lock of <see cref="CollectorThreads"/>.</summary>
    public int Called { get; private set; }

    /// <summary>Whether a thread of the collection has nothing to do, or could help.</summary>
    public bool HasHungry => Volatile.Read(ref _hungry) > 0;

    /// <summary>Bytes of the running collection's copies, or the last one's, that are no objects that live.</summary>
    public nuint FilledBytes
    {
        get
        {
            nuint bytes = 0;
            foreach (var worker in _workers)
            {
                bytes += worker.FilledBytes;
            }

            return bytes;
        }
    }

    /// <summary>What each thread has copied or marked in the last collection, that of the heap first: objects, and bytes of copies.</summary>
    public (long Objects, long Bytes)[] Shares => [.. _workers.Select(worker => (worker.Objects, worker.Bytes))];

    /// <summary>Bytes that helping threads have copied in the last collection.</summary>
    public long HelperBytes
    {
        get
        {
            long bytes = 0;
            for (var i = 1; i < _workers.Length; i++)
            {
                bytes += _workers[i].Bytes;
            }

            return bytes;
        }
    }

    /// <summary>Starts the shared part of a collection.</summary>
    /// <param name="from">What live objects are moved from.</param>
    /// <param name="fromSize">Its bytes.</param>
    /// <param name="large">The large objects to mark.</param>
    /// <param name="largeSize">Bytes of their addresses.</param>
    /// <param name="top">Where copies go.</param>
    /// <returns>The worker of this thread, which is to be told what was reached so far.</returns>
    public EvacuationWorker Begin(ulong from, ulong fromSize, ulong large, ulong largeSize, byte* top)
    {
        foreach (var worker in _workers)
        {
            worker.Begin(from, fromSize, large, largeSize);
        }

        _hungry = Helpers;
        _top = (long)top;
        return _workers[0];
    }

    /// <summary>Copies all that is reached, and returns the end of the copies.</summary>
    public byte* Run()
    {
        CollectorThreads.Open(this);
        if (_isStressed)
        {
            CollectorThreads.CallAll(this);
        }

        while (true)
        {
            _workers[0].Work();
            if (CollectorThreads.TryClose(this))
            {
                break;
            }

            SleepUntilWork();
        }

        foreach (var worker in _workers)
        {
            worker.Finish();
        }

        return (byte*)_top;
    }

    /// <summary>Addresses for copies, of the calling worker alone.</summary>
    public byte* Take(nuint size) => (byte*)(Interlocked.Add(ref _top, (long)size) - (long)size);

    /// <summary>Gives addresses back if no other were taken since. For the thread of the heap, after the work.</summary>
    public bool TryGiveBack(byte* start, byte* end)
    {
        if (_top != (long)end)
        {
            return false;
        }

        _top = (long)start;
        return true;
    }

    /// <summary>To be called after an item was added: wakes or calls a thread if one is without work.</summary>
    public void Announce()
    {
        // The item first, then the look at who waits: who waits looks the other way round.
        Interlocked.MemoryBarrier();
        if (!HasHungry)
        {
            return;
        }

        if (Volatile.Read(ref _sleeps))
        {
            _wake.Set();
        }
        else if (Joined + Called < Helpers)
        {
            CollectorThreads.Call(this);
        }
    }

    /// <summary>Looks for work at the other workers for a short time.</summary>
    /// <param name="thief">Who looks; it has no work.</param>
    /// <param name="item">What it is to do.</param>
    public bool TrySteal(EvacuationWorker thief, out WorkItem item)
    {
        if (!thief.IsHungry)
        {
            thief.IsHungry = true;
            Interlocked.Increment(ref _hungry);
        }

        var looks = _isStressed ? StressLooks : PatientLooks;
        for (var look = 0; look < looks; look++)
        {
            for (var i = 1; i < _workers.Length; i++)
            {
                if (!_workers[(thief.Index + i) % _workers.Length].Items.TrySteal(out item))
                {
                    continue;
                }

                thief.IsHungry = false;
                Interlocked.Decrement(ref _hungry);
                return true;
            }

            // Nobody has work, so that none can come.
            if (Volatile.Read(ref _hungry) == _workers.Length)
            {
                break;
            }

            Thread.SpinWait(PauseBetweenLooks);
        }

        item = default;
        return false;
    }

    /// <summary>A thread is wanted. For <see cref="CollectorThreads"/>, under its lock.</summary>
    /// <returns>Whether there is room for one.</returns>
    public bool AddCall()
    {
        if (Joined + Called >= Helpers)
        {
            return false;
        }

        Called++;
        return true;
    }

    /// <summary>No more threads are wanted. For <see cref="CollectorThreads"/>, under its lock.</summary>
    public void ForgetCalls() => Called = 0;

    /// <summary>A thread that was called comes. For <see cref="CollectorThreads"/>, under its lock.</summary>
    /// <returns>The worker that it is to work for.</returns>
    public EvacuationWorker Join()
    {
        Called--;
        Joined++;
        var index = 1;
        while (_workers[index].IsTaken)
        {
            index++;
        }

        _workers[index].IsTaken = true;
        return _workers[index];
    }

    /// <summary>A thread goes, which has no work. For <see cref="CollectorThreads"/>, under its lock: the collection is not over before it is released.</summary>
    public void Leave(EvacuationWorker worker)
    {
        worker.IsTaken = false;
        Joined--;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeps))
        {
            _wake.Set();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        _wake.Dispose();
    }

    private void SleepUntilWork()
    {
        Volatile.Write(ref _sleeps, true);
        Interlocked.MemoryBarrier();
        if (Joined > 0 && !HasWork())
        {
            _wake.WaitOne();
        }

        Volatile.Write(ref _sleeps, false);
    }

    private bool HasWork()
    {
        foreach (var worker in _workers)
        {
            if (!worker.Items.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
