using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A type that a random program defines.</summary>
/// <param name="Supertype">The index of its supertype, or -1.</param>
/// <param name="IsFinal">Whether it can have no subtypes.</param>
internal abstract record ProgramTypeDefinition(int Supertype, bool IsFinal)
{
    public void Write(WasmWriter writer)
    {
        writer.Byte(IsFinal ? BinaryFormat.SubFinalForm : BinaryFormat.SubForm);
        writer.U32(Supertype >= 0 ? 1 : 0);
        if (Supertype >= 0)
        {
            writer.U32(Supertype);
        }

        WriteComposite(writer);
    }

    /// <summary>Writes what the type is made of.</summary>
    protected abstract void WriteComposite(WasmWriter writer);
}
