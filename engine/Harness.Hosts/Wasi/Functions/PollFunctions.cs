using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Wasi.Functions;

/// <summary>Waiting: <c>poll_oneoff</c>. What ends the execution in the program's store ends it, too.</summary>
internal static unsafe class PollFunctions
{
    private const uint SubscriptionSize = 48;
    private const uint EventSize = 32;
    private const int MaximumSubscriptions = 1 << 16;

    /// <summary>The most that one wait takes; longer ones are waits one after the other.</summary>
    private const ulong LongestWait = 1_000_000_000_000;

    private const ulong NanosecondsPerMillisecond = 1_000_000;

    /// <summary>What is waited for (<c>eventtype</c>).</summary>
    private enum EventType : byte
    {
        Clock,
        Read,
        Write,
    }

    public static void Add(WasiFunctionTable table, DescriptorTable descriptors, WasiClock clock) =>
        table.Add("poll_oneoff", "iiii", (memory, a) => Poll(table, memory, descriptors, clock, a), waits: true);

    private static void Poll(WasiFunctionTable table, GuestMemory memory, DescriptorTable descriptors, WasiClock clock, ReadOnlySpan<ulong> a)
    {
        var count = a[2];
        if (count is 0 or > MaximumSubscriptions)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        memory.Bytes(a[1], count * EventSize);
        memory.Write(a[3], 0u);
        var subscriptions = new Subscription[count];
        lock (table.Gate)
        {
            for (ulong i = 0; i < count; i++)
            {
                subscriptions[i] = Read(memory, a[0] + (i * SubscriptionSize), descriptors, clock);
            }

            // Another thread may close one meanwhile, whose number at the system would be another file's then.
            foreach (var subscription in subscriptions)
            {
                subscription.File?.Hold();
            }
        }

        try
        {
            var waiting = new Waiting(table, memory.Store);
            while (!Check(subscriptions, clock))
            {
                waiting.ThrowIfEnded();
                Wait(subscriptions, clock, table.Ending is not null || clock == WasiClock.System ? Waiting.LongestPart : LongestWait);
            }
        }
        finally
        {
            foreach (var subscription in subscriptions)
            {
                subscription.File?.Release();
            }
        }

        uint events = 0;
        foreach (var subscription in subscriptions)
        {
            if (subscription.IsDue)
            {
                Write(memory, a[1] + (events++ * EventSize), subscription);
            }
        }

        memory.Write(a[3], events);
    }

    private static Subscription Read(GuestMemory memory, ulong address, DescriptorTable descriptors, WasiClock clock)
    {
        var type = (EventType)memory.Read<byte>(address + 8);
        var subscription = new Subscription { UserData = memory.Read<ulong>(address), Type = type };
        try
        {
            switch (type)
            {
                case EventType.Clock:
                    subscription.Clock = ClockFunctions.Id(memory.Read<uint>(address + 16));
                    var timeout = memory.Read<ulong>(address + 24);
                    var isAbsolute = (memory.Read<ushort>(address + 40) & 1) != 0;
                    var start = isAbsolute ? 0 : clock.Now(subscription.Clock);
                    subscription.Deadline = ulong.MaxValue - start < timeout ? ulong.MaxValue : start + timeout;
                    break;
                case EventType.Read or EventType.Write:
                    subscription.File = descriptors.Get(memory.Read<uint>(address + 16), Rights.PollFdReadwrite).File;
                    break;
                default:
                    throw new WasiErrorException(Errno.Inval);
            }
        }
        catch (WasiErrorException error) when (type <= EventType.Write && error.Error != Errno.Fault)
        {
            // The subscription fails, not the call.
            subscription.Error = error.Error;
            subscription.IsDue = true;
        }

        return subscription;
    }

    /// <summary>Finds what is due.</summary>
    private static bool Check(Subscription[] subscriptions, WasiClock clock)
    {
        var any = false;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Error == Errno.Success)
            {
                subscription.IsDue = subscription.Type == EventType.Clock
                    ? clock.Now(subscription.Clock) >= subscription.Deadline
                    : IsReady(subscription);
            }

            any |= subscription.IsDue;
        }

        return any;
    }

    private static bool IsReady(Subscription subscription)
    {
        if (subscription.File!.Pollable is not { } descriptor)
        {
            subscription.Available = subscription.Type == EventType.Read ? subscription.File.Available : 1;
            return true;
        }

        var poll = new NativePoll { File = descriptor, Events = EventsOf(subscription) };
        if (Posix.Poll(&poll, 1, 0) <= 0)
        {
            return false;
        }

        subscription.Available = subscription.Type == EventType.Read ? subscription.File.Available : 1;
        subscription.IsHungUp = (poll.Result & Posix.PollHangUp) != 0;
        return true;
    }

    /// <summary>Waits until the first clock is due, or something can be read or written. What files are waited for is real time, whatever the clock.</summary>
    private static void Wait(Subscription[] subscriptions, WasiClock clock, ulong longest)
    {
        var wait = longest;
        var files = 0;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Type != EventType.Clock)
            {
                files++;
                continue;
            }

            var now = clock.Now(subscription.Clock);
            wait = Math.Min(wait, subscription.Deadline > now ? subscription.Deadline - now : 0);
        }

        if (files == 0)
        {
            clock.Sleep(wait);
            return;
        }

        wait = Math.Min(wait, Waiting.LongestPart);

        var polls = new NativePoll[files];
        files = 0;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Type != EventType.Clock)
            {
                polls[files++] = new NativePoll { File = subscription.File!.Pollable ?? -1, Events = EventsOf(subscription) };
            }
        }

        fixed (NativePoll* pointer = polls)
        {
            var milliseconds = (int)((wait + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond);
            var ready = Posix.Poll(pointer, (ulong)files, milliseconds);
            if (ready == 0)
            {
                clock.Sleep(clock == WasiClock.System ? 0 : wait);
            }

            // More files than the system polls at a time: each is looked at by itself.
            if (ready < 0)
            {
                Thread.Sleep(1);
            }
        }
    }

    private static short EventsOf(Subscription subscription) => subscription.Type == EventType.Read ? Posix.PollIn : Posix.PollOut;

    private static void Write(GuestMemory memory, ulong address, Subscription subscription)
    {
        memory.Bytes(address, EventSize).Clear();
        memory.Write(address, subscription.UserData);
        memory.Write(address + 8, (ushort)subscription.Error);
        memory.Write(address + 10, (byte)subscription.Type);
        memory.Write(address + 16, subscription.Available);
        memory.Write(address + 24, (ushort)(subscription.IsHungUp ? 1 : 0));
    }

    private sealed class Subscription
    {
        public required ulong UserData { get; init; }

        public required EventType Type { get; init; }

        public WasiClockId Clock { get; set; }

        public ulong Deadline { get; set; }

        public WasiFile? File { get; set; }

        public Errno Error { get; set; }

        public bool IsDue { get; set; }

        public ulong Available { get; set; }

        public bool IsHungUp { get; set; }
    }
}
