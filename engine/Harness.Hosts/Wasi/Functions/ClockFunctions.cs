namespace Harness.Hosts.Wasi.Functions;

/// <summary>Clocks: <c>clock_*</c>.</summary>
internal static class ClockFunctions
{
    public static void Add(WasiFunctionTable table, WasiClock clock)
    {
        table.Add("clock_res_get", "ii", (memory, a) => memory.Write(a[1], clock.Resolution(Id(a[0]))));
        table.Add("clock_time_get", "ili", (memory, a) => memory.Write(a[2], clock.Now(Id(a[0]))));
    }

    /// <summary>The clock with a number.</summary>
    public static WasiClockId Id(ulong number) =>
        number <= (ulong)WasiClockId.ThreadCpuTime ? (WasiClockId)number : throw new WasiErrorException(Errno.Inval);
}
