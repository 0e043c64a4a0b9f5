using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Results;

public sealed class ResultsFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OnlyWhatTheHarnessWritesIsSetAside()
    {
        string[] own = ["chart-dots.svg", "chart.png", "failures.csv", "provenance.json", "report.html", "results.csv", "summary.md", "summary.md.k1l2.new", "sweep.yaml"];
        string[] others = ["chart-mine.png", "notes.txt", "part/results.csv"];
        foreach (var name in (string[])[.. own, .. others])
        {
            _folder.Write("sweep/" + name, name);
        }

        var results = new ResultsFolder(_folder.File("sweep"));
        var aside = results.SetAside()!;
        Assert.Equal(own, NamesIn(aside));
        Assert.Equal(others, NamesIn(results.Path));

        // What is left is none of the harness's.
        Assert.Null(results.SetAside());

        // Results of the same second do not meet.
        _folder.Write("sweep/results.csv", "second");
        var second = results.SetAside()!;
        Assert.NotEqual(aside, second);
        Assert.Equal("results.csv", File.ReadAllText(new ResultsFolder(aside).Results));
        Assert.Equal("second", File.ReadAllText(new ResultsFolder(second).Results));
    }

    [Fact]
    public void TheSeedIsThatWithWhichWasMeasured()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        Assert.Equal(1, results.ReadSweep().Seed);
        (Provenance.Read(results.Provenance)! with { Seed = 7 }).Write(results.Provenance);
        Assert.Equal(7, results.ReadSweep().Seed);
        File.Delete(results.Provenance);
        File.WriteAllText(results.Sweep, File.ReadAllText(results.Sweep).Replace("[alpha, beta, gamma]", "[two-targets, recursion]\nseed: 3", StringComparison.Ordinal));
        Assert.Equal(3, results.ReadSweep().Seed);
    }

    private static IEnumerable<string> NamesIn(string path) => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file)).Order(StringComparer.Ordinal);
}
