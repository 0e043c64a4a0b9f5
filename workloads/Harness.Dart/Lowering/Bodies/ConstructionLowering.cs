using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Calls of constructors.</summary>
internal sealed class ConstructionLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly Specialisations _specialisations = body.Program.Specialisations;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly FunctionState _state = body.State;

    private ArgumentBinding Arguments => _body.Arguments;
    private IntrinsicLowering Intrinsics => _body.Intrinsics;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>Makes an object by a constructor.</summary>
    public Val Construct(ClassElement cls, DartType[]? typeArgs, string? name, Arguments args, DartType? context, Syntax.Node at, bool isConst = false)
    {
        if (!cls.Constructors.TryGetValue(name ?? "", out var constructor))
        {
            throw _state.Error(at, name is null ? $"Couldn't find constructor '{cls.Name}'." : $"Couldn't find constructor '{cls.Name}.{name}'.");
        }

        if (cls.IsAbstract && !constructor.Function!.Factory)
        {
            throw _state.Error(at, cls.Node.Kind == ClassKind.Mixin ? "Mixins can't be instantiated." : $"The class '{cls.Name}' is abstract and can't be instantiated.");
        }

        if (cls.IsEnum && !constructor.Function!.Factory)
        {
            throw _state.Error(at, "Enums can't be instantiated.");
        }

        if (typeArgs is { Length: > 0 } && typeArgs.Length != cls.TypeParams.Count)
        {
            throw _state.Error(at, $"Expected {cls.TypeParams.Count} type arguments.");
        }

        if (isConst || constructor.ReadsEnvironment)
        {
            var constant = _lowering.Constants.EvaluateConstruct(constructor, typeArgs, args, context, _body, at);
            return new Val(_pool.ConstNode(constant), _lowering.Constants.Types.OfObject(new InterfaceType(cls, typeArgs ?? []), typeArgs is { Length: > 0 }, constant));
        }

        var signature = _lowering.Signatures.Of(constructor);
        BoundArguments bound;
        if (cls.TypeParams.Count > 0)
        {
            bound = Arguments.BindArguments(signature, args, typeArgs, context, at, cls.TypeParams, cls.ThisType);
        }
        else
        {
            bound = Arguments.BindArguments(signature, args, null, context, at);
        }

        var type = new InterfaceType(cls, cls.TypeParams.Count > 0 ? bound.TypeArgs : []);
        if (constructor.Function!.External && Intrinsics.Intrinsic(constructor, null, bound, at) is { } intrinsic)
        {
            return new Val(ArgumentBinding.Sequenced(bound.Before, intrinsic), type);
        }

        DartType[] known = [.. type.Args.Select(_reprs.Resolve)];
        if (known.Length == 1 && _specialisations.NumberListFor(new InterfaceType(cls, known), _state.Library) is { } numbers && numbers.Constructors.TryGetValue(constructor.Name, out var ofNumbers))
        {
            var make = _functions.ConstructorFunction(ofNumbers);
            return new Val(ArgumentBinding.Sequenced(bound.Before, _reprs.Convert(Node.Call(make, [.. Arguments.ArgumentsFor(ofNumbers, bound, make.Params, 0)]), _reprs.Of(type))), type);
        }

        if (constructor.Function.Redirect is not null)
        {
            var (target, targetType) = RedirectTarget(constructor, type, at);
            target = _specialisations.ConstructorFor(target, [.. targetType.Args.Select(_reprs.Resolve)]);
            var redirected = _functions.ConstructorFunction(target);
            var redirectedNodes = targetType.Args.Select(TypeExpressions.TypeNode).ToList();
            redirectedNodes.AddRange(Arguments.ArgumentsFor(target, bound, redirected.Params, redirectedNodes.Count));
            return new Val(ArgumentBinding.Sequenced(bound.Before, _reprs.Convert(Node.Call(redirected, [.. redirectedNodes]), _reprs.Of(type))), type);
        }

        constructor = _specialisations.ConstructorFor(constructor, known);
        var function = _functions.ConstructorFunction(constructor);
        var nodes = type.Args.Select(TypeExpressions.TypeNode).ToList();
        nodes.AddRange(Arguments.ArgumentsFor(constructor, bound, function.Params, nodes.Count));
        return new Val(ArgumentBinding.Sequenced(bound.Before, Node.Call(function, [.. nodes])), type);
    }

    /// <summary>Follows redirecting factories to the constructor that makes the object.</summary>
    public (Member Target, InterfaceType Type) RedirectTarget(Member constructor, InterfaceType type, Syntax.Node at)
    {
        for (var i = 0; i < 100; i++)
        {
            if (constructor.Function!.Redirect is null)
            {
                return (constructor, type);
            }

            (constructor, type) = NextTarget(constructor, type);
        }

        throw _state.Error(at, "Cyclic definition of a factory.");
    }

    /// <summary>Finds what is wrong with the constructor that a factory names: it must make objects, constant ones for a constant factory, and take and give what the factory does.</summary>
    public void CheckRedirect(Member factory)
    {
        var (target, type) = NextTarget(factory, factory.Owner!.ThisType);
        DartErrorException Error(string message) => new(factory.File, factory.Function!.Redirect!.Pos, message);
        if (factory.Function!.Const && !target.Function!.Const)
        {
            throw Error("A constant factory can't redirect to a constructor that isn't constant.");
        }

        if (!target.Function!.Factory && (type.Class.IsAbstract || type.Class.IsEnum))
        {
            throw Error($"A factory can't redirect to a generative constructor of '{type.Class.Name}', which is {(type.Class.IsEnum ? "an enum" : "abstract")}.");
        }

        if (factory.Function.Redirect!.Args.Count > 0 && BoundChecks.Misfit(_types, type.Class.TypeParams, type.Args) is { } index)
        {
            throw Error(BoundChecks.Describe(type.Class.TypeParams, type.Args, index));
        }

        var (own, other) = (_lowering.Signatures.Of(factory), _lowering.Signatures.Of(target).Substitute(type.Map()));
        if (!_types.IsSubtype(other, own))
        {
            throw Error($"The constructor function type '{other}' isn't a subtype of '{own}', that of the factory.");
        }
    }

    // What a factory redirects to, with the type that it makes.
    private (Member Target, InterfaceType Type) NextTarget(Member constructor, InterfaceType type)
    {
        var redirect = constructor.Function!.Redirect!;
        var scope = _lowering.Signatures.ScopeOf(constructor);
        var (node, name) = SplitConstructorName(redirect, constructor.Function.RedirectName, scope);
        if (scope.Resolve(node) is not InterfaceType target || scope.AliasOf(node) is { IsVariable: true })
        {
            throw new DartErrorException(constructor.File, redirect.Pos, "Not a class.");
        }

        if (node.Args.Count == 0 && target.Class.TypeParams.Count > 0)
        {
            // The arguments follow from the type that is asked for.
            var upper = new Dictionary<TypeParam, DartType>();
            _types.Inference.Constrain(target.Class.ThisType, constructor.Owner!.ThisType, [.. target.Class.TypeParams], [], upper);
            target = target.Class == constructor.Owner ? target.Class.ThisType : new InterfaceType(target.Class, _types.Inference.Solve(target.Class.TypeParams, [], upper, partial: false));
        }

        type = (InterfaceType)target.Substitute(ArgumentBinding.MapOf(constructor.Owner!.TypeParams, type.Args));
        if (!type.Class.Constructors.TryGetValue(name ?? "", out var next))
        {
            throw new DartErrorException(constructor.File, redirect.Pos, $"Couldn't find constructor '{type.Class.Name}{(name is null ? "" : "." + name)}'.");
        }

        return (next, type);
    }

    /// <summary>The class and the constructor that a dotted name stands for.</summary>
    public static (NamedTypeNode Node, string? Name) SplitConstructorName(NamedTypeNode node, string? name, TypeScope scope)
    {
        // 'prefix.Class' and 'Class.name' look alike.
        if (name is not null && node.Prefix is null && scope.Library.Prefixes.ContainsKey(node.Name) && scope.LookupParam(node.Name) is null)
        {
            return (new NamedTypeNode { Pos = node.Pos, Prefix = node.Name, Name = name, Args = node.Args, IsExpression = node.IsExpression }, null);
        }

        return (node, name == "new" ? null : name);
    }
}
