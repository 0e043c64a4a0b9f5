using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// Versions of the mutable state, by class: memory contents, table elements, sizes, the imported globals (several of them may
/// be the same), and each global of the module's own. Two loads of one class in the same version see the same state.
/// </summary>
internal sealed class StateVersions
{
    /// <summary>The effects that make a node depend on a version.</summary>
    public const Effects Reads = Effects.AnyRead;

    private const int MemoryClass = 0;
    private const int TableClass = 1;
    private const int SizeClass = 2;
    private const int HeapClass = 3;
    private const int ImportedGlobalsClass = 4;
    private const int FirstOwnGlobalClass = 5;
    private const int OwnGlobalClasses = 59;
    private const ulong AllGlobals = ~0UL << ImportedGlobalsClass;

    private readonly Graph graph;
    private readonly int[][] atEntry;
    private readonly int[] firstInBlock;
    private readonly int classCount;
    private int[] current = [];
    private int next = 1;

    /// <summary>Computes the versions at the start of every block.</summary>
    public StateVersions(Graph graph, ControlFlow flow)
    {
        this.graph = graph;
        classCount = FirstOwnGlobalClass + Math.Min(OwnGlobalClasses, graph.Module.Globals.Length);
        atEntry = new int[graph.Blocks.Count][];
        firstInBlock = new int[graph.Blocks.Count];
        var atExit = new int[graph.Blocks.Count][];
        var writes = new ulong[graph.Blocks.Count];
        foreach (Block block in flow.Order)
        {
            foreach (int id in block.Nodes)
            {
                Effects effects = OperatorTable.EffectsOf(graph, id);
                if ((effects & Effects.AnyWrite) != 0)
                {
                    writes[block.Id] |= ClassesWritten(effects, in graph[id]);
                }
            }
        }

        foreach (Block block in flow.Order)
        {
            atEntry[block.Id] = EntryVersions(flow, block, atExit, writes);
            firstInBlock[block.Id] = next;
            current = atEntry[block.Id];
            if (writes[block.Id] != 0)
            {
                current = [.. current];
                foreach (int id in block.Nodes)
                {
                    Write(OperatorTable.EffectsOf(graph, id), in graph[id]);
                }
            }

            atExit[block.Id] = current;
        }
    }

    /// <summary>Goes to the start of a block, whose writes then give the versions that its successors know.</summary>
    public void Enter(Block block)
    {
        current = [.. atEntry[block.Id]];
        next = firstInBlock[block.Id];
    }

    /// <summary>Begins new versions of what a node writes.</summary>
    public void Write(Effects effects, in Node node) => Advance(current, ClassesWritten(effects, in node));

    /// <summary>The version of the state that a node reads, or has just written.</summary>
    public int Of(Effects effects, in Node node)
    {
        int index =
            (effects & Effects.ReadsMemory) != 0 ? MemoryClass
            : (effects & Effects.ReadsTable) != 0 ? TableClass
            : (effects & Effects.ReadsGlobal) != 0 ? GlobalClass(node.Immediate)
            : (effects & Effects.ReadsHeap) != 0 ? HeapClass
            : SizeClass;
        return current[index];
    }

    private int GlobalClass(long global) =>
        graph.Module.Globals[(int)global].IsImported
            ? ImportedGlobalsClass
            : FirstOwnGlobalClass + (int)(global % OwnGlobalClasses);

    private ulong ClassesWritten(Effects effects, in Node node)
    {
        ulong classes = 0;
        if ((effects & Effects.WritesMemory) != 0)
        {
            classes |= 1UL << MemoryClass;
        }

        if ((effects & Effects.WritesTable) != 0)
        {
            classes |= 1UL << TableClass;
        }

        if ((effects & Effects.WritesHeap) != 0)
        {
            classes |= 1UL << HeapClass;
        }

        if ((effects & Effects.WritesSize) != 0)
        {
            classes |= 1UL << SizeClass;
        }

        if ((effects & Effects.WritesGlobal) != 0)
        {
            classes |= node.Op == Opcode.GlobalSet ? 1UL << GlobalClass(node.Immediate) : AllGlobals;
        }

        return classes;
    }

    private int[] EntryVersions(ControlFlow flow, Block block, int[][] atExit, ulong[] writes)
    {
        if (block.Predecessors.Count == 0)
        {
            return Fresh();
        }

        // Back edges have no exit versions yet: what their loop writes begins anew, the rest is as before the loop.
        int[]? first = null;
        bool isShared = true;
        int[] merged = [];
        foreach (int predecessor in block.Predecessors)
        {
            if (atExit[predecessor] is not { } exit)
            {
                continue;
            }

            if (first is null)
            {
                first = exit;
                merged = exit;
                continue;
            }

            for (int i = 0; i < classCount; i++)
            {
                if (exit[i] != first[i])
                {
                    if (isShared)
                    {
                        merged = [.. first];
                        isShared = false;
                    }

                    merged[i] = next++;
                }
            }
        }

        if (first is null)
        {
            return Fresh();
        }

        if (flow.LoopOf(block.Id) is { } loop && loop.Header == block)
        {
            ulong written = 0;
            foreach (int member in loop.Blocks)
            {
                written |= writes[member];
            }

            if (written != 0)
            {
                merged = [.. merged];
                Advance(merged, written);
            }
        }

        return merged;
    }

    private int[] Fresh()
    {
        var versions = new int[classCount];
        Advance(versions, ~0UL);
        return versions;
    }

    private void Advance(int[] versions, ulong classes)
    {
        for (int i = 0; i < classCount; i++)
        {
            if ((classes >> i & 1) != 0)
            {
                versions[i] = next++;
            }
        }
    }
}
