using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <summary>
/// Which of the references that may be to <see cref="TrackedObject"/>s are needed at or behind the start of each block; frame states
/// need theirs. Each reference is followed from its uses up to where it is made, until more are alive in more blocks than their objects could be followed.
/// </summary>
internal sealed class ReferenceLiveness
{
    private readonly Graph graph;
    private readonly ControlFlow flow;
    private readonly bool[] isName;
    private readonly List<int>?[] liveIn;
    private readonly int visitsPerObject;

    /// <summary>The references in the order of their first uses, and the blocks that use each.</summary>
    private readonly List<(int Name, List<int> Users)> names = [];
    private readonly Dictionary<int, int> numbers = [];

    /// <summary>By block, the reference that was seen last to be live at its start, from 1 in the order of <see cref="names"/>.</summary>
    private readonly int[] lastLiveIn;
    private readonly Stack<int> work = new();
    private long liveObjects;

    /// <summary>Computes it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="flow">Its control flow.</param>
    /// <param name="allocations">The nodes that make the objects.</param>
    /// <param name="visitsPerObject">What it costs at least to follow an object through a block, in visits of nodes.</param>
    public ReferenceLiveness(Graph graph, ControlFlow flow, IEnumerable<int> allocations, int visitsPerObject)
    {
        this.graph = graph;
        this.flow = flow;
        this.visitsPerObject = visitsPerObject;
        isName = new bool[graph.NodeCount];
        liveIn = new List<int>?[graph.Blocks.Count];
        lastLiveIn = new int[graph.Blocks.Count];
        foreach (int id in allocations)
        {
            isName[id] = true;
        }

        FindNames();
        foreach (Block block in flow.Order)
        {
            FindUses(block);
        }

        for (int i = 0; i < names.Count && !graph.Budget.IsUsedUp; i++)
        {
            FindLiveBlocks(i + 1, names[i].Name, names[i].Users);
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
        Func<int, bool> useInState = id =>
        {
            Use(block.Id, id);
            return false;
        };
        foreach (int id in block.Nodes)
        {
            foreach (int input in graph.Inputs(id))
            {
                Use(block.Id, input);
            }

            FrameStates.Any(graph, graph.StateOf(id), useInState);
        }

        foreach (int id in block.Terminator.Values ?? [])
        {
            Use(block.Id, id);
        }

        if (block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            FrameStates.Any(graph, block.Terminator.FrameState, useInState);
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
                FrameStates.Any(graph, target.LoopEntryState, useInState);
            }
        }
    }

    private void Use(int block, int id)
    {
        int name = graph.Resolve(id);
        if (!isName[name] || graph[name].Block == block)
        {
            return;
        }

        if (!numbers.TryGetValue(name, out int number))
        {
            number = names.Count;
            numbers.Add(name, number);
            names.Add((name, []));
        }

        List<int> users = names[number].Users;
        if (users.Count == 0 || users[^1] != block)
        {
            users.Add(block);
        }
    }

    /// <summary>Follows a reference from its uses up to its definition.</summary>
    private void FindLiveBlocks(int number, int name, List<int> users)
    {
        bool isObject = graph[name].Op != IrOp.BlockParameter && !PassesOn(graph[name].Op);
        int definition = graph[name].Block;
        foreach (int user in users)
        {
            work.Push(user);
        }

        while (work.TryPop(out int block))
        {
            if (block == definition || lastLiveIn[block] == number || !flow.IsReachable(block))
            {
                continue;
            }

            lastLiveIn[block] = number;
            liveObjects += isObject ? 1 : 0;
            if (!graph.Budget.TryDraw(1) || !graph.Budget.CanDraw(visitsPerObject * liveObjects))
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
