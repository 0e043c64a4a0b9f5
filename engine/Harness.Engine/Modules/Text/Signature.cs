namespace Harness.Engine.Modules.Text;

/// <summary>A function type in a text. Signatures with the same types are equal.</summary>
/// <param name="parameters">The parameter types.</param>
/// <param name="results">The result types.</param>
internal sealed class Signature(EncodedType[] parameters, EncodedType[] results) : IEquatable<Signature>
{
    /// <summary>The parameter types.</summary>
    public EncodedType[] Parameters { get; } = parameters;

    /// <summary>The result types.</summary>
    public EncodedType[] Results { get; } = results;

    /// <summary>Whether there are neither parameters nor results.</summary>
    public bool IsEmpty => Parameters.Length == 0 && Results.Length == 0;

    /// <summary>Writes the function type after its form byte.</summary>
    public void Write(WasmWriter writer)
    {
        writer.Byte(BinaryFormat.FunctionForm);
        WriteTypes(writer, Parameters);
        WriteTypes(writer, Results);
    }

    /// <summary>Writes a vector of types.</summary>
    public static void WriteTypes(WasmWriter writer, ReadOnlySpan<EncodedType> types)
    {
        writer.U32(types.Length);
        foreach (var type in types)
        {
            type.Write(writer);
        }
    }

    /// <inheritdoc/>
    public bool Equals(Signature? other) =>
        other is not null
        && Parameters.AsSpan().SequenceEqual(other.Parameters)
        && Results.AsSpan().SequenceEqual(other.Results);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Signature);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var type in Parameters)
        {
            hash.Add(type);
        }

        hash.Add(Parameters.Length);
        foreach (var type in Results)
        {
            hash.Add(type);
        }

        return hash.ToHashCode();
    }
}
