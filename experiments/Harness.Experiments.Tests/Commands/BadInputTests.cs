using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Whatever the user gets wrong is answered in one line, without a stack trace, and with an exit code that is not 0.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Header = "engine,configuration,workload,repetition,compile_ms,instantiate_ms,warm_up_calls,warm_up_ms,settled,execute_ms,execute_min_ms,execute_max_ms,timed_calls,optimized_bytes,baseline_bytes,tier_ups,deopts,finished_utc\n";

    /// <summary>An empty word of a command.</summary>
    private const string Empty = "\"\"";

    private static readonly string GoldenFile = Path.Combine(ProjectLayout.Root, "experiments", "Harness.Experiments.Tests", "Commands", "mistakes.txt");
    private static readonly Dictionary<string, string> Golden = ReadGolden();

    private readonly TemporaryFolder _folder = new();

    public BadInputTests()
    {
        // What is installed on first need would say so in a line of its own.
        _ = NodeInstallation.FontPath("DejaVuSans.ttf");
        _folder.Write("text.wat", "(module (fun))");
        _folder.Write("invalid.wat", "(module (func (export \"main\") i32.add drop))");
        _folder.Write("good.wat", "(module (func (export \"main\") (param i32) (result i32) local.get 0))");
        _folder.Write("wasi.wat", "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func (param i32) (result i32))) (memory (export \"memory\") 1) (func (export \"_start\")))");
        _folder.Write("wasi-no-memory.wat", "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func $close (param i32) (result i32))) (func (export \"_start\") (drop (call $close (i32.const 1)))))");
        _folder.Write("wasi-start.wat", "(module (memory (export \"memory\") 100) (func (export \"_start\") (param i32)))");
        _folder.Write("emscripten.wat", "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func (param i32) (result i32))) (import \"env\" \"emscripten_get_now\" (func (result f64))) (func (export \"main\")))");
        _folder.Write("start-trap.wat", "(module (func $start unreachable) (start $start) (func (export \"main\")))");
        _folder.Write("program.dart", "void main() {}");
        _folder.Write("endless.wat", "(module (func (export \"main\") (loop (br 0))))");
        _folder.Write("cut.feedback", "harness-feedback 2\nmodule 00\n");
        const string other = "harness-feedback 2\nmodule 00\n";
        _folder.Write("other.feedback", $"{other}end {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(other)))}\n");
        _folder.Write("truncated.wasm", "\0asm\u0001\0\0\0\u0001");
        _folder.Write("notcsv.txt", "x");
        Directory.CreateDirectory(_folder.File("damaged"));
        _folder.Write("damaged/results.csv", "some,thing\n1,2\n");
        WriteResults("semicolons", "engine;configuration;workload;repetition;execute_ms\nours;a;two-targets;1;2.5\n");
        WriteResults("plain", Header + Row(1, "2.5"));
        WriteResults("null-machine", Header + Row(1, "2.5"));
        _folder.Write("null-machine/provenance.json", "{\"sweep\": \"a\", \"seed\": 1, \"repetitions\": 1, \"machine\": null, \"engines\": {}, \"fingerprints\": {}, \"knobs\": {}, \"runs\": []}");
        const string machine = "{\"cpu\": \"a\", \"cores\": 1, \"memoryGiB\": 1, \"kernel\": \"a\", \"system\": \"a\", \"dotnet\": \"a\"}";
        WriteResults("no-run", Header + Row(1, "2.5"));
        _folder.Write("no-run/provenance.json", $"{{\"sweep\": \"a\", \"seed\": 1, \"repetitions\": 1, \"machine\": {machine}, \"engines\": {{}}, \"fingerprints\": {{}}, \"knobs\": {{}}, \"runs\": []}}");
        WriteResults("null-workload", Header + Row(1, "2.5"));
        _folder.Write("null-workload/provenance.json", $"{{\"sweep\": \"a\", \"seed\": 1, \"repetitions\": 1, \"machine\": {machine}, \"engines\": {{}}, \"fingerprints\": {{}}, \"knobs\": {{}}, \"runs\": [], \"workloads\": [null]}}");
        WriteResults("torn-provenance", Header + Row(1, "2.5"));
        _folder.Write("torn-provenance/provenance.json", "{\"sweep\": \"a\", \"se");
        WriteResults("nan", Header + Row(1, "2.5") + Row(2, "NaN"));
        WriteResults("word", Header + Row(1, "2.5") + Row(2, "two"));
        WriteResults("doubled", Header + Row(1, "2.5") + Row(1, "2.5"));
        _folder.Write("null-knob.yaml", "workloads: [two-targets]\nknobs: {deopt: }\nconfigurations: [{name: a}]\n");
        _folder.Write("null-grid.yaml", "workloads: [two-targets]\ngrid: {inlining.budget: }\n");
        _folder.Write("null-engines.yaml", "workloads: [two-targets]\nengines:\n# - ours\nconfigurations: [{name: a}]\n");
        _folder.Write("null-configuration.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, ~]\n");
        _folder.Write("null-name.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, {name: }]\n");
        _folder.Write("null-train.yaml", "knobs: {deopt: }\ntrain: [targets, ~]\nbudget: {processes: 2000}\n");
        _folder.Write("huge-grid.yaml", "workloads: [two-targets]\ngrid:\n" + string.Concat(((string[])["inlining.budget", "inlining.max-size", "inlining.factor", "inlining.min-budget"])
            .Select(knob => $"  {knob}: [{string.Join(", ", Enumerable.Range(1, 200))}]\n")));
        _folder.Write("config-value.yaml", "deopt: maybe\n");
        _folder.Write("config-13.yaml", "inlining.budget: 1300\n");
        _folder.Write("config-14.yaml", "inlining.budget: 1400\n");
        _folder.Write("config-name.yaml", "deoptt: on\n");
        _folder.Write("config-empty.yaml", "deopt:\n");
        _folder.Write("oracle.yaml", "inlining.budget: 3000\n");
        _folder.Write("list-root.yaml", "- a\n- b\n");
        _folder.Write("no-workloads.yaml", "configurations: [{name: a}]\n");
        _folder.Write("large-seed.yaml", "workloads: [two-targets]\nseed: 99999999999999999999\n");
        _folder.Write("syntax.yaml", "workloads: [two-targets\ngrid: {a: [1\n");
        _folder.Write("negative.yaml", "workloads: [two-targets]\nrepetitions: -5\nconfigurations: [{name: a}]\n");
        _folder.Write("no-name.yaml", "workloads: [two-targets]\nconfigurations: [{title: a}]\n");
        _folder.Write("two-names.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, {name: a}]\n");
        _folder.Write("baseline.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}]\nbaseline: b\n");
        _folder.Write("field.yaml", "workloads: [two-targets]\nrepetition: 3\n");
        _folder.Write("twice.yaml", "workloads: [two-targets]\nseed: 1\nseed: 2\n");
        _folder.Write("empty.yaml", "");
        _folder.Write("knob.yaml", "workloads: [two-targets]\nconfigurations: [{name: a, knobs: {inlinig.budget: 3}}]\n");
        _folder.Write("value.yaml", "workloads: [two-targets]\nconfigurations: [{name: a, knobs: {deopt: perhaps}}]\n");
        _folder.Write("workload.yaml", "workloads: [two-target]\nconfigurations: [{name: a}]\n");
        _folder.Write("text.yaml", "workloads: two-targets\nconfigurations: [{name: a}]\n");
        WriteManifest("manifest-host", "- {name: a, file: a.wasm, host: browser}\n");
        WriteManifest("manifest-twice", "- {name: a, file: a.wasm}\n- {name: a, file: b.wasm}\n");
        WriteManifest("manifest-null", "- {name: a, file: a.wasm, args: [~]}\n");
        WriteManifest("manifest-null-entry", "- {name: a, file: a.wasm}\n-\n");
        _folder.Write("engine.yaml", "engines: [v9]\nworkloads: [two-targets]\nconfigurations: [{name: a}]\n");
    }

    private static string Row(int repetition, string time) => $"ours,a,two-targets,{repetition},1,1,5,100,True,{time},1,1,1,0,0,0,0,2026-11-28T10:00:00.000Z\n";

    private void WriteResults(string name, string rows)
    {
        Directory.CreateDirectory(_folder.File(name));
        _folder.Write($"{name}/results.csv", rows);
        _folder.Write($"{name}/sweep.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}]\n");
    }

    private void WriteManifest(string name, string text)
    {
        Directory.CreateDirectory(_folder.File(name));
        _folder.Write($"{name}/programs.yaml", text);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The wrong commands of the golden file.</summary>
    public static TheoryData<string> Commands => [.. Golden.Keys];

    /// <summary>At least so many mistakes have to be answered.</summary>
    [Fact]
    public void ManyMistakesAreTried() => Assert.InRange(Golden.Count, 100, int.MaxValue);

    [Theory]
    [MemberData(nameof(Commands))]
    public void MistakesAreExplainedInOneLine(string command)
    {
        var (exitCode, output, said) = HarnessProcess.Run(command.Split(' ').Select(word => word == Empty ? "" : word.Replace("{0}", _folder.Path, StringComparison.Ordinal)));
        var error = said.TrimEnd();

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("harness: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        var line = error["harness: ".Length..].Replace(_folder.Path, "{0}", StringComparison.Ordinal).Replace(ProjectLayout.Root, "{project}", StringComparison.Ordinal);
        if (!Matches(line, Golden[command]) && Environment.GetEnvironmentVariable("HARNESS_UPDATE_GOLDEN") == "1")
        {
            Update(command, line);
        }
        else
        {
            Assert.True(Matches(line, Golden[command]), $"'harness {command}' answers\n{line}\nand not\n{Golden[command]}");
        }
    }

    private static Dictionary<string, string> ReadGolden()
    {
        var lines = File.ReadAllLines(GoldenFile);
        return Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("> ", StringComparison.Ordinal)).ToDictionary(i => lines[i][2..], i => lines[i + 1]);
    }

    /// <summary>Whether a line is as a pattern says, in which an ellipsis stands for any text.</summary>
    private static bool Matches(string line, string pattern) =>
        System.Text.RegularExpressions.Regex.IsMatch(line, "^" + string.Join(".*", pattern.Split('…').Select(System.Text.RegularExpressions.Regex.Escape)) + "$");

    private static void Update(string command, string line)
    {
        var lines = File.ReadAllLines(GoldenFile);
        lines[Array.IndexOf(lines, "> " + command) + 1] = line;
        File.WriteAllText(GoldenFile, string.Join('\n', lines) + "\n");
    }
}
