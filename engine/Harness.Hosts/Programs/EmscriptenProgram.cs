using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Hosts.Emscripten;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Programs;

/// <summary>A program that Emscripten compiled as a library, driven through its exports. The instance lives as long as the program.</summary>
public abstract class EmscriptenProgram : IProgramHost
{
    private readonly string _modulePath;
    private readonly Store _store;
    private EmscriptenHost? _host;

    /// <summary>Makes a program that is not loaded yet.</summary>
    /// <param name="modulePath">The module.</param>
    /// <param name="options">The engine's options; null for the defaults.</param>
    private protected EmscriptenProgram(string modulePath, EngineOptions? options)
    {
        _modulePath = modulePath;
        Engine = new WasmEngine(options);
        _store = new Store(Engine);
    }

    /// <inheritdoc/>
    public WasmEngine Engine { get; }

    /// <inheritdoc/>
    public HeapTotals Heap => HeapTotals.Of(_store);

    /// <inheritdoc/>
    public Instance? Instance => _host?.Instance;

    /// <inheritdoc/>
    public double CompileMilliseconds { get; private set; }

    /// <inheritdoc/>
    public double InstantiateMilliseconds { get; private set; }

    private protected EmscriptenHost Host => _host ?? throw new InvalidOperationException("the program is not loaded yet");

    /// <inheritdoc/>
    public void Load()
    {
        try
        {
            var bytes = File.ReadAllBytes(_modulePath);
            var start = Stopwatch.GetTimestamp();
            var module = Engine.Decode(bytes);
            CompileMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            EmscriptenHost host = new(CreateOptions());
            start = Stopwatch.GetTimestamp();
            host.Instantiate(_store, module);
            InstantiateMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            _host = host;
            Prepare();
        }
        catch (Exception e) when (EndsProgram(e) || e is IOException or UnauthorizedAccessException or LinkException or ModuleException or KeyNotFoundException)
        {
            throw new ProgramException($"{_modulePath}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ProgramOutput Iterate()
    {
        try
        {
            return Run();
        }
        catch (Exception e) when (EndsProgram(e))
        {
            throw new ProgramException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _host?.Dispose();
        _store.Dispose();
        Engine.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the calls of one iteration.</summary>
    private protected abstract ProgramOutput Run();

    /// <summary>What the program is given.</summary>
    private protected abstract EmscriptenOptions CreateOptions();

    /// <summary>Calls what is to be called once.</summary>
    private protected virtual void Prepare()
    {
    }

    /// <summary>Calls an export of integers and addresses.</summary>
    private protected int Call(string name, params ReadOnlySpan<ulong> arguments) => (int)Host.Call(name, arguments);

    /// <summary>Whether an exception says that the program has given up, has exited, or has left all of its functions: one that is driven by calls does none of that.</summary>
    private static bool EndsProgram(Exception exception) => exception is EmscriptenAbortException or EmscriptenException or WasiExitException;
}
