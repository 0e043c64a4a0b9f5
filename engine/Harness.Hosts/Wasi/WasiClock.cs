using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Wasi;

/// <summary>The clocks of WASI (<c>clockid</c>).</summary>
public enum WasiClockId
{
    /// <summary>Time since 1970.</summary>
    Realtime,

    /// <summary>Time since some moment, which is never set.</summary>
    Monotonic,

    /// <summary>What the process has used.</summary>
    ProcessCpuTime,

    /// <summary>What the thread has used.</summary>
    ThreadCpuTime,
}

/// <summary>Where programs have their time from. All times are in nanoseconds.</summary>
public abstract class WasiClock
{
    /// <summary>The clocks of the system.</summary>
    public static WasiClock System { get; } = new SystemClock();

    /// <summary>The present time.</summary>
    public abstract ulong Now(WasiClockId clock);

    /// <summary>The smallest difference that a clock can tell.</summary>
    public abstract ulong Resolution(WasiClockId clock);

    /// <summary>Lets time pass.</summary>
    public abstract void Sleep(ulong nanoseconds);

    private sealed class SystemClock : WasiClock
    {
        /// <summary>The numbers of Linux.</summary>
        private static int Native(WasiClockId clock) => clock switch
        {
            WasiClockId.Realtime => 0,
            WasiClockId.Monotonic => 1,
            WasiClockId.ProcessCpuTime => 2,
            _ => 3,
        };

        public override ulong Now(WasiClockId clock)
        {
            Posix.Check(Posix.GetTime(Native(clock), out var time));
            return Posix.Nanoseconds(time);
        }

        public override ulong Resolution(WasiClockId clock)
        {
            Posix.Check(Posix.GetResolution(Native(clock), out var time));
            return Posix.Nanoseconds(time);
        }

        public override void Sleep(ulong nanoseconds)
        {
            const ulong longest = int.MaxValue;
            var ticks = nanoseconds / (ulong)TimeSpan.NanosecondsPerTick;
            var milliseconds = Math.Min((ticks + (ulong)TimeSpan.TicksPerMillisecond - 1) / (ulong)TimeSpan.TicksPerMillisecond, longest);
            Thread.Sleep((int)milliseconds);
        }
    }
}

/// <summary>
/// A clock by which every run of a program is the same: it begins at a given time, goes on by a given step whenever it is asked, and by as much as
/// a program sleeps.
/// </summary>
/// <param name="start">The time at first.</param>
/// <param name="step">By how much each question moves it on.</param>
public sealed class VirtualClock(ulong start = 1_000_000_000_000_000_000, ulong step = 1_000) : WasiClock
{
    private ulong _now = start;

    /// <inheritdoc/>
    public override ulong Now(WasiClockId clock) => _now += step;

    /// <inheritdoc/>
    public override ulong Resolution(WasiClockId clock) => Math.Max(step, 1);

    /// <inheritdoc/>
    public override void Sleep(ulong nanoseconds) => _now = ulong.MaxValue - _now < nanoseconds ? ulong.MaxValue : _now + nanoseconds;
}
