using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>What <see cref="ValueNumbering"/> may remove.</summary>
[Flags]
internal enum Redundancies
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A computation whose value a dominating one has.</summary>
    Computations = 1,

    /// <summary>A load of what was loaded or stored before and cannot have changed.</summary>
    Loads = 2,

    /// <summary>A check or branch that a dominating one decides.</summary>
    Checks = 4,
}

/// <summary>
/// Global value numbering over the dominator tree: a node is replaced by an equal one that dominates it. What depends on state
/// (memory, tables, globals, sizes) is equal only in the same version of that state; a version ends with every write, and where
/// control comes together with different versions, or a loop writes, a new one begins. Guards, traps and branches on conditions
/// that a dominating check has decided go as well: after the peeling of a loop its checks of what does not change are such.
/// </summary>
internal sealed class ValueNumbering(Redundancies redundancies) : IPass
{
    /// <inheritdoc/>
    public string Name => "gvn";

    /// <inheritdoc/>
    public void Run(Graph graph)
    {
        new Walk(graph, redundancies).Run();
    }

    private sealed class Walk
    {
        private readonly Graph graph;
        private readonly Redundancies redundancies;
        private readonly ControlFlow flow;
        private readonly StateVersions versions;
        private readonly ValueTable table = new();
        private readonly Dictionary<int, bool> known = [];
        private readonly Stack<int> knownUndo = new();

        public Walk(Graph graph, Redundancies redundancies)
        {
            this.graph = graph;
            this.redundancies = redundancies;
            flow = new ControlFlow(graph);
            versions = new StateVersions(graph, flow);
        }

        public void Run()
        {
            var children = new List<Block>[graph.Blocks.Count];
            foreach (Block block in flow.Order.Skip(1))
            {
                (children[flow.DominatorOf(block).Id] ??= []).Add(block);
            }

            var stack = new Stack<(Block Block, int NextChild, int TableMark, int KnownMark)>();
            stack.Push((flow.Order[0], 0, 0, 0));
            Visit(flow.Order[0]);
            while (stack.TryPop(out (Block Block, int NextChild, int TableMark, int KnownMark) top))
            {
                List<Block>? below = children[top.Block.Id];
                if (below is not null && top.NextChild < below.Count)
                {
                    Block child = below[top.NextChild];
                    stack.Push(top with { NextChild = top.NextChild + 1 });
                    stack.Push((child, 0, table.Count, knownUndo.Count));
                    LearnFromEdge(top.Block, child);
                    Visit(child);
                    continue;
                }

                Forget(top.TableMark, top.KnownMark);
            }
        }

        private void Forget(int tableMark, int knownMark)
        {
            table.Shrink(tableMark);
            while (knownUndo.Count > knownMark)
            {
                known.Remove(knownUndo.Pop());
            }
        }

        /// <summary>In a block that only one edge of a branch leads to, the branch's condition is known.</summary>
        private void LearnFromEdge(Block dominator, Block block)
        {
            if (dominator.Terminator.Kind == TerminatorKind.Branch && block.Predecessors.Count == 1)
            {
                Learn(graph.Resolve(dominator.Terminator.Value), dominator.Successors[0].Target == block.Id);
            }
        }

        private void Learn(int condition, bool isTrue)
        {
            if ((redundancies & Redundancies.Checks) != 0 && known.TryAdd(condition, isTrue))
            {
                knownUndo.Push(condition);
            }
        }

        private void Visit(Block block)
        {
            versions.Enter(block);
            foreach (int id in block.Nodes)
            {
                ref Node node = ref graph[id];
                foreach (ref int input in graph.Inputs(id))
                {
                    input = graph.Resolve(input);
                }

                switch (node.Op)
                {
                    case IrOp.TrapIf:
                        VisitCheck(id, passesWhen: false);
                        break;
                    case IrOp.TrapUnless or IrOp.Guard:
                        VisitCheck(id, passesWhen: true);
                        break;
                    default:
                        VisitNode(id);
                        break;
                }
            }

            ref Terminator terminator = ref block.Terminator;
            if (terminator.Kind == TerminatorKind.Branch
                && known.TryGetValue(graph.Resolve(terminator.Value), out bool isTrue))
            {
                Edge taken = block.Successors[isTrue ? 0 : 1];
                terminator.Kind = TerminatorKind.Jump;
                terminator.Value = -1;
                block.Successors = [taken];
            }
        }

        private void VisitCheck(int id, bool passesWhen)
        {
            int condition = graph.Input(id, 0);
            ref Node node = ref graph[condition];
            bool isKnown = known.TryGetValue(condition, out bool value);
            if (!isKnown && node.Op == Opcode.I32Const && (redundancies & Redundancies.Checks) != 0)
            {
                isKnown = true;
                value = (int)node.Immediate != 0;
            }

            if (isKnown && value == passesWhen)
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
                versions.Write(effects, in node);
                Forward(id, in node);
                return;
            }

            bool readsState = (effects & StateVersions.Reads) != 0;
            Redundancies needed = readsState ? Redundancies.Loads : Redundancies.Computations;
            if ((effects & Effects.Unique) != 0 || (redundancies & needed) == 0
                || node.InputCount > 3 || node.Op == IrOp.Projection)
            {
                return;
            }

            ValueKey key = KeyOf(id, in node, readsState ? versions.Of(effects, in node) : 0);
            int found = table.FindOrAdd(in key, id);
            if (found != id)
            {
                graph.Replace(id, found);
            }
        }

        /// <summary>What a store or an assignment has just put somewhere is what a load there gives.</summary>
        private void Forward(int id, in Node store)
        {
            (Opcode load, int value) = store.Op switch
            {
                Opcode.GlobalSet => (Opcode.GlobalGet, graph.Input(id, 0)),
                IrOp.StoreTableElement => (IrOp.LoadTableElement, graph.Input(id, 1)),
                Opcode.I32Store => (Opcode.I32Load, graph.Input(id, 1)),
                Opcode.I64Store => (Opcode.I64Load, graph.Input(id, 1)),
                Opcode.F32Store => (Opcode.F32Load, graph.Input(id, 1)),
                Opcode.F64Store => (Opcode.F64Load, graph.Input(id, 1)),
                _ => (IrOp.Nop, -1),
            };
            if (load == IrOp.Nop || (redundancies & Redundancies.Loads) == 0)
            {
                return;
            }

            int address = load == Opcode.GlobalGet ? -1 : graph.Input(id, 0);
            Effects effects = load switch
            {
                Opcode.GlobalGet => Effects.ReadsGlobal,
                IrOp.LoadTableElement => Effects.ReadsTable,
                _ => Effects.ReadsMemory,
            };
            table.Add(new ValueKey(load, address, -1, -1, store.Immediate, store.Aux, versions.Of(effects, in store)), value);
        }

        private ValueKey KeyOf(int id, in Node node, int version)
        {
            Span<int> inputs = graph.Inputs(id);
            int first = inputs.Length > 0 ? inputs[0] : -1;
            int second = inputs.Length > 1 ? inputs[1] : -1;
            int third = inputs.Length > 2 ? inputs[2] : -1;
            if (first > second && inputs.Length == 2 && OperatorTable.IsCommutative(node.Op))
            {
                (first, second) = (second, first);
            }

            // The type that they tell of, or check, is part of what these do.
            long immediate = node.Op is IrOp.Narrow or IrOp.RefCast ? node.ReferenceType.Bits : node.Immediate;
            return new ValueKey(node.Op, first, second, third, immediate, node.Aux, version);
        }
    }
}
