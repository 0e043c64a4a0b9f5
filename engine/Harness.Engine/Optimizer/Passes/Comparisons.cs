using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>What is known of comparisons: which operators are some, their opposites, and what they are with operands exchanged.</summary>
internal static class Comparisons
{
    /// <summary>Whether an operator gives 0 or 1.</summary>
    public static bool IsComparison(Opcode op) =>
        op is (>= Opcode.I32Eqz and <= Opcode.F64Ge) or Opcode.RefIsNull or Ir.IrOp.ReferenceEqual;

    /// <summary>The comparison of integers that holds when this one does not.</summary>
    public static bool TryNegate(Opcode op, out Opcode negated)
    {
        negated = op switch
        {
            Opcode.I32Eq => Opcode.I32Ne,
            Opcode.I32Ne => Opcode.I32Eq,
            Opcode.I32LtS => Opcode.I32GeS,
            Opcode.I32LtU => Opcode.I32GeU,
            Opcode.I32GtS => Opcode.I32LeS,
            Opcode.I32GtU => Opcode.I32LeU,
            Opcode.I32LeS => Opcode.I32GtS,
            Opcode.I32LeU => Opcode.I32GtU,
            Opcode.I32GeS => Opcode.I32LtS,
            Opcode.I32GeU => Opcode.I32LtU,
            Opcode.I64Eq => Opcode.I64Ne,
            Opcode.I64Ne => Opcode.I64Eq,
            Opcode.I64LtS => Opcode.I64GeS,
            Opcode.I64LtU => Opcode.I64GeU,
            Opcode.I64GtS => Opcode.I64LeS,
            Opcode.I64GtU => Opcode.I64LeU,
            Opcode.I64LeS => Opcode.I64GtS,
            Opcode.I64LeU => Opcode.I64GtU,
            Opcode.I64GeS => Opcode.I64LtS,
            Opcode.I64GeU => Opcode.I64LtU,
            Opcode.F32Eq => Opcode.F32Ne,
            Opcode.F32Ne => Opcode.F32Eq,
            Opcode.F64Eq => Opcode.F64Ne,
            Opcode.F64Ne => Opcode.F64Eq,
            _ => op,
        };
        return negated != op;
    }

    /// <summary>The comparison of integers that holds of exchanged operands when this one does.</summary>
    public static Opcode Swap(Opcode op) => op switch
    {
        Opcode.I32LtS => Opcode.I32GtS,
        Opcode.I32LtU => Opcode.I32GtU,
        Opcode.I32GtS => Opcode.I32LtS,
        Opcode.I32GtU => Opcode.I32LtU,
        Opcode.I32LeS => Opcode.I32GeS,
        Opcode.I32LeU => Opcode.I32GeU,
        Opcode.I32GeS => Opcode.I32LeS,
        Opcode.I32GeU => Opcode.I32LeU,
        Opcode.I64LtS => Opcode.I64GtS,
        Opcode.I64LtU => Opcode.I64GtU,
        Opcode.I64GtS => Opcode.I64LtS,
        Opcode.I64GtU => Opcode.I64LtU,
        Opcode.I64LeS => Opcode.I64GeS,
        Opcode.I64LeU => Opcode.I64GeU,
        Opcode.I64GeS => Opcode.I64LeS,
        Opcode.I64GeU => Opcode.I64LeU,
        _ => op,
    };
}
