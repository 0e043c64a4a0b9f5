using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>What modules can import, by module name and name.</summary>
public sealed class Imports
{
    private readonly Dictionary<(string Module, string Name), object> _items = [];

    /// <summary>Offers a function of the host; replaces what was there.</summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, string name, HostFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _items[(module, name)] = function;
        return this;
    }

    /// <summary>Offers something of a store; replaces what was there.</summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, string name, Extern item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _items[(module, name)] = item;
        return this;
    }

    /// <summary>Offers all exports of an instance; replaces what was there.</summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        foreach (Export export in instance.Module.Exports)
        {
            _items[(module, export.Name)] = instance.Export(export);
        }

        return this;
    }

    /// <summary>The item in a store, or null if there is none.</summary>
    internal Extern? Find(Store store, string module, string name) => _items.GetValueOrDefault((module, name)) switch
    {
        HostFunction function => store.Bind(function),
        Extern item => item,
        _ => null,
    };
}
