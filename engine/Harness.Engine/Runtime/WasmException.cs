namespace Harness.Engine.Runtime;

/// <summary>
/// An exception of WebAssembly (specification, section 4.2.14) outside of compiled code: no WebAssembly function caught it. A host
/// function may throw one, whether it was thrown to it or is new, and WebAssembly code can catch it.
/// </summary>
public sealed class WasmException : Exception
{
    private readonly WasmValue[] _values;

    /// <summary>Makes an exception.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="values">One value for each parameter of the tag's type.</param>
    /// <exception cref="ArgumentException">The number of values is not that of the tag's type.</exception>
    public WasmException(Tag tag, params ReadOnlySpan<WasmValue> values)
        : base(Describe(tag ?? throw new ArgumentNullException(nameof(tag)), values))
    {
        if (values.Length != tag.Type.Type.Parameters.Length)
        {
            throw new ArgumentException($"{values.Length} values for a tag of type {tag.Type.Type}", nameof(values));
        }

        Tag = tag;
        _values = values.ToArray();
    }

    /// <summary>Its tag.</summary>
    public Tag Tag { get; }

    /// <summary>The values that it carries.</summary>
    public IReadOnlyList<WasmValue> Values => _values;

    private static string Describe(Tag tag, ReadOnlySpan<WasmValue> values)
    {
        var type = tag.Type.Type;
        var what = tag.Name is { } name ? $"an exception of tag {name}, of type {type}, was not caught" : $"an exception of type {type} was not caught";
        return values.IsEmpty ? what : $"{what}: {string.Join(", ", values.ToArray())}";
    }
}
