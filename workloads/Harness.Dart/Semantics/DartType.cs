namespace Harness.Dart.Semantics;

/// <summary>A type of the language. Types are compared by structure; a type parameter is itself only.</summary>
internal abstract class DartType
{
    private string? _key;
    private long _size;

    protected DartType(bool nullable) => Nullable = nullable;

    /// <summary>Whether the type was written with a question mark.</summary>
    public bool Nullable { get; }

    /// <summary>The typedef by which the type was written; null for others, and where type parameters were replaced since. It makes no other type.</summary>
    public AliasUse? Alias { get; init; }

    /// <summary>A text that is the same for equal types and differs for others.</summary>
    public string Key => _key ??= MakeKey() + (Nullable ? "?" : "");

    /// <summary>How many types it is made of, itself among them; one that it has in several places counts in each.</summary>
    public long Size => _size == 0 ? _size = 1 + Parts.Sum(part => part.Size) : _size;

    // What it is made of, but for bounds.
    protected virtual IEnumerable<DartType> Parts => [];

    protected abstract string MakeKey();

    protected abstract string MakeText();

    public abstract DartType WithNullable(bool nullable);

    /// <summary>The type as one that was written by a typedef, if it has parts.</summary>
    public virtual DartType WithAlias(AliasUse alias) => this;

    public override bool Equals(object? obj) => obj is DartType other && (ReferenceEquals(this, other) || Key == other.Key);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => MakeText() + (Nullable ? "?" : "");

    /// <summary>Replaces type parameters.</summary>
    public abstract DartType Substitute(IReadOnlyDictionary<TypeParam, DartType> map);

    /// <summary>Whether a type parameter, or an unknown type, occurs.</summary>
    public abstract bool Any(Func<DartType, bool> test);

    public bool IsClosed => !Any(t => t is TypeParamType);

    public bool HasUnknown => Any(t => t is UnknownType);
}

internal sealed class TypeParam(string name)
{
    private static int _count;

    public string Name { get; } = name;

    public int Id { get; } = Interlocked.Increment(ref _count);

    public DartType Bound { get; set; } = TopTypes.NullableObjectPlaceholder;

    public bool HasBound { get; set; }

    /// <summary>The class that declares it, or null for a function's.</summary>
    public ClassElement? Class { get; set; }

    public TypeParamType Type => new(this, false);
}

internal static class TopTypes
{
    public static readonly DartType NullableObjectPlaceholder = new SimpleType(SimpleKind.Dynamic);
}

internal enum SimpleKind : byte { Dynamic, Void, Never, Null, Unknown }

internal class SimpleType(SimpleKind kind) : DartType(false)
{
    public static readonly SimpleType Dynamic = new(SimpleKind.Dynamic);
    public static readonly SimpleType Void = new(SimpleKind.Void);
    public static readonly SimpleType Never = new(SimpleKind.Never);
    public static readonly SimpleType Null = new(SimpleKind.Null);

    public SimpleKind Kind { get; } = kind;

    protected override string MakeKey() => Kind.ToString();

    protected override string MakeText() => Kind switch { SimpleKind.Dynamic => "dynamic", SimpleKind.Void => "void", SimpleKind.Never => "Never", SimpleKind.Null => "Null", _ => "_" };

    public override DartType WithNullable(bool nullable) => nullable && Kind == SimpleKind.Never ? Null : !nullable && Kind == SimpleKind.Null ? Never : this;

    public override DartType Substitute(IReadOnlyDictionary<TypeParam, DartType> map) => this;

    public override bool Any(Func<DartType, bool> test) => test(this);
}

/// <summary>A type that inference has yet to find.</summary>
internal sealed class UnknownType : SimpleType
{
    private UnknownType() : base(SimpleKind.Unknown)
    {
    }

    public static readonly UnknownType Instance = new();
}

internal sealed class InterfaceType(ClassElement cls, DartType[] args, bool nullable = false) : DartType(nullable)
{
    public ClassElement Class { get; } = cls;

    public DartType[] Args { get; } = args;

    protected override IEnumerable<DartType> Parts => Args;

    protected override string MakeKey() => Args.Length == 0 ? "c" + Class.Id : $"c{Class.Id}<{string.Join(',', Args.Select(a => a.Key))}>";

    protected override string MakeText() => Args.Length == 0 ? Class.Name : $"{Class.Name}<{string.Join(", ", Args.Select(a => a.ToString()))}>";

    public override DartType WithNullable(bool nullable) => nullable == Nullable ? this : new InterfaceType(Class, Args, nullable) { Alias = Alias };

    public override DartType WithAlias(AliasUse alias) => Args.Length == 0 ? this : new InterfaceType(Class, Args, Nullable) { Alias = alias };

    public override DartType Substitute(IReadOnlyDictionary<TypeParam, DartType> map)
    {
        if (Args.Length == 0 || map.Count == 0)
        {
            return this;
        }

        return new InterfaceType(Class, [.. Args.Select(a => a.Substitute(map))], Nullable);
    }

    public override bool Any(Func<DartType, bool> test) => test(this) || Args.Any(a => a.Any(test));

    /// <summary>What this type's arguments make of the class's parameters.</summary>
    public Dictionary<TypeParam, DartType> Map()
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < Class.TypeParams.Count && i < Args.Length; i++)
        {
            map[Class.TypeParams[i]] = Args[i];
        }

        return map;
    }
}

internal sealed class TypeParamType(TypeParam parameter, bool nullable, DartType? promoted = null) : DartType(nullable)
{
    public TypeParam Parameter { get; } = parameter;

    /// <summary>What the variable was promoted to, an intersection with the parameter.</summary>
    public DartType? Promoted { get; } = promoted;

    public DartType Bound => Promoted ?? Parameter.Bound;

    protected override string MakeKey() => "p" + Parameter.Id + (Promoted is null ? "" : "&" + Promoted.Key);

    protected override string MakeText() => Parameter.Name;

    public override DartType WithNullable(bool nullable) => nullable == Nullable ? this : new TypeParamType(Parameter, nullable, nullable ? null : Promoted);

    public override DartType Substitute(IReadOnlyDictionary<TypeParam, DartType> map) =>
        map.TryGetValue(Parameter, out var type) ? Nullable ? type.WithNullable(true) : type : this;

    public override bool Any(Func<DartType, bool> test) => test(this);
}

internal sealed class FunctionType(
    TypeParam[] typeParams, DartType[] required, DartType[] optional, NamedParam[] named, DartType result, bool nullable = false) : DartType(nullable)
{
    public TypeParam[] TypeParams { get; } = typeParams;

    public DartType[] Required { get; } = required;

    public DartType[] Optional { get; } = optional;

    /// <summary>Named parameters in the order of their names.</summary>
    public NamedParam[] Named { get; } = named;

    public DartType Result { get; } = result;

    public int MaximumPositional => Required.Length + Optional.Length;

    public DartType Positional(int i) => i < Required.Length ? Required[i] : Optional[i - Required.Length];

    protected override IEnumerable<DartType> Parts => [.. Required, .. Optional, .. Named.Select(n => n.Type), Result];

    protected override string MakeKey()
    {
        // Bound type parameters are named by their position, so that equal generic types have equal keys.
        if (TypeParams.Length == 0)
        {
            return $"f({Join(Required)};{Join(Optional)};{string.Join(',', Named.Select(n => (n.IsRequired ? "!" : "") + n.Name + ":" + n.Type.Key))}){Result.Key}";
        }

        var text = $"g{string.Join(',', TypeParams.Select(p => p.HasBound ? p.Bound.Key : ""))}({Join(Required)};{Join(Optional)};{string.Join(',', Named.Select(n => (n.IsRequired ? "!" : "") + n.Name + ":" + n.Type.Key))}){Result.Key}";
        for (var i = 0; i < TypeParams.Length; i++)
        {
            text = System.Text.RegularExpressions.Regex.Replace(text, $@"p{TypeParams[i].Id}(?!\d)", $"q{i}");
        }

        return text;
    }

    private static string Join(DartType[] types) => string.Join(',', types.Select(t => t.Key));

    protected override string MakeText()
    {
        var parts = Required.Select(t => t.ToString()).ToList();
        if (Optional.Length > 0)
        {
            parts.Add("[" + string.Join(", ", Optional.Select(t => t.ToString())) + "]");
        }

        if (Named.Length > 0)
        {
            parts.Add("{" + string.Join(", ", Named.Select(n => (n.IsRequired ? "required " : "") + n.Type + " " + n.Name)) + "}");
        }

        var generics = TypeParams.Length == 0 ? "" : "<" + string.Join(", ", TypeParams.Select(p => p.HasBound ? $"{p.Name} extends {p.Bound}" : p.Name)) + ">";
        return $"{Result} Function{generics}({string.Join(", ", parts)})";
    }

    public override DartType WithNullable(bool nullable) => nullable == Nullable ? this : new FunctionType(TypeParams, Required, Optional, Named, Result, nullable) { Alias = Alias };

    public override DartType WithAlias(AliasUse alias) => new FunctionType(TypeParams, Required, Optional, Named, Result, Nullable) { Alias = alias };

    public override DartType Substitute(IReadOnlyDictionary<TypeParam, DartType> map)
    {
        if (map.Count == 0)
        {
            return this;
        }

        var parameters = TypeParams;
        if (TypeParams.Length > 0 && TypeParams.Any(p => p.HasBound && p.Bound.Any(t => t is TypeParamType q && map.ContainsKey(q.Parameter))))
        {
            parameters = [.. TypeParams.Select(p => new TypeParam(p.Name) { HasBound = p.HasBound })];
            var inner = new Dictionary<TypeParam, DartType>(map);
            for (var i = 0; i < parameters.Length; i++)
            {
                inner[TypeParams[i]] = parameters[i].Type;
            }

            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i].Bound = TypeParams[i].Bound.Substitute(inner);
            }

            map = inner;
        }

        return new FunctionType(parameters, Map(Required, map), Map(Optional, map), [.. Named.Select(n => n with { Type = n.Type.Substitute(map) })], Result.Substitute(map), Nullable);
    }

    private static DartType[] Map(DartType[] types, IReadOnlyDictionary<TypeParam, DartType> map) => [.. types.Select(t => t.Substitute(map))];

    public override bool Any(Func<DartType, bool> test) =>
        test(this) || Required.Any(t => t.Any(test)) || Optional.Any(t => t.Any(test)) || Named.Any(n => n.Type.Any(test)) || Result.Any(test);

    /// <summary>The type with arguments for its type parameters.</summary>
    public FunctionType Instantiate(IReadOnlyList<DartType> args)
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < TypeParams.Length; i++)
        {
            map[TypeParams[i]] = args[i];
        }

        return new FunctionType([], Map(Required, map), Map(Optional, map), [.. Named.Select(n => n with { Type = n.Type.Substitute(map) })], Result.Substitute(map), Nullable);
    }
}

internal sealed record NamedParam(string Name, DartType Type, bool IsRequired);

internal sealed class RecordType(DartType[] positional, (string Name, DartType Type)[] named, bool nullable = false) : DartType(nullable)
{
    public DartType[] Positional { get; } = positional;

    /// <summary>Named fields in the order of their names.</summary>
    public (string Name, DartType Type)[] Named { get; } = [.. named.OrderBy(n => n.Name, StringComparer.Ordinal)];

    public int Count => Positional.Length + Named.Length;

    /// <summary>The index of a field, or -1.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Named.Length; i++)
        {
            if (Named[i].Name == name)
            {
                return Positional.Length + i;
            }
        }

        return name.Length > 1 && name[0] == '$' && int.TryParse(name.AsSpan(1), out var n) && n >= 1 && n <= Positional.Length ? n - 1 : -1;
    }

    public DartType FieldType(int i) => i < Positional.Length ? Positional[i] : Named[i - Positional.Length].Type;

    protected override IEnumerable<DartType> Parts => Positional.Concat(Named.Select(n => n.Type));

    protected override string MakeKey() => $"r({string.Join(',', Positional.Select(t => t.Key))};{string.Join(',', Named.Select(n => n.Name + ":" + n.Type.Key))})";

    protected override string MakeText()
    {
        var parts = Positional.Select(t => t.ToString()).ToList();
        if (Named.Length > 0)
        {
            parts.Add("{" + string.Join(", ", Named.Select(n => n.Type + " " + n.Name)) + "}");
        }

        return "(" + string.Join(", ", parts) + (Positional.Length == 1 && Named.Length == 0 ? ",)" : ")");
    }

    public override DartType WithNullable(bool nullable) => nullable == Nullable ? this : new RecordType(Positional, Named, nullable) { Alias = Alias };

    public override DartType WithAlias(AliasUse alias) => new RecordType(Positional, Named, Nullable) { Alias = alias };

    public override DartType Substitute(IReadOnlyDictionary<TypeParam, DartType> map) =>
        map.Count == 0 ? this : new RecordType([.. Positional.Select(t => t.Substitute(map))], [.. Named.Select(n => (n.Name, n.Type.Substitute(map)))], Nullable);

    public override bool Any(Func<DartType, bool> test) => test(this) || Positional.Any(t => t.Any(test)) || Named.Any(n => n.Type.Any(test));
}
