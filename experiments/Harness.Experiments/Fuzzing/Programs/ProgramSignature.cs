using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A function type or block type of a random program.</summary>
internal sealed record ProgramSignature(ProgramType[] Parameters, ProgramType[] Results, int Supertype = -1, bool IsFinal = true)
    : ProgramTypeDefinition(Supertype, IsFinal)
{
    public bool Equals(ProgramSignature? other) =>
        base.Equals(other) && Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(base.GetHashCode());
        foreach (var type in Parameters)
        {
            hash.Add(type);
        }

        foreach (var type in Results)
        {
            hash.Add(type);
        }

        return hash.ToHashCode();
    }

    protected override void WriteComposite(WasmWriter writer)
    {
        writer.Byte(BinaryFormat.FunctionForm);
        writer.U32(Parameters.Length);
        foreach (var parameter in Parameters)
        {
            parameter.Write(writer);
        }

        writer.U32(Results.Length);
        foreach (var result in Results)
        {
            result.Write(writer);
        }
    }
}
