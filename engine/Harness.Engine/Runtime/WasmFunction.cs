using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Calls;

namespace Harness.Engine.Runtime;

/// <summary>A function of a store: of an instance or of the host.</summary>
public sealed unsafe class WasmFunction : Extern
{
    /// <summary>Slots with which it may be called; more than there can be where a parameter or result is a reference.</summary>
    private readonly int _leastSlots;
    private nint _entry;

    internal WasmFunction(Store store, FunctionReference* reference, Instance? instance, HostFunction? host)
        : base(store)
    {
        Reference = reference;
        Instance = instance;
        Host = host;
        Index = reference->FunctionIndex;
        TypeId = reference->TypeId;
        Type = TypeRegistry.Get(TypeId).Function!;
        var hasReferences = Type.Parameters.Any(type => type.IsReference) || Type.Results.Any(type => type.IsReference);
        _leastSlots = hasReferences ? int.MaxValue : SignatureAdapters.SlotCount(Type);
    }

    /// <summary>Its parameters and results.</summary>
    public FunctionType Type { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Function;

    /// <summary>The instance that it belongs to; null for a function of the host.</summary>
    public Instance? Instance { get; }

    /// <summary>Its index in the module of the instance; -1 for a function of the host.</summary>
    public int Index { get; }

    /// <summary>What compiled code knows it by; gone with its store.</summary>
    internal FunctionReference* Reference { get; }

    /// <summary>The canonical id of its type.</summary>
    internal int TypeId { get; }

    internal HostFunction? Host { get; }

    /// <summary>Calls the function.</summary>
    /// <param name="arguments">One value for each parameter.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments are not of the function's parameter types.</exception>
    /// <exception cref="WasmTrapException">The function trapped.</exception>
    /// <exception cref="WasmException">The function threw an exception.</exception>
    /// <exception cref="InvalidOperationException">The store is in use by another thread.</exception>
    public WasmValue[] Invoke(params ReadOnlySpan<WasmValue> arguments) => Call(arguments);

    /// <summary>As <see cref="Invoke(ReadOnlySpan{WasmValue})"/>, unless it is cancelled before it has returned.</summary>
    /// <param name="arguments">One value for each parameter.</param>
    /// <param name="cancellation">
    /// Ends the execution: at the next entry of a function or header of a loop, or while it waits for a compiler. A function of the host that it has called is not ended, but whatever of the
    /// store that function calls is.
    /// </param>
    /// <exception cref="OperationCanceledException">It was cancelled. The trap that has ended it, with its stack, is the inner exception.</exception>
    /// <inheritdoc cref="Invoke(ReadOnlySpan{WasmValue})"/>
    public WasmValue[] Invoke(ReadOnlySpan<WasmValue> arguments, CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled)
        {
            return Call(arguments);
        }

        using var call = new CancellableCall(Store, cancellation);
        try
        {
            return Call(arguments);
        }
        catch (WasmTrapException trap) when (call.IsCauseOf(trap))
        {
            throw call.Cancelled(trap);
        }
    }

    private WasmValue[] Call(ReadOnlySpan<WasmValue> arguments)
    {
        if (arguments.Length != Type.Parameters.Length)
        {
            throw new ArgumentException($"{arguments.Length} arguments for a function of type {Type}", nameof(arguments));
        }

        Store.CatchUpOnCollection();
        var count = SignatureAdapters.SlotCount(Type);
        var slots = count <= 32 ? stackalloc ulong[32] : new ulong[count];
        var slot = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            slot += Store.ToWords(arguments[i], Type.Parameters[i], ref slots[slot]);
        }

        fixed (ulong* pointer = slots)
        {
            CallSlots(pointer);
        }

        var results = new WasmValue[Type.Results.Length];
        slot = 0;
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Store.FromWords(in slots[slot], Type.Results[i]);
            slot += Type.Results[i].WordCount;
        }

        return results;
    }

    /// <summary>Calls the function without checks of types and without allocation.</summary>
    /// <param name="slots">
    /// The bits of the arguments, and afterwards of the results; at least as many as there are parameters and results, where a vector
    /// counts twice. The high half of 32-bit values is ignored in arguments and zero in results.
    /// </param>
    /// <exception cref="ArgumentException">There are too few slots, or a parameter or result is a reference, whose bits nobody but the store knows.</exception>
    /// <exception cref="WasmTrapException">The function trapped.</exception>
    /// <exception cref="WasmException">The function threw an exception.</exception>
    /// <exception cref="InvalidOperationException">The store is in use by another thread.</exception>
    public void InvokeRaw(Span<ulong> slots)
    {
        if (!TryInvokeRaw(slots))
        {
            Store.ThrowPending();
        }
    }

    /// <summary>As <see cref="InvokeRaw(Span{ulong})"/>, unless it is cancelled before it has returned: see <see cref="Invoke(ReadOnlySpan{WasmValue}, CancellationToken)"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <inheritdoc cref="InvokeRaw(Span{ulong})"/>
    public void InvokeRaw(Span<ulong> slots, CancellationToken cancellation)
    {
        fixed (ulong* pointer = &MemoryMarshal.GetReference(Sufficient(slots)))
        {
            CallSlotsUnlessCancelled(pointer, cancellation);
        }
    }

    /// <summary>As <see cref="InvokeRaw(Span{ulong})"/>, but what went wrong stays pending in the store.</summary>
    internal bool TryInvokeRaw(Span<ulong> slots)
    {
        fixed (ulong* pointer = &MemoryMarshal.GetReference(Sufficient(slots)))
        {
            return TryCallSlots(pointer);
        }
    }

    /// <summary>
    /// A delegate that calls the function: no check of types, no box and no allocation at each call. Parameters and results are numbers:
    /// <see cref="int"/> and <see cref="uint"/> are i32, <see cref="long"/> and <see cref="ulong"/> i64, <see cref="float"/> f32,
    /// <see cref="double"/> f64; a tuple is as many results as it has items. The last parameter may be a <see cref="CancellationToken"/>, which
    /// is no parameter of the function but may cancel the call. Making it generates code, which takes some hundred
    /// microseconds. It throws what <see cref="InvokeRaw(Span{ulong})"/> does, or <see cref="InvokeRaw(Span{ulong}, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="TDelegate">The delegate's type, such as <c>Func&lt;int, double&gt;</c>.</typeparam>
    /// <exception cref="ArgumentException">It is not of the function's type.</exception>
    public TDelegate CreateDelegate<TDelegate>()
        where TDelegate : Delegate => TypedCall.Create<TDelegate>(this);

    /// <summary>As <see cref="InvokeRaw(Span{ulong})"/>, on slots that suffice and do not move.</summary>
    internal void CallSlots(ulong* slots)
    {
        if (!TryCallSlots(slots))
        {
            Store.ThrowPending();
        }
    }

    /// <summary>As <see cref="InvokeRaw(Span{ulong}, CancellationToken)"/>, on slots that suffice and do not move.</summary>
    internal void CallSlotsUnlessCancelled(ulong* slots, CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled)
        {
            CallSlots(slots);
            return;
        }

        using var call = new CancellableCall(Store, cancellation);
        try
        {
            CallSlots(slots);
        }
        catch (WasmTrapException trap) when (call.IsCauseOf(trap))
        {
            throw call.Cancelled(trap);
        }
    }

    private Span<ulong> Sufficient(Span<ulong> slots) => slots.Length >= _leastSlots
        ? slots
        : throw new ArgumentException(
            _leastSlots == int.MaxValue
                ? $"a function of type {Type} cannot be called by slots: references have no bits that would be safe"
                : $"{slots.Length} slots for a function of type {Type}",
            nameof(slots));

    /// <summary>As <see cref="CallSlots"/>, but what went wrong stays pending in the store.</summary>
    internal bool TryCallSlots(ulong* slots)
    {
        if (_entry == 0)
        {
            _entry = SignatureAdapters.EntryFor(TypeId);
        }

        Store.Enter();
        return ((delegate* unmanaged<FunctionReference*, ulong*, int>)_entry)(Reference, slots) == 0;
    }

    /// <summary>The function's name, or what it is.</summary>
    public override string ToString() =>
        Instance is null ? $"host function {Type}" : Instance.Module.Functions[Index].ToString();
}
