using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Statements.</summary>
internal sealed partial class FunctionLowering
{
    private enum JumpKind : byte { Break, Continue, Return, ContinueCase }

    /// <summary>Where a jump can go: out of a statement, on in a loop, or through a finally block.</summary>
    private sealed class JumpTarget
    {
        public List<string> Labels { get; init; } = [];
        public IrLabel? Break { get; init; }
        public IrLabel? Continue { get; init; }
        public bool IsUnlabeledBreak { get; init; }
        public Dictionary<string, int>? Cases { get; init; }
        public IrLocal? CaseTarget { get; init; }
        public bool IsReached { get; set; }
        public Flow? BreakFlow { get; set; }

        // A finally block: what leaves the try says where it wants to go.
        public IrLabel? Finally { get; init; }
        public IrLocal? Kind { get; init; }
        public List<(JumpKind Kind, JumpTarget? Target, int Case)> Exits { get; } = [];
    }

    private readonly List<JumpTarget> _jumps = [];
    private IrLocal? _returnValue;
    private List<string>? _pendingLabels;

    private void LowerBlock(IEnumerable<Stmt> statements)
    {
        Push();
        var list = statements as IReadOnlyList<Stmt> ?? [.. statements];
        DeclareFunctions(list);
        foreach (var s in list)
            LowerStatement(s);
        Pop();
    }

    /// <summary>Local functions that call each other are known before their declaration; their cells are made there.</summary>
    private void DeclareFunctions(IReadOnlyList<Stmt> statements)
    {
        _ = statements;
    }

    private void LowerStatement(Stmt s)
    {
        switch (s)
        {
            case BlockStmt b: LowerBlock(b.Body); break;
            case EmptyStmt: break;
            case ExprStmt e: Emit(Node.Drop(Lower(e.Value, null).Node)); break;
            case VarDecl v: LowerVariables(v); break;
            case PatternDecl p: LowerPatternDeclaration(p); break;
            case LocalFunction f: LowerLocalFunction(f); break;
            case IfStmt i: EmitIf(i.Condition, i.Case, i.Guard, () => Scoped(i.Then), i.Else is null ? null : () => Scoped(i.Else), i); break;
            case ForStmt f: LowerFor(f.Parts, () => Scoped(f.Body), f, TakeLabels()); break;
            case WhileStmt w: LowerWhile(w, TakeLabels()); break;
            case DoStmt d: LowerDo(d, TakeLabels()); break;
            case SwitchStmt sw: LowerSwitch(sw, TakeLabels()); break;
            case BreakStmt b: LowerBreak(b); break;
            case ContinueStmt c: LowerContinue(c); break;
            case ReturnStmt r: LowerReturn(r); break;
            case TryStmt t: LowerTry(t); break;
            case LabeledStmt l: LowerLabeled(l); break;
            case AssertStmt a: LowerAssert(a.Condition, a.Message); break;
            case YieldStmt y: LowerYield(y); break;
            default: throw Unsupported(s, s.GetType().Name);
        }
    }

    private void Scoped(Stmt s)
    {
        Push();
        LowerStatement(s);
        Pop();
    }

    private List<string> TakeLabels()
    {
        var labels = _pendingLabels ?? [];
        _pendingLabels = null;
        return labels;
    }

    private void LowerVariables(VarDecl v)
    {
        var declared = v.Type is null ? null : _scope.Resolve(v.Type);
        foreach (var (pos, name, init) in v.Vars)
        {
            var at = new Ident { Pos = pos, Name = name };
            if (v.Const)
            {
                if (init is null) throw Error(at, $"The const variable '{name}' must be initialized.");
                var constant = _p.Constants.Evaluate(init, this, declared);
                var constType = declared ?? _p.Constants.TypeOf(constant);
                var c = Declare(name, constType, at, isFinal: true);
                if (_p.ReprOf(constType) == WType.F64 && constant is ConstInt n) constant = new ConstDouble(n.Value);
                c.Constant = constant;
                continue;
            }

            if (v.Late)
            {
                var lateType = declared ?? (init is null ? SimpleType.Dynamic : TypeOnly(init));
                var late = Declare(name, lateType, at, v.Final, late: true);
                late.LateInit = init;
                Initialize(late, UsesNullForUninitialized(lateType) ? null : Node.Get(_p.SentinelGlobal));
                continue;
            }

            if (init is null)
            {
                var type = declared ?? SimpleType.Dynamic;
                var variable = Declare(name, type, at, v.Final);
                variable.IsUnassignedFinal = v.Final;
                Initialize(variable, null);
                continue;
            }

            var value = Lower(init, declared);
            if (declared is null && TypeSystem.IsVoid(value.Type) && false) throw Error(init, "This expression has type 'void' and can't be used.");
            var inferred = declared ?? (TypeSystem.IsNull(value.Type) ? SimpleType.Dynamic : value.Type is TypeParamType { Promoted: not null } p ? new TypeParamType(p.Parameter, p.Nullable) : value.Type);
            var node = Convert(Coerce(value, inferred, init), _p.ReprOf(inferred));
            var local = Declare(name, inferred, at, v.Final);
            Initialize(local, node);
            if (declared is not null && TypeSystem.IsNullable(declared) && !TypeSystem.IsNullable(value.Type) && !TypeSystem.IsDynamic(declared) && CanPromote(local) && !TypeSystem.IsTop(declared))
                Promote(_flow, local, TypeSystem.NonNull(declared));
            else if (value.Type is TypeParamType { Promoted: not null } promoted && declared is null && CanPromote(local))
                Promote(_flow, local, promoted);
        }
    }

    private DartType TypeOnly(Expr e)
    {
        var saved = _flow.Copy();
        var type = Lower(e, null).Type;
        _flow = saved;
        return TypeSystem.IsNull(type) ? SimpleType.Dynamic : type is TypeParamType { Promoted: not null } p ? new TypeParamType(p.Parameter, p.Nullable) : type;
    }

    private void LowerPatternDeclaration(PatternDecl p)
    {
        var value = Lower(p.Value, PatternContext(p.Pattern));
        var local = TempOf(value.Node, out var set, "value");
        Emit(set);
        EmitIrrefutable(p.Pattern, Node.Get(local), value.Type);
    }

    private void EmitIrrefutable(Pattern pattern, Node value, DartType type)
    {
        var test = LowerMatch(pattern, value, type);
        Emit(Node.If(test, Node.Nop(), Node.Seq(CallCore("_throwPatternMismatch"), Node.Unreachable()), WType.None));
    }

    private Val LowerPatternAssign(PatternAssign p)
    {
        var value = Lower(p.Value, PatternContext(p.Pattern));
        var local = TempOf(value.Node, out var set, "value");
        var body = Collect(() => EmitIrrefutable(p.Pattern, Node.Get(local), value.Type));
        return new Val(Node.Seq([set, .. body, Node.Get(local)]), value.Type);
    }

    private void EmitIf(Expr condition, Pattern? pattern, Expr? guard, Action then, Action? otherwise, Syntax.Node at)
    {
        Push();
        Node test;
        Flow whenTrue, whenFalse;
        if (pattern is null)
        {
            test = LowerCondition(condition, out whenTrue, out whenFalse);
        }
        else
        {
            var value = Lower(condition, null);
            var local = TempOf(value.Node, out var set, "value");
            whenFalse = _flow.Copy();
            var match = LowerMatch(pattern, Node.Get(local), value.Type);
            if (PromotionKey(condition) is { } key && MatchedType(pattern, value.Type) is { } matched) Promote(_flow, key, matched);
            if (guard is not null)
            {
                var guardTest = LowerCondition(guard, out whenTrue, out var guardFalse);
                whenFalse = Flow.Join(whenFalse, guardFalse);
                match = Node.If(match, guardTest, Node.I32(0), WType.I32);
            }
            else
            {
                whenTrue = _flow;
            }

            test = Node.Seq(set, match);
        }

        if (test.Op == IrOp.I32) { if (test.Number == 0) whenTrue.IsReachable = false; else whenFalse.IsReachable = false; }
        _flow = whenTrue;
        var reachableThen = _flow.IsReachable;
        _flow.IsReachable = true;
        var thenBody = Collect(then);
        if (!reachableThen) _flow.IsReachable = false;
        var afterThen = _flow;
        Pop();
        _flow = whenFalse;
        List<Node> elseBody = [];
        if (otherwise is not null)
        {
            var reachable = _flow.IsReachable;
            _flow.IsReachable = true;
            elseBody = Collect(otherwise);
            if (!reachable) _flow.IsReachable = false;
        }

        _flow = Flow.Join(afterThen, _flow);
        var isReachable = _flow.IsReachable;
        _flow.IsReachable = true;
        var node = Node.If(test, Void(thenBody), Void(elseBody), WType.None);
        Emit(node);
        if (!isReachable)
        {
            _flow.IsReachable = false;
            if (!node.IsNever) _out.Add(Node.Unreachable());
        }
    }

    private static Node Void(List<Node> nodes)
    {
        if (nodes.Count > 0 && !nodes[^1].IsNever && nodes[^1].Type.Kind != WKind.None) nodes[^1] = Node.Drop(nodes[^1]);
        return Node.Seq(nodes);
    }

    private JumpTarget PushJump(JumpTarget target)
    {
        _jumps.Add(target);
        return target;
    }

    private void PopJump() => _jumps.RemoveAt(_jumps.Count - 1);

    private NameUse LoopUse(params Syntax.Node?[] nodes)
    {
        var use = AstWalker.Analyze(nodes.Where(n => n is not null)!);
        DemoteAssigned(use);
        return use;
    }

    private void FinishLoop(JumpTarget target, Flow exit)
    {
        _flow = target.BreakFlow is null ? exit : Flow.Join(exit, target.BreakFlow);
        if (!_flow.IsReachable) { _flow.IsReachable = true; Emit(Node.Unreachable()); }
    }

    private void LowerWhile(WhileStmt w, List<string> labels)
    {
        LoopUse(w.Condition, w.Body);
        var target = PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        Flow exit = null!;
        var body = Collect(() =>
        {
            var test = LowerCondition(w.Condition, out var whenTrue, out exit);
            if (test.Op == IrOp.I32 && test.Number != 0) exit.IsReachable = false;
            else Emit(Node.If(test, Node.Nop(), Node.Br(target.Break!), WType.None));
            _flow = whenTrue;
            _flow.IsReachable = true;
            var inner = Collect(() => Scoped(w.Body));
            _flow.IsReachable = true;
            Emit(Node.Block(target.Continue!, [Void(inner)], WType.None));
            Emit(Node.Br(loop));
        });
        PopJump();
        EmitLoop(target, loop, body);
        FinishLoop(target, exit);
    }

    private void EmitLoop(JumpTarget target, IrLabel loop, List<Node> body)
    {
        _flow.IsReachable = true;
        Emit(Node.Block(target.Break!, [Node.Loop(loop, body)], WType.None));
        _flow.IsReachable = true;
    }

    private void LowerDo(DoStmt d, List<string> labels)
    {
        LoopUse(d.Condition, d.Body);
        var target = PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        Flow exit = null!;
        var body = Collect(() =>
        {
            var inner = Collect(() => Scoped(d.Body));
            _flow.IsReachable = true;
            Emit(Node.Block(target.Continue!, [Void(inner)], WType.None));
            var test = LowerCondition(d.Condition, out _, out exit);
            if (test.Op == IrOp.I32 && test.Number != 0) { exit.IsReachable = false; Emit(Node.Br(loop)); }
            else Emit(Node.If(test, Node.Br(loop), null, WType.None));
        });
        PopJump();
        EmitLoop(target, loop, body);
        FinishLoop(target, exit);
    }

    private void LowerFor(ForParts parts, Action bodyOf, Syntax.Node at, List<string>? labels)
    {
        if (parts.IsForIn)
        {
            LowerForIn(parts, bodyOf, at, labels ?? []);
            return;
        }

        Push();
        var loopVariables = new List<LocalVariable>();
        if (parts.Init is VarDecl declaration)
        {
            LowerVariables(declaration);
            loopVariables.AddRange(declaration.Vars.Select(v => _locals.Names.GetValueOrDefault(v.Name)!).Where(v => v is not null));
        }
        else if (parts.Init is not null)
        {
            LowerStatement(parts.Init);
        }

        LoopUse([parts.Condition, .. parts.Updates, at is ForStmt fs ? fs.Body : at is ForElement fe ? fe.Body : null]);
        var target = PushJump(new JumpTarget { Labels = labels ?? [], Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        var exit = _flow.Copy();
        exit.IsReachable = false;
        var body = Collect(() =>
        {
            if (parts.Condition is not null)
            {
                var test = LowerCondition(parts.Condition, out var whenTrue, out exit);
                if (test.Op == IrOp.I32 && test.Number != 0) exit.IsReachable = false;
                else Emit(Node.If(test, Node.Nop(), Node.Br(target.Break!), WType.None));
                _flow = whenTrue;
                _flow.IsReachable = true;
            }

            var inner = Collect(bodyOf);
            _flow.IsReachable = true;
            Emit(Node.Block(target.Continue!, [Void(inner)], WType.None));
            // Each iteration has variables of its own, which closures see.
            foreach (var v in loopVariables.Where(v => v.Cell is not null))
                Emit(Node.Set(v.Local!, Node.New(v.Cell!, Node.Field(v.Cell!, 0, Node.Get(v.Local!)))));
            foreach (var update in parts.Updates)
                Emit(Node.Drop(Lower(update, null).Node));
            Emit(Node.Br(loop));
        });
        PopJump();
        EmitLoop(target, loop, body);
        Pop();
        FinishLoop(target, exit);
    }

    private void LowerForIn(ForParts parts, Action bodyOf, Syntax.Node at, List<string> labels)
    {
        DartType? declared = parts.Declaration is VarDecl { Type: { } t } ? _scope.Resolve(t) : null;
        var iterableContext = declared is null ? null : _program.Type(parts.Await ? "Stream" : "Iterable", declared);
        var iterable = Lower(parts.Iterable!, iterableContext);
        if (parts.Await)
        {
            LowerAwaitFor(parts, iterable, declared, bodyOf, at, labels);
            return;
        }

        if (TypeSystem.IsDynamic(iterable.Type))
            iterable = new Val(CheckedCast(iterable, _program.Type("Iterable", SimpleType.Dynamic), at), _program.Type("Iterable", SimpleType.Dynamic));
        if (TypeSystem.IsNullable(iterable.Type) || _types.AsInstanceOf(iterable.Type, _program.CoreClass("Iterable")) is null && !TypeSystem.IsNever(iterable.Type))
            throw Error(parts.Iterable!, $"The type '{iterable.Type}' used in the 'for' loop must implement 'Iterable<dynamic>'.");
        var element = ElementType(iterable.Type, false);
        LoopUse(at is ForStmt fs ? fs.Body : at is ForElement fe ? fe.Body : null, parts.Target);
        var iterator = GetMember(iterable, "iterator", at);
        var local = TempOf(iterator.Node, out var set, "iterator");
        Emit(set);
        var self = iterator with { Node = Node.Get(local) };
        var target = PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), Continue = new IrLabel(), IsUnlabeledBreak = true });
        var loop = new IrLabel();
        var exit = _flow.Copy();
        var body = Collect(() =>
        {
            var next = CallNamed(self, "moveNext", NoArguments, null, null, at);
            Emit(Node.If(Convert(next.Node, WType.I32), Node.Nop(), Node.Br(target.Break!), WType.None));
            Push();
            var current = GetMember(self, "current", at);
            BindLoopVariable(parts, current with { Type = element, Node = Convert(current.Node, _p.ReprOf(element)) }, declared, at);
            var inner = Collect(bodyOf);
            _flow.IsReachable = true;
            Emit(Node.Block(target.Continue!, [Void(inner)], WType.None));
            Pop();
            Emit(Node.Br(loop));
        });
        PopJump();
        EmitLoop(target, loop, body);
        FinishLoop(target, exit);
    }

    private void BindLoopVariable(ForParts parts, Val current, DartType? declared, Syntax.Node at)
    {
        if (parts.Pattern is { } pattern)
        {
            var local = TempOf(current.Node, out var set, "element");
            Emit(set);
            EmitIrrefutable(pattern, Node.Get(local), current.Type);
        }
        else if (parts.Declaration is VarDecl d)
        {
            var type = declared ?? current.Type;
            var node = Convert(Coerce(current, type, at), _p.ReprOf(type));
            var v = Declare(d.Vars[0].Name, type, d, d.Final);
            Initialize(v, node);
        }
        else
        {
            var place = LowerPlace(parts.Target!);
            foreach (var b in place.Before) Emit(b);
            var node = Convert(Coerce(current, place.WriteType, at), _p.ReprOf(place.WriteType));
            PromoteOnWrite(place, current.Type);
            var local = TempOf(node, out var set, "element");
            Emit(set);
            Emit(Node.Drop(place.Write(Node.Get(local))));
        }
    }

    private void LowerBreak(BreakStmt b)
    {
        for (var i = _jumps.Count - 1; i >= 0; i--)
        {
            var target = _jumps[i];
            if (target.Finally is null && (b.Label is null ? target.IsUnlabeledBreak : target.Labels.Contains(b.Label)))
            {
                EmitJump(JumpKind.Break, target, 0);
                return;
            }
        }

        throw Error(b, b.Label is null ? "A break statement can't be used outside of a loop or switch statement." : $"Can't break to '{b.Label}'.");
    }

    private void LowerContinue(ContinueStmt c)
    {
        for (var i = _jumps.Count - 1; i >= 0; i--)
        {
            var target = _jumps[i];
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

        throw Error(c, c.Label is null ? "A continue statement can't be used outside of a loop." : $"Can't find label '{c.Label}'.");
    }

    /// <summary>Emits a jump, through the finally blocks on its way.</summary>
    private void EmitJump(JumpKind kind, JumpTarget? target, int number)
    {
        for (var i = _jumps.Count - 1; i >= 0 && !ReferenceEquals(_jumps[i], target); i--)
        {
            if (_jumps[i].Finally is null) continue;
            var finallyBlock = _jumps[i];
            var index = finallyBlock.Exits.IndexOf((kind, target, number));
            if (index < 0)
            {
                index = finallyBlock.Exits.Count;
                finallyBlock.Exits.Add((kind, target, number));
            }

            Emit(Node.Set(finallyBlock.Kind!, Node.I32(index + 2)));
            if (target is not null && kind == JumpKind.Break) target.BreakFlow = target.BreakFlow is null ? _flow.Copy() : Flow.Join(target.BreakFlow, _flow);
            Emit(Node.Br(finallyBlock.Finally!));
            return;
        }

        switch (kind)
        {
            case JumpKind.Return:
                EmitReturn();
                break;
            case JumpKind.Break:
                target!.BreakFlow = target.BreakFlow is null ? _flow.Copy() : Flow.Join(target.BreakFlow, _flow);
                Emit(Node.Br(target.Break!));
                break;
            case JumpKind.Continue:
                Emit(Node.Br(target!.Continue!));
                break;
            case JumpKind.ContinueCase:
                Emit(Node.Set(target!.CaseTarget!, Node.I32(number)));
                Emit(Node.Br(target.Continue!));
                break;
        }
    }

    private void LowerLabeled(LabeledStmt l)
    {
        if (l.Body is ForStmt or WhileStmt or DoStmt or SwitchStmt)
        {
            _pendingLabels = l.Labels;
            LowerStatement(l.Body);
            return;
        }

        var target = PushJump(new JumpTarget { Labels = l.Labels, Break = new IrLabel() });
        var body = Collect(() => LowerStatement(l.Body));
        PopJump();
        var after = target.BreakFlow is null ? _flow : Flow.Join(_flow, target.BreakFlow);
        _flow.IsReachable = true;
        Emit(Node.Block(target.Break!, [Void(body)], WType.None));
        _flow = after;
        if (!_flow.IsReachable) { _flow.IsReachable = true; Emit(Node.Unreachable()); }
    }

    // Where a return goes in a body that other code follows: a constructor's, or one that stops and goes on.
    private IrLabel? _bodyEnd;

    private void LowerReturn(ReturnStmt r)
    {
        if (_async == AsyncKind.SyncStar || _async == AsyncKind.AsyncStar)
        {
            if (r.Value is not null) throw Error(r, "A generator can't return a value.");
            EmitJump(JumpKind.Return, null, 0);
            return;
        }

        if (r.Value is null)
        {
            if (_infersReturn) JoinReturn(SimpleType.Null);
            else if (_returnType is not null && !TypeSystem.IsNullable(_returnType) && !TypeSystem.IsVoid(_returnType) && _fn.Result.Kind != WKind.None && _bodyEnd is null)
                throw Error(r, "A value must be explicitly returned from a non-void function.");
            if (_returnValue is not null) Emit(Node.Set(_returnValue, _returnValue.Type.IsRef ? Convert(Node.Null(_p.Top), _returnValue.Type.AsNullable) is var n && _returnValue.Type.Nullable ? n : Node.NonNull(Node.Null(_returnValue.Type.Heap!)) : ProgramLowering.DefaultNode(_returnValue.Type)));
            EmitJump(JumpKind.Return, null, 0);
            return;
        }

        var value = Lower(r.Value, ReturnContext());
        ReturnValue(value, r);
    }

    private DartType? ReturnContext()
    {
        var type = _returnType ?? _returnHint;
        return type is not null && _async == AsyncKind.Async ? new InterfaceType(_program.CoreClass("FutureOr"), [type]) : _returnType;
    }

    private void ReturnValue(Val value, Syntax.Node at)
    {
        if (_infersReturn) JoinReturn(_async == AsyncKind.Async ? Flatten(value.Type) : value.Type);
        if (value.Node.IsNever)
        {
            Emit(value.Node);
            return;
        }

        if (_async == AsyncKind.Async)
        {
            ReturnAsync(value, at);
            return;
        }

        if (_returnValue is null)
        {
            // Nothing is returned, but what is written is evaluated.
            Emit(Node.Drop(value.Node));
            EmitJump(JumpKind.Return, null, 0);
            return;
        }

        var converted = _returnType is null || _infersReturn ? Convert(value.Node, _returnValue.Type) : Convert(Coerce(value, _returnType, at), _returnValue.Type);
        if (!_jumps.Exists(j => j.Finally is not null) && _bodyEnd is null)
        {
            Emit(Node.Return(converted));
            return;
        }

        Emit(Node.Set(_returnValue, converted));
        EmitJump(JumpKind.Return, null, 0);
    }

    private void EmitReturn()
    {
        if (_bodyEnd is not null) Emit(Node.Br(_bodyEnd));
        else if (_returnValue is not null) Emit(Node.Return(Node.Get(_returnValue)));
        else Emit(Node.Return());
    }

    private void JoinReturn(DartType type) => _inferredReturn = _inferredReturn is null ? type : _types.Lub(_inferredReturn, type);

    private void LowerAssert(Expr condition, Expr? message)
    {
        var saved = _flow.Copy();
        var test = LowerCondition(condition, out var whenTrue, out var whenFalse);
        _flow = whenFalse;
        _flow.IsReachable = true;
        var text = message is null ? Node.Null(_p.Top) : Convert(Lower(message, null).Node, _p.AnyRef);
        _flow = whenTrue;
        _flow.IsReachable = saved.IsReachable;
        Emit(Node.If(test, Node.Nop(), Node.Seq(CallCore("_throwAssertion", text), Node.Unreachable()), WType.None));
    }

    private void LowerTry(TryStmt t)
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
        var before = _flow.Copy();
        var body = Collect(() => LowerBlock(t.Body.Body));
        var after = _flow;
        var use = AstWalker.Analyze([t.Body]);
        var exception = Temp(_p.AnyRef, "exception");
        var stack = Temp(_p.AnyRef, "stack");
        var savedCaught = _caughtVariables;
        _flow = before;
        DemoteAssigned(use);
        var entry = _flow.Copy();
        var end = new IrLabel();
        var handlers = Collect(() =>
        {
            foreach (var clause in t.Catches)
            {
                _flow = entry.Copy();
                Push();
                var type = clause.Type is null ? _program.Object : _scope.Resolve(clause.Type);
                var handler = Collect(() =>
                {
                    // Exception and trace are variables, hidden ones where they have no name.
                    var e = DeclareCaught(clause.Exception, clause.Type is null ? _program.Object : type, clause, Convert(Node.Get(exception), _p.ReprOf(type)));
                    var s = DeclareCaught(clause.StackTrace, _program.Type("StackTrace"), clause, Convert(Node.Get(stack), _p.ReprOf(_program.Type("StackTrace"))));
                    _caughtVariables = (e, s);
                    Push();
                    LowerBlock(clause.Body.Body);
                    Pop();
                    if (_flow.IsReachable) Emit(Node.Br(end));
                });
                Pop();
                after = Flow.Join(after, _flow.IsReachable ? _flow : LeftBy(handler, end, _flow));
                _flow = entry.Copy();
                var test = clause.Type is null ? Node.I32(1) : TypeTest(Node.Get(exception), SimpleType.Dynamic, type);
                Emit(Node.If(test, Node.Seq(handler), null, WType.None));
                _flow.IsReachable = true;
                if (test.Op == IrOp.I32 && test.Number == 1) return;
            }

            Emit(Node.Throw(Node.Get(exception), Node.Get(stack)));
        });
        _caughtVariables = savedCaught;
        var tryNode = new Node { Op = IrOp.Try, Data = new TryData(exception, stack), Body = [Void(body)], Else = [Node.Seq(handlers)], Type = WType.None };
        _flow = after;
        var reachable = after.IsReachable;
        _flow.IsReachable = true;
        Emit(Node.Block(end, [tryNode], WType.None));
        if (!reachable) Emit(Node.Unreachable());
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
        var shared = _use.InClosures.Contains(name ?? "");
        var variable = name is null || name == "_"
            ? new LocalVariable("", type) { Owner = this, Repr = _p.ReprOf(type) }
            : Declare(name, type, at);
        _ = shared;
        Initialize(variable, value);
        return variable;
    }

    private void LowerTryFinally(TryStmt t) => EmitTryFinally(
        () =>
        {
            if (t.Catches.Count > 0) LowerTryCatch(t);
            else LowerBlock(t.Body.Body);
        },
        () => LowerBlock(t.Finally!.Body),
        AstWalker.Analyze([t]));

    private void EmitTryFinally(Action lowerBody, Action lowerFinally, NameUse use)
    {
        var kind = Temp(WType.I32, "completion");
        var exception = Temp(_p.AnyRef, "exception");
        var stack = Temp(_p.AnyRef, "stack");
        var before = _flow.Copy();
        var target = new JumpTarget { Finally = new IrLabel(), Kind = kind };
        _jumps.Add(target);
        var body = Collect(lowerBody);
        PopJump();
        var afterBody = _flow;
        var handler = new List<Node> { Node.Set(kind, Node.I32(1)) };
        var tryNode = new Node { Op = IrOp.Try, Data = new TryData(exception, stack), Body = [Void(body)], Else = handler, Type = WType.None };
        _flow = before;
        DemoteAssigned(use);
        _flow.IsReachable = true;
        Emit(Node.Set(kind, Node.I32(0)));
        Emit(Node.Block(target.Finally!, [tryNode], WType.None));
        lowerFinally();
        if (!_flow.IsReachable) return;
        Emit(Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(kind), Node.I32(1)), Node.Throw(Node.Get(exception), Node.Get(stack)), null, WType.None));
        for (var i = 0; i < target.Exits.Count; i++)
        {
            var (exitKind, exitTarget, number) = target.Exits[i];
            var flow = _flow.Copy();
            var jump = Collect(() => EmitJump(exitKind, exitTarget, number));
            _flow = flow;
            Emit(Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(kind), Node.I32(i + 2)), Node.Seq(jump), null, WType.None));
        }

        if (!afterBody.IsReachable) Emit(Node.Unreachable());
    }

    // Switches.

    private void LowerSwitch(SwitchStmt s, List<string> labels)
    {
        var value = Lower(s.Value, null);
        var local = TempOf(value.Node, out var set, "value");
        Emit(set);
        var caseLabels = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < s.Cases.Count; i++)
        {
            foreach (var label in s.Cases[i].Labels) caseLabels[label] = i + 1;
        }

        var hasLabels = caseLabels.Count > 0;
        var again = hasLabels ? new IrLabel() : null;
        var caseTarget = hasLabels ? Temp(WType.I32, "case") : null;
        if (hasLabels)
        {
            LoopUse(s);
            Emit(Node.Set(caseTarget!, Node.I32(0)));
        }

        var target = PushJump(new JumpTarget { Labels = labels, Break = new IrLabel(), IsUnlabeledBreak = true, Cases = hasLabels ? caseLabels : null, CaseTarget = caseTarget });
        var switchTarget = target;
        if (hasLabels)
        {
            PopJump();
            switchTarget = PushJump(new JumpTarget { Labels = labels, Break = target.Break, IsUnlabeledBreak = true, Cases = caseLabels, CaseTarget = caseTarget, Continue = null });
        }

        var entry = _flow.Copy();
        Flow? after = null;
        void JoinAfter(Flow f) => after = after is null ? f.Copy() : Flow.Join(after, f);
        var hasDefault = s.Cases.Exists(c => c.Heads.Exists(h => h.Pattern is null));
        var ordered = s.Cases.Select((c, i) => (Case: c, Index: i)).OrderBy(c => c.Case.Heads.Exists(h => h.Pattern is null) ? 1 : 0).ToList();
        // 'continue label' goes to the loop around the cases.
        var body = Collect(() =>
        {
            foreach (var (group, index) in ordered)
            {
                var members = new List<SwitchCase> { group };
                _flow = entry.Copy();
                var next = new IrLabel();
                var start = new IrLabel();
                Push();
                Flow? bodyFlow = null;
                var heads = Collect(() =>
                {
                    if (hasLabels)
                    {
                        Emit(Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(caseTarget!), Node.I32(index + 1)), Node.Br(start), null, WType.None));
                        Emit(Node.If(Node.Get(caseTarget!), Node.Br(next), null, WType.None));
                    }

                    foreach (var (pattern, guard) in members.SelectMany(m => m.Heads))
                    {
                        _flow = entry.Copy();
                        if (pattern is null)
                        {
                            bodyFlow = bodyFlow is null ? _flow.Copy() : Flow.Join(bodyFlow, _flow);
                            Emit(Node.Br(start));
                            return;
                        }

                        var match = LowerMatch(pattern, Node.Get(local), value.Type);
                        if (PromotionKey(s.Value) is { } key && MatchedType(pattern, value.Type) is { } matched && group.Heads.Count == 1) Promote(_flow, key, matched);
                        if (guard is not null)
                        {
                            var guardTest = LowerCondition(guard, out var guardTrue, out _);
                            _flow = guardTrue;
                            match = Node.If(match, guardTest, Node.I32(0), WType.I32);
                        }

                        bodyFlow = bodyFlow is null ? _flow.Copy() : Flow.Join(bodyFlow, _flow);
                        Emit(Node.If(match, Node.Br(start), null, WType.None));
                        _flow.IsReachable = true;
                    }

                    Emit(Node.Br(next));
                });
                _flow = bodyFlow ?? entry.Copy();
                _flow.IsReachable = true;
                var caseBody = Collect(() =>
                {
                    Emit(Node.Block(start, [Node.Seq(heads)], WType.None));
                    _flow.IsReachable = true;
                    if (hasLabels) Emit(Node.Set(caseTarget!, Node.I32(0)));
                    var bodySource = group;
                    LowerBlock(bodySource.Body);
                    if (_flow.IsReachable)
                    {
                        JoinAfter(_flow);
                        Emit(Node.Br(target.Break!));
                    }
                });
                Pop();
                _flow.IsReachable = true;
                Emit(Node.Block(next, [Node.Seq(caseBody)], WType.None));
            }
        });
        PopJump();
        _flow.IsReachable = true;
        var exhaustive = hasDefault || IsExhaustive(s.Cases.SelectMany(c => c.Heads).Where(h => h.Guard is null && h.Pattern is not null).Select(h => h.Pattern!), value.Type);
        if (hasLabels)
        {
            var outer = new List<Node>(body) { Node.Br(target.Break!) };
            Emit(Node.Block(target.Break!, [Node.Loop(again!, [.. outer])], WType.None));
            ReplaceContinueTargets(outer, switchTarget, again!);
        }
        else
        {
            Emit(Node.Block(target.Break!, body, WType.None));
        }

        if (!exhaustive) JoinAfter(entry);
        if (switchTarget.BreakFlow is { } breakFlow) JoinAfter(breakFlow);
        _flow = after ?? entry.Copy();
        _flow.IsReachable = true;
        if (after is null || !after.IsReachable) { Emit(Node.Unreachable()); }
    }

    // The label of the loop is known only when its cases have been lowered.
    private static void ReplaceContinueTargets(List<Node> nodes, JumpTarget target, IrLabel again)
    {
        var stack = new Stack<Node>(nodes);
        while (stack.TryPop(out var node))
        {
            if (node.Op == IrOp.Br && node.Data is null) node.Data = again;
            foreach (var a in node.Args) stack.Push(a);
            if (node.Body is not null) foreach (var n in node.Body) stack.Push(n);
            if (node.Else is not null) foreach (var n in node.Else) stack.Push(n);
        }

        _ = target;
    }

    private Val LowerSwitchExpression(SwitchExpr s, DartType? context)
    {
        var value = Lower(s.Value, null);
        var local = TempOf(value.Node, out var set, "value");
        var entry = _flow.Copy();
        Flow? after = null;
        var arms = new List<(Node Test, Val Body)>();
        DartType? type = null;
        foreach (var (pattern, guard, body) in s.Cases)
        {
            Push();
            _flow = entry.Copy();
            var match = LowerMatch(pattern, Node.Get(local), value.Type);
            if (PromotionKey(s.Value) is { } key && MatchedType(pattern, value.Type) is { } matched) Promote(_flow, key, matched);
            if (guard is not null)
            {
                var guardTest = LowerCondition(guard, out var guardTrue, out _);
                _flow = guardTrue;
                match = Node.If(match, guardTest, Node.I32(0), WType.I32);
            }

            var result = Lower(body, context);
            if (!result.Node.IsNever) after = after is null ? _flow.Copy() : Flow.Join(after, _flow);
            Pop();
            arms.Add((match, result));
            type = type is null ? result.Type : MergedType(type, result.Type, context);
        }

        type ??= SimpleType.Never;
        var isExhaustive = IsExhaustive(s.Cases.Where(c => c.Guard is null).Select(c => c.Pattern), value.Type);
        if (!isExhaustive)
            throw Error(s, $"The type '{value.Type}' is not exhaustively matched by the switch cases.");
        var repr = TypeSystem.IsVoid(type) ? WType.None : _p.ReprOf(type);
        Node node = Node.Seq(CallCore("_throwPatternMismatch"), Node.Unreachable());
        for (var i = arms.Count - 1; i >= 0; i--)
            node = Node.If(arms[i].Test, CoerceOrConvert(arms[i].Body, type, s), node, TypeSystem.IsNever(type) ? WType.Never : repr);
        _flow = after ?? entry;
        return new Val(Node.Seq(set, node), type);
    }
}
