using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>Type arguments that the program's own text gives: noted when they are resolved, and compared with the bounds when all of these are known.</summary>
internal sealed class BoundChecks
{
    private readonly List<(SourceFile File, int Position, IReadOnlyList<TypeParam> Parameters, DartType[] Arguments, DartType? Body)> _noted = [];

    /// <summary>Notes type arguments, those that follow from the bounds included.</summary>
    /// <param name="file">The file that they stand in.</param>
    /// <param name="position">Where.</param>
    /// <param name="parameters">What they are given for.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="body">Of a typedef, the type that it stands for; null for a class.</param>
    public void Note(SourceFile file, int position, IReadOnlyList<TypeParam> parameters, DartType[] arguments, DartType? body)
    {
        if (parameters.Any(p => p.HasBound))
        {
            _noted.Add((file, position, parameters, arguments, body));
        }
    }

    /// <summary>
    /// Finds the errors of what was noted. A type may be super-bounded: right if its top types in other than contravariant positions were bottom types, and its bottom types in contravariant positions were top
    /// types (specification of the language, "Super-Bounded Types").
    /// </summary>
    public void Run(TypeSystem types, Action<Action> guard)
    {
        foreach (var (file, position, parameters, arguments, body) in _noted)
        {
            if (Misfit(types, parameters, arguments) is not { } index)
            {
                continue;
            }

            var variances = Variance.Of(parameters, body);
            if (Misfit(types, parameters, [.. arguments.Select((a, i) => Lowered(a, variances[i]))]) is not null)
            {
                guard(() => throw new DartErrorException(file, position, Describe(parameters, arguments, index)));
            }
        }

        _noted.Clear();
    }

    // With bottom types in the place of top types, but in contravariant positions with top types in the place of bottom types.
    private static DartType Lowered(DartType type, int variance) => Variance.Rewrite(type, variance, (part, position) =>
    {
        if (position < 0)
        {
            return TypeSystem.IsNever(part) ? SimpleType.Dynamic : null;
        }

        return TypeSystem.IsTop(part) ? SimpleType.Never : null;
    });

    /// <summary>The error of an argument that does not conform to its bound.</summary>
    /// <param name="parameters">What the arguments are given for.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="index">Which of them.</param>
    public static string Describe(IReadOnlyList<TypeParam> parameters, DartType[] arguments, int index) =>
        $"Type argument '{arguments[index]}' doesn't conform to the bound '{parameters[index].Bound}' of the type variable '{parameters[index].Name}'.";

    /// <summary>The index of an argument that does not conform to its bound; null if all do.</summary>
    public static int? Misfit(TypeSystem types, IReadOnlyList<TypeParam> parameters, DartType[] arguments)
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < arguments.Length; i++)
        {
            map[parameters[i]] = arguments[i];
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (parameters[i].HasBound && !types.IsSubtype(arguments[i], parameters[i].Bound.Substitute(map)))
            {
                return i;
            }
        }

        return null;
    }
}
