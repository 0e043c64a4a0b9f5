using System.Diagnostics;
using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Tests.Wasi;

/// <summary>Runs a WASI program in our host, in Node and in Wasmtime, each with a folder, arguments, environment and input that are the same.</summary>
internal static class Runners
{
    public const string Input = "first line\nsecond line\n";

    /// <summary>What stands for the exit code of a program that trapped.</summary>
    private const int TrapCode = -1;

    private static readonly string[] Arguments = ["program", "an argument", "", "ü"];
    private static readonly (string, string)[] Environment = [("FIRST", "one"), ("SECOND", "two words")];

    public static Outcome RunOurs(string module, EngineOptions? options = null)
    {
        using var folder = new TestFolder();
        return RunOurs(module, wasi => wasi.Preopen("/d", folder.Path), folder.Describe, options);
    }

    public static Outcome RunOurs(string module, Action<WasiOptions> prepare, Func<string> describe, EngineOptions? options = null, WasiClock? clock = null, ulong? seed = null)
    {
        using var output = new MemoryStream();
        using var errorOutput = new MemoryStream();
        var wasi = new WasiOptions
        {
            StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            StandardOutput = output,
            StandardError = errorOutput,
            Clock = clock ?? WasiClock.System,
            RandomSeed = seed,
        };
        wasi.Arguments.Clear();
        foreach (var argument in Arguments)
        {
            wasi.Arguments.Add(argument);
        }

        foreach (var (name, value) in Environment)
        {
            wasi.Environment.Add(new(name, value));
        }

        prepare(wasi);
        using var host = new WasiHost(wasi);
        using var store = new Store(options);
        var code = host.Run(store, WasmModule.FromFile(module));
        return new Outcome(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errorOutput.ToArray()), describe());
    }

    public static Outcome RunNode(string module)
    {
        using var folder = new TestFolder();
        var script = Path.Combine(ProgramFolder, "..", "run-wasi.mjs");
        using var process = Process.Start(new ProcessStartInfo(NodeInstallation.NodePath, ["--no-warnings", script, module, folder.Path, .. Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(Input);
        process.StandardInput.Close();
        var errorOutput = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, errorOutput.GetAwaiter().GetResult(), folder.Describe());
    }

    public static Outcome RunWasmtime(string module)
    {
        using var folder = new TestFolder();
        var streams = Directory.CreateTempSubdirectory("harness-wasmtime-");
        try
        {
            string[] paths = [.. new[] { "in", "out", "err" }.Select(name => Path.Combine(streams.FullName, name))];
            File.WriteAllText(paths[0], Input);
            var code = 0;
            using (var engine = new Wasmtime.Engine())
            using (var compiled = Wasmtime.Module.FromFile(engine, module))
            using (var linker = new Wasmtime.Linker(engine))
            using (var store = new Wasmtime.Store(engine))
            {
                linker.DefineWasi();
                store.SetWasiConfiguration(new Wasmtime.WasiConfiguration()
                    .WithArgs(Arguments)
                    .WithEnvironmentVariables(Environment)
                    .WithPreopenedDirectory(folder.Path, "/d", mutable: true)
                    .WithStandardInput(paths[0])
                    .WithStandardOutput(paths[1])
                    .WithStandardError(paths[2]));
                try
                {
                    linker.Instantiate(store, compiled).GetAction("_start")!();
                }
                catch (Wasmtime.WasmtimeException e)
                {
                    code = e.ExitCode ?? TrapCode;
                }
            }

            return new Outcome(code, File.ReadAllText(paths[1]), File.ReadAllText(paths[2]), folder.Describe());
        }
        finally
        {
            streams.Delete(recursive: true);
        }
    }

    /// <summary>The folder of the programs' sources and modules.</summary>
    public static string ProgramFolder => Path.Combine(Experiments.ProjectLayout.Root, "engine", "Harness.Hosts.Tests", "Wasi", "Programs");
}
