using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Function expressions, local functions, tear-offs.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>What a closure can be called with.</summary>
    internal sealed class ClosureShape
    {
        public required FunctionType Type { get; init; }

        /// <summary>Makes the call of the target with values for all parameters, positional ones first, named ones by name.</summary>
        public required Func<IrFunction, Node, IReadOnlyList<Node>, IReadOnlyList<Node>, Node> Call { get; init; }

        /// <summary>The values of parameters that have no argument, boxed.</summary>
        public required Func<int, Node> Default { get; init; }
        public required Func<int, DartType> ParamType { get; init; }
    }

    private Val LowerClosure(FunctionNode node, DartType? context, LocalVariable? self)
    {
        var expected = context is null ? null : TypeSystem.NonNull(context) as FunctionType ?? (TypeSystem.IsFutureOr(context) ? ((InterfaceType)context).Args[0] as FunctionType : null);
        var scope = _scope.WithTypeParams(node.TypeParams, out var typeParams);
        if (expected is not null && expected.TypeParams.Length > 0)
            expected = expected.TypeParams.Length == typeParams.Count ? expected.Instantiate([.. typeParams.Select(p => (DartType)p.Type)]) : null;
        var parameters = new List<Param>();
        var position = 0;
        foreach (var p in node.Params)
        {
            DartType? type = p.Type is null ? null : scope.Resolve(p.Type);
            if (type is null && expected is not null)
            {
                type = p.Kind == ParamKind.Named ? Array.Find(expected.Named, n => n.Name == p.Name)?.Type : position < expected.MaximumPositional ? expected.Positional(position) : null;
                if (type is UnknownType || type is { HasUnknown: true }) type = type is UnknownType ? null : type.Any(t => t is UnknownType) ? ReplaceUnknown(type) : type;
                if (type is not null && TypeSystem.IsNull(type)) type = _program.Object.WithNullable(true);
            }

            if (type is null && p.Default is not null && p.Type is null)
                type = null;
            if (p.Kind != ParamKind.Named) position++;
            parameters.Add(new Param { Node = p, Type = type ?? (expected is not null ? _program.Object.WithNullable(true) is var o && false ? o : SimpleType.Dynamic : SimpleType.Dynamic) });
        }

        DartType? declared = node.Return is null ? null : scope.Resolve(node.Return);
        var returnContext = declared ?? (expected is null || expected.Result is UnknownType ? null : expected.Result);
        var function = _p.NewFunction((_member?.FullName ?? "") + (node.Name.Length > 0 ? "." + node.Name : ".<closure>"));
        var inner = new FunctionLowering(_p, function, scope, _member, this)
        {
            _class = _class,
            _async = node.Async,
            _use = AstWalker.Analyze(BodyRoots(node)),
        };
        inner._caughtVariables = null;
        inner._cascade = null;
        // What is known of a variable that nobody assigns holds in the closure as well.
        foreach (var (key, type) in _flow.Promoted)
        {
            if (key is LocalVariable { IsAssigned: false } or not LocalVariable) Promote(inner._flow, key, type);
        }

        var result = inner.LowerClosureBody(node, parameters, typeParams, declared, returnContext, self, this);
        FunctionType functionType = FunctionTypeOf(typeParams, parameters, result);
        return new Val(MakeClosure(inner, function, functionType, parameters, typeParams), functionType);
    }

    private static DartType ReplaceUnknown(DartType type)
    {
        // Parts that inference does not know yet are dynamic.
        return type switch
        {
            UnknownType => SimpleType.Dynamic,
            InterfaceType i => new InterfaceType(i.Class, [.. i.Args.Select(ReplaceUnknown)], i.Nullable),
            FunctionType f => new FunctionType(f.TypeParams, [.. f.Required.Select(ReplaceUnknown)], [.. f.Optional.Select(ReplaceUnknown)], [.. f.Named.Select(n => n with { Type = ReplaceUnknown(n.Type) })], ReplaceUnknown(f.Result), f.Nullable),
            RecordType r => new RecordType([.. r.Positional.Select(ReplaceUnknown)], [.. r.Named.Select(n => (n.Name, ReplaceUnknown(n.Type)))], r.Nullable),
            _ => type,
        };
    }

    private static FunctionType FunctionTypeOf(List<TypeParam> typeParams, List<Param> parameters, DartType result) => new(
        [.. typeParams],
        [.. parameters.Where(p => p.Kind == ParamKind.Required).Select(p => p.Type)],
        [.. parameters.Where(p => p.Kind == ParamKind.Optional).Select(p => p.Type)],
        [.. parameters.Where(p => p.Kind == ParamKind.Named).Select(p => new NamedParam(p.Name, p.Type, p.Node.IsRequiredNamed)).OrderBy(n => n.Name, StringComparer.Ordinal)],
        result);

    internal static IEnumerable<Syntax.Node> BodyRoots(FunctionNode f)
    {
        if (f.Body is not null) yield return f.Body;
        if (f.ExprBody is not null) yield return f.ExprBody;
        foreach (var i in f.Initializers) yield return i;
    }

    private DartType LowerClosureBody(FunctionNode node, List<Param> parameters, List<TypeParam> typeParams, DartType? declared, DartType? returnContext, LocalVariable? self, FunctionLowering outer)
    {
        _ = self;
        _ = outer;
        // Parameters: the closure, type arguments, then all parameters boxed, positional ones first, named ones by name.
        var closure = _fn.AddParam(WType.Ref(_p.Closure), "closure");
        _context = new StructDef("context", null);
        _contextLocal = _fn.AddLocal(WType.Ref(_context), "context", definite: true);
        var prologue = Node.Set(_contextLocal, new Node { Op = IrOp.Cast, Type = WType.Ref(_context), Args = [Node.Field(_p.Closure, 2, Node.Get(closure))] });
        foreach (var t in typeParams)
        {
            var local = _fn.AddParam(_p.TopRef, t.Name);
            _typeParams[t] = new LocalVariable(t.Name, SimpleType.Dynamic) { Owner = this, Local = local, Repr = _p.TopRef };
        }

        var ordered = Ordered(parameters);
        var locals = ordered.Select(p => _fn.AddParam(_p.AnyRef, p.Name)).ToList();
        _fn.Result = _p.AnyRef;
        _returnType = declared is null ? null : _async == AsyncKind.None ? declared : InnerReturn(declared);
        _infersReturn = declared is null;
        if (declared is null && returnContext is not null && node.ExprBody is null) _returnType = null;
        _out = [prologue];
        for (var i = 0; i < ordered.Count; i++)
            BindParameter(ordered[i], Node.Get(locals[i]), ordered[i].Node);
        DartType result;
        var context = returnContext is null ? null : _async == AsyncKind.None ? returnContext : InnerReturn(returnContext);
        _closureContext = context;
        if (_async != AsyncKind.None)
        {
            result = LowerAsyncBody(node, declared, context);
        }
        else if (node.ExprBody is { } e)
        {
            var value = Lower(e, context is { HasUnknown: false } or null || true ? context : null);
            if (declared is not null && !TypeSystem.IsVoid(declared)) value = new Val(Coerce(value, declared, e), declared);
            result = declared ?? value.Type;
            if (declared is null && context is not null && !context.HasUnknown && TypeSystem.IsVoid(context)) result = value.Type;
            Emit(value.Node.IsNever ? value.Node : Node.Return(Convert(value.Node, _p.AnyRef)));
        }
        else
        {
            _returnValue = _fn.AddLocal(_p.AnyRef, "result");
            if (declared is null && context is { HasUnknown: false } && !TypeSystem.IsVoid(context)) _returnHint = context;
            LowerBlock(node.Body!.Body);
            if (_flow.IsReachable)
            {
                if (_infersReturn) { if (_inferredReturn is not null || true) JoinReturn(SimpleType.Null); }
                else if (_returnType is not null && !TypeSystem.IsNullable(_returnType) && !TypeSystem.IsVoid(_returnType)) throw Error(node, $"A non-null value must be returned since the return type '{_returnType}' doesn't allow null.");
                Emit(Node.Return(Node.Null(_p.Top)));
            }

            result = declared ?? (_inferredReturn is null ? SimpleType.Never : context is not null && TypeSystem.IsVoid(context) && TypeSystem.IsNull(_inferredReturn) ? SimpleType.Void : _inferredReturn);
        }

        _fn.Body = Node.Seq(_out);
        return result;
    }

    private DartType? _closureContext;
    private DartType? _returnHint;

    private static List<Param> Ordered(IEnumerable<Param> parameters)
    {
        var all = parameters.ToList();
        return [.. all.Where(p => p.Kind != ParamKind.Named), .. all.Where(p => p.Kind == ParamKind.Named).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    /// <summary>Makes a parameter a variable of its type.</summary>
    private LocalVariable BindParameter(Param p, Node value, Syntax.Node at)
    {
        var variable = Declare(p.Name, p.Type, at, p.Node.IsFinal);
        var converted = Convert(value, variable.Repr);
        if (variable.Cell is null && converted.Op == IrOp.Get && converted.Data is IrLocal { IsParameter: true } parameter)
            variable.Local = parameter;
        else
            Initialize(variable, converted);
        return variable;
    }

    /// <summary>Makes the closure object of a lowered body.</summary>
    private Node MakeClosure(FunctionLowering inner, IrFunction body, FunctionType type, List<Param> parameters, List<TypeParam> typeParams)
    {
        var ordered = Ordered(parameters);
        var positional = ordered.Count(p => p.Kind != ParamKind.Named);
        var shape = new ClosureShape
        {
            Type = type,
            Call = (f, closure, types, values) => Node.Call(body, [closure, .. types, .. values]),
            Default = i =>
            {
                var p = ordered[i];
                if (p.Node.Default is null) return Node.Null(_p.Top);
                var constant = _p.Constants.Evaluate(p.Node.Default, this, p.Type);
                return _p.Boxed(constant is ConstInt n && _p.ReprOf(p.Type) == WType.F64 ? new ConstDouble(n.Value) : constant);
            },
            ParamType = i => ordered[i].Type,
        };
        var vtable = _p.MakeVTable(body.Name, shape, ordered.Select(p => p.Kind == ParamKind.Named ? p.Name : null).ToList(), direct: typeParams.Count == 0 && positional == ordered.Count ? body : null);
        // The context: what the body took from around it.
        var captured = inner._captureOrder.Select(v => v.Cell is null && v.Owner == this ? Node.Get(v.Local!) : Place(v)).ToArray();
        var cls = _program.CoreClass("_Closure");
        var context = Node.New(inner._context!, captured);
        return Node.New(_p.Closure, _p.HeaderOf(cls), Node.I32(0), context, Node.Get(vtable), TypeNode(type));
    }

    private void LowerLocalFunction(LocalFunction f)
    {
        var node = f.Function;
        // The variable exists before the body, which may call itself; its type must be known then.
        var scope = _scope.WithTypeParams(node.TypeParams, out var typeParams);
        var parameters = node.Params.Select(p => new Param { Node = p, Type = p.Type is null ? SimpleType.Dynamic : scope.Resolve(p.Type) }).ToList();
        DartType result;
        if (node.Return is not null) result = scope.Resolve(node.Return);
        else result = SimpleType.Dynamic;
        var mentionsItself = AstWalker.Analyze(BodyRoots(node)) is { } use && (Mentions(node) || use.InClosures.Contains(node.Name));
        if (!mentionsItself)
        {
            var value = LowerClosure(node, null, null);
            var variable = Declare(node.Name, value.Type, f, isFinal: true);
            variable.FunctionType = (FunctionType)value.Type;
            Initialize(variable, Convert(value.Node, variable.Repr));
            return;
        }

        var type = FunctionTypeOf(typeParams, parameters, result);
        var self = new LocalVariable(node.Name, type) { Owner = this, Repr = WType.Ref(_p.Closure), IsFinal = true, FunctionType = type, Cell = CellOf(WType.Ref(_p.Closure)) };
        if (!_locals.Names.TryAdd(node.Name, self)) throw Error(f, $"'{node.Name}' is already declared in this scope.");
        Initialize(self, null);
        var lowered = LowerClosure(node, null, self);
        Emit(Node.SetField(self.Cell, 0, Node.Get(self.Local!), Convert(lowered.Node, WType.Ref(_p.Closure))));
    }

    private static bool Mentions(FunctionNode node)
    {
        var stack = new Stack<Syntax.Node>(BodyRoots(node));
        var children = new List<Syntax.Node>();
        while (stack.TryPop(out var n))
        {
            if (n is Ident id && id.Name == node.Name) return true;
            children.Clear();
            AstWalker.Children(n, children);
            foreach (var c in children) stack.Push(c);
        }

        return false;
    }

    /// <summary>A closure of a generic function with its type arguments given.</summary>
    private Val InstantiateClosure(Val value, FunctionType generic, FunctionType target, Syntax.Node at)
    {
        var upper = new Dictionary<TypeParam, DartType>();
        var lower = new Dictionary<TypeParam, DartType>();
        _types.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), target, [.. generic.TypeParams], lower, upper);
        // What the target's parameters are is the least that the function must take.
        var args = _types.Solve(generic.TypeParams, lower, upper, partial: false);
        return InstantiateWith(value, generic, args, at);
    }

    private Val InstantiateWith(Val value, FunctionType generic, DartType[] args, Syntax.Node at)
    {
        if (args.Length != generic.TypeParams.Length) throw Error(at, $"Expected {generic.TypeParams.Length} type arguments.");
        var type = generic.Instantiate(args);
        if (value.Node.Op == IrOp.GlobalGet && _p.FunctionConstant((IrGlobal)value.Node.Data!) is { } constant && args.All(a => !a.Any(t => t is TypeParamType)))
            return new Val(_p.ConstNode(constant with { TypeArgs = args }), type);
        // The new closure keeps the old one and the type arguments.
        var context = _p.InstantiationContext;
        var shape = _p.InstantiationShape(type, generic);
        var vtable = _p.MakeVTable("instantiation", shape.Shape, shape.Names, direct: null, dynamicOnly: false);
        var cls = _program.CoreClass("_Closure");
        return new Val(Node.New(_p.Closure, _p.HeaderOf(cls), Node.I32(0), Node.New(context, Convert(value.Node, WType.Ref(_p.Closure)), TypeArray(args)), Node.Get(vtable), TypeNode(type)), type);
    }

    private Val LowerInstantiation(Instantiation i, DartType? context)
    {
        if (StaticTarget(i) is InterfaceType type) return new Val(TypeNode(type), _program.Type("Type"));
        var args = i.TypeArgs.Select(_scope.Resolve).ToArray();
        if (i.Target is PropertyGet p && StaticTarget(p.Target) is ClassElement cls && cls.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor) && !cls.Statics.ContainsKey(p.Name))
            return ConstructorTearoff(constructor, new InterfaceType(cls, args), context);
        var value = LowerTarget(i.Target);
        if (CallableType(value.Type) is { TypeParams.Length: > 0 } generic) return InstantiateWith(value, generic, args, i);
        if (FindMember(value.Type, "call") is not null) return InstantiateWith(GetMember(value, "call", i), (FunctionType)GetMember(value, "call", i).Type, args, i);
        throw Error(i, "Only a generic function can be instantiated.");
    }

    private Val ConstructorTearoff(Member constructor, InterfaceType? type, DartType? context)
    {
        var cls = constructor.Owner!;
        var signature = _p.Signatures.Of(constructor);
        if (cls.IsAbstract && !constructor.Function!.Factory) throw new DartErrorException(_scope.File, constructor.Pos, "The constructor of an abstract class can't be torn off.");
        if (cls.TypeParams.Count > 0 && type is null)
        {
            var wanted = context is null ? null : TypeSystem.NonNull(context) as FunctionType;
            var generic = new FunctionType([.. cls.TypeParams], signature.Required, signature.Optional, signature.Named, cls.ThisType);
            if (wanted is { TypeParams.Length: 0 })
            {
                var lower = new Dictionary<TypeParam, DartType>();
                var upper = new Dictionary<TypeParam, DartType>();
                _types.Constrain(new FunctionType([], generic.Required, generic.Optional, generic.Named, generic.Result), wanted, [.. cls.TypeParams], lower, upper);
                type = new InterfaceType(cls, _types.Solve(cls.TypeParams, lower, upper, partial: false));
            }
            else
            {
                return new Val(_p.ConstNode(new ConstFunction(constructor, [], null)), generic);
            }
        }

        type ??= new InterfaceType(cls, []);
        var bound = (FunctionType)signature.Substitute(type.Map());
        var instantiated = new FunctionType([], bound.Required, bound.Optional, bound.Named, type);
        if (type.IsClosed) return new Val(_p.ConstNode(new ConstFunction(constructor, type.Args, type)), instantiated);
        var closure = _p.ConstNode(new ConstFunction(constructor, [], null));
        return InstantiateWith(new Val(closure, new FunctionType([.. cls.TypeParams], signature.Required, signature.Optional, signature.Named, cls.ThisType)), new FunctionType([.. cls.TypeParams], signature.Required, signature.Optional, signature.Named, cls.ThisType), type.Args, new This());
    }

    private Val ExtensionTearoff(Member member, DartType[] args, Node receiver)
    {
        var signature = (FunctionType)_p.Signatures.Of(member).Substitute(MapOf(member.Owner!.TypeParams, args));
        var function = _p.StaticFunction(member);
        var context = new StructDef("extension", null);
        foreach (var p in function.Params.Take(args.Length + 1)) context.Add(p.Type, false, p.Name);
        var ordered = _p.OrderedParams(member).ToList();
        var shape = new ClosureShape
        {
            Type = signature,
            Call = (f, closure, types, values) =>
            {
                var c = f.AddLocal(WType.Ref(context), "context");
                var set = Node.Set(c, new Node { Op = IrOp.Cast, Type = WType.Ref(context), Args = [Node.Field(_p.Closure, 2, closure)] });
                var nodes = Enumerable.Range(0, args.Length + 1).Select(i => Node.Field(context, i, Node.Get(c))).ToList();
                nodes.AddRange(types);
                foreach (var v in values) nodes.Add(Convert(_p, v, function.Params[nodes.Count].Type));
                return Node.Seq(set, Convert(_p, Node.Call(function, [.. nodes]), _p.AnyRef));
            },
            Default = i => _p.Boxed(_p.Constants.DefaultOf(member, ordered[i])),
            ParamType = i => ordered[i].Type,
        };
        var vtable = _p.MakeVTable(member.FullName, shape, ordered.Select(p => p.Kind == ParamKind.Named ? p.Name : null).ToList(), direct: null);
        var cls = _program.CoreClass("_Closure");
        return new Val(Node.New(_p.Closure, _p.HeaderOf(cls), Node.I32(0), Node.New(context, [.. args.Select(TypeNode), Convert(receiver, function.Params[args.Length].Type)]), Node.Get(vtable), TypeNode(signature)), signature);
    }

    /// <summary>The function that takes a method off an object: the closure's context is the object.</summary>
    public static void LowerTearoffGetter(ProgramLowering p, IrFunction function, IrLocal receiver, Member member)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        lowering.BindThis(receiver);
        var target = p.InstanceFunction(member);
        var selector = p.SelectorOf(member);
        var signature = p.Signatures.Of(member);
        var ordered = p.OrderedParams(member).ToList();
        var shape = new ClosureShape
        {
            Type = signature,
            Call = (f, closure, types, values) =>
            {
                var nodes = new List<Node> { new() { Op = IrOp.Cast, Type = selector.Receiver, Args = [Node.Field(p.Closure, 2, closure)] } };
                nodes.AddRange(types);
                for (var i = 0; i < selector.Params.Count; i++)
                {
                    var sp = selector.Params[i];
                    var index = sp.Name is null ? (i < ordered.Count && ordered[i].Kind != ParamKind.Named ? i : -1) : ordered.FindIndex(o => o.Kind == ParamKind.Named && o.Name == sp.Name);
                    nodes.Add(index >= 0 ? Convert(p, values[index], sp.Type) : sp.UsesSentinel ? Node.Get(p.SentinelGlobal) : ConvertConstant(p, p.ConstNode(sp.Default ?? ConstNull.Instance), sp.Default ?? ConstNull.Instance, sp.Type));
                }

                return Convert(p, Node.Call(target, [.. nodes]), p.AnyRef);
            },
            Default = i => p.Boxed(p.Constants.DefaultOf(member, ordered[i])),
            ParamType = i => ordered[i].Type,
        };
        var vtable = p.MakeVTable(member.FullName, shape, ordered.Select(o => o.Kind == ParamKind.Named ? o.Name : null).ToList(), direct: null);
        var cls = p.Program.CoreClass("_Closure");
        // Parameters that are checked have the type Object? as their owner's.
        var closure = Node.New(p.Closure, p.HeaderOf(cls), Node.I32(0), Node.Get(receiver), Node.Get(vtable), lowering.TypeNode(signature));
        function.Body = Node.Seq([.. lowering._out, closure]);
    }

    /// <summary>The constant closure of a static function or constructor.</summary>
    public static Node StaticClosure(ProgramLowering p, ConstFunction f)
    {
        var member = f.Function;
        var isConstructor = member.Kind == MemberKind.Constructor;
        var signature = p.Signatures.Of(member);
        var typeParams = isConstructor ? member.Owner!.TypeParams : member.TypeParams;
        var generic = new FunctionType([.. typeParams], signature.Required, signature.Optional, signature.Named, signature.Result);
        var type = f.TypeArgs.Length > 0 ? generic.Instantiate(f.TypeArgs) : generic;
        var ordered = p.OrderedParams(member).ToList();
        IrFunction? target = null;
        var shape = new ClosureShape
        {
            Type = type,
            Call = (fn, closure, types, values) =>
            {
                if (target is null)
                {
                    if (member.Function!.External) target = p.ExternalWrapper(member);
                    else if (isConstructor && member.Function.Redirect is not null) target = p.ConstructorFunction(member);
                    else target = isConstructor ? p.ConstructorFunction(member) : p.StaticFunction(member);
                }

                var nodes = f.TypeArgs.Length > 0 ? [.. f.TypeArgs.Select(t => p.ConstNode(new ConstType(t)))] : types.ToList();
                foreach (var v in values) nodes.Add(Convert(p, v, target.Params[nodes.Count].Type));
                return Convert(p, Node.Call(target, [.. nodes]), p.AnyRef);
            },
            Default = i => p.Boxed(p.Constants.DefaultOf(member, ordered[i])),
            ParamType = i => ordered[i].Type,
        };
        var vtable = p.MakeVTable(member.FullName, shape, ordered.Select(o => o.Kind == ParamKind.Named ? o.Name : null).ToList(), direct: null);
        var cls = p.Program.CoreClass("_Closure");
        return Node.New(p.Closure, p.HeaderOf(cls), Node.I32(0), Node.Null(HeapDef.Struct), Node.Get(vtable), p.ConstNode(new ConstType(type)));
    }
}
