using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// Moves what a loop computes anew each time with the same result before the loop. Where the loop has a frame state for its
/// entry, this includes checks that every iteration makes: a guard then deoptimizes to the loop's start, and a check that traps becomes
/// a guard that does so, since the trap may come only after effects of the loop.
/// </summary>
internal sealed class LoopInvariantCodeMotion : IPass
{
    /// <inheritdoc/>
    public string Name => "licm";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        var flow = graph.Analyses.ControlFlow;
        if (flow.Loops.Count == 0)
        {
            return Analyses.All;
        }

        // Preheaders change edges; dominators and loops of the old blocks stay as they are.
        var preheaders = new Dictionary<Loop, Block>(flow.Loops.Count);
        foreach (var loop in flow.Loops)
        {
            preheaders.Add(loop, PreheaderOf(graph, flow, loop));
        }

        // Inner loops come first; where loops are nested so deep that the budget ends, the outer ones stay as they are.
        var visits = new Dictionary<Loop, LoopVisit>(flow.Loops.Count);
        var noChecks = new MovedChecks(graph);
        foreach (var loop in flow.Loops)
        {
            var visit = LoopVisit.Of(graph, flow, loop, visits);
            if (graph.Budget.IsUsedUp)
            {
                break;
            }

            visits.Add(loop, visit);
            new Mover(graph, loop, preheaders[loop], visit, noChecks).Run();
        }

        // Nothing else moves checks: the values that only the entry states name are needed no more.
        foreach (var loop in flow.Loops)
        {
            loop.Header.LoopEntryState = -1;
        }

        return Analyses.None;
    }

    /// <summary>The block that leads to a loop and nowhere else; made if there is none.</summary>
    private static Block PreheaderOf(Graph graph, ControlFlow flow, Loop loop)
    {
        var header = loop.Header;
        var outsiders = loop.EntrySources();
        if (outsiders is [int only] && graph.Blocks[only].Terminator.Kind == TerminatorKind.Jump)
        {
            return graph.Blocks[only];
        }

        var preheader = graph.NewBlock();
        preheader.Frequency = graph.Blocks[outsiders[0]].Frequency;
        int[] parameters = [.. header.Parameters];
        foreach (ref var parameter in parameters.AsSpan())
        {
            parameter = graph.AppendParameterLike(preheader, parameter);
        }

        graph.Terminate(
            preheader, new Terminator { Kind = TerminatorKind.Jump, Value = -1, FrameState = -1 }, new Edge(header.Id, parameters));
        foreach (var outsider in outsiders)
        {
            var edges = graph.Blocks[outsider].Successors;
            for (var i = 0; i < edges.Length; i++)
            {
                if (edges[i].Target == header.Id)
                {
                    edges[i] = edges[i] with { Target = preheader.Id };
                }
            }
        }

        flow.Adopt(preheader.Id, loop.Parent);
        return preheader;
    }

    /// <summary>Moves nodes of one loop before it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="preheader">Where nodes move.</param>
    /// <param name="visit">What there is to look at.</param>
    /// <param name="noChecks">None, for all loops before which no check moves.</param>
    private sealed class Mover(Graph graph, Loop loop, Block preheader, LoopVisit visit, MovedChecks noChecks)
    {
        /// <summary>What it costs to move a node, in visits of nodes. In a nest of loops a node may move once for each of them.</summary>
        private const int VisitsPerMove = 8;

        private readonly HashSet<int> _moved = [];
        private readonly HashSet<int> _waiting = [];
        private readonly Dictionary<ValueKey, int> _values = [];

        /// <summary>The checks that have moved; null as long as none has.</summary>
        private MovedChecks? _checks;

        /// <summary>What becomes of a node.</summary>
        private enum Verdict
        {
            /// <summary>It changes in the loop, or must stay where it is.</summary>
            Stays,

            /// <summary>It stays, but a loop around this one may be another case.</summary>
            Waits,

            /// <summary>It moves before the loop.</summary>
            Moves,
        }

        public void Run()
        {
            foreach (var (block, nodes) in visit.Candidates)
            {
                if (!graph.Budget.IsUsedUp)
                {
                    MoveFrom(block, nodes, visit.IsAlways(block));
                }
            }
        }

        private void MoveFrom(Block block, List<int> nodes, bool isAlways)
        {
            var any = false;
            List<int>? left = null;
            foreach (var id in nodes)
            {
                var verdict = Decide(id, isAlways);
                if (verdict == Verdict.Waits)
                {
                    _waiting.Add(id);
                    (left ??= []).Add(id);
                }

                if (verdict != Verdict.Moves)
                {
                    continue;
                }

                graph.Budget.TryDraw(VisitsPerMove);
                _moved.Add(id);
                any = true;
                if (ReplaceByEqual(id))
                {
                    continue;
                }

                graph[id].Block = preheader.Id;
                preheader.Nodes.Add(id);
                MakeGuard(id);
            }

            if (any)
            {
                block.Nodes.RemoveAll(_moved.Contains);
            }

            if (left is not null)
            {
                visit.Left.Add((block, left));
            }
        }

        /// <summary>
        /// Lets an equal node that was moved before stand for this one. They were in places of which none comes before the other, such
        /// as the arms of an if; nothing is written between them now.
        /// </summary>
        private bool ReplaceByEqual(int id)
        {
            var node = graph[id];
            if (IsCheck(node.Op) || node.InputCount > 3)
            {
                return false;
            }

            int Input(int index) => index < node.InputCount ? graph.Input(id, index) : -1;
            var immediate = node.Op == IrOp.Narrow ? node.ReferenceType.Bits : node.Immediate;
            var key = new ValueKey(node.Op, Input(0), Input(1), Input(2), immediate, node.Aux, Version: 0);
            if (_values.TryAdd(key, id))
            {
                return false;
            }

            var equal = _values[key];
            if (node.Type == IrType.Ref && !graph[equal].ReferenceType.IsSubtypeOf(node.ReferenceType))
            {
                return false;
            }

            graph.Replace(id, equal);
            return true;
        }

        private static bool IsCheck(Opcode op) => op is IrOp.Guard or IrOp.TrapIf or IrOp.TrapUnless;

        /// <summary>Decides whether a node moves before the loop.</summary>
        /// <param name="id">The node.</param>
        /// <param name="isAlways">Whether every iteration comes to it.</param>
        private Verdict Decide(int id, bool isAlways)
        {
            var effects = OperatorTable.EffectsOf(graph, id);
            if ((effects & (Effects.AnyWrite | Effects.Pinned | Effects.Allocates | Effects.ReadsMemory)) != 0
                || graph[id].Op == IrOp.ExceptionValue || OperatorTable.IsResultOfCall(graph, id))
            {
                return Verdict.Stays;
            }

            var waits = false;
            foreach (var unresolved in graph.Inputs(id))
            {
                var input = graph.Resolve(unresolved);
                if (loop.Contains(graph[input].Block))
                {
                    if (!_waiting.Contains(input))
                    {
                        return Verdict.Stays;
                    }

                    waits = true;
                }
            }

            var isCheck = IsCheck(graph[id].Op);
            if (visit.IsChanging(id, effects) || (!isCheck && (effects & (Effects.Traps | Effects.Deoptimizes)) != 0))
            {
                return Verdict.Stays;
            }

            var canGuard = isAlways && loop.Header.LoopEntryState >= 0;
            return waits || (isCheck && !canGuard) || !(_checks ?? noChecks).Allow(id) ? Verdict.Waits : Verdict.Moves;
        }

        /// <summary>Turns a check that has moved before the loop into a guard that deoptimizes to the loop's start.</summary>
        private void MakeGuard(int id)
        {
            var op = graph[id].Op;
            if (!IsCheck(op))
            {
                return;
            }

            var condition = graph.Input(id, 0);
            (_checks ??= new MovedChecks(graph)).Add(condition, isTrue: op != IrOp.TrapIf);
            if (op == IrOp.TrapIf)
            {
                var holds = graph.Append(preheader, Opcode.I32Eqz, IrType.I32, [condition]);
                preheader.Nodes.RemoveAt(preheader.Nodes.Count - 1);
                preheader.Nodes.Insert(preheader.Nodes.Count - 1, holds);
                graph.Inputs(id)[0] = holds;
            }

            ref var node = ref graph[id];
            if (op != IrOp.Guard)
            {
                graph.SetOperator(id, IrOp.Guard);
                node.Immediate = (long)DeoptReason.TrapInLoop;
            }

            node.Aux = loop.Header.LoopEntryState;
        }
    }
}
