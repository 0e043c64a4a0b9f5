using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Breaks, continues, labels and returns, through the finally blocks on their way.</summary>
internal sealed class JumpLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly ReturnState _returns = body.Returns;
    private readonly JumpTargets _jumps = body.Jumps;
    private List<string>? _pendingLabels;

    private ExpressionLowering Expressions => _body.Expressions;
    private Coercions Coercions => _body.Coercions;
    private StatementLowering Statements => _body.Statements;
    private AsyncLowering Async => _body.Async;

    /// <summary><c>break</c>.</summary>
    public void LowerBreak(BreakStmt b)
    {
        for (var i = _jumps.All.Count - 1; i >= 0; i--)
        {
            var target = _jumps.All[i];
            if (target.Finally is null && (b.Label is null ? target.IsUnlabeledBreak : target.Labels.Contains(b.Label)))
            {
                EmitJump(JumpKind.Break, target, 0);
                return;
            }
        }

        throw _state.Error(b, b.Label is null ? "A break statement can't be used outside of a loop or switch statement." : $"Can't break to '{b.Label}'.");
    }

    /// <summary><c>continue</c>.</summary>
    public void LowerContinue(ContinueStmt c)
    {
        for (var i = _jumps.All.Count - 1; i >= 0; i--)
        {
            var target = _jumps.All[i];
            if (c.Label is not null && target.Cases is not null && target.Cases.TryGetValue(c.Label, out var number))
            {
                EmitJump(JumpKind.ContinueCase, target, number);
                return;
            }

            if (target.Continue is not null && (c.Label is null || target.Labels.Contains(c.Label)))
            {
                EmitJump(JumpKind.Continue, target, 0);
                return;
            }
        }

        throw _state.Error(c, c.Label is null ? "A continue statement can't be used outside of a loop." : $"Can't find label '{c.Label}'.");
    }

    /// <summary>Emits a jump, through the finally blocks on its way.</summary>
    public void EmitJump(JumpKind kind, JumpTarget? target, int number)
    {
        for (var i = _jumps.All.Count - 1; i >= 0 && !ReferenceEquals(_jumps.All[i], target); i--)
        {
            if (_jumps.All[i].Finally is null)
            {
                continue;
            }

            var finallyBlock = _jumps.All[i];
            var index = finallyBlock.Exits.IndexOf((kind, target, number));
            if (index < 0)
            {
                index = finallyBlock.Exits.Count;
                finallyBlock.Exits.Add((kind, target, number));
            }

            _output.Emit(Node.Set(finallyBlock.Kind!, Node.I32(index + 2)));
            NoteJump(kind, target);
            _output.Emit(Node.Br(finallyBlock.Finally!));
            return;
        }

        switch (kind)
        {
            case JumpKind.Return:
                EmitReturn();
                break;
            case JumpKind.Break:
                NoteJump(kind, target);
                _output.Emit(Node.Br(target!.Break!));
                break;
            case JumpKind.Continue:
                NoteJump(kind, target);
                _output.Emit(Node.Br(target!.Continue!));
                break;
            case JumpKind.ContinueCase:
                _output.Emit(Node.Set(target!.CaseTarget!, Node.I32(number)));
                _output.Emit(Node.Br(target.CaseLoop!));
                break;
        }
    }

    // What is known where a jump goes is known at all jumps there.
    private void NoteJump(JumpKind kind, JumpTarget? target)
    {
        if (kind == JumpKind.Break)
        {
            target!.BreakFlow = target.BreakFlow is null ? _output.Flow.Copy() : Flow.Join(target.BreakFlow, _output.Flow);
        }

        if (kind == JumpKind.Continue)
        {
            target!.ContinueFlow = target.ContinueFlow is null ? _output.Flow.Copy() : Flow.Join(target.ContinueFlow, _output.Flow);
        }
    }

    /// <summary>A statement with labels.</summary>
    public void LowerLabeled(LabeledStmt l)
    {
        if (l.Body is ForStmt or WhileStmt or DoStmt or SwitchStmt)
        {
            _pendingLabels = l.Labels;
            Statements.LowerStatement(l.Body);
            return;
        }

        var target = _jumps.PushJump(new JumpTarget { Labels = l.Labels, Break = new IrLabel() });
        var body = _output.Collect(() => Statements.LowerStatement(l.Body));
        _jumps.PopJump();
        var after = target.BreakFlow is null ? _output.Flow : Flow.Join(_output.Flow, target.BreakFlow);
        _output.Flow.IsReachable = true;
        _output.Emit(Node.Block(target.Break!, [NodeOutput.Void(body)], WType.None));
        _output.Flow = after;
        if (!_output.Flow.IsReachable) { _output.Flow.IsReachable = true; _output.Emit(Node.Unreachable()); }
    }

    /// <summary>The labels of the statement that is next.</summary>
    public List<string> TakeLabels()
    {
        var labels = _pendingLabels ?? [];
        _pendingLabels = null;
        return labels;
    }

    /// <summary><c>return</c>.</summary>
    public void LowerReturn(ReturnStmt r)
    {
        if (_state.Async == AsyncKind.SyncStar || _state.Async == AsyncKind.AsyncStar)
        {
            if (r.Value is not null)
            {
                throw _state.Error(r, "A generator can't return a value.");
            }

            EmitJump(JumpKind.Return, null, 0);
            return;
        }

        if (r.Value is null)
        {
            if (_returns.IsInferred)
            {
                _returns.Join(SimpleType.Null);
            }
            else if (_returns.Type is { } wanted && !MayBeMissing(wanted))
            {
                throw _state.Error(r, "A value must be explicitly returned from a non-void function.");
            }

            if (_returns.Value is not null)
            {
                _output.Emit(Node.Set(_returns.Value, _returns.Value.Type.IsRef ? _reprs.Convert(Node.Null(_target.Top), _returns.Value.Type.AsNullable) is var n && _returns.Value.Type.Nullable ? n : Node.NonNull(Node.Null(_returns.Value.Type.Heap!)) : Representations.DefaultNode(_returns.Value.Type)));
            }

            EmitJump(JumpKind.Return, null, 0);
            return;
        }

        if (_state.Parent is null && _state.Member is { Kind: MemberKind.Constructor, Function.Factory: false })
        {
            throw _state.Error(r, "Constructors can't return a value.");
        }

        var value = Expressions.Lower(r.Value, ReturnContext());
        var given = _state.Async == AsyncKind.Async ? Async.Flatten(value.Type) : value.Type;
        if (!_returns.IsInferred && _returns.Type is { } type && TypeSystem.IsVoid(type) && !MayBeMissing(given) && !TypeSystem.IsNever(given))
        {
            throw _state.Error(r, $"A value of type '{value.Type}' can't be returned from a function with the return type 'void'.");
        }

        ReturnValue(value, r);
    }

    // Whether a result of a type can be left out, and a value of it returned where nothing is wanted.
    private static bool MayBeMissing(DartType type) => TypeSystem.IsVoid(type) || TypeSystem.IsDynamic(type) || TypeSystem.IsNull(type);

    /// <summary>What the context wants of a returned expression.</summary>
    public DartType? ReturnContext()
    {
        var type = _returns.Type ?? _returns.Hint;
        return type is not null && _state.Async == AsyncKind.Async ? new InterfaceType(_program.CoreClass("FutureOr"), [type]) : type;
    }

    /// <summary>Returns a value.</summary>
    public void ReturnValue(Val value, Syntax.Node at)
    {
        value = Coercions.AsResult(value, _returns.Type);
        if (_returns.IsInferred && _state.Async == AsyncKind.None)
        {
            value = Coercions.AsReturned(value, _returns.Wanted, at);
        }

        if (_returns.IsInferred)
        {
            _returns.Join(_state.Async == AsyncKind.Async ? Async.Flatten(value.Type) : value.Type);
        }

        if (value.Node.IsNever)
        {
            _output.Emit(value.Node);
            return;
        }

        if (_state.Async == AsyncKind.Async)
        {
            Async.ReturnAsync(value, at);
            return;
        }

        if (_returns.Value is null)
        {
            // Nothing is returned, but what is written is evaluated.
            _output.Emit(Node.Drop(value.Node));
            EmitJump(JumpKind.Return, null, 0);
            return;
        }

        var converted = _returns.Type is null || _returns.IsInferred ? _reprs.Convert(value.Node, _returns.Value.Type) : _reprs.Convert(Coercions.Coerce(value, _returns.Type, at), _returns.Value.Type);
        if (!_jumps.All.Exists(j => j.Finally is not null) && _returns.End is null)
        {
            _output.Emit(Node.Return(converted));
            return;
        }

        _output.Emit(Node.Set(_returns.Value, converted));
        EmitJump(JumpKind.Return, null, 0);
    }

    private void EmitReturn()
    {
        if (_returns.End is not null)
        {
            _output.Emit(Node.Br(_returns.End));
        }
        else if (_returns.Value is not null)
        {
            _output.Emit(Node.Return(Node.Get(_returns.Value)));
        }
        else
        {
            _output.Emit(Node.Return());
        }
    }
}
