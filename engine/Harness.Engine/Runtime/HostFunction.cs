using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Calls;

namespace Harness.Engine.Runtime;

/// <summary>
/// A function written in C# that modules can import. It belongs to no store: <see cref="Imports"/> take it as it is.
/// </summary>
public sealed unsafe partial class HostFunction
{
    private readonly RawCallback _callback;

    private HostFunction(FunctionType type, RawCallback callback)
        : this(type, TypeRegistry.AddGroup([new SubType(type, null, IsFinal: true)]), callback)
    {
    }

    private HostFunction(FunctionType type, TypeGroup group, RawCallback callback)
        : this(type, group.First, callback) => TypeGroup = group;

    private HostFunction(FunctionType type, int canonicalTypeId, RawCallback callback)
    {
        Type = type;
        CanonicalTypeId = canonicalTypeId;
        TypeGroup = TypeRegistry.GroupOf(canonicalTypeId);
        _callback = callback;
    }

    /// <summary>Works on the slots of arguments and results.</summary>
    internal delegate void RawCallback(HostCaller caller, ulong* slots);

    /// <summary>Its parameters and results.</summary>
    public FunctionType Type { get; }

    internal int CanonicalTypeId { get; }

    /// <summary>What the type stays by.</summary>
    internal TypeGroup? TypeGroup { get; }

    /// <summary>Makes a function of any type.</summary>
    /// <param name="type">Its parameters and results.</param>
    /// <param name="callback">What it does.</param>
    public static HostFunction Create(FunctionType type, HostCallback callback)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(callback);
        return new HostFunction(type, (caller, slots) => Call(type, callback, caller, slots));
    }

    /// <summary>Makes a function of any number of parameters and results, all numbers, that works on their bits.</summary>
    /// <param name="type">Its parameters and results.</param>
    /// <param name="callback">What it does.</param>
    /// <exception cref="ArgumentException">A parameter or result is no number.</exception>
    public static HostFunction Create(FunctionType type, HostSlotCallback callback)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(callback);
        if (HasReferences(type.Parameters) || HasReferences(type.Results))
        {
            throw new ArgumentException($"a function of type {type} has references, which slots cannot keep alive", nameof(type));
        }

        var count = SignatureAdapters.SlotCount(type);
        return new HostFunction(type, (caller, slots) => callback(caller, new Span<ulong>(slots, count)));
    }

    /// <summary>
    /// Makes a function from a delegate with any number of parameters, all numbers: <see cref="int"/> and <see cref="uint"/> are i32,
    /// <see cref="long"/> and <see cref="ulong"/> i64, <see cref="float"/> f32, <see cref="double"/> f64, <see cref="V128"/> v128. The first parameter may be a
    /// <see cref="HostCaller"/>; it tells who calls and is no parameter of the function. A tuple is as many results as it has items. Calls
    /// do not allocate; making the function generates code, which takes some hundred microseconds.
    /// </summary>
    /// <exception cref="ArgumentException">Another parameter or a result is no number.</exception>
    public static HostFunction Create(Delegate callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var (type, raw) = DelegateAdapter.Adapt(callback);
        return new HostFunction(type, raw);
    }

    /// <summary>Makes a function of the type with which a module imports it.</summary>
    internal static HostFunction Create(FunctionInfo import, HostCallback callback)
    {
        var type = import.Type;
        return new HostFunction(type, import.CanonicalTypeId, (caller, slots) => Call(type, callback, caller, slots));
    }

    /// <summary>Makes a function that works on values as compiled code has them.</summary>
    /// <remarks>
    /// Slots that hold references are no roots: where the function allocates, it protects those that it needs afterwards.
    /// </remarks>
    internal static HostFunction CreateRaw(FunctionType type, RawCallback callback) => new(type, callback);

    /// <summary>The same, of the type with which a module declares or imports it.</summary>
    internal static HostFunction CreateRaw(FunctionType type, int canonicalTypeId, RawCallback callback) => new(type, canonicalTypeId, callback);

    internal void Call(HostCaller caller, ulong* slots) => _callback(caller, slots);

    /// <summary>Calls the function from another one of the host, with at least as many slots as it has parameters and results.</summary>
    internal void Invoke(HostCaller caller, Span<ulong> slots)
    {
        fixed (ulong* pointer = slots)
        {
            _callback(caller, pointer);
        }
    }

    private static bool HasReferences(ImmutableArray<ValueType> types)
    {
        foreach (var type in types)
        {
            if (type.IsReference)
            {
                return true;
            }
        }

        return false;
    }

    private static void Call(FunctionType type, HostCallback callback, HostCaller caller, ulong* slots)
    {
        var store = caller.Store;
        var values = new WasmValue[type.Parameters.Length + type.Results.Length];
        var arguments = values.AsSpan(0, type.Parameters.Length);
        var results = values.AsSpan(type.Parameters.Length);
        var slot = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = store.FromWords(in slots[slot], type.Parameters[i]);
            slot += type.Parameters[i].WordCount;
        }

        // Here nothing in compiled code's form is needed: the arguments are converted, and there are no results or exceptions yet.
        store.Heap.CatchUp();
        callback(caller, arguments, results);
        try
        {
            slot = 0;
            for (var i = 0; i < results.Length; i++)
            {
                slot += store.ToWords(results[i], type.Results[i], ref slots[slot]);
            }
        }
        catch (InsufficientMemoryException)
        {
            throw new HostTrapException(TrapKind.OutOfMemory);
        }
    }
}
