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

    /// <summary>Offers a string constant.</summary>
    public void DefineConstant(int index, string text) => Define(index, new Global(Realm.Store, TypeOfGlobal(index), WasmValue.FromExtern(text)));

    /// <summary>Offers the value in slot 0 as an immutable global.</summary>
    /// <returns>Whether it is of the global's type.</returns>
    public bool DefineValue(int index)
    {
        GlobalType type = TypeOfGlobal(index);
        try
        {
            Define(index, new Global(Realm.Store, type, Realm.Take(0, type.Type)));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Offers a function of JavaScript.</summary>
    /// <param name="index">Number of the module's import.</param>
    /// <param name="number">Its number among the imports of the realm.</param>
    /// <param name="description">What it is, for those whose meaning is known.</param>
    public void DefineFunction(int index, int number, string description)
    {
        Import import = Module.Imports[index];
        FunctionInfo function = Module.Functions[import.Index];
        Imports.Define(import, functions.Make(Realm, function.Type, function.CanonicalTypeId, number, description, Module));
    }

    private GlobalType TypeOfGlobal(int index) => Module.Globals[Module.Imports[index].Index].Type;
}
