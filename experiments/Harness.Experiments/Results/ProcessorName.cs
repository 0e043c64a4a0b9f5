namespace Harness.Experiments.Results;

/// <summary>
/// What kind of processor it is. The name alone does not tell: under a hypervisor processors of several generations call themselves the same, and a
/// ratio of two engines that one of them gives may be another on the next. Family, model and stepping (CPUID, leaf 1) tell them apart.
/// </summary>
internal static class ProcessorName
{
    private const string Unknown = "unknown";

    /// <summary>The kind of this machine's processors.</summary>
    public static string Current() => File.Exists("/proc/cpuinfo") ? Of(File.ReadLines("/proc/cpuinfo")) : Unknown;

    /// <summary>The kind of the first processor that lines in the form of <c>/proc/cpuinfo</c> describe.</summary>
    /// <param name="lines">A processor ends at the first empty line.</param>
    public static string Of(IEnumerable<string> lines)
    {
        var fields = lines
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(field => field.Length == 2)
            .DistinctBy(field => field[0])
            .ToDictionary(field => field[0], field => field[1]);
        var name = fields.GetValueOrDefault("model name", Unknown);
        var numbers = new[] { ("family", "cpu family"), ("model", "model"), ("stepping", "stepping") }
            .Where(number => fields.ContainsKey(number.Item2))
            .Select(number => $"{number.Item1} {fields[number.Item2]}")
            .ToList();
        return numbers.Count == 0 ? name : $"{name} ({string.Join(", ", numbers)})";
    }
}
