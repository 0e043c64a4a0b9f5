using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// A function under optimization: nodes in basic blocks, in SSA form with block parameters. Nodes are structs in one array and
/// their inputs lie in one pool, so that a graph costs a handful of allocations however large it is.
/// </summary>
/// <remarks>
/// A pass replaces a node by making it an alias of another (<see cref="Replace"/>); whoever reads an input goes through
/// <see cref="Resolve"/>. <see cref="ResolveAll"/> removes aliases from all inputs at once.
/// </remarks>
internal sealed class Graph
{
    private readonly GraphMemory _memory;
    private Node[] _nodes;
    private int[] _inputs;
    private int _inputCount;
    private bool _hasReplacements;
    private VectorPool? _vectors;

    /// <summary>Makes an empty graph.</summary>
    /// <param name="memory">Where its nodes are to lie; no other graph may use it as long as this one is used. Memory of its own if there is none.</param>
    public Graph(GraphMemory? memory = null)
    {
        _memory = memory ?? new GraphMemory();
        _nodes = _memory.Nodes;
        _inputs = _memory.Inputs;
        Blocks = _memory.Blocks;
        _memory.ClearBlocks();
        Operators = _memory.Operators;
        Operators.Clear();
        Analyses = new AnalysisCache(this, _memory.Analyses);
    }

    /// <summary>The function that is compiled (its index in the module).</summary>
    public required int FunctionIndex { get; init; }

    /// <summary>The module.</summary>
    public required WasmModule Module { get; init; }

    /// <summary>
    /// Offset in the module's bytes of the loop that the graph begins at, whose values (parameters and locals, then the operand stack) are
    /// then its arguments; -1 for a graph that begins at the function.
    /// </summary>
    public int LoopOffset { get; init; } = -1;

    /// <summary>Number of arguments: the function's parameters, or the values of the loop that the graph begins at.</summary>
    public int ArgumentCount { get; set; }

    /// <summary>The analyses of the graph as it is.</summary>
    public AnalysisCache Analyses { get; }

    /// <summary>How much work passes may put into the graph.</summary>
    public CompilationBudget Budget { get; init; } = new(EngineOptions.Default.CompileBudget, EngineOptions.Default.CompileMaxNodes);

    /// <summary>All blocks by id; the first is the entry. Unreachable ones stay, with no place in the reverse postorder.</summary>
    public List<Block> Blocks { get; }

    /// <summary>Frame states by index.</summary>
    public List<FrameState> FrameStates { get; } = [];

    /// <summary>The vectors that nodes name by number.</summary>
    public VectorPool Vectors => _vectors ??= new VectorPool();

    /// <summary>Whether there are any but zero.</summary>
    public bool HasVectors => _vectors is { Count: > 1 };

    /// <summary>The inlined calls by index.</summary>
    public List<InliningPosition> InliningPositions { get; } = [];

    /// <summary>Number of node ids in use.</summary>
    public int NodeCount { get; private set; }

    /// <summary>
    /// The operators of all nodes that were ever made, or rewritten (<see cref="SetOperator"/>): a pass that is about others has nothing to look for, and need not look through the graph.
    /// </summary>
    public OperatorSet Operators { get; }

    /// <summary>
    /// Whether control is as simple as what is known of values allows, since it was made so and neither has changed: whoever looks again finds nothing, and to look through a large
    /// graph takes as long as to simplify it. What changes edges or values, or which blocks begin loops, takes it back.
    /// </summary>
    public bool IsControlSimple { get; set; }

    /// <summary>A node by id, to read or change. Not to be kept across the making of nodes.</summary>
    public ref Node this[int id]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _nodes[id];
    }

    /// <summary>Makes an empty block.</summary>
    public Block NewBlock() => _memory.NewBlock();

    /// <summary>Makes a node that belongs to a block without putting it into the block's list. Its inputs may be those of another node (<see cref="Inputs"/>).</summary>
    public int NewNode(int block, Opcode op, IrType type, ReadOnlySpan<int> nodeInputs, long immediate = 0, int aux = 0)
    {
        if (NodeCount == _nodes.Length)
        {
            _nodes = _memory.GrowNodes();
        }

        if (_inputCount + nodeInputs.Length > _inputs.Length)
        {
            _inputs = _memory.GrowInputs(_inputCount + nodeInputs.Length);
        }

        nodeInputs.CopyTo(_inputs.AsSpan(_inputCount));
        _nodes[NodeCount] = new Node
        {
            Op = op,
            Type = type,
            InputStart = _inputCount,
            InputCount = nodeInputs.Length,
            Block = block,
            Immediate = immediate,
            Aux = aux,
            Inlining = -1,
        };
        _inputCount += nodeInputs.Length;
        Operators.Add(op);
        return NodeCount++;
    }

    /// <summary>Makes a node at the end of a block.</summary>
    public int Append(Block block, Opcode op, IrType type, ReadOnlySpan<int> nodeInputs, long immediate = 0, int aux = 0)
    {
        var id = NewNode(block.Id, op, type, nodeInputs, immediate, aux);
        block.Nodes.Add(id);
        return id;
    }

    /// <summary>Makes a parameter of a block; the edges to it need an argument more.</summary>
    public int AppendParameter(Block block, IrType type)
    {
        var id = NewNode(block.Id, IrOp.BlockParameter, type, []);
        block.Parameters.Add(id);
        return id;
    }

    /// <summary>Makes a parameter of a block for values of the type that a node has.</summary>
    public int AppendParameterLike(Block block, int like)
    {
        var id = AppendParameter(block, _nodes[like].Type);
        _nodes[id].ReferenceType = _nodes[like].ReferenceType;
        return id;
    }

    /// <summary>Gives a node another operator. Its inputs must be those of that operator, or be made so.</summary>
    public void SetOperator(int id, Opcode op)
    {
        _nodes[id].Op = op;
        Operators.Add(op);
        IsControlSimple = false;
    }

    /// <summary>The frame state of a guard; -1 for other nodes.</summary>
    public int StateOf(int id) => _nodes[id].Op == IrOp.Guard ? _nodes[id].Aux : -1;

    /// <summary>Gives a guard another frame state; other nodes have none.</summary>
    public void SetState(int id, int state)
    {
        if (_nodes[id].Op == IrOp.Guard)
        {
            _nodes[id].Aux = state;
        }
    }

    /// <summary>A node's inputs, to read or change. Not to be kept across the making of nodes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<int> Inputs(int id)
    {
        ref var node = ref _nodes[id];
        return _inputs.AsSpan(node.InputStart, node.InputCount);
    }

    /// <summary>A node's input, resolved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Input(int id, int index) => Resolve(_inputs[_nodes[id].InputStart + index]);

    /// <summary>The node that a node id stands for after replacements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Resolve(int id)
    {
        while (_nodes[id].Op == IrOp.Alias)
        {
            id = (int)_nodes[id].Immediate;
        }

        return id;
    }

    /// <summary>Lets a node stand for another from now on. It may stay in its block's list, where it means nothing.</summary>
    public void Replace(int id, int replacement)
    {
        replacement = Resolve(replacement);
        if (id == replacement)
        {
            return;
        }

        ref var node = ref _nodes[id];
        node.Op = IrOp.Alias;
        node.Immediate = replacement;
        node.InputCount = 0;
        _hasReplacements = true;
        IsControlSimple = false;
    }

    /// <summary>Removes a node whose result nobody uses.</summary>
    public void Remove(int id)
    {
        ref var node = ref _nodes[id];
        node.Op = IrOp.Nop;
        node.Type = IrType.None;
        node.InputCount = 0;
        _hasReplacements = true;
        IsControlSimple = false;
    }

    /// <summary>Ends a block.</summary>
    public void Terminate(Block block, Terminator terminator, params ReadOnlySpan<Edge> successors)
    {
        block.Terminator = terminator;
        successors.CopyTo(block.NewSuccessors(successors.Length));
    }

    /// <summary>
    /// Resolves every input, edge argument, terminator value and frame state, and drops aliases and removed nodes from the blocks. Where nothing was replaced or removed since it was done
    /// last, nothing is left to do: most passes find nothing in most functions, and to look through a large one takes as long as a pass.
    /// </summary>
    public void ResolveAll()
    {
        if (!_hasReplacements)
        {
            return;
        }

        _hasReplacements = false;
        for (var i = 0; i < _inputCount; i++)
        {
            _inputs[i] = Resolve(_inputs[i]);
        }

        foreach (var block in Blocks)
        {
            DropReplaced(block.Nodes);
            if (block.Terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
            {
                block.Terminator.Value = Resolve(block.Terminator.Value);
            }

            ResolveList(block.Terminator.Values);
            foreach (var edge in block.Successors)
            {
                ResolveList(edge.Arguments);
            }
        }

        foreach (var state in FrameStates)
        {
            ResolveList(state.Values);
        }
    }

    /// <summary>
    /// Blocks that can be reached, each before its successors but for back edges; the entry first.
    /// </summary>
    public List<Block> ReversePostorder()
    {
        var order = new List<Block>();
        ListReversePostorder(order);
        return order;
    }

    /// <summary>Lists the blocks of <see cref="ReversePostorder"/>.</summary>
    /// <param name="order">An empty list.</param>
    public void ListReversePostorder(List<Block> order)
    {
        order.EnsureCapacity(Blocks.Count);
        var next = _memory.ZerosForBlocks(Blocks.Count);
        var stack = _memory.BlockStack;
        stack.Push(Blocks[0]);
        next[0] = 1;
        while (stack.TryPeek(out var block))
        {
            // Successors are taken from the last to the first, so that the likely first one comes right after its block.
            var index = block.Successors.Length - next[block.Id]++;
            if (index < 0)
            {
                order.Add(stack.Pop());
                continue;
            }

            var target = block.Successors[index].Target;
            if (next[target] == 0)
            {
                next[target] = 1;
                stack.Push(Blocks[target]);
            }
        }

        order.Reverse();
    }

    /// <summary>Fills <see cref="Block.Predecessors"/> of all blocks from the reachable ones.</summary>
    public void ComputePredecessors(List<Block> reachable)
    {
        foreach (var block in Blocks)
        {
            block.Predecessors.Clear();
        }

        foreach (var block in reachable)
        {
            foreach (var edge in block.Successors)
            {
                Blocks[edge.Target].Predecessors.Add(block.Id);
            }
        }
    }

    /// <summary>Drops aliases and removed nodes from a block's list.</summary>
    private void DropReplaced(List<int> ids)
    {
        var all = CollectionsMarshal.AsSpan(ids);
        var kept = 0;
        foreach (var id in all)
        {
            if (_nodes[id].Op is not (IrOp.Alias or IrOp.Nop))
            {
                all[kept++] = id;
            }
        }

        CollectionsMarshal.SetCount(ids, kept);
    }

    private void ResolveList(int[]? ids)
    {
        if (ids is null)
        {
            return;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Resolve(ids[i]);
        }
    }
}
