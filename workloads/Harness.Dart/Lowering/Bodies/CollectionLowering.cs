using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>List, set and map literals.</summary>
internal sealed class CollectionLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly Specialisations _specialisations = body.Program.Specialisations;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private ConstructionLowering Constructions => _body.Constructions;
    private ElementInference Elements => _body.Elements;
    private Coercions Coercions => _body.Coercions;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;
    private StatementLowering Statements => _body.Statements;
    private LoopLowering Loops => _body.Loops;

    /// <summary>A list literal.</summary>
    public Val LowerList(ListLit l, DartType? context)
    {
        var element = l.TypeArgs is { } args ? _state.Scope.Resolve(args[0]) : null;
        if (element is null && context is not null)
        {
            var wanted = ContextOf(context, "List");
            if (wanted is { HasUnknown: false })
            {
                element = wanted;
            }
            else if (wanted is not null and not UnknownType && l.Elements.Count == 0)
            {
                element = ClosureLowering.ReplaceUnknown(wanted);
            }
            else if (wanted is not null)
            {
                context = wanted;
            }
        }

        if (l.Const)
        {
            var constant = _lowering.Constants.Evaluate(l, _body, element is null ? null : _program.Type("List", element));
            return new Val(_pool.ConstNode(constant), _lowering.Constants.TypeOf(constant));
        }

        var inferred = element;
        var lowered = new List<Val>();
        var isPlain = l.Elements.All(e => e is Expr);
        if (isPlain)
        {
            foreach (var e in l.Elements)
            {
                lowered.Add(Expressions.Lower((Expr)e, element ?? (context is { HasUnknown: true } ? context : null)));
            }

            if (inferred is null)
            {
                inferred = lowered.Count == 0 ? SimpleType.Dynamic : lowered.Select(v => v.Type).Aggregate(_types.Lub);
                if (TypeSystem.IsVoid(inferred))
                {
                    inferred = SimpleType.Void;
                }
            }

            var listType = _program.Type("List", inferred);
            var (_, array) = StorageOf(inferred);
            var items = lowered.Select((v, i) => _reprs.Convert(Coercions.Coerce(v, inferred, l.Elements[i]), array.Element)).ToArray();
            return new Val(NewList(inferred, items), listType);
        }

        inferred ??= Elements.InferElements(l, l.Elements).Element ?? SimpleType.Dynamic;
        var type = _program.Type("List", inferred);
        var growable = StorageOf(inferred).Type;
        var local = _output.Temp(_reprs.Of(growable), "list");
        var body = _output.Collect(() =>
        {
            _output.Emit(Node.Set(local, NewList(inferred, [])));
            foreach (var e in l.Elements)
            {
                AddElement(e, new Val(Node.Get(local), growable), inferred, null);
            }
        });
        return new Val(Node.Seq([.. body, Node.Get(local)]), type);
    }

    // What a literal of some element type is an object of, and where its elements lie.
    private (InterfaceType Type, ArrayDef Array) StorageOf(DartType element)
    {
        var cls = _specialisations.NumberListFor(_program.Type("List", _reprs.Resolve(element)), _state.Library);
        if (cls is null)
        {
            return (_program.Type("_GrowableList", element), _target.ObjectArray);
        }

        return cls.Name == "_DoubleList" ? (_program.Type("_GrowableDoubleList"), _target.F64Array) : (_program.Type("_GrowableIntList"), _target.I64Array);
    }

    private Node NewList(DartType element, Node[] items)
    {
        var (type, array) = StorageOf(element);
        Node data;
        if (items.Length <= ConstantPool.MaximumFixed)
        {
            data = Node.Array(IrOp.ArrayNewFixed, array, WType.Ref(array), items);
        }
        else
        {
            // One by one.
            var local = _output.Temp(WType.Ref(array), "elements");
            var stores = items.Select((item, i) => Node.Array(IrOp.ArraySet, array, WType.None, Node.Get(local), Node.I32(i), item));
            data = Node.Seq([Node.Set(local, Node.Array(IrOp.ArrayNewDefault, array, WType.Ref(array), Node.I32(items.Length))), .. stores, Node.Get(local)]);
        }

        return _pool.NewCore(type.Class.Name, TypeExpressions.TypeNode(element), data, Node.I64(items.Length));
    }

    /// <summary>What a context says about the elements of a list or set literal.</summary>
    private DartType? ContextOf(DartType context, string cls)
    {
        context = TypeSystem.NonNull(context);
        if (TypeSystem.IsFutureOr(context))
        {
            context = TypeSystem.NonNull(((InterfaceType)context).Args[0]);
        }

        if (context is not InterfaceType c || c.Class == _program.Object.Class)
        {
            return null;
        }

        var literal = _program.CoreClass(cls);
        var upper = new Dictionary<TypeParam, DartType>();
        _types.Inference.Constrain(literal.ThisType, c, [.. literal.TypeParams], [], upper);
        return upper.TryGetValue(literal.TypeParams[0], out var found) ? found : null;
    }

    /// <summary>Emits what adds an element to a collection: a list or set of <paramref name="element"/>, or a map where there is a value type.</summary>
    private void AddElement(Element e, Val collection, DartType element, DartType? value)
    {
        switch (e)
        {
            case SpreadElement s:
                DartType? spreadContext = value is null ? _program.Type("Iterable", element) : _program.Type("Map", element, value);
                var spread = Expressions.Lower(s.Value, s.NullAware ? spreadContext.WithNullable(true) : spreadContext);
                if (TypeSystem.IsNever(spread.Type)) { _output.Emit(spread.Node); break; }

                var local = _output.TempOf(_reprs.Convert(spread.Node, _target.AnyRef), out var set, "spread");
                _output.Emit(set);
                var target = TypeSystem.NonNull(spread.Type);
                if (!_types.IsSubtype(target, _program.Type(value is null ? "Iterable" : "Map", value is null ? [SimpleType.Dynamic] : [SimpleType.Dynamic, SimpleType.Dynamic])) && !TypeSystem.IsDynamic(target))
                {
                    throw _state.Error(s, $"Unexpected type '{spread.Type}' of a spread.");
                }

                if (TypeSystem.IsNullable(spread.Type) && !s.NullAware && !TypeSystem.IsDynamic(spread.Type))
                {
                    throw _state.Error(s, "An expression whose value can be 'null' must be null-checked before it can be used in a spread.");
                }

                CheckSpread(s, target, element, value);
                var add = Node.Drop(Invocations.CallWithValues(collection, "_$corespreadAll", [new Val(Node.Get(local), SimpleType.Dynamic)], s).Node);
                _output.Emit(s.NullAware ? Node.If(Node.IsNull(Node.Get(local)), Node.Nop(), add, WType.None) : add);
                break;
            case NullAwareElement n:
                var maybe = Coercions.Used(Expressions.Lower(n.Value, element.WithNullable(true)), n);
                if (!TypeSystem.IsNullable(maybe.Type)) { _output.Emit(AddOne(collection, maybe, element, n)); break; }

                var maybeLocal = _output.TempOf(_reprs.Convert(maybe.Node, _target.AnyRef), out var setMaybe, "element");
                _output.Emit(setMaybe);
                _output.Emit(Node.If(Node.IsNull(Node.Get(maybeLocal)), Node.Nop(), AddOne(collection, new Val(Node.Get(maybeLocal), SimpleType.Dynamic), element, n), WType.None));
                break;
            case MapEntryElement m:
                if (value is null)
                {
                    throw _state.Error(m, "Unexpected map entry: this is a set or list.");
                }

                var key = Expressions.Lower(m.Key, m.NullAwareKey ? element.WithNullable(true) : element);
                if (m.NullAwareKey)
                {
                    Coercions.Used(key, m.Key);
                }

                var keyLocal = _output.TempOf(_reprs.Convert(m.NullAwareKey ? key.Node : Coercions.Coerce(key, element, m.Key), _target.AnyRef), out var setKey, "key");
                _output.Emit(setKey);
                void EmitValue()
                {
                    var entry = Expressions.Lower(m.Value, m.NullAwareValue ? value.WithNullable(true) : value);
                    if (m.NullAwareValue)
                    {
                        Coercions.Used(entry, m.Value);
                    }

                    var entryLocal = _output.TempOf(_reprs.Convert(m.NullAwareValue ? entry.Node : Coercions.Coerce(entry, value, m.Value), _target.AnyRef), out var setEntry, "value");
                    _output.Emit(setEntry);
                    var put = Node.Drop(Invocations.CallWithValues(collection, "[]=", [new Val(_reprs.Convert(Node.Get(keyLocal), _reprs.Of(element)), element), new Val(_reprs.Convert(Node.Get(entryLocal), _reprs.Of(value)), value)], m).Node);
                    _output.Emit(m.NullAwareValue ? Node.If(Node.IsNull(Node.Get(entryLocal)), Node.Nop(), put, WType.None) : put);
                }

                if (m.NullAwareKey)
                {
                    _output.Emit(Node.If(Node.IsNull(Node.Get(keyLocal)), Node.Nop(), Node.Seq(_output.Collect(EmitValue)), WType.None));
                }
                else
                {
                    EmitValue();
                }

                break;
            case IfElement i:
                Statements.EmitIf(i.Condition, i.Case, i.Guard, () => AddElement(i.Then, collection, element, value), i.Else is null ? null : () => AddElement(i.Else, collection, element, value), i);
                break;
            case ForElement f:
                Loops.LowerFor(f.Parts, () => AddElement(f.Body, collection, element, value), f, null);
                break;
            case Expr x:
                if (value is not null)
                {
                    throw _state.Error(x, "Expected a map entry.");
                }

                _output.Emit(AddOne(collection, Expressions.Lower(x, element), element, x));
                break;
        }
    }

    // What is spread must have elements, or keys and values, that can be assigned to those of the collection.
    private void CheckSpread(SpreadElement s, DartType spread, DartType element, DartType? value)
    {
        var given = _types.AsInstanceOf(spread, _program.CoreClass(value is null ? "Iterable" : "Map"))?.Args ?? [];
        DartType[] wanted = value is null ? [element] : [element, value];
        for (var i = 0; i < given.Length; i++)
        {
            if (!TypeSystem.IsDynamic(given[i]) && !_types.IsSubtype(given[i], wanted[i]))
            {
                throw _state.Error(s, $"Can't assign spread elements of type '{given[i]}' to collection elements of type '{wanted[i]}'.");
            }
        }
    }

    private Node AddOne(Val collection, Val item, DartType element, Syntax.Node at) =>
        Node.Drop(Invocations.CallWithValues(collection, "add", [new Val(_reprs.Convert(Coercions.Coerce(item, element, at), _reprs.Of(element)), element)], at).Node);

    /// <summary>A set or map literal; which it is follows from its elements and its context.</summary>
    public Val LowerSetOrMap(SetOrMapLit l, DartType? context)
    {
        var isMap = l.TypeArgs?.Count == 2;
        var isSet = l.TypeArgs?.Count == 1;
        var plainContext = context is null ? null : TypeSystem.NonNull(context);
        if (plainContext is not null && TypeSystem.IsFutureOr(plainContext))
        {
            plainContext = TypeSystem.NonNull(((InterfaceType)plainContext).Args[0]);
        }

        if (!isMap && !isSet)
        {
            if (l.Elements.Any(ContainsEntry))
            {
                isMap = true;
            }
            else if (l.Elements.Any(ContainsValue))
            {
                isSet = true;
            }
            else if (plainContext is InterfaceType c && c.Class != _program.Object.Class)
            {
                isSet = _types.Supertypes(_program.CoreClass("Set")).ContainsKey(c.Class) && !_types.Supertypes(_program.CoreClass("Map")).ContainsKey(c.Class);
                isMap = !isSet;
            }
            else if (l.Elements.Count == 0)
            {
                isMap = true;
            }
            else
            {
                var kinds = Elements.InferElements(l, l.Elements);
                isMap = kinds.Key is not null;
                if (!isMap && !kinds.IsOfIterable)
                {
                    throw _state.Error(l, "Not enough type information to tell whether this literal is a set or a map.");
                }

                if (isMap && kinds.IsOfIterable)
                {
                    throw _state.Error(l, "Both iterables and maps are spread in this literal, so it is neither a set nor a map.");
                }
            }
        }

        DartType? key = null, value = null;
        if (l.TypeArgs is { } args)
        {
            key = _state.Scope.Resolve(args[0]);
            if (isMap)
            {
                value = _state.Scope.Resolve(args[1]);
            }
        }
        else if (plainContext is InterfaceType c && c.Class != _program.Object.Class)
        {
            var literal = _program.CoreClass(isMap ? "Map" : "Set");
            var upper = new Dictionary<TypeParam, DartType>();
            _types.Inference.Constrain(literal.ThisType, c, [.. literal.TypeParams], [], upper);
            // Nothing but the context tells of an empty literal.
            bool Tells(DartType t) => !t.HasUnknown || t is not UnknownType && l.Elements.Count == 0;
            if (upper.TryGetValue(literal.TypeParams[0], out var k) && Tells(k))
            {
                key = ClosureLowering.ReplaceUnknown(k);
            }

            if (isMap && upper.TryGetValue(literal.TypeParams[1], out var v) && Tells(v))
            {
                value = ClosureLowering.ReplaceUnknown(v);
            }
        }

        if (l.Const)
        {
            var constant = _lowering.Constants.Evaluate(l, _body, isMap ? key is null || value is null ? null : _program.Type("Map", key, value) : key is null ? null : _program.Type("Set", key));
            return new Val(_pool.ConstNode(constant), _lowering.Constants.TypeOf(constant));
        }

        if (key is null || isMap && value is null)
        {
            var inferred = Elements.InferElements(l, l.Elements);
            key ??= (isMap ? inferred.Key : inferred.Element) ?? SimpleType.Dynamic;
            if (isMap)
            {
                value ??= inferred.Value ?? SimpleType.Dynamic;
            }
        }

        var type = isMap ? _program.Type("Map", key, value!) : _program.Type("Set", key);
        var made = Constructions.Construct(_program.CoreClass(isMap ? "_LinkedMap" : "_LinkedSet"), isMap ? [key, value!] : [key], null, ArgumentBinding.NoArguments, null, l);
        var local = _output.Temp(made.Node.Type, "collection");
        var body = _output.Collect(() =>
        {
            _output.Emit(Node.Set(local, made.Node));
            foreach (var e in l.Elements)
            {
                AddElement(e, new Val(Node.Get(local), made.Type), key, isMap ? value : null);
            }
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
