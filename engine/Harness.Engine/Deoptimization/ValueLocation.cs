using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Deoptimization;

/// <summary>Where a value lies when execution passes from optimized to baseline code.</summary>
internal enum ValueLocationKind : byte
{
    /// <summary>In a general-purpose register.</summary>
    Gpr,

    /// <summary>In a floating-point register.</summary>
    Xmm,

    /// <summary>In the frame, at an offset from rbp.</summary>
    Stack,

    /// <summary>Nowhere: it is a known constant.</summary>
    Constant,

    /// <summary>Nowhere: it is a reference to an object that is to be made.</summary>
    Object,
}

/// <summary>Where one WebAssembly value lies: in optimized code, to be read, or in baseline code, to be written.</summary>
internal readonly struct ValueLocation
{
    private ValueLocation(ValueLocationKind kind, ValueKind type, long payload)
    {
        Kind = kind;
        Type = type;
        Payload = payload;
    }

    /// <summary>What kind of place it is.</summary>
    public ValueLocationKind Kind { get; }

    /// <summary>The value's kind; references are 8 bytes.</summary>
    public ValueKind Type { get; }

    /// <summary>
    /// Register number, rbp offset in bytes, the constant's bits (of a vector, its place in <see cref="DeoptPoint.Vectors"/>; 0 is zero), or the
    /// object's place in <see cref="DeoptPoint.Objects"/>.
    /// </summary>
    public long Payload { get; }

    /// <summary>A value in a general-purpose register.</summary>
    public static ValueLocation In(Gpr register, ValueKind type) => new(ValueLocationKind.Gpr, type, (long)register);

    /// <summary>A value in a floating-point register.</summary>
    public static ValueLocation In(Xmm register, ValueKind type) => new(ValueLocationKind.Xmm, type, (long)register);

    /// <summary>A value in the frame.</summary>
    public static ValueLocation OnStack(int rbpOffset, ValueKind type) => new(ValueLocationKind.Stack, type, rbpOffset);

    /// <summary>A constant.</summary>
    public static ValueLocation Constant(long bits, ValueKind type) => new(ValueLocationKind.Constant, type, bits);

    /// <summary>A reference to an object that is to be made, by its place in <see cref="DeoptPoint.Objects"/>; only in optimized code.</summary>
    public static ValueLocation Made(int number) => new(ValueLocationKind.Object, ValueKind.Ref, number);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ValueLocationKind.Gpr => ((Gpr)Payload).ToString().ToLowerInvariant(),
        ValueLocationKind.Xmm => ((Xmm)Payload).ToString().ToLowerInvariant(),
        ValueLocationKind.Stack => $"[rbp{Payload:+0;-0}]",
        ValueLocationKind.Object => $"object{Payload}",
        _ => $"#{Payload}",
    };
}
