using System.Globalization;

namespace Harness.Experiments.Results;

/// <summary>
/// The settings of a machine that make times vary, as they were when a run of a sweep began. What a machine does not tell is null: a virtual machine has no governor, and a container
/// may hide the rest.
/// </summary>
internal sealed record EnvironmentDescription
{
    private const double LoadOfIdleMachine = 0.5;

    /// <summary>How the system chooses frequencies: <c>performance</c>, <c>powersave</c>, …</summary>
    public string? Governor { get; init; }

    /// <summary>Whether processors may run above their nominal frequency while they are cool.</summary>
    public bool? Turbo { get; init; }

    /// <summary>Whether several hardware threads share a core.</summary>
    public bool? SimultaneousThreads { get; init; }

    /// <summary>How much of the address space is placed at random: 0 nothing, 1 stack and mappings, 2 the heap as well.</summary>
    public int? AddressRandomization { get; init; }

    /// <summary>Frequency of the processors at that moment, on average.</summary>
    public double? FrequencyMHz { get; init; }

    /// <summary>Highest temperature of a sensor at that moment, in degrees Celsius.</summary>
    public double? Temperature { get; init; }

    /// <summary>Runnable processes during the last minute, on average.</summary>
    public double? Load { get; init; }

    /// <summary>Whether the machine is a virtual one.</summary>
    public bool? Virtual { get; init; }

    /// <summary>What is so now.</summary>
    /// <param name="root">Where the file systems <c>proc</c> and <c>sys</c> are.</param>
    public static EnvironmentDescription Current(string root = "/") => new()
    {
        Governor = ReadLine(root, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        Turbo = ReadLine(root, "sys/devices/system/cpu/intel_pstate/no_turbo") is { } noTurbo ? noTurbo == "0" : ReadLine(root, "sys/devices/system/cpu/cpufreq/boost") is { } boost ? boost == "1" : null,
        SimultaneousThreads = ReadLine(root, "sys/devices/system/cpu/smt/active") is { } active ? active == "1" : null,
        AddressRandomization = ReadNumber(ReadLine(root, "proc/sys/kernel/randomize_va_space")) is { } random ? (int)random : null,
        FrequencyMHz = Fields(root, "cpu MHz").Select(ReadNumber).OfType<double>().ToList() is { Count: > 0 } frequencies ? Math.Round(frequencies.Average()) : null,
        Temperature = ReadTemperature(root),
        Load = ReadNumber(ReadLine(root, "proc/loadavg")?.Split(' ')[0]),
        Virtual = Fields(root, "flags").FirstOrDefault() is { } flags ? flags.Split(' ').Contains("hypervisor") : null,
    };

    /// <summary>What a reader should know of the machine before quoting a number; empty for a machine that is set up for measuring.</summary>
    public IReadOnlyList<string> Cautions()
    {
        var cautions = new List<string>();
        if (Governor is not null and not "performance")
        {
            cautions.Add($"the frequency governor was '{Governor}', not 'performance': frequencies follow the load");
        }

        if (Turbo == true)
        {
            cautions.Add("turbo was on: frequencies depend on temperature and on what the other cores do");
        }

        if (SimultaneousThreads == true)
        {
            cautions.Add("cores were shared by several hardware threads (SMT): what runs beside a measurement slows it down");
        }

        if (AddressRandomization == 0)
        {
            cautions.Add("address-space layout was not random: a difference may be one of layout, which fresh processes would else average over");
        }

        if (Virtual == true)
        {
            cautions.Add("the machine was a virtual one: other tenants share its caches and its memory, which nothing here can see while a process runs");
        }

        if (Load > LoadOfIdleMachine)
        {
            cautions.Add(string.Create(CultureInfo.InvariantCulture, $"the load was {Load:0.00} when a run began: something else was running, or had just ended"));
        }

        return cautions;
    }

    private static List<string> Fields(string root, string name)
    {
        var path = Path.Combine(root, "proc/cpuinfo");
        return File.Exists(path)
            ? File.ReadLines(path).Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(':', StringComparison.Ordinal)).Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).ToList()
            : [];
    }

    private static double? ReadTemperature(string root)
    {
        var folder = Path.Combine(root, "sys/class/thermal");
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var sensors = Directory.EnumerateDirectories(folder, "thermal_zone*").Select(zone => ReadNumber(ReadLine(zone, "temp"))).OfType<double>().ToList();
        return sensors.Count > 0 ? sensors.Max() / 1000 : null;
    }

    private static string? ReadLine(string root, string file)
    {
        try
        {
            var path = Path.Combine(root, file);
            return File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static double? ReadNumber(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
