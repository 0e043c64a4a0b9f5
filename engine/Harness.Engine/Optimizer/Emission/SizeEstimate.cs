using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>Upper bounds on the bytes of machine code, to know which jumps forward can be short.</summary>
internal static class SizeEstimate
{
    /// <summary>Most bytes of a move between two places.</summary>
    public const int Move = 18;

    /// <summary>Most bytes of a move between two places in code with vectors, of which one that breaks a cycle lets another move in halves.</summary>
    public const int VectorMove = 32;

    private const int Copy = 4;
    private const int WideOperation = 8;
    private const int Jump = 5;
    private const int ConditionalJumps = 12;

    /// <summary>A load from a slot that is far from rbp, and another one behind each of two jumps.</summary>
    private const int FloatSelect = 9 + (2 * (2 + 9));

    private const int TypeTest = 72;
    private const int VectorTest = 24;
    private const int Large = 256;

    /// <summary>Most bytes of an instruction, what lies behind the function apart.</summary>
    public static int Of(in LirInstruction instruction) => instruction.Op switch
    {
        LirOp.LoadConstant or LirOp.LoadFloat or LirOp.LoadType => 10,
        LirOp.Move or LirOp.Extend or LirOp.Reinterpret => 5,
        LirOp.Lea or LirOp.Load or LirOp.LoadScalar or LirOp.StoreScalar => AccessOf(instruction),
        LirOp.Store => AccessOf(instruction) + (instruction.HasImmediate ? 4 : 0),
        LirOp.Alu or LirOp.Multiply or LirOp.FloatBinary => Copy + OperationOf(instruction),
        LirOp.WideAlu => (3 * Copy) + (2 * WideOperation),
        LirOp.WideMultiply => 4 * Copy,
        LirOp.ShiftConstant or LirOp.Unary => Copy + 6,
        LirOp.Shift => 14,
        LirOp.CountBits when CpuFeatures.Lzcnt && CpuFeatures.Bmi1 => 8 + AccessOf(instruction),
        LirOp.FloatUnary or LirOp.FloatRound => Copy + 7,
        LirOp.FloatAbs or LirOp.FloatNegate => Copy + 10,
        LirOp.FloatMin or LirOp.FloatMax => Copy + 18,
        LirOp.LoadVector => 10,
        LirOp.VectorBinary => Copy + 12,
        LirOp.VectorShift => Copy + 36,
        LirOp.VectorLoad or LirOp.VectorStore => Copy + AccessOf(instruction) + 24,
        LirOp.SetCondition => CompareOf(instruction) + 20,
        LirOp.Select => CompareOf(instruction) + (instruction.Condition >= FlagCondition.FloatEqual ? FloatSelect : 24),
        LirOp.TrapIf => CompareOf(instruction) + ConditionalJumps,
        LirOp.DeoptimizeIf => CompareOf(instruction) + ConditionalJumps + 20,
        LirOp.StackCheck => 12,
        LirOp.EpochCheck => 16,
        LirOp.UseFuel => 20,
        LirOp.BoundsCheck => 40,
        LirOp.Atomic => 48,
        LirOp.Fence => 3,
        LirOp.Branch => CompareOf(instruction) + ConditionalJumps + Jump,
        LirOp.Catch => 7,
        LirOp.Jump or LirOp.Invoke or LirOp.Deoptimize => Jump,
        LirOp.Trap => Jump + 1,
        LirOp.Allocate => 64,
        LirOp.WriteBarrier => 12,
        LirOp.TestType => TypeTest + 20,
        LirOp.CheckType => TypeTest + ConditionalJumps,
        LirOp.BranchOnType => TypeTest + ConditionalJumps + Jump,
        LirOp.Throw => 16,
        _ => Large,
    };

    private static int AccessOf(in LirInstruction instruction) =>
        7 + (instruction.Displacement == (sbyte)instruction.Displacement ? 1 : 4);

    private static int OperationOf(in LirInstruction instruction) =>
        instruction.HasImmediate ? 11 : instruction.HasAddress ? AccessOf(instruction) : 10;

    private static int CompareOf(in LirInstruction instruction) => instruction.Compare == CompareKind.Vector
        ? VectorTest
        : (instruction.HasAddress ? AccessOf(instruction) : 9) + (instruction.HasImmediate ? 4 : 0);
}
