using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// Makes a program smaller while it keeps a property: leaves out calls and statements, and replaces expressions by zeros or
/// by their own operands, until nothing more can go.
/// </summary>
/// <param name="program">The program, which is changed in place.</param>
/// <param name="isInteresting">Whether the program as it is now still has the property.</param>
internal sealed class ProgramReducer(RandomProgram program, Func<bool> isInteresting)
{
    private bool _changed;

    /// <summary>Reduces the program as far as possible.</summary>
    public void Reduce()
    {
        do
        {
            _changed = false;
            RemoveRanges(program.Calls, _ => true);
            foreach (var function in program.Functions.Where(function => !function.IsFixed))
            {
                EmptyBody(function);
                ReduceNodes(function.Body);
            }
        }
        while (_changed);
    }

    private void EmptyBody(ProgramFunction function)
    {
        var results = program.Signature(function.Type).Results;
        var before = function.Body;
        if (before.Count > results.Length)
        {
            Try(() => function.Body = [.. results.Select(ProgramNode.Zero)], () => function.Body = before);
        }
    }

    private void ReduceNodes(IList<ProgramNode> nodes)
    {
        if (nodes is List<ProgramNode> body)
        {
            RemoveRanges(body, node => node.Results.Length == 0 && node.Reducibility != Reducibility.Fixed);
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Reducibility != Reducibility.Fixed)
            {
                ReplaceNode(nodes, i);
            }

            foreach (var children in nodes[i].Children)
            {
                ReduceNodes(children);
            }
        }
    }

    /// <summary>Removes runs of items that may go: long ones first, then shorter ones.</summary>
    private void RemoveRanges<T>(List<T> items, Predicate<T> mayGo)
    {
        for (var length = items.Count; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= items.Count;)
            {
                var index = start;
                var range = items.GetRange(index, length);
                if (!range.TrueForAll(mayGo) || !Try(() => items.RemoveRange(index, length), () => items.InsertRange(index, range)))
                {
                    start++;
                }
            }
        }
    }

    private void ReplaceNode(IList<ProgramNode> nodes, int index)
    {
        var before = nodes[index];
        foreach (var simpler in Simpler(before))
        {
            if (Try(() => nodes[index] = simpler, () => nodes[index] = before))
            {
                return;
            }
        }
    }

    /// <summary>Nodes that could stand in a node's place, the simplest first.</summary>
    private static IEnumerable<ProgramNode> Simpler(ProgramNode node)
    {
        if (node.Results is [var type])
        {
            var isConstant = node.Opcode is
                Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.RefNull or Opcode.V128Const;
            if (!type.IsReference || type.Nullable)
            {
                if (!isConstant || !node.Immediates.SequenceEqual(ProgramNode.Zero(type).Immediates))
                {
                    yield return ProgramNode.Zero(type);
                }
            }

            if (node.Reducibility == Reducibility.Free)
            {
                foreach (var inner in node.Children.SelectMany(children => children).Where(inner => inner.Results.SequenceEqual(node.Results)))
                {
                    yield return inner;
                }
            }
        }
        else if (node is BlockNode { Reducibility: Reducibility.Free, Results.Length: 0, Opcode: Opcode.Block } block)
        {
            yield return new SequenceNode([], [.. block.Body]);
        }
    }

    private bool Try(Action change, Action undo)
    {
        change();
        if (IsStillInteresting())
        {
            return _changed = true;
        }

        undo();
        return false;
    }

    private bool IsStillInteresting()
    {
        try
        {
            return isInteresting();
        }
        catch (InvalidOperationException)
        {
            // The change left a branch without its block, or made the program invalid.
            return false;
        }
    }
}
