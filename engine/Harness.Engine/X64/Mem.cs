namespace Harness.Engine.X64;

/// <summary>
/// A memory operand: <c>[base + index * scale + displacement]</c> with base and index optional, or the place of a label
/// (addressed relative to <c>rip</c>).
/// </summary>
internal readonly struct Mem
{
    private const int IndexShift = 8;
    private const int ScaleShift = 16;
    private const int LabelShift = 24;
    private const int DisplacementShift = 32;

    // One field of 64 bits, so that operands travel in a register.
    private readonly long _bits;

    private Mem(Gpr @base, Gpr index, int scaleLog2, int displacement, int isLabel = 0) =>
        _bits = (uint)@base
            | ((uint)index << IndexShift)
            | ((uint)scaleLog2 << ScaleShift)
            | ((uint)isLabel << LabelShift)
            | ((long)displacement << DisplacementShift);

    /// <summary>The base register, or <see cref="Gpr.None"/>.</summary>
    public Gpr BaseRegister => (Gpr)(byte)_bits;

    /// <summary>The index register, or <see cref="Gpr.None"/>; never <c>rsp</c>.</summary>
    public Gpr IndexRegister => (Gpr)(byte)(_bits >> IndexShift);

    /// <summary>The binary logarithm of the scale of the index: 0 to 3.</summary>
    public int ScaleLog2 => (int)(_bits >> ScaleShift) & 3;

    /// <summary>The constant part of the address, sign-extended to 64 bits.</summary>
    public int Displacement => IsLabel ? 0 : HighBits;

    /// <summary>Whether the operand is the place of a label.</summary>
    public bool IsLabel => ((int)_bits >> LabelShift) != 0;

    /// <summary>The label of an operand that <see cref="IsLabel"/>.</summary>
    public Label Label => IsLabel ? new Label(HighBits) : default;

    private int HighBits => (int)(_bits >> DisplacementShift);

    /// <summary><c>[base + displacement]</c>.</summary>
    public static Mem Base(Gpr @base, int displacement = 0) => new(@base, Gpr.None, 0, displacement);

    /// <summary><c>[base + index * scale + displacement]</c>.</summary>
    /// <param name="base">The base register.</param>
    /// <param name="index">The index register: any but <c>rsp</c>.</param>
    /// <param name="scale">1, 2, 4 or 8.</param>
    /// <param name="displacement">The constant part.</param>
    /// <exception cref="ArgumentException">The index is <c>rsp</c>, or the scale is none of those.</exception>
    public static Mem BaseIndex(Gpr @base, Gpr index, int scale = 1, int displacement = 0) =>
        new(@base, CheckIndex(index), Log2(scale), displacement);

    /// <summary><c>[index * scale + displacement]</c>.</summary>
    /// <inheritdoc cref="BaseIndex"/>
    public static Mem Index(Gpr index, int scale, int displacement = 0) =>
        new(Gpr.None, CheckIndex(index), Log2(scale), displacement);

    /// <summary><c>[address]</c>, an address in the lowest or the highest 2 GiB.</summary>
    public static Mem Absolute(int address) => new(Gpr.None, Gpr.None, 0, address);

    /// <summary>The place of a label: <c>[rip + distance]</c>.</summary>
    public static Mem At(Label label) => new(Gpr.None, Gpr.None, 0, label.Id, isLabel: 1);

    /// <summary>The same operand, <paramref name="bytes"/> further on.</summary>
    /// <exception cref="InvalidOperationException">The operand is the place of a label.</exception>
    public Mem Offset(int bytes) => IsLabel
        ? throw new InvalidOperationException("the place of a label takes no displacement")
        : new(BaseRegister, IndexRegister, ScaleLog2, HighBits + bytes);

    private static int Log2(int scale) => scale switch
    {
        1 => 0,
        2 => 1,
        4 => 2,
        8 => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "the scale of an index is 1, 2, 4 or 8"),
    };

    private static Gpr CheckIndex(Gpr index) => index is Gpr.Rsp
        ? throw new ArgumentException("rsp cannot be an index", nameof(index))
        : index;
}
