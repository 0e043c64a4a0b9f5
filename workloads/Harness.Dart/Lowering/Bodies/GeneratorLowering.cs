using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>What generators give, and loops over streams.</summary>
internal sealed class GeneratorLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly ReturnState _returns = body.Returns;
    private readonly JumpTargets _jumps = body.Jumps;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberAccess Access => _body.Access;
    private ElementInference Elements => _body.Elements;
    private Coercions Coercions => _body.Coercions;
    private LoopLowering Loops => _body.Loops;
    private JumpLowering JumpStatements => _body.JumpStatements;
    private ExceptionLowering Exceptions => _body.Exceptions;
    private AsyncLowering Async => _body.Async;

    /// <summary><c>yield</c> and <c>yield*</c>.</summary>
    public void LowerYield(YieldStmt y)
    {
        if (_state.Async is not (AsyncKind.SyncStar or AsyncKind.AsyncStar))
        {
            throw _state.Error(y, "'yield' can only be used in 'sync*' or 'async*' methods.");
        }

        var element = _returns.IsInferred ? _returns.Hint : _returns.Type;
        if (!y.Each)
        {
            var value = Expressions.Lower(y.Value, element is null || TypeSystem.IsVoid(element) ? null : element);
            if (_returns.IsInferred)
            {
                _returns.Join(value.Type);
            }

            EmitYield(YieldedNode(value, y.Value));
            return;
        }

        var each = Expressions.Lower(y.Value, element is null ? null : _program.Type(Async.ResultClass, element));
        var all = _program.Type(Async.ResultClass, SimpleType.Dynamic);
        if (TypeSystem.IsNever(each.Type)) { _output.Emit(each.Node); return; }

        if (TypeSystem.IsDynamic(each.Type))
        {
            each = new Val(Coercions.CheckedCast(each, all, y), all);
        }

        if (TypeSystem.IsNullable(each.Type) || !_types.IsSubtype(each.Type, all))
        {
            throw _state.Error(y.Value, $"The type '{each.Type}' of what 'yield*' gives must implement '{all}'.");
        }

        var type = Elements.ElementType(each.Type, _state.Async == AsyncKind.AsyncStar);
        if (_returns.IsInferred)
        {
            _returns.Join(type);
        }
        else if (_returns.Type is not null && !TypeSystem.IsDynamic(type) && !_types.IsSubtype(type, _returns.Type) && !TypeSystem.IsVoid(_returns.Type))
        {
            throw _state.Error(y.Value, $"A value of type '{each.Type}' can't be given by a generator of '{_returns.Type}'.");
        }

        if (_state.Async == AsyncKind.AsyncStar)
        {
            EmitStop("_asyncStarYieldEach", each.Node);
            return;
        }

        var iterator = Access.GetMember(each, "iterator", y);
        var local = _output.TempOf(iterator.Node, out var set, "iterator");
        _output.Emit(set);
        var self = iterator with { Node = Node.Get(local) };
        var (loop, leave) = (new IrLabel(), new IrLabel());
        var body = _output.Collect(() =>
        {
            _output.Emit(Node.If(_reprs.Convert(Invocations.CallNamed(self, "moveNext", ArgumentBinding.NoArguments, null, null, y).Node, WType.I32), Node.Nop(), Node.Br(leave), WType.None));
            EmitYield(YieldedNode(Access.GetMember(self, "current", y) with { Type = type }, y.Value));
            _output.Nodes.Add(Node.Br(loop));
        });
        _output.Emit(Node.Block(leave, [Node.Loop(loop, body)], WType.None));
    }

    private Node YieldedNode(Val value, Expr at) =>
        _reprs.Convert(_returns.Type is null || _returns.IsInferred || TypeSystem.IsVoid(_returns.Type) ? value.Node : Coercions.Coerce(value, _returns.Type, at), _target.AnyRef);

    private void EmitYield(Node value) => EmitStop(_state.Async == AsyncKind.AsyncStar ? "_asyncStarYield" : "_syncStarYield", value);

    // A stream that nobody listens to any more ends its generator where it stands.
    private void EmitStop(string function, Node value)
    {
        var suspend = Async.Suspend(function, value);
        if (suspend.IsNever) { _output.Emit(value); return; }

        if (_state.Async == AsyncKind.SyncStar) { _output.Emit(Node.Drop(suspend)); return; }

        var ended = _output.Temp(_target.AnyRef, "ended");
        _output.Emit(Node.Set(ended, suspend));
        var flow = _output.Flow.Copy();
        var jump = _output.Collect(() => JumpStatements.EmitJump(JumpKind.Return, null, 0));
        _output.Flow = flow;
        _output.Emit(Node.If(Node.IsNull(Node.Get(ended)), Node.Nop(), Node.Seq(jump), WType.None));
    }

    /// <summary>A loop over a stream.</summary>
    public void LowerAwaitFor(ForParts parts, Val stream, DartType? declared, Action bodyOf, Syntax.Node at, List<string> labels)
    {
        if (_state.Async is not (AsyncKind.Async or AsyncKind.AsyncStar))
        {
            throw _state.Error(at, "'await for' can only be used in 'async' or 'async*' methods.");
        }

        var all = _program.Type("Stream", SimpleType.Dynamic);
        if (TypeSystem.IsDynamic(stream.Type))
        {
            stream = new Val(Coercions.CheckedCast(stream, all, at), all);
        }

        if (!TypeSystem.IsNever(stream.Type) && (TypeSystem.IsNullable(stream.Type) || !_types.IsSubtype(stream.Type, all)))
        {
            throw _state.Error(parts.Iterable!, $"The type '{stream.Type}' used in the 'for' loop must implement 'Stream<dynamic>'.");
        }

        var element = Elements.ElementType(stream.Type, true);
        var iterator = _output.TempOf(Invocations.CallCore("_listenInLoop", stream.Node), out var set, "iterator");
        _output.Emit(set);
        var use = AstWalker.Analyze([at]);
        Exceptions.EmitTryFinally(
            () =>
            {
                _promotions.DemoteAssigned(use);
                var target = _jumps.PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
                var loop = new IrLabel();
                var exit = _output.Flow.Copy();
                var body = _output.Collect(() =>
                {
                    var next = Async.Await(Invocations.CallCore("_moveNextInLoop", Node.Get(iterator)));
                    _output.Emit(Node.If(_reprs.Convert(next, WType.I32), Node.Nop(), Node.Br(target.Break!), WType.None));
                    _variables.Push();
                    Loops.BindLoopVariable(parts, new Val(_reprs.Convert(Invocations.CallCore("_currentInLoop", Node.Get(iterator)), _reprs.Of(element)), element), declared, at);
                    var inner = _output.Collect(bodyOf);
                    _output.Flow.IsReachable = true;
                    _output.Emit(Node.Block(target.Continue!, [NodeOutput.Void(inner)], WType.None));
                    _variables.Pop();
                    _output.Emit(Node.Br(loop));
                });
                _jumps.PopJump();
                Loops.EmitLoop(target, loop, body);
                Loops.FinishLoop(target, exit);
            },
            () =>
            {
                var cancelled = _output.Temp(_target.AnyRef, "cancelled");
                _output.Emit(Node.Set(cancelled, Invocations.CallCore("_cancelLoop", Node.Get(iterator))));
                _output.Emit(Node.If(Node.IsNull(Node.Get(cancelled)), Node.Nop(), Node.Drop(Async.Await(Node.Get(cancelled))), WType.None));
            },
            use);
    }
}
