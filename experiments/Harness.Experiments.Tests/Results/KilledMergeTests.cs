using System.Diagnostics;
using Harness.Experiments.Results;
using Xunit.Abstractions;

namespace Harness.Experiments.Tests.Results;

/// <summary>Merges in processes of their own that are killed at random moments: nothing is lost, and nothing is half there.</summary>
public sealed class KilledMergeTests(ITestOutputHelper log) : IDisposable
{
    private const int Shards = 4;

    /// <summary>Kills by default; see <see cref="KillCount"/>.</summary>
    private const int UsualKills = 12;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _shards = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AMergeKilledAtRandomMomentsLeavesNothingOrEverything()
    {
        WriteShards();
        var before = _shards.ToDictionary(shard => shard, Contents);
        Finish("unhindered");
        Finish("earlier", Shards - 1);
        var usual = TimeUntilMerged();
        var expected = File.ReadAllBytes(_folder.File("unhindered/results.csv"));

        var random = new Random(20260103);
        var (absent, whole, replaced) = (0, 0, 0);
        var kills = KillCount.Read(UsualKills);
        for (var kill = 0; kill < kills; kill++)
        {
            // Now and then there is an earlier merge of fewer shards, which is replaced.
            if (kill % 3 == 2)
            {
                Copy("earlier", "merged");
            }

            var earlier = ((string[])["merged", "merged.replaced"]).Select(place => _folder.File(place + "/results.csv")).Where(File.Exists).Select(File.ReadAllBytes).FirstOrDefault();
            using var process = Start("merged", Shards);
            Thread.Sleep(random.Next(usual / 3, usual * 3 / 2));
            process.Kill();
            process.WaitForExit();

            Assert.All(_shards, shard => Assert.Equal(before[shard], Contents(shard)));
            if (!Directory.Exists(_folder.File("merged")))
            {
                absent++;
                continue;
            }

            var rows = File.ReadAllBytes(_folder.File("merged/results.csv"));
            Assert.True(rows.AsSpan().SequenceEqual(expected) || (earlier is not null && rows.AsSpan().SequenceEqual(earlier)), "the merged rows are neither the earlier ones nor all of them");
            Assert.NotNull(Provenance.Read(_folder.File("merged/provenance.json")));
            whole++;
            replaced += earlier is not null && rows.AsSpan().SequenceEqual(expected) ? 1 : 0;
            Directory.Delete(_folder.File("merged"), recursive: true);
        }

        log.WriteLine($"{kills} kills of a merge: {absent} left no folder, {whole} a whole one, of which {replaced} had taken the place of an earlier merge");
        Assert.True(absent > 0 && whole > 0, $"{absent} merges were killed before their end and {whole} after: the moments are badly chosen");
        Finish("merged");
        Assert.Equal(expected, File.ReadAllBytes(_folder.File("merged/results.csv")));
        Assert.True(File.Exists(_folder.File("merged/summary.md")));
        Assert.False(Directory.Exists(_folder.File("merged.merging")));
    }

    private void WriteShards()
    {
        var budgets = Enumerable.Range(1, 10).ToDictionary(i => $"budget-{i}", i => new Dictionary<string, string> { ["inlining.budget"] = $"{i * 100}" });
        var whole = SyntheticResults.Write(_folder.File("whole"), ["ours"], budgets, [.. Enumerable.Range(1, 10).Select(i => $"program-{i}")], 20, _ => 10);
        var rows = MeasurementFile.Read(whole.Results);
        for (var index = 1; index <= Shards; index++)
        {
            var shard = new Experiments.Sweeps.SweepShard(index, Shards);
            var part = new ResultsFolder(_folder.File($"shard-{index}"));
            part.Create();
            File.Copy(whole.Sweep, part.Sweep);
            (Provenance.Read(whole.Provenance)! with { Shard = shard.ToString() }).Write(part.Provenance);
            using var csv = DurableCsv<Measurement>.Open(part.Results, out _);
            csv.Append([.. rows.Where(row => shard.Has(row.Repetition))]);
            _shards.Add(part.Path);
        }
    }

    /// <summary>How long a merge takes until its folder is there, in ms. Summary and charts come after that.</summary>
    private int TimeUntilMerged()
    {
        var watch = Stopwatch.StartNew();
        using var process = Start("timed", Shards);
        while (!Directory.Exists(_folder.File("timed")) && !process.HasExited)
        {
            Thread.Sleep(1);
        }

        var time = (int)watch.ElapsedMilliseconds;
        process.WaitForExit();
        return time;
    }

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(_folder.File(to));
        foreach (var file in Directory.EnumerateFiles(_folder.File(from)))
        {
            File.Copy(file, Path.Combine(_folder.File(to), Path.GetFileName(file)));
        }
    }

    private static string Contents(string path) =>
        string.Join('\n', Directory.EnumerateFiles(path).Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));

    private void Finish(string output, int count = Shards)
    {
        using var process = Start(output, count);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, File.ReadAllText(_folder.File("log")));
    }

    /// <summary>Starts a merge with its messages going to a file: a killed process leaves no pipe to wait for.</summary>
    private Process Start(string output, int count)
    {
        var arguments = HarnessProcess.Arguments(["merge", _folder.File(output), .. _shards.Take(count)]);
        return Process.Start(new ProcessStartInfo("bash", ["-c", $"exec dotnet \"$@\" >'{_folder.File("log")}' 2>&1 </dev/null", "bash", .. arguments]))!;
    }
}
