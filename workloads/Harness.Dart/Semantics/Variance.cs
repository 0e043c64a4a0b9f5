namespace Harness.Dart.Semantics;

/// <summary>
/// In which positions types have type parameters: 1 stands for covariant ones, -1 for contravariant ones, 0 for both. Classes have their own parameters covariantly, whatever their members do, so that
/// what a member takes or gives may have to be looked at when the program runs.
/// </summary>
internal static class Variance
{
    /// <summary>How a type has parameters; 1 for those that it does not have.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="body">Of a typedef, the type that it stands for; null for a class.</param>
    public static int[] Of(IReadOnlyList<TypeParam> parameters, DartType? body) => [.. parameters.Select(p => body is null ? 1 : Of(body, p, 1) ?? 1)];

    /// <summary>Whether a type has a parameter in no other than covariant positions.</summary>
    public static bool IsCovariant(DartType type, TypeParam parameter) => Of(type, parameter, 1) is null or 1;

    /// <summary>
    /// Whether a method with a parameter of the type may be given what the type does not take, by who knows the object by a supertype: where a class's parameter is in other than contravariant positions.
    /// </summary>
    public static bool IsCheckedParameter(DartType type) => OfClasses(type).Exists(p => Of(type, p, 1) != -1);

    /// <summary>Whether what a member gives may not have the type that it has by who knows the object by a supertype: where a class's parameter is in other than covariant positions.</summary>
    public static bool IsCheckedResult(DartType type) => OfClasses(type).Exists(p => Of(type, p, 1) != 1);

    /// <summary>
    /// A type with others in the place of some of its parts, as the variance of their positions says. The parts of what was written by a typedef are the typedef's arguments, in whatever positions it has its
    /// parameters.
    /// </summary>
    /// <param name="type">The type.</param>
    /// <param name="variance">The variance of its own position.</param>
    /// <param name="replace">What takes the place of a part at a position of some variance; null where only parts of it are replaced.</param>
    public static DartType Rewrite(DartType type, int variance, Func<DartType, int, DartType?> replace)
    {
        if (replace(type, variance) is { } other)
        {
            return other;
        }

        DartType Part(DartType part, int position) => Rewrite(part, position * variance, replace);
        if (type.Alias is { } alias)
        {
            var positions = Of(alias.Typedef.Params, alias.Typedef.Type);
            return new AliasUse(alias.Typedef, [.. alias.Arguments.Select((a, i) => Part(a, positions[i]))]).Expand().WithNullable(type.Nullable);
        }

        return type switch
        {
            InterfaceType { Args.Length: > 0 } i => new InterfaceType(i.Class, [.. i.Args.Select(a => Part(a, 1))], i.Nullable),
            FunctionType f => RewriteFunction(f, Part),
            RecordType r => new RecordType([.. r.Positional.Select(t => Part(t, 1))], [.. r.Named.Select(n => (n.Name, Part(n.Type, 1)))], r.Nullable),
            _ => type,
        };
    }

    // A function type with other bounds has type parameters of its own.
    private static FunctionType RewriteFunction(FunctionType f, Func<DartType, int, DartType> part)
    {
        FunctionType With(TypeParam[] declared, Func<DartType, DartType> own) => new(
            declared, [.. f.Required.Select(t => own(part(t, -1)))], [.. f.Optional.Select(t => own(part(t, -1)))],
            [.. f.Named.Select(n => n with { Type = own(part(n.Type, -1)) })], own(part(f.Result, 1)), f.Nullable);
        DartType[] bounds = [.. f.TypeParams.Select(p => p.HasBound ? part(p.Bound, 0) : p.Bound)];
        if (f.TypeParams.Zip(bounds).All(p => p.First.Bound.Equals(p.Second)))
        {
            return With(f.TypeParams, t => t);
        }

        TypeParam[] parameters = [.. f.TypeParams.Select(p => new TypeParam(p.Name) { HasBound = p.HasBound })];
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < parameters.Length; i++)
        {
            map[f.TypeParams[i]] = parameters[i].Type;
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i].Bound = bounds[i].Substitute(map);
        }

        return With(parameters, t => t.Substitute(map));
    }

    private static List<TypeParam> OfClasses(DartType type)
    {
        var found = new List<TypeParam>();
        type.Any(t =>
        {
            if (t is TypeParamType { Parameter.Class: not null } p && !found.Contains(p.Parameter))
            {
                found.Add(p.Parameter);
            }

            return false;
        });
        return found;
    }

    // Null where the type does not have the parameter.
    private static int? Of(DartType type, TypeParam parameter, int variance)
    {
        static int? Join(IEnumerable<int?> all) => all.Aggregate((int?)null, (a, b) => a is null || a == b ? b : b is null ? a : 0);
        return type switch
        {
            TypeParamType p => p.Parameter == parameter ? variance : null,
            InterfaceType i => Join(i.Args.Select(a => Of(a, parameter, variance))),
            RecordType r => Join(r.Positional.Concat(r.Named.Select(n => n.Type)).Select(t => Of(t, parameter, variance))),
            FunctionType f => Join(
            [
                Of(f.Result, parameter, variance),
                .. f.Required.Concat(f.Optional).Concat(f.Named.Select(n => n.Type)).Select(t => Of(t, parameter, -variance)),
                .. f.TypeParams.Where(t => t.HasBound).Select(t => Of(t.Bound, parameter, 0)),
            ]),
            _ => null,
        };
    }
}
