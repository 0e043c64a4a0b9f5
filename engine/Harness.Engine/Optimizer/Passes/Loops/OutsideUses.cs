using System.Buffers;
using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// The uses, outside of regions, of values defined in them. When a region is copied such a value has two definitions, and each
/// use gets the right one, through new block parameters where both come together (in the manner of Braun et al., "Simple and
/// Efficient Construction of Static Single Assignment Form", 2013).
/// </summary>
internal sealed class OutsideUses : IDisposable
{
    /// <summary>The number of what is in no region; regions are numbered from 1.</summary>
    private const int NoRegion = 0;

    /// <summary>Entries of a map that it keeps its room for when the next region is repaired.</summary>
    private const int MostKept = 1 << 10;

    private readonly Graph graph;
    private readonly ControlFlow flow;

    /// <summary>By block, the number of its region. Blocks that were made since are in none.</summary>
    private readonly int[] regionOf;
    private readonly int blockCount;

    /// <summary>By region, the uses of its values; null if there are none.</summary>
    private readonly List<Use>?[] uses;

    /// <summary>The regions, other than that of the block that is looked at, of which a holder uses values, each once.</summary>
    private readonly List<int> used = [];

    /// <summary>By region, the last holder that was found to use its values; holders are counted from 1.</summary>
    private readonly int[] lastHolder;
    private readonly Func<int, bool> collectFromState;
    private int holder = 1;
    private int own;

    // What is known while a region is repaired.
    private readonly List<int> passed = [];
    private readonly Queue<(int Block, int Value)> parameters = new();
    private readonly Func<int, int> rightDefinition;
    private Dictionary<(int Block, int Value), int> reaching = [];
    private Dictionary<(int Block, int Edge), List<int>> added = [];
    private LoopCopy copy = null!;
    private int repaired;

    // The use that is being repaired: where it is, and which block it is at the end of if it describes a loop's entry (else -1).
    private Use use;
    private int useBlock;
    private int entering;

    private OutsideUses(Graph graph, ControlFlow flow, int regions)
    {
        this.graph = graph;
        this.flow = flow;
        blockCount = graph.Blocks.Count;
        regionOf = ArrayPool<int>.Shared.Rent(blockCount);
        Array.Clear(regionOf, 0, blockCount);
        uses = new List<Use>?[regions + 1];
        lastHolder = new int[regions + 1];
        collectFromState = id =>
        {
            Collect(id);
            return false;
        };
        rightDefinition = RightDefinitionOf;
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
        var found = new OutsideUses(graph, flow, regions.Count);
        for (int i = 0; i < regions.Count; i++)
        {
            foreach (int block in regions[i].Blocks)
            {
                found.regionOf[block] = i + 1;
            }
        }

        foreach (Block block in flow.Order)
        {
            found.FindIn(block);
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<int>.Shared.Return(regionOf);

    /// <summary>Gives the uses of a region's values the right definition after the region has been copied.</summary>
    public void Repair(CopiedRegion region, LoopCopy copied)
    {
        copy = copied;
        repaired = RegionOf(region.Loop.Header.Id);
        if (uses[repaired] is not { } all)
        {
            return;
        }

        foreach (Use found in all)
        {
            use = found;
            useBlock = use.Holder is Holder.Node or Holder.NodeState ? graph[use.Id].Block : use.Id;
            entering = -1;
            if (use.Holder == Holder.LoopEntryState && !HasOneEntry(graph.Blocks[useBlock], out entering))
            {
                graph.Blocks[useBlock].LoopEntryState = -1;
                continue;
            }

            Rewrite(use, rightDefinition);
        }

        foreach (((int block, int edge), List<int> arguments) in added)
        {
            ref Edge led = ref graph.Blocks[block].Successors[edge];
            led = led with { Arguments = [.. led.Arguments, .. arguments] };
        }

        Clear(ref reaching);
        Clear(ref added);
    }

    /// <summary>The right definition of a value at the use that is being repaired.</summary>
    private int RightDefinitionOf(int id)
    {
        if (id < 0 || RegionOf(graph[id].Block) != repaired)
        {
            return id;
        }

        int value = entering >= 0 ? Reaching(entering, id, isEntry: false) : Reaching(useBlock, id, isEntry: true);
        Record(use, useBlock, value);
        return value;
    }

    /// <summary>The value at the beginning or at the end of a block, with the arguments of all parameters that it takes.</summary>
    private int Reaching(int block, int value, bool isEntry)
    {
        int found = Find(block, value, isEntry);
        while (parameters.TryDequeue(out (int Block, int Value) parameter))
        {
            int last = -1;
            foreach (int predecessor in graph.Blocks[parameter.Block].Predecessors)
            {
                if (predecessor == last)
                {
                    continue;
                }

                last = predecessor;
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

    /// <summary>The value at the beginning or at the end of a block; a parameter that is found on the way gets its arguments later.</summary>
    private int Find(int block, int value, bool isEntry)
    {
        passed.Clear();
        int found;
        for (; ; block = graph.Blocks[block].Predecessors[0], isEntry = false)
        {
            bool isOriginal = RegionOf(block) == repaired;
            if (!isEntry && (isOriginal || copy.IsCopy(block)))
            {
                found = isOriginal ? value : copy.ValueOf(value);
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

    /// <summary>Empties a map for the next region.</summary>
    private static void Clear<TKey, TValue>(ref Dictionary<TKey, TValue> map)
        where TKey : notnull
    {
        if (map.Count > MostKept)
        {
            map = [];
        }
        else
        {
            map.Clear();
        }
    }

    /// <summary>Whether one block leads into a loop: a frame state for the entry describes what is known at its end.</summary>
    private bool HasOneEntry(Block header, out int source)
    {
        source = -1;
        Loop? loop = flow.LoopOf(header.Id);
        foreach (int predecessor in header.Predecessors)
        {
            if (predecessor == source || loop?.Contains(predecessor) == true)
            {
                continue;
            }

            if (source >= 0)
            {
                source = -1;
                return false;
            }

            source = predecessor;
        }

        return source >= 0;
    }

    /// <summary>Notes a use that has come about by a repair, for the regions that are still to be copied.</summary>
    private void Record(Use noted, int block, int value)
    {
        int region = RegionOf(graph[value].Block);
        if (region != NoRegion && region != RegionOf(block))
        {
            (uses[region] ??= []).Add(noted);
        }
    }

    private int RegionOf(int block) => (uint)block < (uint)blockCount ? regionOf[block] : NoRegion;

    private void Rewrite(Use rewritten, Func<int, int> map)
    {
        switch (rewritten.Holder)
        {
            case Holder.Node:
                for (int i = 0; i < graph[rewritten.Id].InputCount; i++)
                {
                    int mapped = map(graph.Inputs(rewritten.Id)[i]);
                    graph.Inputs(rewritten.Id)[i] = mapped;
                }

                break;
            case Holder.NodeState:
                graph.SetState(rewritten.Id, FrameStates.Map(graph, graph.StateOf(rewritten.Id), map));
                break;
            case Holder.LoopEntryState:
                graph.Blocks[rewritten.Id].LoopEntryState = FrameStates.Map(graph, graph.Blocks[rewritten.Id].LoopEntryState, map);
                break;
            default:
                Block block = graph.Blocks[rewritten.Id];
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
        int region = id < 0 ? NoRegion : RegionOf(graph[id].Block);
        if (region != NoRegion && region != own && lastHolder[region] != holder)
        {
            lastHolder[region] = holder;
            used.Add(region);
        }
    }

    /// <summary>Notes that something uses the regions whose values were collected from it.</summary>
    private void Add(Holder kind, int id)
    {
        holder++;
        foreach (int region in used)
        {
            (uses[region] ??= []).Add(new Use(kind, id));
        }

        used.Clear();
    }
}
