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

    private readonly TemporaryFolder folder = new();

    public BadInputTests()
    {
        // What is installed on first need would say so in a line of its own.
        _ = NodeInstallation.FontPath("DejaVuSans.ttf");
        folder.Write("text.wat", "(module (fun))");
        folder.Write("invalid.wat", "(module (func (export \"main\") i32.add drop))");
        folder.Write("good.wat", "(module (func (export \"main\") (param i32) (result i32) local.get 0))");
        folder.Write("wasi.wat", "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func (param i32) (result i32))) (memory (export \"memory\") 1) (func (export \"_start\")))");
        folder.Write("wasi-no-memory.wat", "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func $close (param i32) (result i32))) (func (export \"_start\") (drop (call $close (i32.const 1)))))");
        folder.Write("wasi-start.wat", "(module (memory (export \"memory\") 100) (func (export \"_start\") (param i32)))");
        folder.Write("emscripten.wat", "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func (param i32) (result i32))) (import \"env\" \"emscripten_get_now\" (func (result f64))) (func (export \"main\")))");
        folder.Write("start-trap.wat", "(module (func $start unreachable) (start $start) (func (export \"main\")))");
        folder.Write("program.dart", "void main() {}");
        folder.Write("endless.wat", "(module (func (export \"main\") (loop (br 0))))");
        folder.Write("cut.feedback", "harness-feedback 2\nmodule 00\n");
        const string other = "harness-feedback 2\nmodule 00\n";
        folder.Write("other.feedback", $"{other}end {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(other)))}\n");
        folder.Write("truncated.wasm", "\0asm\u0001\0\0\0\u0001");
        folder.Write("notcsv.txt", "x");
        Directory.CreateDirectory(folder.File("damaged"));
        folder.Write("damaged/results.csv", "some,thing\n1,2\n");
        WriteResults("semicolons", "engine;configuration;workload;repetition;execute_ms\nours;a;two-targets;1;2.5\n");
        WriteResults("plain", Header + Row(1, "2.5"));
        WriteResults("null-machine", Header + Row(1, "2.5"));
        folder.Write("null-machine/provenance.json", "{\"sweep\": \"a\", \"seed\": 1, \"repetitions\": 1, \"machine\": null, \"engines\": {}, \"fingerprints\": {}, \"knobs\": {}, \"runs\": []}");
        const string machine = "{\"cpu\": \"a\", \"cores\": 1, \"memoryGiB\": 1, \"kernel\": \"a\", \"system\": \"a\", \"dotnet\": \"a\"}";
        WriteResults("no-run", Header + Row(1, "2.5"));
        folder.Write("no-run/provenance.json", $"{{\"sweep\": \"a\", \"seed\": 1, \"repetitions\": 1, \"machine\": {machine}, \"engines\": {{}}, \"fingerprints\": {{}}, \"knobs\": {{}}, \"runs\": []}}");
        WriteResults("null-workload", Header + Row(1, "2.5"));
        folder.Write("null-workload/provenance.json", $"{{\"sweep\": \"a\", \"seed\": 1, \"repetitions\": 1, \"machine\": {machine}, \"engines\": {{}}, \"fingerprints\": {{}}, \"knobs\": {{}}, \"runs\": [], \"workloads\": [null]}}");
        WriteResults("torn-provenance", Header + Row(1, "2.5"));
        folder.Write("torn-provenance/provenance.json", "{\"sweep\": \"a\", \"se");
        WriteResults("nan", Header + Row(1, "2.5") + Row(2, "NaN"));
        WriteResults("word", Header + Row(1, "2.5") + Row(2, "two"));
        WriteResults("doubled", Header + Row(1, "2.5") + Row(1, "2.5"));
        folder.Write("null-knob.yaml", "workloads: [two-targets]\nknobs: {deopt: }\nconfigurations: [{name: a}]\n");
        folder.Write("null-grid.yaml", "workloads: [two-targets]\ngrid: {inlining.budget: }\n");
        folder.Write("null-engines.yaml", "workloads: [two-targets]\nengines:\n# - ours\nconfigurations: [{name: a}]\n");
        folder.Write("null-configuration.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, ~]\n");
        folder.Write("null-name.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, {name: }]\n");
        folder.Write("null-train.yaml", "knobs: {deopt: }\ntrain: [targets, ~]\nbudget: {processes: 2000}\n");
        folder.Write("huge-grid.yaml", "workloads: [two-targets]\ngrid:\n" + string.Concat(((string[])["inlining.budget", "inlining.max-size", "inlining.factor", "inlining.min-budget"])
            .Select(knob => $"  {knob}: [{string.Join(", ", Enumerable.Range(1, 200))}]\n")));
        folder.Write("config-value.yaml", "deopt: maybe\n");
        folder.Write("config-13.yaml", "inlining.budget: 1300\n");
        folder.Write("config-14.yaml", "inlining.budget: 1400\n");
        folder.Write("config-name.yaml", "deoptt: on\n");
        folder.Write("config-empty.yaml", "deopt:\n");
        folder.Write("oracle.yaml", "inlining.budget: 3000\n");
        folder.Write("list-root.yaml", "- a\n- b\n");
        folder.Write("no-workloads.yaml", "configurations: [{name: a}]\n");
        folder.Write("large-seed.yaml", "workloads: [two-targets]\nseed: 99999999999999999999\n");
        folder.Write("syntax.yaml", "workloads: [two-targets\ngrid: {a: [1\n");
        folder.Write("negative.yaml", "workloads: [two-targets]\nrepetitions: -5\nconfigurations: [{name: a}]\n");
        folder.Write("no-name.yaml", "workloads: [two-targets]\nconfigurations: [{title: a}]\n");
        folder.Write("two-names.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, {name: a}]\n");
        folder.Write("baseline.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}]\nbaseline: b\n");
        folder.Write("field.yaml", "workloads: [two-targets]\nrepetition: 3\n");
        folder.Write("twice.yaml", "workloads: [two-targets]\nseed: 1\nseed: 2\n");
        folder.Write("empty.yaml", "");
        folder.Write("knob.yaml", "workloads: [two-targets]\nconfigurations: [{name: a, knobs: {inlinig.budget: 3}}]\n");
        folder.Write("value.yaml", "workloads: [two-targets]\nconfigurations: [{name: a, knobs: {deopt: perhaps}}]\n");
        folder.Write("workload.yaml", "workloads: [two-target]\nconfigurations: [{name: a}]\n");
        folder.Write("text.yaml", "workloads: two-targets\nconfigurations: [{name: a}]\n");
        WriteManifest("manifest-host", "- {name: a, file: a.wasm, host: browser}\n");
        WriteManifest("manifest-twice", "- {name: a, file: a.wasm}\n- {name: a, file: b.wasm}\n");
        WriteManifest("manifest-null", "- {name: a, file: a.wasm, args: [~]}\n");
        WriteManifest("manifest-null-entry", "- {name: a, file: a.wasm}\n-\n");
        folder.Write("engine.yaml", "engines: [v9]\nworkloads: [two-targets]\nconfigurations: [{name: a}]\n");
    }

    private static string Row(int repetition, string time) => $"ours,a,two-targets,{repetition},1,1,5,100,True,{time},1,1,1,0,0,0,0,2026-11-28T10:00:00.000Z\n";

    private void WriteResults(string name, string rows)
    {
        Directory.CreateDirectory(folder.File(name));
        folder.Write($"{name}/results.csv", rows);
        folder.Write($"{name}/sweep.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}]\n");
    }

    private void WriteManifest(string name, string text)
    {
        Directory.CreateDirectory(folder.File(name));
        folder.Write($"{name}/programs.yaml", text);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The wrong commands of the golden file.</summary>
    public static TheoryData<string> Commands => [.. Golden.Keys];

    /// <summary>At least so many mistakes have to be answered.</summary>
    [Fact]
    public void ManyMistakesAreTried() => Assert.InRange(Golden.Count, 100, int.MaxValue);

    [Theory]
    [MemberData(nameof(Commands))]
    public void MistakesAreExplainedInOneLine(string command)
    {
        var (exitCode, output, said) = HarnessProcess.Run(command.Split(' ').Select(word => word == Empty ? "" : word.Replace("{0}", folder.Path, StringComparison.Ordinal)));
        var error = said.TrimEnd();

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("harness: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        var line = error["harness: ".Length..].Replace(folder.Path, "{0}", StringComparison.Ordinal).Replace(ProjectLayout.Root, "{project}", StringComparison.Ordinal);
        if (!Matches(line, Golden[command]) && Environment.GetEnvironmentVariable("HARNESS_UPDATE_GOLDEN") == "1")
            Update(command, line);
        else
            Assert.True(Matches(line, Golden[command]), $"'harness {command}' answers\n{line}\nand not\n{Golden[command]}");
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
