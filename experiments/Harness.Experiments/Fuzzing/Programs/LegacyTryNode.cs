using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A <c>try</c> with handlers of its own, or one that leaves its exceptions to a block around it.</summary>
internal sealed class LegacyTryNode() : BlockNode(Opcode.Try, new ProgramSignature([], []), -1)
{
    /// <summary>The handlers in their order; a tag of -1 catches all.</summary>
    public List<(int Tag, List<ProgramNode> Body)> Handlers { get; } = [];

    /// <summary>The block that exceptions are left to; null where there are handlers.</summary>
    public BlockNode? Delegate { get; init; }

    public override IEnumerable<IList<ProgramNode>> Children => [Body, .. Handlers.Select(handler => handler.Body)];

    protected override void WriteEnd(WasmWriter writer, Stack<BlockNode> labels)
    {
        foreach (var (tag, body) in Handlers)
        {
            writer.Opcode(tag < 0 ? Opcode.CatchAll : Opcode.Catch);
            if (tag >= 0)
            {
                writer.U32(tag);
            }

            foreach (var node in body)
            {
                node.Write(writer, labels);
            }
        }

        labels.Pop();
        writer.Opcode(Delegate is null ? Opcode.End : Opcode.Delegate);
        if (Delegate is not null)
        {
            writer.U32(Depth(labels, Delegate));
        }
    }
}
