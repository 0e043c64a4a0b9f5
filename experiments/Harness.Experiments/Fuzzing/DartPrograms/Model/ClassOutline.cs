namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>What a class is for.</summary>
internal enum ClassSort
{
    /// <summary>It is implemented.</summary>
    Interface,

    /// <summary>The abstract or sealed root of some classes.</summary>
    Root,

    /// <summary>It extends something, or stands alone, and has objects.</summary>
    Concrete,

    /// <summary>It has operators, and objects that never change.</summary>
    Value,

    /// <summary>It is mixed in.</summary>
    Mixin,

    /// <summary>It has values, which have members.</summary>
    Enum,

    /// <summary>Its objects are thrown.</summary>
    Failure,

    /// <summary>An extension type: members for values of another type, which its only field gives.</summary>
    ExtensionType,
}

/// <summary>What is known of a class, mixin or enum before it has any code: what it extends, and the signatures of its members.</summary>
/// <param name="name">Its name.</param>
/// <param name="sort">What it is for.</param>
internal sealed class ClassOutline(string name, ClassSort sort)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What it is for.</summary>
    public ClassSort Sort { get; } = sort;

    /// <summary>Its type parameters.</summary>
    public List<TypeParameter> Parameters { get; } = [];

    /// <summary>What it extends, or what a mixin is on; null for nothing.</summary>
    public DartType? Super { get; set; }

    /// <summary>What is mixed in.</summary>
    public List<DartType> Mixins { get; } = [];

    /// <summary>What it implements.</summary>
    public List<DartType> Interfaces { get; } = [];

    /// <summary>The fields that it declares.</summary>
    public List<FieldOutline> Fields { get; } = [];

    /// <summary>The methods, getters, setters and operators that it declares or overrides.</summary>
    public List<FunctionOutline> Methods { get; } = [];

    /// <summary>Its static fields.</summary>
    public List<FieldOutline> StaticFields { get; } = [];

    /// <summary>Its static methods.</summary>
    public List<FunctionOutline> StaticMethods { get; } = [];

    /// <summary>Its constructors that have names.</summary>
    public List<FunctionOutline> Constructors { get; } = [];

    /// <summary>Of an enum, the names of its values.</summary>
    public List<string> Values { get; } = [];

    /// <summary>The classes that extend it directly.</summary>
    public List<ClassOutline> Subclasses { get; } = [];

    /// <summary>Of what has no objects of its own, a class whose objects are of it.</summary>
    public ClassOutline? Example { get; set; }

    /// <summary>Whether a switch over its subclasses is exhaustive.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Of an extension type, whether its values are known to be objects, which null is not.</summary>
    public bool IsObject { get; init; } = true;

    /// <summary>Whether it can have constant objects.</summary>
    public bool IsConst { get; init; }

    /// <summary>Whether code may make objects of it, or values of an extension type.</summary>
    public bool HasObjects => Sort is ClassSort.Concrete or ClassSort.Value or ClassSort.ExtensionType;

    /// <summary>The type that the class has within itself.</summary>
    public DartType Type => DartType.Of(this, [.. Parameters.Select(parameter => parameter.Type)]);

    /// <summary>The types that a type of this class extends, mixes in and implements.</summary>
    public IEnumerable<DartType> SupertypesOf(DartType type)
    {
        var arguments = type.ArgumentsByParameter();
        IEnumerable<DartType> supertypes = Super is null ? [.. Mixins, .. Interfaces] : [.. Mixins, Super, .. Interfaces];
        return supertypes.Select(super => super.Substitute(arguments));
    }

    /// <summary>A type of this class and all that it is a subtype of, itself first.</summary>
    public static IEnumerable<DartType> Ancestry(DartType type) => type.Class!.SupertypesOf(type).SelectMany(Ancestry).Prepend(type);

    /// <summary>The fields of objects of a type, inherited ones included, each with its type there.</summary>
    public static IEnumerable<(FieldOutline Field, DartType Type)> FieldsOf(DartType type) =>
        Ancestry(type)
            .SelectMany(super => super.Class!.Fields.Select(field => (Field: field, Type: field.Type.Substitute(super.ArgumentsByParameter()))))
            .DistinctBy(field => field.Field.Name);

    /// <summary>The methods of objects of a type, inherited ones included, with signatures as they are there.</summary>
    public static IEnumerable<FunctionOutline> MethodsOf(DartType type) =>
        Ancestry(type)
            .SelectMany(super => super.Class!.Methods.Select(method => method.Substitute(super.ArgumentsByParameter())))
            .DistinctBy(method => (method.Name, method.Sort));

    /// <summary>The parameters of the constructor without a name: a superclass's fields first.</summary>
    public static IEnumerable<(FieldOutline Field, DartType Type, bool IsOfSuper)> ConstructorFields(DartType type)
    {
        var (outline, arguments) = (type.Class!, type.ArgumentsByParameter());
        var inherited = outline.Super is { } super && outline.Sort != ClassSort.Mixin
            ? ConstructorFields(super.Substitute(arguments)).Select(field => (field.Field, field.Type, IsOfSuper: true))
            : [];
        return inherited.Concat(outline.Fields.Where(field => field.IsGiven).Select(field => (Field: field, Type: field.Type.Substitute(arguments), IsOfSuper: false)));
    }

    /// <summary>The simplest object of a type of this class, as an expression; null where an argument of a type parameter's type would have to be known.</summary>
    public string? SimplestObject(DartType type)
    {
        if (Example is not null)
        {
            return Example.Type.Simplest;
        }

        var arguments = new List<string>();
        foreach (var (_, fieldType, _) in ConstructorFields(type))
        {
            if (fieldType.Simplest is not { } value)
            {
                return null;
            }

            arguments.Add(value);
        }

        return $"{type.Text.TrimEnd('?')}({string.Join(", ", arguments)})";
    }
}

/// <summary>A field of a class.</summary>
/// <param name="Name">Its name, which no other has.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsFinal">Whether it keeps its value.</param>
/// <param name="IsGiven">Whether the constructor has a parameter for it; otherwise it is initialized where it is declared.</param>
/// <param name="IsLate">Whether it is initialized when it is first read.</param>
internal sealed record FieldOutline(string Name, DartType Type, bool IsFinal, bool IsGiven, bool IsLate = false);
