using static Harness.Dart.Semantics.TypeSystem;

namespace Harness.Dart.Semantics;

/// <summary>Inference of type arguments: collects what each must be at least and at most, and chooses.</summary>
internal sealed class TypeInference(DartProgram program, TypeSystem types)
{
    private const int MaximumDepth = 60;

    /// <summary>Collects what a type argument must be at least (<paramref name="lower"/>) and at most, from a type that must be a subtype of another.</summary>
    public void Constrain(DartType s, DartType t, HashSet<TypeParam> vars, Dictionary<TypeParam, DartType> lower, Dictionary<TypeParam, DartType> upper, int depth = 0)
    {
        if (depth > MaximumDepth || s is UnknownType || t is UnknownType)
        {
            return;
        }

        if (t is TypeParamType tp && vars.Contains(tp.Parameter))
        {
            if (t.Nullable)
            {
                s = IsNull(s) ? SimpleType.Never : NonNullKeepParam(s);
            }

            if (IsNever(s) && t.Nullable)
            {
                return;
            }

            lower[tp.Parameter] = lower.TryGetValue(tp.Parameter, out var old) ? types.Lub(old, s) : s;
            return;
        }

        if (s is TypeParamType sp && vars.Contains(sp.Parameter))
        {
            if (s.Nullable && !t.Nullable && !IsTop(t))
            {
                return;
            }

            var bound = s.Nullable ? NonNullKeepParam(t) : t;
            upper[sp.Parameter] = upper.TryGetValue(sp.Parameter, out var old) ? types.Glb(old, bound) : bound;
            return;
        }

        if (IsFutureOr(t))
        {
            var inner = ((InterfaceType)t).Args[0];
            if (IsFutureOr(s)) { Constrain(((InterfaceType)s).Args[0], inner, vars, lower, upper, depth + 1); return; }

            if (types.AsInstanceOf(s, program.CoreClass("Future")) is { } future) { Constrain(future.Args[0], inner, vars, lower, upper, depth + 1); return; }

            Constrain(s, inner, vars, lower, upper, depth + 1);
            return;
        }

        if (IsFutureOr(s))
        {
            if (types.AsInstanceOf(t, program.CoreClass("Future")) is { } future)
            {
                Constrain(((InterfaceType)s).Args[0], future.Args[0], vars, lower, upper, depth + 1);
            }

            return;
        }

        if (s is TypeParamType sBound && t is not TypeParamType)
        {
            s = sBound.Bound;
        }

        switch (t)
        {
            case InterfaceType ti:
                if (types.AsInstanceOf(s, ti.Class) is { } instance)
                {
                    for (var i = 0; i < instance.Args.Length; i++)
                    {
                        Constrain(instance.Args[i], ti.Args[i], vars, lower, upper, depth + 1);
                    }
                }

                break;
            case FunctionType tf when s is FunctionType sf:
                if (sf.TypeParams.Length > 0)
                {
                    if (sf.TypeParams.Length != tf.TypeParams.Length)
                    {
                        return;
                    }

                    sf = sf.Instantiate([.. tf.TypeParams.Select(p => (DartType)p.Type)]);
                }

                for (var i = 0; i < Math.Min(sf.MaximumPositional, tf.MaximumPositional); i++)
                {
                    Constrain(tf.Positional(i), sf.Positional(i), vars, lower, upper, depth + 1);
                }

                foreach (var n in tf.Named)
                {
                    if (Array.Find(sf.Named, m => m.Name == n.Name) is { } own)
                    {
                        Constrain(n.Type, own.Type, vars, lower, upper, depth + 1);
                    }
                }

                if (!IsVoid(tf.Result))
                {
                    Constrain(sf.Result, tf.Result, vars, lower, upper, depth + 1);
                }

                break;
            case RecordType tr when s is RecordType sr && sr.Count == tr.Count:
                for (var i = 0; i < sr.Count; i++)
                {
                    Constrain(sr.FieldType(i), tr.FieldType(i), vars, lower, upper, depth + 1);
                }

                break;
        }
    }

    /// <summary>The least type that all types have for their supertype which inference may find for a type that it does not know whole.</summary>
    public DartType GreatestClosure(DartType type) => Closure(type, isGreatest: true);

    private DartType Closure(DartType type, bool isGreatest) => type switch
    {
        UnknownType => isGreatest ? program.Object.WithNullable(true) : SimpleType.Never,
        InterfaceType { Args.Length: > 0 } i => new InterfaceType(i.Class, [.. i.Args.Select(a => Closure(a, isGreatest))], i.Nullable),
        FunctionType f => new FunctionType(
            f.TypeParams, [.. f.Required.Select(t => Closure(t, !isGreatest))], [.. f.Optional.Select(t => Closure(t, !isGreatest))],
            [.. f.Named.Select(n => n with { Type = Closure(n.Type, !isGreatest) })], Closure(f.Result, isGreatest), f.Nullable),
        RecordType r => new RecordType([.. r.Positional.Select(t => Closure(t, isGreatest))], [.. r.Named.Select(n => (n.Name, Closure(n.Type, isGreatest)))], r.Nullable),
        _ => type,
    };

    private static DartType NonNullKeepParam(DartType type) => type is SimpleType ? type : type.WithNullable(false);

    /// <summary>Chooses type arguments: what arguments need, else what the context allows, else the bound.</summary>
    public DartType[] Solve(IReadOnlyList<TypeParam> vars, Dictionary<TypeParam, DartType> lower, Dictionary<TypeParam, DartType> upper, bool partial)
    {
        var result = new DartType[vars.Count];
        bool Mentions(DartType type) => type.Any(t => t is TypeParamType p && vars.Contains(p.Parameter));
        // Whether a type is beyond a bound that mentions the parameter itself, and no other.
        bool IsBeyond(DartType type, TypeParam v) =>
            v.HasBound && Mentions(v.Bound) && v.Bound.Substitute(new Dictionary<TypeParam, DartType> { [v] = type }) is var bound && !Mentions(bound) && !types.IsSubtype(type, bound);
        for (var i = 0; i < vars.Count; i++)
        {
            var v = vars[i];
            var high = upper.GetValueOrDefault(v);
            // The context may allow more than the bound does.
            if (high is { HasUnknown: false } && v.HasBound && !IsTop(v.Bound) && !Mentions(v.Bound) && types.IsSubtype(v.Bound, high))
            {
                high = v.Bound;
            }

            if (high is { HasUnknown: false } && !Mentions(high) && (!lower.TryGetValue(v, out var low0) || types.IsSubtype(low0, high)) && !IsBeyond(high, v))
            {
                result[i] = high;
            }
            else if (lower.TryGetValue(v, out var low) && !low.HasUnknown)
            {
                result[i] = low;
            }
            else if (high is not null && partial && !IsBeyond(high, v))
            {
                result[i] = high;
            }
            else if (high is not null && !Mentions(high) && GreatestClosure(high) is var closure && (!v.HasBound || types.IsSubtype(closure, v.Bound)))
            {
                result[i] = closure;
            }
            else
            {
                result[i] = UnknownType.Instance;
            }
        }

        if (partial)
        {
            return result;
        }

        for (var i = 0; i < vars.Count; i++)
        {
            if (result[i] is not UnknownType)
            {
                continue;
            }

            var bound = vars[i].HasBound ? vars[i].Bound : SimpleType.Dynamic;
            for (var round = 0; round < 2 && Mentions(bound); round++)
            {
                bound = bound.Substitute(vars.Select((p, j) => (p, j)).ToDictionary(x => x.p, x => result[x.j] is UnknownType ? (round == 0 && vars[x.j].HasBound && x.j != i ? vars[x.j].Bound : SimpleType.Dynamic) : result[x.j]));
            }

            result[i] = bound;
        }

        // A parameter whose bound mentions others helps to find them: T extends List<E>.
        for (var i = 0; i < vars.Count; i++)
        {
            if (result[i] is SimpleType { Kind: SimpleKind.Dynamic } && !lower.ContainsKey(vars[i]) && !upper.ContainsKey(vars[i]))
            {
                for (var j = 0; j < vars.Count; j++)
                {
                    if (j == i || !vars[j].HasBound)
                    {
                        continue;
                    }

                    var more = new Dictionary<TypeParam, DartType>();
                    Constrain(result[j], vars[j].Bound, [vars[i]], more, []);
                    if (more.TryGetValue(vars[i], out var found))
                    {
                        result[i] = found;
                    }
                }
            }
        }

        // What does not meet a bound that mentions the parameter itself is taken as what it is of the bound: of T extends Comparable<T>, an int is a num.
        for (var i = 0; i < vars.Count; i++)
        {
            if (!vars[i].HasBound || !lower.ContainsKey(vars[i]))
            {
                continue;
            }

            var bound = vars[i].Bound.Substitute(vars.Select((v, j) => (v, j)).ToDictionary(x => x.v, x => result[x.j]));
            if (types.IsSubtype(result[i], bound))
            {
                continue;
            }

            var more = new Dictionary<TypeParam, DartType>();
            Constrain(result[i], vars[i].Bound, [vars[i]], more, []);
            if (more.TryGetValue(vars[i], out var found) && types.IsSubtype(result[i], found))
            {
                result[i] = found;
            }
        }

        return result;
    }
}
