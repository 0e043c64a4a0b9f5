using System.Diagnostics;

namespace Harness.Hosts.JavaScript;

/// <summary>The timers of a script, in the order in which they are due. Time passes as it does; where nothing else is to be done, it is waited for.</summary>
internal sealed class EventLoop
{
    private readonly PriorityQueue<int, (double Due, long Order)> _timers = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _order;

    /// <summary>Time since the host started, in ms, with the resolution of the system's clock.</summary>
    public double Now => Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Adds a timer.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="delay">When it is due, in ms from now.</param>
    public void Add(int id, double delay) => _timers.Enqueue(id, (Now + delay, _order++));

    /// <summary>Fires timers when they are due, until there are none.</summary>
    /// <param name="fire">Fires one.</param>
    /// <param name="until">Ends the loop before.</param>
    public void Run(Action<int> fire, Func<bool>? until)
    {
        while (until?.Invoke() != true && _timers.TryDequeue(out int id, out (double Due, long Order) priority))
        {
            double wait = priority.Due - Now;
            if (wait > 0) Thread.Sleep(TimeSpan.FromMilliseconds(wait));
            fire(id);
        }
    }
}
