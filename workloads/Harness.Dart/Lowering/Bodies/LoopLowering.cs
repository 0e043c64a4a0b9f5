using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Loops.</summary>
internal sealed class LoopLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly JumpTargets _jumps = body.Jumps;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberAccess Access => _body.Access;
    private ElementInference Elements => _body.Elements;
    private ConditionLowering Conditions => _body.Conditions;
    private AssignmentLowering Assignments => _body.Assignments;
    private TargetLowering Targets => _body.Targets;
    private VariableLowering Locals => _body.Locals;
    private Coercions Coercions => _body.Coercions;
    private PatternLowering Patterns => _body.Patterns;
    private StatementLowering Statements => _body.Statements;
    private GeneratorLowering Generators => _body.Generators;

    /// <summary>What a loop uses; ends the promotions of what it assigns.</summary>
    public NameUse LoopUse(params Syntax.Node?[] nodes)
    {
        var use = AstWalker.Analyze(nodes.Where(n => n is not null)!);
        _promotions.DemoteAssigned(use);
        return use;
    }

    // Behind the body of a loop, with what is known at its end and where it is left early.
    private void JoinContinues(JumpTarget target)
    {
        if (target.ContinueFlow is { } known)
        {
            _output.Flow = Flow.Join(_output.Flow, known).Copy();
        }

        _output.Flow.IsReachable = true;
    }

    /// <summary>Goes on behind a loop with what is known at its exits.</summary>
    public void FinishLoop(JumpTarget target, Flow exit)
    {
        _output.Flow = target.BreakFlow is null ? exit : Flow.Join(exit, target.BreakFlow);
        if (!_output.Flow.IsReachable) { _output.Flow.IsReachable = true; _output.Emit(Node.Unreachable()); }
    }

    /// <summary><c>while</c>.</summary>
    public void LowerWhile(WhileStmt w, List<string> labels)
    {
        LoopUse(w.Condition, w.Body);
        var target = _jumps.PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        Flow exit = null!;
        var body = _output.Collect(() =>
        {
            var test = Conditions.LowerCondition(w.Condition, out var whenTrue, out exit);
            if (test.Op == IrOp.I32 && test.Number != 0)
            {
                exit.IsReachable = false;
            }
            else
            {
                _output.Emit(Node.If(test, Node.Nop(), Node.Br(target.Break!), WType.None));
            }

            _output.Flow = whenTrue;
            _output.Flow.IsReachable = true;
            var inner = _output.Collect(() => Statements.Scoped(w.Body));
            _output.Flow.IsReachable = true;
            _output.Emit(Node.Block(target.Continue!, [NodeOutput.Void(inner)], WType.None));
            _output.Emit(Node.Br(loop));
        });
        _jumps.PopJump();
        EmitLoop(target, loop, body);
        FinishLoop(target, exit);
    }

    /// <summary>Emits a loop that is left by a break.</summary>
    public void EmitLoop(JumpTarget target, IrLabel loop, List<Node> body)
    {
        _output.Flow.IsReachable = true;
        _output.Emit(Node.Block(target.Break!, [Node.Loop(loop, body)], WType.None));
        _output.Flow.IsReachable = true;
    }

    /// <summary><c>do</c>.</summary>
    public void LowerDo(DoStmt d, List<string> labels)
    {
        LoopUse(d.Condition, d.Body);
        var target = _jumps.PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        Flow exit = null!;
        var body = _output.Collect(() =>
        {
            var inner = _output.Collect(() => Statements.Scoped(d.Body));
            JoinContinues(target);
            _output.Emit(Node.Block(target.Continue!, [NodeOutput.Void(inner)], WType.None));
            var test = Conditions.LowerCondition(d.Condition, out _, out exit);
            if (test.Op == IrOp.I32 && test.Number != 0) { exit.IsReachable = false; _output.Emit(Node.Br(loop)); }
            else
            {
                _output.Emit(Node.If(test, Node.Br(loop), null, WType.None));
            }
        });
        _jumps.PopJump();
        EmitLoop(target, loop, body);
        FinishLoop(target, exit);
    }

    /// <summary><c>for</c>, of either kind.</summary>
    public void LowerFor(ForParts parts, Action bodyOf, Syntax.Node at, List<string>? labels)
    {
        if (parts.IsForIn)
        {
            LowerForIn(parts, bodyOf, at, labels ?? []);
            return;
        }

        _variables.Push();
        var loopVariables = new List<LocalVariable>();
        if (parts.Init is VarDecl declaration)
        {
            Locals.LowerVariables(declaration);
            loopVariables.AddRange(declaration.Vars.Select(v => _variables.Current.Names.GetValueOrDefault(v.Name)!).Where(v => v is not null));
        }
        else if (parts.Init is not null)
        {
            Statements.LowerStatement(parts.Init);
            loopVariables.AddRange(_variables.Current.Names.Values);
        }

        LoopUse([parts.Condition, .. parts.Updates, at is ForStmt fs ? fs.Body : at is ForElement fe ? fe.Body : null]);
        var target = _jumps.PushJump(new JumpTarget { Labels = labels ?? [], Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        var exit = _output.Flow.Copy();
        exit.IsReachable = false;
        var body = _output.Collect(() =>
        {
            if (parts.Condition is not null)
            {
                var test = Conditions.LowerCondition(parts.Condition, out var whenTrue, out exit);
                if (test.Op == IrOp.I32 && test.Number != 0)
                {
                    exit.IsReachable = false;
                }
                else
                {
                    _output.Emit(Node.If(test, Node.Nop(), Node.Br(target.Break!), WType.None));
                }

                _output.Flow = whenTrue;
                _output.Flow.IsReachable = true;
            }

            var inner = _output.Collect(bodyOf);
            JoinContinues(target);
            _output.Emit(Node.Block(target.Continue!, [NodeOutput.Void(inner)], WType.None));
            // Each iteration has variables of its own, which closures see.
            foreach (var v in loopVariables.Where(v => v.Cell is not null))
            {
                _output.Emit(Node.Set(v.Local!, Node.New(v.Cell!, Node.Field(v.Cell!, 0, Node.Get(v.Local!)))));
            }

            foreach (var update in parts.Updates)
            {
                _output.Emit(Node.Drop(Expressions.Lower(update, null).Node));
            }

            _output.Emit(Node.Br(loop));
        });
        _jumps.PopJump();
        EmitLoop(target, loop, body);
        _variables.Pop();
        FinishLoop(target, exit);
    }

    /// <summary>What a loop goes through: what the loop's variable is wants elements of its type.</summary>
    public Val LowerIterable(ForParts parts)
    {
        var element = parts switch
        {
            { Declaration: VarDecl { Type: { } t } } => _state.Scope.Resolve(t),
            { Pattern: { } pattern } => Patterns.Types.Context(pattern),
            { Target: Ident id } => _variables.Lookup(id.Name)?.Type,
            _ => null,
        };
        return Expressions.Lower(parts.Iterable!, element is null or UnknownType ? null : _program.Type(parts.Await ? "Stream" : "Iterable", element));
    }

    private void LowerForIn(ForParts parts, Action bodyOf, Syntax.Node at, List<string> labels)
    {
        var declared = parts.Declaration is VarDecl { Type: { } t } ? _state.Scope.Resolve(t) : null;
        var iterable = LowerIterable(parts);
        if (parts.Await)
        {
            Generators.LowerAwaitFor(parts, iterable, declared, bodyOf, at, labels);
            return;
        }

        if (TypeSystem.IsDynamic(iterable.Type))
        {
            iterable = new Val(Coercions.CheckedCast(iterable, _program.Type("Iterable", SimpleType.Dynamic), at), _program.Type("Iterable", SimpleType.Dynamic));
        }

        if (TypeSystem.IsNullable(iterable.Type) || _types.AsInstanceOf(iterable.Type, _program.CoreClass("Iterable")) is null && !TypeSystem.IsNever(iterable.Type))
        {
            throw _state.Error(parts.Iterable!, $"The type '{iterable.Type}' used in the 'for' loop must implement 'Iterable<dynamic>'.");
        }

        var element = Elements.ElementType(iterable.Type, false);
        LoopUse(at is ForStmt fs ? fs.Body : at is ForElement fe ? fe.Body : null, parts.Target is null ? null : new ForParts { Pos = parts.Pos, Target = parts.Target });
        var iterator = Access.GetMember(iterable, "iterator", at);
        var local = _output.TempOf(iterator.Node, out var set, "iterator");
        _output.Emit(set);
        var self = iterator with { Node = Node.Get(local) };
        var target = _jumps.PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        var exit = _output.Flow.Copy();
        var body = _output.Collect(() =>
        {
            var next = Invocations.CallNamed(self, "moveNext", ArgumentBinding.NoArguments, null, null, at);
            _output.Emit(Node.If(_reprs.Convert(next.Node, WType.I32), Node.Nop(), Node.Br(target.Break!), WType.None));
            _variables.Push();
            var current = Access.GetMember(self, "current", at);
            BindLoopVariable(parts, current with { Type = element, Node = _reprs.Convert(current.Node, _reprs.Of(element)) }, declared, at);
            var inner = _output.Collect(bodyOf);
            _output.Flow.IsReachable = true;
            _output.Emit(Node.Block(target.Continue!, [NodeOutput.Void(inner)], WType.None));
            _variables.Pop();
            _output.Emit(Node.Br(loop));
        });
        _jumps.PopJump();
        EmitLoop(target, loop, body);
        FinishLoop(target, exit);
    }

    /// <summary>Gives the variable of a loop over elements the next one.</summary>
    public void BindLoopVariable(ForParts parts, Val current, DartType? declared, Syntax.Node at)
    {
        if (parts.Pattern is { } pattern)
        {
            var local = _output.TempOf(current.Node, out var set, "element");
            _output.Emit(set);
            Patterns.EmitIrrefutable(pattern, Node.Get(local), current.Type);
        }
        else if (parts.Declaration is VarDecl d)
        {
            var type = declared ?? current.Type;
            var node = _reprs.Convert(Coercions.Coerce(current, type, at), _reprs.Of(type));
            var v = _variables.Declare(d.Vars[0].Name, type, d, d.Final);
            _places.Initialize(v, node);
        }
        else
        {
            var place = Targets.LowerPlace(parts.Target!);
            foreach (var b in place.Before)
            {
                _output.Emit(b);
            }

            var node = _reprs.Convert(Coercions.Coerce(current, place.WriteType, at), _reprs.Of(place.WriteType));
            Assignments.PromoteOnWrite(place, current.Type, at);
            var local = _output.TempOf(node, out var set, "element");
            _output.Emit(set);
            _output.Emit(Node.Drop(place.Write(Node.Get(local))));
        }
    }
}
