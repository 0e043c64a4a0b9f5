using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Emscripten;

/// <summary>
/// The system that Emscripten's C library expects: time, standard streams, growing memory, unwinding through <c>invoke_*</c>, and files of
/// which there are none. For one instance of a module, whose import names may be minified.
/// </summary>
public sealed class EmscriptenHost : IDisposable
{
    private const string Constructors = "__wasm_call_ctors";
    private const string InvokePrefix = "invoke_";
    private readonly EmscriptenOptions _options;
    private readonly WasiHost _wasi;
    private readonly Dictionary<string, HostSlotCallback> _functions = [];

    /// <summary>Functions that differ by the type with which a program imports them.</summary>
    private readonly Dictionary<string, Func<FunctionType, HostSlotCallback>> _typedFunctions = [];

    private readonly EmscriptenUnwinding _unwinding;
    private Instance? _instance;
    private Memory? _memory;
    private Table? _table;

    /// <summary>Makes a host.</summary>
    /// <param name="options">What the program is given.</param>
    public EmscriptenHost(EmscriptenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _wasi = new WasiHost(options.System);
        _unwinding = new EmscriptenUnwinding(this);
        EmscriptenTime.Add(_functions, _typedFunctions, this, options.System.Clock);
        EmscriptenSystem.Add(_functions, this, options);
        EmscriptenFiles.Add(_functions, this);
        _unwinding.Add(_functions);
    }

    /// <summary>The program.</summary>
    /// <exception cref="InvalidOperationException">It is not instantiated yet.</exception>
    public Instance Instance => _instance ?? throw new InvalidOperationException("the program is not instantiated yet");

    /// <summary>The program's memory.</summary>
    /// <exception cref="ProgramException">It is not instantiated yet, and does not import its memory, or has none.</exception>
    public Memory Memory => _memory ?? throw new ProgramException("the program has no memory yet");

    /// <summary>Makes the program's instance and runs its constructors.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="module">The program.</param>
    /// <exception cref="LinkException">It imports functions that this host does not have: all of them are named, by the names before minifying.</exception>
    /// <exception cref="InvalidOperationException">There is an instance already.</exception>
    public Instance Instantiate(Store store, WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(module);
        if (_instance is not null)
        {
            throw new InvalidOperationException("this host has an instance already");
        }

        var imports = new Imports();
        foreach (var import in module.Imports)
        {
            Define(imports, store, module, import);
        }

        _instance = store.Instantiate(module, imports);
        _memory ??= module.Exports.Where(export => export.Kind == ExternalKind.Memory).Select(export => _instance.GetMemory(export.Name)).FirstOrDefault();
        if (_memory is not null)
        {
            _wasi.UseMemory(_memory);
        }

        (Find(Constructors) ?? FirstMinifiedConstructor())?.Invoke();
        return _instance;
    }

    /// <summary>An export by its name before minifying.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public WasmFunction GetFunction(string name) =>
        Find(name) ?? throw new KeyNotFoundException($"the program exports no function \"{name}\"");

    /// <summary>Runs <c>main</c>.</summary>
    /// <returns>The exit code.</returns>
    public int RunMain() => WasiHost.RunToExit(() =>
    {
        var main = Find("main") ?? GetFunction("__main_argc_argv");
        uint[] arguments = [.. _options.System.Arguments.Select(Allocate), 0];
        var vector = Malloc((ulong)arguments.Length * sizeof(uint));
        for (uint i = 0; i < arguments.Length; i++)
        {
            Memory.Write(vector + (i * sizeof(uint)), arguments[i]);
        }

        var results = main.Type.Parameters.Length == 0 ? main.Invoke() : main.Invoke(arguments.Length - 1, (int)vector);
        if (results is [{ } code] && code.AsI32() != 0)
        {
            throw new WasiExitException(code.AsI32());
        }
    });

    /// <summary>Copies text into the program's memory.</summary>
    /// <returns>Its address; the program may free it.</returns>
    /// <exception cref="InsufficientMemoryException">The program has no memory left for it.</exception>
    /// <exception cref="ProgramException">What the program's <c>malloc</c> gives does not lie in its memory, or it has none.</exception>
    public uint Allocate(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text + '\0');
        var address = Malloc((ulong)bytes.Length);
        bytes.CopyTo(Memory.Span(address, bytes.Length));
        return address;
    }

    /// <summary>Text in the program's memory, up to a zero.</summary>
    /// <exception cref="ProgramException">There is no zero before the memory's end.</exception>
    public string ReadText(uint address)
    {
        var size = Memory.ByteLength;
        var bytes = address < size ? Memory.Span(address, (int)Math.Min(size - address, int.MaxValue)) : default;
        var length = bytes.IndexOf((byte)0);
        if (length < 0)
        {
            throw new ProgramException($"the program has no text at address 0x{address:x}: none ends there");
        }

        return System.Text.Encoding.UTF8.GetString(bytes[..length]);
    }

    /// <summary>Closes what the program has open.</summary>
    public void Dispose() => _wasi.Dispose();

    /// <summary>An exported function by its name before minifying, or null.</summary>
    /// <exception cref="ProgramException">The program is not instantiated yet, but calls its host.</exception>
    internal WasmFunction? Find(string name)
    {
        var called = _options.Names?.Exports.GetValueOrDefault(name) ?? name;
        return Started.Export(called) as WasmFunction;
    }

    /// <summary>Calls an exported function of numbers.</summary>
    /// <returns>The bits of its first result; 0 if it has none.</returns>
    /// <exception cref="ProgramException">There is none, or it takes more than that.</exception>
    internal ulong Call(string name, params ReadOnlySpan<ulong> arguments)
    {
        var function = Find(name) ?? throw new ProgramException($"the program exports no function \"{name}\"");
        Span<ulong> slots = stackalloc ulong[Math.Max(arguments.Length, 1)];
        arguments.CopyTo(slots);
        try
        {
            function.InvokeRaw(slots);
        }
        catch (ArgumentException e) when (e.ParamName == "slots")
        {
            throw new ProgramException($"the program exports '{name}' as a function of type {function.Type}, where {arguments.Length} numbers are passed", e);
        }

        return function.Type.Results.Length > 0 ? slots[0] : 0;
    }

    /// <summary>A value in the program's memory.</summary>
    /// <exception cref="ProgramException">It does not lie in it.</exception>
    internal T Read<T>(uint address)
        where T : unmanaged
    {
        RequireInMemory(address, (ulong)System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), "a value");
        return Memory.Read<T>(address);
    }

    /// <summary>Memory that the program gives.</summary>
    /// <inheritdoc cref="Allocate" path="/exception"/>
    internal uint Malloc(ulong bytes)
    {
        var address = (uint)Call("malloc", bytes);
        if (address == 0)
        {
            throw new InsufficientMemoryException("the program has no memory left");
        }

        RequireInMemory(address, bytes, "what its malloc gives");
        return address;
    }

    /// <summary>Gives the program the high half of a result of 64 bits that it takes in two halves.</summary>
    internal void SetSecondResult(uint value) => _unwinding.SetSecondResult(value);

    /// <summary>The program's table of functions.</summary>
    /// <exception cref="ProgramException">It exports none.</exception>
    internal Table FunctionTable() => _table ??= Started.Module.Exports.Where(export => export.Kind == ExternalKind.Table).Select(export => Started.GetTable(export.Name)).FirstOrDefault()
        ?? throw new ProgramException("the program exports no table of functions");

    /// <summary>The program, for what it calls itself.</summary>
    private Instance Started => _instance ?? throw new ProgramException("the program calls its host for something that it exports, before it is instantiated");

    private void RequireInMemory(uint address, ulong bytes, string what)
    {
        if (!Memory.Contains(address, bytes))
        {
            throw new ProgramException($"the program has no {bytes} bytes at address 0x{address:x}, where {what} is to be: its memory has {Memory.ByteLength}");
        }
    }

    /// <summary>Where the export of the constructors has no name in the glue, it is the first export, of type [] -> [].</summary>
    private WasmFunction? FirstMinifiedConstructor() =>
        _options.Names is not null && Instance.Module.Exports is [{ Kind: ExternalKind.Function } first, ..] && Instance.GetFunction(first.Name) is { Type: { Parameters.Length: 0, Results.Length: 0 } } function
            ? function
            : null;

    private void Define(Imports imports, Store store, WasmModule module, Import import)
    {
        var name = _options.Names?.Imports.GetValueOrDefault(import.Name) ?? import.Name;
        switch (import.Kind)
        {
            case ExternalKind.Memory:
                var type = module.Memories[import.Index].Type;
                var pages = Math.Max(type.Limits.Minimum, _options.InitialPages ?? 0);
                _memory = new Memory(store, type with { Limits = new Limits(pages, type.Limits.Maximum) });
                _wasi.UseMemory(_memory);
                imports.Define(import.ModuleName, import.Name, _memory);
                break;
            case ExternalKind.Table:
                var table = module.Tables[import.Index].Type;
                imports.Define(import.ModuleName, import.Name, new Table(store, table, WasmValue.Null(table.ElementType.HeapType)));
                break;
            case ExternalKind.Tag:
                imports.Define(import.ModuleName, import.Name, new Tag(store, module.Tags[import.Index].Type));
                break;
            case ExternalKind.Function when Function(name, module.Functions[import.Index].Type) is { } function:
                imports.Define(import.ModuleName, import.Name, function);
                break;
        }
    }

    private HostFunction? Function(string name, FunctionType type)
    {
        if (type.Parameters.Any(parameter => parameter.IsReference) || type.Results.Any(result => result.IsReference))
        {
            return null;
        }

        if (_options.Functions.TryGetValue(name, out var own))
        {
            return HostFunction.Create(type, own);
        }

        if (_functions.TryGetValue(name, out own))
        {
            return Declared(name, type, own);
        }

        if (_typedFunctions.TryGetValue(name, out var typed))
        {
            return Declared(name, type, typed(type));
        }

        if (name.StartsWith(InvokePrefix, StringComparison.Ordinal) && EmscriptenUnwinding.CanInvoke(type))
        {
            return _unwinding.Invoker(type);
        }

        if (name.StartsWith("__cxa_find_matching_catch_", StringComparison.Ordinal))
        {
            return Declared(name, type, _unwinding.CatchFinder(type));
        }

        if (!_wasi.Functions.TryGetValue(name, out var wasi))
        {
            return null;
        }

        var isSame = wasi.Type.Parameters.AsSpan().SequenceEqual(type.Parameters.AsSpan()) && wasi.Type.Results.AsSpan().SequenceEqual(type.Results.AsSpan());
        return isSame ? wasi : Declared(name, type, Legalized(wasi, type));
    }

    /// <summary>A function that is known by its name alone, as a program declares it: where that has fewer values than the function, the call fails. An address outside of the memory traps, as it does in code.</summary>
    private static HostFunction Declared(string name, FunctionType type, HostSlotCallback callback) => HostFunction.Create(type, (caller, slots) =>
    {
        try
        {
            callback(caller, slots);
        }
        catch (IndexOutOfRangeException e)
        {
            throw new ProgramException($"the program imports '{name}' as a function of type {type}, which has too few parameters or results", e);
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName == "address")
        {
            throw new HostTrapException(TrapKind.MemoryOutOfBounds);
        }
    });

    /// <summary>A function of WASI whose 64-bit parameters come in two halves, low half first.</summary>
    private static HostSlotCallback Legalized(HostFunction function, FunctionType type) => (caller, slots) =>
    {
        Span<ulong> joined = stackalloc ulong[function.Type.Parameters.Length + 1];
        for (int i = 0, from = 0; i < function.Type.Parameters.Length; i++)
        {
            joined[i] = slots[from++];
            if (function.Type.Parameters[i].Kind == ValueKind.I64 && type.Parameters[from - 1].Kind == ValueKind.I32)
            {
                joined[i] |= slots[from++] << 32;
            }
        }

        function.Invoke(caller, joined);
        slots[0] = joined[0];
    };
}
