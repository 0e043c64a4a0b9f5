using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>Evaluates constant expressions.</summary>
internal sealed class ConstEvaluator(ProgramLowering lowering)
{
    private readonly DartProgram _program = lowering.Program;
    private readonly Dictionary<Member, ConstValue> _values = [];
    private readonly HashSet<Member> _busy = [];
    private readonly Dictionary<(Member, ParamNode), ConstValue> _defaults = [];
    private ConstObjects? _objects;
    private ConstCollections? _collections;
    private ConstTypes? _types;

    private ConstObjects Objects => _objects ??= new ConstObjects(lowering, this);

    /// <summary>Static types of constant expressions.</summary>
    public ConstTypes Types => _types ??= new ConstTypes(lowering, this);

    private ConstCollections Collections => _collections ??= new ConstCollections(lowering, this);

    /// <summary>The value of a default of a parameter; null where it has none.</summary>
    public ConstValue DefaultOf(Member member, Param param)
    {
        if (_defaults.TryGetValue((member, param.Node), out var known))
        {
            return known;
        }

        var (expr, owner) = param.Node.Default is { } own ? (own, member) : param.InheritedDefault ?? (null!, member);
        if (owner.Index == -1 && param.InheritedDefault is null && param.Node.Default is not null)
        {
            owner = member;
        }

        ConstValue value = ConstNull.Instance;
        if (expr is not null)
        {
            var env = new ConstScope(lowering.Signatures.ScopeOf(owner), owner.Lexical, null, null, null);
            value = Adapt(Evaluate(expr, env, param.Type), param.Type);
            if (param.InheritedDefault is null && !Fits(value, param.Type))
            {
                throw env.Error(expr, $"A value of type '{TypeOf(value)}' can't be assigned to a variable of type '{param.Type}'.");
            }
        }

        return _defaults[(member, param.Node)] = value;
    }

    /// <summary>A value as one of a type: an integer as a double, a generic function with type arguments.</summary>
    public ConstValue Adapt(ConstValue value, DartType type) => (value, LiteralContext(type)) switch
    {
        (ConstInt i, InterfaceType t) when t.Class == _program.Double.Class => new ConstDouble(i.Value),
        (ConstFunction f, FunctionType { TypeParams.Length: 0, IsClosed: true } t) => Instantiated(f, t),
        _ => value,
    };

    /// <summary>What a context says of a value that is neither null nor a future.</summary>
    public static DartType LiteralContext(DartType context)
    {
        while (TypeSystem.IsFutureOr(context))
        {
            context = ((InterfaceType)context).Args[0];
        }

        return TypeSystem.NonNull(context);
    }

    public ConstValue Evaluate(Expr e, FunctionLowering from, DartType? context) => Evaluate(e, EnvOf(from), context);

    /// <summary>What constant expressions in a function see.</summary>
    public static ConstScope EnvOf(FunctionLowering from) => new(from.State.Scope, from.Receivers.LexicalClass(), null, null, from.Variables.LookupConstant);

    /// <summary>The value of a constant variable, field, or enum value.</summary>
    public ConstValue ValueOf(Member member)
    {
        if (_values.TryGetValue(member, out var known))
        {
            return known;
        }

        if (!_busy.Add(member))
        {
            throw new DartErrorException(member.File, member.Pos, $"Constant evaluation of '{member.Name}' depends on itself.");
        }

        try
        {
            var scope = TypeScope.Of(_program, member);
            var env = new ConstScope(scope, member.Lexical, null, null, null);
            if (member.EnumValue is { } value)
            {
                var cls = member.Owner!;
                var constructorName = value.Constructor ?? "";
                if (!cls.Constructors.TryGetValue(constructorName, out var constructor))
                {
                    throw env.Error(value, $"Couldn't find constructor '{cls.Name}.{constructorName}'.");
                }

                if (constructor.Function!.Factory)
                {
                    throw env.Error(value, "The value of an enum can't be made by a factory.");
                }

                return Keep(member, Objects.Construct(constructor, value.TypeArgs?.Select(scope.Resolve).ToArray(), value.Args ?? new Arguments { Pos = value.Pos }, null, env, value, member));
            }

            if (member.Field!.Init is null)
            {
                throw new DartErrorException(member.File, member.Pos, $"The const variable '{member.Name}' must be initialized.");
            }

            var type = member.Field.Type is { } t ? scope.Resolve(t) : null;
            var result = Evaluate(member.Field.Init, env, type);
            if (type is not null)
            {
                result = Adapt(result, type);
            }

            if (type is not null && !Fits(result, type))
            {
                throw new DartErrorException(member.File, member.Field.Init.Pos, $"A value of type '{TypeOf(result)}' can't be assigned to a variable of type '{type}'.");
            }

            return Keep(member, result);
        }
        finally
        {
            _busy.Remove(member);
        }
    }

    // Others may have it within and be within others: its key is made before theirs.
    private ConstValue Keep(Member member, ConstValue value)
    {
        _ = value.Key;
        Nesting.Check(value.Height, member.File, member.Pos);
        if (value is not ConstFunction)
        {
            Nesting.Check(TypeOf(value), member.File, member.Pos);
        }

        return _values[member] = value;
    }

    public bool Fits(ConstValue value, DartType type) => lowering.Types.IsSubtype(TypeSystem.EraseAll(TypeOf(value)), TypeSystem.EraseAll(type)) || type.Any(t => t is TypeParamType);

    public ConstValue EnumValues(ClassElement cls) => new ConstList(cls.ThisType.Args.Length == 0 ? cls.ThisType : new InterfaceType(cls, TypeScope.DefaultArgs(cls.TypeParams)), [.. cls.EnumValues.Select(ValueOf)]);

    /// <summary>The static type of an initializer; null where it is no constant.</summary>
    public DartType? TryTypeOf(Expr init, FunctionLowering from)
    {
        try
        {
            return Types.Evaluate(init, EnvOf(from)).Type;
        }
        catch (DartErrorException)
        {
            return null;
        }
    }

    /// <summary>Evaluates an annotation: a constant variable, or a call of a constant constructor.</summary>
    public void CheckAnnotation(Annotation annotation, TypeScope scope, ClassElement? lexical)
    {
        var env = new ConstScope(scope, lexical, null, null, null);
        if (annotation.Value is not Call && (TypeNodeOf(annotation.Value) is { } named && IsTypeName(named, env) || annotation.Value is Ident id && scope.LookupTopLevel(id.Name) is Member { IsConst: false }))
        {
            throw env.Error(annotation, "An annotation must be either a constant variable or a constructor invocation.");
        }

        Evaluate(annotation.Value, env, null);
    }

    /// <summary>The constant that a variable starts with, where its initializer is a literal or const; else null.</summary>
    public ConstValue? TryEvaluateInitializer(Member member, DartType type)
    {
        var init = member.Field!.Init!;
        while (init is Paren p)
        {
            init = p.Value;
        }

        if (member.Field.Late)
        {
            return null;
        }

        if (init is not (IntLit or DoubleLit or BoolLit or NullLit or StringLit { IsConstantText: true } or Unary or ListLit { Const: true } or SetOrMapLit { Const: true } or NewExpr { Const: true }))
        {
            return null;
        }

        if (init is Unary { Operand: not (IntLit or DoubleLit) })
        {
            return null;
        }

        var env = new ConstScope(TypeScope.Of(_program, member), member.Lexical, null, null, null);
        var value = Adapt(Evaluate(init, env, type), type);
        if (!Fits(value, type))
        {
            throw new DartErrorException(member.File, init.Pos, $"A value of type '{TypeOf(value)}' can't be assigned to a variable of type '{type}'.");
        }

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
        var generic = f.GenericType(lowering.Signatures.Of(f.Function));
        return f.TypeArgs.Length > 0 ? generic.Instantiate(f.TypeArgs) : generic;
    }

    public DartType Resolve(ConstScope env, TypeNode node)
    {
        var type = env.Scope.Resolve(node);
        if (env.Map is not null)
        {
            return type.Substitute(env.Map);
        }

        return type.Any(t => t is TypeParamType p && env.Scope.LookupParam(p.Parameter.Name) is TypeParamType own && own.Parameter == p.Parameter) ? throw env.Error(node, $"The type '{type}' isn't a constant, since it names a type variable.") : type;
    }

    /// <summary>The value of an expression.</summary>
    public ConstValue Evaluate(Expr e, ConstScope env, DartType? context) => Nested(env, e, () => EvaluateCore(e, env, context is null or UnknownType ? null : ForAllArguments(context)));

    // A constant is the same whatever the type arguments around it are: it has a type that is a subtype of what all of these make of the context (specification of the feature "sound null safety", "Const type
    // variable elimination"). No function has one for all of them.
    private DartType ForAllArguments(DartType context)
    {
        if (context.IsClosed || LiteralContext(context) is FunctionType)
        {
            return context;
        }

        var declared = new HashSet<TypeParam>();
        context.Any(part =>
        {
            if (part is FunctionType f)
            {
                declared.UnionWith(f.TypeParams);
            }

            return false;
        });
        return Variance.Rewrite(context, 1, (part, variance) => part is not TypeParamType p || declared.Contains(p.Parameter) ? null : variance < 0 ? _program.Object.WithNullable(true) : SimpleType.Never.WithNullable(p.Nullable));
    }

    /// <summary>Evaluates a part of a constant expression, unless it is nested too deeply.</summary>
    public ConstValue Nested(ConstScope env, Syntax.Node at, Func<ConstValue> evaluate)
    {
        using var level = _program.Nesting.Enter(env.Scope.File, at.Pos);
        return evaluate();
    }

    private ConstValue EvaluateCore(Expr e, ConstScope env, DartType? context)
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
                    if (part is string plain)
                    {
                        text.Append(plain);
                    }
                    else
                    {
                        text.Append(Text(Evaluate((Expr)part, env, null)) ?? throw env.Error((Expr)part, "Constant evaluation error: only strings, numbers, booleans and null can be in a constant string."));
                    }
                }

                return new ConstString(text.ToString());
            case ListLit l: return Collections.EvaluateList(l, env, context);
            case SetOrMapLit l: return Collections.EvaluateSetOrMap(l, env, context);
            case RecordLit r: return EvaluateRecord(r, env, context is null ? null : LiteralContext(context) as RecordType);
            case Unary u: return EvaluateUnary(u, env, context);
            case Binary b: return EvaluateBinary(b, env, context);
            case Conditional c: return Evaluate(Holds(c, env) ? c.Then : c.Else, env, context);
            case IsExpr i:
                var tested = lowering.Types.IsSubtype(TypeSystem.EraseAll(TypeOf(Evaluate(i.Value, env, null))), TypeSystem.EraseAll(Resolve(env, i.Type)));
                return new ConstBool(tested != i.Negated);
            case AsExpr a:
                var cast = Evaluate(a.Value, env, null);
                return lowering.Types.IsSubtype(TypeSystem.EraseAll(TypeOf(cast)), TypeSystem.EraseAll(Resolve(env, a.Type))) ? cast : throw env.Error(a, "Constant evaluation error: the cast fails.");
            case Ident id: return EvaluateName(id, env, context);
            case PropertyGet p: return EvaluateProperty(p, env, context);
            case NewExpr { Const: false } n: throw env.Error(n, "New expression is not a constant expression.");
            case NewExpr n: return EvaluateNew(n, env, context);
            case Call c: return EvaluateCall(c, env, context);
            case Instantiation i: return EvaluateInstantiation(i, env);
            default: throw env.Error(e, "Not a constant expression.");
        }
    }

    /// <summary>Whether the condition of a choice holds.</summary>
    public bool Holds(Conditional c, ConstScope env) => Evaluate(c.Condition, env, null) is ConstBool condition ? condition.Value : throw env.Error(c, "The condition of a constant expression must be a bool.");

    private ConstRecord EvaluateRecord(RecordLit r, ConstScope env, RecordType? wanted)
    {
        ConstValue Field(string name, Expr value)
        {
            var type = wanted is not null && wanted.IndexOf(name) is var index && index >= 0 ? wanted.FieldType(index) : null;
            var field = Evaluate(value, env, type);
            return type is null ? field : Adapt(field, type);
        }

        var positional = r.Fields.Where(f => f.Name is null).Select((f, i) => Field($"${i + 1}", f.Value)).ToList();
        var named = r.Fields.Where(f => f.Name is not null).Select(f => (Name: f.Name!, Value: Field(f.Name!, f.Value))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        return new ConstRecord(new RecordType([.. positional.Select(TypeOf)], [.. named.Select(n => (n.Name, TypeOf(n.Value)))]), [.. positional, .. named.Select(n => n.Value)]);
    }

    // A type with its arguments, or a generic function with its.
    private ConstValue EvaluateInstantiation(Instantiation i, ConstScope env)
    {
        if (TypeNodeOf(i) is { } node && IsTypeName(node, env))
        {
            return new ConstType(Resolve(env, node));
        }

        if (i.Target is PropertyGet p && TypeNodeOf(p.Target) is { } holder && IsTypeName(holder, env) && env.Scope.Resolve(holder) is InterfaceType type && !type.Class.Statics.ContainsKey(p.Name) && type.Class.Constructors.ContainsKey(p.Name == "new" ? "" : p.Name))
        {
            throw env.Error(i, TearoffLowering.ArgumentsOfConstructor);
        }

        if (Evaluate(i.Target, env, null) is not ConstFunction function)
        {
            throw env.Error(i, "Not a constant expression.");
        }

        var parameters = function.TypeArgs.Length > 0 ? [] : function.GenericType(lowering.Signatures.Of(function.Function)).TypeParams;
        if (parameters.Length == 0)
        {
            throw env.Error(i, TearoffLowering.NotGeneric);
        }

        if (i.TypeArgs.Count != parameters.Length)
        {
            throw env.Error(i, $"Expected {parameters.Length} type arguments.");
        }

        DartType[] args = [.. i.TypeArgs.Select(t => Resolve(env, t))];
        if (BoundChecks.Misfit(lowering.Types, parameters, args) is { } index)
        {
            throw env.Error(i, BoundChecks.Describe(parameters, args, index));
        }

        return function.Instantiate(args);
    }

    private ConstValue Integer(IntLit i, bool negative, ConstScope env, DartType? context)
    {
        if (context is not null && LiteralContext(context) is InterfaceType t && t.Class == _program.Double.Class)
        {
            return new ConstDouble(LiteralLowering.ParseDouble(i.Text, negative) ?? throw env.Error(i, LiteralLowering.Inexact(i)));
        }

        return new ConstInt(LiteralLowering.ParseInt(i.Text, negative) ?? throw env.Error(i, $"The integer literal {i.Text} can't be represented in 64 bits."));
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

    /// <summary>An expression as the name of a type, with the arguments that it has; null for one that can't be.</summary>
    public static NamedTypeNode? TypeNodeOf(Expr e) => e switch
    {
        Ident id => new NamedTypeNode { Pos = id.Pos, Name = id.Name },
        PropertyGet { Target: Ident prefix } p => new NamedTypeNode { Pos = p.Pos, Prefix = prefix.Name, Name = p.Name, IsExpression = true },
        Instantiation { Target: not Instantiation } i when TypeNodeOf(i.Target) is { } named => new NamedTypeNode { Pos = i.Pos, Prefix = named.Prefix, Name = named.Name, Args = i.TypeArgs, IsExpression = true },
        _ => null,
    };

    /// <summary>Whether a name is that of a type.</summary>
    public static bool IsTypeName(NamedTypeNode node, ConstScope env)
    {
        if (node.Prefix is not null)
        {
            return env.Scope.Library.Prefixes.TryGetValue(node.Prefix, out var prefix) && !prefix.IsDeferred && prefix.Members.GetValueOrDefault(node.Name) is ClassElement or TypedefElement;
        }

        if (env.Scope.LookupParam(node.Name) is not null)
        {
            return true;
        }

        return env.Scope.LookupTopLevel(node.Name) is ClassElement { Node.Kind: not ClassKind.Extension } or TypedefElement || node.Name is "dynamic" or "Never";
    }

    /// <summary>What a name stands for, alone or behind a prefix; null for what is local, and for other expressions.</summary>
    public static object? ElementOf(Expr e, ConstScope env) => e switch
    {
        Ident id => env.IsLocal(id) ? null : env.Lexical?.Statics.GetValueOrDefault(id.Name) ?? env.Scope.LookupTopLevel(id.Name),
        PropertyGet { Target: Ident id } p when !env.IsLocal(id) && env.Scope.LookupTopLevel(id.Name) is PrefixElement prefix => prefix.Members.GetValueOrDefault(p.Name),
        _ => null,
    };

    private ConstValue EvaluateName(Ident id, ConstScope env, DartType? context)
    {
        if (env.Locals is not null && env.Locals.TryGetValue(id.Name, out var local))
        {
            return local.Value;
        }

        if (env.Outer?.Invoke(id) is { } outer)
        {
            return outer.Constant!;
        }

        if (env.Scope.LookupParam(id.Name) is not null)
        {
            return new ConstType(Resolve(env, new NamedTypeNode { Pos = id.Pos, Name = id.Name }));
        }

        var element = ElementOf(id, env);
        return element is null && id.Name is "dynamic" or "Never" ? new ConstType(id.Name == "Never" ? SimpleType.Never : SimpleType.Dynamic) : FromElement(element, id, env, context);
    }

    private ConstValue FromElement(object? element, Syntax.Node at, ConstScope env, DartType? context)
    {
        switch (element)
        {
            case Member { IsConst: true } constant: return ValueOf(constant);
            case Member { Kind: MemberKind.Method, IsStatic: true } function: return Instantiated(new ConstFunction(function, [], null), context);
            case ClassElement cls: return new ConstType(cls.Name == "Null" && cls.Library.IsCore ? SimpleType.Null : new InterfaceType(cls, TypeScope.DefaultArgs(cls.TypeParams)));
            case TypedefElement when at is Expr name && TypeNodeOf(name) is { } node: return new ConstType(env.Scope.Resolve(node));
            case null: throw env.Error(at, at is Ident id ? $"Undefined name '{id.Name}'." : "Undefined name.");
            default: throw env.Error(at, "Not a constant expression.");
        }
    }

    private ConstValue Instantiated(ConstFunction f, DartType? context)
    {
        if (context is not null && LiteralContext(context) is FunctionType { TypeParams.Length: 0 } target && FunctionTypeOf(f) is FunctionType { TypeParams.Length: > 0 } generic)
        {
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            lowering.Types.Inference.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), target, [.. generic.TypeParams], lower, upper);
            return f.Instantiate(lowering.Types.Inference.Solve(generic.TypeParams, lower, upper, partial: false));
        }

        return f;
    }

    private ConstValue EvaluateProperty(PropertyGet p, ConstScope env, DartType? context)
    {
        if (p.Target is Ident prefixName && env.Scope.Library.Prefixes.TryGetValue(prefixName.Name, out var prefix) && env.Scope.LookupTopLevel(prefixName.Name) is PrefixElement)
        {
            return prefix.IsDeferred ? throw env.Error(p, "Not a constant expression: its library is deferred.") : FromElement(prefix.Members.GetValueOrDefault(p.Name), p, env, context);
        }

        if (p.Target is Ident named && env.Scope.LookupTopLevel(named.Name) is ClassElement { Node.Kind: ClassKind.Extension } extension && extension.Statics.TryGetValue(p.Name, out var ofExtension))
        {
            return FromElement(ofExtension, p, env, context);
        }

        if (TypeNodeOf(p.Target) is { } typeNode && !(p.Target is Ident local && env.IsLocal(local)) && IsTypeName(typeNode, env) && Resolve(env, typeNode) is InterfaceType type)
        {
            if (type.Class.Statics.TryGetValue(p.Name, out var member))
            {
                return FromElement(member, p, env, context);
            }

            if (type.Class.IsEnum && p.Name == "values")
            {
                return EnumValues(type.Class);
            }

            if (type.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor))
            {
                var alias = env.Scope.AliasOf(typeNode);
                if (alias is { IsVariable: true })
                {
                    throw env.Error(p, $"Member not found: '{p.Name}'.");
                }

                if (constructor.TearoffError is { } tearoffError)
                {
                    throw env.Error(p, tearoffError);
                }

                if (typeNode.Args.Count > 0 && BoundChecks.Misfit(lowering.Types, type.Class.TypeParams, type.Args) is { } misfit)
                {
                    throw env.Error(p, BoundChecks.Describe(type.Class.TypeParams, type.Args, misfit));
                }

                if (alias is { Params.Count: > 0, IsRename: false } && typeNode.Args.Count == 0)
                {
                    return Instantiated(new ConstFunction(constructor, [], null, alias), context);
                }

                return type.Class.TypeParams.Count == 0 || alias is { Params.Count: 0 } || typeNode.Args.Count > 0 ? new ConstFunction(constructor, type.Args, type) : Instantiated(new ConstFunction(constructor, [], null), context);
            }

            throw env.Error(p, $"Member not found: '{p.Name}'.");
        }

        var target = Evaluate(p.Target, env, null);
        if (p.NullAware)
        {
            return (p.Name, target) switch { ("length", ConstNull) => target, ("length", ConstString text) => new ConstInt(text.Value.Length), _ => throw env.Error(p, "Not a constant expression.") };
        }

        if (target is ConstString s && p.Name == "length")
        {
            return new ConstInt(s.Value.Length);
        }

        if (target is ConstRecord r && r.Type.IndexOf(p.Name) is >= 0 and var index)
        {
            return r.Fields[index];
        }

        if (target is ConstObject o && o.Type.Class.IsEnum)
        {
            foreach (var (field, value) in o.Fields)
            {
                if (field.Name == p.Name && p.Name == "index")
                {
                    return value;
                }
            }
        }

        if (target is ConstObject ext && ext.Type.Class.IsExtensionType)
        {
            return target;
        }

        throw env.Error(p, "Not a constant expression.");
    }

    private ConstValue EvaluateUnary(Unary u, ConstScope env, DartType? context)
    {
        if (u is { Op: "-", Operand: IntLit literal })
        {
            return Integer(literal, true, env, context);
        }

        var operand = Evaluate(u.Operand, env, context);
        if (u.Op != "!")
        {
            CheckOperator(u.Operand, u.Op == "-" ? "unary-" : u.Op, u, env);
        }

        return ConstOperators.Unary(u.Op, operand) ?? throw env.Error(u, "Not a constant expression.");
    }

    private ConstValue EvaluateBinary(Binary b, ConstScope env, DartType? context)
    {
        var left = Evaluate(b.Left, env, b.Op == "??" ? context : null);
        switch (b.Op)
        {
            case "&&" when left is ConstBool l: return l.Value ? Bool(Evaluate(b.Right, env, null), b, env) : left;
            case "||" when left is ConstBool l: return l.Value ? left : Bool(Evaluate(b.Right, env, null), b, env);
            case "??": return left is ConstNull ? Evaluate(b.Right, env, context) : left;
        }

        CheckOperator(b.Left, b.Op, b, env);
        var right = Evaluate(b.Right, env, NumberTypes.IsArithmetic(b.Op) && TypeOf(left) is var type && _program.NumberTypes.IsNumber(type) ? _program.NumberTypes.OperandContext(type, context) : null);
        if (ConstOperators.IsDivisionByZero(b.Op, left, right))
        {
            throw env.Error(b, "Constant evaluation error: division by zero.");
        }

        return ConstOperators.Binary(b.Op, left, right) ?? throw env.Error(b, "Not a constant expression.");
    }

    // An extension type's own operator is a function, whatever it represents.
    private void CheckOperator(Expr operand, string name, Syntax.Node at, ConstScope env)
    {
        if (Types.ExtensionTypeOf(operand, env) is { } type && lowering.Types.FindExtensionTypeMember(type, name) is { Owner.Class.IsExtensionType: true })
        {
            throw env.Error(at, "Not a constant expression.");
        }
    }

    private static ConstValue Bool(ConstValue v, Syntax.Node at, ConstScope env) => v as ConstBool ?? throw env.Error(at, "Not a constant expression.");

    private ConstValue EvaluateNew(NewExpr n, ConstScope env, DartType? context)
    {
        var node = n.Type;
        var name = n.Constructor;
        if (name is not null && node.Prefix is null && env.Scope.Library.Prefixes.ContainsKey(node.Name) && env.Scope.LookupParam(node.Name) is null)
        {
            node = new NamedTypeNode { Pos = node.Pos, Prefix = node.Name, Name = name, Args = node.Args, IsExpression = true };
            name = null;
        }

        if (node.Prefix is not null && env.Scope.Library.Prefixes.TryGetValue(node.Prefix, out var library) && library.IsDeferred)
        {
            throw env.Error(n, "Not a constant expression: its library is deferred.");
        }

        if (Resolve(env, node) is not InterfaceType type || env.Scope.AliasOf(node) is { IsVariable: true })
        {
            throw env.Error(n, "Not a class.");
        }

        if (!type.Class.Constructors.TryGetValue(name ?? "", out var constructor))
        {
            throw env.Error(n, $"Couldn't find constructor '{type.Class.Name}{(name is null ? "" : "." + name)}'.");
        }

        return Objects.Construct(constructor, node.Args.Count > 0 || env.Scope.LookupTopLevel(node.Name) is TypedefElement ? type.Args : null, n.Args, context, env, n, null);
    }

    private ConstValue EvaluateCall(Call c, ConstScope env, DartType? context)
    {
        // identical, and constructors without 'const' within a constant.
        if (c.Args.Items.Count == 2 && ConstantExpressionChecks.IsIdentical(ElementOf(c.Target, env)))
        {
            return new ConstBool(Evaluate(c.Args.Items[0].Value, env, null).Equals(Evaluate(c.Args.Items[1].Value, env, null)));
        }

        if (TypeNodeOf(c.Target) is { } whole && IsTypeName(whole, env))
        {
            whole.Args = c.TypeArgs ?? whole.Args;
            if (Resolve(env, whole) is InterfaceType type && env.Scope.AliasOf(whole) is not { IsVariable: true } && type.Class.Constructors.TryGetValue("", out var unnamed))
            {
                return Objects.Construct(unnamed, whole.Args.Count > 0 || env.Scope.LookupTopLevel(whole.Name) is TypedefElement ? type.Args : null, c.Args, context, env, c, null);
            }
        }

        if (c.Target is PropertyGet p && TypeNodeOf(p.Target) is { } typeNode && IsTypeName(typeNode, env) && Resolve(env, typeNode) is InterfaceType named && env.Scope.AliasOf(typeNode) is not { IsVariable: true } && named.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor))
        {
            return Objects.Construct(constructor, typeNode.Args.Count > 0 || env.Scope.LookupTopLevel(typeNode.Name) is TypedefElement ? named.Args : null, c.Args, context, env, c, null);
        }

        throw env.Error(c, "Not a constant expression.");
    }

    public ConstValue EvaluateConstruct(Member constructor, DartType[]? typeArgs, Arguments args, DartType? context, FunctionLowering from, Syntax.Node at) =>
        Objects.Construct(constructor, typeArgs, args, context, EnvOf(from), at, null);
}
