using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>Evaluates constant expressions.</summary>
internal sealed class ConstEvaluator(ProgramLowering lowering)
{
    private const int MaximumDepth = 200;

    private readonly DartProgram _program = lowering.Program;
    private readonly Dictionary<Member, ConstValue> _values = [];
    private readonly HashSet<Member> _busy = [];
    private readonly Dictionary<(Member, ParamNode), ConstValue> _defaults = [];
    private int _depth;

    /// <summary>What a constant expression sees: names of types, and values of a constructor's parameters.</summary>
    private sealed record Env(TypeScope Scope, ClassElement? Lexical, Dictionary<string, ConstValue>? Locals, IReadOnlyDictionary<TypeParam, DartType>? Map, Func<string, ConstValue?>? Outer);

    private static DartErrorException Error(Env env, Syntax.Node at, string message) => new(env.Scope.File, at.Pos, message);

    /// <summary>The value of a default of a parameter; null where it has none.</summary>
    public ConstValue DefaultOf(Member member, Param param)
    {
        if (_defaults.TryGetValue((member, param.Node), out var known)) return known;
        var (expr, owner) = param.Node.Default is { } own ? (own, member) : param.InheritedDefault ?? (null!, member);
        if (owner.Index == -1 && param.InheritedDefault is null && param.Node.Default is not null) owner = member;
        ConstValue value = ConstNull.Instance;
        if (expr is not null)
        {
            var env = new Env(lowering.Signatures.ScopeOf(owner), owner.Lexical, null, null, null);
            value = Adapt(Evaluate(expr, env, param.Type), param.Type);
        }

        return _defaults[(member, param.Node)] = value;
    }

    private ConstValue Adapt(ConstValue value, DartType type) =>
        value is ConstInt i && TypeSystem.NonNull(type) is InterfaceType t && t.Class == _program.Double.Class ? new ConstDouble(i.Value) : value;

    public ConstValue Evaluate(Expr e, FunctionLowering from, DartType? context) => Evaluate(e, EnvOf(from), context);

    private static Env EnvOf(FunctionLowering from) => new(from.State.Scope, from.Receivers.LexicalClass(), null, null, from.Variables.LookupConstant);

    /// <summary>The value of a constant variable, field, or enum value.</summary>
    public ConstValue ValueOf(Member member)
    {
        if (_values.TryGetValue(member, out var known)) return known;
        if (!_busy.Add(member)) throw new DartErrorException(member.File, member.Pos, $"Constant evaluation of '{member.Name}' depends on itself.");
        try
        {
            var scope = new TypeScope(_program, member.Library, member.File, member.Owner);
            var env = new Env(scope, member.Lexical, null, null, null);
            if (member.EnumValue is { } value)
            {
                var cls = member.Owner!;
                var constructorName = value.Constructor ?? "";
                if (!cls.Constructors.TryGetValue(constructorName, out var constructor)) throw Error(env, value, $"Couldn't find constructor '{cls.Name}.{constructorName}'.");
                return _values[member] = Construct(constructor, value.TypeArgs?.Select(scope.Resolve).ToArray(), value.Args ?? new Arguments { Pos = value.Pos }, null, env, value, member);
            }

            if (member.Field!.Init is null) throw new DartErrorException(member.File, member.Pos, $"The const variable '{member.Name}' must be initialized.");
            var type = member.Field.Type is { } t ? scope.Resolve(t) : null;
            var result = Evaluate(member.Field.Init, env, type);
            if (type is not null) result = Adapt(result, type);
            if (type is not null && !Fits(result, type)) throw new DartErrorException(member.File, member.Field.Init.Pos, $"A value of type '{TypeOf(result)}' can't be assigned to a variable of type '{type}'.");
            return _values[member] = result;
        }
        finally
        {
            _busy.Remove(member);
        }
    }

    private bool Fits(ConstValue value, DartType type) => lowering.Types.IsSubtype(TypeOf(value), type) || type.Any(t => t is TypeParamType);

    public ConstValue EnumValues(ClassElement cls) => new ConstList(cls.ThisType.Args.Length == 0 ? cls.ThisType : new InterfaceType(cls, TypeScope.DefaultArgs(cls.TypeParams)), [.. cls.EnumValues.Select(ValueOf)]);

    public DartType? TryTypeOf(Expr init, FunctionLowering from)
    {
        try
        {
            return TypeOf(Evaluate(init, from, null));
        }
        catch (DartErrorException)
        {
            return null;
        }
    }

    /// <summary>The constant that a variable starts with, where its initializer is a literal or const; else null.</summary>
    public ConstValue? TryEvaluateInitializer(Member member, DartType type)
    {
        var init = member.Field!.Init!;
        while (init is Paren p) init = p.Value;
        if (member.Field.Late) return null;
        if (init is not (IntLit or DoubleLit or BoolLit or NullLit or StringLit { IsConstantText: true } or Unary or ListLit { Const: true } or SetOrMapLit { Const: true } or NewExpr { Const: true })) return null;
        if (init is Unary { Operand: not (IntLit or DoubleLit) }) return null;
        var env = new Env(new TypeScope(_program, member.Library, member.File, member.Owner), member.Lexical, null, null, null);
        var value = Adapt(Evaluate(init, env, type), type);
        if (!Fits(value, type)) throw new DartErrorException(member.File, init.Pos, $"A value of type '{TypeOf(value)}' can't be assigned to a variable of type '{type}'.");
        return value;
    }

    public DartType TypeOf(ConstValue value) => value switch
    {
        ConstNull => SimpleType.Null,
        ConstInt => _program.Int,
        ConstDouble => _program.Double,
        ConstBool => _program.Bool,
        ConstString => _program.String,
        ConstSymbol => _program.Type("Symbol"),
        ConstType => _program.Type("Type"),
        ConstList l => _program.Type("List", l.Element),
        ConstSet s => _program.Type("Set", s.Element),
        ConstMap m => _program.Type("Map", m.KeyType, m.ValueType),
        ConstRecord r => r.Type,
        ConstObject o => o.Type,
        ConstFunction f => FunctionTypeOf(f),
        _ => SimpleType.Dynamic,
    };

    private DartType FunctionTypeOf(ConstFunction f)
    {
        var signature = lowering.Signatures.Of(f.Function);
        if (f.Function.Kind == MemberKind.Constructor)
        {
            var generic = new FunctionType([.. f.Function.Owner!.TypeParams], signature.Required, signature.Optional, signature.Named, signature.Result);
            return f.TypeArgs.Length > 0 ? generic.Instantiate(f.TypeArgs) : generic;
        }

        return f.TypeArgs.Length > 0 ? signature.Instantiate(f.TypeArgs) : signature;
    }

    private DartType Resolve(Env env, TypeNode node)
    {
        var type = env.Scope.Resolve(node);
        return env.Map is null ? type : type.Substitute(env.Map);
    }

    private ConstValue Evaluate(Expr e, Env env, DartType? context)
    {
        if (++_depth > MaximumDepth) { _depth = 0; throw Error(env, e, "The constant expression is nested too deeply."); }
        try
        {
            return EvaluateCore(e, env, context is UnknownType ? null : context);
        }
        finally
        {
            _depth = Math.Max(0, _depth - 1);
        }
    }

    private ConstValue EvaluateCore(Expr e, Env env, DartType? context)
    {
        switch (e)
        {
            case Paren p: return Evaluate(p.Value, env, context);
            case IntLit i: return Integer(i, false, env, context);
            case DoubleLit d: return new ConstDouble(d.Value);
            case BoolLit b: return new ConstBool(b.Value);
            case NullLit: return ConstNull.Instance;
            case SymbolLit s: return new ConstSymbol(s.Name);
            case StringLit s:
                var text = new System.Text.StringBuilder();
                foreach (var part in s.Parts)
                {
                    if (part is string plain) text.Append(plain);
                    else text.Append(Text(Evaluate((Expr)part, env, null)) ?? throw Error(env, (Expr)part, "Constant evaluation error: only strings, numbers, booleans and null can be in a constant string."));
                }

                return new ConstString(text.ToString());
            case ListLit l: return EvaluateList(l, env, context);
            case SetOrMapLit l: return EvaluateSetOrMap(l, env, context);
            case RecordLit r:
                var positional = r.Fields.Where(f => f.Name is null).Select(f => Evaluate(f.Value, env, null)).ToList();
                var named = r.Fields.Where(f => f.Name is not null).Select(f => (Name: f.Name!, Value: Evaluate(f.Value, env, null))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
                return new ConstRecord(new RecordType([.. positional.Select(TypeOf)], [.. named.Select(n => (n.Name, TypeOf(n.Value)))]), [.. positional, .. named.Select(n => n.Value)]);
            case Unary u: return EvaluateUnary(u, env, context);
            case Binary b: return EvaluateBinary(b, env, context);
            case Conditional c:
                return Evaluate(c.Condition, env, null) is ConstBool { Value: var condition } ? Evaluate(condition ? c.Then : c.Else, env, context) : throw Error(env, c, "The condition of a constant expression must be a bool.");
            case IsExpr i:
                var tested = lowering.Types.IsSubtype(TypeOf(Evaluate(i.Value, env, null)), Resolve(env, i.Type));
                return new ConstBool(tested != i.Negated);
            case AsExpr a:
                var cast = Evaluate(a.Value, env, null);
                return lowering.Types.IsSubtype(TypeOf(cast), Resolve(env, a.Type)) ? cast : throw Error(env, a, "Constant evaluation error: the cast fails.");
            case NullAssert n:
                var value = Evaluate(n.Value, env, context);
                return value is ConstNull ? throw Error(env, n, "Constant evaluation error: null check on null.") : value;
            case Ident id: return EvaluateName(id, env, context);
            case PropertyGet p: return EvaluateProperty(p, env, context);
            case NewExpr n: return EvaluateNew(n, env, context);
            case Call c: return EvaluateCall(c, env, context);
            case Instantiation i:
                if (TypeNodeOf(i) is { } typeNode && IsTypeName(typeNode, env)) return new ConstType(Resolve(env, typeNode));
                if (i.Target is PropertyGet tear && TypeNodeOf(tear.Target) is { } tearClass && IsTypeName(tearClass, env) && env.Scope.Resolve(tearClass) is InterfaceType tearType && tearType.Class.Constructors.TryGetValue(tear.Name == "new" ? "" : tear.Name, out var torn) && !tearType.Class.Statics.ContainsKey(tear.Name))
                    return new ConstFunction(torn, [.. i.TypeArgs.Select(t => Resolve(env, t))], new InterfaceType(tearType.Class, [.. i.TypeArgs.Select(t => Resolve(env, t))]));
                return Evaluate(i.Target, env, null) is ConstFunction f ? f with { TypeArgs = [.. i.TypeArgs.Select(t => Resolve(env, t))] } : throw Error(env, i, "Not a constant expression.");
            default: throw Error(env, e, "Not a constant expression.");
        }
    }

    private ConstValue Integer(IntLit i, bool negative, Env env, DartType? context)
    {
        if (context is InterfaceType { Nullable: false } t && t.Class == _program.Double.Class)
            return new ConstDouble((negative ? -1.0 : 1.0) * (i.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? LiteralLowering.ParseInt(i.Text, false) ?? 0 : double.Parse(i.Text, System.Globalization.CultureInfo.InvariantCulture)));
        return new ConstInt(LiteralLowering.ParseInt(i.Text, negative) ?? throw Error(env, i, $"The integer literal {i.Text} can't be represented in 64 bits."));
    }

    private static string? Text(ConstValue v) => v switch
    {
        ConstString s => s.Value,
        ConstInt i => i.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ConstDouble d => DoubleText.Shortest(d.Value),
        ConstBool b => b.Value ? "true" : "false",
        ConstNull => "null",
        _ => null,
    };

    private static NamedTypeNode? TypeNodeOf(Expr e) => e switch
    {
        Ident id => new NamedTypeNode { Pos = id.Pos, Name = id.Name },
        PropertyGet { Target: Ident prefix } p => new NamedTypeNode { Pos = p.Pos, Prefix = prefix.Name, Name = p.Name },
        Instantiation i when TypeNodeOf(i.Target) is { } named => new NamedTypeNode { Pos = i.Pos, Prefix = named.Prefix, Name = named.Name, Args = i.TypeArgs },
        _ => null,
    };

    private static bool IsTypeName(NamedTypeNode node, Env env)
    {
        if (node.Prefix is not null) return env.Scope.Library.Prefixes.TryGetValue(node.Prefix, out var prefix) && prefix.Members.GetValueOrDefault(node.Name) is ClassElement or TypedefElement;
        if (env.Scope.LookupParam(node.Name) is not null) return true;
        return env.Scope.LookupTopLevel(node.Name) is ClassElement or TypedefElement || node.Name is "dynamic" or "Never";
    }

    private ConstValue EvaluateName(Ident id, Env env, DartType? context)
    {
        if (env.Locals is not null && env.Locals.TryGetValue(id.Name, out var local)) return local;
        if (env.Outer?.Invoke(id.Name) is { } outer) return outer;
        if (env.Scope.LookupParam(id.Name) is not null) return new ConstType(Resolve(env, new NamedTypeNode { Pos = id.Pos, Name = id.Name }));
        object? element = null;
        if (env.Lexical is { } cls && cls.Statics.TryGetValue(id.Name, out var member)) element = member;
        element ??= env.Scope.LookupTopLevel(id.Name);
        return element is null && id.Name is "dynamic" or "Never" ? new ConstType(id.Name == "Never" ? SimpleType.Never : SimpleType.Dynamic) : FromElement(element, id, env, context);
    }

    private ConstValue FromElement(object? element, Syntax.Node at, Env env, DartType? context)
    {
        switch (element)
        {
            case Member { IsConst: true } constant: return ValueOf(constant);
            case Member { Kind: MemberKind.Method, IsStatic: true } function: return Instantiated(new ConstFunction(function, [], null), context);
            case ClassElement cls: return new ConstType(cls.Name == "Null" && cls.Library.IsCore ? SimpleType.Null : new InterfaceType(cls, TypeScope.DefaultArgs(cls.TypeParams)));
            case TypedefElement typedef: return new ConstType(env.Scope.Resolve(new NamedTypeNode { Pos = at.Pos, Name = typedef.Name }));
            case null: throw Error(env, at, at is Ident id ? $"Undefined name '{id.Name}'." : "Undefined name.");
            default: throw Error(env, at, "Not a constant expression.");
        }
    }

    private ConstValue Instantiated(ConstFunction f, DartType? context)
    {
        if (context is FunctionType { TypeParams.Length: 0 } target && FunctionTypeOf(f) is FunctionType { TypeParams.Length: > 0 } generic)
        {
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            lowering.Types.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), target, [.. generic.TypeParams], lower, upper);
            return f with { TypeArgs = lowering.Types.Solve(generic.TypeParams, lower, upper, partial: false) };
        }

        return f;
    }

    private ConstValue EvaluateProperty(PropertyGet p, Env env, DartType? context)
    {
        if (p.Target is Ident prefixName && env.Scope.Library.Prefixes.TryGetValue(prefixName.Name, out var prefix) && env.Scope.LookupTopLevel(prefixName.Name) is PrefixElement)
            return FromElement(prefix.Members.GetValueOrDefault(p.Name), p, env, context);
        if (TypeNodeOf(p.Target) is { } typeNode && !(p.Target is Ident local && (env.Locals?.ContainsKey(local.Name) == true || env.Outer?.Invoke(local.Name) is not null)) && IsTypeName(typeNode, env) && env.Scope.Resolve(typeNode) is InterfaceType type)
        {
            if (type.Class.Statics.TryGetValue(p.Name, out var member)) return FromElement(member, p, env, context);
            if (type.Class.IsEnum && p.Name == "values") return EnumValues(type.Class);
            if (type.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor))
                return type.Class.TypeParams.Count == 0 || typeNode.Args.Count > 0 ? new ConstFunction(constructor, type.Args, type) : Instantiated(new ConstFunction(constructor, [], null), context);
            throw Error(env, p, $"Member not found: '{p.Name}'.");
        }

        var target = Evaluate(p.Target, env, null);
        if (target is ConstString s && p.Name == "length") return new ConstInt(s.Value.Length);
        if (target is ConstRecord r && r.Type.IndexOf(p.Name) is >= 0 and var index) return r.Fields[index];
        if (target is ConstObject o && o.Type.Class.IsEnum)
        {
            foreach (var (field, value) in o.Fields)
            {
                if (field.Name == p.Name && p.Name == "index") return value;
            }
        }

        if (target is ConstObject ext && ext.Type.Class.IsExtensionType) return target;
        throw Error(env, p, "Not a constant expression.");
    }

    private ConstValue EvaluateUnary(Unary u, Env env, DartType? context)
    {
        if (u is { Op: "-", Operand: IntLit literal }) return Integer(literal, true, env, context);
        return ConstOperators.Unary(u.Op, Evaluate(u.Operand, env, context)) ?? throw Error(env, u, "Not a constant expression.");
    }

    private ConstValue EvaluateBinary(Binary b, Env env, DartType? context)
    {
        var left = Evaluate(b.Left, env, b.Op is "??" or "+" or "-" or "*" ? context : null);
        switch (b.Op)
        {
            case "&&" when left is ConstBool l: return l.Value ? Bool(Evaluate(b.Right, env, null), b, env) : left;
            case "||" when left is ConstBool l: return l.Value ? left : Bool(Evaluate(b.Right, env, null), b, env);
            case "??": return left is ConstNull ? Evaluate(b.Right, env, context) : left;
        }

        var right = Evaluate(b.Right, env, left is ConstDouble && b.Op is not "==" and not "!=" ? _program.Double : null);
        if (ConstOperators.IsDivisionByZero(b.Op, left, right)) throw Error(env, b, "Constant evaluation error: division by zero.");
        return ConstOperators.Binary(b.Op, left, right) ?? throw Error(env, b, "Not a constant expression.");
    }

    private static ConstValue Bool(ConstValue v, Syntax.Node at, Env env) => v as ConstBool ?? throw Error(env, at, "Not a constant expression.");

    private ConstValue EvaluateList(ListLit l, Env env, DartType? context)
    {
        DartType? element = l.TypeArgs is { } args ? Resolve(env, args[0]) : null;
        if (element is null && context is not null && lowering.Types.AsInstanceOf(_program.Type("List", UnknownType.Instance), (TypeSystem.NonNull(context) as InterfaceType)?.Class ?? _program.Object.Class) is { Args.Length: 1 } && context is InterfaceType { Args: [{ HasUnknown: false } wanted] })
            element = wanted;
        var items = new List<ConstValue>();
        foreach (var e in l.Elements) AddElements(e, env, element, items, null);
        if (element is not null) items = [.. items.Select(i => Adapt(i, element))];
        element ??= items.Count == 0 ? SimpleType.Dynamic : items.Select(TypeOf).Aggregate(lowering.Types.Lub);
        foreach (var item in items)
        {
            if (!Fits(item, element)) throw Error(env, l, $"A value of type '{TypeOf(item)}' can't be an element of a list of '{element}'.");
        }

        return new ConstList(element, [.. items]);
    }

    private void AddElements(Element e, Env env, DartType? context, List<ConstValue> items, List<ConstValue>? values)
    {
        switch (e)
        {
            case SpreadElement s:
                switch (Evaluate(s.Value, env, null))
                {
                    case ConstList list: items.AddRange(list.Items); break;
                    case ConstSet set: items.AddRange(set.Items); break;
                    case ConstMap map when values is not null: items.AddRange(map.Keys); values.AddRange(map.Values); break;
                    case ConstNull when s.NullAware: break;
                    default: throw Error(env, s, "Not a constant expression.");
                }

                break;
            case IfElement { Case: null } i:
                if (Evaluate(i.Condition, env, null) is not ConstBool condition) throw Error(env, i, "Not a constant expression.");
                if (condition.Value) AddElements(i.Then, env, context, items, values);
                else if (i.Else is not null) AddElements(i.Else, env, context, items, values);
                break;
            case MapEntryElement m when values is not null:
                items.Add(Evaluate(m.Key, env, context));
                values.Add(Evaluate(m.Value, env, null));
                break;
            case NullAwareElement n:
                var maybe = Evaluate(n.Value, env, context);
                if (maybe is not ConstNull) items.Add(maybe);
                break;
            case Expr x when values is null: items.Add(Evaluate(x, env, context)); break;
            default: throw Error(env, e, "Not a constant expression.");
        }
    }

    private ConstValue EvaluateSetOrMap(SetOrMapLit l, Env env, DartType? context)
    {
        var isMap = l.TypeArgs?.Count == 2 || l.TypeArgs is null && (l.Elements.Any(e => e is MapEntryElement or IfElement { Then: MapEntryElement }) || !l.Elements.Any(e => e is Expr) && !(TypeSystem.NonNull(context ?? SimpleType.Dynamic) is InterfaceType { Args.Length: 1 }) && !l.Elements.Any(e => e is IfElement { Then: Expr }));
        var typeArgs = l.TypeArgs?.Select(t => Resolve(env, t)).ToArray() ?? ((context is null ? null : TypeSystem.NonNull(context)) is InterfaceType c && c.Args.Length == (isMap ? 2 : 1) && !c.HasUnknown ? c.Args : null);
        var items = new List<ConstValue>();
        var values = isMap ? new List<ConstValue>() : null;
        foreach (var e in l.Elements) AddElements(e, env, typeArgs?[0], items, values);
        DartType Lub(IEnumerable<ConstValue> vs) => vs.Any() ? vs.Select(TypeOf).Aggregate(lowering.Types.Lub) : SimpleType.Dynamic;
        if (items.Distinct().Count() != items.Count) throw Error(env, l, isMap ? "Duplicate key in const map literal." : "Duplicate element in const set literal.");
        if (!isMap) return new ConstSet(typeArgs?[0] ?? Lub(items), [.. items]);
        if (typeArgs is not null) values = [.. values!.Select(v => Adapt(v, typeArgs[1]))];
        return new ConstMap(typeArgs?[0] ?? Lub(items), typeArgs?[1] ?? Lub(values!), [.. items], [.. values!]);
    }

    private ConstValue EvaluateNew(NewExpr n, Env env, DartType? context)
    {
        var node = n.Type;
        var name = n.Constructor;
        if (name is not null && node.Prefix is null && env.Scope.Library.Prefixes.ContainsKey(node.Name) && env.Scope.LookupParam(node.Name) is null)
        {
            node = new NamedTypeNode { Pos = node.Pos, Prefix = node.Name, Name = name, Args = node.Args };
            name = null;
        }

        if (Resolve(env, node) is not InterfaceType type) throw Error(env, n, "Not a class.");
        if (!type.Class.Constructors.TryGetValue(name ?? "", out var constructor)) throw Error(env, n, $"Couldn't find constructor '{type.Class.Name}{(name is null ? "" : "." + name)}'.");
        return Construct(constructor, node.Args.Count > 0 || env.Scope.LookupTopLevel(node.Name) is TypedefElement ? type.Args : null, n.Args, context, env, n, null);
    }

    private ConstValue EvaluateCall(Call c, Env env, DartType? context)
    {
        // identical, and constructors without 'const' within a constant.
        if (c.Target is Ident { Name: "identical" } && c.Args.Items.Count == 2)
            return new ConstBool(Evaluate(c.Args.Items[0].Value, env, null).Equals(Evaluate(c.Args.Items[1].Value, env, null)));
        if (TypeNodeOf(c.Target) is { } whole && IsTypeName(whole, env))
        {
            whole.Args = c.TypeArgs ?? whole.Args;
            if (Resolve(env, whole) is InterfaceType type && type.Class.Constructors.TryGetValue("", out var unnamed))
                return Construct(unnamed, whole.Args.Count > 0 || env.Scope.LookupTopLevel(whole.Name) is TypedefElement ? type.Args : null, c.Args, context, env, c, null);
        }

        if (c.Target is PropertyGet p && TypeNodeOf(p.Target) is { } typeNode && IsTypeName(typeNode, env) && Resolve(env, typeNode) is InterfaceType named && named.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor))
            return Construct(constructor, typeNode.Args.Count > 0 || env.Scope.LookupTopLevel(typeNode.Name) is TypedefElement ? named.Args : null, c.Args, context, env, c, null);
        throw Error(env, c, "Not a constant expression.");
    }

    public ConstValue EvaluateConstruct(Member constructor, DartType[]? typeArgs, Arguments args, DartType? context, FunctionLowering from, Syntax.Node at) =>
        Construct(constructor, typeArgs, args, context, EnvOf(from), at, null);

    private ConstValue Construct(Member constructor, DartType[]? typeArgs, Arguments args, DartType? context, Env env, Syntax.Node at, Member? enumValue)
    {
        if (++_depth > MaximumDepth) { _depth = 0; throw Error(env, at, "The constant expression is nested too deeply."); }
        try
        {
            var function = constructor.Function!;
            if (!function.Const && constructor.Index != -1) throw Error(env, at, "Cannot invoke a non-'const' constructor where a const expression is expected.");
            var cls = constructor.Owner!;
            if (cls.IsAbstract && !function.Factory && enumValue is null) throw Error(env, at, $"The class '{cls.Name}' is abstract and can't be instantiated.");
            var parameters = lowering.Signatures.Params(constructor);
            var given = new Dictionary<string, ConstValue>(StringComparer.Ordinal);
            var positional = parameters.Where(p => p.Kind != ParamKind.Named).ToList();
            var position = 0;
            var map0 = typeArgs is null ? null : cls.TypeParams.Select((p, i) => (p, i)).ToDictionary(x => x.p, x => typeArgs[x.i]);
            foreach (var (name, value) in args.Items)
            {
                var param = name is null ? positional.ElementAtOrDefault(position++) : parameters.Find(p => p.Kind == ParamKind.Named && p.Name == name);
                if (param is null) throw Error(env, value, name is null ? "Too many positional arguments." : $"No named parameter with the name '{name}'.");
                var paramType = map0 is null ? param.Type : param.Type.Substitute(map0);
                given[param.Name] = Adapt(Evaluate(value, env, paramType.Any(t => t is TypeParamType) ? null : paramType), paramType);
            }

            if (typeArgs is null)
            {
                if (cls.TypeParams.Count > 0)
                {
                    var lower = new Dictionary<TypeParam, DartType>();
                    var upper = new Dictionary<TypeParam, DartType>();
                    var vars = cls.TypeParams.ToHashSet();
                    if (context is not null) lowering.Types.Constrain(cls.ThisType, context, vars, lower, upper);
                    foreach (var param in parameters)
                    {
                        if (given.TryGetValue(param.Name, out var v)) lowering.Types.Constrain(TypeOf(v), param.Type, vars, lower, upper);
                    }

                    typeArgs = lowering.Types.Solve(cls.TypeParams, lower, upper, partial: false);
                }
                else
                {
                    typeArgs = [];
                }
            }

            var type = new InterfaceType(cls, typeArgs);
            var map = type.Map();
            foreach (var param in parameters)
            {
                if (given.TryGetValue(param.Name, out var value))
                {
                    if (!Fits(value, param.Type.Substitute(map))) throw Error(env, at, $"The argument type '{TypeOf(value)}' can't be assigned to the parameter type '{param.Type.Substitute(map)}'.");
                }
                else if (param.IsRequired)
                {
                    throw Error(env, at, param.Kind == ParamKind.Named ? $"Required named parameter '{param.Name}' must be provided." : "Too few positional arguments.");
                }
            }

            if (function.Factory)
            {
                if (function.Redirect is null)
                {
                    if (function.External && cls.Library.IsCore && constructor.Name is "fromEnvironment" or "hasEnvironment")
                        return constructor.Name == "hasEnvironment" ? new ConstBool(false) : given.TryGetValue("defaultValue", out var dflt) ? dflt : DefaultOf(constructor, parameters.First(p => p.Name == "defaultValue"));
                    throw Error(env, at, "Not a constant expression.");
                }

                var scope = lowering.Signatures.ScopeOf(constructor);
                var redirect = function.Redirect;
                var redirectName = function.RedirectName;
                if (redirectName is not null && redirect.Prefix is null && scope.Library.Prefixes.ContainsKey(redirect.Name)) { redirect = new NamedTypeNode { Pos = redirect.Pos, Prefix = redirect.Name, Name = redirectName, Args = redirect.Args }; redirectName = null; }
                var target = (InterfaceType)scope.Resolve(redirect).Substitute(map);
                return Construct(target.Class.Constructors[redirectName is null or "new" ? "" : redirectName], redirect.Args.Count > 0 ? target.Args : null, args, redirect.Args.Count > 0 ? null : type, env, at, null);
            }

            var fields = new Dictionary<Member, ConstValue>();
            if (enumValue is not null)
            {
                var enumBase = _program.CoreClass("_Enum");
                fields[enumBase.Members["index"]] = new ConstInt(enumValue.EnumIndex);
                fields[enumBase.Members["_$corename"]] = new ConstString(enumValue.Name);
            }

            RunConstructor(constructor, type, given, fields, env, at);
            if (cls.IsExtensionType) return fields.Values.First();
            return new ConstObject(type, fields);
        }
        finally
        {
            _depth = Math.Max(0, _depth - 1);
        }
    }

    private void RunConstructor(Member constructor, InterfaceType type, Dictionary<string, ConstValue> given, Dictionary<Member, ConstValue> fields, Env callerEnv, Syntax.Node at)
    {
        if (++_depth > MaximumDepth) { _depth = 0; throw Error(callerEnv, at, "The constant expression is nested too deeply."); }
        var cls = constructor.Owner!;
        if (cls == _program.Object.Class || cls.IsEnumBase) return;
        var map = type.Map();
        var locals = new Dictionary<string, ConstValue>(StringComparer.Ordinal);
        var parameters = lowering.Signatures.Params(constructor);
        foreach (var param in parameters)
            locals[param.Name] = given.TryGetValue(param.Name, out var v) ? v : DefaultOf(constructor, param);
        foreach (var field in cls.InstanceFields)
        {
            if (field.Field!.Init is { } init)
            {
                var fieldEnv = new Env(lowering.Signatures.ScopeOf(field), field.Lexical, null, map, null);
                var fieldType = lowering.Signatures.FieldType(field).Substitute(map);
                fields[field] = Adapt(Evaluate(init, fieldEnv, fieldType), fieldType);
            }
        }

        var super = cls.Supertype is null ? null : lowering.Types.AsInstanceOf(type, cls.Supertype.Class);
        if (constructor.Index == -1)
        {
            RunConstructor(super!.Class.Constructors[constructor.Name], super, locals, fields, callerEnv, at);
            return;
        }

        var function = constructor.Function!;
        var env = new Env(lowering.Signatures.ScopeOf(constructor), constructor.Lexical, locals, map, null);
        foreach (var param in parameters)
        {
            if (!param.Node.IsThis) continue;
            var field = cls.Members[param.Name];
            fields[field] = Adapt(locals[param.Name], lowering.Signatures.FieldType(field).Substitute(map));
            if (!Fits(fields[field], lowering.Signatures.FieldType(field).Substitute(map))) throw Error(callerEnv, at, "Constant evaluation error: the value has the wrong type for the field.");
        }

        SuperInit? superInit = null;
        foreach (var initializer in function.Initializers)
        {
            switch (initializer)
            {
                case FieldInit f:
                    if (!cls.Members.TryGetValue(f.Name, out var field) || field.Kind != MemberKind.Field) throw Error(env, f, $"'{f.Name}' isn't an instance field of this class.");
                    var fieldType = lowering.Signatures.FieldType(field).Substitute(map);
                    fields[field] = Adapt(Evaluate(f.Value, env, fieldType), fieldType);
                    break;
                case AssertInit a:
                    if (Evaluate(a.Condition, env, null) is not ConstBool { Value: true }) throw Error(callerEnv, at, "Constant evaluation error: this assertion failed.");
                    break;
                case ThisInit t:
                    var target = cls.Constructors.GetValueOrDefault(t.Name ?? "") ?? throw Error(env, t, "Couldn't find constructor.");
                    RunConstructor(target, type, Bind(target, t.Args, env, map), fields, callerEnv, at);
                    return;
                case SuperInit s: superInit = s; break;
            }
        }

        if (super is null || super.Class == _program.Object.Class) return;
        if (super.Class.IsEnumBase) return;
        var superConstructor = super.Class.Constructors.GetValueOrDefault(superInit?.Name ?? "") ?? throw Error(env, constructor.Function!, "The superclass has no such constructor.");
        var superGiven = superInit is null ? new Dictionary<string, ConstValue>(StringComparer.Ordinal) : Bind(superConstructor, superInit.Args, env, super.Map());
        var superPositional = lowering.Signatures.Params(superConstructor).Where(p => p.Kind != ParamKind.Named).ToList();
        var position = superInit?.Args.Items.Count(i => i.Name is null) ?? 0;
        foreach (var param in parameters.Where(p => p.Node.IsSuper))
        {
            if (param.Kind == ParamKind.Named) superGiven[param.Name] = locals[param.Name];
            else if (position < superPositional.Count) superGiven[superPositional[position++].Name] = locals[param.Name];
        }

        RunConstructor(superConstructor, super, superGiven, fields, callerEnv, at);
    }

    private Dictionary<string, ConstValue> Bind(Member target, Arguments args, Env env, IReadOnlyDictionary<TypeParam, DartType> map)
    {
        var parameters = lowering.Signatures.Params(target);
        var positional = parameters.Where(p => p.Kind != ParamKind.Named).ToList();
        var given = new Dictionary<string, ConstValue>(StringComparer.Ordinal);
        var position = 0;
        foreach (var (name, value) in args.Items)
        {
            var param = name is null ? positional.ElementAtOrDefault(position++) : parameters.Find(p => p.Kind == ParamKind.Named && p.Name == name);
            if (param is null) throw Error(env, value, "Too many arguments.");
            var type = param.Type.Substitute(map);
            given[param.Name] = Adapt(Evaluate(value, env, type), type);
        }

        return given;
    }
}
