using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>A module with exceptions that runs in a configuration.</summary>
internal sealed class ExceptionRun : IDisposable
{
    private readonly Store _store;

    public ExceptionRun(string knobs, string text, Action<Imports, Store>? define = null)
    {
        _store = new Store(EngineOptions.Default.WithKnobs(knobs));
        var imports = new Imports();
        define?.Invoke(imports, _store);
        Instance = _store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})")), imports);
    }

    public Instance Instance { get; }

    /// <summary>The type of a tag whose exceptions have values of some types.</summary>
    public static TagType TagTypeOf(params ValueType[] values)
    {
        var type = FunctionType.Of(values, []);
        return new TagType(TypeRegistry.CanonicalId(type), type);
    }

    public WasmValue Call(string name, params WasmValue[] arguments) => Instance.GetFunction(name).Invoke(arguments)[0];

    public TrapKind TrapOf(string name) =>
        Assert.Throws<WasmTrapException>(() => Instance.GetFunction(name).Invoke()).Kind;

    public void Dispose() => _store.Dispose();
}
