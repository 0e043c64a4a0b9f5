using System.Diagnostics;
using Microsoft.ClearScript;

namespace Harness.Hosts.JavaScript;

/// <summary>The timers of a script, in the order in which they are due. Time passes as it does; where nothing else is to be done, it is waited for.</summary>
internal sealed class EventLoop
{
    /// <summary>How many timers that were removed may wait, beside as many as there are others.</summary>
    private const int MostRemoved = 1000;

    private readonly PriorityQueue<int, (double Due, long Order)> _timers = new();

    /// <summary>Those that were not removed.</summary>
    private readonly HashSet<int> _live = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly object _gate = new();
    private long _order;
    private bool _isInterrupted;

    /// <summary>Time since the host started, in ms, with the resolution of the system's clock.</summary>
    public double Now => Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Adds a timer.</summary>
    /// <param name="id">Its id, which no other has or has had; the same again once it has fired.</param>
    /// <param name="delay">When it is due, in ms from now.</param>
    public void Add(int id, double delay)
    {
        _live.Add(id);
        _timers.Enqueue(id, (Now + delay, _order++));
    }

    /// <summary>Removes a timer, which nobody waits for any more.</summary>
    /// <param name="id">Its id; nothing happens if there is none.</param>
    public void Remove(int id)
    {
        if (!_live.Remove(id) || _timers.Count <= (2 * _live.Count) + MostRemoved)
        {
            return;
        }

        (int Element, (double Due, long Order) Priority)[] left = [.. _timers.UnorderedItems.Where(timer => _live.Contains(timer.Element))];
        _timers.Clear();
        _timers.EnqueueRange(left);
    }

    /// <summary>Fires timers when they are due, until there are none.</summary>
    /// <param name="fire">Fires one.</param>
    /// <param name="until">Ends the loop before.</param>
    /// <exception cref="ScriptInterruptedException">A wait was ended by <see cref="Interrupt"/>.</exception>
    public void Run(Action<int> fire, Func<bool>? until)
    {
        while (until?.Invoke() != true && _timers.TryDequeue(out var id, out var priority))
        {
            if (!_live.Remove(id))
            {
                continue;
            }

            var wait = priority.Due - Now;
            if (wait > 0)
            {
                Wait(TimeSpan.FromMilliseconds(wait));
            }

            fire(id);
        }
    }

    /// <summary>Ends the wait for a timer, or the next one, until that is withdrawn. Any thread may call this.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _isInterrupted = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets timers be waited for again.</summary>
    public void WithdrawInterrupt()
    {
        lock (_gate)
        {
            _isInterrupted = false;
        }
    }

    private void Wait(TimeSpan time)
    {
        lock (_gate)
        {
            if (!_isInterrupted)
            {
                Monitor.Wait(_gate, time);
            }

            if (!_isInterrupted)
            {
                return;
            }
        }

        throw new ScriptInterruptedException("Script execution was interrupted");
    }
}
