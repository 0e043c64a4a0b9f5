using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Harness.Engine.Heap;

/// <summary>
/// The threads that help with full collections, of all heaps of the process. They are started when a collection first has use for them, and sleep
/// between collections, without a reference to any heap. They run nothing but <see cref="EvacuationWorker.Work"/>: what collections release or
/// tell of stays on the thread that uses the store.
/// </summary>
internal static class CollectorThreads
{
    /// <summary>Bytes of a thread's stack: nothing that they do is recursive.</summary>
    private const int StackSize = 256 << 10;

    /// <summary>Most time that <see cref="CallAll"/> waits.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(2);

    private static readonly object Gate = new();

    /// <summary>The collections that may call threads.</summary>
    private static readonly List<ParallelEvacuation> Opened = [];

    private static int _count;

    /// <summary>How many threads there are.</summary>
    public static int Count => Volatile.Read(ref _count);

    /// <summary>Lets a collection call threads, and starts those that it can use and are not there yet. All that allocates is done here.</summary>
    public static void Open(ParallelEvacuation evacuation)
    {
        lock (Gate)
        {
            Opened.Add(evacuation);
            try
            {
                while (_count < evacuation.Helpers)
                {
                    // The context of whoever collects would be kept, with all that it holds.
                    new Thread(Run, StackSize) { IsBackground = true, Name = "collector" }.UnsafeStart();
                    _count++;
                }
            }
            catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
            {
                // The system gives no more threads: those that there are do the work.
            }
        }
    }

    /// <summary>Calls one more thread, if the collection has room for one.</summary>
    public static void Call(ParallelEvacuation evacuation)
    {
        lock (Gate)
        {
            if (evacuation.AddCall())
            {
                Monitor.Pulse(Gate);
            }
        }
    }

    /// <summary>Calls all threads that a collection has room for, and waits for some milliseconds until they have come.</summary>
    public static void CallAll(ParallelEvacuation evacuation)
    {
        lock (Gate)
        {
            while (evacuation.AddCall())
            {
                Monitor.Pulse(Gate);
            }
        }

        var start = Stopwatch.GetTimestamp();
        while (evacuation.Called > 0 && Stopwatch.GetElapsedTime(start) < LongestWait)
        {
            Thread.Yield();
        }
    }

    /// <summary>Ends the calls of a collection, unless a thread helps with it still.</summary>
    public static bool TryClose(ParallelEvacuation evacuation)
    {
        lock (Gate)
        {
            evacuation.ForgetCalls();
            return evacuation.Joined == 0 && Opened.Remove(evacuation);
        }
    }

    private static void Run()
    {
        while (true)
        {
            HelpOnce();
        }
    }

    /// <summary>In a frame of its own, which is gone while the thread sleeps next time, with all references to the heap.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HelpOnce()
    {
        var worker = Join();
        worker.Work();
        lock (Gate)
        {
            worker.Evacuation.Leave(worker);
        }
    }

    private static EvacuationWorker Join()
    {
        lock (Gate)
        {
            while (true)
            {
                foreach (var evacuation in Opened)
                {
                    if (evacuation.Called > 0)
                    {
                        return evacuation.Join();
                    }
                }

                Monitor.Wait(Gate);
            }
        }
    }
}
