using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts;
using Harness.Hosts.Programs;

namespace Harness.Experiments.Hosting;

/// <summary>What the hosts of programs have in common: an engine, its stores' heaps, the times of the phases. Also opens them by kind.</summary>
internal abstract class ProgramHost : IProgramHost
{
    private readonly List<Store> _stores = [];
    private HeapTotals _past;

    protected ProgramHost(WorkerProgram program, EngineOptions options)
    {
        Program = program;
        Engine = new WasmEngine(options);
    }

    public WasmEngine Engine { get; }

    public HeapTotals Heap
    {
        get
        {
            var sum = _past;
            foreach (var store in _stores)
            {
                sum += HeapTotals.Of(store);
            }

            return sum;
        }
    }

    public Instance? Instance { get; protected set; }

    public double CompileMilliseconds { get; protected set; }

    public virtual double DecodeMilliseconds => Engine.Statistics.DecodeTime.TotalMilliseconds;

    public virtual double ValidateMilliseconds => Engine.Statistics.ValidationTime.TotalMilliseconds;

    public double InstantiateMilliseconds { get; private set; }

    protected WorkerProgram Program { get; }

    /// <summary>The program's module, once it is compiled.</summary>
    protected WasmModule Module { get; private set; } = null!;

    /// <summary>Opens the host that a program needs.</summary>
    /// <param name="program">The program.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="checks">Whether the program is run to see what it gives, not how long it takes: then time passes the same way every time.</param>
    /// <exception cref="ProgramException">There is no such host on this engine.</exception>
    public static IProgramHost Open(WorkerProgram program, EngineOptions options, bool checks) => program.Host switch
    {
        "none" => new PlainHost(program, options),
        "wasi" => new WasiProgramHost(program, options, hasBench: false),
        "sightglass" => new WasiProgramHost(program, options, hasBench: true),
        "javascript" => new ScriptProgramHost(program, options, checks),
        "j2cl" => new J2clHost(program, options),
        "emscripten" => OpenLibrary(program, options),
        "dart" => new DartProgramHost(program, options),
        "stubs" => new StubHost(program, options),
        "traps" => new TrapHost(program, options, checks),
        "compile" => new CompileHost(program, options),
        "instances" => new InstanceHost(program, options, checks),
        _ => throw new ProgramException($"there is no host '{program.Host}' on this engine"),
    };

    /// <summary>Opens what drives a library compiled by Emscripten on this engine: the counterpart of its driver in <c>workloads/drivers</c>.</summary>
    private static IProgramHost OpenLibrary(WorkerProgram program, EngineOptions options) => Path.GetFileNameWithoutExtension(program.Driver) switch
    {
        "sqlite" => new SqliteProgram(program.Module!, PathOf(program, "statements"), options),
        "quickjs" => new QuickJsProgram(program.Module!, PathOf(program, "script"), options),
        var driver => throw new ProgramException($"this engine has no counterpart of the driver '{driver}': libraries compiled by Emscripten are driven by quickjs and sqlite"),
    };

    private static string PathOf(WorkerProgram program, string file) =>
        program.Files.GetValueOrDefault(file) ?? throw new ProgramException($"the driver {Path.GetFileNameWithoutExtension(program.Driver)} needs the file '{file}', which the manifest does not name");

    public virtual void Load() => Compile(File.ReadAllBytes(Program.Module!));

    public abstract ProgramOutput Iterate();

    public void Dispose()
    {
        foreach (var store in _stores)
        {
            store.Dispose();
        }

        Engine.Dispose();
    }

    /// <summary>Makes the module of its bytes.</summary>
    protected void Compile(ReadOnlySpan<byte> bytes)
    {
        var start = Stopwatch.GetTimestamp();
        Module = Engine.Decode(bytes, HostModules.Builtins);
        CompileMilliseconds += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    protected Store OpenStore()
    {
        var store = new Store(Engine);
        _stores.Add(store);
        return store;
    }

    protected void CloseStore(Store store)
    {
        _past += HeapTotals.Of(store);
        _stores.Remove(store);
        store.Dispose();
    }

    /// <summary>Makes an instance of the module.</summary>
    protected Instance Instantiate(Store store, Imports imports)
    {
        var start = Stopwatch.GetTimestamp();
        Instance = store.Instantiate(Module, imports);
        InstantiateMilliseconds += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return Instance;
    }
}
