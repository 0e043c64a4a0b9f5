using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Emscripten;

/// <summary>Time: of the day, since some moment, and as calendars have it. The time zone is UTC.</summary>
internal static class EmscriptenTime
{
    private const double NanosecondsPerMillisecond = 1_000_000;
    private const int FirstYear = 1900;

    /// <summary>Adds the functions: by name, and those that depend on the type with which a program imports them.</summary>
    public static void Add(
        Dictionary<string, HostSlotCallback> functions, Dictionary<string, Func<FunctionType, HostSlotCallback>> typedFunctions, EmscriptenHost host, WasiClock clock)
    {
        functions["emscripten_date_now"] = (_, slots) => slots[0] = Milliseconds(clock.Now(WasiClockId.Realtime), floor: true);
        functions["emscripten_get_now"] = (_, slots) => slots[0] = Milliseconds(clock.Now(WasiClockId.Monotonic), floor: false);
        functions["emscripten_get_now_res"] = (_, slots) => slots[0] = BitConverter.DoubleToUInt64Bits(clock.Resolution(WasiClockId.Monotonic));
        functions["_emscripten_get_now_is_monotonic"] = functions["emscripten_get_now_is_monotonic"] = (_, slots) => slots[0] = 1;
        functions["_tzset_js"] = (_, slots) => SetTimeZone(host, slots);
        typedFunctions["_localtime_js"] = typedFunctions["_gmtime_js"] = type => CalendarWriter(host, type);
        typedFunctions["_mktime_js"] = typedFunctions["_timegm_js"] = type => CalendarReader(host, type);
        functions["_setitimer_js"] = (_, slots) => slots[0] = 0;
    }

    private static ulong Milliseconds(ulong nanoseconds, bool floor)
    {
        var result = nanoseconds / NanosecondsPerMillisecond;
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

        var names = (uint)slots[2];
        host.Memory.Write(names, host.Allocate("UTC"));
        host.Memory.Write((ulong)names + sizeof(uint), host.Allocate("UTC"));
    }

    /// <summary>
    /// Makes of a time a <c>struct tm</c>. Programs of newer versions pass the time as a number of 64 bits, which comes in two halves where they were linked without BigInt; those of older ones the
    /// address of such a number. The newest are told whether there is such a time: 0, or 1 where there is none, and then nothing is written. To the others the nearest one is written.
    /// </summary>
    private static HostSlotCallback CalendarWriter(EmscriptenHost host, FunctionType type)
    {
        // The structure's address comes last, behind one parameter at least.
        var last = Math.Max(type.Parameters.Length - 1, 1);
        var isAddress = type.Parameters is [{ Kind: ValueKind.I32 }, { Kind: ValueKind.I32 }];
        var isHalved = last == 2;
        var isTold = type.Results.Length > 0;
        return (_, slots) =>
        {
            var target = (uint)slots[last];
            var seconds = isAddress ? host.Memory.Read<long>((uint)slots[0]) : (long)(isHalved ? (uint)slots[0] | (slots[1] << 32) : slots[0]);
            var nearest = Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
            if (!isTold || nearest == seconds)
            {
                WriteCalendar(host, target, nearest);
            }

            if (isTold)
            {
                slots[0] = nearest == seconds ? 0ul : 1;
            }
        };
    }

    private static void WriteCalendar(EmscriptenHost host, uint target, long seconds)
    {
        var time = DateTime.UnixEpoch.AddSeconds(seconds);
        int[] fields = [time.Second, time.Minute, time.Hour, time.Day, time.Month - 1, time.Year - FirstYear, (int)time.DayOfWeek, time.DayOfYear - 1, 0, 0];
        for (uint i = 0; i < fields.Length; i++)
        {
            host.Memory.Write(target + (i * sizeof(int)), fields[i]);
        }
    }

    /// <summary>
    /// Makes of a <c>struct tm</c> a time: a number of 64 bits, or where the result has 32 its low half. The high half is then the second result, which programs of older versions do not ask for.
    /// </summary>
    private static HostSlotCallback CalendarReader(EmscriptenHost host, FunctionType type)
    {
        var isHalved = type.Results is [{ Kind: ValueKind.I32 }];
        return (_, slots) =>
        {
            var seconds = ReadCalendar(host, (uint)slots[0]);
            slots[0] = isHalved ? (uint)seconds : (ulong)seconds;
            if (isHalved)
            {
                host.SetSecondResult((uint)(seconds >> 32));
            }
        };
    }

    /// <summary>The seconds since 1970 of a <c>struct tm</c>, whose fields may be beyond their ranges; -1 where that is no time.</summary>
    private static long ReadCalendar(EmscriptenHost host, uint source)
    {
        int Field(uint index) => host.Memory.Read<int>(source + (index * sizeof(int)));
        try
        {
            var time = new DateTime(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddYears(Field(5)).AddMonths(Field(4))
                .AddDays(Field(3) - 1).AddHours(Field(2)).AddMinutes(Field(1)).AddSeconds(Field(0));
            return (long)(time - DateTime.UnixEpoch).TotalSeconds;
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName != "address")
        {
            return -1;
        }
    }
}
