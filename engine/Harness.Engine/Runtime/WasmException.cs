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
        : base($"an exception of type {(tag ?? throw new ArgumentNullException(nameof(tag))).Type.Type} was not caught{(values.Length == 0 ? string.Empty : $": {string.Join(", ", values.ToArray())}")}")
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
}
