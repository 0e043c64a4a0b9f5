using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Passes.Algebra;

/// <summary>
/// What operations on numbers cost beside each other, in cycles of latency on recent x86-64 processors, rounded (A. Fog, "Instruction tables", 2022). Only the order of sums of a
/// few of them matters.
/// </summary>
internal static class OperationCost
{
    private const int Move = 1;
    private const int Multiplication = 3;
    private const int Count = 3;
    private const int FloatArithmetic = 4;
    private const int Conversion = 5;
    private const int Division = 15;
    private const int Root = 20;

    /// <summary>The cost of an operation.</summary>
    public static int Of(Opcode op) => op switch
    {
        Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const => 0,
        Opcode.I32Mul or Opcode.I64Mul => Multiplication,
        Opcode.I32Clz or Opcode.I32Ctz or Opcode.I32Popcnt or Opcode.I64Clz or Opcode.I64Ctz or Opcode.I64Popcnt => Count,
        >= Opcode.I32DivS and <= Opcode.I32RemU or >= Opcode.I64DivS and <= Opcode.I64RemU or Opcode.F32Div or Opcode.F64Div => Division,
        Opcode.F32Sqrt or Opcode.F64Sqrt => Root,
        >= Opcode.F32Ceil and <= Opcode.F32Max or >= Opcode.F64Ceil and <= Opcode.F64Max => FloatArithmetic,
        >= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U or >= Opcode.I64TruncF32S and <= Opcode.F64PromoteF32 => Conversion,
        _ => Move,
    };
}
