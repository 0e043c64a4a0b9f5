using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Baseline.Model;

/// <summary>Where the compiler knows a value to be.</summary>
internal enum ValuePlace : byte
{
    /// <summary>In its own frame slot.</summary>
    Frame,

    /// <summary>In a register, and perhaps in its frame slot as well.</summary>
    Register,

    /// <summary>Nowhere: it is a known constant.</summary>
    Constant,
}

/// <summary>
/// What the compiler knows of one local or operand at one point of the code, in 8 bytes. Equal knowledge has equal bits.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct StackValue
{
    /// <summary>The bits that tell the kind of a value, its place but for the register's number, and whether it is saved.</summary>
    public const ulong PlaceMask = SavedBit | 0xFFFF;

    /// <summary>A reference that is in its frame slot only, under <see cref="PlaceMask"/>.</summary>
    public const ulong ReferenceInFrame = (ulong)ValueKind.Ref | ((ulong)ValuePlace.Frame << 8);

    /// <summary>A reference that is in a register only, under <see cref="PlaceMask"/>.</summary>
    public const ulong ReferenceInRegister = (ulong)ValueKind.Ref | ((ulong)ValuePlace.Register << 8);

    /// <summary>A reference that is in a register and in its frame slot, under <see cref="PlaceMask"/>.</summary>
    public const ulong SavedReference = ReferenceInRegister | SavedBit;

    private const ulong SavedBit = 1 << 24;

    /// <summary>The bits of <see cref="Place"/>; none is set of a value in its frame slot.</summary>
    private const ulong PlaceBits = 0xFF00;

    /// <summary>The bit of <see cref="Place"/> that a value in a register has, and no other.</summary>
    private const ulong RegisterBit = (ulong)ValuePlace.Register << 8;

    /// <summary>All fields as one number.</summary>
    [FieldOffset(0)]
    public ulong Bits;

    /// <summary>The kind of the value.</summary>
    [FieldOffset(0)]
    public ValueKind Kind;

    /// <summary>Where it is.</summary>
    [FieldOffset(1)]
    public ValuePlace Place;

    [FieldOffset(2)]
    private byte _register;

    [FieldOffset(3)]
    private byte _isSaved;

    /// <summary>
    /// The constant. It stands for itself sign-extended where the value has 64 bits; wider constants are put into registers. A
    /// constant vector is zero.
    /// </summary>
    [FieldOffset(4)]
    public int Constant;

    /// <summary>The register, for <see cref="ValuePlace.Register"/>.</summary>
    public readonly Register Register
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Register.FromCode(_register);
    }

    /// <summary>Whether a value in a register is in its frame slot as well, so that giving up the register costs nothing.</summary>
    public bool IsSaved
    {
        readonly get => _isSaved != 0;
        set => _isSaved = value ? (byte)1 : (byte)0;
    }

    /// <summary>Whether the value is in a register.</summary>
    public readonly bool IsRegister => Place == ValuePlace.Register;

    /// <summary>Whether the value is a known constant.</summary>
    public readonly bool IsConstant => Place == ValuePlace.Constant;

    /// <summary>Whether the value is in its frame slot only.</summary>
    public readonly bool IsFrame => Place == ValuePlace.Frame;

    /// <summary>The bits of the constant as the value has them, zero-extended from 32 where it has 32.</summary>
    public readonly long ConstantBits => Kind is ValueKind.I32 or ValueKind.F32 ? (uint)Constant : Constant;

    /// <summary>A value in its frame slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StackValue InFrame(ValueKind kind) => new() { Kind = kind };

    /// <summary>A value in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StackValue In(Register register, ValueKind kind, bool isSaved = false) =>
        new() { Bits = (uint)kind | ((uint)ValuePlace.Register << 8) | ((uint)register.Code << 16) | (isSaved ? SavedBit : 0) };

    /// <summary>A constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StackValue Known(int constant, ValueKind kind) =>
        new() { Bits = (uint)kind | ((uint)ValuePlace.Constant << 8) | ((ulong)(uint)constant << 32) };

    /// <summary>Whether more is known of any of some values than that they are in their frame slots.</summary>
    public static bool AnyBeyondFrame(ReadOnlySpan<StackValue> values) => (UnionOf(values) & PlaceBits) != 0;

    /// <summary>Whether any of some values is in a register.</summary>
    public static bool AnyInRegister(ReadOnlySpan<StackValue> values) => (UnionOf(values) & RegisterBit) != 0;

    /// <summary>The bits that any of some values has.</summary>
    private static ulong UnionOf(ReadOnlySpan<StackValue> values)
    {
        var words = MemoryMarshal.Cast<StackValue, ulong>(values);
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        var all = Vector<ulong>.Zero;
        foreach (ref readonly var vector in vectors)
        {
            all |= vector;
        }

        ulong union = 0;
        for (var i = 0; i < Vector<ulong>.Count; i++)
        {
            union |= all[i];
        }

        foreach (var word in words[(vectors.Length * Vector<ulong>.Count)..])
        {
            union |= word;
        }

        return union;
    }

    /// <summary>Whether code that expects <paramref name="target"/> can be entered with this without a move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Satisfies(in StackValue target) =>
        Bits == target.Bits || (IsSaved && (target.IsFrame || Bits == (target.Bits | SavedBit)));

    /// <inheritdoc/>
    public override readonly string ToString() => Place switch
    {
        ValuePlace.Register => $"{Kind} {Register}{(IsSaved ? " saved" : "")}",
        ValuePlace.Constant => $"{Kind} #{Constant}",
        _ => $"{Kind} frame",
    };
}
