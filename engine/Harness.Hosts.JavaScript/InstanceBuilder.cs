using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>Gathers what JavaScript offers for a module's imports, one by one.</summary>
internal sealed class InstanceBuilder(StoreRealm realm, WasmModule module, ImportedFunctions functions)
{
    public StoreRealm Realm { get; } = realm;

    public WasmModule Module { get; } = module;

    public Imports Imports { get; } = new();

    /// <summary>The instance, once it is made.</summary>
    public Instance? Instance { get; set; }

    /// <summary>Offers something of the store.</summary>
    public void Define(int index, Extern item) => Imports.Define(Module.Imports[index], item);

    /// <summary>Offers strings as immutable globals.</summary>
    /// <param name="texts">All of them, one after the other.</param>
    /// <param name="places">For each the number of its import and its length.</param>
    /// <returns>Number of an import whose type has no strings; -1 if there is none.</returns>
    public int DefineTexts(string texts, ReadOnlySpan<int> places)
    {
        var start = 0;
        for (var i = 0; i < places.Length; i += 2)
        {
            var (index, length) = (places[i], places[i + 1]);
            if (!TryDefine(index, texts.Substring(start, length)))
            {
                return index;
            }

            start += length;
        }

        return -1;
    }

    /// <summary>Offers the value in slot 0 as an immutable global.</summary>
    /// <returns>Whether it is of the global's type.</returns>
    public bool DefineValue(int index) => TryDefine(index, text: null);

    /// <summary>Offers a function of JavaScript.</summary>
    /// <param name="index">Number of the module's import.</param>
    /// <param name="number">Its number among the imports of the realm.</param>
    /// <param name="description">What it is, for those whose meaning is known.</param>
    public void DefineFunction(int index, int number, string description)
    {
        var import = Module.Imports[index];
        var function = Module.Functions[import.Index];
        Imports.Define(import, functions.Make(Realm, function.Type, function.CanonicalTypeId, number, description, Module));
    }

    /// <summary>Offers a text as an immutable global, or the value in slot 0 if it is null.</summary>
    private bool TryDefine(int index, string? text)
    {
        var type = TypeOfGlobal(index);
        try
        {
            Define(index, new Global(Realm.Store, type, text is null ? Realm.Take(0, type.Type) : WasmValue.FromExtern(text)));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private GlobalType TypeOfGlobal(int index) => Module.Globals[Module.Imports[index].Index].Type;
}
