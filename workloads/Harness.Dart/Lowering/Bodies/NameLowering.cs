using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Identifiers and properties: what a name means at its place.</summary>
internal sealed class NameLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly StaticVariables _statics = body.Program.Statics;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly FunctionState _state = body.State;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private ChainLowering Chains => _body.Chains;
    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberLookup Members => _body.Members;
    private MemberAccess Access => _body.Access;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private VariableLowering Locals => _body.Locals;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>The declaration that a name, a setter's as <c>name=</c>, means which is no local variable's; null where there is none, or only the setter or getter that goes with it.</summary>
    public object? LookupNonLocal(string name, out bool implicitThis)
    {
        implicitThis = false;
        for (var cls = Receivers.LexicalClass(); cls is not null;)
        {
            if (cls.Statics.TryGetValue(name, out var s))
            {
                return s;
            }

            if (cls.Members.TryGetValue(name, out var m))
            {
                implicitThis = true;
                return m;
            }

            var pair = name[^1] == '=' ? name[..^1] : name + "=";
            implicitThis = cls.Members.ContainsKey(pair);
            if (implicitThis || cls.Statics.ContainsKey(pair))
            {
                return null;
            }

            break;
        }

        if (_state.Scope.LookupTopLevel(name) is { } top)
        {
            return top;
        }

        return null;
    }

    /// <summary>An identifier.</summary>
    public Val LowerIdent(Ident id, DartType? context)
    {
        if (_variables.Lookup(id.Name) is { } variable)
        {
            return Locals.Read(variable, id);
        }

        if (_state.Scope.LookupParam(id.Name) is { } typeParam)
        {
            return new Val(TypeExpressions.TypeNode(typeParam), _program.Type("Type"));
        }

        var element = LookupNonLocal(id.Name, out var implicitThis);
        if (element is null && id.Name == "values" && Receivers.LexicalClass() is { IsEnum: true } own)
        {
            return new Val(_pool.ConstNode(_lowering.Constants.EnumValues(own)), _program.Type("List", own.ThisType));
        }

        if (!implicitThis && element is not null)
        {
            return LowerElement(element, id, context);
        }

        if (Receivers.ThisPlace() is { } self && Receivers.ImplicitType(element is not null) is { } thisType)
        {
            if (element is not null || Members.FindMember(thisType, id.Name) is not null || Members.FindExtension(thisType, id.Name) is not null || TypeSystem.NonNull(thisType) is RecordType)
            {
                return Promoted(id, Access.GetMember(Receivers.This(self, thisType), id.Name, id));
            }
        }
        else if (element is not null)
        {
            throw _state.Error(id, $"Can't access '{id.Name}' here: there is no 'this'.");
        }

        switch (id.Name)
        {
            case "dynamic": return new Val(_pool.ConstNode(new ConstType(SimpleType.Dynamic)), _program.Type("Type"));
            case "Never": return new Val(_pool.ConstNode(new ConstType(SimpleType.Never)), _program.Type("Type"));
            case "void": return new Val(_pool.ConstNode(new ConstType(SimpleType.Void)), _program.Type("Type"));
        }

        throw _state.Error(id, $"Undefined name '{id.Name}'.");
    }

    /// <summary>A declaration as an expression.</summary>
    public Val LowerElement(object element, Syntax.Node at, DartType? context)
    {
        switch (element)
        {
            case Member { Kind: MemberKind.Field } field: return ReadStatic(field);
            case Member { Kind: MemberKind.Getter } getter:
                return Invocations.CallStatic(getter, ArgumentBinding.NoArguments, null, context, at);
            case Member { Kind: MemberKind.Method } method:
                return new Val(_pool.ConstNode(new ConstFunction(method, [], null)), _lowering.Signatures.Of(method));
            case ClassElement { Node.Kind: ClassKind.Extension }:
                throw _state.Error(at, "An extension can't be used as an expression.");
            case ClassElement cls:
                return new Val(_pool.ConstNode(new ConstType(cls.Name == "Null" && cls.Library.IsCore ? SimpleType.Null : new InterfaceType(cls, TypeScope.DefaultArgs(cls.TypeParams)))), _program.Type("Type"));
            case TypedefElement typedef:
                return new Val(TypeExpressions.TypeNode(new TypeScope(_program, typedef.Library, typedef.File, null).Resolve(new NamedTypeNode { Pos = at.Pos, Name = typedef.Name })), _program.Type("Type"));
            case PrefixElement:
                throw _state.Error(at, "A library prefix can't be used as an expression.");
            case AmbiguousElement a:
                throw _state.Error(at, $"'{a.Name}' is imported from more than one library.");
            default:
                throw _state.Error(at, "This can't be used as an expression.");
        }
    }

    private Val ReadStatic(Member field)
    {
        if (field.EnumValue is not null || field.Field!.Const)
        {
            var constant = _lowering.Constants.ValueOf(field);
            var type = _lowering.Signatures.FieldType(field);
            return new Val(_reprs.ConvertConstant(_pool.ConstNode(constant), constant, _reprs.Of(type)), type);
        }

        if (field.Field.External)
        {
            return new Val(Node.Call(_functions.ExternalAccessor(field, isSetter: false)), _lowering.Signatures.FieldType(field));
        }

        var variable = _statics.Variable(field);
        if (variable.IsEager)
        {
            return new Val(Node.Get(variable.Global), variable.Type);
        }

        return new Val(Node.Call(variable.Getter!), variable.Type);
    }

    /// <summary>A property, by whatever its target is.</summary>
    public Val LowerProperty(PropertyGet p, DartType? context)
    {
        if (p.Target is Super)
        {
            Receivers.CheckSuperMember(p.Name, p);
            return Promoted(p, Access.GetMember(Receivers.SuperReceiver(p.Name, p), p.Name, p, isSuper: true));
        }

        if (StaticTarget(p.Target) is { } target)
        {
            var found = LowerStaticProperty(target, p, context);
            return IsLoader(target, p) ? found : Loaded(p.Target, found);
        }

        var receiver = Chains.LowerReceiver(p.Target, p.NullAware);
        return Promoted(p, Access.GetMember(receiver, p.Name, p));
    }

    // A property as what it is known to be.
    private Val Promoted(Expr e, Val value) =>
        _promotions.PromotionKey(e) is { } key && _promotions.Promoted(key) is { } promoted ? new Val(_reprs.Convert(value.Node, _reprs.Of(promoted)), promoted) : value;

    /// <summary>A class, typedef of one or prefix that an expression names, or null. What stands for a type without static members is an expression, whose value is the type.</summary>
    public object? StaticTarget(Expr e)
    {
        switch (e)
        {
            case Ident or PropertyGet: return Named(e) is var named && named is TypedefElement typedef && !HasStatics(typedef, e) ? null : named;
            case Instantiation { Target: var inner } when StaticTarget(inner) is var generic && generic is ClassElement or TypedefElement:
                return ResolveTypeExpression(e) is not InterfaceType t ? null : generic is TypedefElement { IsVariable: true } ? generic : t;
            default: return null;
        }
    }

    // A class, typedef or prefix that a name means.
    private object? Named(Expr e)
    {
        switch (e)
        {
            case Ident id when _variables.Lookup(id.Name) is null && _state.Scope.LookupParam(id.Name) is null:
                var element = LookupNonLocal(id.Name, out var implicitThis);
                return implicitThis ? null : element is ClassElement or TypedefElement or PrefixElement ? element : null;
            case PropertyGet { NullAware: false, Target: Ident prefix } p when Named(prefix) is PrefixElement found:
                return found.Members.TryGetValue(p.Name, out var member) && member is ClassElement or TypedefElement ? member : null;
            default: return null;
        }
    }

    private bool HasStatics(TypedefElement typedef, Syntax.Node at) => _state.Scope.BodyOf(typedef, at) is InterfaceType or TypeParamType;

    /// <summary>The type that a class or typedef with type arguments stands for; null for other expressions.</summary>
    public DartType? InstantiatedType(Instantiation i) => Named(i.Target) is ClassElement or TypedefElement ? ResolveTypeExpression(i) : null;

    /// <summary>Whether a property is the function that loads a deferred library.</summary>
    public static bool IsLoader(object target, PropertyGet p) => p.Name == "loadLibrary" && target is PrefixElement { IsDeferred: true };

    /// <summary>A value that is found by a static target: where that belongs to a deferred library, with a check that the program asked for it.</summary>
    public Val Loaded(Expr target, Val value) => CheckLoaded(target) is { } check ? value with { Node = Node.Seq(check, value.Node) } : value;

    /// <summary>A check that a program asked for the deferred library that a static target belongs to; null where it belongs to none.</summary>
    public Node? CheckLoaded(Expr target) => target switch
    {
        Ident id => StaticTarget(id) is PrefixElement prefix ? CheckLoaded(prefix) : null,
        PropertyGet p => CheckLoaded(p.Target),
        Instantiation i => CheckLoaded(i.Target),
        _ => null,
    };

    /// <summary>A check that a program asked for the library that a prefix stands for; null where that is not deferred.</summary>
    public Node? CheckLoaded(PrefixElement prefix) => prefix.IsDeferred ? Invocations.CallCore("_checkLoaded", Node.I64(prefix.Deferred)) : null;

    /// <summary>An expression as the type that it may name.</summary>
    public NamedTypeNode? TypeNodeOf(Expr e) => e switch
    {
        Ident id => new NamedTypeNode { Pos = id.Pos, Name = id.Name },
        PropertyGet { Target: Ident prefix } p => new NamedTypeNode { Pos = p.Pos, Prefix = prefix.Name, Name = p.Name, IsExpression = true },
        Instantiation i when TypeNodeOf(i.Target) is { } named => new NamedTypeNode { Pos = i.Pos, Prefix = named.Prefix, Name = named.Name, Args = i.TypeArgs, IsExpression = true },
        _ => null,
    };

    /// <summary>Whether a property is a constructor of the class that its target names, or of the class that a typedef stands for.</summary>
    public bool IsConstructor(PropertyGet p)
    {
        var cls = StaticTarget(p.Target) switch
        {
            ClassElement named => named,
            InterfaceType type => type.Class,
            TypedefElement => (ResolveTypeExpression(p.Target) as InterfaceType)?.Class,
            _ => null,
        };
        return cls is not null && !cls.Statics.ContainsKey(p.Name) && cls.Constructors.ContainsKey(p.Name == "new" ? "" : p.Name);
    }

    private DartType? ResolveTypeExpression(Expr e) => TypeNodeOf(e) is { } node ? _state.Scope.Resolve(node) : null;

    /// <summary>A static member, constructor or member of a library.</summary>
    public Val LowerStaticProperty(object target, PropertyGet p, DartType? context)
    {
        switch (target)
        {
            case PrefixElement prefix:
                if (IsLoader(prefix, p))
                {
                    return new Val(Invocations.CallCore("_loaderOf", Node.I64(prefix.Deferred)), new FunctionType([], [], [], [], _program.Type("Future", SimpleType.Void)));
                }

                if (!prefix.Members.TryGetValue(p.Name, out var element))
                {
                    throw _state.Error(p, $"Undefined name '{p.Name}'.");
                }

                return LowerElement(element, p, context);
            case ClassElement cls:
                if (cls.Statics.TryGetValue(p.Name, out var member))
                {
                    return LowerElement(member, p, context);
                }

                if (cls.IsEnum && p.Name == "values")
                {
                    return new Val(_pool.ConstNode(_lowering.Constants.EnumValues(cls)), _program.Type("List", cls.ThisType));
                }

                if (cls.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor))
                {
                    return Tearoffs.ConstructorTearoff(constructor, null, context, p);
                }

                throw _state.Error(p, $"Member not found: '{p.Name}'.");
            case TypedefElement typedef:
                if (_state.Scope.Resolve(TypeNodeOf(p.Target)!) is InterfaceType aliased && !typedef.IsVariable)
                {
                    if (typedef is { Params.Count: > 0, IsRename: false } && !aliased.Class.Statics.ContainsKey(p.Name) && aliased.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var byAlias))
                    {
                        return Tearoffs.AliasTearoff(byAlias, typedef, context, p);
                    }

                    return LowerStaticProperty(typedef.Params.Count == 0 && aliased.Args.Length > 0 && !aliased.Class.Statics.ContainsKey(p.Name) ? aliased : aliased.Class, p, context);
                }

                throw _state.Error(p, $"Member not found: '{p.Name}'.");
            case InterfaceType type:
                if (type.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var instantiated))
                {
                    _body.Arguments.CheckBounds(type.Class.TypeParams, type.Args, p);
                    return Tearoffs.ConstructorTearoff(instantiated, type, context, p);
                }

                throw _state.Error(p, $"Member not found: '{p.Name}'.");
            default:
                throw _state.Error(p, $"Member not found: '{p.Name}'.");
        }
    }

    /// <summary>An application of an extension by its name, as a receiver whose type is the extension; null where an expression is none.</summary>
    /// <param name="e">The expression.</param>
    /// <param name="isNullAware">Whether nothing of it is asked where it is null.</param>
    public Val? ExtensionOverride(Expr e, bool isNullAware = false)
    {
        if (e is not Call { Args.Items.Count: 1 } call)
        {
            return null;
        }

        var name = call.Target is Ident id && _variables.Lookup(id.Name) is null ? LookupNonLocal(id.Name, out _) : call.Target is PropertyGet { Target: Ident prefix } p && StaticTarget(prefix) is PrefixElement pe ? pe.Members.GetValueOrDefault(p.Name) : null;
        if (name is not ClassElement { Node.Kind: ClassKind.Extension } extension)
        {
            return null;
        }

        DartType[]? explicitArgs = call.TypeArgs is null ? null : [.. call.TypeArgs.Select(_state.Scope.Resolve)];
        if (explicitArgs is not null && explicitArgs.Length != extension.TypeParams.Count)
        {
            throw _state.Error(call, $"Expected {extension.TypeParams.Count} type arguments.");
        }

        var context = extension.OnType!.Substitute(ArgumentBinding.MapOf(extension.TypeParams, explicitArgs ?? [.. extension.TypeParams.Select(_ => UnknownType.Instance)]));
        var receiver = Expressions.Lower(call.Args.Items[0].Value, context);
        if (isNullAware)
        {
            receiver = Chains.ShortOnNull(receiver);
        }

        var isDynamic = TypeSystem.IsDynamic(receiver.Type);
        var args = explicitArgs ?? Members.ExtensionArgs(extension, receiver.Type) ?? (isDynamic ? TypeScope.DefaultArgs(extension.TypeParams) : throw _state.Error(call, "The extension does not apply to this type."));
        var on = extension.OnType!.Substitute(ArgumentBinding.MapOf(extension.TypeParams, args));
        return new Val(_body.Coercions.Coerce(receiver, on, call), new InterfaceType(extension, args));
    }
}
