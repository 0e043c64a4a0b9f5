using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// Versions of the mutable state, by class: memory contents, table elements, sizes, the imported globals (several of them may
/// be the same), each global of the module's own, and each place in objects (<see cref="ObjectPlace"/>). Two loads of one class in the
/// same version see the same state. Where there are more globals or places than classes, some share one. One object serves one graph after the other: the versions of all
/// blocks lie in one array, since an array for each place where something is written would live as long as the walk, and be copied by collections.
/// </summary>
internal sealed class StateVersions
{
    /// <summary>The effects that make a node depend on a version.</summary>
    public const Effects Reads = Effects.AnyRead;

    private const int MemoryClass = 0;
    private const int TableClass = 1;
    private const int SizeClass = 2;
    private const int ImportedGlobalsClass = 3;
    private const int FirstOwnGlobalClass = 4;
    private const int OwnGlobalClasses = 44;
    private const int MaxClasses = StateClasses.MaxCount;

    /// <summary>Versions that there is room kept for when a graph is done.</summary>
    private const int MostKept = 1 << 22;

    /// <summary>Where the versions of no block begin: they are not known yet.</summary>
    private const int Unknown = 0;

    private readonly Dictionary<ObjectPlace, int> _places = [];
    private Graph _graph = null!;
    private BlockVersions[] _blocks = [];
    private int _blockCount;
    private int _firstPlaceClass;
    private int _classCount;
    private StateClasses _allGlobals;
    private StateClasses _allPlaces;

    /// <summary>Lists of versions, one for each class, from <see cref="Unknown"/> + 1 on.</summary>
    private int[] _lists = [];
    private int _listsEnd;
    private int[] _current = [];
    private int _next;

    /// <summary>Computes the versions at the start of every block.</summary>
    public void Run(Graph described, ControlFlow flow)
    {
        _graph = described;
        _next = 1;
        _listsEnd = Unknown + 1;
        _firstPlaceClass = FirstOwnGlobalClass + Math.Min(OwnGlobalClasses, _graph.Module.Globals.Length);
        _allPlaces = StateClasses.From(_firstPlaceClass);
        _allGlobals = StateClasses.From(ImportedGlobalsClass).Except(_allPlaces);
        _blockCount = _graph.Blocks.Count;
        if (_blocks.Length < _blockCount)
        {
            _blocks = new BlockVersions[Math.Max(_blockCount, 2 * _blocks.Length)];
        }

        foreach (var block in flow.Order)
        {
            foreach (var id in block.Nodes)
            {
                var effects = OperatorTable.EffectsOf(_graph, id);
                if ((effects & Effects.AnyWrite) != 0)
                {
                    _blocks[block.Id].Writes |= ClassesWritten(effects, id);
                }
                else if ((effects & Effects.ReadsHeap) != 0 && Access.ReadsObject(_graph[id].Op))
                {
                    PlaceClass(Access.Of(_graph, id).Place);
                }
            }
        }

        _classCount = _firstPlaceClass + Math.Min(MaxClasses - _firstPlaceClass, _places.Count);

        // Inner loops come first.
        var writtenIn = new StateClasses[flow.Loops.Count];
        foreach (var loop in flow.Loops)
        {
            foreach (var block in loop.OwnBlocks)
            {
                writtenIn[loop.First] |= _blocks[block].Writes;
            }

            if (loop.Parent is { } parent)
            {
                writtenIn[parent.First] |= writtenIn[loop.First];
            }
        }

        foreach (var block in flow.Order)
        {
            ref var versions = ref _blocks[block.Id];
            versions.AtEntry = EntryVersions(flow, block, writtenIn);
            versions.First = _next;
            versions.AtExit = versions.AtEntry;
            if (!versions.Writes.IsEmpty)
            {
                versions.AtExit = CopyOf(versions.AtEntry);
                foreach (var id in block.Nodes)
                {
                    Advance(ListAt(versions.AtExit), ClassesWritten(OperatorTable.EffectsOf(_graph, id), id));
                }
            }
        }

        // What the walk is at.
        _current = new int[_classCount];
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget()
    {
        _graph = null!;
        _places.Clear();
        Array.Clear(_blocks, 0, _blockCount);
        _blockCount = 0;
        if (_lists.Length > MostKept)
        {
            _lists = [];
        }
    }

    /// <summary>Goes to the start of a block, whose writes then give the versions that its successors know.</summary>
    public void Enter(Block block)
    {
        ListAt(_blocks[block.Id].AtEntry).CopyTo(_current);
        _next = _blocks[block.Id].First;
    }

    /// <summary>Begins new versions of what a node writes.</summary>
    public void Write(Effects effects, int id) => Advance(_current, ClassesWritten(effects, id));

    /// <summary>The version of the state that a node reads, or has just written.</summary>
    public int Of(Effects effects, int id)
    {
        var index =
            (effects & Effects.ReadsMemory) != 0 ? MemoryClass
            : (effects & Effects.ReadsTable) != 0 ? TableClass
            : (effects & Effects.ReadsGlobal) != 0 ? GlobalClass(Access.Of(_graph, id).Space)
            : (effects & Effects.ReadsHeap) != 0 ? PlaceClass(Access.Of(_graph, id).Place)
            : SizeClass;
        return _current[index];
    }

    /// <summary>The version of a place in objects.</summary>
    public int Of(ObjectPlace place) => _current[PlaceClass(place)];

    /// <summary>Whether any node reads or writes a place; only such places have versions.</summary>
    public bool IsAccessed(ObjectPlace place) => _places.ContainsKey(place);

    private int PlaceClass(ObjectPlace place)
    {
        if (!_places.TryGetValue(place, out var index))
        {
            index = _firstPlaceClass + (_places.Count % (MaxClasses - _firstPlaceClass));
            _places.Add(place, index);
        }

        return index;
    }

    private int GlobalClass(int global) =>
        _graph.Module.Globals[global].IsImported
            ? ImportedGlobalsClass
            : FirstOwnGlobalClass + (global % OwnGlobalClasses);

    private StateClasses ClassesWritten(Effects effects, int id)
    {
        StateClasses classes = default;
        if ((effects & Effects.WritesMemory) != 0)
        {
            classes |= StateClasses.Of(MemoryClass);
        }

        if ((effects & Effects.WritesTable) != 0)
        {
            classes |= StateClasses.Of(TableClass);
        }

        if ((effects & Effects.WritesHeap) != 0)
        {
            classes |= ClassesOfObjects(id);
        }

        if ((effects & Effects.WritesSize) != 0)
        {
            classes |= StateClasses.Of(SizeClass);
        }

        if ((effects & Effects.WritesGlobal) != 0)
        {
            var access = Access.Of(_graph, id);
            classes |= access.Kind == AccessKind.Global ? StateClasses.Of(GlobalClass(access.Space)) : _allGlobals;
        }

        return classes;
    }

    private StateClasses ClassesOfObjects(int id)
    {
        ref var node = ref _graph[id];
        if (Access.WritesObject(node.Op))
        {
            return StateClasses.Of(PlaceClass(Access.Of(_graph, id).Place));
        }

        // Of the runtime functions, those that write an array say of which type.
        return node.Op == IrOp.CallBuiltin && node.Aux != 0
            ? StateClasses.Of(PlaceClass(ObjectPlace.Of(TypeRegistry.Get(node.Aux), -1)))
            : _allPlaces;
    }

    private int EntryVersions(ControlFlow flow, Block block, StateClasses[] writtenIn)
    {
        if (block.Predecessors.Count == 0)
        {
            return Fresh();
        }

        // Back edges have no exit versions yet: what their loop writes begins anew, the rest is as before the loop.
        var first = Unknown;
        var merged = Unknown;
        foreach (var predecessor in block.Predecessors)
        {
            var exit = _blocks[predecessor].AtExit;
            if (exit == Unknown || exit == first)
            {
                continue;
            }

            if (first == Unknown)
            {
                first = exit;
                merged = exit;
                continue;
            }

            for (var i = 0; i < _classCount; i++)
            {
                if (_lists[exit + i] != _lists[first + i])
                {
                    merged = merged == first ? CopyOf(first) : merged;
                    _lists[merged + i] = _next++;
                }
            }
        }

        if (first == Unknown)
        {
            return Fresh();
        }

        if (flow.LoopOf(block.Id) is { } loop && loop.Header == block)
        {
            var written = writtenIn[loop.First];
            if (!written.IsEmpty)
            {
                merged = CopyOf(merged);
                Advance(ListAt(merged), written);
            }
        }

        return merged;
    }

    private int Fresh()
    {
        var list = NewList();
        Advance(ListAt(list), StateClasses.All);
        return list;
    }

    private int CopyOf(int list)
    {
        var copy = NewList();
        ListAt(list).CopyTo(ListAt(copy));
        return copy;
    }

    /// <summary>Makes room for a list; what it contains is left over from others.</summary>
    private int NewList()
    {
        var list = _listsEnd;
        _listsEnd += _classCount;
        if (_listsEnd > _lists.Length)
        {
            Array.Resize(ref _lists, Math.Max(_listsEnd, 2 * _lists.Length));
        }

        return list;
    }

    private Span<int> ListAt(int list) => _lists.AsSpan(list, _classCount);

    private void Advance(Span<int> versions, StateClasses classes)
    {
        for (; !classes.IsEmpty; classes = classes.WithoutLowest)
        {
            var index = classes.Lowest;
            if (index >= versions.Length)
            {
                return;
            }

            versions[index] = _next++;
        }
    }

    /// <summary>What is known of a block. Blocks may share lists of versions.</summary>
    private struct BlockVersions
    {
        /// <summary>Where the versions at its start lie.</summary>
        public int AtEntry;

        /// <summary>Where the versions at its end lie; <see cref="Unknown"/> at first.</summary>
        public int AtExit;

        /// <summary>The first version that a write in it begins.</summary>
        public int First;

        /// <summary>The classes that it writes.</summary>
        public StateClasses Writes;
    }
}
