using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>One run of <see cref="ValueNumbering"/> over a graph.</summary>
internal sealed partial class ValueNumberingWalk
{
    private readonly Graph graph;
    private readonly Redundancies redundancies;
    private readonly ControlFlow flow;
    private readonly StateVersions versions;
    private readonly KnownReferences references;
    private readonly EntryConstants constants;
    private readonly ValueTable table;
    private readonly KnownConditions conditions;
    private readonly List<int> output;
    private readonly Stack<ValueNumberingMemory.Step> steps;
    private readonly Queue<int> behind = new();
    private Block block;
    private int current = -1;

    /// <summary>Prepares for a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="redundancies">What may be removed.</param>
    /// <param name="memory">Memory in which nothing is known.</param>
    public ValueNumberingWalk(Graph graph, Redundancies redundancies, ValueNumberingMemory memory)
    {
        table = memory.Table;
        conditions = memory.Conditions;
        output = memory.Output;
        steps = memory.Steps;
        this.graph = graph;
        this.redundancies = redundancies;
        flow = graph.Analyses.ControlFlow;
        versions = memory.Versions;
        versions.Run(graph, flow);
        references = new KnownReferences(graph);
        constants = new EntryConstants(graph);
        block = flow.Order[0];
    }

    /// <summary>Whether a branch has become a jump.</summary>
    public bool HasRemovedEdges { get; private set; }

    /// <summary>Walks over the dominator tree.</summary>
    public void Run()
    {
        Block entry = flow.Order[0];
        steps.Push(new ValueNumberingMemory.Step(entry, flow.FirstChildOf(entry), default));
        Visit(entry);
        while (steps.TryPop(out ValueNumberingMemory.Step top))
        {
            if (top.Child is { } child)
            {
                steps.Push(top with { Child = flow.NextSiblingOf(child) });
                steps.Push(new ValueNumberingMemory.Step(child, flow.FirstChildOf(child), new ValueNumberingMemory.Marks(table.Count, conditions.Count, references.Count)));
                LearnFromEdge(top.Block, child);
                Visit(child);
                continue;
            }

            Forget(top.Marks);
        }

        constants.Place();
    }

    private bool Removes(Redundancies kind) => (redundancies & kind) != 0;

    private void Forget(ValueNumberingMemory.Marks marks)
    {
        table.Shrink(marks.Table);
        references.Forget(marks.References);
        conditions.Forget(marks.Conditions);
    }

    /// <summary>In a block that only one edge of a branch leads to, the branch's condition is known.</summary>
    private void LearnFromEdge(Block dominator, Block next)
    {
        if (dominator.Terminator.Kind == TerminatorKind.Branch && next.Predecessors.Count == 1)
        {
            block = next;
            Learn(graph.Resolve(dominator.Terminator.Value), dominator.Successors[0].Target == next.Id);
        }
    }

    /// <summary>A condition holds, or does not, from the current position on.</summary>
    private void Learn(int condition, bool isTrue)
    {
        for (; ; condition = graph.Input(condition, 0), isTrue = !isTrue)
        {
            if (Removes(Redundancies.Checks) && !conditions.TryLearn(condition, isTrue))
            {
                // What it says of other conditions and of types was learned with it.
                return;
            }

            if (graph[condition].Op != Opcode.I32Eqz)
            {
                LearnType(condition, isTrue);
                return;
            }
        }
    }

    private void Visit(Block visited)
    {
        block = visited;
        versions.Enter(block);
        List<int> nodes = block.Nodes;
        output.Clear();
        VisitBehind();
        foreach (int id in nodes)
        {
            VisitInBlock(id);
            VisitBehind();
        }

        nodes.Clear();
        nodes.AddRange(output);

        ref Terminator terminator = ref block.Terminator;
        if (terminator.Kind == TerminatorKind.Branch && IsKnown(graph.Resolve(terminator.Value), out bool isTrue))
        {
            terminator.Kind = TerminatorKind.Jump;
            terminator.Value = -1;
            block.KeepSuccessor(isTrue ? 0 : 1);
            HasRemovedEdges = true;
        }
    }

    /// <summary>Visits the nodes that were made for the place where the walk is.</summary>
    private void VisitBehind()
    {
        while (behind.TryDequeue(out int id))
        {
            VisitInBlock(id);
        }
    }

    private void VisitInBlock(int id)
    {
        graph.Budget.CountStep();
        if (graph[id].Op is IrOp.Alias or IrOp.Nop)
        {
            return;
        }

        current = id;
        foreach (ref int input in graph.Inputs(id))
        {
            input = graph.Resolve(input);
        }

        UseBestNames(id);
        switch (graph[id].Op)
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

        if (graph[id].Op is not (IrOp.Alias or IrOp.Nop))
        {
            output.Add(id);
        }
    }

    private bool IsKnown(int condition, out bool isTrue)
    {
        if (conditions.IsKnown(condition, out isTrue))
        {
            return true;
        }

        isTrue = (int)graph[condition].Immediate != 0;
        return graph[condition].Op == Opcode.I32Const && Removes(Redundancies.Checks);
    }

    private void VisitCheck(int id, bool passesWhen)
    {
        int condition = graph.Input(id, 0);
        if (IsKnown(condition, out bool value) && value == passesWhen)
        {
            graph.Remove(id);
            return;
        }

        Learn(condition, passesWhen);
    }

    private void VisitNode(int id)
    {
        ref Node node = ref graph[id];
        Effects effects = OperatorTable.EffectsOf(graph, id);
        if ((effects & Effects.AnyWrite) != 0)
        {
            versions.Write(effects, id);
            Forward(id, in node);
            LearnNonNull(id);
            return;
        }

        bool readsState = (effects & StateVersions.Reads) != 0;
        bool isObjectRead = Access.ReadsObject(node.Op);
        bool isLoad = readsState || isObjectRead;
        if ((effects & Effects.Unique) != 0 || !Removes(isLoad ? Redundancies.Loads : Redundancies.Computations)
            || node.InputCount > ValueKey.MaxInputs || OperatorTable.IsResultOfCall(graph, id))
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
            ValueKey key = KeyOf(id, in node, readsState ? versions.Of(effects, id) : 0);
            Reuse(id, table.FindOrAdd(in key, id));
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

        ref Node node = ref graph[id];
        if (node.Type != IrType.Ref || graph[found].ReferenceType.IsSubtypeOf(node.ReferenceType))
        {
            graph.Replace(id, found);
            return;
        }

        int narrowed = Insert(IrOp.Narrow, IrType.Ref, [found]);
        graph[narrowed].ReferenceType = ReferenceTypes.Meet(graph[found].ReferenceType, graph[id].ReferenceType);
        graph.Replace(id, narrowed);
    }

    /// <summary>Makes a node right before the current one; it is not looked at.</summary>
    private int Insert(Opcode op, IrType type, ReadOnlySpan<int> inputs, long immediate = 0)
    {
        int id = graph.NewNode(block.Id, op, type, inputs, immediate);
        graph[id].BytecodeOffset = graph[current].BytecodeOffset;
        graph[id].Inlining = graph[current].Inlining;
        output.Add(id);
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

        (Opcode load, int value) = store.Op switch
        {
            Opcode.GlobalSet => (Opcode.GlobalGet, graph.Input(id, 0)),
            IrOp.StoreTableElement => (IrOp.LoadTableElement, graph.Input(id, 1)),
            Opcode.I32Store => (Opcode.I32Load, graph.Input(id, 1)),
            Opcode.I64Store => (Opcode.I64Load, graph.Input(id, 1)),
            Opcode.F32Store => (Opcode.F32Load, graph.Input(id, 1)),
            Opcode.F64Store => (Opcode.F64Load, graph.Input(id, 1)),
            Opcode.V128Store => (Opcode.V128Load, graph.Input(id, 1)),
            _ => (IrOp.Nop, -1),
        };
        if (load == IrOp.Nop)
        {
            return;
        }

        int address = load == Opcode.GlobalGet ? -1 : graph.Input(id, 0);
        Effects effects = Access.ShapeOf(load).Effects;
        table.Add(new ValueKey(load, address, -1, -1, store.Immediate, store.Aux, versions.Of(effects, id)), value);
    }

    private ValueKey KeyOf(int id, in Node node, int version)
    {
        Span<int> inputs = graph.Inputs(id);
        int first = inputs.Length > 0 ? ReferenceTypes.SourceOf(graph, inputs[0]) : -1;
        int second = inputs.Length > 1 ? ReferenceTypes.SourceOf(graph, inputs[1]) : -1;
        int third = inputs.Length > 2 ? ReferenceTypes.SourceOf(graph, inputs[2]) : -1;
        if (first > second && inputs.Length == 2 && OperatorTable.IsCommutative(node.Op))
        {
            (first, second) = (second, first);
        }

        long immediate = node.Op is IrOp.Narrow or IrOp.RefCast ? node.ReferenceType.Bits : node.Immediate;
        return new ValueKey(node.Op, first, second, third, immediate, node.Aux, version);
    }
}
