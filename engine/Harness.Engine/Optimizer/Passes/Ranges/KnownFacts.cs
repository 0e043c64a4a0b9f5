using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Ranges;

/// <summary>What checks and branches on the way to a point say of values there.</summary>
internal sealed class KnownFacts
{
    /// <summary>The key of facts with a constant on the left.</summary>
    private const int ConstantLeft = -2;

    /// <summary>How many facts of one value are looked at.</summary>
    private const int MostFacts = 1000;

    private readonly Graph _graph;
    private readonly ControlFlow _flow;
    private readonly Dictionary<int, List<(int Block, int Position, Fact Fact)>> _byValue = [];

    /// <summary>Collects them.</summary>
    public KnownFacts(Graph graph, ControlFlow flow)
    {
        _graph = graph;
        _flow = flow;
        foreach (var block in flow.Order)
        {
            if (block.Predecessors is [int only])
            {
                Add(block.Id, -1, EdgeFact(graph.Blocks[only], graph.Blocks[only].Successors[0].Target == block.Id ? 0 : 1));
            }

            for (var i = 0; i < block.Nodes.Count; i++)
            {
                var id = block.Nodes[i];
                if (graph[id].Op is IrOp.TrapIf or IrOp.TrapUnless or IrOp.Guard)
                {
                    Add(block.Id, i, Fact.Of(graph, graph.Input(id, 0), graph[id].Op != IrOp.TrapIf));
                }
            }
        }
    }

    /// <summary>A point between nodes, or on an edge at the end of a block.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Position">The next node's place in the block.</param>
    /// <param name="Edge">The edge; -1 for none.</param>
    public readonly record struct Point(int Block, int Position, int Edge = -1);

    /// <summary>
    /// What is known at a point of a value, on either side; of a constant, also what has any constant on the left. Only so many of the
    /// latest are looked at.
    /// </summary>
    public IEnumerable<Fact> At(Point point, int value)
    {
        if (point.Edge >= 0 && EdgeFact(_graph.Blocks[point.Block], point.Edge) is { } taken)
        {
            yield return taken;
        }

        foreach (var fact in Listed(point, value))
        {
            yield return fact;
        }

        if (_graph[value].Op == Opcode.I32Const)
        {
            foreach (var fact in Listed(point, ConstantLeft))
            {
                yield return fact;
            }
        }
    }

    private IEnumerable<Fact> Listed(Point point, int key)
    {
        if (!_byValue.TryGetValue(key, out var facts))
        {
            yield break;
        }

        for (var i = facts.Count - 1; i >= Math.Max(0, facts.Count - MostFacts); i--)
        {
            var (block, position, fact) = facts[i];
            if (block == point.Block ? position < point.Position : _flow.Dominates(block, point.Block))
            {
                yield return fact;
            }
        }
    }

    private void Add(int block, int position, Fact? found)
    {
        if (found is not { } fact)
        {
            return;
        }

        AddTo(fact.Left);
        if (fact.Right >= 0 && fact.Right != fact.Left)
        {
            AddTo(fact.Right);
        }

        if (_graph[fact.Left].Op == Opcode.I32Const)
        {
            AddTo(ConstantLeft);
        }

        void AddTo(int key)
        {
            if (!_byValue.TryGetValue(key, out var facts))
            {
                _byValue.Add(key, facts = []);
            }

            facts.Add((block, position, fact));
        }
    }

    /// <summary>What is known on one of the two edges of a branch; of other edges nothing is.</summary>
    private Fact? EdgeFact(Block block, int edge) =>
        block.Terminator.Kind == TerminatorKind.Branch && block.Successors[0].Target != block.Successors[1].Target
            ? Fact.Of(_graph, block.Terminator.Value, edge == 0)
            : null;
}
