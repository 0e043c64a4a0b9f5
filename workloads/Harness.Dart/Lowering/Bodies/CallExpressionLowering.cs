using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Call expressions: what is called, by the form of the callee.</summary>
internal sealed class CallExpressionLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly FunctionState _state = body.State;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    private ChainLowering Chains => _body.Chains;
    private NameLowering Names => _body.Names;
    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;
    private ClosureCallLowering ClosureCalls => _body.ClosureCalls;
    private ConstructionLowering Constructions => _body.Constructions;
    private VariableLowering Locals => _body.Locals;

    /// <summary>A call, whatever its callee turns out to be.</summary>
    public Val LowerCall(Call c, DartType? context)
    {
        var typeArgs = c.TypeArgs?.Select(_state.Scope.Resolve).ToList();
        switch (c.Target)
        {
            case Super:
                return Invocations.CallNamed(Receivers.SuperReceiver("call", c), "call", c.Args, typeArgs, context, c, isSuper: true);
            case Ident id when _variables.Lookup(id.Name) is { } variable:
                return ClosureCalls.CallClosure(Locals.Read(variable, id), c.Args, typeArgs, context, c);
            case Ident id when _state.Scope.LookupParam(id.Name) is null:
                var element = Names.LookupNonLocal(id.Name, out var implicitThis);
                if (element is not null && !implicitThis)
                {
                    return CallElement(element, c, typeArgs, context);
                }

                if (implicitThis && _promotions.PromotionKey(id) is { } promotedKey && _promotions.Promoted(promotedKey) is not null)
                {
                    return ClosureCalls.CallClosure(Names.LowerIdent(id, null), c.Args, typeArgs, context, c);
                }

                if (Receivers.ThisPlace() is { } self && Receivers.ImplicitType(element is not null) is { } thisType)
                {
                    return Invocations.CallNamed(Receivers.This(self, thisType), id.Name, c.Args, typeArgs, context, id);
                }

                throw _state.Error(id, element is null ? $"Method not found: '{id.Name}'." : $"Can't access '{id.Name}' here: there is no 'this'.");
            case PropertyGet p:
                if (p.Target is Super)
                {
                    return Invocations.CallNamed(Receivers.SuperReceiver(p.Name, c), p.Name, c.Args, typeArgs, context, p, isSuper: true);
                }

                if (Names.StaticTarget(p.Target) is { } target)
                {
                    var called = CallStaticTarget(target, p, c, typeArgs, context);
                    return NameLowering.IsLoader(target, p) ? called : Names.Loaded(p.Target, called);
                }

                return Invocations.CallNamed(Chains.LowerReceiver(p.Target, p.NullAware), p.Name, c.Args, typeArgs, context, p);
            case Instantiation when Names.StaticTarget(c.Target) is InterfaceType type:
                return Names.Loaded(c.Target, Constructions.Construct(type.Class, type.Args, null, c.Args, context, c));
        }

        return ClosureCalls.CallClosure(Chains.LowerReceiver(c.Target, isNullAware: false), c.Args, typeArgs, context, c);
    }

    private Val CallElement(object element, Call c, List<DartType>? typeArgs, DartType? context)
    {
        switch (element)
        {
            case Member { Kind: MemberKind.Method } method:
                return Invocations.CallStatic(method, c.Args, typeArgs, context, c);
            case Member:
                return ClosureCalls.CallClosure(Names.LowerElement(element, c, null), c.Args, typeArgs, context, c);
            case ClassElement { Node.Kind: ClassKind.Extension } extension:
                throw _state.Error(c, $"The application of the extension '{extension.Name}' can't be used as an expression.");
            case ClassElement cls:
                return Constructions.Construct(cls, typeArgs?.ToArray(), null, c.Args, context, c);
            case TypedefElement typedef when _state.Scope.Resolve(new NamedTypeNode { Pos = c.Pos, Name = typedef.Name, Args = c.TypeArgs ?? [] }) is InterfaceType aliased && !typedef.IsVariable:
                if (typeArgs is not null)
                {
                    _body.Arguments.CheckBounds(typedef.Params, [.. typeArgs], c);
                }

                return Constructions.Construct(aliased.Class, aliased.Args, null, c.Args, context, c);
            default:
                throw _state.Error(c, "This can't be called.");
        }
    }

    private Val CallStaticTarget(object target, PropertyGet p, Call c, List<DartType>? typeArgs, DartType? context)
    {
        switch (target)
        {
            case PrefixElement prefix when NameLowering.IsLoader(prefix, p) && c.Args.Items.Count == 0:
                return new Val(Invocations.CallCore("_loadLibrary", Node.I64(prefix.Deferred)), _program.Type("Future", SimpleType.Void));
            case PrefixElement prefix:
                if (!prefix.Members.TryGetValue(p.Name, out var element))
                {
                    throw _state.Error(p, $"Method not found: '{p.Name}'.");
                }

                if (element is TypedefElement imported)
                {
                    return _state.Scope.Resolve(new NamedTypeNode { Pos = c.Pos, Prefix = prefix.Name, Name = p.Name, Args = c.TypeArgs ?? [], IsExpression = true }) is InterfaceType t && !imported.IsVariable ? Constructions.Construct(t.Class, t.Args, null, c.Args, context, c) : throw _state.Error(c, "This can't be called.");
                }

                return CallElement(element, c, typeArgs, context);
            case ClassElement cls:
                if (cls.Statics.TryGetValue(p.Name, out var member))
                {
                    return CallElement(member, c, typeArgs, context);
                }

                if (cls.Constructors.ContainsKey(p.Name == "new" ? "" : p.Name))
                {
                    return Constructions.Construct(cls, null, NameOf(p, c), c.Args, context, c);
                }

                throw _state.Error(p, $"Method not found: '{cls.Name}.{p.Name}'.");
            case TypedefElement typedef when _state.Scope.Resolve(Names.TypeNodeOf(p.Target)!) is InterfaceType aliased && !typedef.IsVariable:
                if (aliased.Class.Statics.ContainsKey(p.Name))
                {
                    return CallStaticTarget(aliased.Class, p, c, typeArgs, context);
                }

                return Constructions.Construct(aliased.Class, typedef.Params.Count > 0 ? null : aliased.Args, NameOf(p, c), c.Args, context, c);
            case InterfaceType type:
                return Constructions.Construct(type.Class, type.Args, NameOf(p, c), c.Args, context, c);
            default:
                throw _state.Error(p, $"Method not found: '{p.Name}'.");
        }
    }

    // The name of a constructor that is called by it; null for the one without a name.
    private string? NameOf(PropertyGet p, Call c)
    {
        if (c.TypeArgs is not null)
        {
            throw _state.Error(c, "A constructor invocation can't have type arguments after the constructor name.");
        }

        return p.Name == "new" ? null : p.Name;
    }

    /// <summary><c>new</c> and <c>const</c> with a constructor.</summary>
    public Val LowerNew(NewExpr n, DartType? context)
    {
        var (node, name) = ConstructionLowering.SplitConstructorName(n.Type, n.Constructor, _state.Scope);
        var alias = _state.Scope.AliasOf(node);
        if (_state.Scope.Resolve(node) is not InterfaceType { Nullable: false } type || alias is { IsVariable: true })
        {
            throw _state.Error(n, "This type can't be instantiated.");
        }

        if (n.Const && node.Prefix is { } deferred && _state.Scope.Library.Prefixes[deferred].IsDeferred)
        {
            throw _state.Error(n, "Not a constant expression: its library is deferred.");
        }

        if (n.Const)
        {
            _body.Program.Constants.Resolve(ConstEvaluator.EnvOf(_body), node);
        }

        var typedefArgs = node.Args.Count > 0 || alias is { Params.Count: 0 } && type.Args.Length > 0;
        var made = Constructions.Construct(type.Class, typedefArgs ? type.Args : null, name, n.Args, context, n, n.Const);
        return node.Prefix is not null && _state.Scope.Library.Prefixes.TryGetValue(node.Prefix, out var prefix) && Names.CheckLoaded(prefix) is { } check ? made with { Node = Node.Seq(check, made.Node) } : made;
    }
}
