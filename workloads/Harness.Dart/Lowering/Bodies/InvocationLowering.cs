using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Calls of functions and methods that are known by their declaration.</summary>
internal sealed class InvocationLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly Selectors _selectors = body.Program.Selectors;
    private readonly Specialisations _specialisations = body.Program.Specialisations;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly DynamicCalls _dynamicCalls = body.Program.DynamicCalls;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private ReceiverLowering Receivers => _body.Receivers;
    private ArgumentBinding Arguments => _body.Arguments;
    private ClosureCallLowering ClosureCalls => _body.ClosureCalls;
    private MemberLookup Members => _body.Members;
    private MemberAccess Access => _body.Access;
    private IntrinsicLowering Intrinsics => _body.Intrinsics;
    private Coercions Coercions => _body.Coercions;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>Calls a static function or an extension's member.</summary>
    public Val CallStatic(Member target, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at)
    {
        var signature = _lowering.Signatures.Of(target);
        var bound = Arguments.BindArguments(signature, args, typeArgs, context, at);
        if (target.Function!.External && Intrinsics.Intrinsic(target, null, bound, at) is { } intrinsic)
        {
            return new Val(ArgumentBinding.Sequenced(bound.Before, intrinsic), bound.Signature.Result);
        }

        if (bound.TypeArgs.Length > 0)
        {
            target = _specialisations.FunctionFor(target, [.. bound.TypeArgs.Select(_reprs.Resolve)]);
        }

        var function = _functions.StaticFunction(target);
        var nodes = bound.TypeArgs.Select(TypeExpressions.TypeNode).ToList();
        nodes.AddRange(Arguments.ArgumentsFor(target, bound, function.Params, nodes.Count));
        return new Val(ArgumentBinding.Sequenced(bound.Before, Narrowed(Node.Call(function, [.. nodes]), function.Result, bound.Signature.Result)), bound.Signature.Result);
    }

    /// <summary>A result in the representation of its type at the place of the call.</summary>
    public Node Narrowed(Node call, WType result, DartType type)
    {
        if (TypeSystem.IsNever(type) && !call.IsNever)
        {
            return Node.Seq(Node.Drop(call), Node.Unreachable());
        }

        if (TypeSystem.IsVoid(type) || result.Kind == WKind.None)
        {
            return call;
        }

        var repr = _reprs.Of(type);
        return _reprs.Convert(call, repr);
    }

    /// <summary>
    /// What a member of an object gives, with a check where its type may be another than the receiver's static type has it: where the declared one has a class's type parameters in other than covariant
    /// positions. Objects know their own, but extensions do not know the objects that they extend; and the core library reads nothing of others that has such a type.
    /// </summary>
    /// <param name="value">What it gives.</param>
    /// <param name="declared">The type in terms of the parameters of the member's class.</param>
    /// <param name="actual">The type that the receiver's static type makes of it.</param>
    /// <param name="receiver">The receiver.</param>
    /// <param name="at">Where.</param>
    public Node CheckedResult(Node value, DartType declared, DartType actual, Val receiver, Syntax.Node at) =>
        _state.Library.IsCore || receiver.IsOwn || !Variance.IsCheckedResult(declared) ? value : Coercions.CheckedCast(new Val(value, SimpleType.Dynamic), actual, at);

    /// <summary>Calls a member of an extension.</summary>
    public Val CallExtension(Member target, IReadOnlyList<DartType> extensionArgs, Node receiver, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at)
    {
        var map = ArgumentBinding.MapOf(target.Owner!.TypeParams, extensionArgs);
        var signature = (FunctionType)_lowering.Signatures.Of(target).Substitute(map);
        var bound = Arguments.BindArguments(signature, args, typeArgs, context, at);
        var function = _functions.StaticFunction(target);
        var nodes = extensionArgs.Select(TypeExpressions.TypeNode).ToList();
        nodes.Add(_reprs.Convert(receiver, function.Params[nodes.Count].Type));
        nodes.AddRange(bound.TypeArgs.Select(TypeExpressions.TypeNode));
        nodes.AddRange(Arguments.ArgumentsFor(target, bound, function.Params, nodes.Count));
        // Arguments that must be evaluated first come behind the receiver.
        if (bound.Before.Count > 0)
        {
            var index = extensionArgs.Count;
            var local = _output.TempOf(nodes[index], out var set);
            nodes[index] = Node.Get(local);
            bound.Before.Insert(0, set);
        }

        return new Val(ArgumentBinding.Sequenced(bound.Before, Narrowed(Node.Call(function, [.. nodes]), function.Result, bound.Signature.Result)), bound.Signature.Result);
    }

    /// <summary>Calls an instance method on a receiver whose type has it.</summary>
    public Val CallMethod(Val receiver, Member member, InterfaceType owner, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at, bool isSuper = false)
    {
        var signature = (FunctionType)_lowering.Signatures.Of(member).Substitute(owner.Map());
        var bound = Arguments.BindArguments(signature, args, typeArgs, context, at);
        return Invoke(receiver, member, bound, at, isSuper);
    }

    /// <summary>Calls a method with arguments that are bound.</summary>
    public Val Invoke(Val receiver, Member member, BoundArguments bound, Syntax.Node at, bool isSuper)
    {
        var receiverNode = receiver.Node;
        if (bound.Before.Count > 0)
        {
            var local = _output.TempOf(receiverNode, out var set);
            receiverNode = Node.Get(local);
            bound.Before.Insert(0, set);
        }

        if (member.Function is { External: true } && Intrinsics.Intrinsic(member, receiver with { Node = receiverNode }, bound, at) is { } intrinsic)
        {
            return new Val(ArgumentBinding.Sequenced(bound.Before, intrinsic), bound.Signature.Result);
        }

        var selector = _selectors.SelectorOf(member);
        if (!isSuper)
        {
            selector = _selectors.VariantOf(selector, _lowering.Signatures.Of(member), (FunctionType)_reprs.Resolve(bound.Signature));
        }

        var nodes = bound.TypeArgs.Select(TypeExpressions.TypeNode).ToList();
        var position = 0;
        foreach (var p in selector.Params)
        {
            Node node;
            if (p.Name is null && position < bound.Positional.Count)
            {
                node = _reprs.Convert(bound.Positional[position++]!.Value.Node, p.Type);
            }
            else if (p.Name is not null && bound.Named.TryGetValue(p.Name, out var value))
            {
                node = _reprs.Convert(value.Node, p.Type);
            }
            else
            {
                if (p.Name is null)
                {
                    position++;
                }

                node = _pool.LeftOut(p);
            }

            nodes.Add(node);
        }

        var call = Narrowed(CallSelector(receiver with { Node = receiverNode }, member, selector, nodes, isSuper), selector.Result, bound.Signature.Result);
        if (!isSuper)
        {
            call = CheckedResult(call, _lowering.Signatures.Of(member).Result, bound.Signature.Result, receiver, at);
        }

        return new Val(ArgumentBinding.Sequenced(bound.Before, call), bound.Signature.Result);
    }

    /// <summary>Calls what a selector finds in the receiver, or for <c>super</c> in the superclass.</summary>
    public Node CallSelector(Val receiver, Member member, Selector selector, List<Node> args, bool isSuper)
    {
        if (isSuper)
        {
            return Node.Call(SuperTarget(member, selector), [_reprs.Convert(receiver.Node, selector.Receiver), .. args]);
        }

        return _lowering.Calls.Add(selector, _state.Function, ReceiverObject(receiver.Node), IsOwnReceiver(receiver.Node) ? _state.Class : ReceiverClass(receiver.Type), args);
    }

    // What a call on the superclass runs: what that implements, whichever type declares it, or else the object's noSuchMethod.
    private IrFunction SuperTarget(Member member, Selector selector)
    {
        var super = Receivers.EnclosingClass()!.DeclaredSupertype!.Class;
        if (TypeSystem.FindImplementation(super, selector.Kind == SelectorKind.Setter ? member.Name + "=" : member.Name) is not { } implementation)
        {
            return DynamicAdapters.SuperForwarder(_lowering, selector, super);
        }

        return selector.Kind switch
        {
            SelectorKind.Tearoff => _functions.TearoffFunction(implementation),
            SelectorKind.Setter => _functions.SetterFunction(implementation),
            _ => _functions.InstanceFunction(implementation),
        };
    }

    // The receiver of a copy's member is an object of the copy, which nothing extends.
    private bool IsOwnReceiver(Node receiver) => _state is { Class.Original: not null, This: { } self } && receiver.Op == IrOp.Get && ReferenceEquals(receiver.Data, self.Local);

    /// <summary>A receiver as an object, a number in its box.</summary>
    public Node ReceiverObject(Node receiver) => _reprs.Convert(receiver, receiver.Type.IsRef ? receiver.Type.AsNonNull : _target.TopRef);

    /// <summary>The class of which a receiver is an instance, or one of a subtype; null where its static type does not say.</summary>
    public ClassElement? ReceiverClass(DartType type) =>
        Members.MemberType(type)?.Class is { IsExtensionType: false } cls && cls != _program.Object.Class && cls != _program.Function.Class && cls != _program.Record.Class ? cls : null;

    /// <summary>Calls a method, or a function that a property holds.</summary>
    public Val CallNamed(Val receiver, string name, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at, bool isSuper = false)
    {
        var type = receiver.Type;
        if (isSuper)
        {
            Receivers.CheckSuperMember(name, at);
        }

        if (TypeSystem.IsNever(type))
        {
            return receiver;
        }

        if (!isSuper && typeArgs is null && _body.Operators.NumberCall(receiver, name, args, context, at) is { } number)
        {
            return number;
        }

        if (name == "call" && type is not InterfaceType { Class.IsStatic: true } && ClosureCalls.CallableType(type) is not null)
        {
            return ClosureCalls.CallClosure(receiver, args, typeArgs, context, at);
        }

        if (TypeSystem.NonNull(type) is RecordType record && !type.Nullable && record.IndexOf(name) >= 0)
        {
            return ClosureCalls.CallClosure(Access.GetMember(receiver, name, at), args, typeArgs, context, at);
        }

        if (Members.FindMember(type, name) is var (member, owner) && member is not null)
        {
            if (owner!.Class.IsStatic)
            {
                return member.Kind == MemberKind.Method ? CallExtension(member, owner.Args, receiver.Node, args, typeArgs, context, at) : ClosureCalls.CallClosure(Access.GetKnown(receiver, member, owner, at, isSuper), args, typeArgs, context, at);
            }

            if (member.Kind == MemberKind.Method)
            {
                if (TypeSystem.IsNullable(type) && owner.Class == _program.Object.Class && receiver.Node.Type is { IsRef: true, Nullable: true })
                {
                    if (name == "toString" && args.Items.Count == 0)
                    {
                        return new Val(CallCore("_toStringOf", receiver.Node), _program.String);
                    }

                    if (TypeSystem.IsDynamic(type))
                    {
                        return ClosureCalls.CallDynamic(receiver, name, args, typeArgs, at);
                    }

                    if (name == "noSuchMethod" && args.Items is [(null, var invocation)])
                    {
                        return CallOfNullable(receiver, invocation);
                    }
                }

                return CallMethod(receiver, member, owner, args, typeArgs, context, at, isSuper);
            }

            return ClosureCalls.CallClosure(Access.GetKnown(receiver, member, owner, at, isSuper), args, typeArgs, context, at);
        }

        if (TypeSystem.IsDynamicReceiver(type) || type is InterfaceType { Nullable: false } f && f.Class == _program.Function.Class && name == "call")
        {
            return ClosureCalls.CallDynamic(receiver, name, args, typeArgs, at);
        }

        if (Members.FindExtension(type, name, at) is { } extension)
        {
            return extension.Member.Kind == MemberKind.Method
                ? CallExtension(extension.Member, extension.Args, receiver.Node, args, typeArgs, context, at)
                : ClosureCalls.CallClosure(Access.GetExtension(extension.Member, extension.Args, receiver.Node, at), args, typeArgs, context, at);
        }

        if (type.Nullable && Members.FindMember(TypeSystem.NonNull(type), name) is not null)
        {
            throw _state.Error(at, $"Method '{name}' cannot be called on '{type}' because it is potentially null.");
        }

        throw _state.Error(at, $"The method '{name}' isn't defined for the type '{type}'.");
    }

    private Val CallOfNullable(Val receiver, Expr invocation)
    {
        var wanted = _program.Type("Invocation");
        var argument = Coercions.Coerce(_body.Expressions.Lower(invocation, wanted), wanted, invocation);
        return new Val(CallCore("_noSuchMethodOf", receiver.Node, argument), SimpleType.Dynamic);
    }

    /// <summary>Calls a method with values that are already lowered.</summary>
    public Val CallWithValues(Val receiver, string name, Val[] values, Syntax.Node at, bool isSuper = false)
    {
        if (isSuper)
        {
            Receivers.CheckSuperMember(name, at);
        }

        if (Members.FindMember(receiver.Type, name) is var (member, owner) && member is not null && !owner!.Class.IsStatic)
        {
            var signature = (FunctionType)_lowering.Signatures.Of(member).Substitute(owner!.Map());
            var bound = new BoundArguments { Signature = signature };
            for (var i = 0; i < values.Length; i++)
            {
                bound.Positional.Add(new Val(Coercions.Coerce(values[i], signature.Positional(i), at), signature.Positional(i)));
            }

            return Invoke(receiver, member, bound, at, isSuper);
        }

        if (TypeSystem.IsDynamicReceiver(receiver.Type))
        {
            return new Val(_dynamicCalls.DynamicCall(name, DynamicKind.Call, _reprs.Convert(receiver.Node, _target.AnyRef), null, [.. values.Select(v => _reprs.Convert(v.Node, _target.AnyRef))], []), SimpleType.Dynamic);
        }

        var extension = Members.FindMember(receiver.Type, name) is var (em, eo) && em is not null ? (em, eo!.Args) : Members.FindExtension(receiver.Type, name, at);
        if (extension is { } ext)
        {
            var signature = (FunctionType)_lowering.Signatures.Of(ext.Member).Substitute(ArgumentBinding.MapOf(ext.Member.Owner!.TypeParams, ext.Args));
            var function = _functions.StaticFunction(ext.Member);
            var nodes = ext.Args.Select(TypeExpressions.TypeNode).ToList();
            nodes.Add(_reprs.Convert(receiver.Node, function.Params[nodes.Count].Type));
            foreach (var v in values)
            {
                nodes.Add(_reprs.Convert(Coercions.Coerce(v, signature.Positional(nodes.Count - ext.Args.Length - 1), at), function.Params[nodes.Count].Type));
            }

            return new Val(Narrowed(Node.Call(function, [.. nodes]), function.Result, signature.Result), signature.Result);
        }

        throw _state.Error(at, $"The method '{name}' isn't defined for the type '{receiver.Type}'.");
    }

    /// <summary>Calls a function of the core library.</summary>
    public Node CallCore(string function, params Node[] args)
    {
        var target = _functions.StaticFunction(_program.CoreFunction(function));
        return Node.Call(target, [.. args.Select((a, i) => _reprs.Convert(a, target.Params[i].Type))]);
    }

    /// <summary>A string.</summary>
    public Node StringConst(string text) => _pool.ConstNode(new ConstString(text));
}
