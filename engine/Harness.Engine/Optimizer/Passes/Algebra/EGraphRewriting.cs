using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Algebra;

/// <summary>
/// Rewrites numbers by an e-graph, in place of <see cref="Folding"/>: rules see operands in every form that is known of them, the cheapest form of each value is what is computed, and a value that a dominating
/// node has is not computed again. Nodes stay where they are.
/// </summary>
internal sealed class EGraphRewriting : IPass
{
    /// <inheritdoc/>
    public string Name => "e-graph";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        new EGraphWalk(graph).Run();
        return Analyses.All;
    }
}

/// <summary>One run of <see cref="EGraphRewriting"/> over the dominator tree of a graph.</summary>
internal sealed class EGraphWalk(Graph graph)
{
    /// <summary>How deep a form may consist of values that no node has yet.</summary>
    private const int MostDepth = 4;

    private readonly Graph _graph = graph;
    private readonly ControlFlow _flow = graph.Analyses.ControlFlow;
    private readonly EGraph _values = new();
    private readonly NodeRewriter _rewriter = new(graph);

    // What nodes are: by node, and by value the node that has it where the walk is.
    private readonly Dictionary<int, int> _valueOf = [];
    private readonly Dictionary<int, int> _nodeOf = [];
    private readonly Stack<int> _defined = new();
    private List<int> _output = [];
    private int _current = -1;

    /// <summary>Walks over the dominator tree.</summary>
    public void Run()
    {
        var entry = _flow.Order[0];
        var stack = new Stack<(Block Block, Block? Child, int Defined)>();
        stack.Push((entry, _flow.FirstChildOf(entry), 0));
        Visit(entry);
        while (stack.TryPop(out var top))
        {
            if (top.Child is { } child)
            {
                stack.Push(top with { Child = _flow.NextSiblingOf(child) });
                stack.Push((child, _flow.FirstChildOf(child), _defined.Count));
                Visit(child);
                continue;
            }

            while (_defined.Count > top.Defined)
            {
                _nodeOf.Remove(_defined.Pop());
            }
        }

        _rewriter.PlaceConstants();
    }

    private void Visit(Block block)
    {
        _output = new List<int>(block.Nodes.Count);
        foreach (var id in block.Nodes)
        {
            _graph.Budget.CountStep();
            if (_graph[id].Op is IrOp.Alias or IrOp.Nop)
            {
                continue;
            }

            _current = id;
            while (_graph[id].Op != IrOp.Alias && _rewriter.RewriteByCode(id))
            {
            }

            if (IsForm(id))
            {
                Rewrite(id);
            }

            if (_graph[id].Op != IrOp.Alias)
            {
                _output.Add(id);
            }
        }

        block.Nodes.Clear();
        block.Nodes.AddRange(_output);
    }

    /// <summary>Whether a node computes a number of numbers, and does nothing else.</summary>
    private bool IsForm(int id)
    {
        ref var node = ref _graph[id];
        return node.Type is not (IrType.Ref or IrType.V128)
            && node.Op is (>= Opcode.I32Const and <= Opcode.I64Extend32S) or Opcode.Select
            && OperatorTable.EffectsOf(_graph, id) == Effects.None;
    }

    private void Rewrite(int id)
    {
        var form = FormOf(id);
        var value = OperatorTable.IsConstant(form.Op) ? _values.Constant(form.Type, form.Immediate) : _values.Find(in form);
        if (_nodeOf.TryGetValue(value, out var node) || (node = LeafAt(value)) >= 0)
        {
            _graph.Replace(id, node);
            return;
        }

        var best = _values.BestOf(value);
        if (_values.LeafOf(value) < 0 && best.Key != form.Key)
        {
            if (OperatorTable.IsConstant(best.Op))
            {
                _graph.Replace(id, _rewriter.Constant(best.Type, best.Immediate));
                return;
            }

            if (TryOperands(in best, 0, out var operands))
            {
                _rewriter.Become(id, best.Op, operands);
            }
        }

        Define(value, id);
    }

    private EGraph.Form FormOf(int id)
    {
        ref var node = ref _graph[id];
        var (op, type, count) = (node.Op, node.Type, node.InputCount);
        return OperatorTable.IsConstant(op)
            ? new EGraph.Form(op, type, -1, -1, -1, op is Opcode.I32Const or Opcode.F32Const ? (int)node.Immediate : node.Immediate)
            : new EGraph.Form(op, type, ValueOf(_graph.Input(id, 0)), count > 1 ? ValueOf(_graph.Input(id, 1)) : -1, count > 2 ? ValueOf(_graph.Input(id, 2)) : -1, 0);
    }

    private int ValueOf(int node)
    {
        if (!_valueOf.TryGetValue(node, out var value))
        {
            // Constants may be from other passes, at the front of the entry block.
            value = OperatorTable.IsConstant(_graph[node].Op) && IsForm(node)
                ? _values.Constant(_graph[node].Type, FormOf(node).Immediate)
                : _values.NewLeaf(node, Comparisons.IsComparison(_graph[node].Op));
            _valueOf.Add(node, value);
        }

        return value;
    }

    /// <summary>The node of a value that comes from elsewhere, if it can be used where the walk is; else -1.</summary>
    private int LeafAt(int value)
    {
        var leaf = _values.LeafOf(value);
        return leaf >= 0 && _flow.Dominates(_graph[leaf].Block, _graph[_current].Block) ? leaf : -1;
    }

    /// <summary>Nodes for the operands of a form, made before the current node where there are none.</summary>
    private bool TryOperands(in EGraph.Form form, int depth, out int[] operands)
    {
        operands = form.Second < 0 ? [form.First] : form.Third < 0 ? [form.First, form.Second] : [form.First, form.Second, form.Third];
        for (var i = 0; i < operands.Length; i++)
        {
            operands[i] = NodeFor(operands[i], depth);
            if (operands[i] < 0)
            {
                return false;
            }
        }

        return true;
    }

    private int NodeFor(int value, int depth)
    {
        if (_nodeOf.TryGetValue(value, out var node) || (node = LeafAt(value)) >= 0)
        {
            return node;
        }

        var best = _values.BestOf(value);
        if (OperatorTable.IsConstant(best.Op))
        {
            return _rewriter.Constant(best.Type, best.Immediate);
        }

        if (_values.LeafOf(value) >= 0 || depth == MostDepth || !TryOperands(in best, depth + 1, out var operands))
        {
            return -1;
        }

        _graph.Budget.CountStep();
        node = _graph.NewNode(_graph[_current].Block, best.Op, best.Type, operands);
        _graph[node].BytecodeOffset = _graph[_current].BytecodeOffset;
        _graph[node].Inlining = _graph[_current].Inlining;
        _output.Add(node);
        Define(value, node);
        return node;
    }

    private void Define(int value, int node)
    {
        _valueOf[node] = value;
        _nodeOf.Add(value, node);
        _defined.Push(value);
    }
}
