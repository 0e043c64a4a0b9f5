using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>Constant lists, sets and maps.</summary>
internal sealed class ConstCollections(ProgramLowering lowering, ConstEvaluator evaluator)
{
    private readonly DartProgram _program = lowering.Program;

    /// <summary>The value of a list.</summary>
    public ConstValue EvaluateList(ListLit l, ConstScope env, DartType? context)
    {
        if (context is not null) context = ConstEvaluator.LiteralContext(context);
        DartType? element = l.TypeArgs is { } args ? evaluator.Resolve(env, args[0]) : null;
        if (element is null && context is not null && lowering.Types.AsInstanceOf(_program.Type("List", UnknownType.Instance), (context as InterfaceType)?.Class ?? _program.Object.Class) is { Args.Length: 1 } && context is InterfaceType { Args: [{ HasUnknown: false } wanted] })
            element = wanted;
        var items = new List<ConstValue>();
        foreach (var e in l.Elements) AddElements(e, env, element, items, null, null);
        if (element is not null) items = [.. items.Select(i => evaluator.Adapt(i, element))];
        element ??= items.Count == 0 ? SimpleType.Dynamic : items.Select(evaluator.TypeOf).Aggregate(lowering.Types.Lub);
        foreach (var item in items)
        {
            if (!evaluator.Fits(item, element)) throw env.Error(l, $"A value of type '{evaluator.TypeOf(item)}' can't be an element of a list of '{element}'.");
        }

        return new ConstList(element, [.. items]);
    }

    private void AddElements(Element e, ConstScope env, DartType? context, List<ConstValue> items, DartType? valueContext, List<ConstValue>? values)
    {
        switch (e)
        {
            case SpreadElement s:
                DartType? spread = context is null ? null : values is null ? _program.Type("Iterable", context) : valueContext is null ? null : _program.Type("Map", context, valueContext);
                switch (evaluator.Evaluate(s.Value, env, spread))
                {
                    case ConstList or ConstSet when values is not null: throw env.Error(s, "Not a constant expression.");
                    case ConstList list: items.AddRange(list.Items); break;
                    case ConstSet set: items.AddRange(set.Items); break;
                    case ConstMap map when values is not null: items.AddRange(map.Keys); values.AddRange(map.Values); break;
                    case ConstNull when s.NullAware: break;
                    default: throw env.Error(s, "Not a constant expression.");
                }

                break;
            case IfElement { Case: null } i:
                if (evaluator.Evaluate(i.Condition, env, null) is not ConstBool condition) throw env.Error(i, "Not a constant expression.");
                if (condition.Value) AddElements(i.Then, env, context, items, valueContext, values);
                else if (i.Else is not null) AddElements(i.Else, env, context, items, valueContext, values);
                break;
            case MapEntryElement m when values is not null:
                var key = evaluator.Evaluate(m.Key, env, m.NullAwareKey ? context?.WithNullable(true) : context);
                var value = evaluator.Evaluate(m.Value, env, m.NullAwareValue ? valueContext?.WithNullable(true) : valueContext);
                if (m.NullAwareKey && key is ConstNull || m.NullAwareValue && value is ConstNull) break;
                items.Add(key);
                values.Add(value);
                break;
            case NullAwareElement n when values is null:
                var maybe = evaluator.Evaluate(n.Value, env, context?.WithNullable(true));
                if (maybe is not ConstNull) items.Add(maybe);
                break;
            case Expr x when values is null: items.Add(evaluator.Evaluate(x, env, context)); break;
            default: throw env.Error(e, "Not a constant expression.");
        }
    }

    // Whether elements are those of a map; null where they do not tell.
    private bool? IsOfEntries(IEnumerable<Element> elements, ConstScope env)
    {
        foreach (var e in elements)
        {
            bool? found = e switch
            {
                MapEntryElement => true,
                NullAwareElement or Expr => false,
                IfElement i => IsOfEntries(i.Else is null ? [i.Then] : [i.Then, i.Else], env),
                SpreadElement s => evaluator.Evaluate(s.Value, env, null) switch { ConstMap => true, ConstList or ConstSet => false, _ => null },
                _ => null,
            };
            if (found is not null) return found;
        }

        return null;
    }

    // Whether a context wants a map and no set; null where it does not tell.
    private bool? WantsMap(DartType? context)
    {
        if (context is not InterfaceType wanted) return null;
        var supertypes = lowering.Types.Supertypes(wanted.Class);
        var (map, iterable) = (supertypes.ContainsKey(_program.CoreClass("Map")), supertypes.ContainsKey(_program.CoreClass("Iterable")));
        return map == iterable ? null : map;
    }

    /// <summary>The value of a set or map: what the context says goes before what the elements say.</summary>
    public ConstValue EvaluateSetOrMap(SetOrMapLit l, ConstScope env, DartType? context)
    {
        if (context is not null) context = ConstEvaluator.LiteralContext(context);
        var isMap = l.TypeArgs?.Count == 2 || l.TypeArgs is null && (WantsMap(context) ?? IsOfEntries(l.Elements, env) ?? true);
        var typeArgs = l.TypeArgs?.Select(t => evaluator.Resolve(env, t)).ToArray() ?? (context is InterfaceType c && c.Args.Length == (isMap ? 2 : 1) && !c.HasUnknown ? c.Args : null);
        var items = new List<ConstValue>();
        var values = isMap ? new List<ConstValue>() : null;
        foreach (var e in l.Elements) AddElements(e, env, typeArgs?[0], items, isMap ? typeArgs?[1] : null, values);
        if (typeArgs is not null) items = [.. items.Select(i => evaluator.Adapt(i, typeArgs[0]))];
        DartType Lub(IEnumerable<ConstValue> vs) => vs.Any() ? vs.Select(evaluator.TypeOf).Aggregate(lowering.Types.Lub) : SimpleType.Dynamic;
        if (items.Find(i => !HasPrimitiveEquality(i)) is { } item) throw env.Error(l, $"A value of type '{evaluator.TypeOf(item)}' can't be {(isMap ? "a key of a constant map" : "an element of a constant set")} because its class has its own '==' or 'hashCode'.");
        if (items.Distinct().Count() != items.Count) throw env.Error(l, isMap ? "Duplicate key in const map literal." : "Duplicate element in const set literal.");
        if (l.TypeArgs is not null && (items.Find(i => !evaluator.Fits(i, typeArgs![0])) ?? values?.Find(v => !evaluator.Fits(evaluator.Adapt(v, typeArgs![1]), typeArgs[1]))) is { } misfit)
            throw env.Error(l, $"A value of type '{evaluator.TypeOf(misfit)}' can't be in a constant {(isMap ? "map" : "set")} of '{string.Join(", ", typeArgs!.Select(t => t.ToString()))}'.");
        if (!isMap) return new ConstSet(typeArgs?[0] ?? Lub(items), [.. items]);
        if (typeArgs is not null) values = [.. values!.Select(v => evaluator.Adapt(v, typeArgs[1]))];
        return new ConstMap(typeArgs?[0] ?? Lub(items), typeArgs?[1] ?? Lub(values!), [.. items], [.. values!]);
    }

    // Whether a value equals others only as the language itself says, whatever its class.
    private bool HasPrimitiveEquality(ConstValue value) => value switch
    {
        ConstDouble => false,
        ConstRecord r => r.Fields.All(HasPrimitiveEquality),
        ConstObject o => IsOfLanguage(o.Type.Class, "==") && IsOfLanguage(o.Type.Class, "hashCode"),
        _ => true,
    };

    private bool IsOfLanguage(ClassElement cls, string member) => TypeSystem.FindImplementation(cls, member)?.Owner is { } owner && (owner == _program.Object.Class || owner.IsEnumBase);
}
