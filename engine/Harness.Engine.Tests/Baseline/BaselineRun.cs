using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>A module in the text format, instantiated to run in baseline code only.</summary>
internal sealed class BaselineRun : IDisposable
{
    private readonly Store _store;

    /// <param name="text">The module's fields.</param>
    /// <param name="knobs">Knobs and values, such as <c>memory.guard-pages=off</c>.</param>
    public BaselineRun(string text, params string[] knobs)
    {
        _store = new Store(EngineOptions.Default.With("tier-up", "never").WithKnobs(knobs));
        Module = WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));
        Instance = _store.Instantiate(Module);
    }

    public WasmModule Module { get; }

    public Instance Instance { get; }

    public Store Store => _store;

    public WasmValue Call(string name, params ReadOnlySpan<WasmValue> arguments) => CallAll(name, arguments)[0];

    public WasmValue[] CallAll(string name, params ReadOnlySpan<WasmValue> arguments) =>
        Instance.GetFunction(name).Invoke(arguments);

    /// <summary>The kind of trap that a call ends in.</summary>
    public TrapKind TrapOf(string name, params WasmValue[] arguments) =>
        Assert.Throws<WasmTrapException>(() => CallAll(name, arguments)).Kind;

    public void Dispose()
    {
        _store.Dispose();
        _store.Engine.Dispose();
    }
}
