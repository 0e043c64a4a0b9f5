using System.Globalization;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// A WebAssembly value outside of compiled code: a number, or a reference to a function, to an object of the WebAssembly heap, or to an
/// object of the host. Objects of the WebAssembly heap live as long as a value refers to them.
/// </summary>
public readonly struct WasmValue : IEquatable<WasmValue>
{
    /// <summary>Where the value of an i31 begins in <see cref="_bits"/>.</summary>
    private const int I31Shift = 32;

    private static readonly object I31Tag = new();

    /// <summary>
    /// A <see cref="NumberTag"/>, or what a reference refers to, <see cref="I31Tag"/> for an i31; null for null references.
    /// </summary>
    private readonly object? _object;

    /// <summary>A number's bits, or the code of a reference's heap type, with the value of an i31 above.</summary>
    private readonly ulong _bits;

    private WasmValue(object? @object, ulong bits)
    {
        _object = @object;
        _bits = bits;
    }

    /// <summary>The value's type. That of a reference is the most general one of its hierarchy.</summary>
    public ValueType Type => _object is NumberTag tag
        ? ValueType.OfKind(tag.Kind)
        : ValueType.Reference(new HeapType((uint)_bits), nullable: true);

    /// <summary>The value's kind.</summary>
    public ValueKind Kind => _object is NumberTag tag ? tag.Kind : ValueKind.Ref;

    /// <summary>Whether this is a null reference.</summary>
    public bool IsNull => _object is null;

    /// <summary>Whether this is an unboxed 31-bit integer.</summary>
    public bool IsI31 => ReferenceEquals(_object, I31Tag);

    /// <summary>The bits of a number: those of a 32-bit one are zero-extended.</summary>
    /// <exception cref="InvalidOperationException">The value is a reference or a vector.</exception>
    public ulong Bits => _object is NumberTag and not VectorTag ? _bits : throw WrongKind("a number");

    /// <summary>An i32.</summary>
    public static WasmValue FromI32(int value) => new(NumberTag.I32, (uint)value);

    /// <summary>An i64.</summary>
    public static WasmValue FromI64(long value) => new(NumberTag.I64, (ulong)value);

    /// <summary>An f32.</summary>
    public static WasmValue FromF32(float value) => new(NumberTag.F32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>An f64.</summary>
    public static WasmValue FromF64(double value) => new(NumberTag.F64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A v128. Unlike numbers it takes an allocation.</summary>
    public static WasmValue FromV128(V128 value) => new(new VectorTag(value.High), value.Low);

    /// <summary>A number from its bits.</summary>
    /// <param name="kind">A kind of number.</param>
    /// <param name="bits">The bits; the high half is ignored for 32-bit kinds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of numbers.</exception>
    public static WasmValue FromBits(ValueKind kind, ulong bits) => kind switch
    {
        ValueKind.I32 => new(NumberTag.I32, (uint)bits),
        ValueKind.I64 => new(NumberTag.I64, bits),
        ValueKind.F32 => new(NumberTag.F32, (uint)bits),
        ValueKind.F64 => new(NumberTag.F64, bits),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of number"),
    };

    /// <summary>A reference to a function, or the null reference.</summary>
    public static WasmValue FromFunction(WasmFunction? function) => new(function, (ulong)AbstractHeapType.Func);

    /// <summary>
    /// A reference to an object of the host; null is the null reference. Strings become strings of the WebAssembly heap, equal in
    /// value when they come back; other objects come back themselves.
    /// </summary>
    public static WasmValue FromExtern(object? value) => new(value, (ulong)AbstractHeapType.Extern);

    /// <summary>An unboxed 31-bit integer, as an <c>anyref</c>.</summary>
    /// <param name="value">The integer, whose highest bit is ignored.</param>
    public static WasmValue FromI31(int value) => FromI31(value, AbstractHeapType.Any);

    /// <summary>
    /// A reference to a structure or array, as an <c>anyref</c>, or to an exception, as an <c>exnref</c>; null is the null
    /// <c>anyref</c>.
    /// </summary>
    public static WasmValue FromHeap(HeapReference? reference) =>
        new(reference, (ulong)(reference is { IsException: true } ? AbstractHeapType.Exn : AbstractHeapType.Any));

    /// <summary>The null reference of a hierarchy.</summary>
    /// <param name="heapType">Any heap type of the hierarchy.</param>
    public static WasmValue Null(HeapType heapType) => new(null, (ulong)TypeRegistry.TopOf(heapType));

    /// <summary>An i32.</summary>
    public static implicit operator WasmValue(int value) => FromI32(value);

    /// <summary>An i64.</summary>
    public static implicit operator WasmValue(long value) => FromI64(value);

    /// <summary>An f32.</summary>
    public static implicit operator WasmValue(float value) => FromF32(value);

    /// <summary>An f64.</summary>
    public static implicit operator WasmValue(double value) => FromF64(value);

    /// <summary>A v128.</summary>
    public static implicit operator WasmValue(V128 value) => FromV128(value);

    /// <summary>The value of an i32.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public int AsI32() => (int)Number(NumberTag.I32);

    /// <summary>The value of an i64.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public long AsI64() => (long)Number(NumberTag.I64);

    /// <summary>The value of an f32.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public float AsF32() => BitConverter.UInt32BitsToSingle((uint)Number(NumberTag.F32));

    /// <summary>The value of an f64.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public double AsF64() => BitConverter.UInt64BitsToDouble(Number(NumberTag.F64));

    /// <summary>The value of a v128.</summary>
    /// <exception cref="InvalidOperationException">The value is of another type.</exception>
    public V128 AsV128() => _object is VectorTag tag ? new V128(_bits, tag.High) : throw WrongKind("v128");

    /// <summary>The function that is referred to, or null.</summary>
    /// <exception cref="InvalidOperationException">The value is not a reference to a function.</exception>
    public WasmFunction? AsFunction() => IsReference(AbstractHeapType.Func)
        ? (WasmFunction?)_object
        : throw WrongKind("a function reference");

    /// <summary>
    /// The object of the host that is referred to, or null. An object of the WebAssembly heap is a <see cref="HeapReference"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The value is not a reference of the host, or is an i31.</exception>
    public object? AsExtern() =>
        IsReference(AbstractHeapType.Extern) && !IsI31 ? _object : throw WrongKind("a host reference");

    /// <summary>The object of the WebAssembly heap that is referred to, or null.</summary>
    /// <exception cref="InvalidOperationException">The value is a number, an i31, or refers to something else.</exception>
    public HeapReference? AsHeap() => IsNull ? null : _object as HeapReference ?? throw WrongKind("a heap reference");

    /// <summary>The value of an i31, sign-extended.</summary>
    /// <exception cref="InvalidOperationException">The value is no i31.</exception>
    public int AsI31() => IsI31 ? (int)(_bits >> I31Shift) << 1 >> 1 : throw WrongKind("an i31");

    /// <summary>The same reference as an <c>externref</c> (<c>extern.convert_any</c>).</summary>
    /// <exception cref="InvalidOperationException">The value is not an <c>anyref</c>.</exception>
    public WasmValue ExternConvertAny() => Convert(AbstractHeapType.Any, AbstractHeapType.Extern);

    /// <summary>The same reference as an <c>anyref</c> (<c>any.convert_extern</c>).</summary>
    /// <exception cref="InvalidOperationException">The value is not an <c>externref</c>.</exception>
    public WasmValue AnyConvertExtern() => Convert(AbstractHeapType.Extern, AbstractHeapType.Any);

    /// <inheritdoc/>
    public bool Equals(WasmValue other) =>
        _bits == other._bits
        && (_object is NumberTag and not VectorTag ? ReferenceEquals(_object, other._object) : Equals(_object, other._object));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WasmValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_bits, _object);

    /// <summary>Whether two values are the same: numbers bit by bit, references by the objects they refer to.</summary>
    public static bool operator ==(WasmValue left, WasmValue right) => left.Equals(right);

    /// <summary>Whether two values differ.</summary>
    public static bool operator !=(WasmValue left, WasmValue right) => !left.Equals(right);

    /// <summary>The value for people: a number in decimal, a reference by what it refers to.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.I32 => AsI32().ToString(CultureInfo.InvariantCulture),
        ValueKind.I64 => AsI64().ToString(CultureInfo.InvariantCulture),
        ValueKind.F32 => AsF32().ToString("R", CultureInfo.InvariantCulture),
        ValueKind.F64 => AsF64().ToString("R", CultureInfo.InvariantCulture),
        ValueKind.V128 => AsV128().ToString(),
        _ => IsI31 ? $"i31 {AsI31().ToString(CultureInfo.InvariantCulture)}" : _object?.ToString() ?? "null",
    };

    /// <summary>What a reference refers to: null, a function, a <see cref="HeapReference"/>, or an object of the host.</summary>
    internal object? Referent => _object;

    /// <summary>A reference of a hierarchy to what is not null, a function, or an i31.</summary>
    internal static WasmValue FromReferent(object referent, AbstractHeapType top) => new(referent, (ulong)top);

    /// <summary>An i31 in one of the two hierarchies that have them.</summary>
    internal static WasmValue FromI31(int value, AbstractHeapType top) => new(I31Tag, ((ulong)(uint)value << I31Shift) | (ulong)top);

    /// <summary>Whether this is a reference of the hierarchy with the given top.</summary>
    internal bool IsReference(AbstractHeapType top) => _object is not NumberTag && (uint)_bits == (uint)top;

    private WasmValue Convert(AbstractHeapType from, AbstractHeapType to) => IsReference(from)
        ? new WasmValue(_object, (_bits & ~(ulong)uint.MaxValue) | (ulong)to)
        : throw WrongKind($"a reference below {from}");

    private ulong Number(NumberTag tag) => ReferenceEquals(_object, tag) ? _bits : throw WrongKind(tag.Kind.ToString());

    private InvalidOperationException WrongKind(string wanted) => new($"the value is of type {Type}, not {wanted}");

    /// <summary>Tells numbers from references, so that a value takes two words.</summary>
    private class NumberTag(ValueKind kind)
    {
        public static readonly NumberTag I32 = new(ValueKind.I32);
        public static readonly NumberTag I64 = new(ValueKind.I64);
        public static readonly NumberTag F32 = new(ValueKind.F32);
        public static readonly NumberTag F64 = new(ValueKind.F64);

        public ValueKind Kind { get; } = kind;
    }

    /// <summary>Marks a vector, and holds its high half, so that other values stay two words.</summary>
    private sealed class VectorTag(ulong high) : NumberTag(ValueKind.V128), IEquatable<VectorTag>
    {
        public ulong High { get; } = high;

        public bool Equals(VectorTag? other) => other is not null && High == other.High;

        public override bool Equals(object? obj) => Equals(obj as VectorTag);

        public override int GetHashCode() => High.GetHashCode();
    }
}
