using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Calls by name: the adapters that check arguments and call the member.</summary>
internal sealed class DynamicAdapters(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;

    private InvocationLowering Invocations => _body.Invocations;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    private static FunctionLowering Bare(ProgramLowering p, IrFunction function) => new(p, function, new TypeScope(p.Program, p.Program.Core, p.Program.Core.Units[0].File, null), null);

    private static Node Item(ProgramLowering p, Node array, int index) => Node.Array(IrOp.ArrayGet, p.Target.ObjectArray, p.Target.AnyRef, array, Node.I32(index));

    private static Node Length(Node array) => new() { Op = IrOp.ArrayLen, Type = WType.I32, Args = [array] };

    /// <summary>The value of a parameter from the arguments of a call by name.</summary>
    public Node DynamicArgument(Node positional, Node named, int position, string? name, bool required, Node fallback)
    {
        if (name is null)
        {
            var item = Item(_lowering, positional, position);
            return required ? item : Node.If(Node.Numeric(Opcode.I32GtU, WType.I32, Length(positional), Node.I32(position)), item, fallback, _target.AnyRef);
        }

        var index = _state.Function.AddLocal(WType.I64, "index");
        var find = Node.Set(index, Invocations.CallCore("_findNamed", named, Invocations.StringConst(name)));
        var found = Node.Array(IrOp.ArrayGet, _target.ObjectArray, _target.AnyRef, named, Node.Numeric(Opcode.I32WrapI64, WType.I32, Node.Get(index)));
        return Node.Seq(find, Node.If(Node.Numeric(Opcode.I64GeS, WType.I32, Node.Get(index), Node.I64(0)), found, fallback, _target.AnyRef));
    }

    /// <summary>Whether arguments fit: an i32.</summary>
    public Node ShapeFits(FunctionType type, Node types, Node positional, Node named)
    {
        var test = Node.Numeric(Opcode.I32And, WType.I32,
            Node.Numeric(Opcode.I32GeU, WType.I32, Length(positional), Node.I32(type.Required.Length)),
            Node.Numeric(Opcode.I32LeU, WType.I32, Length(positional), Node.I32(type.MaximumPositional)));
        var names = Node.Array(IrOp.ArrayNewFixed, _target.ObjectArray, WType.Ref(_target.ObjectArray), [.. type.Named.SelectMany(n => new[] { Invocations.StringConst(n.Name), _pool.Boxed(new ConstBool(n.IsRequired)) })]);
        test = Node.If(test, _reprs.Convert(Invocations.CallCore("_namedFit", named, names), WType.I32), Node.I32(0), WType.I32);
        var typeCount = Node.If(Node.IsNull(types), Node.I32(1), Node.Numeric(Opcode.I32Eq, WType.I32, Length(Node.NonNull(types)), Node.I32(type.TypeParams.Length)), WType.I32);
        return Node.Numeric(Opcode.I32And, WType.I32, test, typeCount);
    }

    /// <summary>Puts the type arguments of a call by name into variables; those that are not given are the bounds.</summary>
    public List<Node> DynamicTypeArgs(FunctionType type, Node types, List<IrLocal> locals)
    {
        // What is not given is the bound.
        var before = new List<Node>();
        for (var i = 0; i < type.TypeParams.Length; i++)
        {
            var local = _state.Function.AddLocal(_target.TopRef, type.TypeParams[i].Name);
            locals.Add(local);
            TypeExpressions.Parameters[type.TypeParams[i]] = new LocalVariable(type.TypeParams[i].Name, SimpleType.Dynamic) { Owner = _body, Local = local, Repr = _target.TopRef };
        }

        var usual = InstantiateToBound.ArgumentsOf(type.TypeParams);
        for (var i = 0; i < type.TypeParams.Length; i++)
        {
            var bound = usual[i].Any(t => t is TypeParamType) ? SimpleType.Dynamic : usual[i];
            before.Add(Node.Set(locals[i], Node.If(Node.IsNull(types), _reprs.Convert(_pool.ConstNode(new ConstType(bound)), _target.TopRef), Node.NonNull(Item(_lowering, Node.NonNull(types), i)), _target.TopRef)));
        }

        return before;
    }

    // A check of type arguments; those that are not given need none unless the bounds depend on each other.
    private static Node WhereGiven(FunctionType type, Node types, Node check) =>
        Array.Exists(type.TypeParams, t => t.HasBound && t.Bound.Any(b => b is TypeParamType)) ? check : Node.If(Node.IsNull(types), Node.Nop(), check, WType.None);

    /// <summary>The entry of a closure for calls of any shape: checks and fits the arguments.</summary>
    public static IrFunction MakeDynamicEntry(ProgramLowering p, string name, ClosureShape shape, List<string?> names)
    {
        var function = p.NewFunction(name + " (dynamic)");
        var closure = function.AddParam(WType.Ref(p.Target.Closure), "closure");
        var types = Node.Get(function.AddParam(WType.Ref(p.Target.ObjectArray, true), "types"));
        var positional = Node.Get(function.AddParam(WType.Ref(p.Target.ObjectArray), "positional"));
        var named = Node.Get(function.AddParam(WType.Ref(p.Target.ObjectArray), "named"));
        function.Result = p.Target.AnyRef;
        var l = Bare(p, function);
        var fail = Node.Seq(l.Invocations.CallCore("_throwNoSuchMethod", Node.Get(closure), l.Invocations.StringConst("call"), Node.I64(0), types, positional, named), Node.Unreachable());
        l.Output.Nodes.Add(Node.If(l.Adapters.ShapeFits(shape.Type, types, positional, named), Node.Nop(), fail, WType.None));
        if (shape.Forward is { } forward)
        {
            l.Output.Nodes.Add(forward(function, Node.Get(closure), positional, named));
            function.Body = Node.Seq(l.Output.Nodes);
            return function;
        }

        var typeLocals = new List<IrLocal>();
        l.Output.Nodes.AddRange(l.Adapters.DynamicTypeArgs(shape.Type, types, typeLocals));
        if (Array.Exists(shape.Type.TypeParams, t => t.HasBound))
        {
            // The closure's own type has the bounds with what its place gives them.
            var arguments = Node.Array(IrOp.ArrayNewFixed, p.Target.ObjectArray, WType.Ref(p.Target.ObjectArray), [.. typeLocals.Select(Node.Get)]);
            l.Output.Nodes.Add(WhereGiven(shape.Type, types, l.Invocations.CallCore("_checkTypeArguments", Node.Get(closure), arguments)));
        }

        var values = new List<Node>();
        for (var i = 0; i < names.Count; i++)
        {
            var isRequired = names[i] is null && i < shape.Type.Required.Length;
            var fallback = shape.Default(i);
            if (fallback.Op == IrOp.Nop)
            {
                fallback = Node.Null(p.Target.Top);
            }

            var value = l.Adapters.DynamicArgument(positional, named, i, names[i], isRequired, p.Reprs.Convert(fallback, p.Target.AnyRef));
            var local = function.AddLocal(p.Target.AnyRef, "argument");
            l.Output.Nodes.Add(Node.Set(local, value));
            var type = shape.ParamType(i);
            if (type.Any(t => t is TypeParamType q && !l.TypeExpressions.Parameters.ContainsKey(q.Parameter)))
            {
                // What the place of the closure gives its type.
                var arguments = Node.Array(IrOp.ArrayNewFixed, p.Target.ObjectArray, WType.Ref(p.Target.ObjectArray), [.. typeLocals.Select(Node.Get)]);
                var index = names[i] is null ? i : i - names.Count(n => n is null);
                l.Output.Nodes.Add(l.Invocations.CallCore("_checkClosureArgument", Node.Get(local), Node.Get(closure), Node.I64(index), Node.I32(names[i] is null ? 0 : 1), arguments));
            }
            else if (!TypeSystem.IsTop(type))
            {
                l.Output.Nodes.Add(Node.Set(local, p.Reprs.Convert(l.Coercions.CheckedCast(new Val(Node.Get(local), SimpleType.Dynamic), type, new This()), p.Target.AnyRef)));
            }

            values.Add(Node.Get(local));
        }

        l.Output.Nodes.Add(p.Reprs.Convert(shape.Call(function, Node.Get(closure), [.. typeLocals.Select(Node.Get)], values), p.Target.AnyRef));
        function.Body = Node.Seq(l.Output.Nodes);
        return function;
    }

    /// <summary>Calls one member with arguments of any shape.</summary>
    public static IrFunction MakeDynamicAdapter(ProgramLowering p, Member member, DynamicKind kind)
    {
        var function = p.NewFunction($"{member.FullName} (dynamic {kind})");
        var self = function.AddParam(p.Target.TopRef, "receiver");
        var receiver = Node.Get(self);
        var types = Node.Get(function.AddParam(WType.Ref(p.Target.ObjectArray, true), "types"));
        var positional = Node.Get(function.AddParam(WType.Ref(p.Target.ObjectArray), "positional"));
        var named = Node.Get(function.AddParam(WType.Ref(p.Target.ObjectArray), "named"));
        function.Result = p.Target.AnyRef;
        var setter = kind == DynamicKind.Set;
        var selector = p.Selectors.SelectorOf(member, setter);
        // The function for the member's own class; the receiver's class has this member.
        p.Enqueue(() =>
        {
            var l = Bare(p, function);
            if (member.Kind == MemberKind.Method && kind == DynamicKind.Get)
            {
                var tearoff = p.Selectors.TearoffOf(member);
                function.Body = Node.Call(p.Functions.TearoffFunction(member), p.Reprs.Convert(receiver, tearoff.Receiver));
                return;
            }

            if (kind == DynamicKind.Get || kind == DynamicKind.Call && member.Kind != MemberKind.Method)
            {
                var value = p.Reprs.Convert(Node.Call(p.Functions.InstanceFunction(member), p.Reprs.Convert(receiver, selector.Receiver)), p.Target.AnyRef);
                if (kind == DynamicKind.Get) { function.Body = value; return; }

                var local = function.AddLocal(p.Target.AnyRef, "value");
                l.Output.Nodes.Add(Node.Set(local, value));
                l.Output.Nodes.Add(p.DynamicCalls.DynamicForward("call", Node.Get(local), types, positional, named));
                function.Body = Node.Seq(l.Output.Nodes);
                return;
            }

            l.State.Class = member.Owner;
            l.Receivers.BindThisAs(self, member.Owner!.ThisType);
            if (setter)
            {
                // What is of a type parameter of the class the member checks itself.
                var type = member.Kind == MemberKind.Field ? p.Signatures.FieldType(member) : p.Signatures.Of(member).Required[0];
                var value = type is TypeParamType ? Item(p, positional, 0) : l.Coercions.CheckedCast(new Val(Item(p, positional, 0), SimpleType.Dynamic), type, new This());
                l.Output.Nodes.Add(Node.Call(p.Functions.SetterFunction(member), p.Reprs.Convert(receiver, selector.Receiver), p.Reprs.Convert(value, selector.Params[0].Type)));
                l.Output.Nodes.Add(Node.Null(p.Target.Top));
                function.Body = Node.Seq(l.Output.Nodes);
                return;
            }

            var signature = p.Signatures.Of(member);
            // The object answers itself to what does not fit its method.
            var fail = Node.Return(p.Reprs.Convert(l.Invocations.CallCore("_noSuchMethodOn", receiver, l.Invocations.StringConst(member.Name), Node.I64(0), types, positional, named), p.Target.AnyRef));
            l.Output.Nodes.Add(Node.If(l.Adapters.ShapeFits(signature, types, positional, named), Node.Nop(), fail, WType.None));
            var typeLocals = new List<IrLocal>();
            l.Output.Nodes.AddRange(l.Adapters.DynamicTypeArgs(signature, types, typeLocals));
            if (member.Function is { External: true } && !member.Library.IsCore)
            {
                // Optional parameters of what nobody gives a body may have no default.
                l.Entries.EmitMissing(member, isSetter: false);
                function.Body = Node.Seq(l.Output.Nodes);
                return;
            }

            foreach (var (parameter, local) in signature.TypeParams.Zip(typeLocals).Where(t => t.First.HasBound))
            {
                l.Output.Nodes.Add(WhereGiven(signature, types, l.Invocations.CallCore("_checkBound", Node.Get(local), l.TypeExpressions.TypeNode(parameter.Bound), l.Invocations.StringConst(SourceFile.PlainName(parameter.Name)))));
            }

            var args = new List<Node> { p.Reprs.Convert(receiver, selector.Receiver) };
            args.AddRange(typeLocals.Select(Node.Get));
            var parameters = p.Functions.OrderedParams(member).ToList();
            var position = 0;
            foreach (var sp in selector.Params)
            {
                var param = sp.Name is null ? parameters.Where(q => q.Kind != ParamKind.Named).ElementAtOrDefault(position) : parameters.Find(q => q.Kind == ParamKind.Named && q.Name == sp.Name);
                if (param is null)
                {
                    args.Add(p.Pool.LeftOut(sp));
                    continue;
                }

                var fallback = p.Reprs.Convert(param.IsRequired ? Node.Null(p.Target.Top) : p.Pool.Boxed(p.Constants.DefaultOf(member, param)), p.Target.AnyRef);
                var value = l.Adapters.DynamicArgument(positional, named, position, sp.Name, param.Kind == ParamKind.Required, fallback);
                if (sp.Name is null)
                {
                    position++;
                }

                var local = function.AddLocal(p.Target.AnyRef, param.Name);
                l.Output.Nodes.Add(Node.Set(local, value));
                var isCheckedLater = param.Type is TypeParamType own && !l.TypeExpressions.Parameters.ContainsKey(own.Parameter);
                var argument = isCheckedLater ? Node.Get(local) : l.Coercions.CheckedCast(new Val(Node.Get(local), SimpleType.Dynamic), param.Type, new This());
                args.Add(p.Reprs.Convert(argument, sp.Type));
            }

            l.Output.Nodes.Add(p.Reprs.Convert(Node.Call(p.Functions.InstanceFunction(member), [.. args]), p.Target.AnyRef));
            function.Body = Node.Seq(l.Output.Nodes);
        });
        function.Body = Node.Unreachable();
        return function;
    }

    /// <summary>What null answers to a call by name.</summary>
    public static Node DynamicOnNull(ProgramLowering p, string name, DynamicKind kind, IrFunction function, Node positional)
    {
        var l = Bare(p, function);
        if (kind == DynamicKind.Call && name == "toString")
        {
            return Node.Return(l.Invocations.StringConst("null"));
        }

        if (kind == DynamicKind.Call && name == "==")
        {
            return Node.Return(p.Reprs.Convert(Node.IsNull(Item(p, positional, 0)), p.Target.AnyRef));
        }

        if (kind == DynamicKind.Get && name == "hashCode")
        {
            return Node.Return(p.Pool.Boxed(new ConstInt(2011)));
        }

        if (kind == DynamicKind.Get && name == "runtimeType")
        {
            return Node.Return(p.Pool.ConstNode(new ConstType(SimpleType.Null)));
        }

        return Node.Seq(l.Invocations.CallCore("_throwNoSuchMethodOnNull", l.Invocations.StringConst(name), Node.I64((int)kind), positional), Node.Unreachable());
    }

    /// <summary>What an object answers to a call by a name that its class has no member of.</summary>
    public static Node DynamicMissing(ProgramLowering p, string name, DynamicKind kind, IrFunction function, Node receiver, Node types, Node positional, Node named)
    {
        var l = Bare(p, function);
        return Node.Seq(l.Invocations.CallCore("_noSuchMethodOn", receiver, l.Invocations.StringConst(name), Node.I64((int)kind), types, positional, named));
    }

    /// <summary>What runs where a member is asked of a superclass that lacks it, and answers to it by the object's noSuchMethod, which a subclass may have.</summary>
    /// <param name="p">The program.</param>
    /// <param name="selector">What is called.</param>
    /// <param name="super">The superclass.</param>
    public static IrFunction SuperForwarder(ProgramLowering p, Selector selector, ClassElement super)
    {
        if (!selector.SuperForwarders.TryGetValue(super, out var function))
        {
            selector.SuperForwarders[super] = function = MakeNoSuchMethodForwarder(p, selector, selector.Method, super, handler: null);
        }

        return function;
    }

    /// <summary>What a class that lacks a member of its interface runs for it: its noSuchMethod.</summary>
    /// <param name="p">The program.</param>
    /// <param name="selector">What is called: the member, or its tear-off.</param>
    /// <param name="method">The member.</param>
    /// <param name="cls">The class.</param>
    /// <param name="handler">The noSuchMethod of objects of just this class; null for that of the object, whatever its class.</param>
    public static IrFunction MakeNoSuchMethodForwarder(ProgramLowering p, Selector selector, Selector method, ClassElement cls, Member? handler)
    {
        var function = p.NewFunction($"{cls.Name}.{selector.Name} (noSuchMethod)");
        foreach (var t in selector.Def!.Parameters)
        {
            function.AddParam(t, "p");
        }

        function.Result = selector.Def.Result;
        var key = selector.Kind == SelectorKind.Setter ? selector.Name + "=" : selector.Name;
        var (declared, owner) = p.Types.FindMember(cls.ThisType, key) ?? throw new InvalidOperationException($"'{cls.Name}' has no member '{key}'.");
        if (selector.Kind == SelectorKind.Tearoff)
        {
            p.Enqueue(() => TearoffLowering.LowerForwardedTearoff(p, function, function.Params[0], declared, method, cls, handler is null ? SuperForwarder(p, method, cls) : null));
            function.Body = Node.Unreachable();
            return function;
        }

        p.Enqueue(() =>
        {
            var l = Bare(p, function);
            Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, p.Target.ObjectArray, WType.Ref(p.Target.ObjectArray), [.. items.Select(i => p.Reprs.Convert(i, p.Target.AnyRef))]);
            var first = 1 + selector.TypeParamCount;
            var values = selector.Params.Select((q, i) => (q.Name, Value: (Node)Node.Get(function.Params[first + i]))).ToList();
            var kind = selector.Kind switch { SelectorKind.Getter => 1, SelectorKind.Setter => 2, _ => 0 };
            var type = (declared.Kind == MemberKind.Field ? p.Signatures.FieldType(declared) : p.Signatures.Of(declared).Result).Substitute(owner.Map());
            var types = selector.Kind == SelectorKind.Method ? Array(declared.TypeParams.Select((_, i) => Node.Get(function.Params[1 + i]))) : Node.Null(p.Target.ObjectArray);
            var invocation = l.Invocations.CallCore("_makeInvocation", l.Invocations.StringConst(selector.Name), Node.I64(kind), types, Array(values.Where(v => v.Name is null).Select(v => v.Value)), Array(values.Where(v => v.Name is not null).SelectMany(v => new[] { l.Invocations.StringConst(v.Name!), v.Value })));
            var answer = handler ?? p.Program.Object.Class.Members["noSuchMethod"];
            var target = p.Selectors.SelectorOf(answer);
            // A noSuchMethod may have parameters of its own behind the invocation.
            List<Node> given = [p.Reprs.Convert(invocation, target.Params[0].Type), .. target.Params.Skip(1).Select(p.Pool.LeftOut)];
            var self = Node.Get(function.Params[0]);
            var result = handler is null
                ? l.Invocations.CallSelector(new Val(self, cls.ThisType), answer, target, given, isSuper: false)
                : Node.Call(p.Functions.InstanceFunction(handler), [p.Reprs.Convert(self, target.Receiver), .. given]);
            if (function.Result.Kind == WKind.None) { function.Body = Node.Drop(result); return; }

            l.State.Class = cls;
            l.Receivers.BindThisAs(function.Params[0], cls.ThisType);
            l.Parameters.BindTypeParams(declared.TypeParams, function.Params.Skip(1));
            function.Body = p.Reprs.Convert(TypeSystem.IsVoid(type) ? result : l.Coercions.CheckedCast(new Val(result, SimpleType.Dynamic), type, new This()), function.Result);
        });
        function.Body = Node.Unreachable();
        return function;
    }
}
