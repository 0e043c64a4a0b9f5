using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts;
using Harness.Hosts.Wasi;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A WASI command. Each iteration has a store and an instance of its own, a folder in memory with the program's inputs, and its standard input from the beginning. What is timed begins when the
/// folder is there, with the store and the host that is given it, and ends with the program, as on other engines; Sightglass's programs tell by <c>bench.start</c> and <c>bench.end</c> what is to be
/// timed.
/// </summary>
internal sealed class WasiProgramHost(WorkerProgram program, EngineOptions options, bool hasBench) : ProgramHost(program, options)
{
    private static readonly FunctionType Signal = FunctionType.Of([], []);

    /// <summary>What is in the files among the inputs, by their places.</summary>
    private readonly Dictionary<string, byte[]> _contents = [];

    private byte[] _standardInput = [];
    private Store? _store;

    public override void Load()
    {
        foreach (var input in Program.Inputs)
        {
            if (input.File is { } file)
            {
                _contents.Add(input.Place, File.ReadAllBytes(file));
            }
        }

        if (Program.StandardInput is { } path)
        {
            _standardInput = File.ReadAllBytes(path);
        }

        base.Load();
    }

    public override ProgramOutput Iterate()
    {
        // The instance that ran last stays, so that it can be explained.
        if (_store is not null)
        {
            CloseStore(_store);
        }

        var folder = MakeFolder();
        using var input = new MemoryStream(_standardInput, writable: false);
        using var output = new CapturedOutput();
        using var errors = new CapturedOutput();
        var wasiOptions = new WasiOptions { StandardInput = input, StandardOutput = output, StandardError = errors }.Preopen(".", folder);
        wasiOptions.Arguments[0] = Path.GetFileName(Program.Module!);
        foreach (var argument in Program.Arguments)
        {
            wasiOptions.Arguments.Add(argument);
        }

        foreach (var variable in Program.Environment)
        {
            wasiOptions.Environment.Add(variable);
        }

        var cpuBefore = WorkerLoop.CpuMs;
        var begun = Stopwatch.GetTimestamp();
        _store = OpenStore();
        using var wasi = new WasiHost(wasiOptions);

        long started = 0;
        double? benchMs = null;
        double? benchCpuMs = null;
        var imports = wasi.Define(HostModules.CreateStringImports());
        if (hasBench)
        {
            // Functions on slots need no code to be generated for them.
            imports.Define("bench", "start", HostFunction.Create(Signal, (_, _) =>
            {
                cpuBefore = WorkerLoop.CpuMs;
                started = Stopwatch.GetTimestamp();
            }));
            imports.Define("bench", "end", HostFunction.Create(Signal, (_, _) =>
            {
                benchMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                benchCpuMs = WorkerLoop.CpuMs - cpuBefore;
            }));
        }

        var instance = Instantiate(_store, imports);
        if (instance.Export("_start") is not WasmFunction start)
        {
            throw new ProgramException("the module exports no function '_start': it is no WASI command");
        }

        if (start.Type.Parameters.Length > 0)
        {
            throw new ProgramException($"the function '_start' takes parameters ({start.Type}): it is none of a WASI command");
        }

        var exitCode = WasiHost.RunToExit(() => start.Invoke());
        var elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var cpuMs = WorkerLoop.CpuMs - cpuBefore;
        return new ProgramOutput
        {
            Text = output.ToText(),
            Bytes = output.ToArray(),
            ErrorText = errors.ToText(),
            ExitCode = exitCode,
            TimedMilliseconds = benchMs ?? elapsed,
            TimedCpuMilliseconds = benchCpuMs ?? cpuMs,
            Files = folder.List().Where(name => !name.EndsWith('/') && !_contents.ContainsKey(name) && folder.ReadFile(name) is not null).ToDictionary(name => name, name => folder.ReadFile(name)!),
        };
    }

    private MemoryFolder MakeFolder()
    {
        var folder = new MemoryFolder();
        foreach (var input in Program.Inputs)
        {
            if (input.Link is { } target)
            {
                folder.AddLink(input.Place, target);
            }
            else if (_contents.TryGetValue(input.Place, out var content))
            {
                folder.AddFile(input.Place, content);
            }
            else
            {
                folder.AddFolder(input.Place);
            }
        }

        return folder;
    }
}
