using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>The state of a script that runs, or of one of its threads: modules, instances and registered names, all in one store.</summary>
internal sealed class WastSession
{
    private readonly Store _store;
    private readonly Imports _imports;
    private readonly Named<WasmModule> _modules = new("module");
    private readonly Named<Instance> _instances = new("instance");
    private readonly WastHostObjects _hostObjects = new();
    private readonly IReadOnlyDictionary<string, WastSharedInstance> _sharedInstances;
    private readonly WastTally _tally;
    private readonly List<(string? Name, WastThread Thread)> _threads = [];

    /// <param name="store">The store.</param>
    /// <param name="sharedInstances">Instances of other stores whose memories are shared, by name.</param>
    /// <param name="tally">What comes of threads is added here when they have ended.</param>
    public WastSession(Store store, IReadOnlyDictionary<string, WastSharedInstance> sharedInstances, WastTally tally)
    {
        _store = store;
        _sharedInstances = sharedInstances;
        _tally = tally;
        _imports = SpecTestHost.CreateImports(store);
    }

    /// <summary>Waits for all threads that nobody has waited for.</summary>
    public void JoinThreads()
    {
        foreach (var (_, thread) in _threads)
        {
            _tally.Add(thread.Join());
        }

        _threads.Clear();
    }

    /// <summary>Executes a command. Nothing that goes wrong in it is thrown.</summary>
    public WastOutcome Execute(WastCommand command)
    {
        try
        {
            return Dispatch(command);
        }
        catch (Exception e) when (IsUnsupported(e))
        {
            return WastOutcome.Unsupported(e.Message);
        }
        catch (Exception e)
        {
            return WastOutcome.Failed(Describe(e));
        }
    }

    private WastOutcome Dispatch(WastCommand command)
    {
        switch (command)
        {
            case WastCommand.DefineModule define:
                Define(define);
                return WastOutcome.Done;
            case WastCommand.Instantiate instantiate:
                Instantiate(_modules.Get(instantiate.ModuleName), instantiate.InstanceName);
                return WastOutcome.Done;
            case WastCommand.Register register:
                Register(register);
                return WastOutcome.Done;
            case WastCommand.Thread thread:
                Start(thread);
                return WastOutcome.Done;
            case WastCommand.Wait wait:
                Wait(wait.ThreadName);
                return WastOutcome.Done;
            case WastCommand.Perform perform:
                Perform(perform.Action);
                return WastOutcome.Done;
            case WastCommand.AssertReturn assertion:
                return WastMatching.Compare(assertion.Expected, Perform(assertion.Action), _hostObjects);
            case WastCommand.AssertTrap assertion:
                return ExpectTrap(() => Perform(assertion.Action), assertion.Message);
            case WastCommand.AssertExhaustion assertion:
                return ExpectTrap(() => Perform(assertion.Action), assertion.Message);
            case WastCommand.AssertException assertion:
                return ExpectException(() => Perform(assertion.Action));
            case WastCommand.AssertModule assertion:
                return ExpectFault(assertion);
            case WastCommand.AssertInstance assertion:
                return ExpectFailure(_modules.Get(assertion.ModuleName), assertion.Fault, assertion.Message);
            default:
                throw new ArgumentException($"unknown command {command.GetType().Name}", nameof(command));
        }
    }

    private void Register(WastCommand.Register command)
    {
        if (command.InstanceName is { } name && !_instances.Has(name) && _sharedInstances.TryGetValue(name, out var shared))
        {
            shared.Register(command.ImportName, _imports);
        }
        else
        {
            _imports.Define(command.ImportName, _instances.Get(command.InstanceName));
        }
    }

    private void Start(WastCommand.Thread command)
    {
        var shared = command.SharedInstances.Distinct().ToDictionary(
            name => name,
            name => !_instances.Has(name) && _sharedInstances.TryGetValue(name, out var known)
                ? known
                : new WastSharedInstance(_instances.Get(name)));
        _threads.Add((command.Name, new WastThread(command, _store.Engine, shared, _tally.Beside())));
    }

    private void Wait(string name)
    {
        var index = _threads.FindLastIndex(thread => thread.Name == name);
        if (index < 0)
        {
            throw new MissingInstanceException($"no thread {name} is running");
        }

        _tally.Add(_threads[index].Thread.Join());
        _threads.RemoveAt(index);
    }

    private void Define(WastCommand.DefineModule command)
    {
        var name = command.Module.Name;
        try
        {
            var module = _store.Engine.Decode(command.Module.Assemble());
            _modules.Set(name, module);
            if (!command.IsDefinitionOnly)
            {
                Instantiate(module, name);
            }
        }
        catch (Exception e)
        {
            var reason = $"the module at line {command.Line} is missing: {FirstLine(e.Message)}";
            if (command.IsDefinitionOnly)
            {
                _modules.SetMissing(name, reason, IsUnsupported(e));
            }
            else
            {
                _instances.SetMissing(name, reason, IsUnsupported(e));
            }

            throw;
        }
    }

    private void Instantiate(WasmModule module, string? name) => _instances.Set(name, _store.Instantiate(module, _imports));

    private WasmValue[] Perform(WastAction action)
    {
        var instance = _instances.Get(action.Instance);
        if (action is WastAction.Invoke invoke)
        {
            var arguments = new WasmValue[invoke.Arguments.Count];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = WastMatching.ToRuntime(invoke.Arguments[i], _hostObjects);
            }

            return instance.GetFunction(action.Export).Invoke(arguments);
        }

        return [instance.GetGlobal(action.Export).Value];
    }

    /// <summary>
    /// Holds if an action traps with a message that begins with the expected one, or that the expected one only continues
    /// (some expected messages name the operand, which traps of this engine do not carry).
    /// </summary>
    private static WastOutcome ExpectTrap(Action action, string expected)
    {
        try
        {
            action();
        }
        catch (WasmTrapException e)
        {
            var actual = e.Kind.Message();
            return actual.StartsWith(expected, StringComparison.Ordinal) || expected.StartsWith(actual, StringComparison.Ordinal)
                ? WastOutcome.Held
                : WastOutcome.Failed($"expected the trap '{expected}', got '{actual}'");
        }

        return WastOutcome.Failed($"expected the trap '{expected}', but nothing trapped");
    }

    private static WastOutcome ExpectException(Action action)
    {
        try
        {
            action();
        }
        catch (WasmException)
        {
            return WastOutcome.Held;
        }

        return WastOutcome.Failed("expected an exception, but nothing was thrown");
    }

    private WastOutcome ExpectFault(WastCommand.AssertModule command)
    {
        byte[] bytes;
        try
        {
            bytes = command.Module.Assemble();
        }
        catch (WatException e)
        {
            return command.Fault == ModuleFault.Malformed ? WastOutcome.Held : WastOutcome.Failed(Describe(e));
        }

        WasmModule module;
        try
        {
            // What is expected is said of the module as a whole, whenever functions are validated otherwise.
            module = WasmModule.Decode(bytes);
        }
        catch (ModuleException e) when (!IsUnsupported(e))
        {
            var fault = e is MalformedModuleException ? ModuleFault.Malformed : ModuleFault.Invalid;
            return command.Fault == fault ? WastOutcome.Held : WastOutcome.Failed(Describe(e));
        }

        return ExpectFailure(module, command.Fault, command.Message);
    }

    private WastOutcome ExpectFailure(WasmModule module, ModuleFault fault, string message) => fault switch
    {
        ModuleFault.Trap => ExpectTrap(() => _store.Instantiate(module, _imports), message),
        ModuleFault.Unlinkable => ExpectLinkFailure(module, message),
        _ => WastOutcome.Failed($"expected '{message}', but the module was accepted"),
    };

    private WastOutcome ExpectLinkFailure(WasmModule module, string expected)
    {
        try
        {
            _store.Instantiate(module, _imports);
        }
        catch (LinkException e)
        {
            return e.Message.StartsWith(expected, StringComparison.Ordinal)
                ? WastOutcome.Held
                : WastOutcome.Failed($"expected '{expected}', got '{e.Message}'");
        }

        return WastOutcome.Failed($"expected '{expected}', but the module was linked");
    }

    private static bool IsUnsupported(Exception e) =>
        e is NotSupportedException or UnsupportedModuleException;

    private static string Describe(Exception e) => e switch
    {
        WasmTrapException trap => $"trap: {trap.Message}",
        WatException or ModuleException or LinkException or MissingInstanceException or WasmException or KeyNotFoundException
            or InsufficientMemoryException => e.Message,
        _ => e.ToString(),
    };

    private static string FirstLine(string text) => text.Split('\n', 2)[0];

    /// <summary>A command needs a module or instance that could not be made.</summary>
    private sealed class MissingInstanceException(string message) : Exception(message);

    /// <summary>Things by name, and the last one made, which also has no name.</summary>
    private sealed class Named<T>(string kind)
        where T : class
    {
        private readonly Dictionary<string, Func<T>> _byName = [];
        private Func<T>? _last;

        /// <summary>The thing of this name, or the last one made.</summary>
        public T Get(string? name)
        {
            var get = name is null ? _last : _byName.GetValueOrDefault(name);
            return get is null ? throw new MissingInstanceException($"unknown {kind} {name}") : get();
        }

        /// <summary>Whether there is, or should be, a thing of this name.</summary>
        public bool Has(string name) => _byName.ContainsKey(name);

        public void Set(string? name, T value) => Set(name, () => value);

        /// <summary>Remembers that the thing could not be made, and why.</summary>
        public void SetMissing(string? name, string reason, bool isUnsupported) =>
            Set(name, () => throw (isUnsupported ? new NotSupportedException(reason) : new MissingInstanceException(reason)));

        private void Set(string? name, Func<T> get)
        {
            _last = get;
            if (name is not null)
            {
                _byName[name] = get;
            }
        }
    }
}
