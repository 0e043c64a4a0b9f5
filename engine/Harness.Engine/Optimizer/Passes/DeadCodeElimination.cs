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
        List<Block> order = graph.Analyses.Order;
        bool[] live = new Marking(graph).Run(order);
        Predicate<int> isLive = id => live[id];
        Predicate<int> isDead = id => !live[id];
        bool hasDeadParameters = false;
        foreach (Block block in order)
        {
            foreach (int id in block.Nodes)
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
        foreach (Block block in order)
        {
            foreach (ref Edge edge in block.Successors.AsSpan())
            {
                List<int> parameters = graph.Blocks[edge.Target].Parameters;
                kept.Clear();
                for (int i = 0; i < parameters.Count; i++)
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
        private readonly bool[] live = ArrayPool<bool>.Shared.Rent(graph.NodeCount);
        private readonly bool[] liveStates = new bool[graph.FrameStates.Count];

        /// <summary>Nodes that are needed and whose own needs are still to be marked; none is there twice.</summary>
        private readonly int[] work = ArrayPool<int>.Shared.Rent(graph.NodeCount);
        private readonly IncomingEdges incoming = graph.Analyses.Incoming;

        /// <summary>By parameter, its place among those of its block.</summary>
        private readonly int[] positions = ArrayPool<int>.Shared.Rent(graph.NodeCount);
        private int workCount;

        /// <returns>By node, whether it is needed; the caller gives the array back.</returns>
        public bool[] Run(List<Block> order)
        {
            Array.Clear(live, 0, graph.NodeCount);
            foreach (Block block in order)
            {
                for (int i = 0; i < block.Parameters.Count; i++)
                {
                    positions[block.Parameters[i]] = i;
                }

                foreach (int id in block.Nodes)
                {
                    if ((OperatorTable.EffectsOf(graph, id) & Effects.Required) != 0)
                    {
                        Mark(id);
                    }
                }

                ref Terminator terminator = ref block.Terminator;
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

            while (workCount > 0)
            {
                int id = work[--workCount];
                graph.Budget.CountStep();
                ref Node node = ref graph[id];
                if (node.Op == IrOp.BlockParameter)
                {
                    MarkArguments(graph.Blocks[node.Block], id);
                    continue;
                }

                foreach (int input in graph.Inputs(id))
                {
                    Mark(input);
                }

                MarkState(graph.StateOf(id));
            }

            ArrayPool<int>.Shared.Return(work);
            ArrayPool<int>.Shared.Return(positions);
            return live;
        }

        private void MarkArguments(Block block, int parameter)
        {
            int position = positions[parameter];
            foreach (IncomingEdge edge in incoming.Of(block))
            {
                Mark(incoming.ArgumentsOf(edge)[position]);
            }
        }

        private void Mark(int id)
        {
            if (!live[id])
            {
                live[id] = true;
                work[workCount++] = id;
            }
        }

        private void MarkAll(int[]? ids)
        {
            foreach (int id in ids ?? [])
            {
                Mark(id);
            }
        }

        private void MarkState(int index)
        {
            while (index >= 0 && !liveStates[index])
            {
                liveStates[index] = true;
                FrameState state = graph.FrameStates[index];
                MarkAll(state.Values);
                index = state.Parent;
            }
        }
    }
}
