using Harness.Dart.Ir;

namespace Harness.Dart.Optimization;

/// <summary>All nodes of a tree, each once, although parts of it may be shared.</summary>
internal static class NodeWalk
{
    /// <summary>The nodes, parents before their children.</summary>
    public static List<Node> Of(Node root)
    {
        var nodes = new List<Node>();
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<Node>([root]);
        while (stack.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            nodes.Add(node);
            foreach (var arg in node.Args) stack.Push(arg);
            foreach (var child in node.Body ?? []) stack.Push(child);
            foreach (var child in node.Else ?? []) stack.Push(child);
        }

        return nodes;
    }
}
