using Harness.Dart.Ir;

namespace Harness.Dart.Lowering;

/// <summary>
/// Which variables of a function must live on while it is stopped: those mentioned before a stop and behind it. Places are numbered in the order of
/// evaluation; what a loop with a stop within uses and others set, or what it reads before it sets it, lives as long as the loop.
/// </summary>
internal sealed class SuspensionLifetimes
{
    private readonly Dictionary<IrLocal, (int First, int Last, bool ReadFirst)> _uses = [];
    private readonly HashSet<IrLocal> _assigned = [];
    private readonly List<int> _stops = [];
    private readonly List<(int First, int Last)> _loops = [];
    private int _position;

    public SuspensionLifetimes(params List<Node>[] parts)
    {
        foreach (var part in parts)
        {
            VisitAll(part);
        }

        foreach (var (local, use) in _uses.ToList())
        {
            var (first, last, readFirst) = use;
            // Inner loops come before those around them.
            foreach (var loop in _loops)
            {
                if (loop.Last < first || loop.First > last || first < loop.First && last > loop.Last)
                {
                    continue;
                }

                var isWithin = first > loop.First && last < loop.Last;
                if (isWithin && !readFirst)
                {
                    continue;
                }

                (first, last) = (Math.Min(first, loop.First), Math.Max(last, loop.Last));
            }

            _uses[local] = (first, last, readFirst);
        }
    }

    /// <summary>Whether a variable's value is needed behind a stop that comes after it was set.</summary>
    public bool IsKept(IrLocal local)
    {
        if (!_uses.TryGetValue(local, out var use))
        {
            return false;
        }

        var index = _stops.BinarySearch(use.First);
        if (index < 0)
        {
            index = ~index;
        }

        return index < _stops.Count && _stops[index] < use.Last;
    }

    public bool IsAssigned(IrLocal local) => _assigned.Contains(local);

    private void VisitAll(List<Node> nodes)
    {
        foreach (var node in nodes)
        {
            Visit(node);
        }
    }

    private void Visit(Node node)
    {
        var first = ++_position;
        var stops = _stops.Count;
        foreach (var arg in node.Args)
        {
            Visit(arg);
        }

        if (node.Body is not null)
        {
            VisitAll(node.Body);
        }

        if (node.Data is TryData data)
        {
            // The handler begins with what was thrown.
            _position++;
            Mention(data.Exception, isRead: false);
            Mention(data.Stack, isRead: false);
        }

        if (node.Else is not null)
        {
            VisitAll(node.Else);
        }

        _position++;
        switch (node.Op)
        {
            case IrOp.Suspend: _stops.Add(_position); break;
            case IrOp.Get: Mention((IrLocal)node.Data!, isRead: true); break;
            case IrOp.Set or IrOp.Tee: Mention((IrLocal)node.Data!, isRead: false); break;
            case IrOp.Loop:
                if (_stops.Count > stops)
                {
                    _loops.Add((first, _position));
                }

                break;
        }
    }

    private void Mention(IrLocal local, bool isRead)
    {
        if (!isRead)
        {
            _assigned.Add(local);
        }

        _uses[local] = _uses.TryGetValue(local, out var use) ? (use.First, _position, use.ReadFirst) : (_position, _position, isRead);
    }
}
