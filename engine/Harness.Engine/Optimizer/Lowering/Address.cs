using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>A memory operand over virtual registers: <c>[base + index * scale + displacement]</c>.</summary>
internal struct Address
{
    /// <summary>A base register that is not allocated; <see cref="Gpr.None"/> if none.</summary>
    public Gpr FixedBase;

    /// <summary>The base in a virtual register; 0 if none.</summary>
    public int Base;

    /// <summary>The index; 0 if none.</summary>
    public int Index;

    /// <summary>Binary logarithm of the index's scale.</summary>
    public byte ScaleLog2;

    /// <summary>The displacement.</summary>
    public int Displacement;

    /// <summary>What it means when an access faults; <see cref="TrapKind.None"/> if it cannot.</summary>
    public TrapKind Fault;

    /// <summary>A place in the instance's data.</summary>
    public static Address OfInstance(int displacement) =>
        new() { FixedBase = CallingConvention.Instance, Displacement = displacement };

    /// <summary>A place at a distance from a virtual register.</summary>
    public static Address OfBase(int value, int displacement) =>
        new() { FixedBase = Gpr.None, Base = value, Displacement = displacement };
}
