namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// A dominator tree that grows from its root: a node is added below its dominator. Besides its parent each node has a link that skips much of the way up, so that what two nodes have in common
/// is found in logarithmic steps (Myers, "An Applicative Random-Access Stack", 1983). Used again and again for trees of any size.
/// </summary>
internal sealed class DominatorTree
{
    private int[] parents = [];
    private int[] depths = [];
    private int[] jumps = [];

    /// <summary>The immediate dominator of a node; of the root, and of what was not added, 0.</summary>
    public int this[int node] => parents[node];

    /// <summary>Begins another tree, which has its root, 0, alone.</summary>
    /// <param name="count">How many nodes it can have.</param>
    public void Begin(int count)
    {
        if (parents.Length < count)
        {
            int room = Math.Max(count, 2 * parents.Length);
            parents = new int[room];
            depths = new int[room];
            jumps = new int[room];
        }

        Array.Clear(parents, 0, count);
        depths[0] = jumps[0] = 0;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="dominator">Its immediate dominator, which was added before.</param>
    public void Add(int node, int dominator)
    {
        parents[node] = dominator;
        depths[node] = depths[dominator] + 1;
        int jump = jumps[dominator];
        jumps[node] = depths[dominator] - depths[jump] == depths[jump] - depths[jumps[jump]] ? jumps[jump] : dominator;
    }

    /// <summary>The deepest node that dominates two others.</summary>
    public int Common(int a, int b)
    {
        if (depths[a] < depths[b])
        {
            (a, b) = (b, a);
        }

        while (depths[a] > depths[b])
        {
            a = depths[jumps[a]] >= depths[b] ? jumps[a] : parents[a];
        }

        // Nodes of one depth have jumps of one length.
        while (a != b)
        {
            bool canJump = jumps[a] != jumps[b];
            a = canJump ? jumps[a] : parents[a];
            b = canJump ? jumps[b] : parents[b];
        }

        return a;
    }
}
