namespace Harness.Experiments.Fuzzing;

/// <summary>A function type or block type of a random program.</summary>
internal sealed record ProgramSignature(ProgramType[] Parameters, ProgramType[] Results)
{
    public bool Equals(ProgramSignature? other) =>
        other is not null && Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var type in Parameters)
            hash.Add(type);
        foreach (var type in Results)
            hash.Add(type);
        return hash.ToHashCode();
    }
}
