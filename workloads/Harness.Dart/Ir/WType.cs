namespace Harness.Dart.Ir;

internal enum WKind : byte { None, I32, I64, F32, F64, Ref, Never, I8, I16 }

/// <summary>A type of the target: what an expression leaves on the stack. <see cref="WKind.Never"/> is an expression that does not go on.</summary>
internal readonly record struct WType(WKind Kind, HeapDef? Heap = null, bool Nullable = false)
{
    public static readonly WType None = new(WKind.None);
    public static readonly WType I32 = new(WKind.I32);
    public static readonly WType I64 = new(WKind.I64);
    public static readonly WType F32 = new(WKind.F32);
    public static readonly WType F64 = new(WKind.F64);
    public static readonly WType Never = new(WKind.Never);

    public static WType Ref(HeapDef heap, bool nullable = false) => new(WKind.Ref, heap, nullable);

    public bool IsRef => Kind == WKind.Ref;

    public WType AsNullable => this with { Nullable = true };

    public WType AsNonNull => this with { Nullable = false };

    /// <summary>Whether a value of this type is one of the other without conversion.</summary>
    public bool IsSubtypeOf(WType other)
    {
        if (Kind == WKind.Never || Equals(other))
        {
            return true;
        }

        if (!IsRef || !other.IsRef || Nullable && !other.Nullable)
        {
            return false;
        }

        return Heap!.IsSubtypeOf(other.Heap!);
    }

    public override string ToString() => IsRef ? $"(ref {(Nullable ? "null " : "")}{Heap!.Name})" : Kind.ToString();
}

/// <summary>A heap type: an abstract one, or one that the module defines.</summary>
internal class HeapDef(string name)
{
    /// <summary>All structs.</summary>
    public static readonly HeapDef Struct = new("struct");

    /// <summary>All arrays.</summary>
    public static readonly HeapDef Array = new("array");

    /// <summary>Objects of the host.</summary>
    public static readonly HeapDef Extern = new("extern");

    /// <summary>Whether no module defines it.</summary>
    public bool IsAbstract => this == Struct || this == Array || this == Extern;

    public string Name { get; } = name;

    /// <summary>The index in the module's type section, once it is laid out.</summary>
    public int Index { get; set; } = -1;

    public virtual bool IsSubtypeOf(HeapDef other) => ReferenceEquals(this, other) || other == Struct && this is StructDef || other == Array && this is ArrayDef;
}

internal readonly record struct FieldDef(WType Type, bool Mutable, string Name);

internal sealed class StructDef(string name, StructDef? super) : HeapDef(name)
{
    public StructDef? Super { get; } = super;
    public bool IsFinal { get; set; }
    public bool Fixed { get; set; }
    public List<FieldDef> Fields { get; } = super is null ? [] : [.. super.Fields];

    public int Add(WType type, bool mutable, string fieldName)
    {
        Fields.Add(new FieldDef(type, mutable, fieldName));
        return Fields.Count - 1;
    }

    /// <summary>Takes over the fields that the supertype has got since this type was made, before it gets its own.</summary>
    public void Inherit()
    {
        for (var i = Fields.Count; i < Super!.Fields.Count; i++)
        {
            Fields.Add(Super.Fields[i]);
        }
    }

    public override bool IsSubtypeOf(HeapDef other)
    {
        if (other == Struct)
        {
            return true;
        }

        for (var s = this; s is not null; s = s.Super)
        {
            if (ReferenceEquals(s, other))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class ArrayDef(string name, WType element, bool mutable) : HeapDef(name)
{
    public WType Element { get; } = element;
    public bool Mutable { get; } = mutable;

    /// <summary>The type of an element on the stack.</summary>
    public WType Unpacked => Element.Kind is WKind.I8 or WKind.I16 ? WType.I32 : Element;
}

internal sealed class FuncDef(WType[] parameters, WType result) : HeapDef("func")
{
    public WType[] Parameters { get; } = parameters;
    public WType Result { get; } = result;
}

/// <summary>Makes function types, the same object for the same parameters and result.</summary>
internal sealed class FuncDefs
{
    private readonly Dictionary<string, FuncDef> _defs = new(StringComparer.Ordinal);
    private readonly Dictionary<HeapDef, int> _ids = [];

    public IEnumerable<FuncDef> All => _defs.Values;

    public FuncDef Get(IReadOnlyList<WType> parameters, WType result)
    {
        var key = string.Join(',', parameters.Select(Text)) + ">" + Text(result);
        if (!_defs.TryGetValue(key, out var def))
        {
            _defs[key] = def = new FuncDef([.. parameters], result.Kind == WKind.Never ? WType.None : result);
        }

        return def;
    }

    private string Text(WType type)
    {
        if (!type.IsRef)
        {
            return type.Kind == WKind.Never ? "None" : type.Kind.ToString();
        }

        if (!_ids.TryGetValue(type.Heap!, out var id))
        {
            _ids[type.Heap!] = id = _ids.Count;
        }

        return (type.Nullable ? "n" : "r") + id;
    }
}
