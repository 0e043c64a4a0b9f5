using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Scripts;

/// <summary>The host module <c>spectest</c> that the official test scripts import; its print functions print nothing.</summary>
internal static class SpecTestModule
{
    private const string Name = "spectest";

    /// <summary>Makes the module's items, new ones for each script.</summary>
    public static Imports Define(Store store)
    {
        var tableLimits = new Limits(10, 20);
        var noFunction = WasmValue.Null(HeapType.Abstract(AbstractHeapType.Func));
        return new Imports()
            .Define(Name, "print", HostFunction.Create(() => { }))
            .Define(Name, "print_i32", HostFunction.Create((int _) => { }))
            .Define(Name, "print_i64", HostFunction.Create((long _) => { }))
            .Define(Name, "print_f32", HostFunction.Create((float _) => { }))
            .Define(Name, "print_f64", HostFunction.Create((double _) => { }))
            .Define(Name, "print_i32_f32", HostFunction.Create((int _, float _) => { }))
            .Define(Name, "print_f64_f64", HostFunction.Create((double _, double _) => { }))
            .Define(Name, "global_i32", new Global(store, new GlobalType(ValueType.I32, IsMutable: false), 666))
            .Define(Name, "global_i64", new Global(store, new GlobalType(ValueType.I64, IsMutable: false), 666L))
            .Define(Name, "global_f32", new Global(store, new GlobalType(ValueType.F32, IsMutable: false), 666.6f))
            .Define(Name, "global_f64", new Global(store, new GlobalType(ValueType.F64, IsMutable: false), 666.6))
            .Define(Name, "table", new Table(store, new TableType(ValueType.FuncRef, tableLimits, Is64: false), noFunction))
            .Define(Name, "table64", new Table(store, new TableType(ValueType.FuncRef, tableLimits, Is64: true), noFunction))
            .Define(Name, "memory", new Memory(store, new MemoryType(new Limits(1, 2), Is64: false)));
    }
}
