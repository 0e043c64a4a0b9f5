using System.Reflection;
using System.Runtime.InteropServices;
using Harness.Experiments.Costs;
using Library = global::Wasmtime;

namespace Harness.Experiments.Engines.Wasmtime;

/// <summary>
/// Makes instances of a module on Wasmtime, as fast as its C interface does: imports are resolved once (<c>wasmtime_linker_instantiate_pre</c>), which the .NET library leaves out. A memory that the module imports
/// belongs to a store, so that then there is a linker for each instance.
/// </summary>
internal sealed class WasmtimeInstances : IDisposable
{
    private readonly Library.Engine _engine;
    private readonly Library.Module _module;
    private readonly Library.Linker _linker;
    private readonly IReadOnlyList<Library.Import> _others;
    private readonly nint _prepared;

    /// <summary>Prepares imports: functions that fail when they are called.</summary>
    public WasmtimeInstances(Library.Engine engine, Library.Module module)
    {
        _engine = engine;
        _module = module;
        _linker = new Library.Linker(engine);
        _linker.DefineUnknownImportsAsTraps(module);
        _others = [.. module.Imports.Where(import => import is not Library.FunctionImport)];
        if (_others.FirstOrDefault(import => import is not (Library.MemoryImport or Library.TableImport)) is { } other)
        {
            throw new HarnessException($"the host instances has functions, memories and tables only, and the module imports '{other.Name}' from '{other.ModuleName}'");
        }

        // What goes wrong is said by the library; after that it only takes time.
        MakeByLibrary().Dispose();
        if (_others.Count == 0)
        {
            Check(Native.Prepare(HandleOf(_linker), HandleOf(module), out _prepared));
        }
    }

    /// <summary>Measures.</summary>
    public InstanceCost Measure(bool checks)
    {
        var handle = HandleOf(_engine);
        return InstanceCost.Measure(_others.Count == 0 ? () => new PreparedStore(handle, _prepared) : MakeByLibrary, checks);
    }

    public void Dispose()
    {
        if (_prepared != 0)
        {
            Native.DeletePrepared(_prepared);
        }

        _linker.Dispose();
    }

    private Library.Store MakeByLibrary()
    {
        var store = new Library.Store(_engine);
        try
        {
            using var own = _others.Count == 0 ? null : _linker.Clone();
            foreach (var import in _others)
            {
                if (import is Library.MemoryImport memory)
                {
                    own!.Define(import.ModuleName, import.Name, new Library.Memory(store, memory.Minimum, memory.Maximum, memory.Is64Bit));
                }
                else if (import is Library.TableImport table)
                {
                    own!.Define(import.ModuleName, import.Name, new Library.Table(store, KindOf(table), null, table.Minimum, table.Maximum));
                }
            }

            (own ?? _linker).Instantiate(store, _module);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static Library.TableKind KindOf(Library.TableImport table) =>
        table.Kind == Library.ValueKind.ExternRef ? Library.TableKind.ExternRef : Library.TableKind.FuncRef;

    private static SafeHandle HandleOf(object item) =>
        item.GetType().GetField("handle", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(item) as SafeHandle
        ?? throw new HarnessException($"this version of the Wasmtime library ({WasmtimeEngine.LibraryVersion}) does not give the handle of its {item.GetType().Name}: instances cannot be measured on it");

    private static void Check(nint error)
    {
        if (error == 0)
        {
            return;
        }

        Native.DeleteError(error);
        throw new HarnessException("Wasmtime could not make an instance that it could make before");
    }

    /// <summary>A store with an instance.</summary>
    private sealed class PreparedStore : IDisposable
    {
        private readonly nint _store;

        public PreparedStore(SafeHandle engine, nint prepared)
        {
            _store = Native.NewStore(engine, 0, 0);
            var error = Native.Instantiate(prepared, Native.ContextOf(_store), out _, out var trap);
            if (error == 0 && trap == 0)
            {
                return;
            }

            Native.DeleteStore(_store);
            Check(error != 0 ? error : throw new HarnessException("the module's start function traps"));
        }

        public void Dispose() => Native.DeleteStore(_store);
    }

    /// <summary><c>wasmtime_instance_t</c>, with room to spare.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct InstanceHandle;

    private static class Native
    {
        private const string LibraryName = "wasmtime";

        [DllImport(LibraryName, EntryPoint = "wasmtime_linker_instantiate_pre")]
        public static extern nint Prepare(SafeHandle linker, SafeHandle module, out nint prepared);

        [DllImport(LibraryName, EntryPoint = "wasmtime_instance_pre_instantiate")]
        public static extern nint Instantiate(nint prepared, nint context, out InstanceHandle instance, out nint trap);

        [DllImport(LibraryName, EntryPoint = "wasmtime_instance_pre_delete")]
        public static extern void DeletePrepared(nint prepared);

        [DllImport(LibraryName, EntryPoint = "wasmtime_store_new")]
        public static extern nint NewStore(SafeHandle engine, nint data, nint finalizer);

        [DllImport(LibraryName, EntryPoint = "wasmtime_store_context")]
        public static extern nint ContextOf(nint store);

        [DllImport(LibraryName, EntryPoint = "wasmtime_store_delete")]
        public static extern void DeleteStore(nint store);

        [DllImport(LibraryName, EntryPoint = "wasmtime_error_delete")]
        public static extern void DeleteError(nint error);
    }
}
