using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Jsc;
using Harness.Experiments.Engines.SpiderMonkey;
using Harness.Experiments.Engines.Wasmtime;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Engines beside ours and V8, where they are installed: programs with and without scripts, their knobs, and what they cannot run.</summary>
public sealed class ForeignEngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [EngineTheory(JscEngine.EngineName)]
    [InlineData("sixteen-sites")]
    [InlineData("gc-vtables")]
    public void JscRunsPrograms(string program) => Runs(JscEngine.EngineName, program);

    [EngineTheory(SpiderMonkeyEngine.EngineName)]
    [InlineData("sixteen-sites")]
    [InlineData("gc-vtables")]
    [InlineData("gc-js-strings")]
    public void SpiderMonkeyRunsPrograms(string program) => Runs(SpiderMonkeyEngine.EngineName, program);

    [Theory]
    [InlineData("sixteen-sites")]
    [InlineData("recursion")]
    public void WasmtimeRunsPrograms(string program) => Runs(WasmtimeEngine.EngineName, program);

    [EngineTheory(JscEngine.EngineName)]
    [InlineData("driver")]
    public void JscRunsScripts(string name) => RunsScripts(JscEngine.EngineName, name);

    [EngineTheory(SpiderMonkeyEngine.EngineName)]
    [InlineData("driver")]
    public void SpiderMonkeyRunsScripts(string name) => RunsScripts(SpiderMonkeyEngine.EngineName, name);

    [EngineTheory(JscEngine.EngineName)]
    [InlineData(JscEngine.EngineName + ".")]
    public void KnobsAreOptionsOfThisJsc(string prefix)
    {
        var known = JscEngine.ReadOptionNames(JscEngine.ListOptions(JscInstallation.Package.Find()!));
        var missing = JscKnobs.All.Select(knob => JscKnobs.NameIn(known, knob.Name[prefix.Length..])).Where(name => !known.Contains(name)).ToList();
        Assert.Empty(missing);
        JscEngine.CheckOptions("jsc", JscEngine.Options(JscKnobs.All.ToDictionary(knob => knob.Name, knob => knob.DefaultText), known), known);
    }

    /// <summary>The shell itself says what it does not know, and goes on; that is a failure.</summary>
    [EngineTheory(JscEngine.EngineName)]
    [InlineData("--useNothingOfTheKind=true")]
    public void AnOptionThatThisJscDoesNotKnowIsAFailure(string option)
    {
        var program = JscInstallation.Package.Find()!;
        var launch = new WorkerLaunch(program.Program, [option, "-e", "print('went on')"]) { Environment = program.Environment };
        var output = WorkerProcess.Run(launch, Request(new WorkerProgram { Name = "p", Host = "none", Iteration = "call" }, null), TimeSpan.FromSeconds(30));
        var report = JscEngine.FindRefusal(output.Error);
        Assert.Equal(WorkerStatus.Error, report?.Status);
        Assert.Contains(option, report!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsThatJscDoesNotKnowAreRefused()
    {
        const string list = """
            All JSC runtime options:
               useOMGJIT=true   ... allows the OMG JIT to be used if true
               thresholdForOMGOptimizeSoon=500
            """;
        var known = JscEngine.ReadOptionNames(list);
        Assert.Equal(["thresholdForOMGOptimizeSoon", "useOMGJIT"], known.Order(StringComparer.Ordinal));
        JscEngine.CheckOptions("JavaScriptCore 1", ["--useOMGJIT=false"], known);
        JscEngine.CheckOptions("JavaScriptCore 1", ["--useOldName=false"], new HashSet<string>());
        Assert.Equal(
            "JavaScriptCore 1 has no option 'useOldName', and would run as if it were not given; leave out knob 'jsc.useOldName', or install another version with './harness engines --install jsc'",
            Assert.Throws<HarnessException>(() => JscEngine.CheckOptions("JavaScriptCore 1", ["--useOMGJIT=false", "--useOldName=false"], known)).Message);
        Assert.StartsWith(
            "JavaScriptCore 1 has no option 'maximumWasmDepthForInlining' (nor 'wasmInliningMaximumDepth', as later versions call it), and would run",
            Assert.Throws<HarnessException>(() => JscEngine.CheckOptions("JavaScriptCore 1", ["--maximumWasmDepthForInlining=3"], known)).Message, StringComparison.Ordinal);
        Assert.Equal("jsc ran without an option: ERROR: invalid option: --useOldName=false", JscEngine.FindRefusal("warning\nERROR: invalid option: --useOldName=false\n")!.Message);
        Assert.Null(JscEngine.FindRefusal("warning\n"));
    }

    [Theory]
    [InlineData("153.0.1esr-1")]
    [InlineData("1:160.0-2")]
    [InlineData("of unknown version")]
    public void FirefoxIsNewEnough(string version) => SpiderMonkeyInstallation.RequireVersion(version);

    [Theory]
    [InlineData("140.5.0esr-1~deb13u1")]
    [InlineData("1:115.9")]
    public void AnOldFirefoxIsRefused(string version) =>
        Assert.Contains("at least Firefox 153 is needed", Assert.Throws<HarnessException>(() => SpiderMonkeyInstallation.RequireVersion(version)).Message, StringComparison.Ordinal);

    public static TheoryData<string, string> WasmtimeSettings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var knob in WasmtimeKnobs.All)
            {
                foreach (var value in knob.Default switch
                {
                    bool isOn => (string[])[isOn ? "off" : "on"],
                    int number => [knob.Name.EndsWith("alignment", StringComparison.Ordinal) ? "6" : (number * 2).ToString(System.Globalization.CultureInfo.InvariantCulture)],
                    _ => [.. knob.Values.Skip(1).Select(choice => choice.Name)],
                })
                {
                    data.Add(knob.Name, value);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WasmtimeSettings))]
    public void EverySettingOfWasmtimeRunsPrograms(string knob, string value) => Runs(WasmtimeEngine.EngineName, "two-targets", new Dictionary<string, string> { [knob] = value });

    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void EnginesWithWasiRunCommands(string engine)
    {
        var report = EngineCatalog.Open(engine).Measure(Request(WriteCommand(), null), TimeSpan.FromSeconds(60));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.Equal(("hi\n", 3), (report.Outputs[0].Text, report.Outputs[0].ExitCode));
    }

    /// <summary>The command takes a few milliseconds, and a copy of its input a tenth of a second.</summary>
    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void WhatIsDoneToAFolderIsNotTimed(string engine)
    {
        var input = _folder.File("input");
        using (var stream = File.Create(input))
        {
            stream.SetLength(256 << 20);
        }

        var request = Request(WriteCommand() with { Inputs = [new WorkerInput("input", input, null)] }, null) with { TimedCalls = 5 };
        var report = EngineCatalog.Open(engine).Measure(request, TimeSpan.FromSeconds(60));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.InRange(report.ExecuteMs.Min(), 0.001, 20);
        Assert.InRange(report.ExecuteCpuMs, 0, 40);
    }

    [Fact]
    public void WhatAnEngineCannotRunHasAReason()
    {
        var wasmtime = new WasmtimeEngine();
        Assert.Equal("runs no JavaScript, which the program's glue is written in", wasmtime.FindGap(new WorkerProgram { Name = "p", Host = "javascript", Iteration = "script" }));
        Assert.StartsWith("has no host for what the module imports from '", wasmtime.FindGap(Prepare("gc-js-strings").Request!), StringComparison.Ordinal);
        Assert.Null(wasmtime.FindGap(Prepare("two-targets").Request!));
        Assert.Equal("has no WASI in its shell", Harness.Experiments.Engines.Shells.ShellPrograms.FindGap(new WorkerProgram { Name = "p", Host = "wasi", Iteration = "instance" }));
    }

    /// <summary>Each iteration has an instance of its own, of which the memory is filled when it is made: a sum would be as large as hundreds of iterations, and the first is at most one.</summary>
    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void InstantiationIsThatOfTheFirstIteration(string engine)
    {
        var module = _folder.File("filled.wasm");
        File.WriteAllBytes(module, ModuleFile.Load(_folder.Write("filled.wat", """
            (module
              (memory (export "memory") 64)
              (func $fill (memory.fill (i32.const 0) (i32.const 7) (i32.const 4194304)))
              (start $fill)
              (func (export "_start")))
            """)).Bytes.ToArray());
        var program = new WorkerProgram { Name = "filled", Host = "wasi", Module = module, Iteration = "instance" };
        var report = EngineCatalog.Open(engine).Measure(Request(program, null) with { TimedCalls = 300 }, TimeSpan.FromSeconds(60));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.InRange(report.InstantiateMs, 0.001, report.IterationMs[0]);
    }

    private WorkerProgram WriteCommand()
    {
        var module = _folder.File("command.wasm");
        File.WriteAllBytes(module, ModuleFile.Load(_folder.Write("command.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 8) "\10\00\00\00\03\00\00\00hi\n")
              (func (export "_start")
                (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))
                (call $exit (i32.const 3))))
            """)).Bytes.ToArray());
        return new WorkerProgram { Name = "command", Host = "wasi", Module = module, Iteration = "instance" };
    }

    [EngineTheory(JscEngine.EngineName)]
    [InlineData(0.005)]
    public void JscHasAFineClockAndAStart(double most) => HasAFineClockAndAStart(JscEngine.EngineName, most);

    [EngineTheory(SpiderMonkeyEngine.EngineName)]
    [InlineData(0.005)]
    public void SpiderMonkeyHasAFineClockAndAStart(double most) => HasAFineClockAndAStart(SpiderMonkeyEngine.EngineName, most);

    /// <summary>Calls that do nothing take less than a step of a coarse clock, which would make each of them 0 or 20 µs.</summary>
    private void HasAFineClockAndAStart(string engine, double most)
    {
        var report = MeasureNothing(engine);
        Assert.Contains(report.ExecuteMs, ms => ms > 0 && ms < most);
        Assert.InRange(report.ClockStepMs, 1e-9, 0.002);
        Assert.True(report.StartMs > 1);
    }

    /// <summary>Times a thousand calls that do nothing.</summary>
    private WorkerReport MeasureNothing(string engine)
    {
        var module = _folder.File("nothing.wasm");
        File.WriteAllBytes(module, ModuleFile.Load(_folder.Write("nothing.wat", "(module (func (export \"f\")))")).Bytes.ToArray());
        var call = new WorkerInvocation("f", [], []);
        var program = new WorkerProgram { Name = "nothing", Host = "none", Module = module, Iteration = "call", WarmUp = call, Timed = call };
        var report = EngineCatalog.Open(engine).Measure(Request(program, null) with { TimedCalls = 1000 }, TimeSpan.FromSeconds(60));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        return report;
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void WorkersTellTheStepsOfTheirClock(string engine) => Assert.InRange(MeasureNothing(engine).ClockStepMs, 1e-9, 0.001);

    [Theory]
    [InlineData("ours")]
    [InlineData(WasmtimeEngine.EngineName)]
    public void WorkersInDotnetTimeInStepsBelowAHundredNanoseconds(string engine) =>
        Assert.Contains(MeasureNothing(engine).ExecuteMs, ms => Math.Abs((ms * 1e4) - Math.Round(ms * 1e4)) > 0.01);

    private static PreparedProgram Prepare(string name)
    {
        var prepared = PreparedProgram.Prepare(ProgramCatalog.Read().Find(name));
        Assert.Null(prepared.Problem);
        return prepared;
    }

    private static void Runs(string engine, string name, IReadOnlyDictionary<string, string>? knobs = null)
    {
        var prepared = Prepare(name);
        var report = ProgramResult.Check(prepared.Definition, EngineCatalog.Open(engine).Measure(Request(prepared.Request!, knobs), TimeSpan.FromSeconds(120)));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.True(report.ExecuteMs[0] > 0 && report.CpuMs > 0 && report.PeakMemoryBytes > 0);
    }

    private void RunsScripts(string engine, string name)
    {
        var module = _folder.File("module.wasm");
        File.WriteAllBytes(module, [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
        _folder.Write("script.js", "class FromScript { get words() { return 'ä€𝄞'; } }");
        _folder.Write("module.mjs", "export const value = 7;");
        var driver = _folder.Write(name + ".mjs", """
            export async function load(host) {
              for (const path of host.scripts) host.runScript(path);
              const { value } = await host.importModule(host.path('other'));
              const module = await WebAssembly.compile(host.readBytes(host.path('module')));
              return {
                async iterate() {
                  const instance = await WebAssembly.instantiate(module, {});
                  console.log(new FromScript().words, value, host.arguments[0], instance instanceof WebAssembly.Instance, host.readText(host.path('other')).length);
                },
                validate() { if (value !== 7) throw new Error('not 7'); },
              };
            }
            """);
        var program = new WorkerProgram
        {
            Name = "scripts",
            Host = "javascript",
            Driver = driver,
            Scripts = [_folder.File("script.js")],
            Files = new Dictionary<string, string> { ["module"] = module, ["other"] = _folder.File("module.mjs") },
            Arguments = ["argument"],
            Iteration = "script",
        };
        var report = EngineCatalog.Open(engine).Measure(Request(program, null), TimeSpan.FromSeconds(60));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.Equal("ä€𝄞 7 argument true 23\n", Assert.Single(report.Outputs).Text);
        Assert.Equal(OutputRecorder.HashOfText("ä€𝄞 7 argument true 23"u8), report.Outputs[0].Sha256);
    }

    private static WorkerRequest Request(WorkerProgram program, IReadOnlyDictionary<string, string>? knobs) => new()
    {
        Program = program,
        TimedCalls = 1,
        Settle = new WarmUpRule(MinimumCalls: 1, MinimumMilliseconds: 0, Window: 1, Tolerance: 1, LimitMilliseconds: 1),
        Knobs = knobs ?? new Dictionary<string, string>(),
    };
}
