using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>
/// An instruction on 128 bits, which leaves two halves. For an engine that does not have it, it is a call of a function of the program that computes the
/// same (<see cref="WideFunctions"/>).
/// </summary>
/// <param name="program">The program, which knows for whom it is encoded.</param>
/// <param name="opcode">The instruction.</param>
/// <param name="operands">Its operands.</param>
internal sealed class WideNode(RandomProgram program, Opcode opcode, ProgramNode[] operands)
    : ProgramNode(opcode, [ProgramType.I64, ProgramType.I64], operands)
{
    public override void Write(WasmWriter writer, Stack<BlockNode> labels)
    {
        if (!program.IsForReference)
        {
            base.Write(writer, labels);
            return;
        }

        foreach (var operand in Operands)
        {
            operand.Write(writer, labels);
        }

        writer.Opcode(Opcode.Call);
        writer.U32(program.FirstWideFunction + WideFunctions.IndexOf(Opcode));
    }
}
