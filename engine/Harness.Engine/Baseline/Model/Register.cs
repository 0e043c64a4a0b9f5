using System.Runtime.CompilerServices;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>A register of either file under one numbering, so that one 32-bit mask holds a set of both.</summary>
internal readonly struct Register : IEquatable<Register>
{
    /// <summary>Number of registers of both files.</summary>
    public const int Count = 32;

    private const int FirstXmm = 16;

    private Register(int code) => Code = (byte)code;

    /// <summary>Number: 0 to 15 for general-purpose, 16 to 31 for floating-point registers.</summary>
    public byte Code { get; }

    /// <summary>Whether this is a floating-point register.</summary>
    public bool IsXmm => Code >= FirstXmm;

    /// <summary>The set of this register alone.</summary>
    public uint Bit => 1u << Code;

    /// <summary>The general-purpose register.</summary>
    public Gpr Gpr => (Gpr)Code;

    /// <summary>The floating-point register.</summary>
    public Xmm Xmm => (Xmm)(Code - FirstXmm);

    /// <summary>The register with a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register FromCode(int code) => new(code);

    /// <summary>The lowest register of a set that is not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register First(uint set) => new(System.Numerics.BitOperations.TrailingZeroCount(set));

    public static implicit operator Register(Gpr register) => new((int)register);

    public static implicit operator Register(Xmm register) => new((int)register + FirstXmm);

    public static bool operator ==(Register left, Register right) => left.Code == right.Code;

    public static bool operator !=(Register left, Register right) => left.Code != right.Code;

    /// <inheritdoc/>
    public bool Equals(Register other) => Code == other.Code;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Register other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Code;

    /// <inheritdoc/>
    public override string ToString() => IsXmm ? Xmm.ToString() : Gpr.ToString();
}

/// <summary>The registers that the baseline compiler hands out, as sets.</summary>
internal static class RegisterSet
{
    /// <summary>The empty set.</summary>
    public const uint None = 0;

    /// <summary>Allocatable general-purpose registers.</summary>
    public static readonly uint Gprs = Collect(Runtime.CallingConvention.AllocatableGprs);

    /// <summary>Allocatable floating-point registers.</summary>
    public static readonly uint Xmms = Collect(Runtime.CallingConvention.AllocatableXmms);

    /// <summary>The set of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(Gpr register) => 1u << (int)register;

    /// <summary>The set of the register that a value is in; the empty set if it is in none.</summary>
    public static uint Of(in StackValue value) => value.IsRegister ? value.Register.Bit : None;

    /// <summary>The registers that can hold values of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint For(ValueKind kind) => IsFloat(kind) ? Xmms : Gprs;

    /// <summary>Whether values of a kind live in floating-point registers: numbers and vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFloat(ValueKind kind) => kind is ValueKind.F32 or ValueKind.F64 or ValueKind.V128;

    /// <summary>The width in which values of a kind are moved, vectors aside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OpSize SizeOf(ValueKind kind) => kind is ValueKind.I32 or ValueKind.F32 ? OpSize.Dword : OpSize.Qword;

    private static uint Collect(ReadOnlySpan<Gpr> registers)
    {
        uint set = 0;
        foreach (var register in registers)
        {
            set |= ((Register)register).Bit;
        }

        return set;
    }

    private static uint Collect(ReadOnlySpan<Xmm> registers)
    {
        uint set = 0;
        foreach (var register in registers)
        {
            set |= ((Register)register).Bit;
        }

        return set;
    }
}
