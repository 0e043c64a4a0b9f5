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

    private readonly Graph _graph;
    private readonly ControlFlow _flow;
    private readonly ReferenceLiveness _liveness;
    private readonly IncomingEdges _incoming;
    private readonly EntryConstants _constants;
    private readonly List<TrackedObject> _objects;
    private readonly Dictionary<int, int> _allocated = [];
    private readonly Dictionary<int, int> _merged = [];
    private readonly Dictionary<int, int> _known = [];
    private readonly int[] _objectOf;
    private readonly ObjectStates?[] _atEntry;
    private readonly ObjectStates?[] _atExit;
    private readonly int[] _onlySuccessor;
    private readonly JoinPlan?[] _plans;
    private readonly HashSet<Member> _memberSet = [];

    /// <summary>Objects that get memory after those that they refer to.</summary>
    private readonly Stack<(int Tracked, int NextField)> _waitingForMemory = new();
    private ObjectStates _state = new();
    private bool _isRewriting;
    private bool _isChanged;

    /// <summary>Prepares for a graph.</summary>
    public EscapeWalk(Graph graph, ControlFlow flow, ReferenceLiveness liveness, List<TrackedObject> allocations)
    {
        _graph = graph;
        _flow = flow;
        _liveness = liveness;
        _incoming = graph.Analyses.Incoming;
        _objects = allocations;
        _constants = new EntryConstants(graph);
        for (var i = 0; i < _objects.Count; i++)
        {
            _allocated.Add(_objects[i].Origin, i);
        }

        _objectOf = new int[graph.NodeCount];
        Array.Fill(_objectOf, -1);
        _atEntry = new ObjectStates?[graph.Blocks.Count];
        _atExit = new ObjectStates?[graph.Blocks.Count];
        _plans = new JoinPlan?[graph.Blocks.Count];
        _onlySuccessor = new int[graph.Blocks.Count];
        Array.Fill(_onlySuccessor, -1);
    }

    /// <summary>An edge by which control comes to a block.</summary>
    /// <param name="Source">Where from.</param>
    /// <param name="Index">Which of its edges.</param>
    private readonly record struct Incoming(int Source, int Index);

    /// <summary>Walks once without changing the graph.</summary>
    /// <returns>Whether something was found that an earlier part of the walk did not know.</returns>
    public bool Analyse()
    {
        _isChanged = false;
        foreach (var block in _flow.Order)
        {
            if (_graph.Budget.IsUsedUp)
            {
                return false;
            }

            var edges = EdgesTo(block);
            if (block.Id != 0 && edges.Count == 0)
            {
                continue;
            }

            var entered = block.Id == 0 ? new ObjectStates() : Join(block, edges);
            _isChanged |= _atEntry[block.Id] is not { } before || !before.HasShapeOf(entered);
            _atEntry[block.Id] = entered;
            _graph.Budget.TryDraw(VisitsOf(entered.Objects.Count) + block.Nodes.Count);
            _state = entered.Copy(RoomFor(block));
            foreach (var id in block.Nodes)
            {
                Visit(id);
            }

            VisitEnd(block);
            _atExit[block.Id] = _state;
            var only = OnlySuccessorOf(block);
            _isChanged |= _onlySuccessor[block.Id] != only;
            _onlySuccessor[block.Id] = only;
        }

        return _isChanged;
    }

    /// <summary>How many objects are known at the end of a block, as far as an earlier walk has found.</summary>
    private int RoomFor(Block block) => _atExit[block.Id]?.Objects.Count ?? 0;

    /// <summary>What it costs to know a number of objects in a block.</summary>
    private static long VisitsOf(int objects) => VisitsPerObject * (long)objects * (1 + (objects / ObjectsAtHand));

    /// <summary>The edges by which control is known to come to a block.</summary>
    private List<Incoming> EdgesTo(Block block)
    {
        var edges = new List<Incoming>();
        foreach (var edge in _incoming.Of(block))
        {
            if (_atExit[edge.Source] is not null && (_onlySuccessor[edge.Source] < 0 || _onlySuccessor[edge.Source] == edge.Index))
            {
                edges.Add(new Incoming(edge.Source, edge.Index));
            }
        }

        return edges;
    }

    private int[] ArgumentsOf(Incoming edge) => _graph.Blocks[edge.Source].Successors[edge.Index].Arguments;

    /// <summary>The only way that a branch goes, because a test of an object without memory decides it; -1 if there are several.</summary>
    private int OnlySuccessorOf(Block block)
    {
        if (block.Terminator.Kind != TerminatorKind.Branch)
        {
            return -1;
        }

        var condition = _graph.Resolve(block.Terminator.Value);
        var isNegated = false;
        while (_graph[condition].Op == Opcode.I32Eqz)
        {
            condition = _graph.Input(condition, 0);
            isNegated = !isNegated;
        }

        if (!_known.TryGetValue(condition, out var value))
        {
            return -1;
        }

        return (value != 0) != isNegated ? 0 : 1;
    }

    /// <summary>What a node stands for in the current state: itself, an object without memory (its complement), or the pointer to it.</summary>
    private int Value(int id) => Value(id, _state);

    private int Value(int id, ObjectStates at)
    {
        id = _graph.Resolve(id);
        var tracked = ObjectOf(id);
        if (tracked < 0 || (!_isRewriting && !at.Knows(tracked)))
        {
            return id;
        }

        return at.Current(~tracked);
    }

    /// <summary>The object that a node refers to; -1 if it is none of them.</summary>
    private int ObjectOf(int id) => id < _objectOf.Length ? _objectOf[id] : -1;

    private void Refers(int id, int tracked)
    {
        if (id < _objectOf.Length)
        {
            _objectOf[id] = tracked;
        }
    }
}
