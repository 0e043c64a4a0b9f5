using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Costs;
using Harness.Experiments.Engines;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A module whose instances are made and left, and not run: its functions of the host fail when they are called, memories and tables that it imports are made for each instance. An iteration measures
/// <see cref="InstanceCost"/>.
/// </summary>
internal sealed class InstanceHost(WorkerProgram program, EngineOptions options, bool checks) : ProgramHost(program, options)
{
    /// <summary>Memory of an idle instance, once an iteration has measured it.</summary>
    public long InstanceBytes { get; private set; }

    public override ProgramOutput Iterate()
    {
        var functions = MakeFunctions();
        var others = Module.Imports.Where(import => import.Kind != ExternalKind.Function).ToList();
        if (others.Find(import => import.Kind is not (ExternalKind.Memory or ExternalKind.Table)) is { } other)
        {
            throw new ProgramException($"the host instances has functions, memories and tables only, and the module imports the {other.Kind.ToString().ToLowerInvariant()} '{other.Name}' from '{other.ModuleName}'");
        }

        var first = OpenStore();
        Instantiate(first, ImportsOf(first));
        var cost = InstanceCost.Measure(Make, checks);
        InstanceBytes = cost.InstanceBytes;
        return new ProgramOutput { Text = cost.ToString() };

        IDisposable Make()
        {
            var store = new Store(Engine);
            try
            {
                store.Instantiate(Module, ImportsOf(store));
                return store;
            }
            catch
            {
                store.Dispose();
                throw;
            }
        }

        Imports ImportsOf(Store store)
        {
            if (others.Count == 0)
            {
                return functions;
            }

            var imports = new Imports(functions);
            foreach (var import in others)
            {
                if (import.Kind == ExternalKind.Memory)
                {
                    imports.Define(import.ModuleName, import.Name, new Memory(store, Module.Memories[import.Index].Type));
                }
                else
                {
                    imports.Define(import.ModuleName, import.Name, new Table(store, Module.Tables[import.Index].Type, WasmValue.Null(Module.Tables[import.Index].Type.ElementType.HeapType)));
                }
            }

            return imports;
        }
    }

    private Imports MakeFunctions()
    {
        var imports = HostModules.CreateStringImports();
        foreach (var import in Module.Imports.Where(import => import.Kind == ExternalKind.Function))
        {
            imports.Define(import.ModuleName, import.Name, HostFunction.Create(
                Module.Functions[import.Index].Type, (_, _, _) => throw new ProgramException($"the module calls '{import.Name}' of '{import.ModuleName}', which is a stub")));
        }

        return imports;
    }
}
