using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// Checks that a graph is well formed: every value is defined on all paths to its uses, edges give one argument of the right type
/// for each parameter, blocks end, loops are entered at their headers, which say that they are. Tests run it after each pass.
/// </summary>
internal sealed class GraphVerifier
{
    private readonly Graph graph;
    private readonly ControlFlow flow;
    private readonly int[] order;
    private readonly FrameStateValues state = new();
    private readonly List<bool> saysIsHeader;

    private GraphVerifier(Graph graph)
    {
        this.graph = graph;

        // Before loops are found anew, which corrects it.
        saysIsHeader = graph.Blocks.ConvertAll(static block => block.IsLoopHeader);
        if (!graph.Analyses.IsTrue())
        {
            throw new InvalidOperationException("a pass has changed blocks or edges, and says that analyses of them still hold");
        }

        flow = new ControlFlow(graph);
        order = new int[graph.NodeCount];
    }

    /// <summary>Checks a graph without aliases.</summary>
    /// <exception cref="InvalidOperationException">The graph is not well formed; the message says where.</exception>
    public static void Verify(Graph graph) => new GraphVerifier(graph).Run();

    private void Run()
    {
        Array.Fill(order, -1);
        foreach (Block block in flow.Order)
        {
            int position = 0;
            foreach (int id in block.Parameters)
            {
                Define(block, id, position++);
            }

            foreach (int id in block.Nodes)
            {
                Define(block, id, position++);
            }
        }

        foreach (Block block in flow.Order)
        {
            foreach (int id in block.Nodes)
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
        foreach (int source in block.Predecessors)
        {
            if (flow.PositionOf(source) >= flow.PositionOf(block.Id))
            {
                Require(flow.Dominates(block.Id, source), block, $"block {source} goes back here, and can be reached otherwise");
                Require(saysIsHeader[block.Id], block, $"block {source} goes back here, and it is said to be no header of a loop");
            }
        }
    }

    private void Define(Block block, int id, int position)
    {
        Require(order[id] < 0, block, $"node {id} is listed twice");
        Require(graph[id].Block == block.Id, block, $"node {id} says it is in block {graph[id].Block}");
        Require(graph.Operators.Contains(graph[id].Op), block, $"{IrNames.NameOf(graph[id].Op)} {id} is not among the operators of the graph");
        Require(
            graph[id].Type != IrType.Ref || graph[id].ReferenceType.IsReference,
            block,
            $"{IrNames.NameOf(graph[id].Op)} {id} has no reference type");
        order[id] = position;
    }

    private void CheckNode(Block block, int id)
    {
        foreach (int input in graph.Inputs(id))
        {
            CheckUse(block, input, order[id], $"{IrNames.NameOf(graph[id].Op)} {id}");
        }

        Opcode op = graph[id].Op;
        OpcodeInfo? info = op < IrOp.Nop || VectorOperators.IsVector(op) ? OpcodeTable.Get(op) : null;
        if (info is { HasSignature: true, Immediates: ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle })
        {
            Require(info.Parameters.Length == graph[id].InputCount, block, $"{info.Name} {id} has {graph[id].InputCount} inputs");
            for (int i = 0; i < info.Parameters.Length; i++)
            {
                Require(
                    Build.GraphAssembler.TypeOf(info.Parameters[i]) == graph[graph.Inputs(id)[i]].Type,
                    block,
                    $"input {i} of {info.Name} {id} has type {graph[graph.Inputs(id)[i]].Type}");
            }
        }

        if (op == IrOp.Projection)
        {
            Opcode maker = graph[graph.Inputs(id)[0]].Op;
            Require(
                maker is IrOp.CallDirect or IrOp.CallReference or IrOp.CallBuiltin || (maker < IrOp.Nop && OpcodeTable.Get(maker).Results.Length > 1),
                block,
                $"projection {id} is of {IrNames.NameOf(maker)}, which has no second result");
        }

        CheckState(block, graph.StateOf(id), order[id]);
    }

    private void CheckState(Block block, int index, int position)
    {
        state.Collect(graph, index);
        foreach (int value in state.Leaves)
        {
            CheckUse(block, value, position, $"frame state {index}");
        }
    }

    private void CheckEnd(Block block)
    {
        int end = int.MaxValue;
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

        foreach (int value in block.Terminator.Values ?? [])
        {
            CheckUse(block, value, end, "the terminator");
        }

        foreach (Edge edge in block.Successors)
        {
            Block target = graph.Blocks[edge.Target];
            Require(
                edge.Arguments.Length == target.Parameters.Count,
                block,
                $"the edge to block {target.Id} has {edge.Arguments.Length} arguments for {target.Parameters.Count} parameters");
            for (int i = 0; i < edge.Arguments.Length; i++)
            {
                CheckUse(block, edge.Arguments[i], end, $"the edge to block {target.Id}");
                Require(
                    graph[edge.Arguments[i]].Type == graph[target.Parameters[i]].Type,
                    block,
                    $"argument {i} of the edge to block {target.Id} has another type than the parameter");
            }
        }
    }

    private void CheckInvoke(Block block)
    {
        int call = block.Nodes.FindLast(id => graph[id].Op != IrOp.Projection);
        Require(graph[call].Op is IrOp.CallDirect or IrOp.CallReference, block, "it does not end with a call");
        Block handler = graph.Blocks[block.Successors[1].Target];
        Require(
            handler.Predecessors.Count == 1 && handler.Parameters.Count == 0 && handler.Nodes.Count > 0
                && graph[handler.Nodes[0]].Op == IrOp.CaughtException,
            handler,
            "exceptions come here, but not only and as its first node");
    }

    private void CheckUse(Block block, int value, int position, string user)
    {
        Require(order[value] >= 0, block, $"{user} uses node {value} ({IrNames.NameOf(graph[value].Op)}), which is in no block");
        int definition = graph[value].Block;
        Require(
            definition == block.Id ? order[value] < position : flow.Dominates(definition, block.Id),
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
