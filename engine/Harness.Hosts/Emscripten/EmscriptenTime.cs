using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Emscripten;

/// <summary>Time: of the day, since some moment, and as calendars have it. The time zone is UTC.</summary>
internal static class EmscriptenTime
{
    private const double NanosecondsPerMillisecond = 1_000_000;
    private const int FirstYear = 1900;

    public static void Add(Dictionary<string, HostSlotCallback> functions, EmscriptenHost host, WasiClock clock)
    {
        functions["emscripten_date_now"] = (_, slots) => slots[0] = Milliseconds(clock.Now(WasiClockId.Realtime), floor: true);
        functions["emscripten_get_now"] = (_, slots) => slots[0] = Milliseconds(clock.Now(WasiClockId.Monotonic), floor: false);
        functions["emscripten_get_now_res"] = (_, slots) => slots[0] = BitConverter.DoubleToUInt64Bits(clock.Resolution(WasiClockId.Monotonic));
        functions["_emscripten_get_now_is_monotonic"] = functions["emscripten_get_now_is_monotonic"] = (_, slots) => slots[0] = 1;
        functions["_tzset_js"] = (_, slots) => SetTimeZone(host, slots);
        functions["_localtime_js"] = functions["_gmtime_js"] = (_, slots) => WriteCalendar(host, slots);
        functions["_mktime_js"] = functions["_timegm_js"] = (_, slots) => slots[0] = (ulong)ReadCalendar(host, (uint)slots[0]);
        functions["_setitimer_js"] = (_, slots) => slots[0] = 0;
    }

    private static ulong Milliseconds(ulong nanoseconds, bool floor)
    {
        double result = nanoseconds / NanosecondsPerMillisecond;
        return BitConverter.DoubleToUInt64Bits(floor ? Math.Floor(result) : result);
    }

    /// <summary>Seconds west of UTC, whether there is summer time, and the names: pointers of older versions, buffers of newer ones.</summary>
    private static void SetTimeZone(EmscriptenHost host, Span<ulong> slots)
    {
        host.Memory.Write(slots[0], 0);
        host.Memory.Write(slots[1], 0);
        if (slots.Length >= 4)
        {
            "UTC\0"u8.CopyTo(host.Memory.Span(slots[2], 4));
            "UTC\0"u8.CopyTo(host.Memory.Span(slots[3], 4));
            return;
        }

        uint names = (uint)slots[2];
        host.Memory.Write(names, host.Allocate("UTC"));
        host.Memory.Write((ulong)names + sizeof(uint), host.Allocate("UTC"));
    }

    /// <summary>Writes a <c>struct tm</c>. The time is a number of 64 bits, or in older versions the address of one.</summary>
    private static void WriteCalendar(EmscriptenHost host, Span<ulong> slots)
    {
        long limit = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        long seconds = slots.Length > 2 ? (long)(slots[0] | (slots[1] << 32)) : (long)slots[0];
        uint target = (uint)slots[^1];
        DateTime time = DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), limit));
        int[] fields = [time.Second, time.Minute, time.Hour, time.Day, time.Month - 1, time.Year - FirstYear, (int)time.DayOfWeek, time.DayOfYear - 1, 0, 0];
        for (uint i = 0; i < fields.Length; i++) host.Memory.Write(target + (i * sizeof(int)), fields[i]);
    }

    /// <summary>The seconds since 1970 of a <c>struct tm</c>, whose fields may be beyond their ranges; -1 where that is no time.</summary>
    private static long ReadCalendar(EmscriptenHost host, uint source)
    {
        int Field(uint index) => host.Memory.Read<int>(source + (index * sizeof(int)));
        try
        {
            DateTime time = new DateTime(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddYears(Field(5)).AddMonths(Field(4))
                .AddDays(Field(3) - 1).AddHours(Field(2)).AddMinutes(Field(1)).AddSeconds(Field(0));
            return (long)(time - DateTime.UnixEpoch).TotalSeconds;
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName != "address")
        {
            return -1;
        }
    }
}
