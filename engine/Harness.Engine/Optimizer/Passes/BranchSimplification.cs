using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Removes branches on constants, parameters that are given the same value by all edges, blocks that only pass control on,
/// and the seams between blocks with one way in and one way out.
/// </summary>
internal sealed class BranchSimplification : IPass
{
    /// <inheritdoc/>
    public string Name => "branch-simplification";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        while (graph.Budget.TryDraw(graph.Analyses.Order.Count))
        {
            List<Block> order = graph.Analyses.Order;
            bool changed = false;
            foreach (Block block in order)
            {
                changed |= SimplifyTerminator(graph, block);
                changed |= SkipEmptyBlocks(graph, block);
            }

            if (changed)
            {
                graph.Analyses.Keep(Analyses.None);
                order = graph.Analyses.Order;
            }

            changed |= RemoveRedundantParameters(graph, order);
            if (MergeStraightBlocks(graph, order))
            {
                graph.Analyses.Keep(Analyses.None);
                changed = true;
            }

            if (!changed)
            {
                break;
            }
        }

        return Analyses.All;
    }

    private static bool SimplifyTerminator(Graph graph, Block block)
    {
        ref Terminator terminator = ref block.Terminator;
        if (terminator.Kind is not (TerminatorKind.Branch or TerminatorKind.Switch))
        {
            return false;
        }

        int value = graph.Resolve(terminator.Value);
        Edge[] successors = block.Successors;
        int taken = -1;
        if (graph[value].Op == Opcode.I32Const)
        {
            uint index = (uint)graph[value].Immediate;
            taken = terminator.Kind == TerminatorKind.Branch
                ? (index != 0 ? 0 : 1)
                : (int)Math.Min(index, (uint)successors.Length - 1);
        }
        else if (successors.Length == 1 || Array.TrueForAll(successors, edge => IsSame(graph, edge, successors[0])))
        {
            taken = 0;
        }
        else if (terminator.Kind == TerminatorKind.Branch && graph[value].Op == Opcode.I32Eqz)
        {
            terminator.Value = graph.Input(value, 0);
            (successors[0], successors[1]) = (successors[1], successors[0]);
            return true;
        }

        if (taken < 0)
        {
            return false;
        }

        terminator.Kind = TerminatorKind.Jump;
        terminator.Value = -1;
        block.Successors = [successors[taken]];
        return true;
    }

    private static bool IsSame(Graph graph, Edge edge, Edge other)
    {
        if (edge.Target != other.Target)
        {
            return false;
        }

        for (int i = 0; i < edge.Arguments.Length; i++)
        {
            if (graph.Resolve(edge.Arguments[i]) != graph.Resolve(other.Arguments[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Leads edges to a block that has nothing but a jump on to where it jumps.</summary>
    private static bool SkipEmptyBlocks(Graph graph, Block block)
    {
        bool changed = false;
        for (int i = 0; i < block.Successors.Length; i++)
        {
            Edge edge = block.Successors[i];
            Block target = graph.Blocks[edge.Target];
            if (target == block || target.Parameters.Count > 0 || target.IsLoopHeader
                || target.Terminator.Kind != TerminatorKind.Jump || target.Nodes.Exists(id => !IsGone(graph, id)))
            {
                continue;
            }

            Edge next = target.Successors[0];
            if (next.Target == target.Id)
            {
                continue;
            }

            block.Successors[i] = next with { Arguments = [.. next.Arguments] };
            changed = true;
        }

        return changed;
    }

    private static bool IsGone(Graph graph, int id) => graph[id].Op is IrOp.Alias or IrOp.Nop;

    private static bool RemoveRedundantParameters(Graph graph, List<Block> order)
    {
        bool changed = false;
        IncomingEdges? incoming = null;
        foreach (Block block in order)
        {
            if (block.Parameters.Count > 0)
            {
                changed |= RemoveRedundantParameters(graph, block, incoming ??= new IncomingEdges(graph, order));
            }
        }

        return changed;
    }

    private static bool RemoveRedundantParameters(Graph graph, Block block, IncomingEdges incoming)
    {
        ReadOnlySpan<IncomingEdge> edges = incoming.Of(block);
        bool[]? redundant = null;
        for (int i = block.Parameters.Count - 1; i >= 0; i--)
        {
            int only = OnlyArgument(graph, block.Parameters[i], i, edges, incoming);
            if (only >= 0)
            {
                graph.Replace(block.Parameters[i], only);
                redundant ??= new bool[block.Parameters.Count];
                redundant[i] = true;
            }
        }

        if (redundant is null)
        {
            return false;
        }

        foreach (IncomingEdge edge in edges)
        {
            ref Edge led = ref graph.Blocks[edge.Source].Successors[edge.Index];
            led = led with { Arguments = [.. led.Arguments.Where((_, position) => !redundant[position])] };
        }

        int[] kept = [.. block.Parameters.Where((_, position) => !redundant[position])];
        block.Parameters.Clear();
        block.Parameters.AddRange(kept);
        return true;
    }

    /// <summary>The value that all edges give a parameter, itself apart; -1 if there are several.</summary>
    private static int OnlyArgument(
        Graph graph, int parameter, int position, ReadOnlySpan<IncomingEdge> edges, IncomingEdges incoming)
    {
        int only = -1;
        foreach (IncomingEdge edge in edges)
        {
            int argument = graph.Resolve(incoming.ArgumentsOf(edge)[position]);
            if (argument == parameter || argument == only)
            {
                continue;
            }

            if (only >= 0)
            {
                return -1;
            }

            only = argument;
        }

        return only;
    }

    private static bool MergeStraightBlocks(Graph graph, List<Block> order)
    {
        bool changed = false;
        var merged = new bool[graph.Blocks.Count];
        foreach (Block block in order)
        {
            if (merged[block.Id])
            {
                continue;
            }

            while (block.Terminator.Kind == TerminatorKind.Jump)
            {
                Block next = graph.Blocks[block.Successors[0].Target];
                if (next == block || next.Predecessors.Count != 1 || next.Id == 0)
                {
                    break;
                }

                for (int i = 0; i < next.Parameters.Count; i++)
                {
                    graph.Replace(next.Parameters[i], block.Successors[0].Arguments[i]);
                }

                foreach (int id in next.Nodes)
                {
                    graph[id].Block = block.Id;
                }

                block.Nodes.AddRange(next.Nodes);
                block.Terminator = next.Terminator;
                block.Successors = next.Successors;
                next.Parameters.Clear();
                next.Nodes.Clear();
                graph.Terminate(next, default);
                merged[next.Id] = true;
                changed = true;
            }
        }

        return changed;
    }
}
