using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>
/// A structure of one number that has a descriptor or is one. For an engine that knows no descriptors it is a structure like any other.
/// </summary>
/// <param name="Program">The program, which knows for whom it is encoded.</param>
/// <param name="Supertype">The index of its supertype, or -1.</param>
/// <param name="Describes">The index of the type that it describes, or -1.</param>
/// <param name="Descriptor">The index of the type of its descriptors, or -1.</param>
internal sealed record ProgramDescribed(RandomProgram Program, int Supertype, int Describes, int Descriptor)
    : ProgramTypeDefinition(Supertype, IsFinal: false)
{
    protected override void WriteComposite(WasmWriter writer)
    {
        if (!Program.IsForReference)
        {
            WriteClause(writer, BinaryFormat.DescribesForm, Describes);
            WriteClause(writer, BinaryFormat.DescriptorForm, Descriptor);
        }

        writer.Byte(BinaryFormat.StructForm);
        writer.U32(1);
        new ProgramField(ProgramType.I64, Packing.None, Mutable: false).Write(writer);
    }

    private static void WriteClause(WasmWriter writer, byte form, int type)
    {
        if (type < 0)
        {
            return;
        }

        writer.Byte(form);
        writer.U32(type);
    }
}
