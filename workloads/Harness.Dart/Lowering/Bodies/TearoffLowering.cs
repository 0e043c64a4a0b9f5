using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Tear-offs: closures of methods, static functions and constructors, and of generic functions with type arguments given.</summary>
internal sealed class TearoffLowering(FunctionLowering body)
{
    /// <summary>What is said of type arguments behind the name of a constructor that is not called.</summary>
    internal const string ArgumentsOfConstructor = "A constructor can't have type arguments behind its name: they stand behind its class.";

    /// <summary>What is said of type arguments behind what takes none.</summary>
    internal const string NotGeneric = "Only a generic function can be instantiated.";

    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly ClosureTables _closureTables = body.Program.ClosureTables;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;

    private ChainLowering Chains => _body.Chains;
    private NameLowering Names => _body.Names;
    private ClosureCallLowering ClosureCalls => _body.ClosureCalls;
    private MemberLookup Members => _body.Members;
    private MemberAccess Access => _body.Access;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>A closure of a generic function with its type arguments given.</summary>
    public Val InstantiateClosure(Val value, FunctionType generic, FunctionType target, Syntax.Node at)
    {
        var upper = new Dictionary<TypeParam, DartType>();
        var lower = new Dictionary<TypeParam, DartType>();
        _types.Inference.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), target, [.. generic.TypeParams], lower, upper);
        // What the target's parameters are is the least that the function must take.
        var args = _types.Inference.Solve(generic.TypeParams, lower, upper, partial: false);
        return InstantiateWith(value, generic, args, at);
    }

    /// <summary>One of the values that an expression may have: where the context wants a function without type parameters, a generic one with type arguments, since the others may be no generic ones.</summary>
    public Val InContext(Val value, DartType? context, Syntax.Node at)
    {
        if (value.Type is not FunctionType { TypeParams.Length: > 0, Nullable: false } generic || context is null || TypeSystem.NonNull(context) is not FunctionType { TypeParams.Length: 0, HasUnknown: false } wanted)
        {
            return value;
        }

        var instance = InstantiateClosure(value, generic, wanted, at);
        return _types.IsSubtype(instance.Type, wanted) ? instance : value;
    }

    private Val InstantiateWith(Val value, FunctionType generic, DartType[] args, Syntax.Node at)
    {
        if (args.Length != generic.TypeParams.Length)
        {
            throw _state.Error(at, $"Expected {generic.TypeParams.Length} type arguments.");
        }

        _body.Arguments.CheckBounds(generic.TypeParams, args, at);
        var type = generic.Instantiate(args);
        if (value.Node.Op == IrOp.GlobalGet && _pool.FunctionConstant((IrGlobal)value.Node.Data!) is { } constant && args.All(a => !a.Any(t => t is TypeParamType)))
        {
            return new Val(_pool.ConstNode(constant.Instantiate(args)), type);
        }

        // The new closure keeps the old one and the type arguments.
        var context = _closureTables.InstantiationContext;
        var shape = _closureTables.InstantiationShape(type);
        var vtable = _closureTables.MakeVTable("instantiation", shape.Shape, shape.Names, direct: null, dynamicOnly: false);
        var cls = _program.CoreClass("_Closure");
        return new Val(Node.New(_target.Closure, _pool.HeaderOf(cls), Node.I32(0), Node.New(context, _reprs.Convert(value.Node, WType.Ref(_target.Closure)), TypeExpressions.TypeArray(args)), Node.Get(vtable), TypeExpressions.TypeNode(type)), type);
    }

    /// <summary>A function with type arguments, or a type.</summary>
    public Val LowerInstantiation(Instantiation i)
    {
        if (Names.InstantiatedType(i) is { } type)
        {
            return new Val(TypeExpressions.TypeNode(type), _program.Type("Type"));
        }

        if (i.Target is PropertyGet p && Names.IsConstructor(p))
        {
            throw _state.Error(i, ArgumentsOfConstructor);
        }

        var args = i.TypeArgs.Select(_state.Scope.Resolve).ToArray();
        var value = Chains.LowerTarget(i.Target);
        if (!value.Type.Nullable && ClosureCalls.CallableType(value.Type) is { TypeParams.Length: > 0 } generic)
        {
            return InstantiateWith(value, generic, args, i);
        }

        var member = Members.FindMember(value.Type, "call")?.Member ?? Members.FindExtension(value.Type, "call", i)?.Member;
        if (member is { Kind: MemberKind.Method } && Access.GetMember(value, "call", i) is { Type: FunctionType { TypeParams.Length: > 0 } method } call)
        {
            return InstantiateWith(call, method, args, i);
        }

        throw _state.Error(i, NotGeneric);
    }

    /// <summary>The closure of a constructor.</summary>
    public Val ConstructorTearoff(Member constructor, InterfaceType? type, DartType? context, Syntax.Node at)
    {
        var cls = constructor.Owner!;
        var signature = _lowering.Signatures.Of(constructor);
        if (constructor.TearoffError is { } error)
        {
            throw _state.Error(at, error);
        }

        if (cls.TypeParams.Count > 0 && type is null)
        {
            var wanted = context is null ? null : TypeSystem.NonNull(context) as FunctionType;
            var generic = new FunctionType([.. cls.TypeParams], signature.Required, signature.Optional, signature.Named, cls.ThisType);
            if (wanted is { TypeParams.Length: 0 })
            {
                var lower = new Dictionary<TypeParam, DartType>();
                var upper = new Dictionary<TypeParam, DartType>();
                _types.Inference.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), wanted, [.. cls.TypeParams], lower, upper);
                type = new InterfaceType(cls, _types.Inference.Solve(cls.TypeParams, lower, upper, partial: false));
            }
            else
            {
                return new Val(_pool.ConstNode(new ConstFunction(constructor, [], null)), generic);
            }
        }

        type ??= new InterfaceType(cls, []);
        var bound = (FunctionType)signature.Substitute(type.Map());
        var instantiated = new FunctionType([], bound.Required, bound.Optional, bound.Named, type);
        if (type.IsClosed)
        {
            return new Val(_pool.ConstNode(new ConstFunction(constructor, type.Args, type)), instantiated);
        }

        var closure = _pool.ConstNode(new ConstFunction(constructor, [], null));
        return InstantiateWith(new Val(closure, new FunctionType([.. cls.TypeParams], signature.Required, signature.Optional, signature.Named, cls.ThisType)), new FunctionType([.. cls.TypeParams], signature.Required, signature.Optional, signature.Named, cls.ThisType), type.Args, at);
    }

    /// <summary>The closure of a constructor by a typedef that is more than another name of the class: the typedef's parameters are the closure's.</summary>
    public Val AliasTearoff(Member constructor, TypedefElement alias, DartType? context, Syntax.Node at)
    {
        if (constructor.TearoffError is { } error)
        {
            throw _state.Error(at, error);
        }

        var closure = new ConstFunction(constructor, [], null, alias);
        var generic = closure.GenericType(_lowering.Signatures.Of(constructor));
        if (context is null || TypeSystem.NonNull(context) is not FunctionType { TypeParams.Length: 0 } wanted)
        {
            return new Val(_pool.ConstNode(closure), generic);
        }

        var lower = new Dictionary<TypeParam, DartType>();
        var upper = new Dictionary<TypeParam, DartType>();
        _types.Inference.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), wanted, [.. alias.Params], lower, upper);
        var made = alias.Type!.Substitute(ArgumentBinding.MapOf(alias.Params, _types.Inference.Solve(alias.Params, lower, upper, partial: false)));
        return ConstructorTearoff(constructor, (InterfaceType)made, context, at);
    }

    /// <summary>The closure of an extension's method with its receiver.</summary>
    public Val ExtensionTearoff(Member member, DartType[] args, Node receiver)
    {
        var signature = (FunctionType)_lowering.Signatures.Of(member).Substitute(ArgumentBinding.MapOf(member.Owner!.TypeParams, args));
        var function = _functions.StaticFunction(member);
        var context = new StructDef("extension", null);
        foreach (var p in function.Params.Take(args.Length + 1))
        {
            context.Add(p.Type, false, p.Name);
        }

        var ordered = _functions.OrderedParams(member).ToList();
        var shape = new ClosureShape
        {
            Type = signature,
            Call = (f, closure, types, values) =>
            {
                var c = f.AddLocal(WType.Ref(context), "context");
                var set = Node.Set(c, new Node { Op = IrOp.Cast, Type = WType.Ref(context), Args = [Node.Field(_target.Closure, 2, closure)] });
                var nodes = Enumerable.Range(0, args.Length + 1).Select(i => Node.Field(context, i, Node.Get(c))).ToList();
                nodes.AddRange(types);
                foreach (var v in values)
                {
                    nodes.Add(_reprs.Convert(v, function.Params[nodes.Count].Type));
                }

                return Node.Seq(set, _reprs.Convert(Node.Call(function, [.. nodes]), _target.AnyRef));
            },
            Default = i => _pool.Boxed(_lowering.Constants.DefaultOf(member, ordered[i])),
            ParamType = i => ordered[i].Type,
        };
        var vtable = _closureTables.MakeVTable(member.FullName, shape, ordered.Select(p => p.Kind == ParamKind.Named ? p.Name : null).ToList(), direct: null);
        var cls = _program.CoreClass("_Closure");
        return new Val(Node.New(_target.Closure, _pool.HeaderOf(cls), Node.I32(0), Node.New(context, [.. args.Select(TypeExpressions.TypeNode), _reprs.Convert(receiver, function.Params[args.Length].Type)]), Node.Get(vtable), TypeExpressions.TypeNode(signature)), signature);
    }

    /// <summary>The function that takes a method off an object: the closure's context is the object.</summary>
    public static void LowerTearoffGetter(ProgramLowering p, IrFunction function, IrLocal receiver, Member member)
    {
        var lowering = new FunctionLowering(p, function, p.Signatures.ScopeOf(member), member);
        var target = p.Functions.InstanceFunction(member);
        LowerTearoff(lowering, receiver, member, p.Selectors.SelectorOf(member), p.Signatures.Of(member), !member.Function!.External, (_, arguments) => Node.Call(target, [.. arguments]));
    }

    /// <summary>The function that takes a method off an object whose class answers to it by its noSuchMethod.</summary>
    /// <param name="p">The program.</param>
    /// <param name="function">The function.</param>
    /// <param name="receiver">Its parameter, the object.</param>
    /// <param name="member">A declaration of the method.</param>
    /// <param name="selector">The method.</param>
    /// <param name="cls">The class.</param>
    /// <param name="target">What the closure calls; null for what the object has for the method.</param>
    public static void LowerForwardedTearoff(ProgramLowering p, IrFunction function, IrLocal receiver, Member member, Selector selector, ClassElement cls, IrFunction? target)
    {
        var lowering = new FunctionLowering(p, function, p.Signatures.ScopeOf(member), member) { State = { Class = cls } };
        var signature = (FunctionType)p.Signatures.Of(member).Substitute(p.Types.AsInstanceOf(cls.ThisType, member.Owner!) is { } owner ? owner.Map() : []);
        LowerTearoff(lowering, receiver, member, selector, signature, hasChecks: false, (inFunction, arguments) => target is null ? p.Calls.Add(selector, inFunction, arguments[0], cls, arguments[1..]) : Node.Call(target, [.. arguments]));
    }

    // The closure checks what it is given for covariant parameters where the function that it calls has no checks, or cannot be given it.
    private static void LowerTearoff(FunctionLowering lowering, IrLocal receiver, Member member, Selector selector, FunctionType signature, bool hasChecks, Func<IrFunction, List<Node>, Node> call)
    {
        var (p, function) = (lowering.Program, lowering.State.Function);
        lowering.Receivers.BindThis(receiver);
        var any = p.Program.Object.WithNullable(true);
        var ordered = p.Functions.OrderedParams(member).ToList();
        var covariant = ordered.Select((o, i) => p.Selectors.IsCovariant(member, ParamPlace.Of(o, i))).ToList();
        bool IsChecked(int i, WType taken, Node value) =>
            covariant[i] && value.Op == IrOp.Get && p.Options.Casts != CheckKind.Trusted && !TypeSystem.IsTop(ordered[i].Type)
            && !(hasChecks && p.Target.AnyRef.IsSubtypeOf(taken) && ParameterLowering.IsChecked(p, member, ordered[i], i));
        var shape = new ClosureShape
        {
            Type = signature,
            Call = (f, closure, types, values) =>
            {
                FunctionLowering? checks = null;
                var nodes = new List<Node> { new() { Op = IrOp.Cast, Type = selector.Receiver, Args = [Node.Field(p.Target.Closure, 2, closure)] } };
                nodes.AddRange(types);
                for (var i = 0; i < selector.Params.Count; i++)
                {
                    var sp = selector.Params[i];
                    var index = sp.Name is null ? (i < ordered.Count && ordered[i].Kind != ParamKind.Named ? i : -1) : ordered.FindIndex(o => o.Kind == ParamKind.Named && o.Name == sp.Name);
                    if (index >= 0 && IsChecked(index, sp.Type, values[index]))
                    {
                        checks ??= ChecksOf(lowering, member, f, nodes, types);
                        nodes.Add(p.Reprs.Convert(checks.Coercions.CheckedCast(new Val(values[index], SimpleType.Dynamic), ordered[index].Type, ordered[index].Node), sp.Type));
                        continue;
                    }

                    nodes.Add(index >= 0 ? p.Reprs.Convert(values[index], sp.Type) : p.Pool.LeftOut(sp));
                }

                var result = p.Reprs.Convert(call(f, nodes), p.Target.AnyRef);
                return checks is null ? result : Node.Seq([.. checks.Output.Nodes, result]);
            },
            Default = i => p.Pool.Boxed(p.Constants.DefaultOf(member, ordered[i])),
            ParamType = i => covariant[i] ? any : ordered[i].Type,
        };
        var vtable = p.ClosureTables.MakeVTable(member.FullName, shape, ordered.Select(o => o.Kind == ParamKind.Named ? o.Name : null).ToList(), direct: null);
        var cls = p.Program.CoreClass("_Closure");
        var closure = Node.New(p.Target.Closure, p.Pool.HeaderOf(cls), Node.I32(0), Node.Get(receiver), Node.Get(vtable), lowering.TypeExpressions.TypeNode(WithCheckedParameters(signature, member, p)));
        function.Body = Node.Seq([.. lowering.Output.Nodes, closure]);
    }

    // Where the entry of a closure checks what it is given, by the type arguments of the call and of the receiver, which is the first argument and is held in a local.
    private static FunctionLowering ChecksOf(FunctionLowering tearoff, Member member, IrFunction entry, List<Node> arguments, IReadOnlyList<Node> types)
    {
        var checks = new FunctionLowering(tearoff.Program, entry, tearoff.State.Scope, member) { State = { Class = tearoff.State.Class } };
        var receiver = entry.AddLocal(arguments[0].Type, "receiver", definite: true);
        checks.Output.Nodes.Add(Node.Set(receiver, arguments[0]));
        arguments[0] = Node.Get(receiver);
        checks.Receivers.BindThis(receiver);
        checks.Parameters.BindTypeParams(member.TypeParams, types.Select(t => (IrLocal)t.Data!));
        return checks;
    }

    // The type of the closure of a method when the program runs: it takes anything for its covariant parameters, which it checks.
    private static FunctionType WithCheckedParameters(FunctionType signature, Member member, ProgramLowering p)
    {
        var any = p.Program.Object.WithNullable(true);
        if (member.Function!.Params.Count == 0)
        {
            return signature;
        }

        bool IsChecked(int position, string? name) => p.Selectors.IsCovariant(member, new ParamPlace(position, name));
        return new FunctionType(
            signature.TypeParams,
            [.. signature.Required.Select((t, i) => IsChecked(i, null) ? any : t)],
            [.. signature.Optional.Select((t, i) => IsChecked(signature.Required.Length + i, null) ? any : t)],
            [.. signature.Named.Select(n => IsChecked(0, n.Name) ? n with { Type = any } : n)],
            signature.Result);
    }

    /// <summary>The constant closure of a static function or constructor.</summary>
    public static Node StaticClosure(ProgramLowering p, ConstFunction f)
    {
        var member = f.Function;
        var isConstructor = member.Kind == MemberKind.Constructor;
        var generic = f.GenericType(p.Signatures.Of(member));
        var byAlias = f.Alias?.Type is InterfaceType aliased ? aliased.Map() : [];
        var given = f.TypeArgs.Length > 0 ? ArgumentBinding.MapOf(f.Alias?.Params ?? (isConstructor ? member.Owner!.TypeParams : member.TypeParams), f.TypeArgs) : [];
        var type = f.TypeArgs.Length > 0 ? generic.Instantiate(f.TypeArgs) : generic;
        var ordered = p.Functions.OrderedParams(member).ToList();
        IrFunction? target = null;
        var shape = new ClosureShape
        {
            Type = type,
            Call = (fn, closure, types, values) =>
            {
                if (target is null)
                {
                    if (member.Function!.External && member.Library.IsCore)
                    {
                        target = p.Functions.ExternalWrapper(member);
                    }
                    else if (isConstructor && member.Function.Redirect is not null)
                    {
                        target = p.Functions.ConstructorFunction(member);
                    }
                    else
                    {
                        target = isConstructor ? p.Functions.ConstructorFunction(member) : p.Functions.StaticFunction(member);
                    }
                }

                var nodes = f.TypeArgs.Length > 0 ? [.. f.TypeArgs.Select(t => p.Pool.ConstNode(new ConstType(t)))] : types.ToList();
                var before = f.Alias is null ? [] : AliasArguments(p, fn, f.Alias, nodes);
                foreach (var v in values)
                {
                    nodes.Add(p.Reprs.Convert(v, target.Params[nodes.Count].Type));
                }

                return Node.Seq([.. before, p.Reprs.Convert(Node.Call(target, [.. nodes]), p.Target.AnyRef)]);
            },
            Default = i => p.Pool.Boxed(p.Constants.DefaultOf(member, ordered[i])),
            ParamType = i => ordered[i].Type.Substitute(byAlias).Substitute(given),
        };
        var vtable = p.ClosureTables.MakeVTable(member.FullName, shape, ordered.Select(o => o.Kind == ParamKind.Named ? o.Name : null).ToList(), direct: null);
        var cls = p.Program.CoreClass("_Closure");
        return Node.New(p.Target.Closure, p.Pool.HeaderOf(cls), Node.I32(0), Node.Null(HeapDef.Struct), Node.Get(vtable), p.Pool.ConstNode(new ConstType(type)));
    }

    // Replaces the arguments of a typedef by those that it gives its class; returns what must run before.
    private static List<Node> AliasArguments(ProgramLowering p, IrFunction function, TypedefElement alias, List<Node> arguments)
    {
        var lowering = new FunctionLowering(p, function, new TypeScope(p.Program, alias.Library, alias.File, null), null);
        var before = new List<Node>();
        foreach (var (parameter, argument) in alias.Params.Zip(arguments))
        {
            var local = function.AddLocal(p.Target.TopRef, parameter.Name);
            before.Add(Node.Set(local, argument));
            lowering.TypeExpressions.Parameters[parameter] = new LocalVariable(parameter.Name, SimpleType.Dynamic) { Owner = lowering, Local = local, Repr = p.Target.TopRef };
        }

        arguments.Clear();
        arguments.AddRange(((InterfaceType)alias.Type!).Args.Select(lowering.TypeExpressions.TypeNode));
        return before;
    }
}
