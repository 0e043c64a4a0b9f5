namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// A dominator tree that grows from its root: a node is added below its dominator. Besides its parent each node has a link that skips much of the way up, so that what two nodes have in common
/// is found in logarithmic steps (Myers, "An Applicative Random-Access Stack", 1983). Used again and again for trees of any size.
/// </summary>
internal sealed class DominatorTree
{
    private int[] _parents = [];
    private int[] _depths = [];
    private int[] _jumps = [];

    /// <summary>The immediate dominator of a node; of the root, and of what was not added, 0.</summary>
    public int this[int node] => _parents[node];

    /// <summary>Begins another tree, which has its root, 0, alone.</summary>
    /// <param name="count">How many nodes it can have.</param>
    public void Begin(int count)
    {
        if (_parents.Length < count)
        {
            var room = Math.Max(count, 2 * _parents.Length);
            _parents = new int[room];
            _depths = new int[room];
            _jumps = new int[room];
        }

        Array.Clear(_parents, 0, count);
        _depths[0] = _jumps[0] = 0;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="dominator">Its immediate dominator, which was added before.</param>
    public void Add(int node, int dominator)
    {
        _parents[node] = dominator;
        _depths[node] = _depths[dominator] + 1;
        var jump = _jumps[dominator];
        _jumps[node] = _depths[dominator] - _depths[jump] == _depths[jump] - _depths[_jumps[jump]] ? _jumps[jump] : dominator;
    }

    /// <summary>The deepest node that dominates two others.</summary>
    public int Common(int a, int b)
    {
        if (_depths[a] < _depths[b])
        {
            (a, b) = (b, a);
        }

        while (_depths[a] > _depths[b])
        {
            a = _depths[_jumps[a]] >= _depths[b] ? _jumps[a] : _parents[a];
        }

        // Nodes of one depth have jumps of one length.
        while (a != b)
        {
            var canJump = _jumps[a] != _jumps[b];
            a = canJump ? _jumps[a] : _parents[a];
            b = canJump ? _jumps[b] : _parents[b];
        }

        return a;
    }
}
