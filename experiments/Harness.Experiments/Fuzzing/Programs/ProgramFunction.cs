using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>Where an imported function comes from.</summary>
internal sealed record ProgramImport(string Module, string Name);

/// <summary>A function of a random program; the imported ones come first, and have no body.</summary>
/// <param name="type">The index of its type.</param>
internal sealed class ProgramFunction(int type)
{
    public int Type { get; } = type;

    public ProgramImport? Import { get; init; }

    public string? Export { get; init; }

    /// <summary>The types of its locals, without its parameters.</summary>
    public List<ProgramType> Locals { get; } = [];

    public List<ProgramNode> Body { get; set; } = [];

    /// <summary>Whether its body is what it is, neither made up nor reduced.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The body that it has for the reference, where it cannot have the same; null if it can.</summary>
    public List<ProgramNode>? ReferenceBody { get; init; }

    /// <summary>Writes the locals and the body.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="isForReference">Whether it is written for the reference.</param>
    public void WriteBody(WasmWriter writer, bool isForReference)
    {
        writer.U32(Locals.Count);
        foreach (var local in Locals)
        {
            writer.U32(1);
            local.Write(writer);
        }

        var labels = new Stack<BlockNode>();
        foreach (var node in isForReference ? ReferenceBody ?? Body : Body)
        {
            node.Write(writer, labels);
        }

        writer.Opcode(Opcode.End);
    }
}
