using System.Buffers;
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
    /// <summary>Values that all edges to a block may pass to it where edges skip the block before.</summary>
    private const int MostCopiedArguments = 1 << 14;

    /// <inheritdoc/>
    public string Name => "branch-simplification";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        while (!graph.IsControlSimple && graph.Budget.TryDraw(graph.Analyses.Order.Count))
        {
            var order = graph.Analyses.Order;
            var changed = SimplifyTerminators(graph, order, out var hasEmptyBlocks);
            changed |= hasEmptyBlocks && SkipEmptyBlocks(graph, order);

            if (changed)
            {
                graph.Analyses.Keep(Analyses.None);
                order = graph.Analyses.Order;
            }

            changed |= RemoveRedundantParameters(graph, order);
            changed |= MergeStraightBlocks(graph, order);
            graph.IsControlSimple = !changed;
        }

        return Analyses.All;
    }

    /// <summary>
    /// Simplifies what blocks end with. Blocks are visited in order, so that it is known of each which edges to it are left and what they give its
    /// parameters: a chain of switches, each on what the one before has decided, takes one walk.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="order">Its blocks.</param>
    /// <param name="hasEmptyBlocks">Whether any block that control comes to does nothing but pass it on.</param>
    private static bool SimplifyTerminators(Graph graph, List<Block> order, out bool hasEmptyBlocks)
    {
        var changed = false;
        hasEmptyBlocks = false;
        IncomingEdges? incoming = null;
        var taken = ArrayPool<int>.Shared.Rent(graph.Blocks.Count);
        Array.Clear(taken, 0, graph.Blocks.Count);
        var isReached = RentCleared(graph.Blocks.Count);
        var isVisited = RentCleared(graph.Blocks.Count);
        isReached[order[0].Id] = true;
        foreach (var block in order)
        {
            isVisited[block.Id] = true;
            if (!isReached[block.Id])
            {
                continue;
            }

            List<int>? narrowed = null;
            for (var i = 0; incoming is not null && i < block.Parameters.Count; i++)
            {
                var only = OnlyArgumentLeft(block, i, incoming);
                if (only >= 0)
                {
                    // The parameter itself goes with the edges' arguments.
                    ReplaceParameter(graph, block, block.Parameters[i], only, ref narrowed);
                }
            }

            PutFirst(block, narrowed);

            var edge = TakenEdge(graph, block, out var isChanged);
            changed |= isChanged;
            if (edge >= 0)
            {
                incoming ??= graph.Analyses.Incoming;
                block.Terminator.Kind = TerminatorKind.Jump;
                block.Terminator.Value = -1;
                block.KeepSuccessor(edge);
                taken[block.Id] = edge + 1;
                changed = true;
            }

            hasEmptyBlocks |= IsEmpty(graph, block);
            foreach (var successor in block.Successors)
            {
                isReached[successor.Target] = true;
            }
        }

        ArrayPool<int>.Shared.Return(taken);
        ArrayPool<bool>.Shared.Return(isReached);
        ArrayPool<bool>.Shared.Return(isVisited);
        return changed;

        int OnlyArgumentLeft(Block block, int position, IncomingEdges edges)
        {
            var only = -1;
            foreach (var edge in edges.Of(block))
            {
                var isJump = taken[edge.Source] != 0;
                if ((isVisited[edge.Source] && !isReached[edge.Source]) || (isJump && taken[edge.Source] != edge.Index + 1))
                {
                    continue;
                }

                // A branch on the contrary has exchanged its edges.
                var successors = graph.Blocks[edge.Source].Successors;
                var index = isJump ? 0 : successors[edge.Index].Target == block.Id ? edge.Index : 1 - edge.Index;
                var argument = graph.Resolve(successors[index].Arguments[position]);
                if (argument == block.Parameters[position] || argument == only)
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
    }

    /// <summary>The only edge that a block can be left by; -1 if there are several, or always was but one.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="block">The block.</param>
    /// <param name="isChanged">Whether the terminator has become a simpler one that has both edges.</param>
    private static int TakenEdge(Graph graph, Block block, out bool isChanged)
    {
        isChanged = false;
        ref var terminator = ref block.Terminator;
        if (terminator.Kind is not (TerminatorKind.Branch or TerminatorKind.Switch))
        {
            return -1;
        }

        var value = graph.Resolve(terminator.Value);
        var successors = block.Successors;
        if (graph[value].Op == Opcode.I32Const)
        {
            var index = (uint)graph[value].Immediate;
            return terminator.Kind == TerminatorKind.Branch
                ? (index != 0 ? 0 : 1)
                : (int)Math.Min(index, (uint)successors.Length - 1);
        }

        if (AreSame(graph, successors))
        {
            return 0;
        }

        if (terminator.Kind == TerminatorKind.Branch && graph[value].Op == Opcode.I32Eqz)
        {
            terminator.Value = graph.Input(value, 0);
            (successors[0], successors[1]) = (successors[1], successors[0]);
            isChanged = true;
        }

        return -1;
    }

    private static bool AreSame(Graph graph, Edge[] edges)
    {
        foreach (var edge in edges)
        {
            if (!IsSame(graph, edge, edges[0]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSame(Graph graph, Edge edge, Edge other)
    {
        if (edge.Target != other.Target)
        {
            return false;
        }

        for (var i = 0; i < edge.Arguments.Length; i++)
        {
            if (graph.Resolve(edge.Arguments[i]) != graph.Resolve(other.Arguments[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Skips empty blocks from the last to the first: what is skipped may be followed by what has been skipped already, so that any number of them takes
    /// one walk.
    /// </summary>
    private static bool SkipEmptyBlocks(Graph graph, List<Block> order)
    {
        int[]? edgeCounts = null;
        var changed = false;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            graph.Budget.CountStep();
            changed |= SkipEmptyBlocksAfter(graph, order[i], ref edgeCounts);
        }

        if (edgeCounts is not null)
        {
            ArrayPool<int>.Shared.Return(edgeCounts);
        }

        return changed;
    }

    /// <summary>Leads edges to a block that has nothing but a jump on to where it jumps.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="block">Where the edges come from.</param>
    /// <param name="edgeCounts">By block, how many edges lead there now; null as long as no empty block was found: in most graphs there is none.</param>
    private static bool SkipEmptyBlocksAfter(Graph graph, Block block, ref int[]? edgeCounts)
    {
        var changed = false;
        for (var i = 0; i < block.Successors.Length; i++)
        {
            var edge = block.Successors[i];
            var target = graph.Blocks[edge.Target];
            if (target == block || !IsEmpty(graph, target))
            {
                continue;
            }

            var next = target.Successors[0];
            if (next.Target == target.Id)
            {
                continue;
            }

            edgeCounts ??= CountEdges(graph);
            long edges = edgeCounts[target.Id] + edgeCounts[next.Target];
            if (next.Arguments.Length * edges > MostCopiedArguments)
            {
                continue;
            }

            edgeCounts[target.Id]--;
            edgeCounts[next.Target]++;
            block.Successors[i] = next with { Arguments = [.. next.Arguments] };
            changed = true;
        }

        return changed;
    }

    private static int[] CountEdges(Graph graph)
    {
        var counts = ArrayPool<int>.Shared.Rent(graph.Blocks.Count);
        foreach (var block in graph.Blocks)
        {
            counts[block.Id] = block.Predecessors.Count;
        }

        return counts;
    }

    /// <summary>Whether a block does nothing but pass control on.</summary>
    private static bool IsEmpty(Graph graph, Block block)
    {
        if (block.Terminator.Kind != TerminatorKind.Jump || block.IsLoopHeader || block.Parameters.Count > 0)
        {
            return false;
        }

        foreach (var id in block.Nodes)
        {
            if (graph[id].Op is not (IrOp.Alias or IrOp.Nop))
            {
                return false;
            }
        }

        return true;
    }

    private static bool RemoveRedundantParameters(Graph graph, List<Block> order)
    {
        var changed = false;
        foreach (var block in order)
        {
            if (block.Parameters.Count > 0)
            {
                changed |= RemoveRedundantParameters(graph, block, graph.Analyses.Incoming);
            }
        }

        // What is redundant in the header of a loop may follow from the loops inside.
        for (var i = order.Count - 1; changed && i >= 0; i--)
        {
            if (order[i].IsLoopHeader && order[i].Parameters.Count > 0)
            {
                RemoveRedundantParameters(graph, order[i], graph.Analyses.Incoming);
            }
        }

        return changed;
    }

    private static bool RemoveRedundantParameters(Graph graph, Block block, IncomingEdges incoming)
    {
        var edges = incoming.Of(block);
        bool[]? redundant = null;
        List<int>? narrowed = null;
        for (var i = block.Parameters.Count - 1; i >= 0; i--)
        {
            var only = graph[block.Parameters[i]].Op == IrOp.Alias
                ? graph.Resolve(block.Parameters[i])
                : OnlyArgument(graph, block.Parameters[i], i, edges, incoming);
            if (only >= 0)
            {
                ReplaceParameter(graph, block, block.Parameters[i], only, ref narrowed);
                redundant ??= new bool[block.Parameters.Count];
                redundant[i] = true;
            }
        }

        if (redundant is null)
        {
            return false;
        }

        PutFirst(block, narrowed);
        foreach (var edge in edges)
        {
            ref var led = ref graph.Blocks[edge.Source].Successors[edge.Index];
            led = led with { Arguments = Without(led.Arguments, redundant) };
        }

        var kept = Without([.. block.Parameters], redundant);
        block.Parameters.Clear();
        block.Parameters.AddRange(kept);
        return true;
    }

    /// <summary>
    /// Lets a parameter stand for the value that it is given. What the parameter's type says more of a reference holds where the parameter is, since the ways there have
    /// tested it, and not where the value comes from: a load that relies on it must not move there.
    /// </summary>
    private static void ReplaceParameter(Graph graph, Block block, int parameter, int value, ref List<int>? narrowed)
    {
        value = graph.Resolve(value);
        var type = graph[parameter].ReferenceType;
        if (graph[value].Type == IrType.Ref && !graph[value].ReferenceType.IsSubtypeOf(type))
        {
            var known = ReferenceTypes.Meet(graph[value].ReferenceType, type);
            value = graph.NewNode(block.Id, IrOp.Narrow, IrType.Ref, [value]);
            graph[value].ReferenceType = known;
            (narrowed ??= []).Add(value);
        }

        graph.Replace(parameter, value);
    }

    /// <summary>Puts new nodes, if any, before those that a block has.</summary>
    private static void PutFirst(Block block, List<int>? nodes)
    {
        if (nodes is not null)
        {
            block.Nodes.InsertRange(0, nodes);
        }
    }

    /// <summary>The values but for those at redundant positions.</summary>
    private static int[] Without(int[] values, bool[] redundant)
    {
        var kept = new int[redundant.AsSpan().Count(false)];
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!redundant[i])
            {
                kept[next++] = values[i];
            }
        }

        return kept;
    }

    /// <summary>The value that all edges give a parameter, itself apart; -1 if there are several.</summary>
    private static int OnlyArgument(
        Graph graph, int parameter, int position, ReadOnlySpan<IncomingEdge> edges, IncomingEdges incoming)
    {
        var only = -1;
        foreach (var edge in edges)
        {
            var argument = graph.Resolve(incoming.ArgumentsOf(edge)[position]);
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
        var changed = false;
        var merged = RentCleared(graph.Blocks.Count);
        foreach (var block in order)
        {
            if (merged[block.Id])
            {
                continue;
            }

            while (block.Terminator.Kind == TerminatorKind.Jump)
            {
                var next = graph.Blocks[block.Successors[0].Target];
                if (next == block || next.Predecessors.Count != 1 || next.Id == 0)
                {
                    break;
                }

                List<int>? narrowed = null;
                for (var i = 0; i < next.Parameters.Count; i++)
                {
                    ReplaceParameter(graph, next, next.Parameters[i], block.Successors[0].Arguments[i], ref narrowed);
                }

                PutFirst(next, narrowed);

                foreach (var id in next.Nodes)
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

        if (changed)
        {
            graph.Analyses.LeaveOut(merged);
        }

        ArrayPool<bool>.Shared.Return(merged);
        return changed;
    }

    private static bool[] RentCleared(int length)
    {
        var rented = ArrayPool<bool>.Shared.Rent(length);
        Array.Clear(rented, 0, length);
        return rented;
    }
}
