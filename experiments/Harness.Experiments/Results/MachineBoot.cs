namespace Harness.Experiments.Results;

/// <summary>
/// Names the machine since it was last started, for what is compared within one machine alone. A machine that is started anew gets another name: a virtual one may be elsewhere by then. One that is moved or copied while it runs
/// keeps its name, since nothing within it tells.
/// </summary>
internal static class MachineBoot
{
    private const int Digits = 8;

    /// <summary>The name of this machine, the same for all runs of the harness since its start.</summary>
    public static string Current { get; } = Of("/");

    /// <summary>The beginning of what the kernel calls its start; where the system does not tell, a name that nothing else has.</summary>
    /// <param name="root">Where the file system <c>proc</c> is.</param>
    public static string Of(string root)
    {
        try
        {
            var path = Path.Combine(root, "proc/sys/kernel/random/boot_id");
            if (File.Exists(path) && File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: >= Digits } id)
            {
                return id[..Digits];
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It does not tell.
        }

        return Guid.NewGuid().ToString("N")[..Digits];
    }
}
