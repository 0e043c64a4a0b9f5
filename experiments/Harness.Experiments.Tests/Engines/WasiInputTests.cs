using Harness.Engine.Modules.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Wasmtime;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Commands are given the same by every engine: environment variables, standard input, and a folder with folders and links in it.</summary>
public sealed class WasiInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The file that the command reads lies behind a link. What was given is nothing that it has written, and each iteration is given all.</summary>
    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void ACommandIsGivenTheSameByEveryEngine(string engine)
    {
        File.WriteAllBytes(_folder.File("command.wasm"), WatAssembler.Assemble(GivenCommand.Text));
        _folder.Write("words.txt", new string('x', 250) + "\n");
        _folder.Write("tree/real/other.txt", "other\n");
        Directory.CreateDirectory(_folder.File("tree/empty"));
        File.CreateSymbolicLink(_folder.File("tree/sub"), "real");
        _folder.Write("inner.txt", "inner\n");
        var report = Measure(engine, """
            - name: given
              file: command.wasm
              host: wasi
              stdin: words.txt
              environment: {SECOND: two words, FIRST: "ü", EMPTY: ''}
              inputs: {data: tree, data/real/in.txt: inner.txt}
            """);
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        var output = Assert.Single(report.Outputs);
        Assert.Equal($"SECOND=two words\0FIRST=ü\0EMPTY=\0{new string('x', 250)}\ninner\n", output.Text);
        Assert.Empty(output.Files);
        Assert.Equal(0, output.ExitCode);
    }

    /// <summary>A command that is given nothing finds nothing: not what the harness itself has.</summary>
    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void ACommandThatIsGivenNothingFindsNothing(string engine)
    {
        File.WriteAllBytes(_folder.File("command.wasm"), WatAssembler.Assemble(GivenCommand.Text));
        var report = Measure(engine, "- {name: given, file: command.wasm, host: wasi}");
        Assert.Equal(("", WorkerStatus.Ok, ""), (report.Message, report.Status, Assert.Single(report.Outputs).Text));
    }

    private WorkerReport Measure(string engine, string manifest)
    {
        var prepared = PreparedProgram.Prepare(ProgramManifest.Read(_folder.Write("programs.yaml", manifest), "suite", _folder.Path)[0]);
        Assert.Null(prepared.Problem);
        var request = new WorkerRequest
        {
            Program = prepared.Request!,
            TimedCalls = 2,
            Settle = new WarmUpRule(1, 0, 1, 1, 0),
            Knobs = new Dictionary<string, string>(),
        };
        return EngineCatalog.Open(engine).Measure(request, TimeSpan.FromSeconds(60));
    }
}
