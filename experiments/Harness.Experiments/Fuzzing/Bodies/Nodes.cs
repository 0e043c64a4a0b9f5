using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Nodes that need nothing but their operands.</summary>
internal static class Nodes
{
    /// <summary>A node with a result that the generated code relies on.</summary>
    public static ProgramNode Fixed(Opcode opcode, ProgramType result, params ProgramNode[] operands) =>
        new(opcode, [result], operands) { Reducibility = Reducibility.Fixed };

    /// <summary>A node with an index and no result that the generated code relies on.</summary>
    public static ProgramNode Fixed(Opcode opcode, int index, params ProgramNode[] operands) =>
        new(opcode, [], operands) { Immediates = [index], Reducibility = Reducibility.Fixed };

    /// <summary>A constant of an integer type.</summary>
    public static ProgramNode Constant(ProgramType type, long value) => type == ProgramType.I32
        ? ProgramNode.I32Const((int)value)
        : ProgramNode.I64Const(value);

    /// <summary>An operation on a value and a constant, by which it is kept within limits.</summary>
    public static ProgramNode Constrained(Opcode opcode, ProgramType type, ProgramNode value, long constant) =>
        new(opcode, [type], value, Constant(type, constant));

    /// <summary>Leaves a block if a condition holds.</summary>
    public static ProgramNode LeaveIf(BlockNode exit, ProgramNode condition) =>
        new(Opcode.BrIf, [], condition) { Targets = [exit], Reducibility = Reducibility.Fixed };

    /// <summary>Takes the top of the stack to a local, or drops it for -1.</summary>
    public static ProgramNode TakeOff(int local) => local < 0
        ? new ProgramNode(Opcode.Drop, []) { Reducibility = Reducibility.Fixed }
        : Fixed(Opcode.LocalSet, local);

    /// <summary>The argument of the exported call, or a part of it that changes more slowly.</summary>
    public static ProgramNode Phase(int shift) => Constrained(Opcode.I32ShrU, ProgramType.I32,
        new ProgramNode(Opcode.GlobalGet, [ProgramType.I32]) { Immediates = [ProgramGenerator.PhaseGlobal] }, shift);
}
