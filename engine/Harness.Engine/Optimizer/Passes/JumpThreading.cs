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
        var order = graph.Analyses.Order;
        if (DecidingBlocks.Find(graph, order) is not { } deciding)
        {
            return Analyses.All;
        }

        // From the last to the first: what an edge is led to has been led on already.
        var changed = false;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            foreach (ref var edge in order[i].Successors.AsSpan())
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

        private readonly Graph _graph;
        private readonly bool[] _decides;

        /// <summary>By node, the deciding block that it is in.</summary>
        private readonly int[] _blockOf;

        /// <summary>By parameter of such a block, its place among them.</summary>
        private readonly int[] _positions;

        private DecidingBlocks(Graph graph, List<Block> candidates)
        {
            _graph = graph;
            _decides = new bool[graph.Blocks.Count];
            _blockOf = new int[graph.NodeCount];
            _positions = new int[graph.NodeCount];
            Array.Fill(_blockOf, Nowhere);
            Array.Fill(_positions, Nowhere);
            foreach (var block in candidates)
            {
                _decides[block.Id] = true;
                foreach (var id in block.Nodes)
                {
                    _blockOf[id] = block.Id;
                }

                for (var i = 0; i < block.Parameters.Count; i++)
                {
                    _blockOf[block.Parameters[i]] = block.Id;
                    _positions[block.Parameters[i]] = i;
                }
            }
        }

        /// <summary>Finds them; null if there are none.</summary>
        public static DecidingBlocks? Find(Graph graph, List<Block> order)
        {
            var candidates = order.FindAll(block =>
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
            if (!_decides[edge.Target])
            {
                return false;
            }

            var through = _graph.Blocks[edge.Target];
            ref var decision = ref _graph[edge.Arguments[_positions[through.Terminator.Value]]];
            if (decision.Op != Opcode.I32Const)
            {
                return false;
            }

            var value = (uint)decision.Immediate;
            var next = through.Successors[through.Terminator.Kind == TerminatorKind.Branch
                ? (value != 0 ? 0 : 1)
                : (int)Math.Min(value, (uint)through.Successors.Length - 1)];

            // A loop keeps its ways in: the state at its entry is of one of them.
            if (_graph.Blocks[next.Target].IsLoopHeader || !_graph.Budget.TryDraw(1 + next.Arguments.Length))
            {
                return false;
            }

            var arguments = new int[next.Arguments.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                var argument = next.Arguments[i];
                arguments[i] = _blockOf[argument] == through.Id ? edge.Arguments[_positions[argument]] : argument;
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
            for (var id = 0; id < _graph.NodeCount; id++)
            {
                LeaveOutOthersThan(_blockOf[id], _graph.Inputs(id));
            }

            foreach (var state in _graph.FrameStates)
            {
                LeaveOutOthersThan(Nowhere, state.Values);
            }

            foreach (var block in _graph.Blocks)
            {
                LeaveOutOthersThan(Nowhere, block.Terminator.Values);
                if (block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
                {
                    LeaveOutOthersThan(block.Id, [block.Terminator.Value]);
                }

                foreach (var edge in block.Successors)
                {
                    LeaveOutOthersThan(block.Id, edge.Arguments);
                    _decides[block.Id] &= !Array.Exists(edge.Arguments, argument => _blockOf[argument] == block.Id && _positions[argument] == Nowhere);
                }
            }
        }

        private void LeaveOutOthersThan(int block, ReadOnlySpan<int> values)
        {
            foreach (var value in values)
            {
                if (_blockOf[value] != Nowhere && _blockOf[value] != block)
                {
                    _decides[_blockOf[value]] = false;
                }
            }
        }
    }
}
