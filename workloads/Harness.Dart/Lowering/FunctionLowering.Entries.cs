using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>The bodies of functions, methods, constructors and lazy variables.</summary>
internal sealed partial class FunctionLowering
{
    public static void LowerEntry(ProgramLowering p, IrFunction entry, Member main)
    {
        var scope = new TypeScope(p.Program, main.Library, main.File, null);
        var lowering = new FunctionLowering(p, entry, scope, null);
        foreach (var cls in (string[])["_InterfaceType", "_SimpleType", "_FunctionType", "_RecordType", "_ParamType", "_TypeRow", "String", "int", "double", "bool", "_GrowableList", "_ImmutableList"])
            p.MarkInstantiated(p.Program.CoreClass(cls));
        p.Enqueue(() =>
        {
            var args = new Arguments();
            var signature = p.Signatures.Of(main);
            if (signature.Required.Length > 0) args.Items.Add((null, new ListLit { Pos = main.Pos, TypeArgs = [new NamedTypeNode { Name = "String", Pos = main.Pos }] }));
            // What an isolate would be sent: nothing.
            if (signature.Required.Length > 1) args.Items.Add((null, new AsExpr { Pos = main.Pos, Value = new NullLit { Pos = main.Pos }, Type = new NamedTypeNode { Name = "dynamic", Pos = main.Pos } }));
            var exception = lowering.Temp(p.AnyRef, "exception");
            var stack = lowering.Temp(p.AnyRef, "stack");
            var call = lowering.CallStatic(main, args, null, null, new This { Pos = main.Pos });
            var body = new List<Node> { Node.Drop(call.Node), lowering.CallCore("_runMicrotasks"), Node.Return(Node.I32(0)) };
            var handler = new List<Node> { lowering.CallCore("_reportUncaught", Node.Get(exception), Node.Get(stack)), Node.Return(Node.I32(255)) };
            entry.Body = Node.Seq(new Node { Op = IrOp.Try, Data = new TryData(exception, stack), Body = body, Else = handler, Type = WType.None }, Node.Unreachable());
        });
    }

    /// <summary>The type of a variable's initializer.</summary>
    public static DartType InferInitializer(ProgramLowering p, Member member)
    {
        var scope = new TypeScope(p.Program, member.Library, member.File, member.Owner ?? member.Lexical);
        if (member.EnumValue is { } value)
            return p.Constants.TypeOf(p.Constants.ValueOf(member));
        var function = new IrFunction("types of " + member.Name);
        var lowering = new FunctionLowering(p, function, scope, member) { _use = AstWalker.Analyze([member.Field!.Init!]) };
        if (member.IsInstance && member.Field.Late) lowering.BindThis(function.AddParam(p.TopRef, "this"));
        if (member.Field.Const && p.Constants.TryTypeOf(member.Field.Init!, lowering) is { } quick) return quick;
        return lowering.Lower(member.Field!.Init!, null).Type;
    }

    private void BindThis(IrLocal receiver)
    {
        var type = _class!.ThisType;
        if (_class.Node.Kind == ClassKind.Extension) { BindThisAs(receiver, _class.OnType!); return; }
        if (_class.IsExtensionType) { BindThisAs(receiver, type); return; }
        var own = WType.Ref(_p.ReprStruct(_class) is var repr && _class.Library.IsCore && _class.Name is "int" or "double" or "bool" ? _p.LayoutOf(_class).Struct : _p.LayoutOf(_class).Struct.IsSubtypeOf(repr) ? _p.LayoutOf(_class).Struct : repr);
        if (_class == _program.Object.Class || _class.Library.IsCore && _class.Name is "num" or "Comparable" or "_Enum" && _p.ReprStruct(_class) == _p.Top) own = _p.TopRef;
        if (_class.Library.IsCore && _class.Name is "int" or "double" or "bool" && _class.Library.IsCore)
        {
            // Numbers are not boxed within their own methods.
            var value = _fn.AddLocal(_p.ReprOf(type), "this", definite: true);
            _out.Add(Node.Set(value, Convert(Node.Get(receiver), value.Type)));
            _this = new LocalVariable("this", type) { Owner = this, Local = value, Repr = value.Type };
            _thisType = type;
            return;
        }

        var local = receiver;
        if (!receiver.Type.IsSubtypeOf(own))
        {
            local = _fn.AddLocal(own, "this", definite: true);
            _out.Add(Node.Set(local, Node.Cast(own, Node.Get(receiver))));
        }

        _this = new LocalVariable("this", type) { Owner = this, Local = local, Repr = local.Type };
        _thisType = type;
    }

    private void BindThisAs(IrLocal receiver, DartType type)
    {
        _this = new LocalVariable("this", type) { Owner = this, Local = receiver, Repr = receiver.Type };
        _thisType = type;
    }

    private void BindTypeParams(IEnumerable<TypeParam> parameters, IEnumerable<IrLocal> locals)
    {
        foreach (var (p, local) in parameters.Zip(locals))
            _typeParams[p] = new LocalVariable(p.Name, SimpleType.Dynamic) { Owner = this, Local = local, Repr = _p.TopRef };
    }

    /// <summary>A method, accessor or operator of a class, or the implicit accessor of a field.</summary>
    public static void LowerInstance(ProgramLowering p, IrFunction function, Member member, Selector selector, bool isSetter)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        lowering.BindThis(function.Params[0]);
        if (member.Kind == MemberKind.Field)
        {
            lowering.LowerFieldAccessor(member, selector, isSetter);
            function.Body = Node.Seq(lowering._out);
            return;
        }

        var node = member.Function!;
        if (node.External)
        {
            lowering.LowerExternalBody(member, selector);
            function.Body = Node.Seq(lowering._out);
            return;
        }

        lowering._use = AstWalker.Analyze(BodyRoots(node));
        lowering.BindTypeParams(member.TypeParams, function.Params.Skip(1));
        var first = 1 + selector.TypeParamCount;
        var ordered = p.OrderedParams(member).ToList();
        var positional = ordered.Count(o => o.Kind != ParamKind.Named);
        for (var i = 0; i < ordered.Count; i++)
        {
            var param = ordered[i];
            var at = param.Kind == ParamKind.Named ? selector.Params.FindIndex(s => s.Name == param.Name) : i;
            var local = function.Params[first + at];
            lowering.BindInstanceParam(member, param, selector.Params[at], local);
        }

        _ = positional;
        lowering.LowerBody(node, p.Signatures.Of(member).Result, function.Result);
    }

    private void BindInstanceParam(Member member, Param param, SelectorParam slot, IrLocal local)
    {
        Node value = Node.Get(local);
        var repr = _p.ReprOf(param.Type);
        if (slot.UsesSentinel && !param.IsRequired)
        {
            var constant = _p.Constants.DefaultOf(member, param);
            var fallback = ConvertConstant(_p, _p.ConstNode(constant), constant, repr);
            var chosen = Node.If(Node.RefEq(Node.Get(local), Node.Get(_p.SentinelGlobal)), fallback, Convert(CovariantCheck(param, value), repr), repr);
            var temp = _fn.AddLocal(repr, param.Name);
            _out.Add(Node.Set(temp, chosen));
            value = Node.Get(temp);
        }
        else
        {
            value = CovariantCheck(param, value);
        }

        BindParameter(param, value, param.Node);
    }

    /// <summary>A check of a parameter whose type depends on the class's type parameters, or that is declared covariant.</summary>
    private Node CovariantCheck(Param param, Node value)
    {
        var needs = param.Node.IsCovariant || value.Type.IsRef && param.Type.Any(t => t is TypeParamType { Parameter.Class: not null }) && !(param.Type is FunctionType);
        if (!needs && value.Type.IsRef && !value.Type.IsSubtypeOf(_p.ReprOf(param.Type)) && _member is { IsInstance: true } && IsNarrowerThanOverridden(param)) needs = true;
        if (!needs || _p.Options.Casts == CheckKind.Trusted || !value.Type.IsRef) return value;
        if (TypeSystem.IsTop(param.Type)) return value;
        var type = TypeSystem.Erase(param.Type);
        if (type is TypeParamType t)
            return Node.Seq(CallCore("_checkCovariant", value, TypeNode(type)), value);
        return CheckedCast(new Val(value, SimpleType.Dynamic), param.Type, param.Node);
    }

    // A field or parameter declared covariant above makes those below it covariant, too.
    private bool IsNarrowerThanOverridden(Param param) => !param.Type.IsClosed || param.Node.IsCovariant || _member!.Selector?.Find().Members.Exists(m => m.Function?.Params.Exists(q => q.IsCovariant) == true || m.Field is { Covariant: true }) == true;

    private void LowerBody(FunctionNode node, DartType result, WType repr)
    {
        _async = node.Async;
        _returnType = result;
        if (_async != AsyncKind.None)
        {
            _returnType = InnerReturn(result);
            LowerAsyncBody(node, result, _returnType);
            _fn.Body = Node.Seq(_out);
            return;
        }

        if (repr.Kind != WKind.None) _returnValue = _fn.AddLocal(repr, "result");
        if (node.ExprBody is { } e)
        {
            var value = Lower(e, TypeSystem.IsVoid(result) ? null : result);
            if (value.Node.IsNever) Emit(value.Node);
            else if (repr.Kind == WKind.None) Emit(Node.Drop(value.Node));
            else if (TypeSystem.IsVoid(result)) Emit(Convert(value.Node, repr));
            else Emit(Convert(Coerce(value, result, e), repr));
        }
        else if (node.Body is { } body)
        {
            LowerBlock(body.Body);
            if (_flow.IsReachable && repr.Kind != WKind.None)
            {
                if (!TypeSystem.IsNullable(result) && !TypeSystem.IsVoid(result))
                    throw Error(node, $"A non-null value must be returned since the return type '{result}' doesn't allow null.");
                Emit(Convert(Node.Null(_p.Top), repr));
            }
        }
        else
        {
            throw Unsupported(node, node.External ? $"The external function '{node.Name}'" : "A function without a body");
        }

        _fn.Body = Node.Seq(_out);
    }

    private void LowerFieldAccessor(Member field, Selector selector, bool isSetter)
    {
        var layout = _p.LayoutOf(_class!);
        var index = layout.Fields.TryGetValue(field, out var at) ? at : throw new DartErrorException(field.File, field.Pos, $"The field '{field.Name}' has no value.");
        var type = _p.Signatures.FieldType(field);
        var self = Place(_this!);
        var storage = layout.Struct.Fields[index].Type;
        if (field.Field!.Late)
        {
            var unset = UsesNullForUninitialized(type);
            Node Test(Node current) => unset ? Node.IsNull(current) : Node.RefEq(current, Node.Get(_p.SentinelGlobal));
            if (isSetter)
            {
                if (field.Field.Final)
                    Emit(Node.If(Test(Node.Field(layout.Struct, index, self)), Node.Nop(), Node.Seq(CallCore("_throwLateAlreadyInitialized", StringConst(field.Name)), Node.Unreachable()), WType.None));
                Emit(Node.SetField(layout.Struct, index, self, Convert(Convert(FieldCheck(field, type), _p.ReprOf(type)), storage)));
                return;
            }

            var local = _fn.AddLocal(storage, field.Name);
            Emit(Node.Set(local, Node.Field(layout.Struct, index, self)));
            Node missing;
            if (field.Field.Init is { } init)
            {
                _use = AstWalker.Analyze([init]);
                var body = Collect(() =>
                {
                    var value = Convert(Coerce(Lower(init, type), type, init), _p.ReprOf(type));
                    Emit(Node.Set(local, Convert(value, storage)));
                    if (field.Field.Final) Emit(Node.If(Test(Node.Field(layout.Struct, index, self)), Node.Nop(), Node.Seq(CallCore("_throwLateAlreadyInitialized", StringConst(field.Name)), Node.Unreachable()), WType.None));
                    Emit(Node.SetField(layout.Struct, index, self, Node.Get(local)));
                });
                missing = Node.Seq(body);
            }
            else
            {
                missing = Node.Seq(CallCore("_throwLateNotInitialized", StringConst(field.Name)), Node.Unreachable());
            }

            _flow.IsReachable = true;
            Emit(Node.If(Test(Node.Get(local)), missing, null, WType.None));
            Emit(Convert(Convert(Node.Get(local), _p.ReprOf(type)), selector.Result));
            return;
        }

        if (isSetter) Emit(Node.SetField(layout.Struct, index, self, Convert(FieldCheck(field, type), storage)));
        else Emit(Convert(Node.Field(layout.Struct, index, self), selector.Result));
    }

    private Node FieldCheck(Member field, DartType type)
    {
        var value = Node.Get(_fn.Params[1]);
        var needs = field.Field!.Covariant || value.Type.IsRef && type.Any(t => t is TypeParamType) && type is not FunctionType;
        if (!needs || _p.Options.Casts == CheckKind.Trusted || TypeSystem.IsTop(type)) return value;
        if (type is TypeParamType) return Node.Seq(CallCore("_checkCovariant", value, TypeNode(type)), value);
        return CheckedCast(new Val(value, SimpleType.Dynamic), type, new This { Pos = field.Pos });
    }

    /// <summary>A top-level or static function, or an extension's member.</summary>
    public static void LowerStatic(ProgramLowering p, IrFunction function, Member member)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        var node = member.Function!;
        if (node.External) throw new DartErrorException(member.File, member.Pos, $"The external function '{member.FullName}' is not supported.");
        lowering._use = AstWalker.Analyze(BodyRoots(node));
        var first = 0;
        if (member.IsInstance)
        {
            lowering.BindTypeParams(member.Owner!.TypeParams, function.Params);
            first = member.Owner.TypeParams.Count;
            lowering.BindThis(function.Params[first++]);
        }

        lowering.BindTypeParams(member.TypeParams, function.Params.Skip(first));
        first += member.TypeParams.Count;
        var ordered = p.OrderedParams(member).ToList();
        for (var i = 0; i < ordered.Count; i++)
            lowering.BindParameter(ordered[i], Node.Get(function.Params[first + i]), ordered[i].Node);
        lowering.LowerBody(node, member.Kind == MemberKind.Setter ? SimpleType.Void : p.Signatures.Of(member).Result, function.Result);
    }

    public static void LowerLazyStatic(ProgramLowering p, IrFunction getter, StaticVariable variable)
    {
        var member = variable.Member;
        var scope = new TypeScope(p.Program, member.Library, member.File, member.Owner);
        var lowering = new FunctionLowering(p, getter, scope, member);
        var value = lowering._fn.AddLocal(variable.Global.Type, "value");
        var repr = p.ReprOf(variable.Type);
        Node done = variable.Flag is { } flag ? Node.Get(flag) : Node.Not(Node.IsNull(Node.Tee(value, Node.Get(variable.Global))));
        Node ready = variable.Flag is not null ? Node.Get(variable.Global) : Convert(p, Node.Get(value), repr);
        var body = lowering._out;
        body.Add(Node.If(done, Node.Return(Convert(p, ready, repr)), null, WType.None));
        // The initializer is a function of its own, so that the test is small.
        var slow = p.NewFunction(member.FullName + " (initializer)");
        slow.Result = repr;
        var inner = new FunctionLowering(p, slow, scope, member);
        if (member.Field!.Init is { } init)
        {
            inner._use = AstWalker.Analyze([init]);
            var local = slow.AddLocal(repr, "value");
            inner.Emit(Node.Set(local, inner.Convert(inner.Coerce(inner.Lower(init, variable.Type), variable.Type, init), repr)));
            if (inner._flow.IsReachable)
            {
                if (member.Field is { Late: true, Final: true })
                {
                    var again = variable.Flag is { } f2 ? Node.Get(f2) : Node.Not(Node.IsNull(Node.Get(variable.Global)));
                    inner.Emit(Node.If(again, Node.Seq(inner.CallCore("_throwLateAlreadyInitialized", inner.StringConst(member.Name)), Node.Unreachable()), null, WType.None));
                }

                inner.Emit(Node.Set(variable.Global, Node.Get(local)));
                if (variable.Flag is { } f) inner.Emit(Node.Set(f, Node.I32(1)));
                inner.Emit(Node.Get(local));
            }
        }
        else
        {
            if (!member.Field.Late) throw new DartErrorException(member.File, member.Pos, $"Field '{member.Name}' should be initialized because its type '{variable.Type}' doesn't allow null.");
            inner.Emit(inner.CallCore("_throwLateNotInitialized", inner.StringConst(member.Name)));
            inner.Emit(Node.Unreachable());
        }

        slow.Body = Node.Seq(inner._out);
        body.Add(Node.Call(slow));
        getter.Body = Node.Seq(body);
    }

    // Constructors.

    public static void LowerConstructor(ProgramLowering p, IrFunction function, Member member)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        var cls = member.Owner!;
        var node = member.Function!;
        lowering._use = AstWalker.Analyze(BodyRoots(node));
        lowering.BindTypeParams(cls.TypeParams, function.Params);
        var first = cls.TypeParams.Count;
        IrLocal? enumIndex = null, enumName = null;
        if (cls.IsEnum && !node.Factory)
        {
            enumIndex = function.Params[first++];
            enumName = function.Params[first++];
        }

        var ordered = p.OrderedParams(member).ToList();
        var type = cls.ThisType;
        if (node.Factory)
        {
            if (node.Redirect is not null)
            {
                var (target, targetType) = lowering.RedirectTarget(member, type, new This { Pos = member.Pos });
                var redirected = p.ConstructorFunction(target);
                var nodes = targetType.Args.Select(lowering.TypeNode).ToList();
                var bound = new Bound { Signature = p.Signatures.Of(target) };
                for (var i = 0; i < ordered.Count; i++)
                {
                    var v = new Val(Node.Get(function.Params[first + i]), ordered[i].Type);
                    if (ordered[i].Kind == ParamKind.Named) bound.Named[ordered[i].Name] = v;
                    else bound.Positional.Add(v);
                }

                nodes.AddRange(lowering.ArgumentsFor(target, bound, redirected.Params, nodes.Count));
                function.Body = lowering.Convert(Node.Call(redirected, [.. nodes]), function.Result);
                return;
            }

            for (var i = 0; i < ordered.Count; i++)
                lowering.BindParameter(ordered[i], Node.Get(function.Params[first + i]), ordered[i].Node);
            lowering.LowerBody(node, type, function.Result);
            return;
        }

        var values = ordered.Select((o, i) => (o, (Node)Node.Get(function.Params[first + i]))).ToList();
        if (cls.IsExtensionType)
        {
            lowering.LowerExtensionTypeConstructor(member, values);
            return;
        }

        if (node.Initializers.OfType<ThisInit>().FirstOrDefault() is { } redirect)
        {
            foreach (var (param, value) in values) lowering.BindParameter(param, value, param.Node);
            if (!cls.Constructors.TryGetValue(redirect.Name ?? "", out var target)) throw lowering.Error(redirect, $"Couldn't find constructor '{cls.Name}{(redirect.Name is null ? "" : "." + redirect.Name)}'.");
            foreach (var assert in node.Initializers.OfType<AssertInit>()) lowering.LowerAssert(assert.Condition, assert.Message);
            var bound = lowering.BindArguments(p.Signatures.Of(target), redirect.Args, null, null, redirect);
            var redirected = p.ConstructorFunction(target);
            var nodes = cls.TypeParams.Select(t => lowering.TypeNode(t.Type)).ToList();
            if (enumIndex is not null) { nodes.Add(Node.Get(enumIndex)); nodes.Add(Node.Get(enumName!)); }
            nodes.AddRange(lowering.ArgumentsFor(target, bound, redirected.Params, nodes.Count));
            lowering.Emit(Sequenced(bound.Before, Node.Call(redirected, [.. nodes])));
            function.Body = Node.Seq(lowering._out);
            return;
        }

        // Initializers up the chain of superclasses, the object, then the bodies from the top down.
        var layout = p.LayoutOf(cls);
        var fields = new Node?[layout.Struct.Fields.Count];
        fields[0] = p.HeaderOf(cls);
        fields[1] = Node.I32(0);
        var bodies = new List<(FunctionLowering Lowering, FunctionNode Node)>();
        lowering.LowerInitializers(member, type, values, fields, bodies, enumIndex, enumName, 0);
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i] is null) fields[i] = DefaultField(p, layout.Struct.Fields[i].Type);
        }

        var self = function.AddLocal(WType.Ref(layout.Struct), "this", definite: true);
        var output = lowering._out;
        output.Add(Node.Set(self, Node.New(layout.Struct, fields!)));
        foreach (var (inner, body) in bodies)
        {
            inner._out = output;
            inner._this = new LocalVariable("this", inner._class!.ThisType) { Owner = inner, Local = self, Repr = self.Type };
            inner._thisType = inner._class.ThisType;
            inner._flow.IsReachable = true;
            inner._bodyEnd = new IrLabel();
            var statements = inner.Collect(() => inner.LowerBlock(body.Body!.Body));
            output.Add(Node.Block(inner._bodyEnd, [Void(statements)], WType.None));
        }

        output.Add(Node.Get(self));
        function.Body = Node.Seq(output);
    }

    private static Node DefaultField(ProgramLowering p, WType type) =>
        type.IsRef && !type.Nullable ? Node.NonNull(Node.Null(type.Heap!)) : type == p.AnyRef ? Node.Null(p.Top) : ProgramLowering.DefaultNode(type);

    /// <summary>Evaluates the field values that a constructor and those of its superclasses give; this lowering has the constructor's parameters.</summary>
    private void LowerInitializers(Member constructor, InterfaceType type, List<(Param, Node)> values, Node?[] fields, List<(FunctionLowering, FunctionNode)> bodies, IrLocal? enumIndex, IrLocal? enumName, int depth)
    {
        if (depth > 500) throw new DartErrorException(constructor.File, constructor.Pos, "The chain of constructors is too long.");
        var cls = constructor.Owner!;
        var node = constructor.Function!;
        var layout = _p.LayoutOf(cls);
        foreach (var parameter in cls.TypeParams)
        {
            if (layout.TypeFields.TryGetValue(parameter, out var at) && fields[at] is null)
                fields[at] = TypeParamValue(parameter);
        }

        void SetField(Member field, Node value)
        {
            var index = layout.Fields[field];
            var storage = layout.Struct.Fields[index].Type;
            var local = _fn.AddLocal(storage, field.Name);
            Emit(Node.Set(local, Convert(value, storage)));
            fields[index] = Node.Get(local);
        }

        // Field initializers see no parameters.
        foreach (var field in cls.InstanceFields)
        {
            var fieldType = _p.Signatures.FieldType(field);
            if (field.Field!.Late)
            {
                if (!UsesNullForUninitialized(fieldType)) fields[layout.Fields[field]] = Node.Get(_p.SentinelGlobal);
                continue;
            }

            if (field.Field.Init is { } init)
            {
                var own = new FunctionLowering(_p, _fn, _p.Signatures.ScopeOf(field), field) { _out = _out, _use = AstWalker.Analyze([init]) };
                foreach (var (k, v) in _typeParams) own._typeParams[k] = new LocalVariable(v.Name, v.Type) { Owner = own, Local = v.Local, Repr = v.Repr };
                var value = own.Coerce(own.Lower(init, fieldType), fieldType, init);
                SetField(field, Convert(value, _p.ReprOf(fieldType)));
            }
        }

        if (constructor.Index == -1)
        {
            // A mixin's application hands all parameters on.
            var super = _types.AsInstanceOf(type, cls.Supertype!.Class)!;
            LowerSuper(cls.Supertype.Class.Constructors[constructor.Name], values, type, fields, bodies, depth, enumIndex, enumName);
            _ = super;
            return;
        }

        var superInit = node.Initializers.OfType<SuperInit>().FirstOrDefault();
        var superArgs = new List<(string? Name, Val Value, Param Param)>();
        foreach (var (param, value) in values)
        {
            if (param.Node.IsThis)
            {
                var field = cls.Members[param.Name];
                // The parameter is seen in the initializer list, and not in the body.
                var variable = BindParameter(param, value, param.Node);
                SetField(field, Convert(Coerce(new Val(ReadRaw(variable), param.Type), _p.Signatures.FieldType(field), param.Node), _p.ReprOf(_p.Signatures.FieldType(field))));
            }
            else
            {
                var variable = BindParameter(param, value, param.Node);
                if (param.Node.IsSuper) superArgs.Add((param.Kind == ParamKind.Named ? param.Name : null, new Val(ReadRaw(variable), param.Type), param));
            }
        }

        foreach (var initializer in node.Initializers)
        {
            switch (initializer)
            {
                case FieldInit f:
                    if (!cls.Members.TryGetValue(f.Name, out var field) || field.Kind != MemberKind.Field) throw Error(f, $"'{f.Name}' isn't an instance field of this class.");
                    var fieldType = _p.Signatures.FieldType(field);
                    var value = Convert(Coerce(Lower(f.Value, fieldType), fieldType, f.Value), _p.ReprOf(fieldType));
                    SetField(field, value);
                    break;
                case AssertInit a:
                    LowerAssert(a.Condition, a.Message);
                    break;
            }
        }

        foreach (var field in cls.InstanceFields)
        {
            var index = layout.Fields[field];
            if (fields[index] is null && !field.Field!.Late && !TypeSystem.IsNullable(_p.Signatures.FieldType(field)) && field.Field.Init is null)
                throw new DartErrorException(field.File, field.Pos, $"Field '{field.Name}' should be initialized because its type '{_p.Signatures.FieldType(field)}' doesn't allow null.");
        }

        // The superclass.
        if (cls.Supertype is { } superType && superType.Class != _program.Object.Class)
        {
            var superClass = superType.Class;
            if (superClass.IsEnumBase)
            {
                SetEnumFields(superClass, fields, enumIndex!, enumName!);
            }
            else
            {
                var name = superInit?.Name ?? "";
                if (!superClass.Constructors.TryGetValue(name, out var target) || target.Function!.Factory)
                    throw superInit is not null ? Error(superInit, $"Superclass has no constructor named '{superClass.Name}{(name.Length > 0 ? "." + name : "")}'.") : new DartErrorException(constructor.File, constructor.Pos, $"The superclass '{superClass.Name}' has no unnamed constructor that takes no arguments.");
                var map = superType.Map();
                var signature = (FunctionType)_p.Signatures.Of(target).Substitute(map);
                var superParams = _p.Signatures.Params(target);
                var given = new Dictionary<Param, Node>();
                var position = 0;
                foreach (var (argName, argValue, _) in superArgs)
                {
                    var param = argName is null ? superParams.Where(q => q.Kind != ParamKind.Named).ElementAt((superInit?.Args.Items.Count(a => a.Name is null) ?? 0) + position++) : superParams.First(q => q.Kind == ParamKind.Named && q.Name == argName);
                    given[param] = Convert(Coerce(argValue, param.Type.Substitute(map), constructor.Function!), _p.ReprOf(param.Type));
                }

                position = 0;
                foreach (var (argName, expr) in superInit?.Args.Items ?? [])
                {
                    var param = argName is null ? superParams.Where(q => q.Kind != ParamKind.Named).ElementAtOrDefault(position++) : superParams.Find(q => q.Kind == ParamKind.Named && q.Name == argName);
                    if (param is null) throw Error(expr, argName is null ? "Too many positional arguments." : $"No named parameter with the name '{argName}'.");
                    var paramType = param.Type.Substitute(map);
                    var node2 = Convert(Coerce(Lower(expr, paramType), paramType, expr), _p.ReprOf(param.Type));
                    var local = _fn.AddLocal(node2.IsNever ? _p.AnyRef : node2.Type, param.Name);
                    Emit(Node.Set(local, node2));
                    given[param] = Node.Get(local);
                }

                var superValues = new List<(Param, Node)>();
                foreach (var param in Ordered(superParams))
                {
                    if (given.TryGetValue(param, out var value)) { superValues.Add((param, value)); continue; }
                    if (param.IsRequired) throw superInit is not null ? Error(superInit, "Too few arguments for the super constructor.") : new DartErrorException(constructor.File, constructor.Pos, $"The superclass '{superClass.Name}' has no unnamed constructor that takes no arguments.");
                    var constant = _p.Constants.DefaultOf(target, param);
                    superValues.Add((param, ConvertConstant(_p, _p.ConstNode(constant), constant, _p.ReprOf(param.Type))));
                }

                _ = signature;
                LowerSuper(target, superValues, type, fields, bodies, depth, enumIndex, enumName);
            }
        }

        if (node.Body is not null)
        {
            // Initializing formals are no variables of the body.
            var bodyScope = new Scope(null);
            foreach (var (k, v) in _locals.Names)
            {
                if (!values.Exists(p => p.Item1.Node.IsThis && p.Item1.Name == k)) bodyScope.Names[k] = v;
            }

            _locals = bodyScope;
            bodies.Add((this, node));
        }
    }

    private void SetEnumFields(ClassElement enumBase, Node?[] fields, IrLocal index, IrLocal name)
    {
        var layout = _p.LayoutOf(enumBase);
        fields[layout.Fields[enumBase.Members["index"]]] = Node.Get(index);
        fields[layout.Fields[enumBase.Members["_$corename"]]] = Node.Get(name);
    }

    private void LowerSuper(Member target, List<(Param, Node)> values, InterfaceType type, Node?[] fields, List<(FunctionLowering, FunctionNode)> bodies, int depth, IrLocal? enumIndex, IrLocal? enumName)
    {
        if (target.Owner!.IsEnumBase && enumIndex is not null)
        {
            SetEnumFields(target.Owner, fields, enumIndex, enumName!);
            return;
        }

        // A super constructor that redirects: its target, with the arguments that it gives.
        var super = new FunctionLowering(_p, _fn, _p.Signatures.ScopeOf(target), target)
        {
            _out = _out,
            _use = AstWalker.Analyze(BodyRoots(target.Function!)),
        };
        var instance = _types.AsInstanceOf(_class!.ThisType, target.Owner!)!;
        for (var i = 0; i < target.Owner!.TypeParams.Count; i++)
        {
            var local = _fn.AddLocal(_p.TopRef, target.Owner.TypeParams[i].Name);
            Emit(Node.Set(local, TypeNode(instance.Args[i])));
            super._typeParams[target.Owner.TypeParams[i]] = new LocalVariable(target.Owner.TypeParams[i].Name, SimpleType.Dynamic) { Owner = super, Local = local, Repr = _p.TopRef };
        }

        if (target.Index != -1 && target.Function!.Initializers.OfType<ThisInit>().FirstOrDefault() is { } redirect)
        {
            foreach (var (param, value) in values) super.BindParameter(param, value, param.Node);
            var next = target.Owner.Constructors[redirect.Name ?? ""];
            var bound = super.BindArguments(_p.Signatures.Of(next), redirect.Args, null, null, redirect);
            foreach (var b in bound.Before) super.Emit(b);
            var nextValues = new List<(Param, Node)>();
            var position = 0;
            foreach (var param in Ordered(_p.Signatures.Params(next)))
            {
                Node node;
                if (param.Kind != ParamKind.Named && position < bound.Positional.Count) node = bound.Positional[position++]!.Value.Node;
                else if (param.Kind == ParamKind.Named && bound.Named.TryGetValue(param.Name, out var v)) node = v.Node;
                else { var constant = _p.Constants.DefaultOf(next, param); node = ConvertConstant(_p, _p.ConstNode(constant), constant, _p.ReprOf(param.Type)); }
                nextValues.Add((param, Convert(node, _p.ReprOf(param.Type))));
            }

            super.LowerSuper(next, nextValues, type, fields, bodies, depth + 1, enumIndex, enumName);
            return;
        }

        super.LowerInitializers(target, type, values, fields, bodies, enumIndex, enumName, depth + 1);
    }

    /// <summary>A constructor of an extension type gives the representation.</summary>
    private void LowerExtensionTypeConstructor(Member member, List<(Param, Node)> values)
    {
        var cls = member.Owner!;
        var node = member.Function!;
        var field = cls.InstanceFields.FirstOrDefault() ?? cls.Members.Values.First(m => m.Kind == MemberKind.Field);
        var repr = _fn.Result;
        var result = _fn.AddLocal(repr, "value");
        var isSet = false;
        foreach (var (param, value) in values)
        {
            var variable = BindParameter(param, value, param.Node);
            if (param.Node.IsThis) { Emit(Node.Set(result, Convert(ReadRaw(variable), repr))); isSet = true; }
        }

        foreach (var initializer in node.Initializers)
        {
            switch (initializer)
            {
                case FieldInit f:
                    var type = _p.Signatures.FieldType(field);
                    Emit(Node.Set(result, Convert(Coerce(Lower(f.Value, type), type, f.Value), repr)));
                    isSet = true;
                    break;
                case ThisInit t:
                    var target = cls.Constructors[t.Name ?? ""];
                    var bound = BindArguments(_p.Signatures.Of(target), t.Args, null, null, t);
                    var function = _p.ConstructorFunction(target);
                    var nodes = cls.TypeParams.Select(tp => TypeNode(tp.Type)).ToList();
                    nodes.AddRange(ArgumentsFor(target, bound, function.Params, nodes.Count));
                    Emit(Node.Set(result, Convert(Sequenced(bound.Before, Node.Call(function, [.. nodes])), repr)));
                    isSet = true;
                    break;
                case AssertInit a: LowerAssert(a.Condition, a.Message); break;
            }
        }

        // A class of JavaScript that the published programs construct.
        if (!isSet && node.External && cls.Node.Metadata.Select(m => m.Value).OfType<Call>().FirstOrDefault(m => m.Target is Ident { Name: "JS" }) is { } js && js.Args.Items is [{ Value: StringLit { IsConstantText: true } name }])
        {
            var items = Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), [.. values.Select(v => Convert(v.Item2, _p.AnyRef))]);
            var list = _p.NewCore("_GrowableList", TypeNode(SimpleType.Dynamic), items, Node.I64(values.Count));
            Emit(Node.Set(result, Convert(CallCore("_jsConstruct", StringConst((string)name.Parts[0]), list), repr)));
            isSet = true;
        }

        if (!isSet) throw new DartErrorException(member.File, member.Pos, node.External ? $"The external constructor '{member.FullName}' is not supported." : "The representation is not initialized.");
        if (node.Body is not null)
        {
            BindThisAs(result, cls.ThisType);
            _bodyEnd = new IrLabel();
            var statements = Collect(() => LowerBlock(node.Body.Body));
            _flow.IsReachable = true;
            Emit(Node.Block(_bodyEnd, [Void(statements)], WType.None));
        }

        Emit(Node.Get(result));
        _fn.Body = Node.Seq(_out);
    }
}
