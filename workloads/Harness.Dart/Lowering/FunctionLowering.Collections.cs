using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>List, set and map literals.</summary>
internal sealed partial class FunctionLowering
{
    private Val LowerList(ListLit l, DartType? context)
    {
        DartType? element = l.TypeArgs is { } args ? _scope.Resolve(args[0]) : null;
        if (element is null && context is not null)
        {
            var wanted = ContextOf(context, "List", l) ;
            if (wanted is { HasUnknown: false }) element = wanted;
            else if (wanted is not null) context = wanted;
        }

        if (l.Const)
        {
            var constant = _p.Constants.Evaluate(l, this, element is null ? null : _program.Type("List", element));
            return new Val(_p.ConstNode(constant), _p.Constants.TypeOf(constant));
        }

        var inferred = element;
        var lowered = new List<Val>();
        var isPlain = l.Elements.All(e => e is Expr);
        if (isPlain)
        {
            foreach (var e in l.Elements) lowered.Add(Lower((Expr)e, element ?? (context is { HasUnknown: true } ? context : null)));
            if (inferred is null)
            {
                inferred = lowered.Count == 0 ? SimpleType.Dynamic : lowered.Select(v => v.Type).Aggregate(_types.Lub);
                if (TypeSystem.IsVoid(inferred)) inferred = SimpleType.Void;
            }

            var listType = _program.Type("List", inferred);
            var items = lowered.Select((v, i) => Convert(Coerce(v, inferred, l.Elements[i]), _p.AnyRef)).ToArray();
            if (items.Length > 5000) throw Unsupported(l, "A list literal of more than 5000 elements");
            var data = Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), items);
            return new Val(_p.NewCore("_GrowableList", TypeNode(inferred), data, Node.I64(items.Length)), listType);
        }

        inferred ??= InferElements(l.Elements, isMap: false).Element ?? SimpleType.Dynamic;
        var type = _program.Type("List", inferred);
        var growable = _program.Type("_GrowableList", inferred);
        var local = Temp(_p.ReprOf(growable), "list");
        var body = Collect(() =>
        {
            Emit(Node.Set(local, _p.NewCore("_GrowableList", TypeNode(inferred), Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray)), Node.I64(0))));
            foreach (var e in l.Elements) AddElement(e, new Val(Node.Get(local), growable), inferred, null);
        });
        return new Val(Node.Seq([.. body, Node.Get(local)]), type);
    }

    /// <summary>What a context says about the elements of a list or set literal.</summary>
    private DartType? ContextOf(DartType context, string cls, Syntax.Node at)
    {
        context = TypeSystem.NonNull(context);
        if (TypeSystem.IsFutureOr(context)) context = TypeSystem.NonNull(((InterfaceType)context).Args[0]);
        if (context is not InterfaceType c || c.Class == _program.Object.Class) return null;
        var literal = _program.CoreClass(cls);
        var upper = new Dictionary<TypeParam, DartType>();
        _types.Constrain(literal.ThisType, c, [.. literal.TypeParams], [], upper);
        return upper.TryGetValue(literal.TypeParams[0], out var found) ? found : null;
    }

    private (DartType? Element, DartType? Key, DartType? Value) InferElements(IEnumerable<Element> elements, bool isMap)
    {
        // What elements are is found by lowering them once for their types only.
        DartType? element = null, key = null, value = null;
        void Join(ref DartType? to, DartType type) => to = to is null ? type : _types.Lub(to, type);
        void Visit(Element e)
        {
            switch (e)
            {
                case SpreadElement s:
                    var type = TypeSystem.NonNull(Lower(s.Value, null).Type);
                    if (_types.AsInstanceOf(type, _program.CoreClass("Map")) is { } map) { Join(ref key, map.Args[0]); Join(ref value, map.Args[1]); }
                    else if (_types.AsInstanceOf(type, _program.CoreClass("Iterable")) is { } iterable) Join(ref element, iterable.Args[0]);
                    else if (TypeSystem.IsDynamic(type)) Join(ref element, SimpleType.Dynamic);
                    break;
                case NullAwareElement n: Join(ref element, TypeSystem.NonNull(Lower(n.Value, null).Type)); break;
                case MapEntryElement m: Join(ref key, Lower(m.Key, null).Type); Join(ref value, Lower(m.Value, null).Type); break;
                case IfElement i:
                    Push();
                    Flow no;
                    if (i.Case is null) { LowerCondition(i.Condition, out var yes, out no); _flow = yes; }
                    else { var subject = Lower(i.Condition, null); var subjectLocal = TempOf(subject.Node, out _); DeclarePattern(i.Case, subject.Type, false); LowerMatch(i.Case, Node.Get(subjectLocal), subject.Type); no = _flow.Copy(); }
                    Visit(i.Then);
                    _flow = no;
                    if (i.Else is not null) Visit(i.Else);
                    Pop();
                    break;
                case ForElement f:
                    Push();
                    LowerForElementHead(f.Parts);
                    Visit(f.Body);
                    Pop();
                    break;
                case Expr x: Join(ref element, Lower(x, null).Type); break;
            }
        }

        var saved = _flow.Copy();
        var savedCaptures = _out;
        _out = [];
        foreach (var e in elements) Visit(e);
        _out = savedCaptures;
        _flow = saved;
        return (element, key, value);
    }

    /// <summary>Declares the variables of a for element, for the types of what is in it.</summary>
    private void LowerForElementHead(ForParts parts)
    {
        if (parts.IsForIn)
        {
            var iterable = Lower(parts.Iterable!, null);
            var element = ElementType(iterable.Type, parts.Await);
            if (parts.Declaration is VarDecl d) { var v = Declare(d.Vars[0].Name, d.Type is null ? element : _scope.Resolve(d.Type), d); Initialize(v, null); }
            if (parts.Pattern is { } pattern) DeclarePattern(pattern, element, true);
            return;
        }

        if (parts.Init is not null) LowerStatement(parts.Init);
        if (parts.Condition is not null) { LowerCondition(parts.Condition, out var yes, out _); _flow = yes; }
    }

    private DartType ElementType(DartType iterable, bool isStream)
    {
        var type = iterable is TypeParamType p ? p.Bound : iterable;
        return _types.AsInstanceOf(type, _program.CoreClass(isStream ? "Stream" : "Iterable")) is { } instance ? instance.Args[0] : SimpleType.Dynamic;
    }

    /// <summary>Emits what adds an element to a collection: a list or set of <paramref name="element"/>, or a map where there is a value type.</summary>
    private void AddElement(Element e, Val collection, DartType element, DartType? value)
    {
        switch (e)
        {
            case SpreadElement s:
                DartType? spreadContext = value is null ? _program.Type("Iterable", element) : _program.Type("Map", element, value);
                var spread = Lower(s.Value, s.NullAware ? spreadContext.WithNullable(true) : spreadContext);
                if (TypeSystem.IsNever(spread.Type)) { Emit(spread.Node); break; }
                var local = TempOf(Convert(spread.Node, _p.AnyRef), out var set, "spread");
                Emit(set);
                var target = TypeSystem.NonNull(spread.Type);
                if (!_types.IsSubtype(target, _program.Type(value is null ? "Iterable" : "Map", value is null ? [SimpleType.Dynamic] : [SimpleType.Dynamic, SimpleType.Dynamic])) && !TypeSystem.IsDynamic(target))
                    throw Error(s, $"Unexpected type '{spread.Type}' of a spread.");
                if (TypeSystem.IsNullable(spread.Type) && !s.NullAware && !TypeSystem.IsDynamic(spread.Type) ) throw Error(s, "An expression whose value can be 'null' must be null-checked before it can be used in a spread.");
                var add = Node.Drop(CallWithValues(collection, value is null ? "_$corespreadAll" : "_$corespreadAll", [new Val(Node.Get(local), SimpleType.Dynamic)], s).Node);
                Emit(s.NullAware ? Node.If(Node.IsNull(Node.Get(local)), Node.Nop(), add, WType.None) : add);
                break;
            case NullAwareElement n:
                var maybe = Lower(n.Value, element.WithNullable(true));
                if (!TypeSystem.IsNullable(maybe.Type)) { Emit(AddOne(collection, maybe, element, n)); break; }
                var maybeLocal = TempOf(Convert(maybe.Node, _p.AnyRef), out var setMaybe, "element");
                Emit(setMaybe);
                Emit(Node.If(Node.IsNull(Node.Get(maybeLocal)), Node.Nop(), AddOne(collection, new Val(Node.Get(maybeLocal), SimpleType.Dynamic), element, n), WType.None));
                break;
            case MapEntryElement m:
                if (value is null) throw Error(m, "Unexpected map entry: this is a set or list.");
                var key = Lower(m.Key, element);
                var keyLocal = TempOf(Convert(m.NullAwareKey ? key.Node : Coerce(key, element, m.Key), _p.AnyRef), out var setKey, "key");
                Emit(setKey);
                void EmitValue()
                {
                    var entry = Lower(m.Value, value);
                    var entryLocal = TempOf(Convert(m.NullAwareValue ? entry.Node : Coerce(entry, value, m.Value), _p.AnyRef), out var setEntry, "value");
                    Emit(setEntry);
                    var put = Node.Drop(CallWithValues(collection, "[]=", [new Val(Convert(Node.Get(keyLocal), _p.ReprOf(element)), element), new Val(Convert(Node.Get(entryLocal), _p.ReprOf(value)), value)], m).Node);
                    Emit(m.NullAwareValue ? Node.If(Node.IsNull(Node.Get(entryLocal)), Node.Nop(), put, WType.None) : put);
                }

                if (m.NullAwareKey) Emit(Node.If(Node.IsNull(Node.Get(keyLocal)), Node.Nop(), Node.Seq(Collect(EmitValue)), WType.None));
                else EmitValue();
                break;
            case IfElement i:
                EmitIf(i.Condition, i.Case, i.Guard, () => AddElement(i.Then, collection, element, value), i.Else is null ? null : () => AddElement(i.Else, collection, element, value), i);
                break;
            case ForElement f:
                LowerFor(f.Parts, () => AddElement(f.Body, collection, element, value), f, null);
                break;
            case Expr x:
                if (value is not null) throw Error(x, "Expected a map entry.");
                Emit(AddOne(collection, Lower(x, element), element, x));
                break;
        }
    }

    private Node AddOne(Val collection, Val item, DartType element, Syntax.Node at) =>
        Node.Drop(CallWithValues(collection, "add", [new Val(Convert(Coerce(item, element, at), _p.ReprOf(element)), element)], at).Node);

    private Val LowerSetOrMap(SetOrMapLit l, DartType? context)
    {
        var isMap = l.TypeArgs?.Count == 2;
        var isSet = l.TypeArgs?.Count == 1;
        var plainContext = context is null ? null : TypeSystem.NonNull(context);
        if (plainContext is not null && TypeSystem.IsFutureOr(plainContext)) plainContext = TypeSystem.NonNull(((InterfaceType)plainContext).Args[0]);
        if (!isMap && !isSet)
        {
            if (l.Elements.Any(ContainsEntry)) isMap = true;
            else if (l.Elements.Any(ContainsValue)) isSet = true;
            else if (plainContext is InterfaceType c && c.Class != _program.Object.Class)
            {
                isSet = _types.Supertypes(_program.CoreClass("Set")).ContainsKey(c.Class) && !_types.Supertypes(_program.CoreClass("Map")).ContainsKey(c.Class);
                isMap = !isSet;
            }
            else if (l.Elements.Count == 0) isMap = true;
            else
            {
                var kinds = InferElements(l.Elements, isMap: false);
                isMap = kinds.Key is not null;
            }
        }

        DartType? key = null, value = null;
        if (l.TypeArgs is { } args)
        {
            key = _scope.Resolve(args[0]);
            if (isMap) value = _scope.Resolve(args[1]);
        }
        else if (plainContext is InterfaceType c && c.Class != _program.Object.Class)
        {
            var literal = _program.CoreClass(isMap ? "Map" : "Set");
            var upper = new Dictionary<TypeParam, DartType>();
            _types.Constrain(literal.ThisType, c, [.. literal.TypeParams], [], upper);
            if (upper.TryGetValue(literal.TypeParams[0], out var k) && !k.HasUnknown) key = k;
            if (isMap && upper.TryGetValue(literal.TypeParams[1], out var v) && !v.HasUnknown) value = v;
        }

        if (l.Const)
        {
            var constant = _p.Constants.Evaluate(l, this, isMap ? key is null || value is null ? null : _program.Type("Map", key, value) : key is null ? null : _program.Type("Set", key));
            return new Val(_p.ConstNode(constant), _p.Constants.TypeOf(constant));
        }

        if (key is null || isMap && value is null)
        {
            var inferred = InferElements(l.Elements, isMap);
            key ??= (isMap ? inferred.Key : inferred.Element) ?? SimpleType.Dynamic;
            if (isMap) value ??= inferred.Value ?? SimpleType.Dynamic;
        }

        var type = isMap ? _program.Type("Map", key, value!) : _program.Type("Set", key);
        var made = Construct(_program.CoreClass(isMap ? "_LinkedMap" : "_LinkedSet"), isMap ? [key, value!] : [key], null, NoArguments, null, l);
        var local = Temp(made.Node.Type, "collection");
        var body = Collect(() =>
        {
            Emit(Node.Set(local, made.Node));
            foreach (var e in l.Elements) AddElement(e, new Val(Node.Get(local), made.Type), key, isMap ? value : null);
        });
        return new Val(Node.Seq([.. body, Node.Get(local)]), type);
    }

    private static bool ContainsEntry(Element e) => e switch
    {
        MapEntryElement => true,
        IfElement i => ContainsEntry(i.Then) || i.Else is not null && ContainsEntry(i.Else),
        ForElement f => ContainsEntry(f.Body),
        _ => false,
    };

    private static bool ContainsValue(Element e) => e switch
    {
        Expr or NullAwareElement => true,
        IfElement i => ContainsValue(i.Then) || i.Else is not null && ContainsValue(i.Else),
        ForElement f => ContainsValue(f.Body),
        _ => false,
    };
}
