using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Scripts;

/// <summary>Runs one official test script (<c>.wast</c>) on this engine.</summary>
internal sealed class WastRunner : IDisposable
{
    private readonly string path;
    private readonly Store store;
    private readonly Imports imports;
    private readonly Dictionary<string, WasmModule> modules = [];
    private readonly Dictionary<string, Instance> instances = [];
    private readonly List<string> failures = [];
    private WasmModule? lastModule;
    private Instance? lastInstance;
    private int passed;
    private int unsupported;

    private WastRunner(string path, EngineOptions options)
    {
        this.path = path;
        store = new Store(options);
        imports = SpecTestModule.Define(store);
    }

    /// <summary>Runs a script with a stack of the size that the options say.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Options of the engine.</param>
    /// <exception cref="HarnessException">The file cannot be read, or is no script.</exception>
    public static WastOutcome Run(string path, EngineOptions options)
    {
        WastScript script;
        try
        {
            script = WastScript.Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot read script {path}: {exception.Message}", exception);
        }
        catch (WatException exception)
        {
            throw new HarnessException($"{path}:{exception.Message}", exception);
        }

        return ExecutionThread.Run(options, () =>
        {
            using var runner = new WastRunner(path, options);
            foreach (var command in script.Commands)
                runner.Run(command);
            return new WastOutcome(runner.passed, runner.unsupported, runner.failures);
        });
    }

    public void Dispose() => store.Dispose();

    private void Run(WastCommand command)
    {
        try
        {
            var isAssertion = Perform(command);
            passed += isAssertion ? 1 : 0;
        }
        catch (WatException exception) when (exception.IsUnsupported)
        {
            unsupported++;
        }
        catch (Exception exception) when (exception is AssertionException or WatException or ModuleException or LinkException or WasmTrapException or KeyNotFoundException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            var reason = exception.Message.Split('\n')[0];
            failures.Add($"{path}:{command.Line}: {(exception is WasmTrapException ? "trap: " : "")}{reason}");
        }
    }

    /// <summary>Performs a command; throws if it does not go as it should.</summary>
    /// <returns>Whether it is an assertion, which counts as passed.</returns>
    private bool Perform(WastCommand command)
    {
        switch (command)
        {
            case WastCommand.DefineModule(_, var module, var isDefinitionOnly):
                Define(module, isDefinitionOnly);
                return false;
            case WastCommand.Instantiate(_, var instanceName, var moduleName):
                Remember(instanceName, store.Instantiate(moduleName is null ? Defined(lastModule) : Named(modules, moduleName), imports));
                return false;
            case WastCommand.Register(_, var importName, var instanceName):
                imports.Define(importName, Find(instanceName));
                return false;
            case WastCommand.Perform(_, var action):
                Act(action);
                return false;
            case WastCommand.AssertReturn(_, var action, var expected):
                WastMatcher.Check(Act(action), expected);
                return true;
            case WastCommand.AssertTrap(_, var action, var message):
                CheckTrap(() => Act(action), message);
                return true;
            case WastCommand.AssertExhaustion(_, var action, var message):
                CheckTrap(() => Act(action), message);
                return true;
            case WastCommand.AssertModule(_, var module, var fault, var message):
                CheckFault(module, fault, message);
                return true;
            case WastCommand.AssertException or WastCommand.Unsupported:
                unsupported++;
                return false;
            default:
                throw new NotSupportedException($"command {command.GetType().Name}");
        }
    }

    private void Define(WastModule definition, bool isDefinitionOnly)
    {
        lastInstance = null;
        lastModule = WasmModule.Decode(definition.Assemble());
        if (definition.Name is { } name)
            modules[name] = lastModule;
        if (!isDefinitionOnly)
            Remember(definition.Name, store.Instantiate(lastModule, imports));
    }

    private void Remember(string? name, Instance instance)
    {
        lastInstance = instance;
        if (name is not null)
            instances[name] = instance;
    }

    private Instance Find(string? name) => name is null ? Defined(lastInstance) : Named(instances, name);

    private static T Defined<T>(T? item)
        where T : class => item ?? throw new AssertionException("there is no module here: its definition failed");

    private static T Named<T>(Dictionary<string, T> items, string name) =>
        items.TryGetValue(name, out var item) ? item : throw new AssertionException($"there is no module ${name}: its definition failed");

    private WasmValue[] Act(WastAction action)
    {
        var instance = Find(action.Instance);
        if (action is not WastAction.Invoke invoke)
            return [instance.GetGlobal(action.Export).Value];
        var function = instance.GetFunction(invoke.Export);
        var types = function.Type.Parameters;
        return function.Invoke([.. invoke.Arguments.Select((argument, i) => WastMatcher.ToValue(argument, i < types.Length ? types[i] : ValueType.I32))]);
    }

    private static void CheckTrap(Action action, string message)
    {
        try
        {
            action();
        }
        catch (WasmTrapException trap)
        {
            var actual = trap.Kind.Message();
            if (actual.StartsWith(message, StringComparison.Ordinal) || message.StartsWith(actual, StringComparison.Ordinal))
                return;
            throw new AssertionException($"trapped with '{actual}' instead of '{message}'");
        }

        throw new AssertionException($"did not trap with '{message}'");
    }

    private void CheckFault(WastModule definition, ModuleFault fault, string message)
    {
        try
        {
            var module = WasmModule.Decode(definition.Assemble());
            if (fault is ModuleFault.Unlinkable or ModuleFault.Trap)
                store.Instantiate(module, imports);
        }
        catch (Exception exception) when (IsFault(exception, fault))
        {
            return;
        }

        throw new AssertionException($"the module is not {fault.ToString().ToLowerInvariant()}: '{message}'");
    }

    private static bool IsFault(Exception exception, ModuleFault fault) => fault switch
    {
        ModuleFault.Malformed => exception is MalformedModuleException or WatException { IsUnsupported: false },
        ModuleFault.Invalid => exception is InvalidModuleException,
        ModuleFault.Unlinkable => exception is LinkException,
        _ => exception is WasmTrapException,
    };
}

/// <summary>What came of a script.</summary>
/// <param name="Passed">Assertions that held.</param>
/// <param name="Unsupported">Commands that need what the engine does not support; neither passed nor failed.</param>
/// <param name="Failures">The others, each as <c>file:line: reason</c>.</param>
internal sealed record WastOutcome(int Passed, int Unsupported, IReadOnlyList<string> Failures);

/// <summary>An assertion of a script that did not hold.</summary>
internal sealed class AssertionException(string message) : Exception(message);
