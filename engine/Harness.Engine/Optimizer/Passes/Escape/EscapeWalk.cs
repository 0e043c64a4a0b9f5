using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <summary>
/// The walk of <see cref="EscapeAnalysis"/> over the blocks in reverse postorder: what each operation does to the objects known before
/// it. This part is the walk as such; others hold the operations, the places where control comes together, and the changes.
/// </summary>
internal sealed partial class EscapeWalk
{
    /// <summary>Some value that is no object without memory; while analysing, nobody asks which.</summary>
    private const int SomeValue = int.MaxValue;

    /// <summary>What an object costs in each block, in visits of nodes: it is joined, compared and copied.</summary>
    private const int VisitsPerObject = 4;

    /// <summary>What an object costs in each block at least: what the first walk finds another one confirms.</summary>
    public const int LeastVisitsPerObject = 2 * VisitsPerObject;

    /// <summary>Objects of a block from which on each costs more, the more there are: what is known of them all is no longer at hand in the caches.</summary>
    private const int ObjectsAtHand = 64;

    private readonly Graph graph;
    private readonly ControlFlow flow;
    private readonly ReferenceLiveness liveness;
    private readonly IncomingEdges incoming;
    private readonly EntryConstants constants;
    private readonly List<TrackedObject> objects;
    private readonly Dictionary<int, int> allocated = [];
    private readonly Dictionary<int, int> merged = [];
    private readonly Dictionary<int, int> known = [];
    private readonly int[] objectOf;
    private readonly ObjectStates?[] atEntry;
    private readonly ObjectStates?[] atExit;
    private readonly int[] onlySuccessor;
    private readonly JoinPlan?[] plans;
    private readonly HashSet<Member> memberSet = [];

    /// <summary>Objects that get memory after those that they refer to.</summary>
    private readonly Stack<(int Tracked, int NextField)> waitingForMemory = new();
    private ObjectStates state = new();
    private bool isRewriting;
    private bool isChanged;

    /// <summary>Prepares for a graph.</summary>
    public EscapeWalk(Graph graph, ControlFlow flow, ReferenceLiveness liveness, List<TrackedObject> allocations)
    {
        this.graph = graph;
        this.flow = flow;
        this.liveness = liveness;
        incoming = graph.Analyses.Incoming;
        objects = allocations;
        constants = new EntryConstants(graph);
        for (int i = 0; i < objects.Count; i++)
        {
            allocated.Add(objects[i].Origin, i);
        }

        objectOf = new int[graph.NodeCount];
        Array.Fill(objectOf, -1);
        atEntry = new ObjectStates?[graph.Blocks.Count];
        atExit = new ObjectStates?[graph.Blocks.Count];
        plans = new JoinPlan?[graph.Blocks.Count];
        onlySuccessor = new int[graph.Blocks.Count];
        Array.Fill(onlySuccessor, -1);
    }

    /// <summary>An edge by which control comes to a block.</summary>
    /// <param name="Source">Where from.</param>
    /// <param name="Index">Which of its edges.</param>
    private readonly record struct Incoming(int Source, int Index);

    /// <summary>Walks once without changing the graph.</summary>
    /// <returns>Whether something was found that an earlier part of the walk did not know.</returns>
    public bool Analyse()
    {
        isChanged = false;
        foreach (Block block in flow.Order)
        {
            if (graph.Budget.IsUsedUp)
            {
                return false;
            }

            List<Incoming> edges = EdgesTo(block);
            if (block.Id != 0 && edges.Count == 0)
            {
                continue;
            }

            ObjectStates entered = block.Id == 0 ? new ObjectStates() : Join(block, edges);
            isChanged |= atEntry[block.Id] is not { } before || !before.HasShapeOf(entered);
            atEntry[block.Id] = entered;
            graph.Budget.TryDraw(VisitsOf(entered.Objects.Count) + block.Nodes.Count);
            state = entered.Copy(RoomFor(block));
            foreach (int id in block.Nodes)
            {
                Visit(id);
            }

            VisitEnd(block);
            atExit[block.Id] = state;
            int only = OnlySuccessorOf(block);
            isChanged |= onlySuccessor[block.Id] != only;
            onlySuccessor[block.Id] = only;
        }

        return isChanged;
    }

    /// <summary>How many objects are known at the end of a block, as far as an earlier walk has found.</summary>
    private int RoomFor(Block block) => atExit[block.Id]?.Objects.Count ?? 0;

    /// <summary>What it costs to know a number of objects in a block.</summary>
    private static long VisitsOf(int objects) => VisitsPerObject * (long)objects * (1 + (objects / ObjectsAtHand));

    /// <summary>The edges by which control is known to come to a block.</summary>
    private List<Incoming> EdgesTo(Block block)
    {
        var edges = new List<Incoming>();
        foreach (IncomingEdge edge in incoming.Of(block))
        {
            if (atExit[edge.Source] is not null && (onlySuccessor[edge.Source] < 0 || onlySuccessor[edge.Source] == edge.Index))
            {
                edges.Add(new Incoming(edge.Source, edge.Index));
            }
        }

        return edges;
    }

    private int[] ArgumentsOf(Incoming edge) => graph.Blocks[edge.Source].Successors[edge.Index].Arguments;

    /// <summary>The only way that a branch goes, because a test of an object without memory decides it; -1 if there are several.</summary>
    private int OnlySuccessorOf(Block block)
    {
        if (block.Terminator.Kind != TerminatorKind.Branch)
        {
            return -1;
        }

        int condition = graph.Resolve(block.Terminator.Value);
        bool isNegated = false;
        while (graph[condition].Op == Opcode.I32Eqz)
        {
            condition = graph.Input(condition, 0);
            isNegated = !isNegated;
        }

        if (!known.TryGetValue(condition, out int value))
        {
            return -1;
        }

        return (value != 0) != isNegated ? 0 : 1;
    }

    /// <summary>What a node stands for in the current state: itself, an object without memory (its complement), or the pointer to it.</summary>
    private int Value(int id) => Value(id, state);

    private int Value(int id, ObjectStates at)
    {
        id = graph.Resolve(id);
        int tracked = ObjectOf(id);
        if (tracked < 0 || (!isRewriting && !at.Knows(tracked)))
        {
            return id;
        }

        return at.Current(~tracked);
    }

    /// <summary>The object that a node refers to; -1 if it is none of them.</summary>
    private int ObjectOf(int id) => id < objectOf.Length ? objectOf[id] : -1;

    private void Refers(int id, int tracked)
    {
        if (id < objectOf.Length)
        {
            objectOf[id] = tracked;
        }
    }
}
