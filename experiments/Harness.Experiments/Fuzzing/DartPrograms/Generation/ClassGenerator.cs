using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Declarations of classes, mixins, enums and extensions.</summary>
/// <param name="context">What all bodies have in common.</param>
/// <param name="functions">Makes members that have code.</param>
internal sealed class ClassGenerator(BodyContext context, FunctionGenerator functions)
{
    private readonly RandomSource _random = context.Random;

    /// <summary>A class, mixin, enum or extension type.</summary>
    public Item Class(ClassOutline type)
    {
        var members = new List<Item>();
        if (type.Sort == ClassSort.Enum)
        {
            members.Add(Values(type));
        }

        if (type.Sort != ClassSort.ExtensionType)
        {
            members.AddRange(type.Fields.Select(field => Field(type, field)));
        }

        members.AddRange(type.StaticFields.Select(field => Item.Of($"static {(field.IsFinal ? "final " : "")}{field.Type} {field.Name} = {Initial(field.Type)};")));
        if (type.Sort is not (ClassSort.Interface or ClassSort.Mixin or ClassSort.ExtensionType))
        {
            members.Add(Constructor(type));
        }

        members.AddRange(type.Constructors.Select(constructor => NamedConstructor(type, constructor)));
        members.AddRange(type.Methods.Select(method => functions.Member(method, type.Type)));
        members.AddRange(type.StaticMethods.Select(method => functions.Function(method, isStatic: true)));
        if (type.Sort is ClassSort.Failure || (type.Sort is ClassSort.Concrete or ClassSort.Value && _random.Percent(75)))
        {
            members.Add(Text(type));
        }

        if (type.Sort == ClassSort.Value && _random.Percent(75))
        {
            members.AddRange(Equality(type));
        }

        return Item.Of($"{Head(type)} {new Block(members)}");
    }

    /// <summary>An extension.</summary>
    public Item Extension(string name, DartType extended, IEnumerable<FunctionOutline> members) =>
        Item.Of($"extension {name} on {extended} {new Block([.. members.Select(member => functions.ExtensionMember(member, extended))])}");

    /// <summary>A global variable. Some show when they are first read, which is when they are computed.</summary>
    public Item Global(Variable variable)
    {
        var value = Initial(variable.Type);
        var shown = variable.Type.IsShown && _random.Percent(40) ? Piece.Of($"traced<{variable.Type}>('{context.Program.NewName("s")}', {value})") : value;
        return Item.Of($"{(variable.IsMutable ? "" : "final ")}{variable.Type} {variable.Text} = {shown};");
    }

    /// <summary>An expression for what a global, static or ordinary field begins with: it has no object of a class within it, so that making objects ends.</summary>
    public Expression Initial(DartType type)
    {
        if (type.Arguments.Append(type).Any(part => part.Kind is DartKind.Parameter or DartKind.Class))
        {
            return Expression.Of(type, type.Simplest ?? throw new InvalidOperationException($"a field of type {type} has no value to begin with"));
        }

        return new Body(context, BodySort.Initializer, -1, type, [], budget: 12).Expressions.Stored(type, 2);
    }

    private static string Head(ClassOutline type)
    {
        if (type.Sort == ClassSort.ExtensionType)
        {
            return $"extension type {(type.IsConst ? "const " : "")}{type.Name}{TypeParameter.Declare(type.Parameters)}({type.Fields[0].Type} {type.Fields[0].Name}){(type.IsObject ? " implements Object" : "")}";
        }

        var extended = type.Super is null ? "" : type.Sort == ClassSort.Mixin ? $" on {type.Super}" : $" extends {type.Super}";
        var mixed = type.Mixins.Count == 0 ? "" : $" with {string.Join(", ", type.Mixins)}";
        var interfaces = type.Sort == ClassSort.Failure && type.Super is null ? " implements Exception" : type.Interfaces.Count == 0 ? "" : $" implements {string.Join(", ", type.Interfaces)}";
        var word = type.Sort switch
        {
            ClassSort.Interface => "abstract interface class",
            ClassSort.Root => type.IsSealed ? "sealed class" : "abstract class",
            ClassSort.Value => "final class",
            ClassSort.Mixin => "mixin",
            ClassSort.Enum => "enum",
            _ => "class",
        };
        return $"{word} {type.Name}{TypeParameter.Declare(type.Parameters)}{extended}{mixed}{interfaces}";
    }

    /// <summary>The values of an enum, each with what its fields are.</summary>
    private Item Values(ClassOutline type)
    {
        var body = new Body(context, BodySort.Initializer, -1, DartType.Void, [], budget: 0);
        var values = type.Values.Select(value => Piece.Of($"{value}({type.Fields.ConvertAll(field => body.Literals.Of(field.Type))})")).ToList();
        return Item.Fixed($"{values};");
    }

    private Item Field(ClassOutline type, FieldOutline field)
    {
        if (field.IsGiven)
        {
            return Item.Of($"{(field.IsFinal ? "final " : "")}{field.Type} {field.Name};");
        }

        if (!field.IsLate)
        {
            return Item.Of($"{(field.IsFinal ? "final " : "")}{field.Type} {field.Name} = {Initial(field.Type)};");
        }

        var body = new Body(context, BodySort.Plain, 0, field.Type, type.Parameters, budget: 12);
        FunctionGenerator.AddSelf(body, type.Type, withLate: false);
        return Item.Of($"late final {field.Type} {field.Name} = {body.Expressions.Stored(field.Type, 2)};");
    }

    /// <summary>The constructor without a name: each field is a parameter of it, or is computed from one.</summary>
    private Item Constructor(ClassOutline type)
    {
        var isConst = type.IsConst || type.Sort == ClassSort.Enum;
        var parameters = new List<string>();
        var initializers = new List<Piece>();
        foreach (var (field, fieldType, isOfSuper) in ClassOutline.ConstructorFields(type.Type))
        {
            if (isOfSuper || isConst || fieldType.Kind != DartKind.Int || fieldType.IsNullable || _random.Percent(70))
            {
                parameters.Add($"{(isOfSuper ? "super" : "this")}.{field.Name}");
                continue;
            }

            var name = context.Program.NewName("a");
            parameters.Add($"int {name}");
            var body = new Body(context, BodySort.Initializer, -1, fieldType, [], budget: 8);
            body.Scope.Add(new Variable(name, fieldType));
            initializers.Add(Piece.Of($"{field.Name} = {body.Expressions.Of(fieldType, 2)}"));
        }

        var list = initializers.Count == 0 ? Piece.Of($"") : Piece.Of($" : {initializers}");
        return Item.Of($"{(isConst ? "const " : "")}{type.Name}({string.Join(", ", parameters)}){list}{ConstructorBody(type, isConst)}");
    }

    /// <summary>What a constructor does beside: it makes no objects, so that making objects ends.</summary>
    private Piece ConstructorBody(ClassOutline type, bool isConst)
    {
        var shown = type.Fields.FindAll(field => field.Type.IsShown && !field.IsLate);
        return isConst || shown.Count == 0 || !_random.Percent(25)
            ? Piece.Of($";")
            : Piece.Of($" {new Block([Item.Of($"show('{context.Program.NewName("s")}', {_random.Pick(shown).Name});")])}");
    }

    /// <summary>A constructor with a name: one that hands everything on to the other, or a factory.</summary>
    private Item NamedConstructor(ClassOutline type, FunctionOutline outline)
    {
        var body = new Body(context, BodySort.Initializer, -1, type.Type, type.Parameters, budget: 16);
        foreach (var parameter in outline.Parameters)
        {
            body.Scope.Add(new Variable(parameter.Name, parameter.Type));
        }

        List<Expression> Arguments() => [.. ClassOutline.ConstructorFields(type.Type).Select(field => body.Expressions.Stored(field.Type, 2))];
        var name = $"{type.Name}.{outline.Name}{outline.ParameterList}";
        return _random.Below(3) switch
        {
            0 => Item.Of($"factory {name} => {type.Type}({Arguments()});"),
            1 => Item.Of($"factory {name} {new Block([Item.Of($"if ({body.Expressions.Of(DartType.Bool, 2)}) return {type.Type}({Arguments()});"), Item.Of($"return {type.Type}({Arguments()});")])}"),
            _ => Item.Of($"{name} : this({Arguments()});"),
        };
    }

    private static Item Text(ClassOutline type)
    {
        var shown = ClassOutline.FieldsOf(type.Type).Where(field => !field.Field.IsLate && (field.Type.IsShown || field.Type.Parameter is not null)).Select(field => $"${field.Field.Name}");
        return Item.Of($"String toString() => '{type.Name}({string.Join(", ", shown)})';");
    }

    private static IEnumerable<Item> Equality(ClassOutline type)
    {
        var names = type.Fields.ConvertAll(field => field.Name);
        yield return Item.Of($"bool operator ==(Object other) => other is {type.Name} && {string.Join(" && ", names.Select(name => $"other.{name} == {name}"))};");
        yield return Item.Of(names.Count == 1 ? $"int get hashCode => {names[0]}.hashCode;" : $"int get hashCode => Object.hash({string.Join(", ", names)});");
    }
}
