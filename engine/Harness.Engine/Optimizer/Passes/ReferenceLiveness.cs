using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Which of the references that may be to <see cref="TrackedObject"/>s are needed at or behind the start of each block; frame states
/// need theirs.
/// </summary>
internal sealed class ReferenceLiveness
{
    private readonly Graph graph;
    private readonly ControlFlow flow;
    private readonly bool[] isName;
    private readonly List<int>?[] liveIn;
    private readonly HashSet<(int Block, int Name)> marked = [];
    private readonly Stack<int> work = new();

    /// <summary>Computes it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="flow">Its control flow.</param>
    /// <param name="allocations">The nodes that make the objects.</param>
    public ReferenceLiveness(Graph graph, ControlFlow flow, IEnumerable<int> allocations)
    {
        this.graph = graph;
        this.flow = flow;
        isName = new bool[graph.NodeCount];
        liveIn = new List<int>?[graph.Blocks.Count];
        foreach (int id in allocations)
        {
            isName[id] = true;
        }

        FindNames();
        foreach (Block block in flow.Order)
        {
            FindUses(block);
        }
    }

    /// <summary>The references that are live at the start of a block; its parameters are not among them.</summary>
    public List<int> At(Block block) => liveIn[block.Id] ?? [];

    /// <summary>What passes a reference on, or loads one from an object where it may have been stored.</summary>
    private static bool PassesOn(Opcode op) =>
        op is IrOp.Narrow or IrOp.RefCast or Opcode.Select or Opcode.StructGet or Opcode.ArrayGet;

    private void FindNames()
    {
        for (bool changed = true; changed && graph.Budget.TryDraw(flow.Order.Count);)
        {
            changed = false;
            foreach (Block block in flow.Order)
            {
                foreach (int id in block.Nodes)
                {
                    if (!isName[id] && graph[id].Type == IrType.Ref && PassesOn(graph[id].Op) && AnyName(graph.Inputs(id)))
                    {
                        isName[id] = true;
                        changed = true;
                    }
                }

                foreach (Edge edge in block.Successors)
                {
                    List<int> parameters = graph.Blocks[edge.Target].Parameters;
                    for (int i = 0; i < parameters.Count; i++)
                    {
                        if (!isName[parameters[i]] && isName[graph.Resolve(edge.Arguments[i])])
                        {
                            isName[parameters[i]] = true;
                            changed = true;
                        }
                    }
                }
            }
        }
    }

    private bool AnyName(ReadOnlySpan<int> inputs)
    {
        foreach (int input in inputs)
        {
            if (isName[graph.Resolve(input)])
            {
                return true;
            }
        }

        return false;
    }

    private void FindUses(Block block)
    {
        bool UseInState(int id)
        {
            Use(block.Id, id);
            return false;
        }

        foreach (int id in block.Nodes)
        {
            foreach (int input in graph.Inputs(id))
            {
                Use(block.Id, input);
            }

            FrameStates.Any(graph, graph.StateOf(id), UseInState);
        }

        foreach (int id in block.Terminator.Values ?? [])
        {
            Use(block.Id, id);
        }

        if (block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            FrameStates.Any(graph, block.Terminator.FrameState, UseInState);
        }

        foreach (Edge edge in block.Successors)
        {
            foreach (int id in edge.Arguments)
            {
                Use(block.Id, id);
            }

            Block target = graph.Blocks[edge.Target];
            if (target.IsLoopHeader && !flow.Dominates(target.Id, block.Id))
            {
                FrameStates.Any(graph, target.LoopEntryState, UseInState);
            }
        }
    }

    private void Use(int block, int id)
    {
        int name = graph.Resolve(id);
        if (isName[name])
        {
            MarkLiveIn(block, name);
        }
    }

    private void MarkLiveIn(int user, int name)
    {
        work.Push(user);
        while (work.TryPop(out int block))
        {
            if (graph[name].Block == block || !flow.IsReachable(block) || !marked.Add((block, name)))
            {
                continue;
            }

            if (!graph.Budget.TryDraw(1))
            {
                work.Clear();
                return;
            }

            (liveIn[block] ??= []).Add(name);
            foreach (int predecessor in graph.Blocks[block].Predecessors)
            {
                work.Push(predecessor);
            }
        }
    }
}
