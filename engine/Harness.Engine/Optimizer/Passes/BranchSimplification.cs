using Harness.Engine.Modules;
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
    public void Run(Graph graph)
    {
        for (bool changed = true; changed;)
        {
            List<Block> order = graph.ReversePostorder();
            changed = false;
            foreach (Block block in order)
            {
                changed |= SimplifyTerminator(graph, block);
                changed |= SkipEmptyBlocks(graph, block);
            }

            if (changed)
            {
                order = graph.ReversePostorder();
            }

            graph.ComputePredecessors(order);
            changed |= RemoveRedundantParameters(graph, order);
            changed |= MergeStraightBlocks(graph, order);
        }

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
        foreach (Block block in order)
        {
            for (int i = block.Parameters.Count - 1; i >= 0; i--)
            {
                int only = OnlyArgument(graph, block, i);
                if (only < 0)
                {
                    continue;
                }

                graph.Replace(block.Parameters[i], only);
                block.Parameters.RemoveAt(i);
                foreach (int predecessor in block.Predecessors.Distinct())
                {
                    Edge[] edges = graph.Blocks[predecessor].Successors;
                    for (int e = 0; e < edges.Length; e++)
                    {
                        if (edges[e].Target == block.Id)
                        {
                            edges[e] = edges[e] with { Arguments = [.. edges[e].Arguments[..i], .. edges[e].Arguments[(i + 1)..]] };
                        }
                    }
                }

                changed = true;
            }
        }

        return changed;
    }

    /// <summary>The value that all edges give a parameter, itself apart; -1 if there are several.</summary>
    private static int OnlyArgument(Graph graph, Block block, int position)
    {
        int parameter = block.Parameters[position];
        int only = -1;
        foreach (int predecessor in block.Predecessors)
        {
            foreach (Edge edge in graph.Blocks[predecessor].Successors)
            {
                if (edge.Target != block.Id)
                {
                    continue;
                }

                int argument = graph.Resolve(edge.Arguments[position]);
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
                foreach (Edge edge in next.Successors)
                {
                    List<int> predecessors = graph.Blocks[edge.Target].Predecessors;
                    predecessors[predecessors.IndexOf(next.Id)] = block.Id;
                }

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
