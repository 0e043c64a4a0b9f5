using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Statements: hands each kind to its room, and lowers blocks, conditionals and assertions.</summary>
internal sealed class StatementLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly Representations _reprs = body.Reprs;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private ClosureLowering Closures => _body.Closures;
    private ConditionLowering Conditions => _body.Conditions;
    private VariableLowering Locals => _body.Locals;
    private PatternLowering Patterns => _body.Patterns;
    private LoopLowering Loops => _body.Loops;
    private JumpLowering JumpStatements => _body.JumpStatements;
    private ExceptionLowering Exceptions => _body.Exceptions;
    private SwitchLowering Switches => _body.Switches;
    private GeneratorLowering Generators => _body.Generators;

    /// <summary>Statements in a scope of their own.</summary>
    public void LowerBlock(IEnumerable<Stmt> statements)
    {
        var list = statements as IReadOnlyList<Stmt> ?? [.. statements];
        _variables.Push(DeclarationsOf(list));
        foreach (var s in list)
        {
            LowerStatement(s);
        }

        _variables.Pop();
    }

    private static Dictionary<string, int>? DeclarationsOf(IReadOnlyList<Stmt> statements)
    {
        Dictionary<string, int>? names = null;
        foreach (var s in statements)
        {
            if (s is VarDecl v)
            {
                foreach (var (pos, name, _) in v.Vars)
                {
                    Add(name, pos);
                }
            }

            if (s is LocalFunction { Function: var f })
            {
                Add(f.Name, f.Pos);
            }

            if (s is PatternDecl p)
            {
                foreach (var variable in AstWalker.VariablesOf(p.Pattern))
                {
                    Add(variable.Name, variable.Pos);
                }
            }
        }

        return names;

        void Add(string name, int position)
        {
            if (name != "_")
            {
                (names ??= new Dictionary<string, int>(StringComparer.Ordinal)).TryAdd(name, position);
            }
        }
    }

    /// <summary>A statement.</summary>
    public void LowerStatement(Stmt s)
    {
        var around = _output.At;
        _output.At = _output.PlaceOf(s);
        switch (s)
        {
            case BlockStmt b: LowerBlock(b.Body); break;
            case EmptyStmt: break;
            case ExprStmt e: _output.Emit(Node.Drop(Expressions.Lower(e.Value, null).Node)); break;
            case VarDecl v: Locals.LowerVariables(v); break;
            case PatternDecl p: Patterns.LowerPatternDeclaration(p); break;
            case LocalFunction f: Closures.LowerLocalFunction(f); break;
            case IfStmt i: EmitIf(i.Condition, i.Case, i.Guard, () => Scoped(i.Then), i.Else is null ? null : () => Scoped(i.Else), i); break;
            case ForStmt f: Loops.LowerFor(f.Parts, () => Scoped(f.Body), f, JumpStatements.TakeLabels()); break;
            case WhileStmt w: Loops.LowerWhile(w, JumpStatements.TakeLabels()); break;
            case DoStmt d: Loops.LowerDo(d, JumpStatements.TakeLabels()); break;
            case SwitchStmt sw: Switches.LowerSwitch(sw, JumpStatements.TakeLabels()); break;
            case BreakStmt b: JumpStatements.LowerBreak(b); break;
            case ContinueStmt c: JumpStatements.LowerContinue(c); break;
            case ReturnStmt r: JumpStatements.LowerReturn(r); break;
            case TryStmt t: Exceptions.LowerTry(t); break;
            case LabeledStmt l: JumpStatements.LowerLabeled(l); break;
            case AssertStmt a: LowerAssert(a.Condition, a.Message); break;
            case YieldStmt y: Generators.LowerYield(y); break;
            default: throw _state.Unsupported(s, s.GetType().Name);
        }

        _output.At = around;
    }

    /// <summary>A statement in a scope of its own.</summary>
    public void Scoped(Stmt s)
    {
        _variables.Push();
        LowerStatement(s);
        _variables.Pop();
    }

    /// <summary>Emits a conditional, with a pattern where there is one.</summary>
    public void EmitIf(Expr condition, Pattern? pattern, Expr? guard, Action then, Action? otherwise, Syntax.Node at)
    {
        _variables.Push();
        var test = LowerTest(condition, pattern, guard, out var whenTrue, out var whenFalse);
        _output.Flow = whenTrue;
        var reachableThen = _output.Flow.IsReachable;
        _output.Flow.IsReachable = true;
        var thenBody = _output.Collect(then);
        if (!reachableThen)
        {
            _output.Flow.IsReachable = false;
        }

        var afterThen = _output.Flow;
        _variables.Pop();
        _output.Flow = whenFalse;
        List<Node> elseBody = [];
        if (otherwise is not null)
        {
            var reachable = _output.Flow.IsReachable;
            _output.Flow.IsReachable = true;
            elseBody = _output.Collect(otherwise);
            if (!reachable)
            {
                _output.Flow.IsReachable = false;
            }
        }

        _output.Flow = Flow.Join(afterThen, _output.Flow);
        var isReachable = _output.Flow.IsReachable;
        _output.Flow.IsReachable = true;
        var node = Node.If(test, NodeOutput.Void(thenBody), NodeOutput.Void(elseBody), WType.None);
        _output.Emit(node);
        if (!isReachable)
        {
            _output.Flow.IsReachable = false;
            if (!node.IsNever)
            {
                _output.Nodes.Add(Node.Unreachable());
            }
        }
    }

    /// <summary>The test of a conditional, with a pattern where there is one, and what is known where it holds and where it does not. What the pattern declares is in the innermost scope.</summary>
    public Node LowerTest(Expr condition, Pattern? pattern, Expr? guard, out Flow whenTrue, out Flow whenFalse)
    {
        Node test;
        if (pattern is null)
        {
            test = Conditions.LowerCondition(condition, out whenTrue, out whenFalse);
        }
        else
        {
            var value = Expressions.Lower(condition, null);
            var local = _output.TempOf(value.Node, out var set, "value");
            whenFalse = _output.Flow.Copy();
            var match = Patterns.LowerCase(pattern, Patterns.Begin(Node.Get(local), value.Type, out var start));
            if (_promotions.PromotionKey(condition) is { } key)
            {
                if (Patterns.Types.Matched(pattern, value.Type) is { } matched)
                {
                    _output.Flow.Promote(key, matched);
                }

                if (Patterns.Types.Unmatched(pattern, value.Type) is { } left)
                {
                    whenFalse.Promote(key, left);
                }
            }

            if (guard is not null)
            {
                var guardTest = Conditions.LowerCondition(guard, out whenTrue, out var guardFalse);
                whenFalse = Flow.Join(whenFalse, guardFalse);
                match = Node.If(match, guardTest, Node.I32(0), WType.I32);
            }
            else
            {
                whenTrue = _output.Flow;
                if (Patterns.Types.AlwaysMatches(pattern, value.Type))
                {
                    whenFalse.IsReachable = false;
                }
            }

            test = Node.Seq(set, start, match);
        }

        if (test.Op == IrOp.I32)
        {
            if (test.Number == 0)
            {
                whenTrue.IsReachable = false;
            }
            else
            {
                whenFalse.IsReachable = false;
            }
        }

        return test;
    }

    /// <summary>An assertion.</summary>
    public void LowerAssert(Expr condition, Expr? message)
    {
        var saved = _output.Flow.Copy();
        var test = Conditions.LowerCondition(condition, out var whenTrue, out var whenFalse);
        _output.Flow = whenFalse;
        _output.Flow.IsReachable = true;
        var text = message is null ? Node.Null(_target.Top) : _reprs.Convert(Expressions.Lower(message, null).Node, _target.AnyRef);
        _output.Flow = whenTrue;
        _output.Flow.IsReachable = saved.IsReachable;
        _output.Emit(Node.If(test, Node.Nop(), Node.Seq(Invocations.CallCore("_throwAssertion", text), Node.Unreachable()), WType.None));
    }
}
