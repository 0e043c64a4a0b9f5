using System.Buffers;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Removes nodes and block parameters whose values nobody needs. What is needed is found from the nodes with effects, the
/// terminators and the frame states; an edge's argument is needed only where the parameter is.
/// </summary>
internal sealed class DeadCodeElimination : IPass
{
    /// <inheritdoc/>
    public string Name => "dce";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        var order = graph.Analyses.Order;
        var live = new Marking(graph).Run(order);
        Predicate<int> isLive = id => live[id];
        Predicate<int> isDead = id => !live[id];
        var hasDeadParameters = false;
        foreach (var block in order)
        {
            foreach (var id in block.Nodes)
            {
                if (!live[id])
                {
                    graph.Remove(id);
                }
            }

            block.Nodes.RemoveAll(isDead);
            hasDeadParameters |= !block.Parameters.TrueForAll(isLive);
        }

        if (hasDeadParameters)
        {
            RemoveArguments(graph, order, live);
            order.ForEach(block => block.Parameters.RemoveAll(isDead));
            graph.IsControlSimple = false;
        }

        ArrayPool<bool>.Shared.Return(live);
        return Analyses.All;
    }

    /// <summary>Removes the arguments of edges that are for parameters which nobody needs.</summary>
    private static void RemoveArguments(Graph graph, List<Block> order, bool[] live)
    {
        var kept = new List<int>();
        foreach (var block in order)
        {
            foreach (ref var edge in block.Successors.AsSpan())
            {
                var parameters = graph.Blocks[edge.Target].Parameters;
                kept.Clear();
                for (var i = 0; i < parameters.Count; i++)
                {
                    if (live[parameters[i]])
                    {
                        kept.Add(edge.Arguments[i]);
                    }
                }

                if (kept.Count < parameters.Count)
                {
                    edge = edge with { Arguments = [.. kept] };
                }
            }
        }
    }

    private sealed class Marking(Graph graph)
    {
        private readonly bool[] _live = ArrayPool<bool>.Shared.Rent(graph.NodeCount);
        private readonly bool[] _liveStates = new bool[graph.FrameStates.Count];

        /// <summary>Nodes that are needed and whose own needs are still to be marked; none is there twice.</summary>
        private readonly int[] _work = ArrayPool<int>.Shared.Rent(graph.NodeCount);
        private readonly IncomingEdges _incoming = graph.Analyses.Incoming;

        /// <summary>By parameter, its place among those of its block.</summary>
        private readonly int[] _positions = ArrayPool<int>.Shared.Rent(graph.NodeCount);
        private int _workCount;

        /// <returns>By node, whether it is needed; the caller gives the array back.</returns>
        public bool[] Run(List<Block> order)
        {
            Array.Clear(_live, 0, graph.NodeCount);
            foreach (var block in order)
            {
                for (var i = 0; i < block.Parameters.Count; i++)
                {
                    _positions[block.Parameters[i]] = i;
                }

                foreach (var id in block.Nodes)
                {
                    if ((OperatorTable.EffectsOf(graph, id) & Effects.Required) != 0)
                    {
                        Mark(id);
                    }
                }

                ref var terminator = ref block.Terminator;
                if (terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
                {
                    Mark(terminator.Value);
                }

                MarkAll(terminator.Values);
                if (terminator.Kind == TerminatorKind.Deoptimize)
                {
                    MarkState(terminator.FrameState);
                }

                if (block.IsLoopHeader)
                {
                    MarkState(block.LoopEntryState);
                }
            }

            while (_workCount > 0)
            {
                var id = _work[--_workCount];
                graph.Budget.CountStep();
                ref var node = ref graph[id];
                if (node.Op == IrOp.BlockParameter)
                {
                    MarkArguments(graph.Blocks[node.Block], id);
                    continue;
                }

                foreach (var input in graph.Inputs(id))
                {
                    Mark(input);
                }

                MarkState(graph.StateOf(id));
            }

            ArrayPool<int>.Shared.Return(_work);
            ArrayPool<int>.Shared.Return(_positions);
            return _live;
        }

        private void MarkArguments(Block block, int parameter)
        {
            var position = _positions[parameter];
            foreach (var edge in _incoming.Of(block))
            {
                Mark(_incoming.ArgumentsOf(edge)[position]);
            }
        }

        private void Mark(int id)
        {
            if (!_live[id])
            {
                _live[id] = true;
                _work[_workCount++] = id;
            }
        }

        private void MarkAll(int[]? ids)
        {
            foreach (var id in ids ?? [])
            {
                Mark(id);
            }
        }

        private void MarkState(int index)
        {
            while (index >= 0 && !_liveStates[index])
            {
                _liveStates[index] = true;
                var state = graph.FrameStates[index];
                MarkAll(state.Values);
                index = state.Parent;
            }
        }
    }
}
