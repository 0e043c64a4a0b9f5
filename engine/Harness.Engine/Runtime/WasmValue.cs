using System.Globalization;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>A WebAssembly value outside of compiled code: a number, or a reference to a function or to an object of the host.</summary>
public readonly struct WasmValue : IEquatable<WasmValue>
{
    /// <summary>A <see cref="NumberTag"/>, or what a reference refers to; null for null references.</summary>
    private readonly object? _object;

    /// <summary>A number's bits, or the code of a reference's heap type.</summary>
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

    /// <summary>The bits of a number: those of a 32-bit one are zero-extended.</summary>
    /// <exception cref="InvalidOperationException">The value is a reference.</exception>
    public ulong Bits => _object is NumberTag ? _bits : throw WrongKind("a number");

    /// <summary>An i32.</summary>
    public static WasmValue FromI32(int value) => new(NumberTag.I32, (uint)value);

    /// <summary>An i64.</summary>
    public static WasmValue FromI64(long value) => new(NumberTag.I64, (ulong)value);

    /// <summary>An f32.</summary>
    public static WasmValue FromF32(float value) => new(NumberTag.F32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>An f64.</summary>
    public static WasmValue FromF64(double value) => new(NumberTag.F64, BitConverter.DoubleToUInt64Bits(value));

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

    /// <summary>A reference to an object of the host; null is the null reference.</summary>
    public static WasmValue FromExtern(object? value) => new(value, (ulong)AbstractHeapType.Extern);

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

    /// <summary>The function that is referred to, or null.</summary>
    /// <exception cref="InvalidOperationException">The value is not a reference to a function.</exception>
    public WasmFunction? AsFunction() => IsReference(AbstractHeapType.Func)
        ? (WasmFunction?)_object
        : throw WrongKind("a function reference");

    /// <summary>The object of the host that is referred to, or null.</summary>
    /// <exception cref="InvalidOperationException">The value is not a reference of the host.</exception>
    public object? AsExtern() => IsReference(AbstractHeapType.Extern) ? _object : throw WrongKind("a host reference");

    /// <inheritdoc/>
    public bool Equals(WasmValue other) =>
        _bits == other._bits && (_object is NumberTag ? ReferenceEquals(_object, other._object) : Equals(_object, other._object));

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
        _ => _object?.ToString() ?? "null",
    };

    /// <summary>Whether this is a reference of the hierarchy with the given top.</summary>
    internal bool IsReference(AbstractHeapType top) => _object is not NumberTag && _bits == (ulong)top;

    private ulong Number(NumberTag tag) => ReferenceEquals(_object, tag) ? _bits : throw WrongKind(tag.Kind.ToString());

    private InvalidOperationException WrongKind(string wanted) => new($"the value is of type {Type}, not {wanted}");

    /// <summary>Tells numbers from references, so that a value takes two words.</summary>
    private sealed class NumberTag(ValueKind kind)
    {
        public static readonly NumberTag I32 = new(ValueKind.I32);
        public static readonly NumberTag I64 = new(ValueKind.I64);
        public static readonly NumberTag F32 = new(ValueKind.F32);
        public static readonly NumberTag F64 = new(ValueKind.F64);

        public ValueKind Kind { get; } = kind;
    }
}
