namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>A type of Dart, as far as generated programs have them. Types of the same text are the same.</summary>
internal sealed class DartType : IEquatable<DartType>
{
    private static readonly Dictionary<TypeParameter, DartType> NoArguments = [];

    private readonly string _name;

    private DartType(DartKind kind, string name, params DartType[] arguments)
    {
        Kind = kind;
        _name = name;
        Arguments = arguments;
    }

    public static DartType Int { get; } = new(DartKind.Int, "int");

    public static DartType Double { get; } = new(DartKind.Double, "double");

    public static DartType Number { get; } = new(DartKind.Number, "num");

    public static DartType Bool { get; } = new(DartKind.Bool, "bool");

    public static DartType String { get; } = new(DartKind.String, "String");

    public static DartType Object { get; } = new(DartKind.Object, "Object");

    public static DartType Void { get; } = new(DartKind.Void, "void");

    /// <summary>The lists of <c>dart:typed_data</c> that programs have.</summary>
    public static IReadOnlyList<DartType> TypedLists { get; } =
    [
        .. ((string[])["Int8List", "Uint8List", "Int16List", "Int32List", "Uint32List", "Int64List", "Uint8ClampedList"]).Select(list => new DartType(DartKind.TypedList, list, Int)),
        .. ((string[])["Float32List", "Float64List"]).Select(list => new DartType(DartKind.TypedList, list, Double)),
    ];

    /// <summary>The sort of type.</summary>
    public DartKind Kind { get; }

    /// <summary>
    /// The types that it is made of: a class's type arguments, the element type of a list or set, key and value of a map, the fields of a record, result and parameters of a function.
    /// </summary>
    public IReadOnlyList<DartType> Arguments { get; }

    /// <summary>Whether its values may be null.</summary>
    public bool IsNullable { get; private init; }

    /// <summary>The class or enum that it is of; null for other kinds.</summary>
    public ClassOutline? Class { get; private init; }

    /// <summary>The type parameter that it is; null for other kinds.</summary>
    public TypeParameter? Parameter { get; private init; }

    /// <summary>Of a record, the names of the fields; null for those that are positional, which come first.</summary>
    public IReadOnlyList<string?> FieldNames { get; private init; } = [];

    /// <summary>The type as programs write it.</summary>
    public string Text => IsNullable ? _name + "?" : _name;

    /// <summary>Whether it is a number, text, truth or enum: what has the same static type however it is computed.</summary>
    public bool IsPlain => !IsNullable && Kind is DartKind.Int or DartKind.Double or DartKind.Number or DartKind.Bool or DartKind.String or DartKind.Enum;

    /// <summary>Whether the text of a value tells all of it, and is short.</summary>
    public bool IsShown => Kind switch
    {
        DartKind.Int or DartKind.Double or DartKind.Number or DartKind.Bool or DartKind.String or DartKind.Enum => true,
        DartKind.Record => Arguments.All(part => part.IsShown),
        _ => false,
    };

    /// <summary>
    /// The simplest value, as an expression that needs no names of its surroundings; null where there is none, which is where a type parameter has to be known.
    /// </summary>
    public string? Simplest => IsNullable ? "null" : Kind switch
    {
        DartKind.Int or DartKind.Number or DartKind.Object => "0",
        DartKind.Double => "0.0",
        DartKind.Bool => "false",
        DartKind.String => "''",
        DartKind.Enum => $"{_name}.{Class!.Values[0]}",
        DartKind.Class => Class!.SimplestObject(this),
        DartKind.List => $"<{Arguments[0]}>[]",
        DartKind.Set => $"<{Arguments[0]}>{{}}",
        DartKind.Map => $"<{Arguments[0]}, {Arguments[1]}>{{}}",
        DartKind.Record => SimplestRecord(),
        DartKind.Function => SimplestFunction(),
        DartKind.TypedList => $"{_name}(1)",
        _ => null,
    };

    public static DartType Of(TypeParameter parameter) => new(DartKind.Parameter, parameter.Name) { Parameter = parameter };

    /// <summary>The type of a class's objects, or of an enum's values.</summary>
    public static DartType Of(ClassOutline type, params DartType[] arguments) =>
        new(type.Sort == ClassSort.Enum ? DartKind.Enum : DartKind.Class, arguments.Length == 0 ? type.Name : $"{type.Name}<{Join(arguments)}>", arguments) { Class = type };

    public static DartType ListOf(DartType element) => new(DartKind.List, $"List<{element}>", element);

    public static DartType SetOf(DartType element) => new(DartKind.Set, $"Set<{element}>", element);

    public static DartType MapOf(DartType key, DartType value) => new(DartKind.Map, $"Map<{key}, {value}>", key, value);

    public static DartType FunctionOf(DartType result, params DartType[] parameters) =>
        new(DartKind.Function, $"{result} Function({Join(parameters)})", [result, .. parameters]);

    /// <summary>The type of a record.</summary>
    /// <param name="fields">The types of its fields: at least two, or one that has a name.</param>
    /// <param name="names">Their names, null for the positional ones, which come first.</param>
    public static DartType RecordOf(IReadOnlyList<DartType> fields, IReadOnlyList<string?> names)
    {
        var positional = fields.Where((_, i) => names[i] is null).Select(field => field.Text);
        var named = fields.Select((field, i) => names[i] is { } name ? $"{field} {name}" : "").Where(text => text.Length > 0).ToArray();
        var text = string.Join(", ", named.Length == 0 ? positional : positional.Append($"{{{string.Join(", ", named)}}}"));
        return new DartType(DartKind.Record, $"({text})", [.. fields]) { FieldNames = names };
    }

    /// <summary>The same type with null, or without.</summary>
    public DartType WithNull(bool isNullable) =>
        isNullable == IsNullable ? this : new DartType(Kind, _name, [.. Arguments]) { IsNullable = isNullable, Class = Class, Parameter = Parameter, FieldNames = FieldNames };

    /// <summary>The type with arguments in the place of type parameters.</summary>
    public DartType Substitute(IReadOnlyDictionary<TypeParameter, DartType> arguments)
    {
        if (Parameter is not null)
        {
            return arguments.TryGetValue(Parameter, out var argument) ? argument.WithNull(IsNullable || argument.IsNullable) : this;
        }

        if (Arguments.Count == 0 || arguments.Count == 0)
        {
            return this;
        }

        DartType[] parts = [.. Arguments.Select(part => part.Substitute(arguments))];
        var substituted = Kind switch
        {
            DartKind.Class => Of(Class!, parts),
            DartKind.List => ListOf(parts[0]),
            DartKind.Set => SetOf(parts[0]),
            DartKind.Map => MapOf(parts[0], parts[1]),
            DartKind.Record => RecordOf(parts, FieldNames),
            DartKind.Function => FunctionOf(parts[0], parts[1..]),
            _ => this,
        };
        return substituted.WithNull(IsNullable);
    }

    /// <summary>The arguments that a class's type has for its parameters.</summary>
    public IReadOnlyDictionary<TypeParameter, DartType> ArgumentsByParameter() =>
        Class is null || Arguments.Count == 0 ? NoArguments : Class.Parameters.Zip(Arguments).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Whether values of this type can stand where those of another are wanted. Types with other arguments are none, although the language has it so.</summary>
    public bool IsSubtypeOf(DartType other)
    {
        if (Equals(other))
        {
            return true;
        }

        if (Kind == DartKind.Void || (IsNullable && !other.IsNullable))
        {
            return false;
        }

        var (own, wanted) = (WithNull(false), other.WithNull(false));
        if (own.Equals(wanted))
        {
            return true;
        }

        if (wanted.Kind == DartKind.Object)
        {
            return other.IsNullable || (own.Parameter is null ? own.Class is not { IsObject: false } : own.Parameter.Bound is not { Class.IsObject: false });
        }

        return own.Kind switch
        {
            DartKind.Int or DartKind.Double => wanted.Kind == DartKind.Number,
            DartKind.Parameter => own.Parameter!.Bound is { } bound && bound.IsSubtypeOf(wanted),
            DartKind.Class or DartKind.Enum => own.Class!.SupertypesOf(own).Any(super => super.IsSubtypeOf(wanted)),
            DartKind.TypedList => wanted.Kind == DartKind.List && wanted.Arguments[0].Equals(own.Arguments[0]),
            _ => false,
        };
    }

    /// <summary>The name by which a field of a record is read: <c>$1</c> for the first of those without a name.</summary>
    public string FieldName(int index) => FieldNames[index] ?? $"${index + 1}";

    public bool Equals(DartType? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as DartType);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static string Join(IEnumerable<DartType> types) => string.Join(", ", types.Select(type => type.Text));

    private string? SimplestRecord()
    {
        var fields = new List<string>();
        for (var i = 0; i < Arguments.Count; i++)
        {
            if (Arguments[i].Simplest is not { } value)
            {
                return null;
            }

            fields.Add(FieldNames[i] is { } field ? $"{field}: {value}" : value);
        }

        return $"({string.Join(", ", fields)})";
    }

    private string? SimplestFunction() => Arguments[0].Simplest is { } result
        ? $"(({string.Join(", ", Arguments.Skip(1).Select((parameter, i) => $"{parameter} x{i}"))}) => {result})"
        : null;
}
