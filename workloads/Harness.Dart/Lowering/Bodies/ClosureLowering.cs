using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Function expressions and local functions.</summary>
internal sealed class ClosureLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClosureTables _closureTables = body.Program.ClosureTables;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly ReturnState _returns = body.Returns;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;

    private ExpressionLowering Expressions => _body.Expressions;
    private ParameterLowering Parameters => _body.Parameters;
    private Coercions Coercions => _body.Coercions;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;
    private StatementLowering Statements => _body.Statements;
    private AsyncLowering Async => _body.Async;

    /// <summary>A function expression: lowers its body, and makes the object with what it captures.</summary>
    public Val LowerClosure(FunctionNode node, DartType? context)
    {
        var expected = context is null ? null : TypeSystem.NonNull(context) as FunctionType ?? (TypeSystem.IsFutureOr(context) ? ((InterfaceType)context).Args[0] as FunctionType : null);
        var scope = _state.Scope.WithTypeParams(node.TypeParams, out var typeParams);
        if (expected is not null && expected.TypeParams.Length > 0)
        {
            expected = expected.TypeParams.Length == typeParams.Count ? expected.Instantiate([.. typeParams.Select(p => (DartType)p.Type)]) : null;
        }

        var parameters = new List<Param>();
        var position = 0;
        foreach (var p in node.Params)
        {
            var type = p.Type is null ? null : scope.Resolve(p.Type);
            if (type is null && expected is not null)
            {
                type = p.Kind == ParamKind.Named ? Array.Find(expected.Named, n => n.Name == p.Name)?.Type : position < expected.MaximumPositional ? expected.Positional(position) : null;
                if (type is { HasUnknown: true })
                {
                    type = _program.Types.Inference.GreatestClosure(type);
                }

                if (type is not null && TypeSystem.IsNull(type))
                {
                    type = _program.Object.WithNullable(true);
                }
            }

            if (p.Kind != ParamKind.Named)
            {
                position++;
            }

            parameters.Add(new Param { Node = p, Type = type ?? SimpleType.Dynamic });
        }

        var declared = node.Return is null ? null : scope.Resolve(node.Return);
        if (_state.Library.IsOwn)
        {
            CheckHead(node, parameters, declared);
        }

        var returnContext = declared ?? (expected is null || expected.Result is UnknownType ? null : expected.Result);
        var function = _lowering.NewFunction((_state.Member?.FullName ?? "") + (node.Name.Length > 0 ? "." + node.Name : ".<anonymous closure>"));
        function.At = _output.PlaceOf(node);
        _lowering.Traces.Note(_state.Library, ParameterLowering.Ordered(parameters), node);
        var inner = new FunctionLowering(_lowering, function, scope, _state.Member, _body)
        {
            State = { Class = _state.Class, Async = node.Async, Use = AstWalker.Analyze(BodyRoots(node)) },
        };
        // What is known of a variable that nobody assigns holds in the closure as well.
        inner.Output.Flow.Inherit(_output.Flow);

        var result = inner.Closures.LowerClosureBody(node, parameters, typeParams, declared, returnContext);
        _output.Flow.MayAssign(inner.State.Use.Assigned);
        var functionType = FunctionTypeOf(typeParams, parameters, result);
        return new Val(MakeClosure(inner, function, functionType, parameters, typeParams), functionType);
    }

    private void CheckHead(FunctionNode node, List<Param> parameters, DartType? declared)
    {
        static void Throw(SourceFile file, int position, string message) => throw new DartErrorException(file, position, message);
        foreach (var parameter in parameters)
        {
            SignatureChecks.CheckOptional(parameter, _state.Scope.File, Throw);
        }

        foreach (var parameter in parameters.Where(p => p.Node.Default is not null))
        {
            _lowering.Constants.Evaluate(parameter.Node.Default!, _body, parameter.Type);
        }

        if (declared is not null)
        {
            new SignatureChecks(_program, _lowering.Signatures).CheckAsync(node, declared, _state.Scope.File, Throw);
        }
    }

    /// <summary>A type whose parts that inference does not know yet are dynamic.</summary>
    public static DartType ReplaceUnknown(DartType type)
    {
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

    /// <summary>The parts of a function that run: its body and its initializers.</summary>
    public static IEnumerable<Syntax.Node> BodyRoots(FunctionNode f)
    {
        if (f.Body is not null)
        {
            yield return f.Body;
        }

        if (f.ExprBody is not null)
        {
            yield return f.ExprBody;
        }

        foreach (var i in f.Initializers)
        {
            yield return i;
        }
    }

    /// <summary>Lowers the body into this function, which is the closure's, and returns the type of its result.</summary>
    public DartType LowerClosureBody(FunctionNode node, List<Param> parameters, List<TypeParam> typeParams, DartType? declared, DartType? returnContext)
    {
        // Parameters: the closure, type arguments, then all parameters boxed, positional ones first, named ones by name.
        var closure = _state.Function.AddParam(WType.Ref(_target.Closure), "closure");
        _places.Context = new StructDef("context", null);
        _places.ContextLocal = _state.Function.AddLocal(WType.Ref(_places.Context), "context", definite: true);
        var prologue = Node.Set(_places.ContextLocal, new Node { Op = IrOp.Cast, Type = WType.Ref(_places.Context), Args = [Node.Field(_target.Closure, 2, Node.Get(closure))] });
        foreach (var t in typeParams)
        {
            var local = _state.Function.AddParam(_target.TopRef, t.Name);
            TypeExpressions.Parameters[t] = new LocalVariable(t.Name, SimpleType.Dynamic) { Owner = _body, Local = local, Repr = _target.TopRef };
        }

        var ordered = ParameterLowering.Ordered(parameters);
        var locals = ordered.Select(p => _state.Function.AddParam(_target.AnyRef, p.Name)).ToList();
        _state.Function.Result = _target.AnyRef;
        _returns.Type = declared is null ? null : _state.Async == AsyncKind.None ? declared : Async.InnerReturn(declared);
        _returns.IsInferred = declared is null;
        if (declared is null && returnContext is not null && node.ExprBody is null)
        {
            _returns.Type = null;
        }

        _output.Nodes = [prologue];
        for (var i = 0; i < ordered.Count; i++)
        {
            Parameters.BindParameter(ordered[i], Node.Get(locals[i]), ordered[i].Node);
        }

        DartType result;
        var context = returnContext is null ? null : _state.Async == AsyncKind.None ? returnContext : Async.InnerReturn(returnContext);
        if (_state.Async != AsyncKind.None)
        {
            result = Async.LowerAsyncBody(node, declared, context);
        }
        else if (node.ExprBody is { } e)
        {
            var value = Expressions.Lower(e, context);
            value = declared is null ? Coercions.AsReturned(value, context, e) : Coercions.AsResult(value, declared);
            if (declared is not null && !TypeSystem.IsVoid(declared))
            {
                value = new Val(Coercions.Coerce(value, declared, e), declared);
            }

            result = declared ?? value.Type;
            if (declared is null && context is not null && !context.HasUnknown && TypeSystem.IsVoid(context))
            {
                result = value.Type;
            }

            _output.Emit(value.Node.IsNever ? value.Node : Node.Return(_reprs.Convert(value.Node, _target.AnyRef)));
        }
        else
        {
            _returns.Value = _state.Function.AddLocal(_target.AnyRef, "result");
            if (declared is null && context is not null && !TypeSystem.IsVoid(context))
            {
                _returns.Wanted = context;
            }

            if (_returns.Wanted is { HasUnknown: false })
            {
                _returns.Hint = context;
            }

            Statements.LowerBlock(node.Body!.Body);
            if (_output.Flow.IsReachable)
            {
                if (_returns.IsInferred)
                {
                    _returns.Join(SimpleType.Null);
                }
                else if (_returns.Type is not null && TypeSystem.NeedsValue(_returns.Type) && !TypeSystem.IsVoid(_returns.Type))
                {
                    throw _state.Error(node, $"A non-null value must be returned since the return type '{_returns.Type}' doesn't allow null.");
                }

                _output.Emit(Node.Return(Node.Null(_target.Top)));
            }

            result = declared ?? (_returns.Inferred is null ? SimpleType.Never : context is not null && TypeSystem.IsVoid(context) && TypeSystem.IsNull(_returns.Inferred) ? SimpleType.Void : _returns.Inferred);
        }

        _state.Function.Body = Node.Seq(_output.Nodes);
        return result;
    }

    /// <summary>Makes the closure object of a lowered body.</summary>
    private Node MakeClosure(FunctionLowering inner, IrFunction body, FunctionType type, List<Param> parameters, List<TypeParam> typeParams)
    {
        var ordered = ParameterLowering.Ordered(parameters);
        var positional = ordered.Count(p => p.Kind != ParamKind.Named);
        var shape = new ClosureShape
        {
            Type = type,
            Call = (f, closure, types, values) => Node.Call(body, [closure, .. types, .. values]),
            Default = i =>
            {
                var p = ordered[i];
                if (p.Node.Default is null)
                {
                    return Node.Null(_target.Top);
                }

                var constant = _lowering.Constants.Evaluate(p.Node.Default, _body, p.Type);
                return _pool.Boxed(constant is ConstInt n && _reprs.Of(p.Type) == WType.F64 ? new ConstDouble(n.Value) : constant);
            },
            ParamType = i => ordered[i].Type,
        };
        var vtable = _closureTables.MakeVTable(body.Name, shape, ordered.Select(p => p.Kind == ParamKind.Named ? p.Name : null).ToList(), direct: typeParams.Count == 0 && positional == ordered.Count ? body : null);
        // The context: what the body took from around it.
        var captured = inner.Places.Captures.Select(v => v.Cell is null && v.Owner == _body ? Node.Get(v.Local!) : _places.Place(v)).ToArray();
        var cls = _program.CoreClass("_Closure");
        var context = Node.New(inner.Places.Context!, captured);
        return Node.New(_target.Closure, _pool.HeaderOf(cls), Node.I32(0), context, Node.Get(vtable), TypeExpressions.TypeNode(type));
    }

    /// <summary>A local function, which may call itself.</summary>
    public void LowerLocalFunction(LocalFunction f)
    {
        var node = f.Function;
        // The variable exists before the body, which may call itself; its type must be known then.
        var scope = _state.Scope.WithTypeParams(node.TypeParams, out var typeParams);
        var parameters = node.Params.Select(p => new Param { Node = p, Type = p.Type is null ? SimpleType.Dynamic : scope.Resolve(p.Type) }).ToList();
        DartType result;
        if (node.Return is not null)
        {
            result = scope.Resolve(node.Return);
        }
        else
        {
            result = SimpleType.Dynamic;
        }

        var mentionsItself = AstWalker.Analyze(BodyRoots(node)) is { } use && (Mentions(node) || use.InClosures.Contains(node.Name));
        if (!mentionsItself)
        {
            var value = LowerClosure(node, null);
            var variable = _variables.Declare(node.Name, value.Type, f, isFinal: true);
            variable.FunctionType = (FunctionType)value.Type;
            _places.Initialize(variable, _reprs.Convert(value.Node, variable.Repr));
            return;
        }

        var type = FunctionTypeOf(typeParams, parameters, result);
        var self = new LocalVariable(node.Name, type) { Owner = _body, Repr = WType.Ref(_target.Closure), IsFinal = true, FunctionType = type, Cell = _reprs.CellOf(WType.Ref(_target.Closure)) };
        if (node.Name != "_" && !_variables.Current.Names.TryAdd(node.Name, self))
        {
            throw _state.Error(f, $"'{node.Name}' is already declared in this scope.");
        }

        _places.Initialize(self, null);
        var lowered = LowerClosure(node, null);
        _output.Emit(Node.SetField(self.Cell, 0, Node.Get(self.Local!), _reprs.Convert(lowered.Node, WType.Ref(_target.Closure))));
    }

    private static bool Mentions(FunctionNode node)
    {
        var stack = new Stack<Syntax.Node>(BodyRoots(node));
        var children = new List<Syntax.Node>();
        while (stack.TryPop(out var n))
        {
            if (n is Ident id && id.Name == node.Name)
            {
                return true;
            }

            children.Clear();
            AstWalker.Children(n, children);
            foreach (var c in children)
            {
                stack.Push(c);
            }
        }

        return false;
    }
}
