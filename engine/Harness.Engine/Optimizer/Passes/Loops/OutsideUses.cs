using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// The uses, outside of regions, of values defined in them. When a region is copied such a value has two definitions, and each
/// use gets the right one, through new block parameters where both come together (in the manner of Braun et al., "Simple and
/// Efficient Construction of Static Single Assignment Form", 2013).
/// </summary>
internal sealed class OutsideUses
{
    private readonly Graph graph;
    private readonly ControlFlow flow;
    private readonly CopiedRegion?[] regionOf;
    private readonly Dictionary<CopiedRegion, List<Use>> uses = [];

    /// <summary>The regions, other than that of the block that is looked at, of which a holder uses values.</summary>
    private readonly HashSet<CopiedRegion> used = [];
    private readonly Func<int, bool> collectFromState;
    private CopiedRegion? own;

    private OutsideUses(Graph graph, ControlFlow flow)
    {
        this.graph = graph;
        this.flow = flow;
        regionOf = new CopiedRegion?[graph.Blocks.Count];
        collectFromState = id =>
        {
            Collect(id);
            return false;
        };
    }

    /// <summary>What holds a use.</summary>
    private enum Holder
    {
        Node,
        NodeState,
        Terminator,
        LoopEntryState,
    }

    /// <summary>A place where a value of a region is used.</summary>
    /// <param name="Holder">What holds it.</param>
    /// <param name="Id">The node, or the block.</param>
    private readonly record struct Use(Holder Holder, int Id);

    /// <summary>Finds the uses of the values of regions without common blocks, in one walk over the graph.</summary>
    public static OutsideUses Find(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        var found = new OutsideUses(graph, flow);
        foreach (CopiedRegion region in regions)
        {
            found.uses.Add(region, []);
            foreach (int block in region.Blocks)
            {
                found.regionOf[block] = region;
            }
        }

        foreach (Block block in flow.Order)
        {
            found.FindIn(block);
        }

        return found;
    }

    /// <summary>Gives the uses of a region's values the right definition after the region has been copied.</summary>
    public void Repair(CopiedRegion region, LoopCopy copy)
    {
        var reaching = new Dictionary<(int Block, int Value), int>();
        var passed = new List<int>();
        var parameters = new Queue<(int Block, int Value)>();
        var added = new Dictionary<(int Block, int Edge), List<int>>();

        // The value at the end of a block; a parameter that is found on the way gets its arguments later.
        int Find(int block, int value, bool isEntry)
        {
            passed.Clear();
            int found;
            for (; ; block = graph.Blocks[block].Predecessors[0], isEntry = false)
            {
                if (!isEntry && (region.Contains(block) || copy.IsCopy(block)))
                {
                    found = region.Contains(block) ? value : copy.ValueOf(value);
                    break;
                }

                if (reaching.TryGetValue((block, value), out found))
                {
                    break;
                }

                // Every cycle has a block with several predecessors, where the search ends.
                if (graph.Blocks[block].Predecessors.Count != 1)
                {
                    found = graph.AppendParameterLike(graph.Blocks[block], value);
                    reaching.Add((block, value), found);
                    parameters.Enqueue((block, value));
                    break;
                }

                passed.Add(block);
            }

            foreach (int on in passed)
            {
                reaching.Add((on, value), found);
            }

            return found;
        }

        int Reaching(int block, int value, bool isEntry)
        {
            int found = Find(block, value, isEntry);
            while (parameters.TryDequeue(out (int Block, int Value) parameter))
            {
                foreach (int predecessor in graph.Blocks[parameter.Block].Predecessors.Distinct().ToArray())
                {
                    int argument = Find(predecessor, parameter.Value, isEntry: false);
                    Edge[] edges = graph.Blocks[predecessor].Successors;
                    for (int i = 0; i < edges.Length; i++)
                    {
                        if (edges[i].Target == parameter.Block)
                        {
                            // A block may get very many parameters: their arguments are put to the edges all at once, in the same order.
                            ref List<int>? arguments = ref CollectionsMarshal.GetValueRefOrAddDefault(added, (predecessor, i), out _);
                            (arguments ??= []).Add(argument);
                            Record(new Use(Holder.Terminator, predecessor), predecessor, argument);
                        }
                    }
                }
            }

            return found;
        }

        foreach (Use use in uses[region])
        {
            int block = use.Holder is Holder.Node or Holder.NodeState ? graph[use.Id].Block : use.Id;
            int entering = -1;
            if (use.Holder == Holder.LoopEntryState && !HasOneEntry(graph.Blocks[block], out entering))
            {
                graph.Blocks[block].LoopEntryState = -1;
                continue;
            }

            Rewrite(use, id =>
            {
                if (id < 0 || !region.Contains(graph[id].Block))
                {
                    return id;
                }

                int reachingValue = entering >= 0 ? Reaching(entering, id, isEntry: false) : Reaching(block, id, isEntry: true);
                Record(use, block, reachingValue);
                return reachingValue;
            });
        }

        foreach (((int block, int edge), List<int> arguments) in added)
        {
            ref Edge led = ref graph.Blocks[block].Successors[edge];
            led = led with { Arguments = [.. led.Arguments, .. arguments] };
        }
    }

    /// <summary>Whether one block leads into a loop: a frame state for the entry describes what is known at its end.</summary>
    private bool HasOneEntry(Block header, out int entering)
    {
        int[] outsiders = [.. header.Predecessors.Where(id => flow.LoopOf(header.Id)?.Contains(id) != true).Distinct()];
        entering = outsiders is [int only] ? only : -1;
        return entering >= 0;
    }

    /// <summary>Notes a use that has come about by a repair, for the regions that are still to be copied.</summary>
    private void Record(Use use, int block, int value)
    {
        if (RegionOf(graph[value].Block) is { } other && !other.Contains(block))
        {
            uses[other].Add(use);
        }
    }

    private CopiedRegion? RegionOf(int block) => block < regionOf.Length ? regionOf[block] : null;

    private void Rewrite(Use use, Func<int, int> map)
    {
        switch (use.Holder)
        {
            case Holder.Node:
                for (int i = 0; i < graph[use.Id].InputCount; i++)
                {
                    int mapped = map(graph.Inputs(use.Id)[i]);
                    graph.Inputs(use.Id)[i] = mapped;
                }

                break;
            case Holder.NodeState:
                graph.SetState(use.Id, FrameStates.Map(graph, graph.StateOf(use.Id), map));
                break;
            case Holder.LoopEntryState:
                graph.Blocks[use.Id].LoopEntryState = FrameStates.Map(graph, graph.Blocks[use.Id].LoopEntryState, map);
                break;
            default:
                Block block = graph.Blocks[use.Id];
                block.Terminator.Value = map(block.Terminator.Value);
                MapAll(block.Terminator.Values, map);
                foreach (Edge edge in block.Successors)
                {
                    MapAll(edge.Arguments, map);
                }

                if (block.Terminator.Kind == TerminatorKind.Deoptimize)
                {
                    block.Terminator.FrameState = FrameStates.Map(graph, block.Terminator.FrameState, map);
                }

                break;
        }
    }

    private static void MapAll(int[]? ids, Func<int, int> map)
    {
        for (int i = 0; i < (ids?.Length ?? 0); i++)
        {
            ids![i] = map(ids[i]);
        }
    }

    private void FindIn(Block block)
    {
        own = RegionOf(block.Id);
        foreach (int id in block.Nodes)
        {
            CollectAll(graph.Inputs(id));
            Add(Holder.Node, id);
            CollectFrom(graph.StateOf(id));
            Add(Holder.NodeState, id);
        }

        if (block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
        {
            Collect(block.Terminator.Value);
        }

        CollectAll(block.Terminator.Values);
        foreach (Edge edge in block.Successors)
        {
            CollectAll(edge.Arguments);
        }

        if (block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            CollectFrom(block.Terminator.FrameState);
        }

        Add(Holder.Terminator, block.Id);
        if (block.IsLoopHeader)
        {
            CollectFrom(block.LoopEntryState);
            Add(Holder.LoopEntryState, block.Id);
        }
    }

    private void CollectAll(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            Collect(id);
        }
    }

    private void CollectFrom(int state) => FrameStates.Any(graph, state, collectFromState);

    private void Collect(int id)
    {
        if (id >= 0 && RegionOf(graph[id].Block) is { } region && region != own)
        {
            used.Add(region);
        }
    }

    /// <summary>Notes that something uses the regions whose values were collected from it.</summary>
    private void Add(Holder holder, int id)
    {
        if (used.Count == 0)
        {
            return;
        }

        foreach (CopiedRegion region in used)
        {
            uses[region].Add(new Use(holder, id));
        }

        used.Clear();
    }
}
