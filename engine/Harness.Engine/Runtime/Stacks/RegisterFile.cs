using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stacks;

/// <summary>All registers of compiled code, as stubs save them: 16 general-purpose ones, and 16 vector registers of 16 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct RegisterFile
{
    /// <summary>Bytes of a register file.</summary>
    public const int Size = 0x180;

    /// <summary>Offset of the first vector register.</summary>
    public const int XmmOffset = 0x80;

    [FieldOffset(0)]
    private fixed ulong _values[Size / sizeof(ulong)];

    /// <summary>A general-purpose register. That of <c>rsp</c> is not saved.</summary>
    [UnscopedRef]
    public ref ulong this[Gpr register] => ref _values[(int)register];

    /// <summary>The low 8 bytes of a vector register.</summary>
    [UnscopedRef]
    public ref ulong this[Xmm register] => ref _values[OffsetOf(register) / sizeof(ulong)];

    /// <summary>The high 8 bytes of a vector register.</summary>
    [UnscopedRef]
    public ref ulong HighHalf(Xmm register) => ref _values[(OffsetOf(register) / sizeof(ulong)) + 1];

    /// <summary>Offset of a general-purpose register.</summary>
    public static int OffsetOf(Gpr register) => sizeof(ulong) * (int)register;

    /// <summary>Offset of a vector register.</summary>
    public static int OffsetOf(Xmm register) => XmmOffset + (2 * sizeof(ulong) * (int)register);
}
