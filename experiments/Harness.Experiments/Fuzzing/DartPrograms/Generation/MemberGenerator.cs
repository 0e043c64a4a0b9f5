using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Objects: new ones, and their fields and getters; fields of records.</summary>
internal sealed class MemberGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>What variables have that is an object: with the class's type that its members are looked up in, which is the bound of a type parameter.</summary>
    public IEnumerable<(Variable Receiver, DartType Type)> Receivers => body.Scope.All
        .Where(variable => !variable.Type.IsNullable)
        .Select(variable => (variable, variable.Type.Parameter is { } parameter ? parameter.Bound ?? DartType.Object : variable.Type));

    /// <summary>Expressions of a type that read a member of a variable.</summary>
    public void AddTo(Choices<Expression> choices, DartType type, int depth) => choices
        .Add(14, () => Read(type))
        .Add(6, () => Operation(type, depth))
        .Add(6 * body.Features.Patterns, () => FieldOfRecord(type))
        .Add(3, () => ReadOfNew(type, depth));

    /// <summary>Expressions whose value is an object of a class.</summary>
    public void AddObjects(Choices<Expression> choices, DartType type, int depth) => choices
        .Add(14, () => NewObject(type, depth))
        .Add(5, () => Cascade(type, depth));

    /// <summary>A new object of a class or of one that extends it; null where code may make none.</summary>
    public Expression? NewObject(DartType type, int depth)
    {
        if (!body.IsAnywhere)
        {
            return null;
        }

        var candidates = body.Program.Classes.FindAll(candidate =>
            candidate.HasObjects && (candidate == type.Class || (candidate.Parameters.Count == 0 && candidate.Type.IsSubtypeOf(type))));
        if (candidates.Count == 0)
        {
            return null;
        }

        var chosen = _random.Pick(candidates);
        var made = chosen == type.Class ? type : chosen.Type;
        if (chosen.Constructors.Count > 0 && _random.Percent(30))
        {
            var constructor = _random.Pick(chosen.Constructors).Substitute(made.ArgumentsByParameter());
            return Expression.Of(made, $"{made}.{constructor.Name}({body.Calls.Arguments(constructor, depth)})");
        }

        var fields = ClassOutline.ConstructorFields(made).ToList();
        if (chosen.IsConst && _random.Percent(25) && fields.TrueForAll(field => field.Type.IsPlain))
        {
            return Expression.Of(made, $"const {made}({string.Join(", ", fields.Select(field => field.Type.Simplest))})");
        }

        return Expression.Of(made, $"{made}({fields.ConvertAll(field => body.Expressions.Stored(field.Type, depth - 1))})");
    }

    /// <summary>A member of what may be null: then null; null where no variable fits.</summary>
    public Expression? OfPerhaps(DartType type)
    {
        var candidates = body.Scope.All
            .Where(variable => variable.Type is { IsNullable: true, Kind: DartKind.Class })
            .SelectMany(variable => ClassOutline.FieldsOf(variable.Type.WithNull(false))
                .Where(field => !field.Field.IsLate && field.Type.IsSubtypeOf(type))
                .Select(field => $"{variable.Text}?.{field.Field.Name}"))
            .ToList();
        return candidates.Count == 0 ? null : Expression.Of(type.WithNull(true), _random.Pick(candidates));
    }

    /// <summary>What an operator of an object gives; null where no variable has one of such a result.</summary>
    private Expression? Operation(DartType type, int depth)
    {
        var candidates = Receivers.Where(receiver => receiver.Type.Class is not null)
            .SelectMany(receiver => ClassOutline.MethodsOf(receiver.Type)
                .Where(method => method.Sort == FunctionSort.Operator && method.Result.IsSubtypeOf(type))
                .Select(method => (receiver.Receiver, Method: method)))
            .ToList();
        if (body.Level <= 0 || candidates.Count == 0)
        {
            return null;
        }

        var (variable, chosen) = _random.Pick(candidates);
        if (chosen.Parameters.Count == 0)
        {
            return Expression.Of(chosen.Result, $"({chosen.Name}{variable.Text})");
        }

        var operand = body.Expressions.Stored(chosen.Parameters[0].Type, depth - 1);
        return chosen.Name == "[]" ? Expression.Of(chosen.Result, $"{variable.Text}[{operand}]") : Expression.Of(chosen.Result, $"({variable.Text} {chosen.Name} {operand})");
    }

    /// <summary>A field or getter of a variable.</summary>
    private Expression? Read(DartType type)
    {
        var candidates = new List<(string Text, DartType Type)>();
        foreach (var (receiver, receiverType) in Receivers)
        {
            if (receiverType.Class is not null)
            {
                candidates.AddRange(ReadsOf(receiver.Text, receiverType).Where(read => read.Type.IsSubtypeOf(type)));
            }

            if (body.Level <= 0)
            {
                continue;
            }

            foreach (var (_, extended, members) in body.Program.Extensions)
            {
                if (!receiver.Type.IsSubtypeOf(extended))
                {
                    continue;
                }

                var getters = members.Where(member => member.Sort == FunctionSort.Getter && member.Result.IsSubtypeOf(type));
                candidates.AddRange(getters.Select(getter => (receiver.Text + "." + getter.Name, getter.Result)));
            }
        }

        if (candidates.Count == 0)
        {
            return null;
        }

        var (text, readType) = _random.Pick(candidates);
        return Expression.Of(readType, text);
    }

    /// <summary>The fields of an object, and its getters and late fields where code may be called.</summary>
    private IEnumerable<(string Text, DartType Type)> ReadsOf(string receiver, DartType type)
    {
        var fields = ClassOutline.FieldsOf(type).Where(field => body.Level > 0 || !field.Field.IsLate).Select(field => (field.Field.Name, field.Type));
        var getters = ClassOutline.MethodsOf(type).Where(method => body.Level > 0 && method.Sort == FunctionSort.Getter).Select(method => (method.Name, Type: method.Result));
        return fields.Concat(getters).Select(read => (receiver + "." + read.Name, read.Type));
    }

    private Expression? FieldOfRecord(DartType type)
    {
        var candidates = body.Scope.All
            .Where(variable => variable.Type is { IsNullable: false, Kind: DartKind.Record })
            .SelectMany(variable => variable.Type.Arguments.Select((field, i) => (field, $"{variable.Text}.{variable.Type.FieldName(i)}")))
            .Where(read => read.field.IsSubtypeOf(type))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var (fieldType, text) = _random.Pick(candidates);
        return Expression.Of(fieldType, text);
    }

    /// <summary>A member of an object that is made for it.</summary>
    private Expression? ReadOfNew(DartType type, int depth)
    {
        var candidates = body.Program.Classes
            .Where(candidate => candidate.HasObjects && candidate.Parameters.Count == 0 && ReadsOf("", candidate.Type).Any(read => read.Type.IsSubtypeOf(type)))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var chosen = _random.Pick(candidates);
        var (text, readType) = _random.Pick(ReadsOf("", chosen.Type).Where(read => read.Type.IsSubtypeOf(type)).ToList());
        var arguments = ClassOutline.ConstructorFields(chosen.Type).Select(field => body.Expressions.Stored(field.Type, depth - 1)).ToList();
        return Expression.Of(readType, $"{chosen.Name}({arguments}){text}");
    }

    /// <summary>An object some of whose members are set or called on the way.</summary>
    private Expression? Cascade(DartType type, int depth)
    {
        var steps = new List<Piece>();
        foreach (var (field, fieldType) in ClassOutline.FieldsOf(type))
        {
            if (!field.IsFinal && _random.Percent(60))
            {
                steps.Add(Piece.Of($"..{field.Name} = {body.Expressions.Stored(fieldType, depth - 1)}"));
            }
        }

        foreach (var method in ClassOutline.MethodsOf(type))
        {
            if (method is { Sort: FunctionSort.Plain, TypeParameters.Count: 0, CallsItself: false } && method.Level < body.Level && _random.Percent(30))
            {
                steps.Add(Piece.Of($"..{method.Name}({body.Calls.Arguments(method, depth)})"));
            }
        }

        if (steps.Count == 0)
        {
            return null;
        }

        var parts = new List<object> { "(", body.Expressions.Of(type, depth - 1) };
        parts.AddRange(steps);
        parts.Add(")");
        return new Expression(type, parts);
    }
}
