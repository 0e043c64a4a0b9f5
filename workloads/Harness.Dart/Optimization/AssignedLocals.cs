using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>
/// Finds the variables of a small function that may be read before they are set. Where a copy of its body runs again and again, they would have
/// what the last run left, and not the zero or null that a call begins with.
/// </summary>
internal sealed class AssignedLocals
{
    private readonly HashSet<IrLocal> _stale = [];
    private HashSet<IrLocal> _set = [];

    /// <summary>The variables that are not set on every way to where they are read.</summary>
    public static IReadOnlySet<IrLocal> FindStale(IrFunction function)
    {
        var analysis = new AssignedLocals { _set = [.. function.Params] };
        analysis.Visit(function.Body!);
        return analysis._stale;
    }

    private void Visit(Node node)
    {
        foreach (var arg in node.Args)
        {
            Visit(arg);
        }

        switch (node.Op)
        {
            case IrOp.Get:
                if (!_set.Contains((IrLocal)node.Data!))
                {
                    _stale.Add((IrLocal)node.Data!);
                }

                break;
            case IrOp.Set or IrOp.Tee:
                _set.Add((IrLocal)node.Data!);
                break;
            case IrOp.Seq:
                node.Body!.ForEach(Visit);
                break;
            default:
                // What is set within a block, a loop or a conditional counts only there.
                VisitApart(node.Body);
                VisitApart(node.Else);
                break;
        }
    }

    private void VisitApart(List<Node>? nodes)
    {
        if (nodes is null)
        {
            return;
        }

        var outside = _set;
        _set = [.. outside];
        nodes.ForEach(Visit);
        _set = outside;
    }
}
