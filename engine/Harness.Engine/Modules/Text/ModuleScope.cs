namespace Harness.Engine.Modules.Text;

/// <summary>What the fields of one module can refer to: its index spaces and its function types.</summary>
internal sealed class ModuleScope
{
    private readonly List<Signature?> _signatures = [];
    private readonly List<IndexSpace?> _fields = [];
    private readonly List<Signature> _implicitTypes = [];
    private readonly Dictionary<Signature, uint> _bySignature = [];

    public IndexSpace Types { get; } = new("type");

    public IndexSpace Functions { get; } = new("function");

    public IndexSpace Tables { get; } = new("table");

    public IndexSpace Memories { get; } = new("memory");

    public IndexSpace Globals { get; } = new("global");

    public IndexSpace Tags { get; } = new("tag");

    public IndexSpace Elements { get; } = new("elem segment");

    public IndexSpace Data { get; } = new("data segment");

    /// <summary>The function types that type uses name without defining them; they follow the defined types.</summary>
    public IReadOnlyList<Signature> ImplicitTypes => _implicitTypes;

    /// <summary>Whether a function body refers to a data segment, so that the binary must declare their number first.</summary>
    public bool NeedsDataCount { get; set; }

    /// <summary>Records the next type's definition: the signature of a function type, or the fields of a struct type.</summary>
    /// <param name="signature">The signature, if it is a function type.</param>
    /// <param name="fields">The fields, if it is a struct type.</param>
    /// <param name="isPlain">Whether the type is alone in its group, final and without supertypes.</param>
    public void AddType(Signature? signature, IndexSpace? fields, bool isPlain)
    {
        if (signature is not null && isPlain)
        {
            _bySignature.TryAdd(signature, (uint)_signatures.Count);
        }

        _signatures.Add(signature);
        _fields.Add(fields);
    }

    /// <summary>The signature of a type, or null if there is no such type or it is no function type.</summary>
    public Signature? SignatureOf(uint typeIndex)
    {
        if (typeIndex < _signatures.Count)
        {
            return _signatures[(int)typeIndex];
        }

        var implicitIndex = typeIndex - (uint)_signatures.Count;
        return implicitIndex < _implicitTypes.Count ? _implicitTypes[(int)implicitIndex] : null;
    }

    /// <summary>Whether there is a type of this index.</summary>
    public bool HasType(uint typeIndex) => typeIndex < _signatures.Count + _implicitTypes.Count;

    /// <summary>The fields of a struct type; those of other types have no names.</summary>
    public IndexSpace FieldsOf(uint typeIndex) =>
        typeIndex < _fields.Count && _fields[(int)typeIndex] is { } fields ? fields : new IndexSpace("field");

    /// <summary>The index of the first plain function type with this signature, which is added if there is none.</summary>
    public uint IndexOf(Signature signature)
    {
        if (_bySignature.TryGetValue(signature, out var index))
        {
            return index;
        }

        index = (uint)(_signatures.Count + _implicitTypes.Count);
        _implicitTypes.Add(signature);
        _bySignature.Add(signature, index);
        return index;
    }
}
