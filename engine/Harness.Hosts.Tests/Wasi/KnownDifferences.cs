namespace Harness.Hosts.Tests.Wasi;

/// <summary>
/// Where our host does what another one does not: the lines of <c>differences.txt</c>, which says why. With <c>HARNESS_UPDATE_GOLDEN=1</c> the
/// lines of the programs that run are written anew.
/// </summary>
internal static class KnownDifferences
{
    private static readonly Lock Gate = new();

    private static string File => Path.Combine(Runners.ProgramFolder, "..", "differences.txt");

    /// <summary>Compares the differences that were seen with those that are known.</summary>
    public static void Check(string program, string host, IReadOnlyList<string> seen)
    {
        var prefix = $"{program} {host}: ";
        lock (Gate)
        {
            var lines = System.IO.File.ReadAllLines(File);
            if (Environment.GetEnvironmentVariable("HARNESS_UPDATE_GOLDEN") == "1")
            {
                System.IO.File.WriteAllLines(File, [.. lines.Where(line => !line.StartsWith(prefix, StringComparison.Ordinal)), .. seen.Select(line => prefix + line)]);
                return;
            }

            Assert.Equal(
                string.Join('\n', lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))),
                string.Join('\n', seen.Select(line => prefix + line)));
        }
    }
}
