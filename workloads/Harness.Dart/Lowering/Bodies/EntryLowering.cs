using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>The bodies that a program has functions for: <c>main</c>, functions, methods, accessors and lazy variables.</summary>
internal sealed class EntryLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly ReturnState _returns = body.Returns;
    private readonly VariablePlaces _places = body.Places;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private IntrinsicLowering Intrinsics => _body.Intrinsics;
    private Coercions Coercions => _body.Coercions;
    private StatementLowering Statements => _body.Statements;
    private AsyncLowering Async => _body.Async;

    /// <summary>The function that a host calls: runs <c>main</c> and then what it left to do later, and reports what nobody caught.</summary>
    public static void LowerEntry(ProgramLowering p, IrFunction entry, Member main)
    {
        var scope = new TypeScope(p.Program, main.Library, main.File, null);
        var lowering = new FunctionLowering(p, entry, scope, null);
        foreach (var cls in (string[])["_InterfaceType", "_SimpleType", "_FunctionType", "_RecordType", "_ParamType", "_TypeRow", "String", "int", "double", "bool", "_GrowableList", "_ImmutableList"])
        {
            p.Reached.MarkInstantiated(p.Program.CoreClass(cls));
        }

        p.Enqueue(() =>
        {
            var args = new Arguments();
            var signature = p.Signatures.Of(main);
            if (signature.MaximumPositional > 0)
            {
                args.Items.Add((null, new CoreCall { Pos = main.Pos, Function = "_hostArguments" }));
            }

            // What an isolate would be sent: nothing.
            if (signature.Required.Length > 1)
            {
                args.Items.Add((null, new AsExpr { Pos = main.Pos, Value = new NullLit { Pos = main.Pos }, Type = new NamedTypeNode { Name = "dynamic", Pos = main.Pos } }));
            }

            var exception = lowering.Output.Temp(p.Target.AnyRef, "exception");
            var stack = lowering.Output.Temp(p.Target.AnyRef, "stack");
            var call = lowering.Invocations.CallStatic(main, args, null, null, new This { Pos = main.Pos });
            var body = new List<Node> { Node.Drop(call.Node), lowering.Invocations.CallCore("_runMicrotasks"), Node.Return(Node.I32(0)) };
            var handler = new List<Node> { lowering.Invocations.CallCore("_reportUncaught", Node.Get(exception), Node.Get(stack)), Node.Return(Node.I32(255)) };
            entry.Body = Node.Seq(new Node { Op = IrOp.Try, Data = new TryData(exception, stack), Body = body, Else = handler, Type = WType.None }, Node.Unreachable());
        });
    }

    /// <summary>The type of a variable's initializer.</summary>
    public static DartType InferInitializer(ProgramLowering p, Member member)
    {
        var scope = TypeScope.Of(p.Program, member);
        if (member.EnumValue is { } value)
        {
            return p.Constants.TypeOf(p.Constants.ValueOf(member));
        }

        var function = new IrFunction("types of " + member.Name);
        var lowering = new FunctionLowering(p, function, scope, member) { State = { Use = AstWalker.Analyze([member.Field!.Init!]) } };
        if (member.IsInstance && member.Field.Late)
        {
            lowering.Receivers.BindThis(function.AddParam(p.Target.TopRef, "this"));
        }

        if (member.Field.Const && p.Constants.TryTypeOf(member.Field.Init!, lowering) is { } quick)
        {
            return quick;
        }

        return lowering.Expressions.Lower(member.Field!.Init!, null).Type;
    }

    /// <summary>Finds the errors of a variable's initializer that stand in its text, whether they are evaluated or not.</summary>
    public static void CheckInitializer(ProgramLowering p, Member member)
    {
        var init = member.Field!.Init!;
        var declared = member.Field.Type is null ? null : p.Signatures.FieldType(member);
        var lowering = new FunctionLowering(p, new IrFunction("types of " + member.Name), TypeScope.Of(p.Program, member), member) { State = { Use = AstWalker.Analyze([init]) } };
        var value = lowering.Expressions.Lower(init, declared);
        if (declared is not null)
        {
            lowering.Coercions.Coerce(value, declared, init);
        }
    }

    /// <summary>A method, accessor or operator of a class, or the implicit accessor of a field.</summary>
    public static void LowerInstance(ProgramLowering p, IrFunction function, Member member, Selector selector, bool isSetter)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        lowering.Receivers.BindThis(function.Params[0]);
        if (member.Kind == MemberKind.Field)
        {
            if (member.Field!.External)
            {
                lowering.Entries.EmitMissing(member, isSetter);
            }
            else
            {
                lowering.FieldAccessors.LowerFieldAccessor(member, selector, isSetter);
            }

            function.Body = Node.Seq(lowering.Output.Nodes);
            return;
        }

        var node = member.Function!;
        if (node.External)
        {
            lowering.Entries.LowerExternalBody(member, selector);
            function.Body = Node.Seq(lowering.Output.Nodes);
            return;
        }

        lowering.State.Use = AstWalker.Analyze(ClosureLowering.BodyRoots(node));
        lowering.Parameters.BindTypeParams(member.TypeParams, function.Params.Skip(1));
        lowering.Parameters.CheckTypeArguments(member);
        var first = 1 + selector.TypeParamCount;
        var ordered = p.Functions.OrderedParams(member).ToList();
        p.Traces.Note(member.Library, ordered, node);
        for (var i = 0; i < ordered.Count; i++)
        {
            var param = ordered[i];
            var at = param.Kind == ParamKind.Named ? selector.Params.FindIndex(s => s.Name == param.Name) : i;
            var local = function.Params[first + at];
            lowering.Parameters.BindInstanceParam(member, param, i, selector.Params[at], local);
        }

        lowering.Entries.LowerBody(node, p.Signatures.Of(member).Result, function.Result);
    }

    /// <summary>Lowers the text of a function whose parameters are bound.</summary>
    public void LowerBody(FunctionNode node, DartType result, WType repr)
    {
        _state.Async = node.Async;
        _returns.Type = result;
        if (_state.Async != AsyncKind.None)
        {
            _returns.Type = Async.InnerReturn(result);
            Async.LowerAsyncBody(node, result, _returns.Type);
            _state.Function.Body = Node.Seq(_output.Nodes);
            return;
        }

        if (repr.Kind != WKind.None)
        {
            _returns.Value = _state.Function.AddLocal(repr, "result");
        }

        if (node.ExprBody is { } e)
        {
            var value = Coercions.AsResult(Expressions.Lower(e, TypeSystem.IsVoid(result) ? null : result), result);
            if (value.Node.IsNever)
            {
                _output.Emit(value.Node);
            }
            else if (repr.Kind == WKind.None)
            {
                _output.Emit(Node.Drop(value.Node));
            }
            else if (TypeSystem.IsVoid(result))
            {
                _output.Emit(_reprs.Convert(value.Node, repr));
            }
            else
            {
                _output.Emit(_reprs.Convert(Coercions.Coerce(value, result, e), repr));
            }
        }
        else if (node.Body is { } body)
        {
            Statements.LowerBlock(body.Body);
            if (_output.Flow.IsReachable && repr.Kind != WKind.None)
            {
                if (TypeSystem.NeedsValue(result) && !TypeSystem.IsVoid(result))
                {
                    throw _state.Error(node, $"A non-null value must be returned since the return type '{result}' doesn't allow null.");
                }

                _output.Emit(_reprs.Convert(Node.Null(_target.Top), repr));
            }
        }
        else
        {
            throw _state.Unsupported(node, node.External ? $"The external function '{node.Name}'" : "A function without a body");
        }

        _state.Function.Body = Node.Seq(_output.Nodes);
    }

    /// <summary>A top-level or static function, or an extension's member.</summary>
    public static void LowerStatic(ProgramLowering p, IrFunction function, Member member)
    {
        var scope = p.Signatures.ScopeOf(member);
        var lowering = new FunctionLowering(p, function, scope, member);
        var node = member.Function!;
        if (node.External)
        {
            lowering.Entries.EmitMissing(member, isSetter: member.Kind == MemberKind.Setter);
            function.Body = Node.Seq(lowering.Output.Nodes);
            return;
        }

        lowering.State.Use = AstWalker.Analyze(ClosureLowering.BodyRoots(node));
        var first = 0;
        if (member.IsInstance)
        {
            lowering.Parameters.BindTypeParams(member.Owner!.TypeParams, function.Params);
            first = member.Owner.TypeParams.Count;
            lowering.Receivers.BindThis(function.Params[first++]);
        }

        lowering.Parameters.BindTypeParams(member.TypeParams, function.Params.Skip(first));
        first += member.TypeParams.Count;
        var ordered = p.Functions.OrderedParams(member).ToList();
        p.Traces.Note(member.Library, ordered, node);
        for (var i = 0; i < ordered.Count; i++)
        {
            lowering.Parameters.BindParameter(ordered[i], Node.Get(function.Params[first + i]), ordered[i].Node);
        }

        lowering.Entries.LowerBody(node, member.Kind == MemberKind.Setter ? SimpleType.Void : p.Signatures.Of(member).Result, function.Result);
    }

    /// <summary>The function that reads a variable, and evaluates its initializer first where nobody did.</summary>
    public static void LowerLazyStatic(ProgramLowering p, IrFunction getter, StaticVariable variable)
    {
        var member = variable.Member;
        var scope = TypeScope.Of(p.Program, member);
        var lowering = new FunctionLowering(p, getter, scope, member);
        var value = lowering.State.Function.AddLocal(variable.Global.Type, "value");
        var repr = p.Reprs.Of(variable.Type);
        var done = variable.Flag is { } flag ? Node.Get(flag) : Node.Not(Node.IsNull(Node.Tee(value, Node.Get(variable.Global))));
        var ready = variable.Flag is not null ? Node.Get(variable.Global) : p.Reprs.Convert(Node.Get(value), repr);
        var body = lowering.Output.Nodes;
        body.Add(Node.If(done, Node.Return(p.Reprs.Convert(ready, repr)), null, WType.None));
        // The initializer is a function of its own, so that the test is small.
        var slow = p.NewFunction(member.FullName + " (initializer)");
        slow.Result = repr;
        slow.At = p.Positions.Of(member.File, member.Pos);
        var inner = new FunctionLowering(p, slow, scope, member);
        if (member.Field!.Init is { } init)
        {
            inner.State.Use = AstWalker.Analyze([init]);
            var local = slow.AddLocal(repr, "value");
            inner.Output.Emit(Node.Set(local, p.Reprs.Convert(inner.Coercions.Coerce(inner.Expressions.Lower(init, variable.Type), variable.Type, init), repr)));
            if (inner.Output.Flow.IsReachable)
            {
                if (member.Field is { Late: true, Final: true })
                {
                    var again = variable.Flag is { } f2 ? Node.Get(f2) : Node.Not(Node.IsNull(Node.Get(variable.Global)));
                    inner.Output.Emit(Node.If(again, Node.Seq(inner.Invocations.CallCore("_throwLateAssigned", inner.Invocations.StringConst(SourceFile.PlainName(member.Name))), Node.Unreachable()), null, WType.None));
                }

                inner.Output.Emit(Node.Set(variable.Global, Node.Get(local)));
                if (variable.Flag is { } f)
                {
                    inner.Output.Emit(Node.Set(f, Node.I32(1)));
                }

                inner.Output.Emit(Node.Get(local));
            }
        }
        else
        {
            if (!member.Field.Late)
            {
                throw new DartErrorException(member.File, member.Pos, $"Field '{member.Name}' should be initialized because its type '{variable.Type}' doesn't allow null.");
            }

            inner.Output.Emit(inner.Invocations.CallCore("_throwLateNotInitialized", inner.Invocations.StringConst(SourceFile.PlainName(member.Name))));
            inner.Output.Emit(Node.Unreachable());
        }

        slow.Body = Node.Seq(inner.Output.Nodes);
        body.Add(Node.Call(slow));
        getter.Body = Node.Seq(body);
    }

    /// <summary>The getter or setter of an external variable that no object has.</summary>
    public static void LowerExternalVariable(ProgramLowering p, IrFunction function, Member variable, bool isSetter)
    {
        var lowering = new FunctionLowering(p, function, TypeScope.Of(p.Program, variable), variable);
        lowering.Entries.EmitMissing(variable, isSetter);
        function.Body = Node.Seq(lowering.Output.Nodes);
    }

    /// <summary>Emits what an external member comes to when the program runs: nobody gives it a body.</summary>
    public void EmitMissing(Member member, bool isSetter)
    {
        if (member.Library.IsCore)
        {
            throw new DartErrorException(member.File, member.Pos, $"The external member '{member.FullName}' is not supported.") { IsUnsupported = true };
        }

        var kind = isSetter ? 2 : member.Kind is MemberKind.Field or MemberKind.Getter ? 1 : 0;
        var name = string.Join('.', (member.Kind == MemberKind.Constructor ? member.FullName : member.Name).Split('.').Select(SourceFile.PlainName));
        _output.Emit(Invocations.CallCore("_throwExternal", _state.This is { } self ? _places.Place(self) : Node.Null(_target.Top), Invocations.StringConst(name), Node.I64(kind)));
        _output.Emit(Node.Unreachable());
    }

    /// <summary>A function around an external one, so that there can be closures of it.</summary>
    public static IrFunction MakeExternalWrapper(ProgramLowering p, Member member)
    {
        var function = p.NewFunction(member.FullName);
        var typeParams = member.Kind == MemberKind.Constructor ? member.Owner!.TypeParams : member.TypeParams;
        foreach (var t in typeParams)
        {
            function.AddParam(p.Target.TopRef, t.Name);
        }

        var signature = p.Signatures.Of(member);
        var bound = new BoundArguments { Signature = signature, TypeArgs = [.. typeParams.Select(t => (DartType)t.Type)] };
        foreach (var param in p.Functions.OrderedParams(member))
        {
            var local = function.AddParam(p.Reprs.Of(param.Type), param.Name);
            var v = new Val(Node.Get(local), param.Type);
            if (param.Kind == ParamKind.Named)
            {
                bound.Named[param.Name] = v;
            }
            else
            {
                bound.Positional.Add(v);
            }
        }

        function.Result = member.Kind == MemberKind.Constructor ? p.Reprs.Of(member.Owner!.ThisType) : p.Reprs.OfResult(signature.Result);
        var l = new FunctionLowering(p, function, p.Signatures.ScopeOf(member), member);
        l.Parameters.BindTypeParams(typeParams, function.Params);
        var node = l.Intrinsics.Intrinsic(member, null, bound, new This { Pos = member.Pos }) ?? throw new DartErrorException(member.File, member.Pos, $"The external function '{member.FullName}' is not supported.") { IsUnsupported = true };
        function.Body = p.Reprs.Convert(node, function.Result);
        return function;
    }

    /// <summary>The body of an external member: the operation that it stands for.</summary>
    public void LowerExternalBody(Member member, Selector selector)
    {
        if (!member.Library.IsCore)
        {
            EmitMissing(member, isSetter: selector.Kind == SelectorKind.Setter);
            return;
        }

        var signature = _lowering.Signatures.Of(member);
        var bound = new BoundArguments { Signature = signature };
        var i = 1 + selector.TypeParamCount;
        foreach (var param in _functions.OrderedParams(member))
        {
            bound.Positional.Add(new Val(_reprs.Convert(Node.Get(_state.Function.Params[i++]), _reprs.Of(param.Type)), param.Type));
        }

        var node = Intrinsics.Intrinsic(member, new Val(_places.Place(_state.This!), _state.ThisType!), bound, new This { Pos = member.Pos })
            ?? throw new DartErrorException(member.File, member.Pos, $"The external member '{member.FullName}' is not supported.") { IsUnsupported = true };
        _output.Emit(_reprs.Convert(node, selector.Result));
    }
}
