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
    private readonly Graph _graph;
    private readonly ControlFlow _flow;
    private readonly bool[] _isName;
    private readonly List<int>?[] _liveIn;
    private readonly int _visitsPerObject;

    /// <summary>The references in the order of their first uses, and the blocks that use each.</summary>
    private readonly List<(int Name, List<int> Users)> _names = [];
    private readonly Dictionary<int, int> _numbers = [];

    /// <summary>By block, the reference that was seen last to be live at its start, from 1 in the order of <see cref="_names"/>.</summary>
    private readonly int[] _lastLiveIn;
    private readonly Stack<int> _work = new();
    private long _liveObjects;

    /// <summary>Computes it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="flow">Its control flow.</param>
    /// <param name="allocations">The nodes that make the objects.</param>
    /// <param name="visitsPerObject">What it costs at least to follow an object through a block, in visits of nodes.</param>
    public ReferenceLiveness(Graph graph, ControlFlow flow, IEnumerable<int> allocations, int visitsPerObject)
    {
        _graph = graph;
        _flow = flow;
        _visitsPerObject = visitsPerObject;
        _isName = new bool[graph.NodeCount];
        _liveIn = new List<int>?[graph.Blocks.Count];
        _lastLiveIn = new int[graph.Blocks.Count];
        foreach (var id in allocations)
        {
            _isName[id] = true;
        }

        FindNames();
        foreach (var block in flow.Order)
        {
            FindUses(block);
        }

        for (var i = 0; i < _names.Count && !graph.Budget.IsUsedUp; i++)
        {
            FindLiveBlocks(i + 1, _names[i].Name, _names[i].Users);
        }
    }

    /// <summary>The references that are live at the start of a block; its parameters are not among them.</summary>
    public List<int> At(Block block) => _liveIn[block.Id] ?? [];

    /// <summary>What passes a reference on, or loads one from an object where it may have been stored.</summary>
    private static bool PassesOn(Opcode op) =>
        op is IrOp.Narrow or IrOp.RefCast or Opcode.Select or Opcode.StructGet or Opcode.ArrayGet;

    private void FindNames()
    {
        for (var changed = true; changed && _graph.Budget.TryDraw(_flow.Order.Count);)
        {
            changed = false;
            foreach (var block in _flow.Order)
            {
                foreach (var id in block.Nodes)
                {
                    if (!_isName[id] && _graph[id].Type == IrType.Ref && PassesOn(_graph[id].Op) && AnyName(_graph.Inputs(id)))
                    {
                        _isName[id] = true;
                        changed = true;
                    }
                }

                foreach (var edge in block.Successors)
                {
                    var parameters = _graph.Blocks[edge.Target].Parameters;
                    for (var i = 0; i < parameters.Count; i++)
                    {
                        if (!_isName[parameters[i]] && _isName[_graph.Resolve(edge.Arguments[i])])
                        {
                            _isName[parameters[i]] = true;
                            changed = true;
                        }
                    }
                }
            }
        }
    }

    private bool AnyName(ReadOnlySpan<int> inputs)
    {
        foreach (var input in inputs)
        {
            if (_isName[_graph.Resolve(input)])
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
        foreach (var id in block.Nodes)
        {
            foreach (var input in _graph.Inputs(id))
            {
                Use(block.Id, input);
            }

            FrameStates.Any(_graph, _graph.StateOf(id), useInState);
        }

        foreach (var id in block.Terminator.Values ?? [])
        {
            Use(block.Id, id);
        }

        if (block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            FrameStates.Any(_graph, block.Terminator.FrameState, useInState);
        }

        foreach (var edge in block.Successors)
        {
            foreach (var id in edge.Arguments)
            {
                Use(block.Id, id);
            }

            var target = _graph.Blocks[edge.Target];
            if (target.IsLoopHeader && !_flow.Dominates(target.Id, block.Id))
            {
                FrameStates.Any(_graph, target.LoopEntryState, useInState);
            }
        }
    }

    private void Use(int block, int id)
    {
        var name = _graph.Resolve(id);
        if (!_isName[name] || _graph[name].Block == block)
        {
            return;
        }

        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _numbers.Add(name, number);
            _names.Add((name, []));
        }

        var users = _names[number].Users;
        if (users.Count == 0 || users[^1] != block)
        {
            users.Add(block);
        }
    }

    /// <summary>Follows a reference from its uses up to its definition.</summary>
    private void FindLiveBlocks(int number, int name, List<int> users)
    {
        var isObject = _graph[name].Op != IrOp.BlockParameter && !PassesOn(_graph[name].Op);
        var definition = _graph[name].Block;
        foreach (var user in users)
        {
            _work.Push(user);
        }

        while (_work.TryPop(out var block))
        {
            if (block == definition || _lastLiveIn[block] == number || !_flow.IsReachable(block))
            {
                continue;
            }

            _lastLiveIn[block] = number;
            _liveObjects += isObject ? 1 : 0;
            if (!_graph.Budget.TryDraw(1) || !_graph.Budget.CanDraw(_visitsPerObject * _liveObjects))
            {
                _work.Clear();
                return;
            }

            (_liveIn[block] ??= []).Add(name);
            foreach (var predecessor in _graph.Blocks[block].Predecessors)
            {
                _work.Push(predecessor);
            }
        }
    }
}
