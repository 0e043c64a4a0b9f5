using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>A set of classes as ranges of their ids, which are numbered so that subclasses lie together.</summary>
internal sealed class ClassIdRanges
{
    private readonly List<(int From, int To)> _ranges = [];

    public ClassIdRanges(IEnumerable<ClassElement> classes)
    {
        foreach (var id in classes.Select(cls => cls.ClassId).Order())
        {
            if (_ranges.Count > 0 && _ranges[^1].To == id - 1)
            {
                _ranges[^1] = (_ranges[^1].From, id);
            }
            else
            {
                _ranges.Add((id, id));
            }
        }
    }

    /// <summary>How many comparisons a test takes.</summary>
    public int Count => _ranges.Count;

    /// <summary>Whether a class id is in the set: an i32.</summary>
    /// <param name="id">Makes the expression for the id, once for each range.</param>
    public Node Test(Func<Node> id)
    {
        Node? result = null;
        foreach (var (from, to) in _ranges)
        {
            var test = from == to
                ? Node.Numeric(Opcode.I32Eq, WType.I32, id(), Node.I32(from))
                : Node.Numeric(Opcode.I32LeU, WType.I32, Node.Numeric(Opcode.I32Sub, WType.I32, id(), Node.I32(from)), Node.I32(to - from));
            result = result is null ? test : Node.Numeric(Opcode.I32Or, WType.I32, result, test);
        }

        return result ?? Node.I32(0);
    }
}
