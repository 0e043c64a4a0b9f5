using Harness.Dart.Lowering.Model;
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
        if (context is not null)
        {
            context = ConstEvaluator.LiteralContext(context);
        }

        var element = l.TypeArgs is { } args ? evaluator.Resolve(env, args[0]) : null;
        if (element is null && context is not null && lowering.Types.AsInstanceOf(_program.Type("List", UnknownType.Instance), (context as InterfaceType)?.Class ?? _program.Object.Class) is { Args.Length: 1 } && context is InterfaceType { Args: [{ HasUnknown: false } wanted] })
        {
            element = wanted;
        }

        var contents = new Contents(IsMap: false);
        foreach (var e in l.Elements)
        {
            AddElements(e, env, element, null, contents);
        }

        var items = element is null ? contents.Items : [.. contents.Items.Select(i => evaluator.Adapt(i, element))];
        element ??= contents.ItemType ?? SimpleType.Dynamic;
        foreach (var item in items)
        {
            if (!evaluator.Fits(item, element))
            {
                throw env.Error(l, $"A value of type '{evaluator.TypeOf(item)}' can't be an element of a list of '{element}'.");
            }
        }

        return new ConstList(element, [.. items]);
    }

    /// <summary>What is in a literal: the elements of a list or set or the keys of a map, the map's values, and the static types of both, of what a condition leaves out too.</summary>
    private sealed record Contents(bool IsMap)
    {
        public List<ConstValue> Items { get; } = [];
        public List<ConstValue> Values { get; } = [];
        public DartType? ItemType { get; set; }
        public DartType? ValueType { get; set; }
    }

    private DartType? Joined(DartType? known, DartType? type) => known is null || type is null ? known ?? type : lowering.Types.Lub(known, type);

    private void AddElements(Element e, ConstScope env, DartType? context, DartType? valueContext, Contents contents)
    {
        // A value and its type. Where a type is given, nobody asks for those of the elements.
        (ConstValue Value, DartType? Type) Evaluate(Expr part, DartType? wanted, bool mayBeLeftOut = false)
        {
            if (context is not null)
            {
                return (evaluator.Evaluate(part, env, mayBeLeftOut ? wanted?.WithNullable(true) : wanted), null);
            }

            var (found, type) = evaluator.Types.Evaluate(part, env);
            return (found, mayBeLeftOut ? TypeSystem.NonNull(type) : type);
        }

        switch (e)
        {
            case SpreadElement s:
                DartType? wanted = context is null ? null : !contents.IsMap ? _program.Type("Iterable", context) : valueContext is null ? null : _program.Type("Map", context, valueContext);
                var (spread, spreadType) = Evaluate(s.Value, wanted);
                switch (spread)
                {
                    case ConstList or ConstSet when contents.IsMap: throw env.Error(s, "Not a constant expression.");
                    case ConstList list: contents.Items.AddRange(list.Items); break;
                    case ConstSet set: contents.Items.AddRange(set.Items); break;
                    case ConstMap map when contents.IsMap: contents.Items.AddRange(map.Keys); contents.Values.AddRange(map.Values); break;
                    case ConstNull when s.NullAware: break;
                    default: throw env.Error(s, "Not a constant expression.");
                }

                if (spreadType is null)
                {
                    break;
                }

                var args = TypeSystem.IsDynamic(spreadType) ? [SimpleType.Dynamic, SimpleType.Dynamic] : lowering.Types.AsInstanceOf(spreadType, _program.CoreClass(contents.IsMap ? "Map" : "Iterable"))?.Args;
                contents.ItemType = Joined(contents.ItemType, args?[0]);
                if (contents.IsMap)
                {
                    contents.ValueType = Joined(contents.ValueType, args?[1]);
                }

                break;
            case IfElement { Case: null } i:
                if (evaluator.Evaluate(i.Condition, env, null) is not ConstBool condition)
                {
                    throw env.Error(i, "Not a constant expression.");
                }

                if ((condition.Value ? i.Then : i.Else) is { } taken)
                {
                    AddElements(taken, env, context, valueContext, contents);
                }

                if (context is null && (condition.Value ? i.Else : i.Then) is { } left)
                {
                    AddTypes(left, env, contents);
                }

                break;
            case MapEntryElement m when contents.IsMap:
                var (key, keyType) = Evaluate(m.Key, context, m.NullAwareKey);
                var (value, valueType) = Evaluate(m.Value, valueContext, m.NullAwareValue);
                contents.ItemType = Joined(contents.ItemType, keyType);
                contents.ValueType = Joined(contents.ValueType, valueType);
                if (m.NullAwareKey && key is ConstNull || m.NullAwareValue && value is ConstNull)
                {
                    break;
                }

                contents.Items.Add(key);
                contents.Values.Add(value);
                break;
            case NullAwareElement n when !contents.IsMap:
                var (maybe, maybeType) = Evaluate(n.Value, context, mayBeLeftOut: true);
                contents.ItemType = Joined(contents.ItemType, maybeType);
                if (maybe is not ConstNull)
                {
                    contents.Items.Add(maybe);
                }

                break;
            case Expr x when !contents.IsMap:
                var (item, itemType) = Evaluate(x, context);
                contents.ItemType = Joined(contents.ItemType, itemType);
                contents.Items.Add(item);
                break;
            default: throw env.Error(e, "Not a constant expression.");
        }
    }

    // The types of elements that a condition leaves out, as far as these have values.
    private void AddTypes(Element e, ConstScope env, Contents contents)
    {
        var others = new Contents(contents.IsMap);
        try
        {
            AddElements(e, env, null, null, others);
        }
        catch (DartErrorException)
        {
            // What has no value where it is left out tells nothing.
        }

        contents.ItemType = Joined(contents.ItemType, others.ItemType);
        contents.ValueType = Joined(contents.ValueType, others.ValueType);
    }

    // Whether elements are those of a map; null where they do not tell.
    private bool? IsOfEntries(IEnumerable<Element> elements, ConstScope env)
    {
        foreach (var e in elements)
        {
            var found = e switch
            {
                MapEntryElement => true,
                NullAwareElement or Expr => false,
                IfElement i => IsOfEntries(i.Else is null ? [i.Then] : [i.Then, i.Else], env),
                SpreadElement s => IsSpreadOfEntries(s.Value, env),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    // A literal tells by itself: those within it are not evaluated with each one around them.
    private bool? IsSpreadOfEntries(Expr spread, ConstScope env)
    {
        switch (SyntaxShapes.Unparen(spread))
        {
            case ListLit: return false;
            case SetOrMapLit l: return IsMap(l, env, null);
            case var other: return evaluator.Evaluate(other, env, null) switch { ConstMap => true, ConstList or ConstSet => false, _ => null };
        }
    }

    private bool IsMap(SetOrMapLit l, ConstScope env, DartType? context) => l.TypeArgs is { } args ? args.Count == 2 : WantsMap(context) ?? IsOfEntries(l.Elements, env) ?? true;

    // Whether a context wants a map and no set; null where it does not tell.
    private bool? WantsMap(DartType? context)
    {
        if (context is not InterfaceType wanted)
        {
            return null;
        }

        var supertypes = lowering.Types.Supertypes(wanted.Class);
        var (map, iterable) = (supertypes.ContainsKey(_program.CoreClass("Map")), supertypes.ContainsKey(_program.CoreClass("Iterable")));
        return map == iterable ? null : map;
    }

    /// <summary>The value of a set or map: what the context says goes before what the elements say.</summary>
    public ConstValue EvaluateSetOrMap(SetOrMapLit l, ConstScope env, DartType? context)
    {
        if (context is not null)
        {
            context = ConstEvaluator.LiteralContext(context);
        }

        var isMap = IsMap(l, env, context);
        var typeArgs = l.TypeArgs?.Select(t => evaluator.Resolve(env, t)).ToArray() ?? (context is InterfaceType c && c.Args.Length == (isMap ? 2 : 1) && !c.HasUnknown ? c.Args : null);
        var contents = new Contents(isMap);
        foreach (var e in l.Elements)
        {
            AddElements(e, env, typeArgs?[0], isMap ? typeArgs?[1] : null, contents);
        }

        var items = typeArgs is null ? contents.Items : [.. contents.Items.Select(i => evaluator.Adapt(i, typeArgs[0]))];
        if (items.Find(i => !HasPrimitiveEquality(i)) is { } item)
        {
            throw env.Error(l, $"A value of type '{evaluator.TypeOf(item)}' can't be {(isMap ? "a key of a constant map" : "an element of a constant set")} because its class has its own '==' or 'hashCode'.");
        }

        if (items.Distinct().Count() != items.Count)
        {
            throw env.Error(l, isMap ? "Duplicate key in const map literal." : "Duplicate element in const set literal.");
        }

        if (l.TypeArgs is not null && (items.Find(i => !evaluator.Fits(i, typeArgs![0])) ?? contents.Values.Find(v => !evaluator.Fits(evaluator.Adapt(v, typeArgs![1]), typeArgs[1]))) is { } misfit)
        {
            throw env.Error(l, $"A value of type '{evaluator.TypeOf(misfit)}' can't be in a constant {(isMap ? "map" : "set")} of '{string.Join(", ", typeArgs!.Select(t => t.ToString()))}'.");
        }

        var itemType = typeArgs?[0] ?? contents.ItemType ?? SimpleType.Dynamic;
        if (!isMap)
        {
            return new ConstSet(itemType, [.. items]);
        }

        return new ConstMap(itemType, typeArgs?[1] ?? contents.ValueType ?? SimpleType.Dynamic, [.. items], [.. contents.Values.Select(v => typeArgs is null ? v : evaluator.Adapt(v, typeArgs[1]))]);
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
