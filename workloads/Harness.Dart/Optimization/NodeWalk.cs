using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>All nodes of a tree, each once, although parts of it may be shared.</summary>
internal static class NodeWalk
{
    /// <summary>The nodes, parents before their children.</summary>
    public static List<Node> Of(Node root) => Walk(root, entersCold: true);

    /// <summary>The nodes but for those of conditional code that ends with an exception or a trap, which hardly ever runs.</summary>
    public static List<Node> OfWarm(Node root) => Walk(root, entersCold: false);

    private static List<Node> Walk(Node root, bool entersCold)
    {
        var nodes = new List<Node>();
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<Node>([root]);
        while (stack.TryPop(out var node))
        {
            if (!seen.Add(node))
            {
                continue;
            }

            nodes.Add(node);
            if (!entersCold && node.Op == IrOp.Throw)
            {
                continue;
            }

            foreach (var arg in node.Args)
            {
                stack.Push(arg);
            }

            PushAll(node, node.Body);
            PushAll(node, node.Else);
        }

        return nodes;

        void PushAll(Node node, List<Node>? children)
        {
            if (children is null || !entersCold && node.Op == IrOp.If && EndsInThrow(children))
            {
                return;
            }

            foreach (var child in children)
            {
                stack.Push(child);
            }
        }
    }

    private static bool EndsInThrow(List<Node> nodes)
    {
        while (nodes.Count > 0 && nodes[^1] is { Op: IrOp.Seq, Body: { } inner })
        {
            nodes = inner;
        }

        return nodes.Count > 0 && nodes[^1].Op is IrOp.Throw or IrOp.Unreachable;
    }
}
