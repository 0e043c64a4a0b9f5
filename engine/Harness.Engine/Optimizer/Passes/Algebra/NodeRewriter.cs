using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Rules;

namespace Harness.Engine.Optimizer.Passes.Algebra;

/// <summary>
/// Computes what is constant and applies rules to single nodes, which become aliases of others or are rewritten in place: those of algebra (<see cref="AlgebraicRules"/>), of
/// vectors (<see cref="VectorRules"/>), and the few of references.
/// </summary>
internal sealed class NodeRewriter(Graph graph)
{
    private readonly Graph _graph = graph;
    private readonly EntryConstants _constants = new(graph);
    private readonly List<int> _made = [];
    private VectorRules? _vectors;

    /// <summary>Puts the constants that rules have made to the front of the entry block.</summary>
    public void PlaceConstants() => _constants.Place();

    /// <summary>Rewrites the nodes of a block.</summary>
    public void Visit(Block block)
    {
        List<int>? nodes = null;
        for (var i = 0; i < block.Nodes.Count; i++)
        {
            _graph.Budget.CountStep();
            var id = block.Nodes[i];
            while (_graph[id].Op != IrOp.Alias && Rewrite(id))
            {
            }

            if (_made.Count > 0)
            {
                nodes ??= block.Nodes[..i];
                nodes.AddRange(_made);
                _made.Clear();
            }

            nodes?.Add(id);
        }

        if (nodes is not null)
        {
            block.Nodes.Clear();
            block.Nodes.AddRange(nodes);
        }
    }

    /// <summary>Applies the rules that are code: those of vectors and of references.</summary>
    /// <returns>Whether one fitted.</returns>
    public bool RewriteByCode(int id)
    {
        var op = _graph[id].Op;
        return VectorOperators.IsVector(op)
            ? (_vectors ??= new VectorRules(_graph, _constants)).Apply(id)
            : op is Opcode.RefIsNull or IrOp.ReferenceEqual && RewriteReference(id);
    }

    /// <summary>A constant.</summary>
    public int Constant(IrType type, long bits) => _constants.Get(OperatorTable.ConstantOf(type), type, bits, default);

    /// <summary>Rewrites a node in place.</summary>
    /// <returns>True.</returns>
    public bool Become(int id, Opcode op, ReadOnlySpan<int> inputs)
    {
        ref var node = ref _graph[id];
        if (node.InputCount < inputs.Length)
        {
            var wider = _graph.NewNode(node.Block, op, node.Type, inputs);
            node = ref _graph[id];
            node.InputStart = _graph[wider].InputStart;
            _graph.Remove(wider);
        }

        _graph.SetOperator(id, op);
        node.InputCount = inputs.Length;
        inputs.CopyTo(_graph.Inputs(id));
        return true;
    }

    private bool Rewrite(int id)
    {
        if (RewriteByCode(id))
        {
            return true;
        }

        if (TryFold(id, out var isFolded))
        {
            return isFolded;
        }

        var target = new Target(this);
        return AlgebraicRules.Apply(ref target, id);
    }

    /// <summary>Computes an operation on constants.</summary>
    /// <returns>Whether it is one, computable or not.</returns>
    private bool TryFold(int id, out bool isFolded)
    {
        isFolded = false;
        var op = _graph[id].Op;
        var count = _graph[id].InputCount;
        if (count is not (1 or 2))
        {
            return false;
        }

        ref var left = ref _graph[_graph.Input(id, 0)];
        if (!OperatorTable.IsConstant(left.Op))
        {
            return false;
        }

        long folded;
        if (count == 1)
        {
            isFolded = ConstantEvaluator.TryEvaluate(op, left.Immediate, out folded);
        }
        else
        {
            ref var right = ref _graph[_graph.Input(id, 1)];
            if (!OperatorTable.IsConstant(right.Op))
            {
                return false;
            }

            isFolded = ConstantEvaluator.TryEvaluate(op, left.Immediate, right.Immediate, out folded);
        }

        if (isFolded)
        {
            BecomeConstant(id, folded);
        }

        return isFolded || count == 2;
    }

    private bool RewriteReference(int id)
    {
        var x = _graph.Input(id, 0);
        if (_graph[id].Op == Opcode.RefIsNull)
        {
            return _graph[x].Op == Opcode.RefNull ? BecomeConstant(id, 1) : !_graph[x].ReferenceType.IsNullable && BecomeConstant(id, 0);
        }

        var y = _graph.Input(id, 1);
        if (x == y)
        {
            return BecomeConstant(id, 1);
        }

        // A comparison with null.
        var other = OperatorTable.IsConstant(_graph[y].Op) ? x : OperatorTable.IsConstant(_graph[x].Op) ? y : -1;
        return other >= 0 && Become(id, Opcode.RefIsNull, [other]);
    }

    private bool BecomeConstant(int id, long bits)
    {
        var type = _graph[id].Type;
        _graph.Replace(id, Constant(type, bits));
        return true;
    }

    /// <summary>The graph as rules see it: every value has one form, its node, and one match is enough.</summary>
    private readonly struct Target(NodeRewriter rewriter) : IRuleTarget
    {
        private Graph Graph => rewriter._graph;

        public Opcode OpOf(int form) => Graph[form].Op;

        public int InputOf(int form, int index) => Graph.Input(form, index);

        public int FirstFormOf(int value) => value;

        public int FormAfter(int form) => -1;

        public bool IsSame(int value, int other) => value == other;

        public bool TryConstant(int value, out long bits)
        {
            bits = Graph[value].Immediate;
            return OperatorTable.IsConstant(Graph[value].Op);
        }

        public bool IsBoolean(int value) => Comparisons.IsComparison(Graph[value].Op);

        public int Constant(IrType type, long bits) => rewriter.Constant(type, bits);

        public int Make(Opcode op, IrType type, int x, int y)
        {
            var id = Graph.NewNode(-1, op, type, y < 0 ? [x] : [x, y]);
            rewriter._made.Add(id);
            return id;
        }

        public bool Becomes(int root, int value)
        {
            Graph.Replace(root, value);
            return true;
        }

        public bool BecomesConstant(int root, long bits) => rewriter.BecomeConstant(root, bits);

        public bool Becomes(int root, Opcode op, int x, int y, int z)
        {
            // What the result contains belongs where the result is.
            foreach (var id in rewriter._made)
            {
                Graph[id].Block = Graph[root].Block;
                Graph[id].BytecodeOffset = Graph[root].BytecodeOffset;
                Graph[id].Inlining = Graph[root].Inlining;
            }

            return rewriter.Become(root, op, y < 0 ? [x] : z < 0 ? [x, y] : [x, y, z]);
        }
    }
}
