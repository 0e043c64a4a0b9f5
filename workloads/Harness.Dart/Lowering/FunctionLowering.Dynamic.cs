using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Calls by name: the adapters that check arguments and call the member.</summary>
internal sealed partial class FunctionLowering
{
    private static FunctionLowering Bare(ProgramLowering p, IrFunction function) => new(p, function, new TypeScope(p.Program, p.Program.Core, p.Program.Core.Units[0].File, null), null);

    private static Node Item(ProgramLowering p, Node array, int index) => Node.Array(IrOp.ArrayGet, p.ObjectArray, p.AnyRef, array, Node.I32(index));

    private static Node Length(Node array) => new() { Op = IrOp.ArrayLen, Type = WType.I32, Args = [array] };

    /// <summary>The value of a parameter from the arguments of a call by name.</summary>
    private Node DynamicArgument(Node positional, Node named, int position, string? name, bool required, Node fallback)
    {
        if (name is null)
        {
            var item = Item(_p, positional, position);
            return required ? item : Node.If(Node.Numeric(Opcode.I32GtU, WType.I32, Length(positional), Node.I32(position)), item, fallback, _p.AnyRef);
        }

        var index = _fn.AddLocal(WType.I64, "index");
        var find = Node.Set(index, CallCore("_findNamed", named, StringConst(name)));
        var found = Node.Array(IrOp.ArrayGet, _p.ObjectArray, _p.AnyRef, named, Node.Numeric(Opcode.I32WrapI64, WType.I32, Node.Get(index)));
        return Node.Seq(find, Node.If(Node.Numeric(Opcode.I64GeS, WType.I32, Node.Get(index), Node.I64(0)), found, fallback, _p.AnyRef));
    }

    /// <summary>Whether arguments fit: an i32.</summary>
    private Node ShapeFits(FunctionType type, Node types, Node positional, Node named)
    {
        var test = Node.Numeric(Opcode.I32And, WType.I32,
            Node.Numeric(Opcode.I32GeU, WType.I32, Length(positional), Node.I32(type.Required.Length)),
            Node.Numeric(Opcode.I32LeU, WType.I32, Length(positional), Node.I32(type.MaximumPositional)));
        var names = Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), [.. type.Named.SelectMany(n => new[] { StringConst(n.Name), _p.Boxed(new ConstBool(n.IsRequired)) })]);
        test = Node.If(test, Convert(CallCore("_namedFit", named, names), WType.I32), Node.I32(0), WType.I32);
        var typeCount = Node.If(Node.IsNull(types), Node.I32(1), Node.Numeric(Opcode.I32Eq, WType.I32, Length(Node.NonNull(types)), Node.I32(type.TypeParams.Length)), WType.I32);
        return Node.Numeric(Opcode.I32And, WType.I32, test, typeCount);
    }

    private List<Node> DynamicTypeArgs(FunctionType type, Node types, List<IrLocal> locals)
    {
        // What is not given is the bound.
        var before = new List<Node>();
        for (var i = 0; i < type.TypeParams.Length; i++)
        {
            var local = _fn.AddLocal(_p.TopRef, type.TypeParams[i].Name);
            locals.Add(local);
            _typeParams[type.TypeParams[i]] = new LocalVariable(type.TypeParams[i].Name, SimpleType.Dynamic) { Owner = this, Local = local, Repr = _p.TopRef };
        }

        for (var i = 0; i < type.TypeParams.Length; i++)
        {
            var bound = type.TypeParams[i].HasBound && !type.TypeParams[i].Bound.Any(t => t is TypeParamType) ? type.TypeParams[i].Bound : SimpleType.Dynamic;
            before.Add(Node.Set(locals[i], Node.If(Node.IsNull(types), Convert(_p.ConstNode(new ConstType(bound)), _p.TopRef), Node.NonNull(Item(_p, Node.NonNull(types), i)), _p.TopRef)));
        }

        return before;
    }

    /// <summary>The entry of a closure for calls of any shape: checks and fits the arguments.</summary>
    public static IrFunction MakeDynamicEntry(ProgramLowering p, string name, ClosureShape shape, List<string?> names)
    {
        var function = p.NewFunction(name + " (dynamic)");
        var closure = function.AddParam(WType.Ref(p.Closure), "closure");
        var types = Node.Get(function.AddParam(WType.Ref(p.ObjectArray, true), "types"));
        var positional = Node.Get(function.AddParam(WType.Ref(p.ObjectArray), "positional"));
        var named = Node.Get(function.AddParam(WType.Ref(p.ObjectArray), "named"));
        function.Result = p.AnyRef;
        var l = Bare(p, function);
        var fail = Node.Seq(l.CallCore("_throwNoSuchMethod", Node.Get(closure), l.StringConst("call"), Node.I64(0), positional, named), Node.Unreachable());
        l._out.Add(Node.If(l.ShapeFits(shape.Type, types, positional, named), Node.Nop(), fail, WType.None));
        var typeLocals = new List<IrLocal>();
        l._out.AddRange(l.DynamicTypeArgs(shape.Type, types, typeLocals));
        var values = new List<Node>();
        for (var i = 0; i < names.Count; i++)
        {
            var isRequired = names[i] is null && i < shape.Type.Required.Length;
            var fallback = shape.Default(i);
            if (fallback.Op == IrOp.Nop) fallback = Node.Null(p.Top);
            var value = l.DynamicArgument(positional, named, i, names[i], isRequired, l.Convert(fallback, p.AnyRef));
            var local = function.AddLocal(p.AnyRef, "argument");
            l._out.Add(Node.Set(local, value));
            var type = shape.ParamType(i);
            if (!TypeSystem.IsTop(type) && !type.Any(t => t is TypeParamType q && !l._typeParams.ContainsKey(q.Parameter)))
                l._out.Add(Node.Set(local, l.Convert(l.CheckedCast(new Val(Node.Get(local), SimpleType.Dynamic), type, new This()), p.AnyRef)));
            values.Add(Node.Get(local));
        }

        l._out.Add(l.Convert(shape.Call(function, Node.Get(closure), [.. typeLocals.Select(Node.Get)], values), p.AnyRef));
        function.Body = Node.Seq(l._out);
        return function;
    }

    /// <summary>Calls one member with arguments of any shape.</summary>
    public static IrFunction MakeDynamicAdapter(ProgramLowering p, Member member, DynamicKind kind)
    {
        var function = p.NewFunction($"{member.FullName} (dynamic {kind})");
        var receiver = Node.Get(function.AddParam(p.TopRef, "receiver"));
        var types = Node.Get(function.AddParam(WType.Ref(p.ObjectArray, true), "types"));
        var positional = Node.Get(function.AddParam(WType.Ref(p.ObjectArray), "positional"));
        var named = Node.Get(function.AddParam(WType.Ref(p.ObjectArray), "named"));
        function.Result = p.AnyRef;
        var setter = kind == DynamicKind.Set;
        var selector = p.SelectorOf(member, setter);
        // The function for the member's own class; the receiver's class has this member.
        p.Enqueue(() =>
        {
            var l = Bare(p, function);
            if (member.Kind == MemberKind.Method && kind == DynamicKind.Get)
            {
                var tearoff = p.TearoffOf(member);
                function.Body = Node.Call(p.TearoffFunctionOf(member), l.Convert(receiver, tearoff.Receiver));
                return;
            }

            if (kind == DynamicKind.Get || kind == DynamicKind.Call && member.Kind != MemberKind.Method)
            {
                var value = l.Convert(Node.Call(p.InstanceFunction(member), l.Convert(receiver, selector.Receiver)), p.AnyRef);
                if (kind == DynamicKind.Get) { function.Body = value; return; }
                var local = function.AddLocal(p.AnyRef, "value");
                l._out.Add(Node.Set(local, value));
                l._out.Add(p.DynamicForward("call", Node.Get(local), types, positional, named));
                function.Body = Node.Seq(l._out);
                return;
            }

            if (setter)
            {
                var type = member.Kind == MemberKind.Field ? p.Signatures.FieldType(member) : p.Signatures.Of(member).Required[0];
                var value = type.Any(t => t is TypeParamType) ? Item(p, positional, 0) : l.CheckedCast(new Val(Item(p, positional, 0), SimpleType.Dynamic), type, new This());
                l._out.Add(Node.Call(p.SetterFunction(member), l.Convert(receiver, selector.Receiver), l.Convert(value, selector.Params[0].Type)));
                l._out.Add(Node.Null(p.Top));
                function.Body = Node.Seq(l._out);
                return;
            }

            var signature = p.Signatures.Of(member);
            var fail = Node.Seq(l.CallCore("_throwNoSuchMethod", receiver, l.StringConst(member.Name), Node.I64(0), positional, named), Node.Unreachable());
            l._out.Add(Node.If(l.ShapeFits(signature, types, positional, named), Node.Nop(), fail, WType.None));
            var typeLocals = new List<IrLocal>();
            l._out.AddRange(l.DynamicTypeArgs(signature, types, typeLocals));
            var args = new List<Node> { l.Convert(receiver, selector.Receiver) };
            args.AddRange(typeLocals.Select(Node.Get));
            var parameters = p.OrderedParams(member).ToList();
            var position = 0;
            foreach (var sp in selector.Params)
            {
                var param = sp.Name is null ? parameters.Where(q => q.Kind != ParamKind.Named).ElementAtOrDefault(position) : parameters.Find(q => q.Kind == ParamKind.Named && q.Name == sp.Name);
                if (param is null)
                {
                    args.Add(sp.UsesSentinel ? Node.Get(p.SentinelGlobal) : ConvertConstant(p, p.ConstNode(sp.Default ?? ConstNull.Instance), sp.Default ?? ConstNull.Instance, sp.Type));
                    continue;
                }

                var fallback = l.Convert(param.IsRequired ? Node.Null(p.Top) : p.Boxed(p.Constants.DefaultOf(member, param)), p.AnyRef);
                var value = l.DynamicArgument(positional, named, position, sp.Name, param.Kind == ParamKind.Required, fallback);
                if (sp.Name is null) position++;
                var local = function.AddLocal(p.AnyRef, param.Name);
                l._out.Add(Node.Set(local, value));
                if (!TypeSystem.IsTop(param.Type) && !param.Type.Any(t => t is TypeParamType))
                    args.Add(l.Convert(l.CheckedCast(new Val(Node.Get(local), SimpleType.Dynamic), param.Type, new This()), sp.Type));
                else
                    args.Add(l.Convert(Node.Get(local), sp.Type));
            }

            l._out.Add(l.Convert(Node.Call(p.InstanceFunction(member), [.. args]), p.AnyRef));
            function.Body = Node.Seq(l._out);
        });
        function.Body = Node.Unreachable();
        return function;
    }

    /// <summary>What null answers to a call by name.</summary>
    public static Node DynamicOnNull(ProgramLowering p, string name, DynamicKind kind, IrFunction function, Node positional)
    {
        var l = Bare(p, function);
        if (kind == DynamicKind.Call && name == "toString") return Node.Return(l.StringConst("null"));
        if (kind == DynamicKind.Call && name == "==") return Node.Return(l.Convert(Node.IsNull(Item(p, positional, 0)), p.AnyRef));
        if (kind == DynamicKind.Get && name == "hashCode") return Node.Return(p.Boxed(new ConstInt(2011)));
        if (kind == DynamicKind.Get && name == "runtimeType") return Node.Return(p.ConstNode(new ConstType(SimpleType.Null)));
        return Node.Seq(l.CallCore("_throwNoSuchMethodOnNull", l.StringConst(name), Node.I64((int)kind), positional), Node.Unreachable());
    }

    public static Node DynamicMissing(ProgramLowering p, string name, DynamicKind kind, IrFunction function, Node receiver, Node positional, Node named, Node types)
    {
        _ = types;
        var l = Bare(p, function);
        return Node.Seq(l.CallCore("_noSuchMethodOn", receiver, l.StringConst(name), Node.I64((int)kind), positional, named));
    }

    public static IrFunction MakeExternalWrapper(ProgramLowering p, Member member)
    {
        var function = p.NewFunction(member.FullName);
        var typeParams = member.Kind == MemberKind.Constructor ? member.Owner!.TypeParams : member.TypeParams;
        foreach (var t in typeParams) function.AddParam(p.TopRef, t.Name);
        var signature = p.Signatures.Of(member);
        var bound = new Bound { Signature = signature, TypeArgs = [.. typeParams.Select(t => (DartType)t.Type)] };
        foreach (var param in p.OrderedParams(member))
        {
            var local = function.AddParam(p.ReprOf(param.Type), param.Name);
            var v = new Val(Node.Get(local), param.Type);
            if (param.Kind == ParamKind.Named) bound.Named[param.Name] = v;
            else bound.Positional.Add(v);
        }

        function.Result = member.Kind == MemberKind.Constructor ? p.ReprOf(member.Owner!.ThisType) : p.ResultRepr(signature.Result);
        var l = new FunctionLowering(p, function, p.Signatures.ScopeOf(member), member);
        l.BindTypeParams(typeParams, function.Params);
        var node = l.Intrinsic(member, null, bound, new This { Pos = member.Pos }) ?? throw new DartErrorException(member.File, member.Pos, $"The external function '{member.FullName}' is not supported.");
        function.Body = Convert(p, node, function.Result);
        return function;
    }

    private void LowerExternalBody(Member member, Selector selector)
    {
        var signature = _p.Signatures.Of(member);
        var bound = new Bound { Signature = signature };
        var i = 1 + selector.TypeParamCount;
        foreach (var param in _p.OrderedParams(member))
            bound.Positional.Add(new Val(Convert(Node.Get(_fn.Params[i++]), _p.ReprOf(param.Type)), param.Type));
        var node = Intrinsic(member, new Val(Place(_this!), _thisType!), bound, new This { Pos = member.Pos })
            ?? throw new DartErrorException(member.File, member.Pos, $"The external member '{member.FullName}' is not supported.");
        Emit(Convert(node, selector.Result));
    }

    /// <summary>What a class that lacks a member of its interface runs for it: its noSuchMethod.</summary>
    public static IrFunction MakeNoSuchMethodForwarder(ProgramLowering p, Selector selector, Selector method, ClassElement cls, Member handler)
    {
        var function = p.NewFunction($"{cls.Name}.{selector.Name} (noSuchMethod)");
        foreach (var t in selector.Def!.Parameters) function.AddParam(t, "p");
        function.Result = selector.Def.Result;
        p.Enqueue(() =>
        {
            var l = Bare(p, function);
            Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, p.ObjectArray, WType.Ref(p.ObjectArray), [.. items.Select(i => l.Convert(i, p.AnyRef))]);
            var first = 1 + selector.TypeParamCount;
            var values = selector.Params.Select((q, i) => (q.Name, Value: (Node)Node.Get(function.Params[first + i]))).ToList();
            var kind = selector.Kind switch { SelectorKind.Getter => 1, SelectorKind.Setter => 2, _ => 0 };
            var invocation = l.CallCore("_makeInvocation", l.StringConst(selector.Name), Node.I64(kind), Array(values.Where(v => v.Name is null).Select(v => v.Value)), Array(values.Where(v => v.Name is not null).SelectMany(v => new[] { l.StringConst(v.Name!), v.Value })));
            var target = p.SelectorOf(handler);
            var result = Node.Call(p.InstanceFunction(handler), l.Convert(Node.Get(function.Params[0]), target.Receiver), l.Convert(invocation, target.Params[0].Type));
            var declared = method.Members.Find(m => m.Owner is not null)!;
            var type = declared.Kind == MemberKind.Field ? p.Signatures.FieldType(declared) : p.Signatures.Of(declared).Result;
            if (function.Result.Kind == WKind.None) { function.Body = Node.Drop(result); return; }
            function.Body = l.Convert(type.Any(t => t is TypeParamType) || TypeSystem.IsVoid(type) ? result : l.CheckedCast(new Val(result, SimpleType.Dynamic), type, new This()), function.Result);
        });
        function.Body = Node.Unreachable();
        return function;
    }
}
