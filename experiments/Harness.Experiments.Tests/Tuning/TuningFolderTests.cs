using Harness.Experiments.Results;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Oracle;

namespace Harness.Experiments.Tests.Tuning;

public sealed class TuningFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A shell that completes the name of a folder writes a slash behind it.</summary>
    [Fact]
    public void ASlashBehindAFolderIsNoPartOfItsName()
    {
        Assert.Equal(_folder.File("run"), new TuningFolder(_folder.File("run") + "/").Path);
        Assert.Equal(_folder.File("search"), new OracleFolder(_folder.File("search") + "/").Path);
    }

    [Fact]
    public void AFolderWithResultsOfASweepKeepsTheirProvenance()
    {
        var path = _folder.File("sweep");
        _folder.Write("sweep/results.csv", "");
        _folder.Write("sweep/provenance.json", "");
        var message = $"{path} has the results of a sweep, whose provenance would be lost; choose another folder with --results";
        Assert.Equal(message, Assert.Throws<HarnessException>(() => new TuningFolder(path).Prepare(TestTuning.Read(TestTuning.Text), "1", [])).Message);
        Assert.Equal(message, Assert.Throws<HarnessException>(() => new OracleFolder(path).Prepare("sort", new OracleRules(50, 0.01, 6, 1), "ours", "1", [])).Message);
        Assert.Equal("", File.ReadAllText(Path.Combine(path, "provenance.json")));
    }

    [Fact]
    public void ARunThatIsRefusedIsNotInTheProvenance()
    {
        var run = new TuningFolder(_folder.File("run"));
        var search = new OracleFolder(_folder.File("search"));
        var specification = TestTuning.Read(TestTuning.Text);
        var rules = new OracleRules(50, 0.01, 6, 1);
        run.Prepare(specification, "1", []);
        search.Prepare("sort", rules, "ours", "1", []);
        using (DurableCsv<Evaluation>.Open(run.Evaluations, out _))
        using (DurableCsv<Evaluation>.Open(search.Evaluations, out _))
        {
            Assert.Equal($"{run.Evaluations} is being written by another run of the harness; wait for its end", Assert.Throws<HarnessException>(() => run.Prepare(specification, "1", [])).Message);
            Assert.Throws<HarnessException>(() => search.Prepare("sort", rules, "ours", "1", []));
        }

        Assert.Single(Provenance.Read(run.Provenance)!.Runs);
        Assert.Single(Provenance.Read(search.Provenance)!.Runs);
        run.Prepare(specification, "1", []);
        Assert.Equal(2, Provenance.Read(run.Provenance)!.Runs.Count);
    }

    /// <summary>Where the disk is full, what is written anew is lost.</summary>
    [Fact]
    public void TheSpecificationOfARunThatGoesOnIsNotWrittenAgain()
    {
        var run = new TuningFolder(_folder.File("run"));
        var specification = TestTuning.Read(TestTuning.Text);
        run.Prepare(specification, "1", []);
        var written = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(run.Specification, written);
        run.Prepare(specification, "1", []);
        Assert.Equal(written, File.GetLastWriteTimeUtc(run.Specification));
        Assert.Equal(specification.SourceText, File.ReadAllText(run.Specification));
        Assert.Equal(["provenance.json", "tune.yaml"], Directory.EnumerateFiles(run.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }
}
