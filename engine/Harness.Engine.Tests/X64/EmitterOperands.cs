using FsCheck;
using FsCheck.Fluent;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.X64;

/// <summary>What an instruction under test may take: enough of each kind of operand, drawn at random.</summary>
internal sealed record EmitterOperands(
    Gpr A,
    Gpr B,
    Gpr C,
    Xmm X,
    Xmm Y,
    Xmm Z,
    MemoryCase Memory,
    OpSize Size,
    OpSize WideSize,
    OpSize NativeSize,
    int Immediate,
    long Immediate64,
    int Count,
    Condition Condition)
{
    private static readonly Gen<Gpr> Gprs = Gen.Choose(0, 15).Select(number => (Gpr)number);
    private static readonly Gen<Xmm> Xmms = Gen.Choose(0, 15).Select(number => (Xmm)number);

    /// <summary>Numbers, with those at the limits of the encodings about half of the time.</summary>
    private static readonly Gen<int> Immediates = Gen.OneOf(
        Gen.Elements(
            0, 1, -1, sbyte.MaxValue, sbyte.MaxValue + 1, sbyte.MinValue, sbyte.MinValue - 1, byte.MaxValue, short.MaxValue,
            short.MinValue, ushort.MaxValue, ushort.MaxValue - 5, ushort.MaxValue - 200, int.MaxValue, int.MinValue),
        Gen.Choose(int.MinValue, int.MaxValue),
        Gen.Choose(-300, 300));

    private static readonly Gen<long> Immediates64 = Gen.OneOf(
        Immediates.Select(value => (long)value),
        Gen.Elements(uint.MaxValue, uint.MaxValue + 1L, int.MinValue - 1L, long.MaxValue, long.MinValue),
        Immediates.Zip(Immediates).Select(halves => ((long)halves.Item1 << 32) | (uint)halves.Item2));

    private static readonly Gen<MemoryCase> Memories = Gen.OneOf(
        from @base in Gprs
        from displacement in Immediates
        select MemoryCase.Of(Mem.Base(@base, displacement)),
        from @base in Gprs
        from index in Gprs.Where(register => register != Gpr.Rsp)
        from scale in Gen.Elements(1, 2, 4, 8)
        from displacement in Immediates
        select MemoryCase.Of(Mem.BaseIndex(@base, index, scale, displacement)),
        from index in Gprs.Where(register => register != Gpr.Rsp)
        from scale in Gen.Elements(1, 2, 4, 8)
        from displacement in Immediates
        select MemoryCase.Of(Mem.Index(index, scale, displacement)),
        from address in Immediates
        select MemoryCase.Of(Mem.Absolute(address)),
        Gen.Elements(MemoryCase.LabelBefore, MemoryCase.LabelBehind));

    /// <summary>All operands, independently of each other.</summary>
    public static Arbitrary<EmitterOperands> Arbitrary { get; } = Arb.From(
        from gprs in Gprs.Three()
        from xmms in Xmms.Three()
        from memory in Memories
        from size in Gen.Choose(0, 3)
        from wideSize in Gen.Choose(1, 3)
        from nativeSize in Gen.Choose(2, 3)
        from immediate in Immediates
        from immediate64 in Immediates64
        from count in Gen.Choose(0, 63)
        from condition in Gen.Choose(0, 15)
        select new EmitterOperands(
            gprs.Item1,
            gprs.Item2,
            gprs.Item3,
            xmms.Item1,
            xmms.Item2,
            xmms.Item3,
            memory,
            (OpSize)size,
            (OpSize)wideSize,
            (OpSize)nativeSize,
            immediate,
            immediate64,
            count,
            (Condition)condition));

    /// <summary>The memory operand, for the forms that take one.</summary>
    public Mem M => Memory.Operand;
}

/// <summary>A memory operand, perhaps of a label that only the test's assembler can make.</summary>
internal sealed record MemoryCase(MemoryKind Kind, Mem Operand)
{
    /// <summary>The place of a label that was bound before the instruction.</summary>
    public static readonly MemoryCase LabelBefore = new(MemoryKind.LabelBefore, default);

    /// <summary>The place of a label that will be bound behind the instruction.</summary>
    public static readonly MemoryCase LabelBehind = new(MemoryKind.LabelBehind, default);

    /// <summary>An operand without a label.</summary>
    public static MemoryCase Of(Mem operand) => new(MemoryKind.Registers, operand);

    /// <inheritdoc/>
    public override string ToString() => Kind == MemoryKind.Registers
        ? $"[{Operand.BaseRegister} + {Operand.IndexRegister} << {Operand.ScaleLog2} + {Operand.Displacement}]"
        : Kind.ToString();
}

/// <summary>What a memory operand is made of.</summary>
internal enum MemoryKind
{
    Registers,
    LabelBefore,
    LabelBehind,
}
