using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>What modules can import, by module name and name.</summary>
public sealed class Imports
{
    private static readonly GlobalType StringConstant = new(ValueType.Reference(AbstractHeapType.Extern, nullable: false), IsMutable: false);

    private readonly Dictionary<(string Module, string Name), object> _items;
    private readonly Dictionary<Import, object> _single = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _stringModules;

    /// <summary>Makes imports without anything.</summary>
    public Imports()
    {
        _items = [];
        _stringModules = [];
    }

    /// <summary>Makes imports with all that others offer by name, to add something to them.</summary>
    public Imports(Imports others)
    {
        ArgumentNullException.ThrowIfNull(others);
        _items = new(others._items);
        _stringModules = [.. others._stringModules];
    }

    /// <summary>Offers a function of the host; replaces what was there.</summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, string name, HostFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _items[(module, name)] = function;
        return this;
    }

    /// <summary>
    /// Offers a function of the host that has whatever type a module imports it with, as functions of JavaScript do; replaces
    /// what was there.
    /// </summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, string name, HostCallback function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _items[(module, name)] = function;
        return this;
    }

    /// <summary>
    /// Offers something of a store, to instances of that store; a memory of a shared type is offered to those of any. Replaces what was there.
    /// </summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, string name, Extern item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _items[(module, name)] = item;
        return this;
    }

    /// <summary>Offers a memory that stores share; replaces what was there.</summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, string name, SharedMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _items[(module, name)] = memory;
        return this;
    }

    /// <summary>Offers all exports of an instance; replaces what was there.</summary>
    /// <returns>This object.</returns>
    public Imports Define(string module, Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        foreach (var export in instance.Module.Exports)
        {
            _items[(module, export.Name)] = instance.Export(export);
        }

        return this;
    }

    /// <summary>
    /// Offers, for every name, an immutable global of type <c>(ref extern)</c> with that name as a string, except where
    /// something else is offered (as <c>importedStringConstants</c> in the JavaScript API).
    /// </summary>
    /// <param name="module">The name of the module that strings are imported from, such as <c>'</c>.</param>
    /// <returns>This object.</returns>
    public Imports DefineStringConstants(string module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _stringModules.Add(module);
        return this;
    }

    /// <summary>
    /// Offers a <see cref="HostFunction"/> or something of a store for one import alone: a module may import the same name more than once, with different
    /// types.
    /// </summary>
    internal void Define(Import import, object item) => _single[import] = item;

    /// <summary>
    /// The item for an import of a module that is instantiated in a store, or null if there is none. What the module's builtin sets
    /// have is not looked for here.
    /// </summary>
    internal Extern? Find(Store store, WasmModule module, Import import) => ItemOf(import) switch
    {
        _ when import.Kind == ExternalKind.Function && module.Functions[import.Index].Builtin is { } builtin =>
            store.Bind(JsStrings.FunctionOf(builtin)),
        HostFunction function => store.Bind(function),
        HostCallback callback when import.Kind == ExternalKind.Function =>
            store.Bind(HostFunction.Create(module.Functions[import.Index], callback)),
        SharedMemory memory => store.ViewOf(memory),
        Memory { Shared: { } memory } => store.ViewOf(memory),
        Extern item => item,
        _ => _stringModules.Contains(import.ModuleName) ? new Global(store, StringConstant, WasmValue.FromExtern(import.Name)) : null,
    };

    private object? ItemOf(Import import) =>
        _single.Count > 0 && _single.TryGetValue(import, out var single) ? single
        : _items.TryGetValue((import.ModuleName, import.Name), out var item) ? item
        : null;
}
