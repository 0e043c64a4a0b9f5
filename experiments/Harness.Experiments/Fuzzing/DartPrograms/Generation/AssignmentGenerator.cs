using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Declarations of local variables, and assignments to variables, fields and setters.</summary>
internal sealed class AssignmentGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>Declares a variable and gives it a value.</summary>
    public Item Declare(int depth)
    {
        var type = body.Types.Any(body.TypeParameters);
        var name = body.NewName("v");
        var isExact = IsInferred(type);
        var form = _random.Weighted(isExact ? 30 : 0, 20, 40, 6, 6);
        var item = form switch
        {
            0 => Item.Of($"var {name} = {body.Expressions.Stored(type, depth)};"),
            1 => Item.Of($"final {(isExact ? "" : type.Text + " ")}{name} = {body.Expressions.Stored(type, depth)};"),
            2 => Item.Of($"{type} {name} = {body.Expressions.Stored(type, depth)};"),

            // It is computed where it is first read, and so must call nothing.
            3 => Item.Of($"late final {type} {name} = {body.Expressions.Leaf(type)};"),
            _ => DeclaredByBranches(type, name, depth),
        };
        body.Scope.Add(new Variable(name, type, form is 0 or 2 or 4));
        return item;
    }

    /// <summary>Assigns to a variable, a field or a setter; null where there is none.</summary>
    public Item? Assign(int depth) => new Choices<Item>(_random)
        .Add(20, () => ToVariable(depth))
        .Add(10, () => ToField(depth))
        .Add(body.Level > 0 ? 5 : 0, () => BySetter(depth))
        .Pick();

    /// <summary>Declares variables for the fields of a record.</summary>
    public Item TakeApart(int depth)
    {
        var type = body.Types.Record(body.TypeParameters);
        var value = body.Expressions.Of(type, depth);
        var pattern = body.Patterns.Destructuring(type);
        var isMutable = _random.Percent(40) && type.Arguments.All(IsInferred);
        foreach (var variable in pattern.Bound)
        {
            body.Scope.Add(variable with { IsMutable = isMutable });
        }

        return Item.Of($"{(isMutable ? "var" : "final")} {pattern.Text} = {value};");
    }

    /// <summary>Exchanges the values of two local variables; null where there are no two of a type.</summary>
    public Item? Exchange()
    {
        var pairs = body.Scope.All.Where(variable => variable.IsMutable && variable.Text[0] == 'v')
            .GroupBy(variable => variable.Type)
            .Select(group => group.ToList())
            .Where(group => group.Count > 1)
            .ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        var variables = _random.Pick(pairs);
        var first = _random.Below(variables.Count - 1);
        var (a, b) = (variables[first].Text, variables[_random.Between(first + 1, variables.Count - 1)].Text);
        return Item.Of($"({a}, {b}) = ({b}, {a});");
    }

    /// <summary>Whether a variable without a declared type has this type, whatever it begins with.</summary>
    private static bool IsInferred(DartType type) => type is { IsNullable: false, Kind: DartKind.Int or DartKind.Double or DartKind.Bool or DartKind.String or DartKind.Enum };

    private Item DeclaredByBranches(DartType type, string name, int depth)
    {
        var condition = body.Expressions.Of(DartType.Bool, depth);
        var first = Item.Of($"{name} = {body.Expressions.Stored(type, depth - 1)};");
        var second = Item.Of($"{name} = {body.Expressions.Stored(type, depth - 1)};");
        return Item.Of($"{type} {name};\nif ({condition}) {new Block([first])} else {new Block([second])}");
    }

    private Item? ToVariable(int depth)
    {
        List<Variable> variables = [.. body.Scope.All.Where(variable => variable.IsMutable)];
        if (variables.Count == 0)
        {
            return null;
        }

        var variable = _random.Pick(variables);
        return To(variable.Text, variable.Type, depth);
    }

    private Item? ToField(int depth)
    {
        var places = body.Members.Receivers.Where(receiver => receiver.Type.Class is not null)
            .SelectMany(receiver => ClassOutline.FieldsOf(receiver.Type).Where(field => !field.Field.IsFinal).Select(field => (Text: $"{receiver.Receiver.Text}.{field.Field.Name}", field.Type)))
            .ToList();
        if (places.Count == 0)
        {
            return null;
        }

        var (text, type) = _random.Pick(places);
        return To(text, type, depth);
    }

    private Item? BySetter(int depth)
    {
        var setters = body.Members.Receivers.Where(receiver => receiver.Type.Class is not null)
            .SelectMany(receiver => ClassOutline.MethodsOf(receiver.Type).Where(method => method.Sort == FunctionSort.Setter).Select(method => (receiver.Receiver.Text, Method: method)))
            .ToList();
        if (setters.Count == 0)
        {
            return null;
        }

        var (text, setter) = _random.Pick(setters);
        return Item.Of($"{text}.{setter.Name} = {body.Expressions.Stored(setter.Parameters[0].Type, depth)};");
    }

    /// <summary>Assigns to a place of a type, often by what was there.</summary>
    private Item To(string place, DartType type, int depth)
    {
        if (type.IsNullable && _random.Percent(20))
        {
            return Item.Of($"{place} ??= {body.Expressions.Stored(type.WithNull(false), depth)};");
        }

        if (type.IsNullable || _random.Percent(45))
        {
            return Item.Of($"{place} = {body.Expressions.Stored(type, depth)};");
        }

        return type.Kind switch
        {
            DartKind.Int when _random.Percent(30) => Item.Of($"{place}{_random.Pick(["++", "--"])};"),
            DartKind.Int => Item.Of($"{place} {_random.Pick(["+=", "-=", "*=", "^=", "|=", "&="])} {body.Expressions.Of(type, depth)};"),
            DartKind.Double => Item.Of($"{place} {_random.Pick(["+=", "-=", "*=", "/="])} {body.Expressions.Of(type, depth)};"),
            DartKind.Number => Item.Of($"{place} {_random.Pick(["+=", "-=", "*="])} {body.Expressions.Of(type, depth)};"),
            DartKind.Bool => Item.Of($"{place} = !{place};"),
            DartKind.String => Item.Of($"{place} = clip({place} + {body.Expressions.Of(type, depth)});"),
            _ => Item.Of($"{place} = {body.Expressions.Stored(type, depth)};"),
        };
    }
}
