using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Throw, try, catch and finally.</summary>
internal sealed class ExceptionLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly JumpTargets _jumps = body.Jumps;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;
    private readonly Promotions _promotions = body.Promotions;
    private (LocalVariable Exception, LocalVariable Stack)? _caughtVariables;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private TypeTests TypeTests => _body.TypeTests;
    private StatementLowering Statements => _body.Statements;
    private JumpLowering JumpStatements => _body.JumpStatements;

    /// <summary><c>throw</c>.</summary>
    public Val LowerThrow(ThrowExpr t)
    {
        var value = Expressions.Lower(t.Value, null);
        if (TypeSystem.IsNullable(value.Type) && !TypeSystem.IsDynamic(value.Type))
        {
            throw _state.Error(t, $"Can't throw a value of '{value.Type}' since it is neither dynamic nor non-nullable.");
        }

        var trace = _state.Function.AddLocal(_target.TopRef, "trace", definite: true);
        var captured = Node.Tee(trace, Invocations.CallCore("_captureStackTrace"));
        return new Val(Node.Throw(Invocations.CallCore("_checkThrown", value.Node, captured), Node.Get(trace)), SimpleType.Never);
    }

    /// <summary><c>rethrow</c>.</summary>
    public Val LowerRethrow(Syntax.Node at)
    {
        if (_caughtVariables is not var (exception, stack))
        {
            throw _state.Error(at, "'rethrow' can only be used in catch clauses.");
        }

        return new Val(Node.Throw(_places.ReadRaw(exception), _places.ReadRaw(stack)), SimpleType.Never);
    }

    /// <summary>A try statement.</summary>
    public void LowerTry(TryStmt t)
    {
        if (t.Finally is not null)
        {
            LowerTryFinally(t);
            return;
        }

        LowerTryCatch(t);
    }

    private void LowerTryCatch(TryStmt t)
    {
        var before = _output.Flow.Copy();
        var body = _output.Collect(() => Statements.LowerBlock(t.Body.Body));
        var after = _output.Flow;
        var use = AstWalker.Analyze([t.Body]);
        var exception = _output.Temp(_target.AnyRef, "exception");
        var stack = _output.Temp(_target.AnyRef, "stack");
        var savedCaught = _caughtVariables;
        _output.Flow = before;
        _promotions.DemoteAssigned(use);
        var entry = _output.Flow.Copy();
        var end = new IrLabel();
        var handlers = _output.Collect(() =>
        {
            foreach (var clause in t.Catches)
            {
                _body.Program.Traces.Note(_state.Library, clause);
                _output.Flow = entry.Copy();
                _variables.Push();
                var type = clause.Type is null ? _program.Object : _state.Scope.Resolve(clause.Type);
                var handler = _output.Collect(() =>
                {
                    // Exception and trace are variables, hidden ones where they have no name.
                    var e = DeclareCaught(clause.Exception, clause.Type is null ? _program.Object : type, clause, _reprs.Convert(Node.Get(exception), _reprs.Of(type)));
                    var s = DeclareCaught(clause.StackTrace, _program.Type("StackTrace"), clause, _reprs.Convert(Node.Get(stack), _reprs.Of(_program.Type("StackTrace"))));
                    _caughtVariables = (e, s);
                    _variables.Push();
                    Statements.LowerBlock(clause.Body.Body);
                    _variables.Pop();
                    if (_output.Flow.IsReachable)
                    {
                        _output.Emit(Node.Br(end));
                    }
                });
                _variables.Pop();
                after = Flow.Join(after, _output.Flow.IsReachable ? _output.Flow : LeftBy(handler, end, _output.Flow));
                _output.Flow = entry.Copy();
                var test = clause.Type is null ? Node.I32(1) : TypeTests.TypeTest(Node.Get(exception), SimpleType.Dynamic, type);
                _output.Emit(Node.If(test, Node.Seq(handler), null, WType.None));
                _output.Flow.IsReachable = true;
                if (test.Op == IrOp.I32 && test.Number == 1)
                {
                    return;
                }
            }

            _output.Emit(Node.Throw(Node.Get(exception), Node.Get(stack)));
        });
        _caughtVariables = savedCaught;
        var tryNode = new Node { Op = IrOp.Try, Data = new TryData(exception, stack), Body = [NodeOutput.Void(body)], Else = [Node.Seq(handlers)], Type = WType.None };
        _output.Flow = after;
        var reachable = after.IsReachable;
        _output.Flow.IsReachable = true;
        _output.Emit(Node.Block(end, [tryNode], WType.None));
        if (!reachable)
        {
            _output.Emit(Node.Unreachable());
        }
    }

    // A handler that ends with the branch to the end goes on behind it.
    private static Flow LeftBy(List<Node> handler, IrLabel end, Flow flow)
    {
        if (handler.Count > 0 && handler[^1].Op == IrOp.Br && ReferenceEquals(handler[^1].Data, end))
        {
            var copy = flow.Copy();
            copy.IsReachable = true;
            return copy;
        }

        return flow;
    }

    private LocalVariable DeclareCaught(string? name, DartType type, Syntax.Node at, Node value)
    {
        var variable = name is null || name == "_"
            ? new LocalVariable("", type) { Owner = _body, Repr = _reprs.Of(type) }
            : _variables.Declare(name, type, at);
        _places.Initialize(variable, value);
        return variable;
    }

    private void LowerTryFinally(TryStmt t) => EmitTryFinally(
        () =>
        {
            if (t.Catches.Count > 0)
            {
                LowerTryCatch(t);
            }
            else
            {
                Statements.LowerBlock(t.Body.Body);
            }
        },
        () => Statements.LowerBlock(t.Finally!.Body),
        AstWalker.Analyze([t]));

    /// <summary>Emits a body and what runs behind it however the body is left.</summary>
    public void EmitTryFinally(Action lowerBody, Action lowerFinally, NameUse use)
    {
        var kind = _output.Temp(WType.I32, "completion");
        var exception = _output.Temp(_target.AnyRef, "exception");
        var stack = _output.Temp(_target.AnyRef, "stack");
        var before = _output.Flow.Copy();
        var target = new JumpTarget { Finally = new IrLabel(), Kind = kind };
        _jumps.All.Add(target);
        var body = _output.Collect(lowerBody);
        _jumps.PopJump();
        var afterBody = _output.Flow;
        var handler = new List<Node> { Node.Set(kind, Node.I32(1)) };
        var tryNode = new Node { Op = IrOp.Try, Data = new TryData(exception, stack), Body = [NodeOutput.Void(body)], Else = handler, Type = WType.None };
        _output.Flow = before;
        _promotions.DemoteAssigned(use);
        _output.Flow.IsReachable = true;
        _output.Emit(Node.Set(kind, Node.I32(0)));
        _output.Emit(Node.Block(target.Finally!, [tryNode], WType.None));
        lowerFinally();
        if (!_output.Flow.IsReachable)
        {
            return;
        }

        _output.Emit(Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(kind), Node.I32(1)), Node.Throw(Node.Get(exception), Node.Get(stack)), null, WType.None));
        for (var i = 0; i < target.Exits.Count; i++)
        {
            var (exitKind, exitTarget, number) = target.Exits[i];
            var flow = _output.Flow.Copy();
            var jump = _output.Collect(() => JumpStatements.EmitJump(exitKind, exitTarget, number));
            _output.Flow = flow;
            _output.Emit(Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(kind), Node.I32(i + 2)), Node.Seq(jump), null, WType.None));
        }

        _output.Flow.AlsoAssignedBy(afterBody);
        if (!afterBody.IsReachable)
        {
            _output.Emit(Node.Unreachable());
        }
    }
}
