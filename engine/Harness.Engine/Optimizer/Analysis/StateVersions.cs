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

    private readonly Dictionary<ObjectPlace, int> places = [];
    private Graph graph = null!;
    private BlockVersions[] blocks = [];
    private int blockCount;
    private int firstPlaceClass;
    private int classCount;
    private StateClasses allGlobals;
    private StateClasses allPlaces;

    /// <summary>Lists of versions, one for each class, from <see cref="Unknown"/> + 1 on.</summary>
    private int[] lists = [];
    private int listsEnd;
    private int[] current = [];
    private int next;

    /// <summary>Computes the versions at the start of every block.</summary>
    public void Run(Graph described, ControlFlow flow)
    {
        graph = described;
        next = 1;
        listsEnd = Unknown + 1;
        firstPlaceClass = FirstOwnGlobalClass + Math.Min(OwnGlobalClasses, graph.Module.Globals.Length);
        allPlaces = StateClasses.From(firstPlaceClass);
        allGlobals = StateClasses.From(ImportedGlobalsClass).Except(allPlaces);
        blockCount = graph.Blocks.Count;
        if (blocks.Length < blockCount)
        {
            blocks = new BlockVersions[Math.Max(blockCount, 2 * blocks.Length)];
        }

        foreach (Block block in flow.Order)
        {
            foreach (int id in block.Nodes)
            {
                Effects effects = OperatorTable.EffectsOf(graph, id);
                if ((effects & Effects.AnyWrite) != 0)
                {
                    blocks[block.Id].Writes |= ClassesWritten(effects, id);
                }
                else if ((effects & Effects.ReadsHeap) != 0 && Access.ReadsObject(graph[id].Op))
                {
                    PlaceClass(Access.Of(graph, id).Place);
                }
            }
        }

        classCount = firstPlaceClass + Math.Min(MaxClasses - firstPlaceClass, places.Count);

        // Inner loops come first.
        var writtenIn = new StateClasses[flow.Loops.Count];
        foreach (Loop loop in flow.Loops)
        {
            foreach (int block in loop.OwnBlocks)
            {
                writtenIn[loop.First] |= blocks[block].Writes;
            }

            if (loop.Parent is { } parent)
            {
                writtenIn[parent.First] |= writtenIn[loop.First];
            }
        }

        foreach (Block block in flow.Order)
        {
            ref BlockVersions versions = ref blocks[block.Id];
            versions.AtEntry = EntryVersions(flow, block, writtenIn);
            versions.First = next;
            versions.AtExit = versions.AtEntry;
            if (!versions.Writes.IsEmpty)
            {
                versions.AtExit = CopyOf(versions.AtEntry);
                foreach (int id in block.Nodes)
                {
                    Advance(ListAt(versions.AtExit), ClassesWritten(OperatorTable.EffectsOf(graph, id), id));
                }
            }
        }

        // What the walk is at.
        current = new int[classCount];
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget()
    {
        graph = null!;
        places.Clear();
        Array.Clear(blocks, 0, blockCount);
        blockCount = 0;
        if (lists.Length > MostKept)
        {
            lists = [];
        }
    }

    /// <summary>Goes to the start of a block, whose writes then give the versions that its successors know.</summary>
    public void Enter(Block block)
    {
        ListAt(blocks[block.Id].AtEntry).CopyTo(current);
        next = blocks[block.Id].First;
    }

    /// <summary>Begins new versions of what a node writes.</summary>
    public void Write(Effects effects, int id) => Advance(current, ClassesWritten(effects, id));

    /// <summary>The version of the state that a node reads, or has just written.</summary>
    public int Of(Effects effects, int id)
    {
        int index =
            (effects & Effects.ReadsMemory) != 0 ? MemoryClass
            : (effects & Effects.ReadsTable) != 0 ? TableClass
            : (effects & Effects.ReadsGlobal) != 0 ? GlobalClass(Access.Of(graph, id).Space)
            : (effects & Effects.ReadsHeap) != 0 ? PlaceClass(Access.Of(graph, id).Place)
            : SizeClass;
        return current[index];
    }

    /// <summary>The version of a place in objects.</summary>
    public int Of(ObjectPlace place) => current[PlaceClass(place)];

    /// <summary>Whether any node reads or writes a place; only such places have versions.</summary>
    public bool IsAccessed(ObjectPlace place) => places.ContainsKey(place);

    private int PlaceClass(ObjectPlace place)
    {
        if (!places.TryGetValue(place, out int index))
        {
            index = firstPlaceClass + (places.Count % (MaxClasses - firstPlaceClass));
            places.Add(place, index);
        }

        return index;
    }

    private int GlobalClass(int global) =>
        graph.Module.Globals[global].IsImported
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
            var access = Access.Of(graph, id);
            classes |= access.Kind == AccessKind.Global ? StateClasses.Of(GlobalClass(access.Space)) : allGlobals;
        }

        return classes;
    }

    private StateClasses ClassesOfObjects(int id)
    {
        ref Node node = ref graph[id];
        if (Access.WritesObject(node.Op))
        {
            return StateClasses.Of(PlaceClass(Access.Of(graph, id).Place));
        }

        // Of the runtime functions, those that write an array say of which type.
        return node.Op == IrOp.CallBuiltin && node.Aux != 0
            ? StateClasses.Of(PlaceClass(ObjectPlace.Of(TypeRegistry.Get(node.Aux), -1)))
            : allPlaces;
    }

    private int EntryVersions(ControlFlow flow, Block block, StateClasses[] writtenIn)
    {
        if (block.Predecessors.Count == 0)
        {
            return Fresh();
        }

        // Back edges have no exit versions yet: what their loop writes begins anew, the rest is as before the loop.
        int first = Unknown;
        int merged = Unknown;
        foreach (int predecessor in block.Predecessors)
        {
            int exit = blocks[predecessor].AtExit;
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

            for (int i = 0; i < classCount; i++)
            {
                if (lists[exit + i] != lists[first + i])
                {
                    merged = merged == first ? CopyOf(first) : merged;
                    lists[merged + i] = next++;
                }
            }
        }

        if (first == Unknown)
        {
            return Fresh();
        }

        if (flow.LoopOf(block.Id) is { } loop && loop.Header == block)
        {
            StateClasses written = writtenIn[loop.First];
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
        int list = NewList();
        Advance(ListAt(list), StateClasses.All);
        return list;
    }

    private int CopyOf(int list)
    {
        int copy = NewList();
        ListAt(list).CopyTo(ListAt(copy));
        return copy;
    }

    /// <summary>Makes room for a list; what it contains is left over from others.</summary>
    private int NewList()
    {
        int list = listsEnd;
        listsEnd += classCount;
        if (listsEnd > lists.Length)
        {
            Array.Resize(ref lists, Math.Max(listsEnd, 2 * lists.Length));
        }

        return list;
    }

    private Span<int> ListAt(int list) => lists.AsSpan(list, classCount);

    private void Advance(Span<int> versions, StateClasses classes)
    {
        for (; !classes.IsEmpty; classes = classes.WithoutLowest)
        {
            int index = classes.Lowest;
            if (index >= versions.Length)
            {
                return;
            }

            versions[index] = next++;
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
