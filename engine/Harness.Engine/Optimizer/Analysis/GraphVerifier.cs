using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// Checks that a graph is well formed: every value is defined on all paths to its uses, edges give one argument of the right type
/// for each parameter, blocks end, loops are entered at their headers, which say that they are. Tests run it after each pass.
/// </summary>
internal sealed class GraphVerifier
{
    private readonly Graph _graph;
    private readonly ControlFlow _flow;
    private readonly int[] _order;
    private readonly FrameStateValues _state = new();
    private readonly List<bool> _saysIsHeader;

    private GraphVerifier(Graph graph)
    {
        _graph = graph;

        // Before loops are found anew, which corrects it.
        _saysIsHeader = graph.Blocks.ConvertAll(static block => block.IsLoopHeader);
        if (!graph.Analyses.IsTrue())
        {
            throw new InvalidOperationException("a pass has changed blocks or edges, and says that analyses of them still hold");
        }

        _flow = new ControlFlow(graph);
        _order = new int[graph.NodeCount];
    }

    /// <summary>Checks a graph without aliases.</summary>
    /// <exception cref="InvalidOperationException">The graph is not well formed; the message says where.</exception>
    public static void Verify(Graph graph) => new GraphVerifier(graph).Run();

    private void Run()
    {
        Array.Fill(_order, -1);
        foreach (var block in _flow.Order)
        {
            var position = 0;
            foreach (var id in block.Parameters)
            {
                Define(block, id, position++);
            }

            foreach (var id in block.Nodes)
            {
                Define(block, id, position++);
            }
        }

        foreach (var block in _flow.Order)
        {
            foreach (var id in block.Nodes)
            {
                CheckNode(block, id);
            }

            CheckEnd(block);
            CheckLoop(block);
        }
    }

    /// <summary>Dominators are found in one walk, which is right where the header of each loop dominates it.</summary>
    private void CheckLoop(Block block)
    {
        foreach (var source in block.Predecessors)
        {
            if (_flow.PositionOf(source) >= _flow.PositionOf(block.Id))
            {
                Require(_flow.Dominates(block.Id, source), block, $"block {source} goes back here, and can be reached otherwise");
                Require(_saysIsHeader[block.Id], block, $"block {source} goes back here, and it is said to be no header of a loop");
            }
        }
    }

    private void Define(Block block, int id, int position)
    {
        Require(_order[id] < 0, block, $"node {id} is listed twice");
        Require(_graph[id].Block == block.Id, block, $"node {id} says it is in block {_graph[id].Block}");
        Require(_graph.Operators.Contains(_graph[id].Op), block, $"{IrNames.NameOf(_graph[id].Op)} {id} is not among the operators of the graph");
        Require(
            _graph[id].Type != IrType.Ref || _graph[id].ReferenceType.IsReference,
            block,
            $"{IrNames.NameOf(_graph[id].Op)} {id} has no reference type");
        _order[id] = position;
    }

    private void CheckNode(Block block, int id)
    {
        foreach (var input in _graph.Inputs(id))
        {
            CheckUse(block, input, _order[id], $"{IrNames.NameOf(_graph[id].Op)} {id}");
        }

        var op = _graph[id].Op;
        var info = op < IrOp.Nop || VectorOperators.IsVector(op) ? OpcodeTable.Get(op) : null;
        if (info is { HasSignature: true, Immediates: ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle })
        {
            Require(info.Parameters.Length == _graph[id].InputCount, block, $"{info.Name} {id} has {_graph[id].InputCount} inputs");
            for (var i = 0; i < info.Parameters.Length; i++)
            {
                Require(
                    Build.GraphAssembler.TypeOf(info.Parameters[i]) == _graph[_graph.Inputs(id)[i]].Type,
                    block,
                    $"input {i} of {info.Name} {id} has type {_graph[_graph.Inputs(id)[i]].Type}");
            }
        }

        if (op == IrOp.Projection)
        {
            var maker = _graph[_graph.Inputs(id)[0]].Op;
            Require(
                maker is IrOp.CallDirect or IrOp.CallReference or IrOp.CallBuiltin || (maker < IrOp.Nop && OpcodeTable.Get(maker).Results.Length > 1),
                block,
                $"projection {id} is of {IrNames.NameOf(maker)}, which has no second result");
        }

        CheckState(block, _graph.StateOf(id), _order[id]);
    }

    private void CheckState(Block block, int index, int position)
    {
        _state.Collect(_graph, index);
        foreach (var value in _state.Leaves)
        {
            CheckUse(block, value, position, $"frame state {index}");
        }
    }

    private void CheckEnd(Block block)
    {
        var end = int.MaxValue;
        Require(block.Terminator.Kind != TerminatorKind.None, block, "the block has no end");
        if (block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
        {
            CheckUse(block, block.Terminator.Value, end, "the terminator");
        }

        if (block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            CheckState(block, block.Terminator.FrameState, end);
        }

        if (block.Terminator.Kind == TerminatorKind.Invoke)
        {
            CheckInvoke(block);
        }

        foreach (var value in block.Terminator.Values ?? [])
        {
            CheckUse(block, value, end, "the terminator");
        }

        foreach (var edge in block.Successors)
        {
            var target = _graph.Blocks[edge.Target];
            Require(
                edge.Arguments.Length == target.Parameters.Count,
                block,
                $"the edge to block {target.Id} has {edge.Arguments.Length} arguments for {target.Parameters.Count} parameters");
            for (var i = 0; i < edge.Arguments.Length; i++)
            {
                CheckUse(block, edge.Arguments[i], end, $"the edge to block {target.Id}");
                Require(
                    _graph[edge.Arguments[i]].Type == _graph[target.Parameters[i]].Type,
                    block,
                    $"argument {i} of the edge to block {target.Id} has another type than the parameter");
            }
        }
    }

    private void CheckInvoke(Block block)
    {
        var call = block.Nodes.FindLast(id => _graph[id].Op != IrOp.Projection);
        Require(_graph[call].Op is IrOp.CallDirect or IrOp.CallReference, block, "it does not end with a call");
        var handler = _graph.Blocks[block.Successors[1].Target];
        Require(
            handler.Predecessors.Count == 1 && handler.Parameters.Count == 0 && handler.Nodes.Count > 0
                && _graph[handler.Nodes[0]].Op == IrOp.CaughtException,
            handler,
            "exceptions come here, but not only and as its first node");
    }

    private void CheckUse(Block block, int value, int position, string user)
    {
        Require(_order[value] >= 0, block, $"{user} uses node {value} ({IrNames.NameOf(_graph[value].Op)}), which is in no block");
        var definition = _graph[value].Block;
        Require(
            definition == block.Id ? _order[value] < position : _flow.Dominates(definition, block.Id),
            block,
            $"{user} uses node {value} before its definition in block {definition}");
    }

    private static void Require(bool condition, Block block, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"malformed graph in block {block.Id}: {message}");
        }
    }
}
