using Harness.Engine.Runtime;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// Runs JavaScript, unmodified glue of compilers above all, in an embedded V8 whose <c>WebAssembly</c> is this engine. Used on one thread, that which has made it, whose stack must be
/// as large as the engine's options say (<see cref="ExecutionThread"/>).
/// </summary>
public sealed class JavaScriptHost : IDisposable
{
    /// <summary>The largest heap that ClearScript takes for a number of MiB.</summary>
    private const int LargestHeap = 1 << 20;

    private readonly JavaScriptOptions _options;
    private readonly ScriptStack _stack;
    private readonly V8ScriptEngine _script;
    private readonly EngineBinding _binding;
    private readonly HeapLimit _heap;
    private readonly EventLoop _loop;
    private readonly ScriptObject _environment;
    private readonly HashSet<int> _settled = [];
    private readonly Lock _gate = new();
    private readonly Thread _thread = Thread.CurrentThread;
    private int _lastPromise;
    private bool _isInterrupted;

    /// <summary>Whether a script was ended by an interrupt, and what it has left is still there.</summary>
    private bool _hasEnded;

    /// <summary>Starts V8.</summary>
    /// <exception cref="ProgramException">V8's library cannot be restored, or the stack is too small for it.</exception>
    public JavaScriptHost(JavaScriptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Engine.StackSize < ScriptStack.LeastSize)
        {
            throw new ProgramException($"a stack of {options.Engine.StackSize} KiB is too small for JavaScript: set the knob stack.size to at least {ScriptStack.LeastSize} KiB");
        }

        V8Library.Require();
        _options = options;

        // The multiplier is for what V8 does before anybody listens to it.
        var constraints = new V8RuntimeConstraints { MaxOldSpaceSize = Math.Min(options.MaximumHeap, LargestHeap), HeapExpansionMultiplier = 2 };
        _script = new V8ScriptEngine(constraints, V8ScriptEngineFlags.DisableGlobalMembers);
        _stack = new ScriptStack();

        // What ends a script that the host runs for another one ends that as well, which could catch it else, and go on with a heap that is full.
        _script.EnableRuntimeInterruptPropagation = true;
        _script.DocumentSettings.Loader = new ModuleLoader(options.Folder);
        _script.DocumentSettings.ContextCallback = document => new Dictionary<string, object> { ["url"] = document.Uri?.AbsoluteUri ?? document.Name };
        _loop = new EventLoop();
        Engine = new WasmEngine(options.Engine);
        _binding = new EngineBinding(_script, Engine, _stack);
        _heap = new HeapLimit(_script, _binding.V8.Isolate);
        var environment = new ScriptEnvironment(options, _loop, _stack, _binding.Exchange) { ImportModule = ImportModule, RunScript = path => RunFile(path), Settle = id => _settled.Add(id) };
        _environment = HostScripts.Start(_script, "environment", "environment.js", environment.ToFunctions());
    }

    /// <summary>This engine: its statistics and events.</summary>
    public WasmEngine Engine { get; }

    /// <summary>The stores of the instances that scripts have made and still hold.</summary>
    public IReadOnlyCollection<Store> Stores => _binding.Stores;

    /// <summary>The instance that was made last; null before there is one.</summary>
    public Instance? LastInstance => _binding.LastInstance;

    /// <inheritdoc cref="EngineBinding.UnfinishedInstances"/>
    internal int UnfinishedInstances => _binding.UnfinishedInstances;

    /// <inheritdoc cref="EngineBinding.Callbacks"/>
    internal uint Callbacks => _binding.Callbacks;

    /// <inheritdoc cref="EngineBinding.Realms"/>
    internal IReadOnlyCollection<StoreRealm> Realms => _binding.Realms;

    /// <summary>Time spent so far on turning bytes into modules, in ms.</summary>
    public double CompileMilliseconds => _binding.CompileTime.TotalMilliseconds;

    /// <summary>The part of <see cref="CompileMilliseconds"/> that went into validating function bodies, in ms; what scripts only ask to be validated is in neither.</summary>
    public double ValidateMilliseconds => _binding.ValidationTime.TotalMilliseconds;

    /// <summary>Time spent so far on making instances, in ms.</summary>
    public double InstantiateMilliseconds => _binding.InstantiateTime.TotalMilliseconds;

    /// <summary>Runs a script in the global scope.</summary>
    /// <param name="name">Its name, for stack traces.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ProgramException">It threw.</exception>
    /// <exception cref="InvalidOperationException">Another thread has made the host.</exception>
    public object? RunScript(string name, string text) => Guarded(() => Await(_script.Evaluate(new DocumentInfo(name), text)));

    /// <summary>Runs an ES module, which may import others by paths relative to <see cref="JavaScriptOptions.Folder"/>, and all that it leaves to do.</summary>
    /// <exception cref="ProgramException">It threw, or waits for something that never comes.</exception>
    /// <exception cref="InvalidOperationException">Another thread has made the host.</exception>
    public object? RunModule(string name, string text) =>
        Guarded(() => Await(_script.Evaluate(new DocumentInfo(new Uri(Path.Combine(Path.GetFullPath(_options.Folder), name))) { Category = ModuleCategory.Standard }, text)));

    /// <summary>Loads an ES module, which may wait for something on its top level.</summary>
    /// <param name="path">Its path, from <see cref="JavaScriptOptions.Folder"/>.</param>
    /// <returns>Its namespace.</returns>
    /// <exception cref="ScriptEngineException">It threw.</exception>
    /// <exception cref="InvalidOperationException">Another thread has made the host.</exception>
    public ScriptObject ImportModule(string path)
    {
        ThrowIfOtherThread();
        var full = Path.GetFullPath(path, Path.GetFullPath(_options.Folder));
        if (!File.Exists(full))
        {
            throw new ProgramException($"there is no script {full}");
        }

        _stack.ThrowIfExhausted();
        var document = new DocumentInfo(new Uri($"{full}.import")) { Category = ModuleCategory.Standard };
        Await(_script.Evaluate(document, $"import * as loaded from \"{System.Text.Json.JsonEncodedText.Encode(full)}\"; harness.loaded = loaded;"));
        return (ScriptObject)_environment.InvokeMethod("loaded");
    }

    /// <summary>Runs a script of a file in the global scope.</summary>
    private object? RunFile(string path)
    {
        var full = Path.GetFullPath(path, Path.GetFullPath(_options.Folder));
        _stack.ThrowIfExhausted();
        return File.Exists(full) ? _script.Evaluate(new DocumentInfo(new Uri(full)), File.ReadAllText(full)) : throw new ProgramException($"there is no script {full}");
    }

    /// <summary>Calls a function of the global scope, and waits for its promise.</summary>
    /// <exception cref="ProgramException">There is none, or it threw.</exception>
    /// <exception cref="InvalidOperationException">Another thread has made the host.</exception>
    public object? Call(string function, params object?[] arguments) => Guarded(() =>
        (bool)_environment.InvokeMethod("defines", function)
            ? Await(_script.Global.InvokeMethod(function, arguments))
            : throw new ProgramException($"the script defines no function '{function}'"));

    /// <summary>Ends the script that runs, which throws then, be it that it runs WebAssembly or waits for a timer. Any thread may call this, also when the host is gone.</summary>
    public void Interrupt()
    {
        // The script may end before all of this is done: whoever called it waits then, since the rest would end the next one.
        lock (_gate)
        {
            _isInterrupted = true;
            Engine.Interrupt();
            _loop.Interrupt();
            try
            {
                _script.Interrupt();
            }
            catch (ObjectDisposedException)
            {
                // There is nothing left to end.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Work that V8 does on other threads for a heap that is no more would ask for its thread: it ends before that.
        _script.CollectGarbage(exhaustive: true);
        _environment.Dispose();
        _binding.Dispose();
        _heap.Dispose();
        _script.Dispose();
        _binding.FreeCode();
        Engine.Dispose();
    }

    /// <summary>Runs what is due until a promise has settled, or nothing is left to do.</summary>
    private object? Await(object? value)
    {
        var result = value is IJavaScriptObject { Kind: JavaScriptObjectKind.Promise } ? Settled(value) : value;
        _loop.Run(Fire, until: null);
        return result is Undefined ? null : result;
    }

    /// <summary>Runs what is due until a promise has settled. Tasks of ClearScript's would do that too, by delegates (<see cref="HostFunctions"/>).</summary>
    private object? Settled(object promise)
    {
        var id = ++_lastPromise;
        _environment.InvokeMethod("watch", promise, id);
        _loop.Run(Fire, until: () => _settled.Contains(id));
        return _settled.Remove(id) ? _environment.InvokeMethod("take", id) : throw new ProgramException("the script waits for something that never comes");
    }

    private void Fire(int timer) => _environment.InvokeMethod("fire", timer);

    /// <summary>
    /// Lets no other thread in: V8's part of the stack is one thread's (<see cref="ScriptStack"/>), and machine code takes whoever stands on the stack that a store is open to for its thread
    /// (<see cref="CallCode"/>), though another one's may lie there later, and end elsewhere.
    /// </summary>
    private void ThrowIfOtherThread()
    {
        if (Thread.CurrentThread != _thread)
        {
            throw new InvalidOperationException("a JavaScript host is used on one thread: that which has made it");
        }
    }

    private object? Guarded(Func<object?> action)
    {
        ThrowIfOtherThread();
        object? result;
        try
        {
            if (!_binding.V8.IsEntered)
            {
                ClearUp();
            }

            result = action();
        }
        catch (Exception e) when (_heap.IsReached)
        {
            throw HeapIsFull(e);
        }
        catch (Exception e) when (e is IScriptEngineException or ScriptEngineException)
        {
            var script = (IScriptEngineException)e;
            var details = script.ErrorDetails ?? e.Message;
            var place = details.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at ", StringComparison.Ordinal)) ?? "";
            throw new ProgramException($"{e.Message}{(place.Length == 0 ? "" : $" ({place})")}".ReplaceLineEndings(" "), e);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException)
        {
            throw new ProgramException(e.Message, e);
        }
        finally
        {
            WithdrawInterrupts();
        }

        // What V8 ends by itself, like the rest of an asynchronous function, throws nothing.
        return _heap.IsReached ? throw HeapIsFull(e: null) : result;
    }

    /// <summary>Lets go of what a script has kept that was ended, so that the next one finds the heap as it was.</summary>
    private void ClearUp()
    {
        if (!_hasEnded && !_heap.IsReached)
        {
            return;
        }

        _hasEnded = false;
        _binding.ForgetRealms();
        _heap.Restore();
    }

    private ProgramException HeapIsFull(Exception? e) => new($"the script needs more memory than it may have: {_options.MaximumHeap} MiB of V8's heap", e);

    /// <summary>What was ended was one script: stores that were not running, and waits to come, are not.</summary>
    private void WithdrawInterrupts()
    {
        lock (_gate)
        {
            if (!_isInterrupted)
            {
                return;
            }

            _isInterrupted = false;
            _hasEnded = true;
            foreach (var store in Stores)
            {
                store.TryTakeInterrupt();
            }

            _loop.WithdrawInterrupt();
            _script.CancelInterrupt();
        }
    }
}
