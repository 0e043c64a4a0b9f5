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

    private readonly Graph graph = graph;
    private readonly ControlFlow flow = graph.Analyses.ControlFlow;
    private readonly EGraph values = new();
    private readonly NodeRewriter rewriter = new(graph);

    // What nodes are: by node, and by value the node that has it where the walk is.
    private readonly Dictionary<int, int> valueOf = [];
    private readonly Dictionary<int, int> nodeOf = [];
    private readonly Stack<int> defined = new();
    private List<int> output = [];
    private int current = -1;

    /// <summary>Walks over the dominator tree.</summary>
    public void Run()
    {
        Block entry = flow.Order[0];
        var stack = new Stack<(Block Block, Block? Child, int Defined)>();
        stack.Push((entry, flow.FirstChildOf(entry), 0));
        Visit(entry);
        while (stack.TryPop(out (Block Block, Block? Child, int Defined) top))
        {
            if (top.Child is { } child)
            {
                stack.Push(top with { Child = flow.NextSiblingOf(child) });
                stack.Push((child, flow.FirstChildOf(child), defined.Count));
                Visit(child);
                continue;
            }

            while (defined.Count > top.Defined)
            {
                nodeOf.Remove(defined.Pop());
            }
        }

        rewriter.PlaceConstants();
    }

    private void Visit(Block block)
    {
        output = new List<int>(block.Nodes.Count);
        foreach (int id in block.Nodes)
        {
            graph.Budget.CountStep();
            if (graph[id].Op is IrOp.Alias or IrOp.Nop)
            {
                continue;
            }

            current = id;
            while (graph[id].Op != IrOp.Alias && rewriter.RewriteByCode(id))
            {
            }

            if (IsForm(id))
            {
                Rewrite(id);
            }

            if (graph[id].Op != IrOp.Alias)
            {
                output.Add(id);
            }
        }

        block.Nodes.Clear();
        block.Nodes.AddRange(output);
    }

    /// <summary>Whether a node computes a number of numbers, and does nothing else.</summary>
    private bool IsForm(int id)
    {
        ref Node node = ref graph[id];
        return node.Type is not (IrType.Ref or IrType.V128)
            && node.Op is (>= Opcode.I32Const and <= Opcode.I64Extend32S) or Opcode.Select
            && OperatorTable.EffectsOf(graph, id) == Effects.None;
    }

    private void Rewrite(int id)
    {
        EGraph.Form form = FormOf(id);
        int value = OperatorTable.IsConstant(form.Op) ? values.Constant(form.Type, form.Immediate) : values.Find(in form);
        if (nodeOf.TryGetValue(value, out int node) || (node = LeafAt(value)) >= 0)
        {
            graph.Replace(id, node);
            return;
        }

        EGraph.Form best = values.BestOf(value);
        if (values.LeafOf(value) < 0 && best.Key != form.Key)
        {
            if (OperatorTable.IsConstant(best.Op))
            {
                graph.Replace(id, rewriter.Constant(best.Type, best.Immediate));
                return;
            }

            if (TryOperands(in best, 0, out int[] operands))
            {
                rewriter.Become(id, best.Op, operands);
            }
        }

        Define(value, id);
    }

    private EGraph.Form FormOf(int id)
    {
        ref Node node = ref graph[id];
        (Opcode op, IrType type, int count) = (node.Op, node.Type, node.InputCount);
        return OperatorTable.IsConstant(op)
            ? new EGraph.Form(op, type, -1, -1, -1, op is Opcode.I32Const or Opcode.F32Const ? (int)node.Immediate : node.Immediate)
            : new EGraph.Form(op, type, ValueOf(graph.Input(id, 0)), count > 1 ? ValueOf(graph.Input(id, 1)) : -1, count > 2 ? ValueOf(graph.Input(id, 2)) : -1, 0);
    }

    private int ValueOf(int node)
    {
        if (!valueOf.TryGetValue(node, out int value))
        {
            // Constants may be from other passes, at the front of the entry block.
            value = OperatorTable.IsConstant(graph[node].Op) && IsForm(node)
                ? values.Constant(graph[node].Type, FormOf(node).Immediate)
                : values.NewLeaf(node, Comparisons.IsComparison(graph[node].Op));
            valueOf.Add(node, value);
        }

        return value;
    }

    /// <summary>The node of a value that comes from elsewhere, if it can be used where the walk is; else -1.</summary>
    private int LeafAt(int value)
    {
        int leaf = values.LeafOf(value);
        return leaf >= 0 && flow.Dominates(graph[leaf].Block, graph[current].Block) ? leaf : -1;
    }

    /// <summary>Nodes for the operands of a form, made before the current node where there are none.</summary>
    private bool TryOperands(in EGraph.Form form, int depth, out int[] operands)
    {
        operands = form.Second < 0 ? [form.First] : form.Third < 0 ? [form.First, form.Second] : [form.First, form.Second, form.Third];
        for (int i = 0; i < operands.Length; i++)
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
        if (nodeOf.TryGetValue(value, out int node) || (node = LeafAt(value)) >= 0)
        {
            return node;
        }

        EGraph.Form best = values.BestOf(value);
        if (OperatorTable.IsConstant(best.Op))
        {
            return rewriter.Constant(best.Type, best.Immediate);
        }

        if (values.LeafOf(value) >= 0 || depth == MostDepth || !TryOperands(in best, depth + 1, out int[] operands))
        {
            return -1;
        }

        graph.Budget.CountStep();
        node = graph.NewNode(graph[current].Block, best.Op, best.Type, operands);
        graph[node].BytecodeOffset = graph[current].BytecodeOffset;
        graph[node].Inlining = graph[current].Inlining;
        output.Add(node);
        Define(value, node);
        return node;
    }

    private void Define(int value, int node)
    {
        valueOf[node] = value;
        nodeOf.Add(value, node);
        defined.Push(value);
    }
}
