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

    private readonly Graph _graph;
    private readonly ControlFlow _flow;

    /// <summary>By block, the number of its region. Blocks that were made since are in none.</summary>
    private readonly int[] _regionOf;
    private readonly int _blockCount;

    /// <summary>By region, the uses of its values; null if there are none.</summary>
    private readonly List<Use>?[] _uses;

    /// <summary>The regions, other than that of the block that is looked at, of which a holder uses values, each once.</summary>
    private readonly List<int> _used = [];

    /// <summary>By region, the last holder that was found to use its values; holders are counted from 1.</summary>
    private readonly int[] _lastHolder;
    private readonly Func<int, bool> _collectFromState;
    private int _holder = 1;
    private int _own;

    // What is known while a region is repaired.
    private readonly List<int> _passed = [];
    private readonly Queue<(int Block, int Value)> _parameters = new();
    private readonly Func<int, int> _rightDefinition;
    private Dictionary<(int Block, int Value), int> _reaching = [];
    private Dictionary<(int Block, int Edge), List<int>> _added = [];
    private LoopCopy _copy = null!;
    private int _repaired;

    // The use that is being repaired: where it is, and which block it is at the end of if it describes a loop's entry (else -1).
    private Use _use;
    private int _useBlock;
    private int _entering;

    private OutsideUses(Graph graph, ControlFlow flow, int regions)
    {
        _graph = graph;
        _flow = flow;
        _blockCount = graph.Blocks.Count;
        _regionOf = ArrayPool<int>.Shared.Rent(_blockCount);
        Array.Clear(_regionOf, 0, _blockCount);
        _uses = new List<Use>?[regions + 1];
        _lastHolder = new int[regions + 1];
        _collectFromState = id =>
        {
            Collect(id);
            return false;
        };
        _rightDefinition = RightDefinitionOf;
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
        for (var i = 0; i < regions.Count; i++)
        {
            foreach (var block in regions[i].Blocks)
            {
                found._regionOf[block] = i + 1;
            }
        }

        foreach (var block in flow.Order)
        {
            found.FindIn(block);
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<int>.Shared.Return(_regionOf);

    /// <summary>Gives the uses of a region's values the right definition after the region has been copied.</summary>
    public void Repair(CopiedRegion region, LoopCopy copied)
    {
        _copy = copied;
        _repaired = RegionOf(region.Loop.Header.Id);
        if (_uses[_repaired] is not { } all)
        {
            return;
        }

        foreach (var found in all)
        {
            _use = found;
            _useBlock = _use.Holder is Holder.Node or Holder.NodeState ? _graph[_use.Id].Block : _use.Id;
            _entering = -1;
            if (_use.Holder == Holder.LoopEntryState && !HasOneEntry(_graph.Blocks[_useBlock], out _entering))
            {
                _graph.Blocks[_useBlock].LoopEntryState = -1;
                continue;
            }

            Rewrite(_use, _rightDefinition);
        }

        foreach (((var block, var edge), var arguments) in _added)
        {
            ref var led = ref _graph.Blocks[block].Successors[edge];
            led = led with { Arguments = [.. led.Arguments, .. arguments] };
        }

        Clear(ref _reaching);
        Clear(ref _added);
    }

    /// <summary>The right definition of a value at the use that is being repaired.</summary>
    private int RightDefinitionOf(int id)
    {
        if (id < 0 || RegionOf(_graph[id].Block) != _repaired)
        {
            return id;
        }

        var value = _entering >= 0 ? Reaching(_entering, id, isEntry: false) : Reaching(_useBlock, id, isEntry: true);
        Record(_use, _useBlock, value);
        return value;
    }

    /// <summary>The value at the beginning or at the end of a block, with the arguments of all parameters that it takes.</summary>
    private int Reaching(int block, int value, bool isEntry)
    {
        var found = Find(block, value, isEntry);
        while (_parameters.TryDequeue(out var parameter))
        {
            var last = -1;
            foreach (var predecessor in _graph.Blocks[parameter.Block].Predecessors)
            {
                if (predecessor == last)
                {
                    continue;
                }

                last = predecessor;
                var argument = Find(predecessor, parameter.Value, isEntry: false);
                var edges = _graph.Blocks[predecessor].Successors;
                for (var i = 0; i < edges.Length; i++)
                {
                    if (edges[i].Target == parameter.Block)
                    {
                        // A block may get very many parameters: their arguments are put to the edges all at once, in the same order.
                        ref var arguments = ref CollectionsMarshal.GetValueRefOrAddDefault(_added, (predecessor, i), out _);
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
        _passed.Clear();
        int found;
        for (; ; block = _graph.Blocks[block].Predecessors[0], isEntry = false)
        {
            var isOriginal = RegionOf(block) == _repaired;
            if (!isEntry && (isOriginal || _copy.IsCopy(block)))
            {
                found = isOriginal ? value : _copy.ValueOf(value);
                break;
            }

            if (_reaching.TryGetValue((block, value), out found))
            {
                break;
            }

            // Every cycle has a block with several predecessors, where the search ends.
            if (_graph.Blocks[block].Predecessors.Count != 1)
            {
                found = _graph.AppendParameterLike(_graph.Blocks[block], value);
                _reaching.Add((block, value), found);
                _parameters.Enqueue((block, value));
                break;
            }

            _passed.Add(block);
        }

        foreach (var on in _passed)
        {
            _reaching.Add((on, value), found);
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
        var loop = _flow.LoopOf(header.Id);
        foreach (var predecessor in header.Predecessors)
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
        var region = RegionOf(_graph[value].Block);
        if (region != NoRegion && region != RegionOf(block))
        {
            (_uses[region] ??= []).Add(noted);
        }
    }

    private int RegionOf(int block) => (uint)block < (uint)_blockCount ? _regionOf[block] : NoRegion;

    private void Rewrite(Use rewritten, Func<int, int> map)
    {
        switch (rewritten.Holder)
        {
            case Holder.Node:
                for (var i = 0; i < _graph[rewritten.Id].InputCount; i++)
                {
                    var mapped = map(_graph.Inputs(rewritten.Id)[i]);
                    _graph.Inputs(rewritten.Id)[i] = mapped;
                }

                break;
            case Holder.NodeState:
                _graph.SetState(rewritten.Id, FrameStates.Map(_graph, _graph.StateOf(rewritten.Id), map));
                break;
            case Holder.LoopEntryState:
                _graph.Blocks[rewritten.Id].LoopEntryState = FrameStates.Map(_graph, _graph.Blocks[rewritten.Id].LoopEntryState, map);
                break;
            default:
                var block = _graph.Blocks[rewritten.Id];
                block.Terminator.Value = map(block.Terminator.Value);
                MapAll(block.Terminator.Values, map);
                foreach (var edge in block.Successors)
                {
                    MapAll(edge.Arguments, map);
                }

                if (block.Terminator.Kind == TerminatorKind.Deoptimize)
                {
                    block.Terminator.FrameState = FrameStates.Map(_graph, block.Terminator.FrameState, map);
                }

                break;
        }
    }

    private static void MapAll(int[]? ids, Func<int, int> map)
    {
        for (var i = 0; i < (ids?.Length ?? 0); i++)
        {
            ids![i] = map(ids[i]);
        }
    }

    private void FindIn(Block block)
    {
        _own = RegionOf(block.Id);
        foreach (var id in block.Nodes)
        {
            CollectAll(_graph.Inputs(id));
            Add(Holder.Node, id);
            CollectFrom(_graph.StateOf(id));
            Add(Holder.NodeState, id);
        }

        if (block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
        {
            Collect(block.Terminator.Value);
        }

        CollectAll(block.Terminator.Values);
        foreach (var edge in block.Successors)
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
        foreach (var id in ids)
        {
            Collect(id);
        }
    }

    private void CollectFrom(int state) => FrameStates.Any(_graph, state, _collectFromState);

    private void Collect(int id)
    {
        var region = id < 0 ? NoRegion : RegionOf(_graph[id].Block);
        if (region != NoRegion && region != _own && _lastHolder[region] != _holder)
        {
            _lastHolder[region] = _holder;
            _used.Add(region);
        }
    }

    /// <summary>Notes that something uses the regions whose values were collected from it.</summary>
    private void Add(Holder kind, int id)
    {
        _holder++;
        foreach (var region in _used)
        {
            (_uses[region] ??= []).Add(new Use(kind, id));
        }

        _used.Clear();
    }
}
