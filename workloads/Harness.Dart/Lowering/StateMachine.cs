using Harness.Dart.Ir;
using Harness.Dart.Lowering.Module;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering;

/// <summary>
/// Makes a function that stops in the middle of its body and goes on later: its variables live in a frame on the heap while it is stopped, and each
/// place where it stops has a number, its state. The control flow stays as it is; a sequence that has such places within begins with a
/// jump to the one that the state names, so that loops without any are as fast as elsewhere, and a try block that is entered again catches again.
/// </summary>
/// <remarks>
/// The function takes its closure, whose context is the frame, a value, and an error with its stack trace: what it waited for. It gives its task
/// when it stops, and null at its end.
/// </remarks>
internal sealed class StateMachine
{
    // Up to so many places are told apart by comparisons, more by a table.
    private const int MaximumComparisons = 4;

    private readonly TargetTypes _target;
    private readonly Representations _reprs;
    private readonly IrFunction _outer;
    private readonly IrFunction _function;
    private readonly bool _isRestartable;
    private readonly IrLocal _closure, _value, _error, _stack, _state;
    private readonly IrLabel _stop = new();
    private readonly Dictionary<Node, bool> _suspends = [];
    private readonly HashSet<IrLocal> _temporaries = [];
    private int _points;

    /// <param name="p">The program.</param>
    /// <param name="outer">The function that makes the frame; its parameters and variables are the first values of the machine's.</param>
    /// <param name="taskType">How the object is held that stands for this run of the function.</param>
    /// <param name="isRestartable">Whether a call with an error before the start gives a copy of the closure with a frame of its own.</param>
    public StateMachine(ProgramLowering p, IrFunction outer, WType taskType, bool isRestartable)
    {
        _target = p.Target;
        _reprs = p.Reprs;
        _outer = outer;
        _isRestartable = isRestartable;
        _function = p.NewFunction(outer.Name + " (body)");
        _function.At = outer.At;
        _closure = _function.AddParam(WType.Ref(p.Target.Closure), "closure");
        _value = _function.AddParam(p.Target.AnyRef, "value");
        _error = _function.AddParam(p.Target.AnyRef, "error");
        _stack = _function.AddParam(p.Target.AnyRef, "stack");
        _function.Result = p.Target.AnyRef;
        _state = _function.AddLocal(WType.I32, "state");
        Task = _function.AddLocal(taskType.AsNullable, "task");
    }

    /// <summary>The function that runs the body; its variables are added to it before <see cref="Build"/>.</summary>
    public IrFunction Function => _function;

    /// <summary>Holds the object that stands for this run.</summary>
    public IrLocal Task { get; }

    /// <summary>Gives the function its body.</summary>
    /// <param name="body">The statements, with <see cref="IrOp.Suspend"/> where it stops.</param>
    /// <param name="end">What runs behind them.</param>
    /// <returns>The frame of a run that has not begun, as an expression of the outer function.</returns>
    public Node Build(List<Node> body, List<Node> end)
    {
        KeepPlaces([.. body, .. end]);
        var moved = Move([.. body, .. end]);
        var statements = Flatten(body);
        var lifetimes = new SuspensionLifetimes(statements, end);
        _suspends.Clear();
        var machine = Sequence(statements);

        var frame = new StructDef("frame", null) { IsFinal = true };
        frame.Add(WType.I32, true, "state");
        frame.Add(Task.Type, true, "task");
        var kept = new List<(IrLocal Local, IrLocal? Origin, int Field)>();
        foreach (var (origin, local) in moved)
        {
            kept.Add((local, origin, frame.Add(Stored(local), true, local.Name)));
        }

        foreach (var local in _function.Locals)
        {
            if (!moved.ContainsValue(local) && lifetimes.IsKept(local))
            {
                kept.Add((local, null, frame.Add(Stored(local), true, local.Name)));
            }
        }

        var self = _function.AddLocal(WType.Ref(frame), "frame");
        Node Field(int field) => Node.Field(frame, field, Node.Get(self));
        var code = new List<Node>
        {
            Node.Set(self, new Node { Op = IrOp.Cast, Type = WType.Ref(frame), Args = [Node.Field(_target.Closure, 2, Node.Get(_closure))] }),
        };
        if (_isRestartable)
        {
            var copy = Node.New(frame, [Node.I32(0), Node.Null(Task.Type.Heap!), .. kept.Select(k => Field(k.Field))]);
            var closure = Node.New(_target.Closure, [.. Enumerable.Range(0, _target.Closure.Fields.Count).Select(i => i == 2 ? copy : Node.Field(_target.Closure, i, Node.Get(_closure)))]);
            code.Add(Node.If(Node.IsNull(Node.Get(_error)), Node.Nop(), Node.Return(closure), WType.None));
        }

        code.Add(Node.Set(_state, Field(0)));
        code.Add(Node.Set(Task, Field(1)));
        // The first call brings the task.
        var begin = new List<Node> { Node.Set(Task, _reprs.Convert(Node.Get(_value), Task.Type)), Node.SetField(frame, 1, Node.Get(self), Node.Get(Task)) };
        code.Add(Node.If(Node.IsNull(Node.Get(Task)), Node.Seq(begin), null, WType.None));
        foreach (var (local, _, field) in kept)
        {
            code.Add(Node.Set(local, Field(field)));
        }

        code.Add(Node.Block(_stop, [.. machine, .. end, Node.Return(Node.Null(_target.Top))], WType.None));
        code.Add(Node.SetField(frame, 0, Node.Get(self), Node.Get(_state)));
        foreach (var (local, _, field) in kept)
        {
            if (lifetimes.IsAssigned(local))
            {
                code.Add(Node.SetField(frame, field, Node.Get(self), Raw(local)));
            }
        }

        code.Add(Node.Return(Node.Get(Task)));
        _function.Body = Node.Seq(code);
        // Blocks around a jump into the middle end what validation knows of locals.
        foreach (var local in _function.Locals)
        {
            local.IsDefinite = false;
        }

        return Node.New(frame, [Node.I32(0), Node.Null(Task.Type.Heap!), .. kept.Select(k => k.Origin is { } origin ? Node.Get(origin) : Zero(Stored(k.Local)))]);
    }

    private static WType Stored(IrLocal local) => local.Type.IsRef ? local.Type.AsNullable : local.Type;

    private static Node Zero(WType type) => type.Kind == WKind.F32 ? new Node { Op = IrOp.F32, Type = WType.F32 } : Representations.DefaultNode(type);

    // A variable as it is, which may be null before it is set.
    private static Node Raw(IrLocal local) => new() { Op = IrOp.Get, Type = Stored(local), Data = local, Number = 1 };

    /// <summary>Notes at all nodes where they come from, since not all stay within those that say so.</summary>
    private static void KeepPlaces(IEnumerable<Node> nodes)
    {
        var stack = new Stack<Node>(nodes);
        while (stack.TryPop(out var node))
        {
            foreach (var arg in node.Args)
            {
                Push(arg, node.At);
            }

            if (node.Body is not null)
            {
                foreach (var n in node.Body)
                {
                    Push(n, node.At);
                }
            }

            if (node.Else is not null)
            {
                foreach (var n in node.Else)
                {
                    Push(n, node.At);
                }
            }
        }

        void Push(Node node, int around)
        {
            if (node.At == 0)
            {
                node.At = around;
            }

            stack.Push(node);
        }
    }

    /// <summary>Replaces the outer function's variables by the machine's own.</summary>
    private Dictionary<IrLocal, IrLocal> Move(IEnumerable<Node> nodes)
    {
        var outer = new HashSet<IrLocal>(_outer.Params.Concat(_outer.Locals));
        var moved = new Dictionary<IrLocal, IrLocal>();
        var stack = new Stack<Node>(nodes);
        while (stack.TryPop(out var node))
        {
            if (node.Data is IrLocal local && outer.Contains(local))
            {
                if (!moved.TryGetValue(local, out var own))
                {
                    moved[local] = own = _function.AddLocal(local.Type, local.Name);
                }

                node.Data = own;
            }

            foreach (var arg in node.Args)
            {
                stack.Push(arg);
            }

            if (node.Body is not null)
            {
                foreach (var n in node.Body)
                {
                    stack.Push(n);
                }
            }

            if (node.Else is not null)
            {
                foreach (var n in node.Else)
                {
                    stack.Push(n);
                }
            }
        }

        return moved;
    }

    private bool Suspends(Node node)
    {
        if (node.Op == IrOp.Suspend)
        {
            return true;
        }

        if (node.Args.Length == 0 && node.Body is null)
        {
            return false;
        }

        if (_suspends.TryGetValue(node, out var known))
        {
            return known;
        }

        var result = Array.Exists(node.Args, Suspends) || node.Body is { } body && body.Exists(Suspends) || node.Else is { } otherwise && otherwise.Exists(Suspends);
        return _suspends[node] = result;
    }

    // Stops become statements of their own, 'local = suspend(…)': what an expression has computed before one is kept in variables.

    private List<Node> Flatten(List<Node> nodes)
    {
        var result = new List<Node>();
        foreach (var node in nodes)
        {
            Statement(node, result);
            if (EndsNever(result))
            {
                break;
            }
        }

        return result;
    }

    private static bool EndsNever(List<Node> nodes) => nodes.Count > 0 && nodes[^1].IsNever;

    private void Statement(Node node, List<Node> into)
    {
        if (!Suspends(node))
        {
            into.Add(Node.Drop(node));
            return;
        }

        switch (node.Op)
        {
            case IrOp.Seq:
                foreach (var child in node.Body!)
                {
                    Statement(child, into);
                    if (EndsNever(into))
                    {
                        return;
                    }
                }

                break;
            case IrOp.Drop:
                Statement(node.Args[0], into);
                break;
            case IrOp.Set when node.Args[0].Op == IrOp.Suspend:
                var wait = node.Args[0];
                var waited = Value(wait.Args[0], into);
                if (waited.IsNever) { into.Add(waited); break; }

                wait.Args = [waited];
                into.Add(node);
                break;
            case IrOp.Loop or IrOp.Try:
                node.Body = Flatten(node.Body!);
                if (node.Else is not null)
                {
                    node.Else = Flatten(node.Else);
                }

                into.Add(node);
                break;
            default:
                into.Add(Node.Drop(Value(node, into)));
                break;
        }
    }

    /// <summary>An expression without stops, behind statements that have them.</summary>
    private Node Value(Node node, List<Node> before)
    {
        if (!Suspends(node))
        {
            return node;
        }

        switch (node.Op)
        {
            case IrOp.Suspend:
                var result = Temporary(node.Type, "awaited");
                Statement(Node.Set(result, node), before);
                return EndsNever(before) ? Node.Unreachable() : Node.Get(result);
            case IrOp.Seq:
                for (var i = 0; i < node.Body!.Count - 1; i++)
                {
                    Statement(node.Body[i], before);
                    if (EndsNever(before))
                    {
                        return Node.Unreachable();
                    }
                }

                return Value(node.Body[^1], before);
            case IrOp.Loop or IrOp.Try:
                Statement(node, before);
                return EndsNever(before) ? Node.Unreachable() : Node.Nop();
            case IrOp.If:
                var condition = Value(node.Args[0], before);
                if (condition.IsNever)
                {
                    return condition;
                }

                node.Args = [condition];
                if (!node.Body!.Exists(Suspends) && !(node.Else?.Exists(Suspends) ?? false))
                {
                    return node;
                }

                return Structured(node, before);
            case IrOp.Block:
                return Structured(node, before);
            default:
                return Operation(node, before);
        }
    }

    // The value of a block or conditional goes through a variable.
    private Node Structured(Node node, List<Node> before)
    {
        if (node.Type.Kind is WKind.None or WKind.Never)
        {
            node.Body = Flatten(node.Body!);
            if (node.Else is not null)
            {
                node.Else = Flatten(node.Else);
            }

            before.Add(node);
            return node.IsNever ? Node.Unreachable() : Node.Nop();
        }

        var result = Temporary(node.Type, "value");
        if (node.Op == IrOp.Block)
        {
            SetBeforeBranches(node.Body!, (IrLabel)node.Data!, result);
        }

        node.Body = FlattenInto(node.Body!, result);
        if (node.Else is not null)
        {
            node.Else = FlattenInto(node.Else, result);
        }

        node.Type = WType.None;
        before.Add(node);
        return Node.Get(result);
    }

    private List<Node> FlattenInto(List<Node> nodes, IrLocal result)
    {
        var list = new List<Node>();
        for (var i = 0; i < nodes.Count; i++)
        {
            if (i < nodes.Count - 1)
            {
                Statement(nodes[i], list);
            }
            else
            {
                var value = Value(nodes[i], list);
                if (!EndsNever(list))
                {
                    list.Add(value.IsNever || value.Type.Kind == WKind.None ? value : Node.Set(result, value));
                }
            }

            if (EndsNever(list))
            {
                break;
            }
        }

        return list;
    }

    private static void SetBeforeBranches(List<Node> nodes, IrLabel label, IrLocal result)
    {
        var stack = new Stack<Node>(nodes);
        while (stack.TryPop(out var node))
        {
            foreach (var arg in node.Args)
            {
                stack.Push(arg);
            }

            if (node.Body is not null)
            {
                foreach (var n in node.Body)
                {
                    stack.Push(n);
                }
            }

            if (node.Else is not null)
            {
                foreach (var n in node.Else)
                {
                    stack.Push(n);
                }
            }

            if (node.Op != IrOp.Br || !ReferenceEquals(node.Data, label) || node.Args.Length == 0)
            {
                continue;
            }

            node.Body = [Node.Set(result, node.Args[0]), Node.Br(label)];
            node.Op = IrOp.Seq;
            node.Args = [];
            node.Data = null;
        }
    }

    private Node Operation(Node node, List<Node> before)
    {
        var last = Array.FindLastIndex(node.Args, Suspends);
        for (var i = 0; i <= last; i++)
        {
            var value = Value(node.Args[i], before);
            if (value.IsNever)
            {
                return value;
            }

            if (i < last && !IsStable(value))
            {
                var saved = Temporary(value.Type, "saved");
                before.Add(Node.Set(saved, value));
                value = Node.Get(saved);
            }

            node.Args[i] = value;
        }

        return node;
    }

    private bool IsStable(Node value) => value.Op is IrOp.I32 or IrOp.I64 or IrOp.F32 or IrOp.F64 or IrOp.RefNull or IrOp.RefFunc
        || value.Op == IrOp.GlobalGet && !((IrGlobal)value.Data!).Mutable
        || value.Op == IrOp.Get && _temporaries.Contains((IrLocal)value.Data!);

    private IrLocal Temporary(WType type, string name)
    {
        var local = _function.AddLocal(type, name);
        _temporaries.Add(local);
        return local;
    }

    // Ways into the middle.

    private List<Node> Sequence(List<Node> nodes)
    {
        var dispatch = Node.Nop();
        var entries = new List<(IrLabel Label, int First, int Last)>();
        var current = new List<Node> { dispatch };
        foreach (var node in nodes)
        {
            if (!Suspends(node))
            {
                current.Add(node);
                continue;
            }

            var first = _points + 1;
            var entered = Entered(node);
            if (current.Count > 1)
            {
                var label = new IrLabel();
                entries.Add((label, first, _points));
                current = [Node.Block(label, current, WType.None)];
            }

            current.AddRange(entered);
        }

        if (entries.Count > 0)
        {
            FillDispatch(dispatch, entries);
        }

        return current;
    }

    private void FillDispatch(Node dispatch, List<(IrLabel Label, int First, int Last)> entries)
    {
        dispatch.Op = IrOp.If;
        dispatch.Args = [Node.Get(_state)];
        if (entries.Count <= MaximumComparisons)
        {
            dispatch.Body = [.. entries.Select(e => Node.If(IsBetween(e.First, e.Last), Node.Br(e.Label), null, WType.None))];
            return;
        }

        // The places of a sequence are numbered without gaps; other numbers are those of its first statement.
        var normal = new IrLabel();
        var labels = new List<IrLabel>();
        foreach (var (label, first, last) in entries)
        {
            labels.AddRange(Enumerable.Repeat(label, last - first + 1));
        }

        labels.Add(normal);
        var table = new Node { Op = IrOp.BrTable, Type = WType.Never, Data = labels, Args = [Node.Numeric(Opcode.I32Sub, WType.I32, Node.Get(_state), Node.I32(entries[0].First))] };
        dispatch.Body = [Node.Block(normal, [table], WType.None)];
    }

    private Node IsBetween(int first, int last) => first == last
        ? Node.Numeric(Opcode.I32Eq, WType.I32, Node.Get(_state), Node.I32(first))
        : Node.Numeric(Opcode.I32LeU, WType.I32, Node.Numeric(Opcode.I32Sub, WType.I32, Node.Get(_state), Node.I32(first)), Node.I32(last - first));

    private List<Node> Entered(Node node)
    {
        switch (node.Op)
        {
            case IrOp.Set: return Stop((IrLocal)node.Data!, node.Args[0]);
            case IrOp.Block or IrOp.Loop or IrOp.Seq:
                node.Body = Sequence(node.Body!);
                return [node];
            case IrOp.If: return [EnteredIf(node)];
            case IrOp.Try: return [EnteredTry(node)];
            default: throw new InvalidOperationException($"{node.Op} stops within, in {_function.Name}");
        }
    }

    private List<Node> Stop(IrLocal result, Node suspend)
    {
        var state = ++_points;
        var wait = (IrFunction)suspend.Data!;
        var call = Node.Call(wait, _reprs.Convert(Node.Get(Task), wait.Params[0].Type), _reprs.Convert(suspend.Args[0], wait.Params[1].Type));
        call.At = suspend.At;
        return
        [
            Node.If(Node.Get(_state), Node.Nop(), Node.Seq(Node.Drop(call), Node.Set(_state, Node.I32(state)), Node.Br(_stop)), WType.None),
            Node.Set(_state, Node.I32(0)),
            Node.If(Node.IsNull(Node.Get(_error)), Node.Nop(), Node.Throw(Node.Get(_error), Node.Get(_stack)), WType.None),
            Node.Set(result, Node.Get(_value)),
        ];
    }

    private Node EnteredIf(Node node)
    {
        var inThen = node.Body!.Exists(Suspends);
        var inElse = node.Else?.Exists(Suspends) ?? false;
        if (inThen)
        {
            node.Body = Sequence(node.Body);
        }

        var last = _points;
        if (inElse)
        {
            node.Else = Sequence(node.Else!);
        }

        var entered = inThen && inElse ? Node.Numeric(Opcode.I32LeU, WType.I32, Node.Get(_state), Node.I32(last)) : Node.I32(inThen ? 1 : 0);
        node.Args = [Node.If(Node.Get(_state), entered, node.Args[0], WType.I32)];
        return node;
    }

    private Node EnteredTry(Node node)
    {
        if (node.Body!.Exists(Suspends))
        {
            node.Body = Sequence(node.Body);
        }

        if (!node.Else!.Exists(Suspends))
        {
            return node;
        }

        // The handler stands behind the try, so that it can be entered without it.
        var last = _points;
        var handler = Sequence(node.Else);
        var (after, entry) = (new IrLabel(), new IrLabel());
        node.Body = [.. node.Body, Node.Br(after)];
        node.Else = [Node.Nop()];
        var skip = Node.If(Node.Numeric(Opcode.I32GtU, WType.I32, Node.Get(_state), Node.I32(last)), Node.Br(entry), null, WType.None);
        return Node.Block(after, [Node.Block(entry, [skip, node], WType.None), .. handler], WType.None);
    }
}
