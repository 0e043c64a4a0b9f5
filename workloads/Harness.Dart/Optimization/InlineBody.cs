using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>A body that may take the place of calls, and what must be known of it for that.</summary>
internal sealed class InlineBody
{
    private readonly IrFunction _function;
    private readonly IReadOnlySet<IrLocal> _stale;
    private readonly HashSet<IrLocal> _assigned;
    private readonly int _returns;
    private readonly bool _isPlain;

    private InlineBody(IrFunction function, List<Node> nodes)
    {
        _function = function;
        _stale = AssignedLocals.FindStale(function);
        _assigned = [.. nodes.Where(node => node.Op is IrOp.Set or IrOp.Tee).Select(node => (IrLocal)node.Data!)];
        _returns = nodes.Count(node => node.Op == IrOp.Return);
        _isPlain = function.Params.Count == 1 && !_assigned.Contains(function.Params[0]) && IsReadOnceAndFirst(function.Params[0], nodes);
    }

    /// <summary>Looks whether a body can be copied and is worth it: small, without handlers, and not one that never comes back.</summary>
    /// <param name="function">The function.</param>
    /// <param name="limit">Largest body, in operations.</param>
    public static InlineBody? TryMake(IrFunction function, int limit)
    {
        if (function.Body is not { } body || function.Import is not null || Size(body, limit) > limit)
        {
            return null;
        }

        var nodes = NodeWalk.Of(body);
        if (nodes.Exists(node => node.Op is IrOp.Try or IrOp.Suspend or IrOp.Late or IrOp.ClassTest || node.Op == IrOp.Call && node.Data == function))
        {
            return null;
        }

        return body.IsNever && !nodes.Exists(node => node.Op == IrOp.Return) ? null : new InlineBody(function, nodes);
    }

    /// <summary>Makes a call a copy of the body.</summary>
    public void Replace(Node call, IrFunction caller)
    {
        var copier = new BodyCopier(caller);
        var result = new List<Node>();
        for (var i = 0; i < call.Args.Length; i++)
        {
            var (parameter, value) = (_function.Params[i], call.Args[i]);
            if (_isPlain || IsConstant(value) && !_assigned.Contains(parameter))
            {
                copier.Substitute(parameter, value);
            }
            else
            {
                result.Add(Node.Set(copier.Own(parameter), value));
            }
        }

        foreach (var local in _stale)
        {
            result.Add(Node.Set(copier.Own(local), Zero(local.Type)));
        }

        result.Add(Copy(copier));
        call.Op = IrOp.Seq;
        call.Data = null;
        call.Args = [];
        call.Body = result;
    }

    private Node Copy(BodyCopier copier)
    {
        var body = _function.Body!;
        var isTail = _returns == 1 && TailOf(body).Op == IrOp.Return;
        Node copy;
        if (_returns == 0 || isTail)
        {
            copy = isTail ? copier.CopyWithoutReturn(body) : copier.Copy(body);
            if (_function.Result.Kind != WKind.None && copy.Type.Kind == WKind.None)
            {
                copy = Node.Seq(copy, Node.Unreachable());
            }
        }
        else
        {
            var end = new IrLabel();
            copier.ReturnTo(end);
            copy = Node.Block(end, [copier.Copy(body)], _function.Result);
        }

        return _function.Result.Kind == WKind.None ? Node.Drop(copy) : copy;
    }

    /// <summary>The node whose value a tree has.</summary>
    private static Node TailOf(Node node)
    {
        while (node is { Op: IrOp.Seq, Body.Count: > 0 })
        {
            node = node.Body[^1];
        }

        return node;
    }

    // The only argument can stay where it is, if nothing happens before the parameter is read.
    private bool IsReadOnceAndFirst(IrLocal parameter, List<Node> nodes)
    {
        if (nodes.Count(node => node.Op == IrOp.Get && node.Data == parameter) != 1)
        {
            return false;
        }

        var first = _function.Body!;
        while (first.Op != IrOp.Loop && (first.Args.FirstOrDefault() ?? first.Body?.FirstOrDefault()) is { } inner)
        {
            first = inner;
        }

        return first.Op == IrOp.Get && first.Data == parameter;
    }

    private static bool IsConstant(Node value) => value.Op is IrOp.I32 or IrOp.I64 or IrOp.F64 or IrOp.RefNull || value.Op == IrOp.GlobalGet && !((IrGlobal)value.Data!).Mutable;

    private static Node Zero(WType type) => type.Kind switch
    {
        WKind.I32 => Node.I32(0),
        WKind.I64 => Node.I64(0),
        WKind.F32 => new Node { Op = IrOp.F32, Type = WType.F32 },
        WKind.F64 => Node.F64(0),
        _ => Node.Null(type.Heap!),
    };

    /// <summary>Operations of a tree, counted as often as they are emitted, up to one more than a limit.</summary>
    private static int Size(Node root, int limit)
    {
        var size = 0;
        var stack = new Stack<Node>([root]);
        while (size <= limit && stack.TryPop(out var node))
        {
            if (node.Op is not (IrOp.Seq or IrOp.Nop or IrOp.Return or IrOp.Block))
            {
                size++;
            }

            foreach (var arg in node.Args)
            {
                stack.Push(arg);
            }

            foreach (var child in node.Body ?? [])
            {
                stack.Push(child);
            }

            foreach (var child in node.Else ?? [])
            {
                stack.Push(child);
            }
        }

        return size;
    }
}
