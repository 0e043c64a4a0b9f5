using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Asynchronous functions and generators: what they wait for and give, and the call that starts them.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>The type of what an asynchronous function or generator gives: T of Future, Stream or Iterable of T.</summary>
    private DartType InnerReturn(DartType declared)
    {
        if (TypeSystem.IsVoid(declared)) return declared;
        if (_async == AsyncKind.Async) return Flatten(declared);
        if (TypeSystem.IsFutureOr(declared)) declared = ((InterfaceType)declared).Args[0];
        return _types.AsInstanceOf(declared, _program.CoreClass(ResultClass)) is { } instance ? instance.Args[0] : SimpleType.Dynamic;
    }

    private string ResultClass => _async switch { AsyncKind.Async => "Future", AsyncKind.AsyncStar => "Stream", _ => "Iterable" };

    /// <summary>
    /// Lowers the body into a state machine, and emits the call that makes the future, stream or iterable, which is the result. Returns its type.
    /// </summary>
    private DartType LowerAsyncBody(FunctionNode node, DartType? declared, DartType? context)
    {
        var taskClass = _async == AsyncKind.SyncStar ? "_SyncStarIterator" : "_Task";
        var machine = new StateMachine(_p, _fn, _p.ReprOf(new InterfaceType(_program.CoreClass(taskClass), _async == AsyncKind.SyncStar ? [SimpleType.Dynamic] : [])), _async == AsyncKind.SyncStar);
        var (outer, prologue) = (_fn, _out);
        _fn = machine.Function;
        _bodyEnd = new IrLabel();
        _returnValue = _async == AsyncKind.Async ? Temp(_p.AnyRef, "result") : null;
        if (_infersReturn && context is { HasUnknown: false } && !TypeSystem.IsVoid(context)) _returnHint = context;
        var statements = Collect(() => LowerAsyncStatements(node));
        List<Node> end = [];
        if (_async != AsyncKind.SyncStar)
        {
            var function = _p.StaticFunction(_program.CoreFunction(_async == AsyncKind.Async ? "_asyncReturn" : "_asyncStarReturn"));
            var args = new List<Node> { Convert(Node.Get(machine.Task), function.Params[0].Type) };
            if (_async == AsyncKind.Async) args.Add(Node.Get(_returnValue!));
            end.Add(Node.Drop(Node.Call(function, [.. args])));
        }

        var frame = machine.Build([Node.Block(_bodyEnd, [Void(statements)], WType.None)], end);
        (_fn, _out) = (outer, prologue);
        _flow = new Flow();

        DartType inner;
        if (declared is not null) inner = InnerReturn(declared);
        else if (_inferredReturn is null) inner = _async == AsyncKind.Async ? SimpleType.Never : context ?? SimpleType.Dynamic;
        else if (context is not null && TypeSystem.IsVoid(context) && TypeSystem.IsNull(_inferredReturn)) inner = SimpleType.Void;
        else inner = _inferredReturn;
        var start = _async switch { AsyncKind.Async => "_runAsync", AsyncKind.AsyncStar => "_runAsyncStar", _ => "_runSyncStar" };
        Emit(Convert(CallCore(start, TypeNode(inner), MakeMachineClosure(machine.Function, frame)), _fn.Result));
        return declared ?? new InterfaceType(_program.CoreClass(ResultClass), [inner]);
    }

    private void LowerAsyncStatements(FunctionNode node)
    {
        if (node.ExprBody is { } e)
        {
            ReturnValue(Lower(e, ReturnContext()), e);
            return;
        }

        LowerBlock(node.Body!.Body);
        if (!_flow.IsReachable || _async != AsyncKind.Async) return;
        if (_infersReturn) JoinReturn(SimpleType.Null);
        else if (_returnType is not null && !TypeSystem.IsNullable(_returnType) && !TypeSystem.IsVoid(_returnType))
            throw Error(node, $"A non-null value must be returned since the return type 'Future<{_returnType}>' doesn't allow null.");
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
            Default = _ => Node.Null(_p.Top),
            ParamType = _ => any,
        };
        var vtable = _p.MakeVTable(body.Name, shape, [null, null, null], body);
        var cls = _program.CoreClass("_Closure");
        return Node.New(_p.Closure, _p.HeaderOf(cls), Node.I32(0), frame, Node.Get(vtable), _p.ConstNode(new ConstType(type)));
    }

    /// <summary>A stop: <paramref name="function"/> of the core is called with the task and the value, and sees to it that somebody goes on.</summary>
    private Node Suspend(string function, Node value) =>
        new() { Op = IrOp.Suspend, Data = _p.StaticFunction(_program.CoreFunction(function)), Args = [Convert(value, _p.AnyRef)], Type = value.IsNever ? WType.Never : _p.AnyRef };

    private Node Await(Node value) => value.IsNever ? value : Suspend("_asyncAwait", value);

    private Val LowerAwait(AwaitExpr a, DartType? context)
    {
        if (_async is not (AsyncKind.Async or AsyncKind.AsyncStar)) throw Error(a, "'await' can only be used in 'async' or 'async*' methods.");
        var value = Lower(a.Value, context is null ? null : new InterfaceType(_program.CoreClass("FutureOr"), [context]));
        var type = Flatten(value.Type);
        var node = Await(Convert(value.Node, _p.AnyRef));
        return new Val(TypeSystem.IsVoid(type) ? node : Convert(node, _p.ReprOf(type)), type);
    }

    /// <summary>What awaiting a value of a type gives.</summary>
    private DartType Flatten(DartType type)
    {
        if (type is TypeParamType p)
        {
            var bound = p.Promoted ?? p.Bound;
            return _types.AsInstanceOf(bound, _program.CoreClass("Future")) is { } pf ? p.Nullable ? pf.Args[0].WithNullable(true) : pf.Args[0] : TypeSystem.IsFutureOr(bound) ? Flatten(bound) : type;
        }

        if (TypeSystem.IsFutureOr(type)) { var inner = ((InterfaceType)type).Args[0]; return type.Nullable ? inner.WithNullable(true) : inner; }
        if (_types.AsInstanceOf(type, _program.CoreClass("Future")) is { } future) return type.Nullable ? future.Args[0].WithNullable(true) : future.Args[0];
        return type;
    }

    /// <summary>What an asynchronous function returns: a future is waited for, within the try blocks around.</summary>
    private void ReturnAsync(Val value, Syntax.Node at)
    {
        var isVoid = _returnType is not null && TypeSystem.IsVoid(_returnType);
        if (_returnType is not null && !isVoid && !_types.IsSubtype(value.Type, ReturnContext()!) && !TypeSystem.IsDynamic(value.Type))
            throw Error(at, $"A value of type '{value.Type}' can't be returned from an async function with return type 'Future<{_returnType}>'.");
        var type = value.Type;
        var node = Convert(value.Node, _p.AnyRef);
        if (_types.AsInstanceOf(type, _program.CoreClass("Future")) is not null && !TypeSystem.IsNullable(type))
        {
            node = Await(node);
        }
        else if (value.Node.Type.IsRef && (TypeSystem.IsNullable(type) && _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("Future")) is not null || TypeSystem.IsFutureOr(type) || TypeSystem.IsTop(type) || type is TypeParamType || type is InterfaceType i && i.Class == _program.Object.Class))
        {
            var local = Temp(_p.AnyRef, "returned");
            Emit(Node.Set(local, node));
            var test = TypeTest(Node.Get(local), SimpleType.Dynamic, _program.Type("Future", SimpleType.Dynamic));
            node = Node.If(test, Await(Node.Get(local)), Node.Get(local), _p.AnyRef);
        }

        if (TypeSystem.IsDynamic(type) && _returnType is not null && !isVoid) node = Convert(CheckedCast(new Val(node, SimpleType.Dynamic), _returnType, at), _p.AnyRef);
        Emit(Node.Set(_returnValue!, node));
        EmitJump(JumpKind.Return, null, 0);
    }

    private void LowerYield(YieldStmt y)
    {
        if (_async is not (AsyncKind.SyncStar or AsyncKind.AsyncStar)) throw Error(y, "'yield' can only be used in 'sync*' or 'async*' methods.");
        var element = _infersReturn ? _returnHint : _returnType;
        if (!y.Each)
        {
            var value = Lower(y.Value, element is null || TypeSystem.IsVoid(element) ? null : element);
            if (_infersReturn) JoinReturn(value.Type);
            EmitYield(YieldedNode(value, y.Value));
            return;
        }

        var each = Lower(y.Value, element is null ? null : _program.Type(ResultClass, element));
        var all = _program.Type(ResultClass, SimpleType.Dynamic);
        if (TypeSystem.IsNever(each.Type)) { Emit(each.Node); return; }
        if (TypeSystem.IsDynamic(each.Type)) each = new Val(CheckedCast(each, all, y), all);
        if (TypeSystem.IsNullable(each.Type) || !_types.IsSubtype(each.Type, all))
            throw Error(y.Value, $"The type '{each.Type}' of what 'yield*' gives must implement '{all}'.");
        var type = ElementType(each.Type, _async == AsyncKind.AsyncStar);
        if (_infersReturn) JoinReturn(type);
        else if (_returnType is not null && !TypeSystem.IsDynamic(type) && !_types.IsSubtype(type, _returnType) && !TypeSystem.IsVoid(_returnType))
            throw Error(y.Value, $"A value of type '{each.Type}' can't be given by a generator of '{_returnType}'.");
        if (_async == AsyncKind.AsyncStar)
        {
            EmitStop("_asyncStarYieldEach", each.Node);
            return;
        }

        var iterator = GetMember(each, "iterator", y);
        var local = TempOf(iterator.Node, out var set, "iterator");
        Emit(set);
        var self = iterator with { Node = Node.Get(local) };
        var (loop, leave) = (new IrLabel(), new IrLabel());
        var body = Collect(() =>
        {
            Emit(Node.If(Convert(CallNamed(self, "moveNext", NoArguments, null, null, y).Node, WType.I32), Node.Nop(), Node.Br(leave), WType.None));
            EmitYield(YieldedNode(GetMember(self, "current", y) with { Type = type }, y.Value));
            _out.Add(Node.Br(loop));
        });
        Emit(Node.Block(leave, [Node.Loop(loop, body)], WType.None));
    }

    private Node YieldedNode(Val value, Expr at) =>
        Convert(_returnType is null || _infersReturn || TypeSystem.IsVoid(_returnType) ? value.Node : Coerce(value, _returnType, at), _p.AnyRef);

    private void EmitYield(Node value) => EmitStop(_async == AsyncKind.AsyncStar ? "_asyncStarYield" : "_syncStarYield", value);

    // A stream that nobody listens to any more ends its generator where it stands.
    private void EmitStop(string function, Node value)
    {
        var suspend = Suspend(function, value);
        if (suspend.IsNever) { Emit(value); return; }
        if (_async == AsyncKind.SyncStar) { Emit(Node.Drop(suspend)); return; }
        var ended = Temp(_p.AnyRef, "ended");
        Emit(Node.Set(ended, suspend));
        var flow = _flow.Copy();
        var jump = Collect(() => EmitJump(JumpKind.Return, null, 0));
        _flow = flow;
        Emit(Node.If(Node.IsNull(Node.Get(ended)), Node.Nop(), Node.Seq(jump), WType.None));
    }

    private void LowerAwaitFor(ForParts parts, Val stream, DartType? declared, Action bodyOf, Syntax.Node at, List<string> labels)
    {
        if (_async is not (AsyncKind.Async or AsyncKind.AsyncStar)) throw Error(at, "'await for' can only be used in 'async' or 'async*' methods.");
        var all = _program.Type("Stream", SimpleType.Dynamic);
        if (TypeSystem.IsDynamic(stream.Type)) stream = new Val(CheckedCast(stream, all, at), all);
        if (!TypeSystem.IsNever(stream.Type) && (TypeSystem.IsNullable(stream.Type) || !_types.IsSubtype(stream.Type, all)))
            throw Error(parts.Iterable!, $"The type '{stream.Type}' used in the 'for' loop must implement 'Stream<dynamic>'.");
        var element = ElementType(stream.Type, true);
        var iterator = TempOf(CallCore("_listenInLoop", stream.Node), out var set, "iterator");
        Emit(set);
        var use = AstWalker.Analyze([at]);
        EmitTryFinally(
            () =>
            {
                DemoteAssigned(use);
                var target = PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
                var loop = new IrLabel();
                var exit = _flow.Copy();
                var body = Collect(() =>
                {
                    var next = Await(CallCore("_moveNextInLoop", Node.Get(iterator)));
                    Emit(Node.If(Convert(next, WType.I32), Node.Nop(), Node.Br(target.Break!), WType.None));
                    Push();
                    BindLoopVariable(parts, new Val(Convert(CallCore("_currentInLoop", Node.Get(iterator)), _p.ReprOf(element)), element), declared, at);
                    var inner = Collect(bodyOf);
                    _flow.IsReachable = true;
                    Emit(Node.Block(target.Continue!, [Void(inner)], WType.None));
                    Pop();
                    Emit(Node.Br(loop));
                });
                PopJump();
                EmitLoop(target, loop, body);
                FinishLoop(target, exit);
            },
            () =>
            {
                var cancelled = Temp(_p.AnyRef, "cancelled");
                Emit(Node.Set(cancelled, CallCore("_cancelLoop", Node.Get(iterator))));
                Emit(Node.If(Node.IsNull(Node.Get(cancelled)), Node.Nop(), Node.Drop(Await(Node.Get(cancelled))), WType.None));
            },
            use);
    }
}
