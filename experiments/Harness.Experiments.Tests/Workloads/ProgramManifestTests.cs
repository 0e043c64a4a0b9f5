using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>Manifests: what they say, and that their mistakes are told in one line.</summary>
public sealed class ProgramManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DefaultsHoldForEntriesThatDoNotSayOtherwise()
    {
        var programs = Read("""
            host: wasi
            licence: MIT
            programs:
              - {name: first, file: a.wasm, inputs: [x/in.txt], arguments: [-v], check: {text: hello, exit-code: 3}}
              - {name: second, file: b.wasm, host: none, invoke: run, args: ["i32:1"], expected: ["f64:2"], licence: Zlib}
            """);
        Assert.Equal(["suite/first", "suite/second"], programs.Select(program => program.Name));
        Assert.Equal([(HostKind.Wasi, IterationKind.Instance, "MIT"), (HostKind.None, IterationKind.Call, "Zlib")], programs.Select(program => (program.Host, program.Iteration, program.License)));
        Assert.Equal("run", programs[1].Timed!.Function);
        Assert.Equal(programs[1].Timed, programs[1].WarmUp);
        Assert.Equal(3, programs[0].Check.ExitCode);
        Assert.Contains("there is no file", programs[0].Absence, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatACommandIsGivenIsReadWithItsPlaces()
    {
        var programs = Read("""
            host: wasi
            programs:
              - {name: list, file: a.wasm, inputs: [x/in.txt, x/data/]}
              - {name: table, file: a.wasm, inputs: {in.txt: x/other.txt, data/deep: x/data, .: x}, stdin: x/words.txt, environment: {B: 1, A: two words, C: ''}}
            """);
        Assert.Equal([new ProgramInput("in.txt", "x/in.txt"), new ProgramInput("data", "x/data/")], programs[0].Inputs);
        Assert.Equal([new ProgramInput("in.txt", "x/other.txt"), new ProgramInput("data/deep", "x/data"), new ProgramInput("", "x")], programs[1].Inputs);
        Assert.Null(programs[0].StandardInput);
        Assert.Equal("x/words.txt", programs[1].StandardInput);
        Assert.Equal(["B=1", "A=two words", "C="], programs[1].Environment.Select(variable => $"{variable.Key}={variable.Value}"));
    }

    [Theory]
    [InlineData("inputs: [in.txt]")]
    [InlineData("inputs: {data: tree}")]
    [InlineData("stdin: in.txt")]
    public void ACommandWithoutWhatItIsGivenIsAbsent(string given)
    {
        _folder.Write("a.wasm", "");
        Assert.Equal($"there is no file {_folder.File(given.Contains("tree", StringComparison.Ordinal) ? "tree" : "in.txt")}", Read($"- {{name: a, file: a.wasm, host: wasi, {given}}}")[0].Absence);
    }

    [Theory]
    [InlineData("text-file")]
    [InlineData("error-text-file")]
    public void AProgramWithoutTheFileOfItsExpectedTextIsAbsent(string field)
    {
        _folder.Write("a.wasm", "");
        var manifest = $"- {{name: a, file: a.wasm, host: wasi, check: {{{field}: expected.txt}}}}";
        Assert.Equal($"there is no file {_folder.File("expected.txt")}", Read(manifest)[0].Absence);
        _folder.Write("expected.txt", "words");
        var program = Read(manifest)[0];
        Assert.Null(program.Absence);
        Assert.Equal("words", program.Check.Text ?? program.Check.ErrorText);
    }

    [Fact]
    public void ABenchmarkThatPrintsItsTimesHasARowForEach()
    {
        var program = Read("""
            - name: bench
              file: a.wasm
              host: wasi
              metric: {pattern: '(?<name>[a-z]+): (?<value>[0-9.]+) us', unit: us, names: [b, a]}
            """)[0];
        Assert.Equal(["suite/bench/b", "suite/bench/a"], program.Workloads.Select(workload => workload.Name));
        Assert.Equal(1, program.Iterations);
        var (times, mistake) = program.Metric!.Read("a: 1500 us\nnothing\nb: 2.5 us\n");
        Assert.Null(mistake);
        Assert.Equal((1.5, 0.0025), (times["a"], times["b"]));
        Assert.Equal("it printed no time of b", program.Metric.Read("a: 1500 us").Mistake);
    }

    [Theory]
    [InlineData("- {name: a, file: a.wasm, hsot: none}", "there is no field 'hsot' here")]
    [InlineData("- {name: a}", "each entry needs a name, and a file, a build, a source or scripts")]
    [InlineData("- {name: a, source: a.dart}", "a program with the host dart has a source")]
    [InlineData("- {name: a, host: dart, source: a.dart, file: a.wasm}", "a program with the host dart has a source")]
    [InlineData("- {name: a, file: a.wasm, host: browser}", "program 'a': unknown host 'browser'; there are none, wasi")]
    [InlineData("- {name: a, file: a.wasm, host: javascript}", "program 'a': the host javascript needs a driver")]
    [InlineData("- {name: a, file: a.wasm, driver: x}", "program 'a': only the hosts javascript and emscripten have drivers")]
    [InlineData("- {name: a, file: a.wasm, host: emscripten}", "program 'a': the host emscripten needs a driver")]
    [InlineData("- {name: a, file: a.wasm, package: left-pad}", "program 'a': unknown package 'left-pad'; there are quickjs, sqlite")]
    [InlineData("- {name: a, package: sqlite, build: {command: 'true', sources: [a]}}", "program 'a': a package needs the path of the module in it")]
    [InlineData("- {name: a, file: a.wasm, args: [7]}", "program 'a': '7' is not a typed number such as i32:7")]
    [InlineData("- {name: a, file: a.wasm, host: stubs, iteration: call}", "program 'a': an iteration of a program with the host stubs is an instance, not a 'call'")]
    [InlineData("- {name: a, file: a.wasm, iteration: script}", "program 'a': an iteration of a program with the host none is no 'script'")]
    [InlineData("- {name: a, file: a.wasm, iterations: -1}", "iterations must be in 0..1000000, not -1")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, metric: {pattern: x, names: [y]}}", "needs the groups (?<name>…) and (?<value>…)")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, metric: {pattern: '(?<name>x)(?<value>y)', unit: h, names: [y]}}", "unknown unit 'h'")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, metric: {pattern: '(?<name>x)(?<value>y)'}}", "needs the names that must occur")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, check: {pattern: '('}}", "program 'a': Invalid pattern '('")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, check: {pattern: '(?=x)'}}", "looks around or back, which is not supported")]
    [InlineData("- {name: a, build: {command: 'true'}}", "a build needs a command and its sources")]
    [InlineData("- {name: a, file: a.wasm, arguments: [-v]}", "program 'a': a program with the host none whose iteration is a 'call' has no command line; leave out its arguments")]
    [InlineData("- {name: a, source: a.dart, host: dart, arguments: [-v]}", "program 'a': a program with the host dart whose iteration is a 'call' has no command line; leave out its arguments")]
    [InlineData("- {name: a, file: a.wasm, stdin: in.txt}", "program 'a': only the hosts wasi and sightglass give a program inputs, a standard input and environment variables, not none")]
    [InlineData("- {name: a, source: a.dart, host: dart, environment: {A: b}}", "only the hosts wasi and sightglass give a program inputs")]
    [InlineData("- {name: a, file: a.wasm, host: stubs, inputs: [in.txt]}", "only the hosts wasi and sightglass give a program inputs")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, inputs: in.txt}", "program 'a': inputs are a list of files and folders, [in.txt], or a table of them")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, inputs: [[in.txt]]}", "program 'a': inputs are a list of files and folders, [in.txt], or a table of them")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, inputs: {data: }}", "program 'a': inputs are a list of files and folders, [in.txt], or a table of them")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, inputs: [..]}", "program 'a': an input cannot stand at '..'")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, inputs: {../in.txt: in.txt}}", "program 'a': an input cannot stand at '../in.txt'; a place is a path from the program's folder down")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, inputs: {/in.txt: in.txt}}", "program 'a': an input cannot stand at '/in.txt'")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, environment: {1: b}}", "program 'a': '1' is no name of an environment variable")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, environment: {A=B: c}}", "program 'a': 'A=B' is no name of an environment variable")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, environment: {A: \"\\0\"}}", "program 'a': the environment variable 'A' has a zero in its value, where it would end")]
    [InlineData("- {name: a, file: a.wasm, host: wasi, environment: {A: }}", "there is no value at '1/environment/A'")]
    [InlineData("- {name: a, file: a.wasm}\n- {name: a, file: b.wasm}", "two programs are named 'suite/a'")]
    public void MistakesAreExplainedInOneLine(string text, string part)
    {
        var mistake = Assert.Throws<HarnessException>(() => Read(text));
        Assert.Contains(part, mistake.Message, StringComparison.Ordinal);
        Assert.Contains("programs.yaml", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Theory]
    [InlineData("hello \n", 0, null)]
    [InlineData("hullo", 0, "it printed 'hullo' instead of 'hello'")]
    [InlineData("hello", 2, "it ended with exit code 2 instead of 0")]
    public void OutputsAreChecked(string text, int exitCode, string? mistake)
    {
        var output = new WorkerOutputText { Text = text, Sha256 = OutputRecorder.HashOfText(System.Text.Encoding.UTF8.GetBytes(text)), ExitCode = exitCode };
        Assert.Equal(mistake, new ResultCheck { Text = "hello\n" }.FindMistake(output));
    }

    [Theory]
    [InlineData("done\n", null)]
    [InlineData("failed", "it wrote 'failed' to its standard error instead of 'done'")]
    public void WhatAProgramWritesToItsStandardErrorIsChecked(string error, string? mistake)
    {
        _folder.Write("expected.txt", "done\n");
        var check = Read("- {name: a, file: a.wasm, host: wasi, check: {text: '', error-text-file: expected.txt}}")[0].Check;
        Assert.True(check.SaysAnything);
        var recorder = new OutputRecorder();
        recorder.Add(new Harness.Hosts.ProgramOutput { ErrorText = error });
        Assert.Equal(mistake, check.FindMistake(Assert.Single(recorder.All)));
    }

    [Fact]
    public void ThatNothingIsPrintedIsNoCheckThatSaysAnything() =>
        Assert.False(Read("- {name: a, file: a.wasm, host: wasi, check: {text: ''}}")[0].Check.SaysAnything);

    [Fact]
    public void ASourceIsBuiltAgainOnlyWhenItChanged()
    {
        _folder.Write("source.txt", Guid.NewGuid().ToString());
        var build = new ModuleBuild("cat source.txt >$OUTPUT; echo . >>log", ["source.txt"]);
        var first = build.Run("test", _folder.Path);
        Assert.Equal(first, build.Run("test", _folder.Path));
        Assert.Single(File.ReadAllLines(_folder.File("log")));
        _folder.Write("source.txt", Guid.NewGuid().ToString());
        var second = build.Run("test", _folder.Path);
        Assert.Equal(File.ReadAllText(_folder.File("source.txt")), File.ReadAllText(second));
        File.Delete(first);
        File.Delete(second);

        var mistake = Assert.Throws<HarnessException>(() => new ModuleBuild("echo no such thing >&2; exit 3", ["source.txt"]).Run("test", _folder.Path));
        Assert.Contains("ended with code 3", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("no such thing", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoNameIsBothOfTheProjectAndOfASuite()
    {
        // Manifests of suites are read only for names that the project itself does not have: the same name in both would mean less than it says.
        var own = ProgramCatalog.Read().Own.SelectMany(program => program.Workloads.Select(workload => workload.Name).Append(program.Name).Append(program.Group)).ToHashSet();
        var known = SuiteCatalog.Known.SelectMany(suite => SuiteCatalog.ReadKnown(suite).SelectMany(program => (string[])[suite, program.Name, program.Group]));
        Assert.All(known, name => Assert.False(name.Length > 0 && own.Contains(name), name));
    }

    [Fact]
    public void ProgramsOfSuitesAreFoundWithoutBeingAskedForBefore()
    {
        Assert.Equal("dart/list", ProgramCatalog.Read().Find("dart/list").Name);
        Assert.NotEmpty(ProgramCatalog.Read().Select("libsodium"));
        Assert.Contains("did you mean 'dart/list", Assert.Throws<HarnessException>(() => ProgramCatalog.Read().Select("dart/lists")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheKnownSuitesCanBeReadWithoutTheirFolders()
    {
        var catalog = ProgramCatalog.Read();
        Assert.Equal(23, catalog.Select("dart/micro").Count);
        Assert.All((string[])["dart", "jetstream", "sightglass"], suite => Assert.All(catalog.Programs.Where(program => program.Suite == suite), program => Assert.Contains($"--suite {suite}=FOLDER", program.Absence, StringComparison.Ordinal)));
    }

    private IReadOnlyList<ProgramDefinition> Read(string text) => ProgramManifest.Read(_folder.Write("programs.yaml", text), "suite", _folder.Path);
}
