using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>What types say only when the program runs: calls by name, values under wider types, late variables; and casts that fail, in programs that may rely on that.</summary>
internal sealed class DynamicGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>A statement of one of these kinds; null where there is nothing for it.</summary>
    public Item? Statement(int depth) => new Choices<Item>(_random)
        .Add(12, () => CallByName(depth))
        .Add(6, () => FieldByName())
        .Add(6, () => Wider(depth))
        .Add(5, () => Late(depth))
        .Add(body.Features.ReliesOnCasts ? 14 : 0, () => FailingCast(depth))
        .Pick();

    /// <summary>Whether objects of a type have its members: those of extension types and extensions are of the static type alone.</summary>
    private static bool HasOwnMembers(DartType type) => type.Class is { Sort: not ClassSort.ExtensionType };

    private string Tag() => body.NewName("s");

    /// <summary>Calls a method of a class by its name.</summary>
    private Item? CallByName(int depth)
    {
        var candidates = body.Members.Receivers.Where(receiver => HasOwnMembers(receiver.Type))
            .SelectMany(receiver => ClassOutline.MethodsOf(receiver.Type)
                .Where(method => method is { Sort: FunctionSort.Plain, TypeParameters.Count: 0 } && method.Level < body.Level)
                .Select(method => (receiver.Receiver.Text, Method: method)))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var (text, chosen) = _random.Pick(candidates);
        var name = body.NewName("v");
        var call = Piece.Of($"{name}.{chosen.Name}({body.Calls.Arguments(chosen, depth)})");
        return chosen.Result.Kind == DartKind.Void ? Item.Of($"dynamic {name} = {text};\n{call};") : Item.Of($"dynamic {name} = {text};\nshow('{Tag()}', {call});");
    }

    private Item? FieldByName()
    {
        var candidates = body.Members.Receivers.Where(receiver => HasOwnMembers(receiver.Type))
            .SelectMany(receiver => ClassOutline.FieldsOf(receiver.Type).Where(field => field.Type.IsShown).Select(field => (receiver.Receiver.Text, field.Field, field.Type)))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var (text, field, type) = _random.Pick(candidates);
        var name = body.NewName("v");
        return field.IsFinal
            ? Item.Of($"dynamic {name} = {text};\nshow('{Tag()}', {name}.{field.Name});")
            : Item.Of($"dynamic {name} = {text};\n{name}.{field.Name} = {body.Expressions.Stored(type, 2)};\nshow('{Tag()}', {name}.{field.Name});");
    }

    /// <summary>Looks at a list or generic object by a type that has a wider argument.</summary>
    private Item? Wider(int depth)
    {
        var name = body.NewName("v");
        if (_random.Percent(50))
        {
            var list = body.Expressions.Of(DartType.ListOf(_random.Percent(50) ? DartType.Int : DartType.Double), depth);
            return Item.Of($"List<num> {name} = {list};\nshow('{Tag()}', {name}.isEmpty ? {name}.length : {name}[{body.Expressions.Leaf(DartType.Int)} % {name}.length] + {name}.first);");
        }

        var objects = WideObjects();
        if (objects.Count == 0)
        {
            return null;
        }

        var (variable, field) = _random.Pick(objects);
        return Item.Of($"{variable.Type.Class!.Name}<Object> {name} = {variable.Text};\nshow('{Tag()}', {name}.{field});");
    }

    /// <summary>A late variable that has a value only sometimes.</summary>
    private Item Late(int depth)
    {
        var type = body.Types.Plain();
        var name = body.NewName("v");
        return Item.Of($"late {type} {name};\nif ({body.Expressions.Rare(depth)}) {name} = {body.Expressions.Stored(type, depth - 1)};\n{Attempt(Piece.Of($"show('{Tag()}', {name});"))}");
    }

    private Item? FailingCast(int depth)
    {
        var name = body.NewName("v");
        var list = DartType.ListOf(body.Types.Plain());
        return _random.Below(5) switch
        {
            0 => Downcast() is { } cast ? Item.Of($"{Attempt(cast)}") : null,
            1 => Item.Of($"Object {name} = {body.Expressions.Stored(DartType.Object, depth)};\n{Attempt(Cast(name))}"),
            2 => Item.Of($"dynamic {name} = {body.Expressions.Stored(body.Types.Plain(), depth)};\n{Attempt(FromDynamic(name))}"),
            3 => Item.Of($"List<Object> {name} = {body.Expressions.Of(list, depth)};\n{Attempt(Piece.Of($"{name}.add({body.Expressions.Stored(body.Types.Plain(), 1)});"))}"),
            _ => Present() is { } present ? Item.Of($"{Attempt(present)}") : null,
        };
    }

    /// <summary>A statement, and what comes of it where it fails.</summary>
    private Piece Attempt(Piece statement)
    {
        var name = body.NewName("v");
        return Piece.Of($"try {new Block([Item.Of($"{statement}")])} catch ({name}) {new Block([Item.Of($"show('{Tag()}', kindOf({name}));")])}");
    }

    /// <summary>A cast of an object to a class that it need not be of.</summary>
    private Piece? Downcast()
    {
        var objects = body.Scope.All.Where(variable => variable.Type is { IsNullable: false, Kind: DartKind.Class or DartKind.Object }).ToList();
        if (objects.Count == 0)
        {
            return null;
        }

        var chosen = _random.Pick(objects);
        var target = body.Conditions.TestedType(chosen.Type);
        var shown = target.Class is null ? [] : ClassOutline.FieldsOf(target).Where(field => field.Type.IsShown).Select(field => "." + field.Field.Name).ToList();
        return Piece.Of($"show('{Tag()}', ({chosen.Text} as {target}){(shown.Count > 0 ? _random.Pick(shown) : "")});");
    }

    /// <summary>A cast of an object to what it need not be.</summary>
    private Piece Cast(string name) => Piece.Of($"show('{Tag()}', {name} as {_random.Pick([DartType.Int, DartType.String, DartType.Double, DartType.ListOf(DartType.Int)])});");

    private Piece FromDynamic(string name)
    {
        var target = body.NewName("v");
        return Piece.Of($"{{ final {body.Types.Plain()} {target} = {name}; show('{Tag()}', {target}); }}");
    }

    /// <summary>A value that may be null, taken for one that is not.</summary>
    private Piece? Present()
    {
        var variables = body.Scope.All.Where(variable => variable.Type.IsNullable).ToList();
        return variables.Count == 0 ? null : Piece.Of($"show('{Tag()}', {_random.Pick(variables).Text}!);");
    }

    /// <summary>Variables of generic classes whose only parameter takes any argument, each with a field of that type.</summary>
    private List<(Variable Variable, string Field)> WideObjects() =>
    [
        .. body.Scope.All
            .Where(variable => variable.Type is { IsNullable: false, Kind: DartKind.Class } && variable.Type.Class!.Parameters is [{ Bound: null }])
            .SelectMany(variable => variable.Type.Class!.Fields.Where(field => field.Type.Parameter is not null).Take(1).Select(field => (variable, field.Name))),
    ];
}
