using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>
/// A block, loop or if. Its bodies are statements, which leave nothing on the stack, followed by the nodes that compute the
/// results; a body that starts with parameters on the stack has to take them off.
/// </summary>
internal class BlockNode(Opcode opcode, ProgramSignature type, int typeIndex, params ProgramNode[] operands)
    : ProgramNode(opcode, type.Results, operands)
{
    /// <summary>The block's type; its parameters do not include the condition of an if.</summary>
    public ProgramSignature Type { get; } = type;

    public List<ProgramNode> Body { get; } = [];

    public List<ProgramNode>? Else { get; set; }

    /// <summary>The types that a branch to this label takes along.</summary>
    public ProgramType[] LabelTypes => Opcode == Opcode.Loop ? Type.Parameters : Type.Results;

    public override IEnumerable<IList<ProgramNode>> Children =>
        Else is null ? [Operands, Body] : [Operands, Body, Else];

    public override void Write(WasmWriter writer, Stack<BlockNode> labels)
    {
        foreach (var operand in Operands)
        {
            operand.Write(writer, labels);
        }

        writer.Opcode(Opcode);
        WriteBlockType(writer);
        WriteClauses(writer, labels);
        labels.Push(this);
        foreach (var node in Body)
        {
            node.Write(writer, labels);
        }

        if (Else is not null)
        {
            writer.Opcode(Opcode.Else);
            foreach (var node in Else)
            {
                node.Write(writer, labels);
            }
        }

        WriteEnd(writer, labels);
    }

    /// <summary>Writes the end; the block itself is still among the labels.</summary>
    protected virtual void WriteEnd(WasmWriter writer, Stack<BlockNode> labels)
    {
        writer.Opcode(Opcode.End);
        labels.Pop();
    }

    /// <summary>Writes what follows the block type; labels are those around the block.</summary>
    protected virtual void WriteClauses(WasmWriter writer, Stack<BlockNode> labels)
    {
    }

    private void WriteBlockType(WasmWriter writer)
    {
        if (typeIndex >= 0)
        {
            writer.S33(typeIndex);
        }
        else if (Type.Results.Length == 0)
        {
            writer.Byte(BinaryFormat.EmptyBlock);
        }
        else
        {
            Type.Results[0].Write(writer);
        }
    }
}
