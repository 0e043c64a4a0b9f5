using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>Nodes one after the other, which together take from the stack what they put there but <see cref="ProgramNode.Results"/>.</summary>
internal sealed class SequenceNode(ProgramType[] results, params ProgramNode[] nodes) : ProgramNode(Opcode.Nop, results, nodes)
{
    public override void Write(WasmWriter writer, Stack<BlockNode> labels)
    {
        foreach (var node in Operands)
        {
            node.Write(writer, labels);
        }
    }
}
