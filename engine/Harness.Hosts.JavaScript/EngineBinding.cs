using System.Diagnostics;
using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Microsoft.ClearScript.V8;
using Microsoft.ClearScript.V8.FastProxy;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// This engine as the scripts of the WebAssembly API (<c>Scripts/webassembly</c>) have it: modules, stores, functions and other items by number. Calls of functions, whichever side makes them,
/// pass ClearScript by, with their values in <see cref="SharedSlots"/>; the rest are ordinary calls.
/// </summary>
internal sealed unsafe class EngineBinding : IDisposable
{
    private readonly WasmEngine _engine;
    private readonly SharedSlots _slots;
    private readonly StagingBuffer _staging;
    private readonly Dictionary<int, WasmModule> _modules = [];
    private readonly Dictionary<int, StoreRealm> _realms = [];
    private readonly Dictionary<Store, StoreRealm> _realmsByStore = [];
    private readonly List<Extern?> _items = [];
    private readonly Stack<int> _freeItems = new();
    private readonly Dictionary<int, InstanceBuilder> _builders = [];
    private readonly ImportedFunctions _imports;
    private readonly FunctionCalls _calls;
    private readonly CallCode _call;
    private readonly ScriptFunctions _script;
    private readonly ExternalMemory _memory = new();
    private NativeCallback? _dispatch;
    private int _nextId;
    private bool _growsForScript;

    /// <summary>Puts the engine into a script engine's global scope, as <c>WebAssembly</c>.</summary>
    public EngineBinding(V8ScriptEngine script, WasmEngine engine, ScriptStack stack)
    {
        _engine = engine;
        V8Realm? v8 = null;
        SharedSlots? slots = null;
        StagingBuffer? staging = null;
        ByteExchange? exchange = null;
        IntegerArgument argument = default;
        HostScripts.Enter(script, () =>
        {
            v8 = new V8Realm();
            slots = new SharedSlots(v8);
            staging = new StagingBuffer(v8);
            exchange = new ByteExchange(v8);
            argument = v8.FindIntegerArgument();
        });
        (V8, _slots, _staging, Exchange) = (v8!, slots!, staging!, exchange!);
        _calls = new FunctionCalls(_slots, FindFunction, IdOf);
        _call = new CallCode(_calls, _slots, argument);
        _script = new ScriptFunctions(HostScripts.Start(script, "webassembly", "namespace.js", ToFunctions()), _dispatch!, stack);
        _staging.Connect(_script);
        _imports = new ImportedFunctions(_slots, _script, id => (Tag)_items[id]!);
    }

    /// <summary>V8, as crossings see it.</summary>
    public V8Realm V8 { get; }

    /// <summary>How bytes cross.</summary>
    public ByteExchange Exchange { get; }

    public IReadOnlyCollection<Store> Stores => [.. _realms.Values.Select(realm => realm.Store)];

    public Instance? LastInstance { get; private set; }

    /// <summary>How many instances scripts have begun to make and neither made nor given up.</summary>
    public int UnfinishedInstances => _builders.Count;

    /// <inheritdoc cref="SharedSlots.Callbacks"/>
    public uint Callbacks => _slots.Callbacks;

    /// <summary>The stores with what JavaScript knows of them.</summary>
    public IReadOnlyCollection<StoreRealm> Realms => _realms.Values;

    public TimeSpan CompileTime { get; private set; }

    /// <summary>The part of <see cref="CompileTime"/> that went into validating function bodies.</summary>
    public TimeSpan ValidationTime { get; private set; }

    public TimeSpan InstantiateTime { get; private set; }

    /// <summary>Lets go of stores and of what it holds of V8. Scripts may come to the binding's functions as long as their isolate lives; then <see cref="FreeCode"/>.</summary>
    public void Dispose()
    {
        foreach (var realm in _realms.Values)
        {
            realm.Dispose();
        }

        _realms.Clear();
        _realmsByStore.Clear();
        _script.Dispose();
    }

    /// <inheritdoc cref="ScriptFunctions.ForgetRealms"/>
    public void ForgetRealms() => _script.ForgetRealms();

    /// <summary>Frees the code that scripts call, after their isolate has ended.</summary>
    public void FreeCode()
    {
        _call.Dispose();
        _calls.Dispose();
    }

    private Dictionary<string, object> ToFunctions() => HostFunctions.Of(
        ("defineCall", (in arguments, in _) => V8.DefineFunction(arguments.GetString(0, "name"), _call.Callback, _call.Direct)),
        ("takeDispatch", (in arguments, in _) => _dispatch = new NativeCallback(V8, arguments.GetString(0, "name"))),
        ("throwEscaped", (in _, in _) => _calls.ThrowEscaped()),
        ("textAt", (in arguments, in result) => result.Set(_slots.Texts[arguments.GetInt32(0, "slot")]!)),
        ("setText", (in arguments, in _) => _slots.Texts[arguments.GetInt32(0, "slot")] = arguments.GetString(1, "text")),
        ("sweepValues", (in arguments, in _) => FindRealm(arguments.GetInt32(0, "store"))?.Values.AskForSweep()),
        ("releaseObject", (in arguments, in _) => FindRealm(arguments.GetInt32(0, "store"))?.Objects.Release(arguments.GetInt32(1, "id"))),
        ("message", (in _, in result) => result.Set(_calls.Message)),
        ("compile", (in arguments, in result) => Compile(Exchange.Take(), arguments.GetString(0, "builtins"), in result)),
        ("validate", (in arguments, in result) => result.Set(IsValid(Exchange.Take(), arguments.GetString(0, "builtins")))),
        ("releaseModule", (in arguments, in _) => _modules.Remove(arguments.GetInt32(0, "id"))),
        ("describeModule", (in arguments, in result) => result.Set(Descriptions.Of(_modules[arguments.GetInt32(0, "id")]))),
        ("describeItem", (in arguments, in result) => result.Set(Descriptions.Of(_items[arguments.GetInt32(0, "id")]!))),
        ("describeExports", (in arguments, in result) => result.Set(DescribeExports(arguments.GetInt32(0, "builder")))),
        ("makeStore", (in _, in result) => result.Set(MakeStore())),
        ("disposeStore", (in arguments, in _) => DisposeStore(arguments.GetInt32(0, "store"))),
        ("beginInstance", (in arguments, in result) => result.Set(BeginInstance(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "module")))),
        ("defineItem", (in arguments, in _) => BuilderOf(arguments).Define(arguments.GetInt32(1, "import"), _items[arguments.GetInt32(2, "id")]!)),
        ("defineConstants", (in arguments, in _) => BuilderOf(arguments).Imports.DefineStringConstants(arguments.GetString(1, "module"))),
        ("defineTexts", (in arguments, in result) =>
            result.Set(BuilderOf(arguments).DefineTexts(arguments.GetString(1, "texts"), MemoryMarshal.Cast<byte, int>(Exchange.Take())))),
        ("defineValue", (in arguments, in result) => result.Set(Taken(BuilderOf(arguments).Realm, BuilderOf(arguments).DefineValue(arguments.GetInt32(1, "import"))))),
        ("defineFunction", (in arguments, in _) =>
            BuilderOf(arguments).DefineFunction(arguments.GetInt32(1, "import"), arguments.GetInt32(2, "number"), arguments.GetString(3, "description"))),
        ("bindForeign", (in arguments, in result) => result.Set(BindForeign(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "id"), arguments.GetInt32(2, "number")))),
        ("finishInstance", (in arguments, in result) => result.Set((int)FinishInstance(arguments.GetInt32(0, "builder")))),
        ("abandonInstance", (in arguments, in _) => _builders.Remove(arguments.GetInt32(0, "builder"))),
        ("scriptTag", (in arguments, in result) => result.Set(IdOf(RealmOf(arguments), RealmOf(arguments).ScriptTag))),
        ("makeTag", (in arguments, in result) => result.Set(MakeTag(arguments.GetInt32(0, "store"), arguments.GetString(1, "parameters")))),
        ("makeGlobal", (in arguments, in result) => result.Set(Taken(
            RealmOf(arguments), MakeGlobal(arguments.GetInt32(0, "store"), arguments.GetString(1, "type"), arguments.GetBoolean(2, "mutable"))))),
        ("readGlobal", (in arguments, in _) => RealmOf(arguments).Put(0, ((Global)_items[arguments.GetInt32(1, "id")]!).Value)),
        ("writeGlobal", (in arguments, in result) => result.Set(Taken(RealmOf(arguments), WriteGlobal(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "id"))))),
        ("makeTable", (in arguments, in result) => result.Set(Taken(RealmOf(arguments), MakeTable(
            arguments.GetInt32(0, "store"), arguments.GetString(1, "element"), arguments.GetDouble(2, "initial"), arguments.GetDouble(3, "maximum"), arguments.GetBoolean(4, "is64"))))),
        ("tableLength", (in arguments, in result) => result.Set((double)((Table)_items[arguments.GetInt32(1, "id")]!).Length)),
        ("readTable", (in arguments, in result) => result.Set(ReadTable(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "id"), arguments.GetDouble(2, "index")))),
        ("writeTable", (in arguments, in result) => result.Set(Taken(
            RealmOf(arguments), WriteTable(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "id"), arguments.GetDouble(2, "index"))))),
        ("growTable", (in arguments, in result) => result.Set(Taken(
            RealmOf(arguments), GrowTable(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "id"), arguments.GetDouble(2, "delta"))))),
        ("utf8", (in _, in result) => result.Set(System.Text.Encoding.UTF8.GetString(Exchange.Take()))),
        ("unsupported", (in arguments, in _) => throw new NotSupportedException($"WebAssembly: {arguments.GetString(0, "what")} cannot be used together here")),
        ("adoptMemory", (in arguments, in result) => result.Set(AdoptMemory(arguments.GetInt32(0, "store"), Exchange.TakeBuffer(), arguments.GetDouble(1, "maximum")))),
        ("shareMemory", (in arguments, in _) => Share(arguments.GetInt32(0, "store"), arguments.GetInt32(1, "id"), Exchange.TakeBuffer())),
        ("mapMemory", (in arguments, in _) => MapBelow((Memory)_items[arguments.GetInt32(0, "id")]!, Exchange.TakeBuffer())),
        ("canGrowMemory", (in arguments, in result) => result.Set(((Memory)_items[arguments.GetInt32(0, "id")]!).CanGrow((ulong)arguments.GetDouble(1, "delta")))),
        ("growMemory", (in arguments, in result) => result.Set(GrowMemory(arguments.GetInt32(0, "id"), Exchange.TakeBuffer(), arguments.GetDouble(1, "delta")))));

    private (StoreRealm Realm, WasmFunction Function) FindFunction(int id)
    {
        var function = (WasmFunction)_items[id]!;
        return (_realmsByStore[function.Store], function);
    }

    private InstanceBuilder BuilderOf(in V8FastArgs arguments) => _builders[arguments.GetInt32(0, "builder")];

    private StoreRealm RealmOf(in V8FastArgs arguments) => _realms[arguments.GetInt32(0, "store")];

    private StoreRealm? FindRealm(int store) => _realms.GetValueOrDefault(store);

    /// <summary>Releases values of JavaScript, if that is due, after something that has taken one from slot 0. Scripts that only do such things call no function, and are called by none.</summary>
    /// <param name="realm">The store that the value is for.</param>
    /// <param name="result">What was done has come to this.</param>
    /// <returns>The same.</returns>
    private static T Taken<T>(StoreRealm realm, T result)
    {
        realm.Store.CatchUpOnCollection();
        realm.ReleaseValues();
        return result;
    }

    /// <summary>Makes a module. The script gets its number, or what is wrong.</summary>
    private void Compile(byte[] bytes, string builtins, in V8FastResult result)
    {
        var start = Stopwatch.GetTimestamp();
        if (Decode(bytes, builtins) is not { } module)
        {
            result.Set($"WebAssembly.Module(): {_calls.Message}");
            return;
        }

        CompileTime += Stopwatch.GetElapsedTime(start);
        ValidationTime += module.ValidationTime;
        _modules[++_nextId] = module;
        result.Set(_nextId);
    }

    private WasmModule? Decode(byte[] bytes, string builtins)
    {
        try
        {
            return _engine.Decode(bytes, builtins.Length > 0 ? BuiltinSets.JsString : BuiltinSets.None);
        }
        catch (ModuleException e)
        {
            _calls.Message = e.Message;
            return null;
        }
    }

    /// <summary>Whether a module is valid, all of its functions included whatever the knobs say.</summary>
    private bool IsValid(byte[] bytes, string builtins) => Decode(bytes, builtins) is { } module && (module.Late is null || module.Late.TryComplete());

    private int MakeStore()
    {
        _memory.StoreIsMade(V8, _realms.Values);
        var id = ++_nextId;
        var realm = new StoreRealm(id, _engine, _slots, _staging, function => IdOf(_realms[id], function), function => (WasmFunction)_items[function]!);
        _realms.Add(id, realm);
        _realmsByStore.Add(realm.Store, realm);
        return id;
    }

    private void DisposeStore(int id)
    {
        if (!_realms.Remove(id, out var realm))
        {
            return;
        }

        _realmsByStore.Remove(realm.Store);
        foreach (var item in realm.Items.Values)
        {
            _items[item] = null;
            _calls.Forget(item);
            _freeItems.Push(item);
        }

        _memory.StoreIsLeft(V8, realm);
        realm.Dispose();
    }

    private int IdOf(StoreRealm realm, Extern item)
    {
        if (realm.Items.TryGetValue(item, out var id))
        {
            return id;
        }

        id = _freeItems.TryPop(out var free) ? free : _items.Count;
        if (id == _items.Count)
        {
            _items.Add(null);
        }

        _items[id] = item;
        realm.Items[item] = id;
        return id;
    }

    private int BeginInstance(int store, int module)
    {
        var id = ++_nextId;
        _builders[id] = new InstanceBuilder(_realms[store], _modules[module], _imports);
        return id;
    }

    /// <summary>Makes a function of a store for one of another, which it calls through JavaScript.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="id">The function of the other store.</param>
    /// <param name="number">Its number among the imports of the realm.</param>
    private int BindForeign(int store, int id, int number)
    {
        var function = (WasmFunction)_items[id]!;
        var realm = _realms[store];
        return IdOf(realm, realm.Store.Bind(_imports.Make(realm, function.Type, function.Reference->TypeId, number, "", module: null)));
    }

    private CallStatus FinishInstance(int builder)
    {
        var instance = _builders[builder];
        var start = Stopwatch.GetTimestamp();
        try
        {
            return _calls.Guarded(instance.Realm, () =>
            {
                try
                {
                    instance.Instance = LastInstance = instance.Realm.Store.Instantiate(instance.Module, instance.Imports);
                }
                catch (LinkException e)
                {
                    _calls.Message = $"WebAssembly.Instance(): {e.Message}";
                    return CallStatus.Unlinked;
                }

                return CallStatus.Returned;
            });
        }
        finally
        {
            InstantiateTime += Stopwatch.GetElapsedTime(start);
        }
    }

    private string DescribeExports(int builder)
    {
        var done = _builders[builder];
        _builders.Remove(builder);
        return Descriptions.Of(done.Module, export =>
        {
            var item = done.Instance!.Export(export.Name)!;
            return (IdOf(done.Realm, item), item);
        });
    }

    private int MakeTag(int store, string parameters)
    {
        var type = new FunctionType([.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(TypeNames.Parse)], []);
        if (type.Parameters.Length > ImplementationLimits.Parameters)
        {
            // More would not fit into the slots.
            _calls.Message = $"WebAssembly.Tag(): {type.Parameters.Length} parameters, where {ImplementationLimits.Parameters} are allowed";
            return -1;
        }

        return IdOf(_realms[store], Tag.Create(_realms[store].Store, type));
    }

    private int MakeGlobal(int store, string name, bool isMutable)
    {
        var realm = _realms[store];
        var type = TypeNames.Parse(name);
        try
        {
            return IdOf(realm, new Global(realm.Store, new GlobalType(type, isMutable), realm.Take(0, type)));
        }
        catch (ArgumentException e)
        {
            _calls.Message = $"WebAssembly.Global(): {e.Message}";
            return -1;
        }
    }

    private bool WriteGlobal(int store, int id)
    {
        var global = (Global)_items[id]!;
        try
        {
            global.Value = _realms[store].Take(0, global.Type.Type);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private int MakeTable(int store, string element, double initial, double maximum, bool is64)
    {
        var realm = _realms[store];
        var type = TypeNames.Parse(element);
        try
        {
            var limits = new Limits((ulong)initial, maximum < 0 ? null : (ulong)maximum);
            return IdOf(realm, new Table(realm.Store, new TableType(type, limits, Is64: is64), realm.Take(0, type)));
        }
        catch (Exception e) when (e is ArgumentException or InsufficientMemoryException)
        {
            _calls.Message = $"WebAssembly.Table(): {e.Message}";
            return -1;
        }
    }

    private bool ReadTable(int store, int id, double index)
    {
        var table = (Table)_items[id]!;
        if (index >= table.Length)
        {
            return false;
        }

        _realms[store].Put(0, table[(ulong)index]);
        return true;
    }

    private int WriteTable(int store, int id, double index)
    {
        var table = (Table)_items[id]!;
        if (index >= table.Length)
        {
            return 1;
        }

        try
        {
            table[(ulong)index] = _realms[store].Take(0, table.Type.ElementType);
            return 0;
        }
        catch (ArgumentException)
        {
            return 2;
        }
    }

    private double GrowTable(int store, int id, double delta)
    {
        var table = (Table)_items[id]!;
        try
        {
            return table.Grow((ulong)delta, _realms[store].Take(0, table.Type.ElementType));
        }
        catch (ArgumentException)
        {
            return -2;
        }
    }

    /// <summary>Makes a memory for one of JavaScript.</summary>
    /// <exception cref="NotSupportedException">It has 2 GiB or more: its content cannot be copied at once.</exception>
    private int AdoptMemory(int store, BufferPlace buffer, double maximum)
    {
        if (buffer.Length > int.MaxValue)
        {
            throw new NotSupportedException("WebAssembly: a memory of a script that has 2 GiB or more cannot be imported here");
        }

        var realm = _realms[store];
        var limits = new Limits(buffer.Length / MemoryType.UsualPageSize, maximum < 0 ? null : (ulong)maximum);
        var memory = new Memory(realm.Store, new MemoryType(limits, Is64: false, IsShared: buffer.IsShared));
        buffer.Bytes.CopyTo(memory.Span(0, (int)buffer.Length));
        var id = IdOf(realm, memory);
        Share(store, id, buffer);
        return id;
    }

    /// <summary>Maps a memory's pages below the buffer that JavaScript has of it, now and whenever it grows.</summary>
    private void Share(int store, int id, BufferPlace buffer)
    {
        var memory = (Memory)_items[id]!;
        memory.Share();
        MapBelow(memory, buffer);
        memory.Grown = delta =>
        {
            if (_growsForScript)
            {
                return;
            }

            try
            {
                _script.Grown(store, id, delta);
            }
            catch (Exception)
            {
                // The script was ended, or has no stack left. No exception may pass through compiled code that has called this; as JavaScript does not see the new pages, that code does not go on.
                memory.Store.Interrupt();
            }
        };
    }

    /// <summary>Grows a memory that JavaScript has grown.</summary>
    private bool GrowMemory(int id, BufferPlace buffer, double delta)
    {
        var memory = (Memory)_items[id]!;
        _growsForScript = true;
        try
        {
            if (memory.Grow((ulong)delta) < 0)
            {
                return false;
            }
        }
        finally
        {
            _growsForScript = false;
        }

        MapBelow(memory, buffer);
        return true;
    }

    private static void MapBelow(Memory memory, BufferPlace buffer)
    {
        if (buffer.Length < memory.ByteLength)
        {
            throw new NotSupportedException("WebAssembly: this buffer is smaller than its memory");
        }

        var address = (nint)buffer.Address;
        if (address % Environment.SystemPageSize != 0)
        {
            throw new NotSupportedException("WebAssembly: this memory of V8 does not begin at a page of the system");
        }

        memory.MapAt(address);
    }
}
