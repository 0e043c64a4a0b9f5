using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// A machine-level instruction over virtual registers: a plain struct in <see cref="LirCode"/>, its operands in a pool.
/// </summary>
internal struct LirInstruction
{
    /// <summary>The operation.</summary>
    public LirOp Op;

    /// <summary>Width of the operation, of the comparison if it has one.</summary>
    public OpSize Size;

    /// <summary>Width of what is accessed in memory, or of a sign extension's input.</summary>
    public OpSize AccessSize;

    /// <summary>How the flags are set, if <see cref="Op"/> depends on a comparison.</summary>
    public CompareKind Compare;

    /// <summary>What the comparison is asked; two values beyond those of the processor are for floats.</summary>
    public FlagCondition Condition;

    /// <summary>Whether <see cref="Immediate"/> takes the place of the last input (of the comparison).</summary>
    public bool HasImmediate;

    /// <summary>Whether <see cref="Immediate"/>, in a comparison, is the canonical id of a type.</summary>
    public bool IsType;

    /// <summary>Whether the address takes the place of the last input (of the comparison).</summary>
    public bool HasAddress;

    /// <summary>Whether the address has a base in an operand.</summary>
    public bool HasBase;

    /// <summary>Whether the address has an index in an operand.</summary>
    public bool HasIndex;

    /// <summary>What it means when the access faults; <see cref="TrapKind.None"/> if it cannot.</summary>
    public TrapKind Fault;

    /// <summary>Base register of the address that is not allocated; <see cref="Gpr.None"/> if none.</summary>
    public Gpr FixedBase;

    /// <summary>Binary logarithm of the index's scale.</summary>
    public byte ScaleLog2;

    /// <summary>Number of results, the first operands.</summary>
    public ushort ResultCount;

    /// <summary>The exact operation: see <see cref="LirOp"/>.</summary>
    public ushort Sub;

    /// <summary>A function index, canonical type or frame state: see <see cref="LirOp"/>.</summary>
    public int Aux;

    /// <summary>Displacement of the address.</summary>
    public int Displacement;

    /// <summary>A constant operand.</summary>
    public long Immediate;

    /// <summary>Registers that the instruction overwrites besides its results, as bits by number.</summary>
    public uint Clobbers;

    /// <summary>Where the operands begin in the pool.</summary>
    public int OperandStart;

    /// <summary>Number of operands.</summary>
    public int OperandCount;

    /// <summary>Offset in the module's bytes of the instruction it comes from.</summary>
    public int BytecodeOffset;

    /// <summary>The inlined call it comes from; -1 for the function itself.</summary>
    public short Inlining;
}

/// <summary>
/// A condition on the flags: the processor's (<see cref="Condition"/>, same values), and the two that after a comparison of
/// floats take two of them.
/// </summary>
internal enum FlagCondition : byte
{
    /// <summary>Equal and ordered.</summary>
    FloatEqual = 16,

    /// <summary>Not equal, or unordered.</summary>
    FloatNotEqual = 17,
}

/// <summary>Relations between conditions.</summary>
internal static class FlagConditionExtensions
{
    /// <summary>The condition as this type.</summary>
    public static FlagCondition ToFlag(this Condition condition) => (FlagCondition)condition;

    /// <summary>The condition that holds exactly when this one does not.</summary>
    public static FlagCondition Negate(this FlagCondition condition) => (FlagCondition)((int)condition ^ 1);

    /// <summary>The processor's condition; not for the two of floats.</summary>
    public static Condition ToCondition(this FlagCondition condition) => (Condition)condition;
}
