using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi.Files;
using Harness.Hosts.Wasi.Functions;

namespace Harness.Hosts.Wasi;

/// <summary>
/// A system for one program by the WebAssembly System Interface, snapshot preview 1 (WASI repository, <c>legacy/preview1/docs.md</c>): all of
/// its functions, as imports of module <c>wasi_snapshot_preview1</c>. Folders of the host can be left by no path. Errors are the
/// specification's numbers; where it names none, those of Linux.
/// </summary>
public sealed class WasiHost : IDisposable
{
    /// <summary>The module from which programs import the functions.</summary>
    public const string ModuleName = "wasi_snapshot_preview1";

    private const int StreamCount = 3;
    private const string Start = "_start";
    private const string Initialize = "_initialize";
    private readonly DescriptorTable _descriptors;
    private readonly WasiFunctionTable _functions = new();

    /// <summary>Makes a host for a run.</summary>
    /// <param name="options">What the program is given.</param>
    /// <exception cref="DirectoryNotFoundException">A folder to be given to the program cannot be opened.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="WasiOptions.MaximumDescriptors"/> is too low for its standard streams and folders.</exception>
    public WasiHost(WasiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumDescriptors, StreamCount + options.Preopens.Count);
        _descriptors = new DescriptorTable(options.MaximumDescriptors);
        AddStream(options, 0, options.StandardInput);
        AddStream(options, 1, options.StandardOutput);
        AddStream(options, 2, options.StandardError);
        foreach (var preopen in options.Preopens)
        {
            AddPreopen(preopen);
        }

        EnvironmentFunctions.Add(_functions, options);
        ClockFunctions.Add(_functions, options.Clock);
        DescriptorFunctions.Add(_functions, _descriptors);
        TransferFunctions.Add(_functions, _descriptors);
        PathFunctions.Add(_functions, _descriptors);
        PollFunctions.Add(_functions, _descriptors, options.Clock);
        ProcessFunctions.Add(_functions);
        SocketFunctions.Add(_functions, _descriptors);
    }

    /// <summary>The names of the functions.</summary>
    public IReadOnlyCollection<string> FunctionNames => _functions.Functions.Keys;

    /// <summary>The functions by name.</summary>
    internal IReadOnlyDictionary<string, HostFunction> Functions => _functions.Functions;

    /// <summary>Says which memory the functions work on, of programs that do not export it under the name that WASI wants.</summary>
    internal void UseMemory(Memory memory) => _functions.UseMemory(memory);

    /// <summary>Offers the functions to modules.</summary>
    /// <returns>The imports.</returns>
    public Imports Define(Imports imports)
    {
        ArgumentNullException.ThrowIfNull(imports);
        foreach (var (name, function) in _functions.Functions)
        {
            imports.Define(ModuleName, name, function);
        }

        return imports;
    }

    /// <summary>
    /// Runs a program: a command from <c>_start</c> to its end; of a library only <c>_initialize</c>, if it has it. A program that imports
    /// <c>thread-spawn</c> from <c>wasi</c> has threads (proposal wasi-threads) and gets the shared memories that it imports; it ends with
    /// its main thread, or with the first that exits or traps.
    /// </summary>
    /// <param name="store">Where to instantiate it, its main thread if it has several.</param>
    /// <param name="module">The program.</param>
    /// <param name="imports">What else it imports; null for nothing.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="LinkException">It imports something that there is not.</exception>
    /// <exception cref="ProgramException">It calls a function of WASI, and exports no memory for it to work on; or what it begins with, or its threads do, has other parameters.</exception>
    /// <exception cref="WasmTrapException">It trapped.</exception>
    /// <exception cref="WasmException">It threw an exception that it did not catch.</exception>
    public int Run(Store store, WasmModule module, Imports? imports = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        var offered = Define(imports ?? new Imports());
        if (!WasiThreads.AreUsedBy(module))
        {
            return RunToExit(() => Begin(store.Instantiate(module, offered)));
        }

        using var threads = new WasiThreads(_functions, module, offered);
        return threads.Run(store, Begin);
    }

    /// <summary>Does something that may end the program.</summary>
    /// <returns>The exit code; 0 if it did not end by <c>proc_exit</c>.</returns>
    public static int RunToExit(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
            return 0;
        }
        catch (WasiExitException exit)
        {
            return exit.ExitCode;
        }
    }

    /// <summary>Closes all files of the program.</summary>
    public void Dispose() => _descriptors.Dispose();

    private static void Begin(Instance instance)
    {
        if ((instance.Export(Start) ?? instance.Export(Initialize)) is not WasmFunction function)
        {
            return;
        }

        if (function.Type.Parameters.Length > 0)
        {
            throw new ProgramException($"what the program exports to begin with is a function of type {function.Type}, which takes parameters");
        }

        function.Invoke();
    }

    private void AddStream(WasiOptions options, int descriptor, Stream? stream)
    {
        WasiFile file = options.InheritStandardStreams
            ? new HostFile(descriptor, FdFlags.None, isOwned: false)
            : new StreamFile(stream ?? Stream.Null);
        var rights = file.Type == FileType.RegularFile ? Rights.RegularFile : Rights.Stream;
        _descriptors.Add(new Descriptor(file, rights & ~(descriptor == 0 ? Rights.FdWrite : Rights.FdRead), Rights.None));
    }

    private void AddPreopen(WasiPreopen preopen)
    {
        WasiFolder folder;
        try
        {
            folder = preopen.Memory is { } memory ? new OpenMemoryFolder(memory.Root) : HostFolder.Open(preopen.HostPath!);
        }
        catch (WasiErrorException error)
        {
            _descriptors.Dispose();
            throw new DirectoryNotFoundException($"the folder {preopen.HostPath} cannot be opened ({error.Error})", error);
        }

        _descriptors.Add(new Descriptor(folder, Rights.Directory, Rights.Directory | Rights.RegularFile) { PreopenPath = preopen.GuestPath });
    }
}
