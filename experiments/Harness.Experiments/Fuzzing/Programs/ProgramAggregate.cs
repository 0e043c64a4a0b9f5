using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A field of a structure, or the elements of an array.</summary>
internal readonly record struct ProgramField(ProgramType Type, Packing Packing, bool Mutable)
{
    public void Write(WasmWriter writer)
    {
        switch (Packing)
        {
            case Packing.I8:
                writer.Byte(BinaryFormat.PackedI8);
                break;
            case Packing.I16:
                writer.Byte(BinaryFormat.PackedI16);
                break;
            default:
                Type.Write(writer);
                break;
        }

        writer.Byte(Mutable ? (byte)1 : (byte)0);
    }
}

/// <summary>A structure or array type.</summary>
/// <param name="Fields">The fields; of an array, its elements alone.</param>
/// <param name="IsArray">Which of both it is.</param>
/// <param name="Supertype">The index of its supertype, or -1.</param>
/// <param name="IsFinal">Whether it can have no subtypes.</param>
internal sealed record ProgramAggregate(ProgramField[] Fields, bool IsArray, int Supertype, bool IsFinal)
    : ProgramTypeDefinition(Supertype, IsFinal)
{
    /// <summary>Whether an object can be made without values for its fields.</summary>
    public bool IsDefaultable => Array.TrueForAll(Fields, one => one.Type.IsDefaultable);

    protected override void WriteComposite(WasmWriter writer)
    {
        writer.Byte(IsArray ? BinaryFormat.ArrayForm : BinaryFormat.StructForm);
        if (!IsArray)
        {
            writer.U32(Fields.Length);
        }

        foreach (var field in Fields)
        {
            field.Write(writer);
        }
    }
}
