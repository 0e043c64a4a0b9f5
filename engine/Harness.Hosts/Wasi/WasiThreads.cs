using System.Runtime.ExceptionServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Wasi;

/// <summary>
/// The threads of a program by the proposal wasi-threads (repository WebAssembly/wasi-threads): each is an instance of the program's module in a
/// store and on a thread of its own, and all import the same memories. When the main thread returns, or any thread exits or traps, the program
/// has ended, and all others are interrupted. A thread that reads a stream of .NET is waited for until it has read.
/// </summary>
internal sealed class WasiThreads : IDisposable
{
    private const string ModuleName = "wasi";
    private const string SpawnName = "thread-spawn";
    private const string StartName = "wasi_thread_start";

    /// <summary>The most threads that a program has at a time, the main one aside.</summary>
    private const int MostThreads = 256;

    /// <summary>The highest number of a thread.</summary>
    private const int LastNumber = 0x1FFF_FFFF;

    private readonly Lock _gate = new();
    private readonly WasmModule _module;
    private readonly Imports _imports;
    private readonly Action<Thread> _start;
    private readonly List<SharedMemory> _memories = [];
    private readonly List<Store> _stores = [];
    private readonly List<Thread> _threads = [];
    private readonly CancellationTokenSource _ending = new();
    private int _lastNumber;
    private int _exitCode;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Readies a program for threads.</summary>
    /// <param name="functions">The functions that its threads call; from now on they may be called by several at a time.</param>
    /// <param name="module">The program.</param>
    /// <param name="imports">What it imports. Its memories and the function that makes a thread are added.</param>
    /// <param name="start">Starts a thread; null for the system's way.</param>
    /// <exception cref="InsufficientMemoryException">There is no room for its memories.</exception>
    public WasiThreads(WasiFunctionTable functions, WasmModule module, Imports imports, Action<Thread>? start = null)
    {
        _start = start ?? (static thread => thread.Start());
        _module = module;
        _imports = imports;
        functions.Ending = _ending.Token;
        var type = FunctionType.Of([ValueType.I32], [ValueType.I32]);
        imports.Define(ModuleName, SpawnName, HostFunction.Create(type, (caller, slots) => slots[0] = unchecked((uint)Spawn(caller.Store.Engine, (int)slots[0]))));
        foreach (var import in module.Imports)
        {
            if (import.Kind != ExternalKind.Memory || !module.Memories[import.Index].Type.IsShared)
            {
                continue;
            }

            var memory = new SharedMemory(module.Memories[import.Index].Type);
            _memories.Add(memory);
            imports.Define(import.ModuleName, import.Name, memory);
        }
    }

    /// <summary>Whether a program makes threads.</summary>
    public static bool AreUsedBy(WasmModule module) =>
        module.Imports.Any(import => import is { Kind: ExternalKind.Function, ModuleName: ModuleName, Name: SpawnName });

    /// <summary>Runs the program.</summary>
    /// <param name="store">The store of its main thread.</param>
    /// <param name="begin">Calls what the main thread begins with.</param>
    /// <returns>The exit code.</returns>
    public int Run(Store store, Action<Instance> begin)
    {
        Enlist(store);
        RunThread(store, isMain: true, () => begin(store.Instantiate(_module, _imports)));
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        // The main thread may have ended just before it was to be interrupted.
        store.TryTakeInterrupt();
        _failure?.Throw();
        return _exitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in _memories)
        {
            memory.Dispose();
        }

        _ending.Dispose();
    }

    /// <summary>Makes a thread, which begins with <c>wasi_thread_start</c>.</summary>
    /// <returns>Its number, from 1; negative if there can be none.</returns>
    private int Spawn(WasmEngine engine, int argument)
    {
        const int failure = -(int)Errno.Again;
        var store = new Store(engine);
        var isStarted = false;
        try
        {
            var start = store.Instantiate(_module, _imports).GetFunction(StartName);
            if (start.Type.Parameters is not [{ Kind: ValueKind.I32 }, { Kind: ValueKind.I32 }])
            {
                throw new ProgramException($"the program exports '{StartName}' as a function of type {start.Type}, where its parameters are i32 and i32");
            }

            lock (_gate)
            {
                if (_ending.IsCancellationRequested || _stores.Count > MostThreads || _lastNumber == LastNumber)
                {
                    return failure;
                }

                var number = ++_lastNumber;
                var thread = new Thread(
                    () =>
                    {
                        using (store)
                        {
                            RunThread(store, isMain: false, () => start.Invoke(number, argument));
                        }
                    },
                    checked(engine.Options.StackSize * 1024)) { IsBackground = true };
                _start(thread);
                _threads.Add(thread);
                _stores.Add(store);
                isStarted = true;
                return number;
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException or KeyNotFoundException)
        {
            // Also where the system has no thread left.
            return failure;
        }
        finally
        {
            if (!isStarted)
            {
                store.Dispose();
            }
        }
    }

    private void RunThread(Store store, bool isMain, Action action)
    {
        try
        {
            var exitCode = 0;
            var exits = isMain;
            try
            {
                action();
            }
            catch (WasiExitException exit)
            {
                exitCode = exit.ExitCode;
                exits = true;
            }

            if (exits)
            {
                End(exitCode, null);
            }
        }
#pragma warning disable CA1031 // It is thrown again where the program was started.
        catch (Exception e)
#pragma warning restore CA1031
        {
            End(0, ExceptionDispatchInfo.Capture(e));
        }
        finally
        {
            lock (_gate)
            {
                _stores.Remove(store);
            }
        }
    }

    private void Enlist(Store store)
    {
        lock (_gate)
        {
            _stores.Add(store);
        }
    }

    /// <summary>Ends the program, unless it has ended: what ends it first says how.</summary>
    private void End(int exitCode, ExceptionDispatchInfo? failure)
    {
        lock (_gate)
        {
            if (_ending.IsCancellationRequested)
            {
                return;
            }

            _exitCode = exitCode;
            _failure = failure;
            _ending.Cancel();
            foreach (var store in _stores)
            {
                store.Interrupt();
            }
        }
    }
}
