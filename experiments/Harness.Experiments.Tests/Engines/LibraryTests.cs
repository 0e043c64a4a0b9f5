using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Libraries compiled by Emscripten, from npm, in the workers of both engines.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData("sqlite", 53)]
    [InlineData("quickjs", 11)]
    public void ALibraryGivesTheSameOnBothEngines(string name, int lines)
    {
        var program = ProgramCatalog.Read().Find(name);
        var prepared = PreparedProgram.Prepare(program);
        Assert.Null(prepared.Problem);
        var request = new WorkerRequest { Program = prepared.Request!, TimedCalls = 2, Settle = new WarmUpRule(1, 0, 1, 1, 0), Knobs = new Dictionary<string, string>(), Checks = true };
        var outputs = EngineCatalog.ParseOption("both").Select(engine =>
        {
            var report = ProgramResult.Check(program, EngineCatalog.Open(engine).Measure(request, TimeSpan.FromSeconds(100)));
            Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
            Assert.True(report.CompileMs > 0 && report.InstantiateMs > 0, engine);
            Assert.True(report.ValidateMs is null ? engine == "v8" : report.DecodeMs > 0 && report.ValidateMs > 0 && report.DecodeMs + report.ValidateMs <= report.CompileMs, engine);
            var output = Assert.Single(report.Outputs);
            Assert.Equal(2, output.Count);
            Assert.Equal(lines, output.Text.TrimEnd().Split('\n').Length);
            return output.Sha256;
        });
        Assert.Single(outputs.Distinct());
    }

    [Fact]
    public void AWrongResultOfAStatementIsNamedOnBothEngines()
    {
        using var folder = new TemporaryFolder();
        var prepared = PreparedProgram.Prepare(ProgramCatalog.Read().Find("sqlite"));
        var statements = folder.Write("statements.txt", "one | 1 | 1 | 2 | SELECT 1");
        var request = new WorkerRequest
        {
            Program = prepared.Request! with { Files = new Dictionary<string, string>(prepared.Request.Files) { ["statements"] = statements } },
            TimedCalls = 1,
            Settle = new WarmUpRule(1, 0, 1, 1, 0),
            Knobs = new Dictionary<string, string>(),
            Checks = true,
        };
        foreach (var engine in EngineCatalog.ParseOption("both"))
        {
            var report = EngineCatalog.Open(engine).Measure(request, TimeSpan.FromSeconds(100));
            Assert.Equal((WorkerStatus.WrongResult, "SQLite: 'one' gave 1 rows with checksum 1 instead of 1 with 2"), (report.Status, report.Message));
        }
    }
}
