using System.Globalization;
using Harness.Engine.Runtime;
using Harness.Hosts.Emscripten;
using Harness.Hosts.Wasi;
using static Harness.Hosts.Tests.Emscripten.EmscriptenRun;

namespace Harness.Hosts.Tests.Emscripten;

/// <summary>Clocks and calendars, in all the forms in which versions of Emscripten import them.</summary>
public sealed class EmscriptenTimeTests
{
    /// <summary>Saturday, 1 March 2200, 03:04:05: a time of more than 32 bits, in a year that is no leap year.</summary>
    private const long Late = 7_263_227_045;

    /// <summary>Friday, 31 December 1965, 23:59:58.</summary>
    private const long Early = -126_230_402;

    /// <summary>Where programs have a <c>struct tm</c>.</summary>
    private const uint Structure = 64;

    private static readonly Dictionary<long, int[]> Calendars = new()
    {
        [Late] = [5, 4, 3, 1, 2, 300, 6, 59, 0, 0],
        [Early] = [58, 59, 23, 31, 11, 65, 5, 364, 0, 0],
    };

    /// <summary>Names and types of the function, with the arguments before the address of the structure. The time lies at address 8, too.</summary>
    public static TheoryData<string, string, string, long> Forms
    {
        get
        {
            var data = new TheoryData<string, string, string, long>();
            foreach (var time in Calendars.Keys)
            {
                foreach (var name in (string[])["_gmtime_js", "_localtime_js"])
                {
                    var halves = string.Create(CultureInfo.InvariantCulture, $"(i32.const {(int)time}) (i32.const {(int)(time >> 32)})");
                    var number = string.Create(CultureInfo.InvariantCulture, $"(i64.const {time})");
                    data.Add(name, "(param i64 i32)", number, time);
                    data.Add(name, "(param i64 i32) (result i32)", number, time);
                    data.Add(name, "(param i32 i32 i32)", halves, time);
                    data.Add(name, "(param i32 i32 i32) (result i32)", halves, time);
                    data.Add(name, "(param i32 i32)", "(i32.const 8)", time);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ATimeIsWrittenAsCalendarsHaveIt(string name, string type, string arguments, long time)
    {
        using var store = new Store();
        using var host = Load(store, Program(name, type, arguments, time));
        Assert.Equal([0], Call(host, "call"));
        Assert.Equal(Calendars[time], ReadFields(host));
    }

    /// <summary>Programs that ask are told that there is no such time; to the others the last one is written.</summary>
    [Theory]
    [InlineData("(param i64 i32) (result i32)", 1, -1)]
    [InlineData("(param i64 i32)", 0, 9999 - 1900)]
    public void ATimeThatNoCalendarHasIsToldWhereItIsAskedFor(string type, int told, int year)
    {
        using var store = new Store();
        using var host = Load(store, Program("_gmtime_js", type, "(i64.const 1_000_000_000_000_000)", 0));
        for (uint i = 0; i < 10; i++)
        {
            host.Memory.Write(Structure + (i * sizeof(int)), -1);
        }

        Assert.Equal([told], Call(host, "call"));
        Assert.Equal(year, ReadFields(host)[5]);
    }

    [Theory]
    [InlineData(65536 - 7)]
    [InlineData(-8)]
    public void AnAddressOfATimeThatLiesNowhereTraps(int address)
    {
        using var store = new Store();
        using var host = Load(store, Program("_gmtime_js", "(param i32 i32)", $"(i32.const {address})", 0));
        Assert.Equal(TrapKind.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => Call(host, "call")).Kind);
    }

    /// <summary>Fields beyond their ranges are carried over. The high half of a time in two halves is a variable of the program.</summary>
    [Theory]
    [InlineData("_mktime_js", Late)]
    [InlineData("_timegm_js", Early)]
    public void ACalendarIsReadAsOneNumberOrInHalves(string name, long time)
    {
        int[] expected = [(int)time, (int)(time >> 32)];
        int[] carried = [.. Calendars[time]];
        carried[0] += 3600;
        carried[2]--;
        const string number = """
            (local $time i64)
            (local.set $time (call $f (i32.const {0})))
            (i32.wrap_i64 (local.get $time)) (i32.wrap_i64 (i64.shr_s (local.get $time) (i64.const 32)))
            """;
        foreach (var (result, read) in new[] { ("i64", number), ("i32", "(call $f (i32.const {0})) (global.get $high)") })
        {
            using var store = new Store();
            using var host = Load(store, $$"""
                (module
                  (import "env" "{{name}}" (func $f (param i32) (result {{result}})))
                  (memory (export "memory") 1)
                  (global $high (mut i32) (i32.const 0))
                  (func (export "setTempRet0") (param i32) (global.set $high (local.get 0)))
                  (func (export "read") (result i32 i32) {{read.Replace("{0}", $"{Structure}", StringComparison.Ordinal)}}))
                """);
            foreach (var fields in new[] { Calendars[time], carried })
            {
                WriteFields(host, fields);
                Assert.Equal(expected, Call(host, "read"));
            }
        }
    }

    [Fact]
    public void ACalendarWithoutATimeIsMinusOne()
    {
        using var store = new Store();
        using var host = Load(store, $$"""
            (module
              (import "env" "_timegm_js" (func $number (param i32) (result i64)))
              (memory (export "memory") 1)
              (func (export "call") (result i32) (i64.eq (call $number (i32.const {{Structure}})) (i64.const -1))))
            """);
        WriteFields(host, [0, 0, 0, 1, 0, 100_000, 0, 0, 0, 0]);
        Assert.Equal([1], Call(host, "call"));
    }

    /// <summary>Newer versions give buffers for the names, older ones an array for their addresses.</summary>
    [Theory]
    [InlineData("(param i32 i32 i32 i32)", "(i32.const 16) (i32.const 32)", "(i32.const 16)", "(i32.const 32)")]
    [InlineData("(param i32 i32 i32)", "(i32.const 16)", "(i32.load (i32.const 16))", "(i32.load (i32.const 20))")]
    public void TheTimeZoneIsUtc(string type, string names, string first, string second)
    {
        using var store = new Store();
        using var host = Load(store, $$"""
            (module
              (import "env" "_tzset_js" (func $zone {{type}}))
              (memory (export "memory") 1)
              (global $free (mut i32) (i32.const 1024))
              (func (export "malloc") (param i32) (result i32)
                (global.get $free)
                (global.set $free (i32.add (global.get $free) (local.get 0))))
              (func (export "call") (result i32 i32 i32 i32)
                (i64.store (i32.const 0) (i64.const -1))
                (call $zone (i32.const 0) (i32.const 4) {{names}})
                (i32.load (i32.const 0)) (i32.load (i32.const 4)) (i32.load {{first}}) (i32.load {{second}})))
            """);
        var utc = BitConverter.ToInt32("UTC\0"u8);
        Assert.Equal([0, 0, utc, utc], Call(host, "call"));
    }

    /// <summary>In milliseconds, those since 1970 without a fraction.</summary>
    [Fact]
    public void ClocksAreThoseOfTheSystem()
    {
        using var store = new Store();
        using var host = Load(
            store,
            """
            (module
              (import "env" "emscripten_date_now" (func $date (result f64)))
              (import "env" "emscripten_get_now" (func $now (result f64)))
              (import "env" "emscripten_get_now_res" (func $step (result f64)))
              (import "env" "_emscripten_get_now_is_monotonic" (func $monotonic (result i32)))
              (memory (export "memory") 1)
              (func (export "call") (result f64 f64 f64 i32) (call $date) (call $now) (call $step) (call $monotonic)))
            """,
            new EmscriptenOptions { System = new WasiOptions { Clock = new VirtualClock(start: 1_500_000, step: 1_000_000) } });
        var results = host.GetFunction("call").Invoke();
        Assert.Equal((2.0, 3.5, 1_000_000.0, 1), (results[0].AsF64(), results[1].AsF64(), results[2].AsF64(), results[3].AsI32()));
    }

    /// <summary>A program that calls the function with the arguments and the structure's address, and gives what it is told, 0 for nothing.</summary>
    private static string Program(string name, string type, string arguments, long time)
    {
        var call = $"(call $calendar {arguments} (i32.const {Structure}))";
        return $$"""
            (module
              (import "env" "{{name}}" (func $calendar {{type}}))
              (memory (export "memory") 1)
              (func (export "call") (result i32)
                (i64.store (i32.const 8) (i64.const {{time.ToString(CultureInfo.InvariantCulture)}}))
                {{(type.Contains("result", StringComparison.Ordinal) ? call : call + " (i32.const 0)")}}))
            """;
    }

    private static int[] ReadFields(EmscriptenHost host) => [.. Enumerable.Range(0, 10).Select(i => host.Memory.Read<int>(Structure + ((uint)i * sizeof(int))))];

    private static void WriteFields(EmscriptenHost host, int[] fields)
    {
        for (uint i = 0; i < fields.Length; i++)
        {
            host.Memory.Write(Structure + (i * sizeof(int)), fields[i]);
        }
    }
}
