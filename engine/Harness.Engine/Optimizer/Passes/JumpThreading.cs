using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Leads an edge past a block that does nothing but decide by what the edge gives it: where a block is no more than a branch or a switch on one of
/// its parameters, an edge that passes a constant goes on to where that leads. So <c>a &amp;&amp; b</c>, which compilers write as a block with a
/// result, becomes two branches again. What V8's branch elimination does with phis of constants.
/// </summary>
internal sealed class JumpThreading : IPass
{
    /// <inheritdoc/>
    public string Name => "jump-threading";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        List<Block> order = graph.Analyses.Order;
        if (DecidingBlocks.Find(graph, order) is not { } deciding)
        {
            return Analyses.All;
        }

        // From the last to the first: what an edge is led to has been led on already.
        bool changed = false;
        for (int i = order.Count - 1; i >= 0; i--)
        {
            foreach (ref Edge edge in order[i].Successors.AsSpan())
            {
                while (deciding.TryThread(ref edge))
                {
                    changed = true;
                }
            }
        }

        return changed ? Analyses.None : Analyses.All;
    }

    /// <summary>The blocks that only decide by a parameter, and whose values nothing but their own edges needs.</summary>
    private sealed class DecidingBlocks
    {
        private const int Nowhere = -1;

        private readonly Graph graph;
        private readonly bool[] decides;

        /// <summary>By node, the deciding block that it is in.</summary>
        private readonly int[] blockOf;

        /// <summary>By parameter of such a block, its place among them.</summary>
        private readonly int[] positions;

        private DecidingBlocks(Graph graph, List<Block> candidates)
        {
            this.graph = graph;
            decides = new bool[graph.Blocks.Count];
            blockOf = new int[graph.NodeCount];
            positions = new int[graph.NodeCount];
            Array.Fill(blockOf, Nowhere);
            Array.Fill(positions, Nowhere);
            foreach (Block block in candidates)
            {
                decides[block.Id] = true;
                foreach (int id in block.Nodes)
                {
                    blockOf[id] = block.Id;
                }

                for (int i = 0; i < block.Parameters.Count; i++)
                {
                    blockOf[block.Parameters[i]] = block.Id;
                    positions[block.Parameters[i]] = i;
                }
            }
        }

        /// <summary>Finds them; null if there are none.</summary>
        public static DecidingBlocks? Find(Graph graph, List<Block> order)
        {
            List<Block> candidates = order.FindAll(block =>
                !block.IsLoopHeader
                && block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch
                && block.Parameters.Contains(block.Terminator.Value)
                && block.Nodes.TrueForAll(id => (OperatorTable.EffectsOf(graph, id) & Effects.Required) == 0));
            if (candidates.Count == 0)
            {
                return null;
            }

            var found = new DecidingBlocks(graph, candidates);
            found.LeaveOutThoseOfWhichOthersKnow();
            return found;
        }

        /// <summary>Leads an edge one block further, if what it passes decides where to.</summary>
        public bool TryThread(ref Edge edge)
        {
            if (!decides[edge.Target])
            {
                return false;
            }

            Block through = graph.Blocks[edge.Target];
            ref Node decision = ref graph[edge.Arguments[positions[through.Terminator.Value]]];
            if (decision.Op != Opcode.I32Const)
            {
                return false;
            }

            uint value = (uint)decision.Immediate;
            Edge next = through.Successors[through.Terminator.Kind == TerminatorKind.Branch
                ? (value != 0 ? 0 : 1)
                : (int)Math.Min(value, (uint)through.Successors.Length - 1)];

            // A loop keeps its ways in: the state at its entry is of one of them.
            if (graph.Blocks[next.Target].IsLoopHeader || !graph.Budget.TryDraw(1 + next.Arguments.Length))
            {
                return false;
            }

            var arguments = new int[next.Arguments.Length];
            for (int i = 0; i < arguments.Length; i++)
            {
                int argument = next.Arguments[i];
                arguments[i] = blockOf[argument] == through.Id ? edge.Arguments[positions[argument]] : argument;
            }

            edge = new Edge(next.Target, arguments);
            return true;
        }

        /// <summary>
        /// Each value of a block would be another by each way that leads past it, and what needs it would no longer be behind the block alone. All else that
        /// its edges pass on comes from before it, and so from before whatever leads to it.
        /// </summary>
        private void LeaveOutThoseOfWhichOthersKnow()
        {
            for (int id = 0; id < graph.NodeCount; id++)
            {
                LeaveOutOthersThan(blockOf[id], graph.Inputs(id));
            }

            foreach (FrameState state in graph.FrameStates)
            {
                LeaveOutOthersThan(Nowhere, state.Values);
            }

            foreach (Block block in graph.Blocks)
            {
                LeaveOutOthersThan(Nowhere, block.Terminator.Values);
                if (block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
                {
                    LeaveOutOthersThan(block.Id, [block.Terminator.Value]);
                }

                foreach (Edge edge in block.Successors)
                {
                    LeaveOutOthersThan(block.Id, edge.Arguments);
                    decides[block.Id] &= !Array.Exists(edge.Arguments, argument => blockOf[argument] == block.Id && positions[argument] == Nowhere);
                }
            }
        }

        private void LeaveOutOthersThan(int block, ReadOnlySpan<int> values)
        {
            foreach (int value in values)
            {
                if (blockOf[value] != Nowhere && blockOf[value] != block)
                {
                    decides[blockOf[value]] = false;
                }
            }
        }
    }
}
