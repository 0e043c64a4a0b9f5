using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Switch statements and expressions.</summary>
internal sealed class SwitchLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly Representations _reprs = body.Reprs;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly JumpTargets _jumps = body.Jumps;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private ConditionLowering Conditions => _body.Conditions;
    private PatternLowering Patterns => _body.Patterns;
    private Exhaustiveness Exhaustiveness => _body.Exhaustiveness;
    private StatementLowering Statements => _body.Statements;
    private LoopLowering Loops => _body.Loops;
    private TearoffLowering Tearoffs => _body.Tearoffs;

    /// <summary>A switch statement.</summary>
    public void LowerSwitch(SwitchStmt s, List<string> labels)
    {
        var value = Expressions.Lower(s.Value, null);
        var local = _output.TempOf(value.Node, out var set, "value");
        _output.Emit(set);
        var matchedValue = Patterns.Begin(Node.Get(local), value.Type, out var asked);
        _output.Emit(asked);
        var caseLabels = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < s.Cases.Count; i++)
        {
            foreach (var label in s.Cases[i].Labels)
            {
                caseLabels[label] = i + 1;
            }
        }

        var hasLabels = caseLabels.Count > 0;
        var again = hasLabels ? new IrLabel() : null;
        var caseTarget = hasLabels ? _output.Temp(WType.I32, "case") : null;
        if (hasLabels)
        {
            Loops.LoopUse(s);
            _output.Emit(Node.Set(caseTarget!, Node.I32(0)));
        }

        // 'continue' without the label of a case goes on with a loop around the switch.
        var target = _jumps.PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), IsUnlabeledBreak = true, Cases = hasLabels ? caseLabels : null, CaseLoop = again, CaseTarget = caseTarget });
        var entry = _output.Flow.Copy();
        Flow? after = null;
        void JoinAfter(Flow f) => after = after is null ? f.Copy() : Flow.Join(after, f);
        var hasDefault = s.Cases.Exists(c => c.Heads.Exists(h => h.Pattern is null));
        // Flow analysis knows that a case matches whatever comes to it, also where the cases together do not cover the type.
        var isCovered = false;
        var ordered = s.Cases.Select((c, i) => (Case: c, Index: i)).OrderBy(c => c.Case.Heads.Exists(h => h.Pattern is null) ? 1 : 0).ToList();
        var body = _output.Collect(() =>
        {
            foreach (var (group, index) in ordered)
            {
                var members = new List<SwitchCase> { group };
                _output.Flow = entry.Copy();
                var next = new IrLabel();
                var start = new IrLabel();
                _variables.Push();
                Flow? bodyFlow = null;
                var heads = _output.Collect(() =>
                {
                    if (hasLabels)
                    {
                        _output.Emit(Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(caseTarget!), Node.I32(index + 1)), Node.Br(start), null, WType.None));
                        _output.Emit(Node.If(Node.Get(caseTarget!), Node.Br(next), null, WType.None));
                    }

                    foreach (var (pattern, guard) in members.SelectMany(m => m.Heads))
                    {
                        _output.Flow = entry.Copy();
                        if (pattern is null)
                        {
                            bodyFlow = bodyFlow is null ? _output.Flow.Copy() : Flow.Join(bodyFlow, _output.Flow);
                            _output.Emit(Node.Br(start));
                            return;
                        }

                        var match = Patterns.LowerCase(pattern, matchedValue);
                        if (_promotions.PromotionKey(s.Value) is { } key && Patterns.Types.Matched(pattern, matchedValue.Type) is { } matched && group.Heads.Count == 1)
                        {
                            _output.Flow.Promote(key, matched);
                        }

                        if (guard is not null)
                        {
                            var guardTest = Conditions.LowerCondition(guard, out var guardTrue, out _);
                            _output.Flow = guardTrue;
                            match = Node.If(match, guardTest, Node.I32(0), WType.I32);
                        }
                        else
                        {
                            isCovered |= Patterns.Types.AlwaysMatches(pattern, matchedValue.Type);
                            matchedValue = Behind(pattern, matchedValue, s.Value, entry);
                        }

                        bodyFlow = bodyFlow is null ? _output.Flow.Copy() : Flow.Join(bodyFlow, _output.Flow);
                        _output.Emit(Node.If(match, Node.Br(start), null, WType.None));
                        _output.Flow.IsReachable = true;
                    }

                    _output.Emit(Node.Br(next));
                });
                foreach (var name in _variables.Current.Differing ?? [])
                {
                    _variables.Current.Names[name].DiffersBetweenHeads = true;
                }

                _output.Flow = bodyFlow ?? entry.Copy();
                _output.Flow.IsReachable = true;
                var caseBody = _output.Collect(() =>
                {
                    _output.Emit(Node.Block(start, [Node.Seq(heads)], WType.None));
                    _output.Flow.IsReachable = true;
                    if (hasLabels)
                    {
                        _output.Emit(Node.Set(caseTarget!, Node.I32(0)));
                    }

                    // What a guard's closures have seen are variables of the guard's own.
                    if (group.Heads.Exists(h => h.Guard is not null))
                    {
                        foreach (var v in _variables.Current.Names.Values.Where(v => v.Cell is not null))
                        {
                            _output.Emit(Node.Set(v.Local!, Node.New(v.Cell!, Node.Field(v.Cell!, 0, Node.Get(v.Local!)))));
                        }
                    }

                    Statements.LowerBlock(group.Body);
                    if (_output.Flow.IsReachable)
                    {
                        JoinAfter(_output.Flow);
                        _output.Emit(Node.Br(target.Break!));
                    }
                });
                _variables.Pop();
                _output.Flow.IsReachable = true;
                _output.Emit(Node.Block(next, [Node.Seq(caseBody)], WType.None));
            }
        });
        _jumps.PopJump();
        _output.Flow.IsReachable = true;
        var exhaustive = hasDefault || Exhaustiveness.IsExhaustive(s.Cases.SelectMany(c => c.Heads).Where(h => h.Guard is null && h.Pattern is not null).Select(h => h.Pattern!), value.Type);
        if (!exhaustive && Exhaustiveness.MustBeCovered(value.Type))
        {
            throw _state.Error(s, $"The type '{value.Type}' is not exhaustively matched by the switch cases.");
        }

        _output.Emit(Node.Block(target.Break!, again is null ? body : [Node.Loop(again, [.. body, Node.Br(target.Break!)])], WType.None));

        if (!exhaustive && !isCovered)
        {
            JoinAfter(entry);
        }

        if (target.BreakFlow is { } breakFlow)
        {
            JoinAfter(breakFlow);
        }

        _output.Flow = after ?? entry.Copy();
        _output.Flow.IsReachable = true;
        if (after is null || !after.IsReachable) { _output.Emit(Node.Unreachable()); }
    }

    // The value as the cases behind a pattern see it, which did not match it then.
    private MatchedValue Behind(Pattern pattern, MatchedValue matched, Expr value, Flow entry)
    {
        if (Patterns.Types.Unmatched(pattern, matched.Type) is not { } left)
        {
            return matched;
        }

        if (_promotions.PromotionKey(value) is { } key)
        {
            entry.Promote(key, left);
        }

        return Patterns.Refined(matched, left);
    }

    /// <summary>A switch expression.</summary>
    public Val LowerSwitchExpression(SwitchExpr s, DartType? context)
    {
        var value = Expressions.Lower(s.Value, null);
        var local = _output.TempOf(value.Node, out var set, "value");
        var matchedValue = Patterns.Begin(Node.Get(local), value.Type, out var asked);
        var entry = _output.Flow.Copy();
        Flow? after = null;
        var arms = new List<(Node Test, Val Body)>();
        DartType? type = null;
        foreach (var (pattern, guard, body) in s.Cases)
        {
            _variables.Push();
            _output.Flow = entry.Copy();
            var match = Patterns.LowerCase(pattern, matchedValue);
            if (_promotions.PromotionKey(s.Value) is { } key && Patterns.Types.Matched(pattern, matchedValue.Type) is { } matched)
            {
                _output.Flow.Promote(key, matched);
            }

            if (guard is not null)
            {
                var guardTest = Conditions.LowerCondition(guard, out var guardTrue, out _);
                _output.Flow = guardTrue;
                match = Node.If(match, guardTest, Node.I32(0), WType.I32);
            }
            else
            {
                matchedValue = Behind(pattern, matchedValue, s.Value, entry);
            }

            var result = Tearoffs.InContext(Expressions.Lower(body, context), context, body);
            if (!result.Node.IsNever)
            {
                after = after is null ? _output.Flow.Copy() : Flow.Join(after, _output.Flow);
            }

            _variables.Pop();
            arms.Add((match, result));
            type = type is null ? result.Type : Expressions.MergedType(type, result.Type, context);
        }

        type ??= SimpleType.Never;
        var isExhaustive = Exhaustiveness.IsExhaustive(s.Cases.Where(c => c.Guard is null).Select(c => c.Pattern), value.Type);
        if (!isExhaustive)
        {
            throw _state.Error(s, $"The type '{value.Type}' is not exhaustively matched by the switch cases.");
        }

        var repr = TypeSystem.IsVoid(type) ? WType.None : _reprs.Of(type);
        var node = Node.Seq(Invocations.CallCore("_throwPatternMismatch"), Node.Unreachable());
        for (var i = arms.Count - 1; i >= 0; i--)
        {
            node = Node.If(arms[i].Test, Expressions.CoerceOrConvert(arms[i].Body, type, s), node, TypeSystem.IsNever(type) ? WType.Never : repr);
        }

        _output.Flow = after ?? entry;
        return new Val(Node.Seq(set, asked, node), type);
    }
}
