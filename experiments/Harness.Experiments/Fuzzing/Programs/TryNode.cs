using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A <c>try_table</c> without parameters and results.</summary>
/// <param name="clauses">What it catches: the kind, the tag where the kind has one, and the block to go to.</param>
internal sealed class TryNode((CatchKind Kind, int Tag, BlockNode Target)[] clauses)
    : BlockNode(Opcode.TryTable, new ProgramSignature([], []), -1)
{
    protected override void WriteClauses(WasmWriter writer, Stack<BlockNode> labels)
    {
        writer.U32(clauses.Length);
        foreach (var (kind, tag, target) in clauses)
        {
            writer.Byte((byte)kind);
            if (kind is CatchKind.Catch or CatchKind.CatchRef)
            {
                writer.U32(tag);
            }

            writer.U32(Depth(labels, target));
        }
    }
}
