using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>One run of <see cref="ValueNumbering"/> over a graph.</summary>
internal sealed partial class ValueNumberingWalk
{
    private readonly Graph _graph;
    private readonly Redundancies _redundancies;
    private readonly ControlFlow _flow;
    private readonly StateVersions _versions;
    private readonly KnownReferences _references;
    private readonly EntryConstants _constants;
    private readonly ValueTable _table;
    private readonly KnownConditions _conditions;
    private readonly List<int> _output;
    private readonly Stack<ValueNumberingMemory.Step> _steps;
    private readonly Queue<int> _behind = new();
    private Block _block;
    private int _current = -1;

    /// <summary>Prepares for a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="redundancies">What may be removed.</param>
    /// <param name="memory">Memory in which nothing is known.</param>
    public ValueNumberingWalk(Graph graph, Redundancies redundancies, ValueNumberingMemory memory)
    {
        _table = memory.Table;
        _conditions = memory.Conditions;
        _output = memory.Output;
        _steps = memory.Steps;
        _graph = graph;
        _redundancies = redundancies;
        _flow = graph.Analyses.ControlFlow;
        _versions = memory.Versions;
        _versions.Run(graph, _flow);
        _references = new KnownReferences(graph);
        _constants = new EntryConstants(graph);
        _block = _flow.Order[0];
    }

    /// <summary>Whether a branch has become a jump.</summary>
    public bool HasRemovedEdges { get; private set; }

    /// <summary>Walks over the dominator tree.</summary>
    public void Run()
    {
        var entry = _flow.Order[0];
        _steps.Push(new ValueNumberingMemory.Step(entry, _flow.FirstChildOf(entry), default));
        Visit(entry);
        while (_steps.TryPop(out var top))
        {
            if (top.Child is { } child)
            {
                _steps.Push(top with { Child = _flow.NextSiblingOf(child) });
                _steps.Push(new ValueNumberingMemory.Step(child, _flow.FirstChildOf(child), new ValueNumberingMemory.Marks(_table.Count, _conditions.Count, _references.Count)));
                LearnFromEdge(top.Block, child);
                Visit(child);
                continue;
            }

            Forget(top.Marks);
        }

        _constants.Place();
    }

    private bool Removes(Redundancies kind) => (_redundancies & kind) != 0;

    private void Forget(ValueNumberingMemory.Marks marks)
    {
        _table.Shrink(marks.Table);
        _references.Forget(marks.References);
        _conditions.Forget(marks.Conditions);
    }

    /// <summary>In a block that only one edge of a branch leads to, the branch's condition is known.</summary>
    private void LearnFromEdge(Block dominator, Block next)
    {
        if (dominator.Terminator.Kind == TerminatorKind.Branch && next.Predecessors.Count == 1)
        {
            _block = next;
            Learn(_graph.Resolve(dominator.Terminator.Value), dominator.Successors[0].Target == next.Id);
        }
    }

    /// <summary>A condition holds, or does not, from the current position on.</summary>
    private void Learn(int condition, bool isTrue)
    {
        for (; ; condition = _graph.Input(condition, 0), isTrue = !isTrue)
        {
            if (Removes(Redundancies.Checks) && !_conditions.TryLearn(condition, isTrue))
            {
                // What it says of other conditions and of types was learned with it.
                return;
            }

            if (_graph[condition].Op != Opcode.I32Eqz)
            {
                LearnType(condition, isTrue);
                return;
            }
        }
    }

    private void Visit(Block visited)
    {
        _block = visited;
        _versions.Enter(_block);
        var nodes = _block.Nodes;
        _output.Clear();
        VisitBehind();
        foreach (var id in nodes)
        {
            VisitInBlock(id);
            VisitBehind();
        }

        nodes.Clear();
        nodes.AddRange(_output);

        ref var terminator = ref _block.Terminator;
        if (terminator.Kind == TerminatorKind.Branch && IsKnown(_graph.Resolve(terminator.Value), out var isTrue))
        {
            terminator.Kind = TerminatorKind.Jump;
            terminator.Value = -1;
            _block.KeepSuccessor(isTrue ? 0 : 1);
            HasRemovedEdges = true;
        }
    }

    /// <summary>Visits the nodes that were made for the place where the walk is.</summary>
    private void VisitBehind()
    {
        while (_behind.TryDequeue(out var id))
        {
            VisitInBlock(id);
        }
    }

    private void VisitInBlock(int id)
    {
        _graph.Budget.CountStep();
        if (_graph[id].Op is IrOp.Alias or IrOp.Nop)
        {
            return;
        }

        _current = id;
        foreach (ref var input in _graph.Inputs(id))
        {
            input = _graph.Resolve(input);
        }

        UseBestNames(id);
        switch (_graph[id].Op)
        {
            case IrOp.TrapIf:
                VisitCheck(id, passesWhen: false);
                break;
            case IrOp.TrapUnless or IrOp.Guard:
                VisitCheck(id, passesWhen: true);
                break;
            default:
                if (!VisitReference(id))
                {
                    VisitNode(id);
                }

                break;
        }

        if (_graph[id].Op is not (IrOp.Alias or IrOp.Nop))
        {
            _output.Add(id);
        }
    }

    private bool IsKnown(int condition, out bool isTrue)
    {
        if (_conditions.IsKnown(condition, out isTrue))
        {
            return true;
        }

        isTrue = (int)_graph[condition].Immediate != 0;
        return _graph[condition].Op == Opcode.I32Const && Removes(Redundancies.Checks);
    }

    private void VisitCheck(int id, bool passesWhen)
    {
        var condition = _graph.Input(id, 0);
        if (IsKnown(condition, out var value) && value == passesWhen)
        {
            _graph.Remove(id);
            return;
        }

        Learn(condition, passesWhen);
    }

    private void VisitNode(int id)
    {
        ref var node = ref _graph[id];
        var effects = OperatorTable.EffectsOf(_graph, id);
        if ((effects & Effects.AnyWrite) != 0)
        {
            _versions.Write(effects, id);
            Forward(id, in node);
            LearnNonNull(id);
            return;
        }

        var readsState = (effects & StateVersions.Reads) != 0;
        var isObjectRead = Access.ReadsObject(node.Op);
        var isLoad = readsState || isObjectRead;
        if ((effects & Effects.Unique) != 0 || !Removes(isLoad ? Redundancies.Loads : Redundancies.Computations)
            || node.InputCount > ValueKey.MaxInputs || OperatorTable.IsResultOfCall(_graph, id))
        {
            ForwardNew(id);
            LearnNonNull(id);
            return;
        }

        if (isObjectRead)
        {
            VisitObjectRead(id);
        }
        else
        {
            var key = KeyOf(id, in node, readsState ? _versions.Of(effects, id) : 0);
            Reuse(id, _table.FindOrAdd(in key, id));
        }

        LearnNonNull(id);
    }

    /// <summary>Lets a node stand for an equal one found before; what its own type says more of a reference is kept.</summary>
    private void Reuse(int id, int found)
    {
        if (found == id)
        {
            return;
        }

        ref var node = ref _graph[id];
        if (node.Type != IrType.Ref || _graph[found].ReferenceType.IsSubtypeOf(node.ReferenceType))
        {
            _graph.Replace(id, found);
            return;
        }

        var narrowed = Insert(IrOp.Narrow, IrType.Ref, [found]);
        _graph[narrowed].ReferenceType = ReferenceTypes.Meet(_graph[found].ReferenceType, _graph[id].ReferenceType);
        _graph.Replace(id, narrowed);
    }

    /// <summary>Makes a node right before the current one; it is not looked at.</summary>
    private int Insert(Opcode op, IrType type, ReadOnlySpan<int> inputs, long immediate = 0)
    {
        var id = _graph.NewNode(_block.Id, op, type, inputs, immediate);
        _graph[id].BytecodeOffset = _graph[_current].BytecodeOffset;
        _graph[id].Inlining = _graph[_current].Inlining;
        _output.Add(id);
        return id;
    }

    /// <summary>What a store or an assignment has just put somewhere is what a load there gives.</summary>
    private void Forward(int id, in Node store)
    {
        if (!Removes(Redundancies.Loads))
        {
            return;
        }

        if (Access.WritesObject(store.Op))
        {
            ForwardObjectWrite(id);
            return;
        }

        var (load, value) = store.Op switch
        {
            Opcode.GlobalSet => (Opcode.GlobalGet, _graph.Input(id, 0)),
            IrOp.StoreTableElement => (IrOp.LoadTableElement, _graph.Input(id, 1)),
            Opcode.I32Store => (Opcode.I32Load, _graph.Input(id, 1)),
            Opcode.I64Store => (Opcode.I64Load, _graph.Input(id, 1)),
            Opcode.F32Store => (Opcode.F32Load, _graph.Input(id, 1)),
            Opcode.F64Store => (Opcode.F64Load, _graph.Input(id, 1)),
            Opcode.V128Store => (Opcode.V128Load, _graph.Input(id, 1)),
            _ => (IrOp.Nop, -1),
        };
        if (load == IrOp.Nop)
        {
            return;
        }

        var address = load == Opcode.GlobalGet ? -1 : _graph.Input(id, 0);
        var effects = Access.ShapeOf(load).Effects;
        _table.Add(new ValueKey(load, address, -1, -1, store.Immediate, store.Aux, _versions.Of(effects, id)), value);
    }

    private ValueKey KeyOf(int id, in Node node, int version)
    {
        var inputs = _graph.Inputs(id);
        var first = inputs.Length > 0 ? ReferenceTypes.SourceOf(_graph, inputs[0]) : -1;
        var second = inputs.Length > 1 ? ReferenceTypes.SourceOf(_graph, inputs[1]) : -1;
        var third = inputs.Length > 2 ? ReferenceTypes.SourceOf(_graph, inputs[2]) : -1;
        if (first > second && inputs.Length == 2 && OperatorTable.IsCommutative(node.Op))
        {
            (first, second) = (second, first);
        }

        var immediate = node.Op is IrOp.Narrow or IrOp.RefCast ? node.ReferenceType.Bits : node.Immediate;
        return new ValueKey(node.Op, first, second, third, immediate, node.Aux, version);
    }
}
