using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using Harness.Hosts;

namespace Harness.Experiments.Tests.Engines;

/// <summary>What of a report counts as a time.</summary>
public sealed class ProgramResultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new[] { 0.0, 0, 1 }, "the time of 'suite/a' is 0, which no row can have: it is too short for the clock that times it")]
    [InlineData(new[] { 0.0, 1, 1 }, "")]
    public void ACallThatIsShorterThanAStepOfItsClockHasNoTime(double[] times, string message)
    {
        var program = Read("- {name: a, file: a.wasm, host: wasi}");
        Assert.Equal(message, ProgramResult.CheckTimes(program, program.Workloads, new WorkerReport { Status = WorkerStatus.Ok, ExecuteMs = times }).Message);
    }

    [Fact]
    public void NorHasABenchmarkThatPrintsZero()
    {
        var program = Read("- {name: a, file: a.wasm, host: wasi, metric: {pattern: '(?<name>[xy]): (?<value>[0-9]+) us', unit: us, names: [x, y]}}");
        var report = new WorkerReport { Status = WorkerStatus.Ok, ExecuteMs = [5], Outputs = [new WorkerOutputText { Text = "x: 7 us\ny: 0 us\n", Sha256 = "" }] };
        Assert.Equal(WorkerStatus.Ok, ProgramResult.Check(program, report).Status);
        var judged = ProgramResult.CheckTimes(program, program.Workloads, report);
        Assert.Equal((WorkerStatus.Error, true), (judged.Status, judged.Message.Contains("'suite/a/y' is 0", StringComparison.Ordinal)));
        Assert.Same(report, ProgramResult.CheckTimes(program, program.Workloads.Take(1), report));
    }

    /// <summary>Of 12345 µs nothing is left but 12 where the text is cut.</summary>
    [Fact]
    public void TimesAreNotReadOfATextThatIsCut()
    {
        var program = Read("- {name: a, file: a.wasm, host: wasi, metric: {pattern: '^(?<name>x): (?<value>[0-9]+)', unit: us, names: [x]}}");
        Assert.Equal(("", WorkerStatus.Ok), Judge(OutputRecorder.MostText - 100));
        Assert.Equal(("it printed 16384 characters or more, of which no more are kept, so that its times cannot be read; let it print less beside them", WorkerStatus.WrongResult), Judge(OutputRecorder.MostText - 6));

        (string Message, WorkerStatus Status) Judge(int before)
        {
            var recorder = new OutputRecorder();
            recorder.Add(new ProgramOutput { Text = $"{new string('-', before)}\nx: 12345\n" });
            var report = ProgramResult.Check(program, new WorkerReport { Status = WorkerStatus.Ok, ExecuteMs = [5], Outputs = recorder.All });
            return (report.Message, report.Status);
        }
    }

    private ProgramDefinition Read(string manifest) => ProgramManifest.Read(_folder.Write("programs.yaml", manifest), "suite", _folder.Path)[0];
}
