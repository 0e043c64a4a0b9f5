using System.Runtime.CompilerServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Calls;

/// <summary>
/// Converts values of a store between what the host has and what compiled code has. Never collects garbage, so that words converted
/// before stay right.
/// </summary>
internal sealed unsafe class ValueConverter(Store store)
{
    /// <summary>Puts a value where compiled code, or a call of it, takes it from: in one word, or in two if it is a vector.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type.</param>
    /// <param name="words">The first word.</param>
    /// <returns>The number of words.</returns>
    /// <inheritdoc cref="ToNative"/>
    public int ToWords(WasmValue value, ValueType type, ref ulong words)
    {
        if (!type.IsVector)
        {
            words = ToNative(value, type);
            return 1;
        }

        if (value.Kind != ValueKind.V128)
        {
            throw WrongType(value, type);
        }

        (words, Unsafe.Add(ref words, 1)) = value.AsV128();
        return 2;
    }

    /// <summary>The value in one word, or in two if it is a vector, as the host has it.</summary>
    public WasmValue FromWords(ref readonly ulong words, ValueType type) => type.IsVector
        ? new V128(words, Unsafe.Add(ref Unsafe.AsRef(in words), 1))
        : FromNative(words, type);

    /// <summary>A value, which is no vector, as compiled code has it.</summary>
    /// <exception cref="ArgumentException">The value is not of the type, or is of another store.</exception>
    /// <exception cref="InsufficientMemoryException">There is no room for the object that a host object needs.</exception>
    public ulong ToNative(WasmValue value, ValueType type)
    {
        if (!type.IsReference)
        {
            return value.Kind == type.Kind ? value.Bits : throw WrongType(value, type);
        }

        var top = TypeRegistry.TopOf(type.HeapType);
        if (!value.IsReference(top))
        {
            throw WrongType(value, type);
        }

        if (value.IsNull)
        {
            return type.IsNullable ? 0ul : throw WrongType(value, type);
        }

        if (!HeapTypeOf(value, top).IsSubtypeOf(type.HeapType))
        {
            throw WrongType(value, type);
        }

        if (top == AbstractHeapType.Func)
        {
            return (ulong)Own(value.AsFunction()!).Reference;
        }

        return value.IsI31 ? EncodeI31(value.AsI31()) : AddressOf(value.Referent!);
    }

    /// <summary>A value of compiled code, which is no vector, as the host has it.</summary>
    public WasmValue FromNative(ulong bits, ValueType type)
    {
        if (!type.IsReference)
        {
            return WasmValue.FromBits(type.Kind, bits);
        }

        var top = TypeRegistry.TopOf(type.HeapType);
        if (bits == 0)
        {
            return WasmValue.Null(type.HeapType);
        }

        if (top == AbstractHeapType.Func)
        {
            return WasmValue.FromFunction(Store.FunctionOf((FunctionReference*)bits));
        }

        if ((bits & 1) != 0)
        {
            return WasmValue.FromI31((int)(uint)bits >> 1, top);
        }

        return WasmValue.FromReferent(ReferentOf(bits), top);
    }

    /// <summary>The word that compiled code has for an i31.</summary>
    public static ulong EncodeI31(int value) => ((uint)value << 1) | 1;

    private static HeapType HeapTypeOf(WasmValue value, AbstractHeapType top) => top switch
    {
        AbstractHeapType.Func => HeapType.Defined(value.AsFunction()!.TypeId).Exact,
        AbstractHeapType.Any when value.IsI31 => HeapType.Abstract(AbstractHeapType.I31),
        AbstractHeapType.Any when value.Referent is HeapReference { IsStruct: true } or HeapReference { IsArray: true } =>
            HeapType.Defined(((HeapReference)value.Referent).TypeId).Exact,
        _ => HeapType.Abstract(top),
    };

    private static ArgumentException WrongType(WasmValue value, ValueType type) =>
        new($"the value {value} of type {value.Type} is not of type {type}");

    private WasmFunction Own(WasmFunction function) =>
        function.Store == store ? function : throw new ArgumentException("the function is of another store");

    private ulong AddressOf(object referent) => referent switch
    {
        HeapReference reference when reference.Heap == store.Heap => reference.Address,
        HeapReference => throw new ArgumentException("the object is of another store"),
        string text => store.Heap.NewString(text, Allocation.NeverCollect),
        _ => store.Heap.WrapHostObject(referent, Allocation.NeverCollect),
    };

    private object ReferentOf(ulong address) => ObjectHeap.TypeIdOf(address) switch
    {
        BuiltinTypeId.HostObject => store.Heap.HostObjectOf(address),
        BuiltinTypeId.String => new string(ObjectHeap.CharactersOf(address)),
        _ => store.Heap.Handles.Add(address),
    };
}
