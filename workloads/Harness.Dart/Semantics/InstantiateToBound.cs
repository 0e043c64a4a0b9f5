namespace Harness.Dart.Semantics;

/// <summary>
/// The type arguments of a type that was written without: the bounds, in which parameters are replaced by their own arguments, and those that depend on themselves by dynamic (specification of the
/// language, "Instantiation to Bound").
/// </summary>
internal static class InstantiateToBound
{
    /// <summary>The arguments.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="body">Of a typedef, the type that it stands for: where that has a parameter contravariantly, so is what is in the parameter's bound.</param>
    public static DartType[] ArgumentsOf(IReadOnlyList<TypeParam> parameters, DartType? body = null)
    {
        var variances = Variance.Of(parameters, body);
        DartType[] args = [.. parameters.Select(p => p.HasBound ? p.Bound : SimpleType.Dynamic)];
        // Each round ends the dependences of a parameter at least, those of a cycle on itself or those of others on it.
        for (var round = 0; round <= 2 * args.Length; round++)
        {
            var reaches = Reaches(parameters, args);
            var inCycle = Enumerable.Range(0, args.Length).FirstOrDefault(i => reaches[i, i], -1);
            if (inCycle >= 0)
            {
                var cycle = Enumerable.Range(0, args.Length).Where(i => reaches[inCycle, i] && reaches[i, inCycle]).ToList();
                var map = cycle.ToDictionary(i => parameters[i], _ => (DartType)SimpleType.Dynamic);
                foreach (var i in cycle)
                {
                    args[i] = Replace(args[i], map, variances[i]);
                }

                continue;
            }

            var leaf = Enumerable.Range(0, args.Length).FirstOrDefault(j => Enumerable.Range(0, args.Length).All(i => !reaches[j, i]) && Enumerable.Range(0, args.Length).Any(i => reaches[i, j]), -1);
            if (leaf < 0)
            {
                break;
            }

            var one = new Dictionary<TypeParam, DartType> { [parameters[leaf]] = args[leaf] };
            for (var i = 0; i < args.Length; i++)
            {
                args[i] = Replace(args[i], one, variances[i]);
            }
        }

        return args;
    }

    private static bool[,] Reaches(IReadOnlyList<TypeParam> parameters, DartType[] args)
    {
        var n = args.Length;
        var reaches = new bool[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                reaches[i, j] = Mentions(args[i], parameters[j]);
            }
        }

        for (var k = 0; k < n; k++)
        {
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n && reaches[i, k]; j++)
                {
                    reaches[i, j] |= reaches[k, j];
                }
            }
        }

        return reaches;
    }

    // What a typedef does not need of its arguments counts, too.
    private static bool Mentions(DartType type, TypeParam parameter)
    {
        var isFound = false;
        _ = Variance.Rewrite(type, 1, (part, _) =>
        {
            isFound |= part is TypeParamType p && p.Parameter == parameter;
            return isFound ? part : null;
        });
        return isFound;
    }

    // Contravariant occurrences become Never.
    private static DartType Replace(DartType type, Dictionary<TypeParam, DartType> map, int variance) => Variance.Rewrite(type, variance, (part, position) =>
    {
        if (part is not TypeParamType p || !map.TryGetValue(p.Parameter, out var argument))
        {
            return null;
        }

        var replaced = position < 0 ? SimpleType.Never : argument;
        return p.Nullable ? replaced.WithNullable(true) : replaced;
    });
}
