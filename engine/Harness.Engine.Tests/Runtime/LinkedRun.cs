using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Instances of one store that import from each other.</summary>
internal sealed class LinkedRun : IDisposable
{
    public LinkedRun(string knobs) => Store = new Store(EngineOptions.Default.WithKnobs(knobs));

    public Store Store { get; }

    public static WasmModule Decode(string text) => WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));

    public Instance Instantiate(string text, params (string Name, Instance Instance)[] imported)
    {
        var imports = new Imports();
        foreach (var (name, instance) in imported)
        {
            imports.Define(name, instance);
        }

        return Store.Instantiate(Decode(text), imports);
    }

    public void Dispose() => Store.Dispose();
}
