using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Harness.Engine.Modules;

/// <summary>
/// The one table of all instructions, which decoder, validator, text format, disassembler, both compilers and the fuzzer share.
/// Instructions are also numbered densely by <see cref="Slot"/>, so that each user can keep tables of its own.
/// </summary>
internal static class OpcodeTable
{
    /// <summary>The number of slots: one page of 256 for one-byte opcodes, one for each prefix, two for vectors.</summary>
    public const int SlotCount = 6 * 256;

    private const int AtomicPrefix = 0xFE;

    private static readonly OpcodeInfo[] Rows = [.. OpcodeRows.All, .. VectorOpcodeRows.All, .. AtomicOpcodeRows.All];
    private static readonly OpcodeInfo?[] BySlot = IndexBySlot();
    private static readonly ImmediateKind[] ImmediatesBySlot = IndexImmediates();
    private static readonly Dictionary<string, OpcodeInfo> ByText = IndexByName();
    private static readonly Effects[] EffectsBySlot = Index(row => row.Effects);
    private static readonly OperatorAccess[] AccessBySlot = Index(row => row.Access);
    private static readonly bool[] CommutativeBySlot = Index(row => row.IsCommutative);

    /// <summary>All instructions in the order of the binary format.</summary>
    public static ReadOnlySpan<OpcodeInfo> All => Rows;

    /// <summary>
    /// The instruction's slot: its own value for one-byte opcodes, 256 + sub-opcode for 0xFB, 512 + sub-opcode for
    /// 0xFC, 768 + sub-opcode for 0xFD, 1280 + sub-opcode for 0xFE.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Slot(Opcode opcode) => (int)opcode < 256 ? (int)opcode : (int)opcode - (0xFB00 - 256);

    /// <summary>The opcode of sub-opcode 0 after a prefix: vectors have two pages, so that what comes after them is one further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstOpcode(int prefix) => (prefix == AtomicPrefix ? prefix + 1 : prefix) << 8;

    /// <summary>The prefix of an opcode that has one.</summary>
    public static int PrefixOf(Opcode opcode) =>
        opcode >= Opcode.MemoryAtomicNotify ? AtomicPrefix : Math.Min((int)opcode >> 8, 0xFD);

    /// <summary>The row of a known instruction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such instruction.</exception>
    public static OpcodeInfo Get(Opcode opcode) =>
        TryGet(opcode, out var info) ? info : throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null);

    /// <summary>The row of an instruction, if there is such an instruction.</summary>
    public static bool TryGet(Opcode opcode, [NotNullWhen(true)] out OpcodeInfo? info)
    {
        var slot = Slot(opcode);
        info = (uint)slot < SlotCount ? BySlot[slot] : null;
        return info is not null;
    }

    /// <summary>The immediates of a known instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ImmediateKind GetImmediates(Opcode opcode) => ImmediatesBySlot[Slot(opcode)];

    /// <summary>What a known instruction may do, where nothing is known of its operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Effects GetEffects(Opcode opcode) => EffectsBySlot[Slot(opcode)];

    /// <summary>What an instruction reads or writes; nothing if there is no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OperatorAccess GetAccess(Opcode opcode)
    {
        var slot = Slot(opcode);
        return (uint)slot < SlotCount ? AccessBySlot[slot] : default;
    }

    /// <summary>Whether there is such an instruction, and it gives the same with its two operands exchanged.</summary>
    public static bool IsCommutative(Opcode opcode)
    {
        var slot = Slot(opcode);
        return (uint)slot < SlotCount && CommutativeBySlot[slot];
    }

    /// <summary>
    /// The row of the instruction with this text-format name, or null. <c>select</c>, <c>ref.test</c>, <c>ref.cast</c> and
    /// <c>ref.cast_desc_eq</c> give the form with the smallest opcode.
    /// </summary>
    public static OpcodeInfo? ByName(string name) => ByText.GetValueOrDefault(name);

    /// <summary>As <see cref="ByName(string)"/>, without allocating the name.</summary>
    public static OpcodeInfo? ByName(ReadOnlySpan<char> name) =>
        ByText.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var info) ? info : null;

    private static OpcodeInfo?[] IndexBySlot()
    {
        var table = new OpcodeInfo?[SlotCount];
        foreach (var row in Rows)
        {
            table[Slot(row.Opcode)] = row;
        }

        return table;
    }

    private static ImmediateKind[] IndexImmediates() => Index(row => row.Immediates);

    private static T[] Index<T>(Func<OpcodeInfo, T> select)
    {
        var table = new T[SlotCount];
        foreach (var row in Rows)
        {
            table[Slot(row.Opcode)] = select(row);
        }

        return table;
    }

    private static Dictionary<string, OpcodeInfo> IndexByName()
    {
        var table = new Dictionary<string, OpcodeInfo>(Rows.Length);
        foreach (var row in Rows)
        {
            table.TryAdd(row.Name, row);
        }

        return table;
    }
}
