using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>The module <c>spectest</c>, which the specification's tests import from. Its functions print nothing.</summary>
public static class SpecTestHost
{
    private const string Name = "spectest";

    /// <summary>Makes imports with only this module in them, for the instances of one store.</summary>
    /// <param name="store">The store.</param>
    public static Imports CreateImports(Store store)
    {
        var imports = new Imports()
            .Define(Name, "print", HostFunction.Create(() => { }))
            .Define(Name, "print_i32", HostFunction.Create((int _) => { }))
            .Define(Name, "print_i64", HostFunction.Create((long _) => { }))
            .Define(Name, "print_f32", HostFunction.Create((float _) => { }))
            .Define(Name, "print_f64", HostFunction.Create((double _) => { }))
            .Define(Name, "print_i32_f32", HostFunction.Create((int _, float _) => { }))
            .Define(Name, "print_f64_f64", HostFunction.Create((double _, double _) => { }))
            .Define(Name, "table", CreateTable(store, is64: false))
            .Define(Name, "table64", CreateTable(store, is64: true))
            .Define(Name, "memory", new Memory(store, new MemoryType(new Limits(1, 2), Is64: false)));
        DefineGlobal(imports, store, "global_i32", 666);
        DefineGlobal(imports, store, "global_i64", 666L);
        DefineGlobal(imports, store, "global_f32", 666.6f);
        DefineGlobal(imports, store, "global_f64", 666.6);
        return imports;
    }

    private static Table CreateTable(Store store, bool is64) => new(
        store, new TableType(ValueType.FuncRef, new Limits(10, 20), is64), WasmValue.FromFunction(null));

    private static void DefineGlobal(Imports imports, Store store, string name, WasmValue value) =>
        imports.Define(Name, name, new Global(store, new GlobalType(value.Type, IsMutable: false), value));
}
