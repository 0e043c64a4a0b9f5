using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Arguments, inference of type arguments, and calls of every kind.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>Arguments that were lowered and fitted to a signature.</summary>
    private sealed class Bound
    {
        public required FunctionType Signature { get; init; }
        public DartType[] TypeArgs { get; init; } = [];

        /// <summary>Values by position, in the type of the signature; null where there is no argument.</summary>
        public List<Val?> Positional { get; } = [];
        public Dictionary<string, Val> Named { get; } = new(StringComparer.Ordinal);

        /// <summary>What must run before, where the order of evaluation is not that of the parameters.</summary>
        public List<Node> Before { get; } = [];
        public bool HasGap { get; set; }
    }

    private Bound BindArguments(FunctionType signature, Arguments args, IReadOnlyList<DartType>? explicitArgs, DartType? context, Syntax.Node at, IReadOnlyList<TypeParam>? moreParams = null, DartType? moreResult = null)
    {
        var typeParams = moreParams ?? signature.TypeParams;
        var result = moreResult ?? signature.Result;
        var positionalCount = args.Items.Count(a => a.Name is null);
        if (positionalCount < signature.Required.Length)
            throw Error(at, $"Too few positional arguments: {signature.Required.Length} required, {positionalCount} given.");
        if (positionalCount > signature.MaximumPositional)
            throw Error(at, $"Too many positional arguments: {signature.MaximumPositional} allowed, but {positionalCount} found.");
        var seen = new HashSet<string>();
        foreach (var (name, value) in args.Items)
        {
            if (name is null) continue;
            if (!Array.Exists(signature.Named, n => n.Name == name)) throw Error(value, $"No named parameter with the name '{name}'.");
            if (!seen.Add(name)) throw Error(value, $"Duplicated named argument '{name}'.");
        }

        foreach (var n in signature.Named)
        {
            if (n.IsRequired && !seen.Contains(n.Name)) throw Error(at, $"Required named parameter '{n.Name}' must be provided.");
        }

        if (explicitArgs is not null && explicitArgs.Count != typeParams.Count)
            throw Error(at, $"Expected {typeParams.Count} type arguments.");
        DartType ParameterType(string? name, int position) => name is null ? signature.Positional(position) : Array.Find(signature.Named, n => n.Name == name)!.Type;
        var lowered = new Val[args.Items.Count];
        DartType[] typeArgs = [];
        if (typeParams.Count == 0 || explicitArgs is not null)
        {
            if (explicitArgs is not null)
            {
                typeArgs = [.. explicitArgs];
                CheckBounds(typeParams, typeArgs, at);
            }

            var map = MapOf(typeParams, typeArgs);
            var position = 0;
            for (var i = 0; i < lowered.Length; i++)
            {
                var (name, value) = args.Items[i];
                var type = ParameterType(name, name is null ? position++ : 0).Substitute(map);
                lowered[i] = Lower(value, type);
            }
        }
        else
        {
            var vars = typeParams.ToHashSet();
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            if (context is not null && !TypeSystem.IsVoid(context) && !TypeSystem.IsDynamic(context))
                _types.Constrain(result, context, vars, lower, upper);
            // Closures come last: what their parameters are follows from the other arguments.
            for (var pass = 0; pass < 2; pass++)
            {
                var position = 0;
                for (var i = 0; i < lowered.Length; i++)
                {
                    var (name, value) = args.Items[i];
                    var parameter = ParameterType(name, name is null ? position++ : 0);
                    var isClosure = Unparen(value) is FunctionExpr;
                    if (isClosure != (pass == 1)) continue;
                    var partial = _types.Solve(typeParams, lower, upper, partial: true);
                    var expected = parameter.Substitute(MapOf(typeParams, partial));
                    lowered[i] = Lower(value, expected);
                    var type = lowered[i].Type;
                    if (type is FunctionType { TypeParams.Length: > 0 } generic && parameter is FunctionType { TypeParams.Length: 0 } plain)
                    {
                        lowered[i] = InstantiateClosure(lowered[i], generic, (FunctionType)plain.Substitute(MapOf(typeParams, partial)), value);
                        type = lowered[i].Type;
                    }

                    _types.Constrain(type, parameter, vars, lower, upper);
                }
            }

            typeArgs = _types.Solve(typeParams, lower, upper, partial: false);
        }

        var substitution = MapOf(typeParams, typeArgs);
        var instantiated = signature.TypeParams.Length > 0 && moreParams is null
            ? signature.Instantiate(typeArgs)
            : (FunctionType)signature.Substitute(substitution);
        var bound = new Bound { Signature = instantiated, TypeArgs = typeArgs };
        // In the order of the source; kept in variables where the parameters' order differs.
        var isOrdered = IsInParameterOrder(args);
        var at2 = 0;
        for (var i = 0; i < lowered.Length; i++)
        {
            var (name, value) = args.Items[i];
            var type = (name is null ? instantiated.Positional(at2) : Array.Find(instantiated.Named, n => n.Name == name)!.Type);
            var node = Coerce(lowered[i], type, value);
            if (!isOrdered && !node.IsPure)
            {
                if (node.IsNever) { bound.Before.Add(node); }
                var local = TempOf(node, out var set, "argument");
                bound.Before.Add(set);
                node = Node.Get(local);
            }

            if (name is null) { bound.Positional.Add(new Val(node, type)); at2++; }
            else bound.Named[name] = new Val(node, type);
        }

        return bound;
    }

    private void CheckBounds(IReadOnlyList<TypeParam> typeParams, DartType[] typeArgs, Syntax.Node at)
    {
        var map = MapOf(typeParams, typeArgs);
        for (var i = 0; i < typeParams.Count; i++)
        {
            if (typeParams[i].HasBound && !_types.IsSubtype(typeArgs[i], typeParams[i].Bound.Substitute(map)))
                throw Error(at, $"Type argument '{typeArgs[i]}' doesn't conform to the bound '{typeParams[i].Bound}' of the type variable '{typeParams[i].Name}'.");
        }
    }

    private static Dictionary<TypeParam, DartType> MapOf(IReadOnlyList<TypeParam> typeParams, IReadOnlyList<DartType> typeArgs)
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < typeArgs.Count; i++) map[typeParams[i]] = typeArgs[i];
        return map;
    }

    private static bool IsInParameterOrder(Arguments args)
    {
        string? last = null;
        foreach (var (name, _) in args.Items)
        {
            if (name is null && last is not null) return false;
            if (name is not null && last is not null && string.CompareOrdinal(name, last) < 0) return false;
            last = name ?? last;
        }

        return true;
    }

    private static Expr Unparen(Expr e)
    {
        while (e is Paren p) e = p.Value;
        return e;
    }

    private static Node Sequenced(List<Node> before, Node node) => before.Count == 0 ? node : Node.Seq([.. before, node]);

    /// <summary>Arguments for a function whose parameters are known.</summary>
    private List<Node> ArgumentsFor(Member target, Bound bound, IReadOnlyList<IrLocal> parameters, int first)
    {
        var nodes = new List<Node>();
        var position = 0;
        foreach (var p in _p.OrderedParams(target))
        {
            var repr = parameters[first + nodes.Count].Type;
            Node node;
            if (p.Kind != ParamKind.Named && position < bound.Positional.Count) node = Convert(bound.Positional[position++]!.Value.Node, repr);
            else if (p.Kind == ParamKind.Named && bound.Named.TryGetValue(p.Name, out var value)) node = Convert(value.Node, repr);
            else
            {
                var constant = _p.Constants.DefaultOf(target, p);
                node = ConvertConstant(_p, _p.ConstNode(constant), constant, repr);
            }

            nodes.Add(node);
        }

        return nodes;
    }

    /// <summary>Calls a static function or an extension's member.</summary>
    private Val CallStatic(Member target, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at)
    {
        var signature = _p.Signatures.Of(target);
        var bound = BindArguments(signature, args, typeArgs, context, at);
        if (target.Function!.External && Intrinsic(target, null, bound, at) is { } intrinsic)
            return new Val(Sequenced(bound.Before, intrinsic), bound.Signature.Result);
        var function = _p.StaticFunction(target);
        var nodes = bound.TypeArgs.Select(TypeNode).ToList();
        nodes.AddRange(ArgumentsFor(target, bound, function.Params, nodes.Count));
        return new Val(Sequenced(bound.Before, Narrowed(Node.Call(function, [.. nodes]), function.Result, bound.Signature.Result)), bound.Signature.Result);
    }

    /// <summary>A result in the representation of its type at the place of the call.</summary>
    private Node Narrowed(Node call, WType result, DartType type)
    {
        if (TypeSystem.IsNever(type) && !call.IsNever) return Node.Seq(Node.Drop(call), Node.Unreachable());
        if (TypeSystem.IsVoid(type) || result.Kind == WKind.None) return call;
        var repr = _p.ReprOf(type);
        return Convert(call, repr);
    }

    private Val CallExtension(Member target, IReadOnlyList<DartType> extensionArgs, Node receiver, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at)
    {
        var map = MapOf(target.Owner!.TypeParams, extensionArgs);
        var signature = (FunctionType)_p.Signatures.Of(target).Substitute(map);
        var bound = BindArguments(signature, args, typeArgs, context, at);
        var function = _p.StaticFunction(target);
        var nodes = extensionArgs.Select(TypeNode).ToList();
        nodes.Add(Convert(receiver, function.Params[nodes.Count].Type));
        nodes.AddRange(bound.TypeArgs.Select(TypeNode));
        nodes.AddRange(ArgumentsFor(target, bound, function.Params, nodes.Count));
        // Arguments that must be evaluated first come behind the receiver.
        if (bound.Before.Count > 0)
        {
            var index = extensionArgs.Count;
            var local = TempOf(nodes[index], out var set);
            nodes[index] = Node.Get(local);
            bound.Before.Insert(0, set);
        }

        return new Val(Sequenced(bound.Before, Narrowed(Node.Call(function, [.. nodes]), function.Result, bound.Signature.Result)), bound.Signature.Result);
    }

    private static readonly Arguments NoArguments = new();

    /// <summary>Calls an instance method on a receiver whose type has it.</summary>
    private Val CallMethod(Val receiver, Member member, InterfaceType owner, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at, bool isSuper = false)
    {
        var signature = (FunctionType)_p.Signatures.Of(member).Substitute(owner.Map());
        var bound = BindArguments(signature, args, typeArgs, context, at);
        return Invoke(receiver, member, bound, at, isSuper);
    }

    private Val Invoke(Val receiver, Member member, Bound bound, Syntax.Node at, bool isSuper)
    {
        var receiverNode = receiver.Node;
        if (bound.Before.Count > 0)
        {
            var local = TempOf(receiverNode, out var set);
            receiverNode = Node.Get(local);
            bound.Before.Insert(0, set);
        }

        if (member.Function is { External: true } && Intrinsic(member, receiver with { Node = receiverNode }, bound, at) is { } intrinsic)
            return new Val(Sequenced(bound.Before, intrinsic), bound.Signature.Result);
        var selector = _p.SelectorOf(member);
        var nodes = bound.TypeArgs.Select(TypeNode).ToList();
        var position = 0;
        foreach (var p in selector.Params)
        {
            Node node;
            if (p.Name is null && position < bound.Positional.Count) node = Convert(bound.Positional[position++]!.Value.Node, p.Type);
            else if (p.Name is not null && bound.Named.TryGetValue(p.Name, out var value)) node = Convert(value.Node, p.Type);
            else
            {
                if (p.Name is null) position++;
                node = p.UsesSentinel ? Node.Get(_p.SentinelGlobal) : ConvertConstant(_p, _p.ConstNode(p.Default ?? ConstNull.Instance), p.Default ?? ConstNull.Instance, p.Type);
            }

            nodes.Add(node);
        }

        var call = CallSelector(receiver with { Node = receiverNode }, member, selector, nodes, isSuper);
        return new Val(Sequenced(bound.Before, Narrowed(call, selector.Result, bound.Signature.Result)), bound.Signature.Result);
    }

    private Node CallSelector(Val receiver, Member member, Selector selector, List<Node> args, bool isSuper)
    {
        if (isSuper)
            return Node.Call(selector.Kind == SelectorKind.Setter ? _p.SetterFunction(member) : _p.InstanceFunction(member), [Convert(receiver.Node, selector.Receiver), .. args]);
        return _p.Calls.Add(selector, _fn, ReceiverObject(receiver.Node), ReceiverClass(receiver.Type), args);
    }

    private Node ReceiverObject(Node receiver) => Convert(receiver, receiver.Type.IsRef ? receiver.Type.AsNonNull : _p.TopRef);

    /// <summary>The class of which a receiver is an instance, or one of a subtype; null where its static type does not say.</summary>
    private ClassElement? ReceiverClass(DartType type) =>
        MemberType(type)?.Class is { IsExtensionType: false } cls && cls != _program.Object.Class && cls != _program.Function.Class && cls != _program.Record.Class ? cls : null;

    private FunctionType? CallableType(DartType type) => TypeSystem.Erase(type) switch
    {
        FunctionType f => f,
        TypeParamType p => CallableType(p.Bound),
        _ => null,
    };

    /// <summary>Calls a function object.</summary>
    private Val CallClosure(Val closure, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at)
    {
        if (CallableType(closure.Type) is not { } signature)
        {
            if (TypeSystem.IsDynamic(closure.Type) || closure.Type is InterfaceType { Nullable: false } f && f.Class == _program.Function.Class)
                return CallDynamic(closure, "call", args, typeArgs, at);
            if (TypeSystem.IsNever(closure.Type)) return closure;
            if (!TypeSystem.IsNullable(closure.Type) && FindMember(closure.Type, "call") is var (member, owner) && member is not null)
                return member.Kind == MemberKind.Method ? CallMethod(closure, member, owner!, args, typeArgs, context, at) : CallClosure(GetMember(closure, "call", at), args, typeArgs, context, at);
            if (FindExtension(closure.Type, "call") is { } extension)
                return CallExtension(extension.Member, extension.Args, closure.Node, args, typeArgs, context, at);
            throw Error(at, $"The expression of type '{closure.Type}' can't be invoked as a function.");
        }

        if (closure.Type.Nullable)
            throw Error(at, "Can't use an expression of a nullable function type as a function: it may be null.");
        var bound = BindArguments(signature, args, typeArgs, context, at);
        var local = Temp(WType.Ref(_p.Closure), "closure");
        var set = Node.Set(local, Convert(closure.Node, WType.Ref(_p.Closure)));
        Node call;
        if (bound.Named.Count == 0 && bound.TypeArgs.Length == 0 && bound.Positional.Count < _p.ClosureFunctions.Count)
        {
            var def = _p.ClosureFunctions[bound.Positional.Count];
            var function = Node.NonNull(Node.Field(_p.VTable, 1 + bound.Positional.Count, Node.Field(_p.Closure, 3, Node.Get(local))));
            call = Node.CallRef(def, [Node.Get(local), .. bound.Positional.Select(a => Convert(a!.Value.Node, _p.AnyRef)), function]);
        }
        else
        {
            call = CallDynamicEntry(local, bound.TypeArgs.Length == 0 ? null : TypeArray(bound.TypeArgs), bound.Positional.Select(a => a!.Value.Node), bound.Named.Select(n => (n.Key, n.Value.Node)));
        }

        return new Val(Node.Seq([set, .. bound.Before, Narrowed(call, _p.AnyRef, bound.Signature.Result)]), bound.Signature.Result);
    }

    private Node CallDynamicEntry(IrLocal closure, Node? typeArgs, IEnumerable<Node> positional, IEnumerable<(string Name, Node Value)> named)
    {
        _p.NeedDynamicEntries();
        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), [.. items.Select(i => Convert(i, _p.AnyRef))]);
        var function = Node.NonNull(Node.Field(_p.VTable, 0, Node.Field(_p.Closure, 3, Node.Get(closure))));
        return Node.CallRef(_p.DynamicFunction, Node.Get(closure), typeArgs ?? Node.Null(_p.ObjectArray), Array(positional), Array(named.SelectMany(n => new[] { StringConst(n.Name), n.Value })), function);
    }

    /// <summary>Calls something by its name alone.</summary>
    private Val CallDynamic(Val receiver, string name, Arguments args, IReadOnlyList<DartType>? typeArgs, Syntax.Node at)
    {
        var before = new List<Node>();
        var local = TempOf(Convert(receiver.Node, _p.AnyRef), out var set, "receiver");
        before.Add(set);
        var positional = new List<Node>();
        var named = new List<(string, Node)>();
        foreach (var (argName, value) in args.Items)
        {
            var node = Convert(Lower(value, null).Node, _p.AnyRef);
            if (!node.IsPure)
            {
                var temp = TempOf(node, out var setArg, "argument");
                before.Add(setArg);
                node = Node.Get(temp);
            }

            if (argName is null) positional.Add(node);
            else named.Add((argName, node));
        }

        var call = _p.DynamicCall(name, DynamicKind.Call, Node.Get(local), typeArgs is null or { Count: 0 } ? null : TypeArray(typeArgs), positional, named);
        return new Val(Node.Seq([.. before, call]), SimpleType.Dynamic);
    }

    // Members of types.

    /// <summary>The type whose members an expression of a type has.</summary>
    private InterfaceType? MemberType(DartType type)
    {
        for (var i = 0; i < 50; i++)
        {
            switch (type)
            {
                case InterfaceType { Nullable: false } t: return TypeSystem.IsFutureOr(t) ? _program.Object : t;
                case TypeParamType { Nullable: false } p: type = p.Bound; break;
                case FunctionType { Nullable: false }: return _program.Function;
                case RecordType { Nullable: false }: return _program.Record;
                default: return null;
            }
        }

        return null;
    }

    private (Member Member, InterfaceType Owner)? FindMember(DartType type, string name)
    {
        if (MemberType(type) is { } t)
        {
            if (t.Class.IsExtensionType) return FindExtensionTypeMember(t, name) is { } m ? m : null;
            return _types.FindMember(t, name);
        }

        // What every object has, null has too.
        return _program.Object.Class.Members.TryGetValue(name, out var member) ? (member, _program.Object) : null;
    }

    private (Member Member, InterfaceType Owner)? FindExtensionTypeMember(InterfaceType t, string name)
    {
        if (t.Class.Members.TryGetValue(name, out var own)) return (own, t);
        foreach (var i in t.Class.Interfaces)
        {
            var super = (InterfaceType)i.Substitute(t.Map());
            if ((super.Class.IsExtensionType ? FindExtensionTypeMember(super, name) : _types.FindMember(super, name)) is { } found) return found;
        }

        return _program.Object.Class.Members.TryGetValue(name, out var ofObject) ? (ofObject, _program.Object) : null;
    }

    private (Member Member, DartType[] Args)? FindExtension(DartType type, string name)
    {
        (Member Member, DartType[] Args, DartType On)? best = null;
        for (var f = this; f is not null; f = null)
        {
            foreach (var extension in _library.VisibleExtensions)
            {
                if (!extension.Members.TryGetValue(name, out var member)) continue;
                if (ExtensionArgs(extension, type) is not { } args) continue;
                var on = extension.OnType!.Substitute(MapOf(extension.TypeParams, args));
                if (best is null || _types.IsSubtype(on, best.Value.On) && !(_types.IsSubtype(best.Value.On, on) && extension.Library.IsCore)) best = (member, args, on);
            }
        }

        return best is null ? null : (best.Value.Member, best.Value.Args);
    }

    private DartType[]? ExtensionArgs(ClassElement extension, DartType type)
    {
        DartType[] args = [];
        if (extension.TypeParams.Count > 0)
        {
            var lower = new Dictionary<TypeParam, DartType>();
            _types.Constrain(type, extension.OnType!, [.. extension.TypeParams], lower, []);
            args = _types.Solve(extension.TypeParams, lower, [], partial: false);
        }

        var on = extension.OnType!.Substitute(MapOf(extension.TypeParams, args));
        if (TypeSystem.IsDynamic(type) || TypeSystem.IsNever(type)) return null;
        return _types.IsSubtype(type, on) ? args : null;
    }

    /// <summary>Reads a property: a field, getter, or a method's tear-off.</summary>
    private Val GetMember(Val receiver, string name, Syntax.Node at, bool isSuper = false)
    {
        var type = receiver.Type;
        if (TypeSystem.IsNever(type)) return receiver;
        if (!isSuper && TypeSystem.NonNull(type) is RecordType record && !type.Nullable && record.IndexOf(name) is >= 0 and var field)
        {
            var shape = _p.LayoutOf(_program.CoreClass("_Record")).Struct;
            var node = Node.Array(IrOp.ArrayGet, _p.ObjectArray, _p.AnyRef, Node.Field(shape, 3, Convert(receiver.Node, WType.Ref(shape))), Node.I32(field));
            return new Val(Convert(node, _p.ReprOf(record.FieldType(field))), record.FieldType(field));
        }

        if (FindMember(type, name) is var (member, owner) && member is not null)
            return GetKnown(receiver, member, owner!, at, isSuper);
        if (TypeSystem.IsDynamic(type))
            return new Val(_p.DynamicCall(name, DynamicKind.Get, Convert(receiver.Node, _p.AnyRef), null, [], []), SimpleType.Dynamic);
        if (name == "call" && CallableType(type) is not null && !type.Nullable) return receiver;
        if (type is InterfaceType { Nullable: false } ft && ft.Class == _program.Function.Class && name == "call") return receiver;
        if (FindExtension(type, name) is { } extension)
            return GetExtension(extension.Member, extension.Args, receiver.Node, at);
        if (type.Nullable && FindMember(TypeSystem.NonNull(type), name) is not null)
            throw Error(at, $"Property '{name}' cannot be accessed on '{type}' because it is potentially null.");
        throw Error(at, $"The getter '{name}' isn't defined for the type '{type}'.");
    }

    private Val GetExtension(Member member, DartType[] args, Node receiver, Syntax.Node at)
    {
        if (member.Kind == MemberKind.Getter)
            return CallExtension(member, args, receiver, NoArguments, null, null, at);
        return ExtensionTearoff(member, args, receiver);
    }

    private Val GetKnown(Val receiver, Member member, InterfaceType owner, Syntax.Node at, bool isSuper)
    {
        var map = owner.Map();
        if (owner.Class.IsExtensionType)
        {
            if (member.Kind == MemberKind.Field) return new Val(Convert(receiver.Node, _p.ReprOf(owner.Class.OnType!.Substitute(map))), _p.Signatures.FieldType(member).Substitute(map));
            return GetExtension(member, owner.Args, receiver.Node, at);
        }

        if (member.Kind == MemberKind.Method)
        {
            var signature = (FunctionType)_p.Signatures.Of(member).Substitute(map);
            // Only the parameters' checked types are known where a class's parameter is covariant.
            var tearoff = _p.TearoffOf(member);
            if (receiver.Node.Type is { IsRef: true, Nullable: true } && TypeSystem.IsNullable(receiver.Type))
                return new Val(CallCore("_tearoffOfObject", receiver.Node, StringConst(member.Name)), signature);
            if (isSuper)
                return new Val(Node.Call(_p.TearoffFunctionOf(member), Convert(receiver.Node, tearoff.Receiver)), signature);
            return new Val(_p.Calls.Add(tearoff, _fn, ReceiverObject(receiver.Node), ReceiverClass(receiver.Type), []), signature);
        }

        var type = member.Kind == MemberKind.Field ? _p.Signatures.FieldType(member) : _p.Signatures.Of(member).Result;
        var actual = type.Substitute(map);
        if (member.Function is { External: true } && Intrinsic(member, receiver, new Bound { Signature = new FunctionType([], [], [], [], actual) }, at) is { } intrinsic)
            return new Val(intrinsic, actual);
        if (TypeSystem.IsNullable(receiver.Type) && owner.Class == _program.Object.Class)
        {
            // hashCode and runtimeType of what may be null.
            return new Val(CallCore(member.Name == "hashCode" ? "_hashCodeOf" : "_runtimeTypeOf", receiver.Node), actual);
        }

        var selector = _p.SelectorOf(member);
        var value = CallSelector(receiver, member, selector, [], isSuper);
        return new Val(Narrowed(value, selector.Result, actual), actual);
    }

    private DartType SetterType(Member member) => member.Kind == MemberKind.Field ? _p.Signatures.FieldType(member) : _p.Signatures.Of(member).Required[0];

    /// <summary>Assigns a property; <paramref name="value"/> has the type that <see cref="SetterTypeOf"/> tells.</summary>
    private Node SetMember(Val receiver, string name, Node value, Syntax.Node at, bool isSuper = false)
    {
        if (FindMember(receiver.Type, name + "=") is var (member, owner) && member is not null)
        {
            if (owner!.Class.IsExtensionType) return CallSetterExtension(member, owner.Args, receiver.Node, value);
            var selector = _p.SelectorOf(member, setter: true);
            return CallSelector(receiver, member, selector, [Convert(value, selector.Params[0].Type)], isSuper);
        }

        if (TypeSystem.IsDynamic(receiver.Type))
            return Node.Drop(_p.DynamicCall(name, DynamicKind.Set, Convert(receiver.Node, _p.AnyRef), null, [Convert(value, _p.AnyRef)], []));
        if (FindExtension(receiver.Type, name + "=") is { } extension)
            return CallSetterExtension(extension.Member, extension.Args, receiver.Node, value);
        throw Error(at, $"The setter '{name}' isn't defined for the type '{receiver.Type}'.");
    }

    private Node CallSetterExtension(Member member, DartType[] args, Node receiver, Node value)
    {
        var function = _p.StaticFunction(member);
        return Node.Call(function, [.. args.Select(TypeNode), Convert(receiver, function.Params[args.Length].Type), Convert(value, function.Params[args.Length + 1].Type)]);
    }

    private DartType SetterTypeOf(DartType receiver, string name, Syntax.Node at)
    {
        if (FindMember(receiver, name + "=") is var (member, owner) && member is not null)
            return SetterType(member).Substitute(owner!.Map());
        if (TypeSystem.IsDynamic(receiver)) return SimpleType.Dynamic;
        if (FindExtension(receiver, name + "=") is { } extension)
            return SetterType(extension.Member).Substitute(MapOf(extension.Member.Owner!.TypeParams, extension.Args));
        if (FindMember(receiver, name) is not null)
            throw Error(at, $"The setter '{name}' isn't defined for the type '{receiver}': it is final.");
        throw Error(at, $"The setter '{name}' isn't defined for the type '{receiver}'.");
    }

    /// <summary>Calls a method, or a function that a property holds.</summary>
    private Val CallNamed(Val receiver, string name, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at, bool isSuper = false)
    {
        var type = receiver.Type;
        if (TypeSystem.IsNever(type)) return receiver;
        if (name == "call" && CallableType(type) is not null) return CallClosure(receiver, args, typeArgs, context, at);
        if (TypeSystem.NonNull(type) is RecordType record && !type.Nullable && record.IndexOf(name) >= 0)
            return CallClosure(GetMember(receiver, name, at), args, typeArgs, context, at);
        if (FindMember(type, name) is var (member, owner) && member is not null)
        {
            if (owner!.Class.IsExtensionType)
                return member.Kind == MemberKind.Method ? CallExtension(member, owner.Args, receiver.Node, args, typeArgs, context, at) : CallClosure(GetKnown(receiver, member, owner, at, isSuper), args, typeArgs, context, at);
            if (member.Kind == MemberKind.Method)
            {
                if (TypeSystem.IsNullable(type) && owner.Class == _program.Object.Class && receiver.Node.Type is { IsRef: true, Nullable: true })
                {
                    if (name == "toString" && args.Items.Count == 0) return new Val(CallCore("_toStringOf", receiver.Node), _program.String);
                    if (TypeSystem.IsDynamic(type)) return CallDynamic(receiver, name, args, typeArgs, at);
                    if (name == "noSuchMethod") return CallMethod(receiver with { Node = Node.NonNull(receiver.Node), Type = _program.Object }, member, owner, args, typeArgs, context, at);
                }

                return CallMethod(receiver, member, owner, args, typeArgs, context, at, isSuper);
            }

            return CallClosure(GetKnown(receiver, member, owner, at, isSuper), args, typeArgs, context, at);
        }

        if (TypeSystem.IsDynamic(type) || type is InterfaceType { Nullable: false } f && f.Class == _program.Function.Class && name == "call")
            return CallDynamic(receiver, name, args, typeArgs, at);
        if (FindExtension(type, name) is { } extension)
        {
            return extension.Member.Kind == MemberKind.Method
                ? CallExtension(extension.Member, extension.Args, receiver.Node, args, typeArgs, context, at)
                : CallClosure(GetExtension(extension.Member, extension.Args, receiver.Node, at), args, typeArgs, context, at);
        }

        if (type.Nullable && FindMember(TypeSystem.NonNull(type), name) is not null)
            throw Error(at, $"Method '{name}' cannot be called on '{type}' because it is potentially null.");
        throw Error(at, $"The method '{name}' isn't defined for the type '{type}'.");
    }

    /// <summary>Makes an object by a constructor.</summary>
    private Val Construct(ClassElement cls, DartType[]? typeArgs, string? name, Arguments args, DartType? context, Syntax.Node at, bool isConst = false)
    {
        if (!cls.Constructors.TryGetValue(name ?? "", out var constructor))
            throw Error(at, name is null ? $"Couldn't find constructor '{cls.Name}'." : $"Couldn't find constructor '{cls.Name}.{name}'.");
        if (cls.IsAbstract && !constructor.Function!.Factory)
            throw Error(at, cls.Node.Kind == ClassKind.Mixin ? "Mixins can't be instantiated." : $"The class '{cls.Name}' is abstract and can't be instantiated.");
        if (cls.IsEnum && !constructor.Function!.Factory)
            throw Error(at, "Enums can't be instantiated.");
        if (isConst)
        {
            var constant = _p.Constants.EvaluateConstruct(constructor, typeArgs, args, context, this, at);
            var constType = _p.Constants.TypeOf(constant);
            return new Val(_p.ConstNode(constant), constType);
        }

        var signature = _p.Signatures.Of(constructor);
        Bound bound;
        if (cls.TypeParams.Count > 0)
            bound = BindArguments(signature, args, typeArgs, context, at, cls.TypeParams, cls.ThisType);
        else
            bound = BindArguments(signature, args, null, context, at);
        var type = new InterfaceType(cls, cls.TypeParams.Count > 0 ? bound.TypeArgs : []);
        if (constructor.Function!.External && Intrinsic(constructor, null, bound, at) is { } intrinsic)
            return new Val(Sequenced(bound.Before, intrinsic), type);
        if (constructor.Function.Redirect is not null)
        {
            var (target, targetType) = RedirectTarget(constructor, type, at);
            var redirected = _p.ConstructorFunction(target);
            var redirectedNodes = targetType.Args.Select(TypeNode).ToList();
            redirectedNodes.AddRange(ArgumentsFor(target, bound, redirected.Params, redirectedNodes.Count));
            return new Val(Sequenced(bound.Before, Convert(Node.Call(redirected, [.. redirectedNodes]), _p.ReprOf(type))), type);
        }

        var function = _p.ConstructorFunction(constructor);
        var nodes = type.Args.Select(TypeNode).ToList();
        nodes.AddRange(ArgumentsFor(constructor, bound, function.Params, nodes.Count));
        return new Val(Sequenced(bound.Before, Node.Call(function, [.. nodes])), type);
    }

    /// <summary>Follows redirecting factories to the constructor that makes the object.</summary>
    private (Member Target, InterfaceType Type) RedirectTarget(Member constructor, InterfaceType type, Syntax.Node at)
    {
        for (var i = 0; i < 100; i++)
        {
            if (constructor.Function!.Redirect is not { } redirect) return (constructor, type);
            var scope = _p.Signatures.ScopeOf(constructor);
            var (node, name) = SplitConstructorName(redirect, constructor.Function.RedirectName, scope);
            if (scope.Resolve(node) is not InterfaceType target)
                throw new DartErrorException(constructor.File, redirect.Pos, "Not a class.");
            if (node.Args.Count == 0 && target.Class.TypeParams.Count > 0)
            {
                // The arguments follow from the type that is asked for.
                var upper = new Dictionary<TypeParam, DartType>();
                _types.Constrain(target.Class.ThisType, constructor.Owner!.ThisType, [.. target.Class.TypeParams], [], upper);
                target = new InterfaceType(target.Class, _types.Solve(target.Class.TypeParams, [], upper, partial: false));
            }

            type = (InterfaceType)target.Substitute(MapOf(constructor.Owner!.TypeParams, type.Args));
            if (!type.Class.Constructors.TryGetValue(name ?? "", out var next))
                throw new DartErrorException(constructor.File, redirect.Pos, $"Couldn't find constructor '{type.Class.Name}{(name is null ? "" : "." + name)}'.");
            constructor = next;
        }

        throw Error(at, "Cyclic definition of a factory.");
    }

    private static (NamedTypeNode Node, string? Name) SplitConstructorName(NamedTypeNode node, string? name, TypeScope scope)
    {
        // 'prefix.Class' and 'Class.name' look alike.
        if (name is not null && node.Prefix is null && scope.Library.Prefixes.ContainsKey(node.Name) && scope.LookupParam(node.Name) is null)
            return (new NamedTypeNode { Pos = node.Pos, Prefix = node.Name, Name = name, Args = node.Args }, null);
        return (node, name == "new" ? null : name);
    }
}
