using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Asynchronous functions and generators: what they wait for and give, and the call that starts them.</summary>
internal sealed class AsyncLowering(FunctionLowering body)
{
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
    private readonly NodeOutput _output = body.Output;
    private readonly ReturnState _returns = body.Returns;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private Coercions Coercions => _body.Coercions;
    private TypeTests TypeTests => _body.TypeTests;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;
    private StatementLowering Statements => _body.Statements;
    private JumpLowering JumpStatements => _body.JumpStatements;

    /// <summary>The type of what an asynchronous function or generator gives: T of Future, Stream or Iterable of T.</summary>
    public DartType InnerReturn(DartType declared)
    {
        if (TypeSystem.IsVoid(declared))
        {
            return declared;
        }

        if (_state.Async == AsyncKind.Async)
        {
            return FutureValue(declared);
        }

        if (TypeSystem.IsFutureOr(declared))
        {
            declared = ((InterfaceType)declared).Args[0];
        }

        return _types.AsInstanceOf(declared, _program.CoreClass(ResultClass)) is { } instance ? instance.Args[0] : SimpleType.Dynamic;
    }

    // The type of the value of the future that an asynchronous function gives: of those that are declared as Object, anything.
    private DartType FutureValue(DartType declared)
    {
        if (TypeSystem.IsFutureOr(declared) || declared is InterfaceType { Class: var future } && future == _program.CoreClass("Future"))
        {
            return ((InterfaceType)declared).Args[0];
        }

        return declared is InterfaceType { Class: var cls } && cls == _program.Object.Class ? declared.WithNullable(true) : Flatten(declared);
    }

    /// <summary>The class of what the function gives: a future, stream or iterable.</summary>
    public string ResultClass => _state.Async switch { AsyncKind.Async => "Future", AsyncKind.AsyncStar => "Stream", _ => "Iterable" };

    /// <summary>
    /// Lowers the body into a state machine, and emits the call that makes the future, stream or iterable, which is the result. Returns its type.
    /// </summary>
    public DartType LowerAsyncBody(FunctionNode node, DartType? declared, DartType? context)
    {
        var taskClass = _state.Async == AsyncKind.SyncStar ? "_SyncStarIterator" : "_Task";
        var machine = new StateMachine(_lowering, _state.Function, _reprs.Of(new InterfaceType(_program.CoreClass(taskClass), _state.Async == AsyncKind.SyncStar ? [SimpleType.Dynamic] : [])), _state.Async == AsyncKind.SyncStar);
        var (outer, prologue) = (_state.Function, _output.Nodes);
        _state.Function = machine.Function;
        _returns.End = new IrLabel();
        _returns.Value = _state.Async == AsyncKind.Async ? _output.Temp(_target.AnyRef, "result") : null;
        if (_returns.IsInferred && context is { HasUnknown: false } && !TypeSystem.IsVoid(context))
        {
            _returns.Hint = context;
        }

        var statements = _output.Collect(() => LowerAsyncStatements(node));
        List<Node> end = [];
        if (_state.Async != AsyncKind.SyncStar)
        {
            var function = _functions.StaticFunction(_program.CoreFunction(_state.Async == AsyncKind.Async ? "_asyncReturn" : "_asyncStarReturn"));
            var args = new List<Node> { _reprs.Convert(Node.Get(machine.Task), function.Params[0].Type) };
            if (_state.Async == AsyncKind.Async)
            {
                args.Add(Node.Get(_returns.Value!));
            }

            end.Add(Node.Drop(Node.Call(function, [.. args])));
        }

        var frame = machine.Build([Node.Block(_returns.End, [NodeOutput.Void(statements)], WType.None)], end);
        (_state.Function, _output.Nodes) = (outer, prologue);
        _output.Flow = new Flow();

        DartType inner;
        if (declared is not null)
        {
            inner = InnerReturn(declared);
        }
        else if (_returns.Inferred is null)
        {
            inner = _state.Async == AsyncKind.Async ? SimpleType.Never : context ?? SimpleType.Dynamic;
        }
        else if (context is not null && TypeSystem.IsVoid(context) && TypeSystem.IsNull(_returns.Inferred))
        {
            inner = SimpleType.Void;
        }
        else
        {
            inner = _returns.Inferred;
        }

        var start = _state.Async switch { AsyncKind.Async => "_runAsync", AsyncKind.AsyncStar => "_runAsyncStar", _ => "_runSyncStar" };
        _output.Emit(_reprs.Convert(Invocations.CallCore(start, TypeExpressions.TypeNode(inner), MakeMachineClosure(machine.Function, frame)), _state.Function.Result));
        return declared ?? new InterfaceType(_program.CoreClass(ResultClass), [inner]);
    }

    private void LowerAsyncStatements(FunctionNode node)
    {
        if (node.ExprBody is { } e)
        {
            JumpStatements.ReturnValue(Expressions.Lower(e, JumpStatements.ReturnContext()), e);
            return;
        }

        Statements.LowerBlock(node.Body!.Body);
        if (!_output.Flow.IsReachable || _state.Async != AsyncKind.Async)
        {
            return;
        }

        if (_returns.IsInferred)
        {
            _returns.Join(SimpleType.Null);
        }
        else if (_returns.Type is not null && TypeSystem.NeedsValue(_returns.Type) && !TypeSystem.IsVoid(_returns.Type))
        {
            throw _state.Error(node, $"A non-null value must be returned since the return type 'Future<{_returns.Type}>' doesn't allow null.");
        }
    }

    /// <summary>The closure that the core library runs the machine by.</summary>
    private Node MakeMachineClosure(IrFunction body, Node frame)
    {
        var any = _program.Object.WithNullable(true);
        var type = new FunctionType([], [any, any, any], [], [], any);
        var shape = new ClosureShape
        {
            Type = type,
            Call = (f, closure, types, values) => Node.Call(body, [closure, .. values]),
            Default = _ => Node.Null(_target.Top),
            ParamType = _ => any,
        };
        var vtable = _closureTables.MakeVTable(body.Name, shape, [null, null, null], body);
        var cls = _program.CoreClass("_Closure");
        return Node.New(_target.Closure, _pool.HeaderOf(cls), Node.I32(0), frame, Node.Get(vtable), _pool.ConstNode(new ConstType(type)));
    }

    /// <summary>A stop: <paramref name="function"/> of the core is called with the task and the value, and sees to it that somebody goes on.</summary>
    public Node Suspend(string function, Node value) =>
        new() { Op = IrOp.Suspend, Data = _functions.StaticFunction(_program.CoreFunction(function)), Args = [_reprs.Convert(value, _target.AnyRef)], Type = value.IsNever ? WType.Never : _target.AnyRef };

    /// <summary>Stops until a future is there, and gives its value.</summary>
    public Node Await(Node value) => value.IsNever ? value : Suspend("_asyncAwait", value);

    /// <summary><c>await</c>.</summary>
    public Val LowerAwait(AwaitExpr a, DartType? context)
    {
        if (_state.Async is not (AsyncKind.Async or AsyncKind.AsyncStar))
        {
            throw _state.Error(a, "'await' can only be used in 'async' or 'async*' methods.");
        }

        var value = Expressions.Lower(a.Value, context is null ? null : new InterfaceType(_program.CoreClass("FutureOr"), [context]));
        Coercions.Used(value, a.Value);
        if (IsNotAwaitable(value.Type))
        {
            throw _state.Error(a.Value, $"A value of the extension type '{value.Type}', which doesn't implement 'Future', can't be waited for.");
        }

        var type = Flatten(value.Type);
        var node = Await(_reprs.Convert(value.Node, _target.AnyRef));
        return new Val(TypeSystem.IsVoid(type) ? node : _reprs.Convert(node, _reprs.Of(type)), type);
    }

    // Whether a type is an extension type that is no future, or bounded by such.
    private bool IsNotAwaitable(DartType type)
    {
        var seen = new HashSet<TypeParam>();
        while (type is TypeParamType variable && (variable.Promoted is not null || seen.Add(variable.Parameter)))
        {
            type = variable.Bound;
        }

        return type is InterfaceType { Class: { IsExtensionType: true } cls } && !_types.Supertypes(cls).ContainsKey(_program.CoreClass("Future"));
    }

    /// <summary>What awaiting a value of a type gives.</summary>
    public DartType Flatten(DartType type)
    {
        if (type is TypeParamType p)
        {
            var bound = p.Promoted ?? p.Bound;
            return _types.AsInstanceOf(bound, _program.CoreClass("Future")) is { } pf ? p.Nullable ? pf.Args[0].WithNullable(true) : pf.Args[0] : TypeSystem.IsFutureOr(bound) ? Flatten(bound) : type;
        }

        if (TypeSystem.IsFutureOr(type)) { var inner = ((InterfaceType)type).Args[0]; return type.Nullable ? inner.WithNullable(true) : inner; }

        if (_types.AsInstanceOf(type, _program.CoreClass("Future")) is { } future)
        {
            return type.Nullable ? future.Args[0].WithNullable(true) : future.Args[0];
        }

        return type;
    }

    /// <summary>What an asynchronous function returns: a future is waited for, within the try blocks around.</summary>
    public void ReturnAsync(Val value, Syntax.Node at)
    {
        var isVoid = _returns.Type is not null && TypeSystem.IsVoid(_returns.Type);
        if (_returns.Type is not null && !isVoid && !TypeSystem.IsDynamic(_returns.Type))
        {
            Coercions.Used(value with { Type = Flatten(value.Type) }, at);
        }

        if (_returns.Type is not null && !isVoid && !_types.IsSubtype(value.Type, JumpStatements.ReturnContext()!) && !TypeSystem.IsDynamic(value.Type))
        {
            throw _state.Error(at, $"A value of type '{value.Type}' can't be returned from an async function with return type 'Future<{_returns.Type}>'.");
        }

        var type = value.Type;
        var node = _reprs.Convert(value.Node, _target.AnyRef);
        if (_types.AsInstanceOf(type, _program.CoreClass("Future")) is not null && !TypeSystem.IsNullable(type))
        {
            node = Await(node);
        }
        else if (value.Node.Type.IsRef && (TypeSystem.IsNullable(type) && _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("Future")) is not null || TypeSystem.IsFutureOr(type) || TypeSystem.IsTop(type) || type is TypeParamType || type is InterfaceType i && i.Class == _program.Object.Class))
        {
            var local = _output.Temp(_target.AnyRef, "returned");
            _output.Emit(Node.Set(local, node));
            // A future of something else is a value itself.
            var wanted = _returns.Type is null || _returns.IsInferred || isVoid ? SimpleType.Dynamic : _returns.Type;
            var test = TypeTests.TypeTest(Node.Get(local), SimpleType.Dynamic, _program.Type("Future", wanted));
            node = Node.If(test, Await(Node.Get(local)), Node.Get(local), _target.AnyRef);
        }

        if (TypeSystem.IsDynamic(type) && _returns.Type is not null && !isVoid)
        {
            node = _reprs.Convert(Coercions.CheckedCast(new Val(node, SimpleType.Dynamic), _returns.Type, at), _target.AnyRef);
        }

        _output.Emit(Node.Set(_returns.Value!, node));
        JumpStatements.EmitJump(JumpKind.Return, null, 0);
    }
}
