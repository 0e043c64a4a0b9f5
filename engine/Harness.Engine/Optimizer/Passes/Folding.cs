using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Constant folding and algebraic rules, in one walk over the blocks in reverse postorder: an operator is looked at after its
/// inputs, so that one walk is enough but for values that go around loops.
/// </summary>
internal sealed class Folding : IPass
{
    /// <inheritdoc/>
    public string Name => "fold";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        var rules = new AlgebraicRules(graph);
        foreach (Block block in graph.Analyses.Order)
        {
            // Rules put the constants they need into the entry block, which may be this one.
            int count = block.Nodes.Count;
            for (int i = 0; i < count; i++)
            {
                graph.Budget.CountStep();
                rules.Apply(block.Nodes[i]);
            }
        }

        rules.PlaceConstants();
        return Analyses.All;
    }
}

/// <summary>
/// The rules. Each reads like the identity it states: a node either becomes an alias of another one, or is rewritten in place.
/// </summary>
internal sealed class AlgebraicRules(Graph graph)
{
    private readonly EntryConstants constants = new(graph);
    private VectorRules? vectors;

    /// <summary>Puts the constants that rules have made to the front of the entry block.</summary>
    public void PlaceConstants() => constants.Place();

    /// <summary>Applies the rules to a node until none fits.</summary>
    public void Apply(int id)
    {
        while (graph[id].Op != IrOp.Alias && ApplyOnce(id))
        {
        }
    }

    private bool ApplyOnce(int id)
    {
        ref Node node = ref graph[id];
        if (VectorOperators.IsVector(node.Op))
        {
            return (vectors ??= new VectorRules(graph, constants)).Apply(id);
        }

        switch (node.InputCount)
        {
            case 1:
                int operand = graph.Input(id, 0);
                return OperatorTable.IsConstant(graph[operand].Op)
                    && ConstantEvaluator.TryEvaluate(node.Op, graph[operand].Immediate, out long folded)
                    ? IsConstant(id, folded)
                    : Unary(id, node.Op, operand);
            case 2:
                return Binary(id);
            case 3 when node.Op == Opcode.Select:
                return Select(id);
            default:
                return false;
        }
    }

    private bool Unary(int id, Opcode op, int x)
    {
        Opcode inner = graph[x].Op;
        switch (op)
        {
            // x == 0 of a comparison is the opposite comparison (of integers: floats are unordered).
            case Opcode.I32Eqz when Comparisons.TryNegate(inner, out Opcode negated):
                return Becomes(id, negated, graph.Input(x, 0), graph.Input(x, 1));

            // (x == 0) == 0 used as a truth value is handled by branches; as a number it is x != 0.
            case Opcode.I32Eqz when inner == Opcode.I32Eqz:
                return Becomes(id, Opcode.I32Ne, graph.Input(x, 0), I32(0));

            case Opcode.I32WrapI64 when inner is Opcode.I64ExtendI32S or Opcode.I64ExtendI32U:
                return IsSameAs(id, graph.Input(x, 0));

            case Opcode.I32ReinterpretF32 when inner == Opcode.F32ReinterpretI32:
            case Opcode.F32ReinterpretI32 when inner == Opcode.I32ReinterpretF32:
            case Opcode.I64ReinterpretF64 when inner == Opcode.F64ReinterpretI64:
            case Opcode.F64ReinterpretI64 when inner == Opcode.I64ReinterpretF64:
            case Opcode.F32Neg when inner == Opcode.F32Neg:
            case Opcode.F64Neg when inner == Opcode.F64Neg:
                return IsSameAs(id, graph.Input(x, 0));

            case Opcode.RefIsNull when inner == Opcode.RefNull:
                return IsConstant(id, 1);
            case Opcode.RefIsNull when !graph[x].ReferenceType.IsNullable:
                return IsConstant(id, 0);
            default:
                return false;
        }
    }

    private bool Binary(int id)
    {
        Opcode op = graph[id].Op;
        int x = graph.Input(id, 0);
        int y = graph.Input(id, 1);
        bool isLeftConstant = OperatorTable.IsConstant(graph[x].Op);
        bool isRightConstant = OperatorTable.IsConstant(graph[y].Op);
        if (isLeftConstant && isRightConstant)
        {
            return ConstantEvaluator.TryEvaluate(op, graph[x].Immediate, graph[y].Immediate, out long folded)
                && IsConstant(id, folded);
        }

        // Constants go to the right.
        if (isLeftConstant && OperatorTable.IsCommutative(op))
        {
            return Becomes(id, op, y, x);
        }

        if (isLeftConstant && Comparisons.TrySwap(op, out Opcode swapped))
        {
            return Becomes(id, swapped, y, x);
        }

        if (x == y && SameOperands(id, op, x))
        {
            return true;
        }

        return isRightConstant && (WithConstant(id, op, x, graph[y].Immediate) || Reassociate(id, op, x, graph[y].Immediate));
    }

    private bool SameOperands(int id, Opcode op, int x)
    {
        switch (op)
        {
            // x - x = x ^ x = 0; x & x = x | x = x; x == x, and so on.
            case Opcode.I32Sub or Opcode.I32Xor or Opcode.I64Sub or Opcode.I64Xor:
            case Opcode.I32Ne or Opcode.I32LtS or Opcode.I32LtU or Opcode.I32GtS or Opcode.I32GtU:
            case Opcode.I64Ne or Opcode.I64LtS or Opcode.I64LtU or Opcode.I64GtS or Opcode.I64GtU:
                return IsConstant(id, 0);
            case Opcode.I32And or Opcode.I32Or or Opcode.I64And or Opcode.I64Or:
                return IsSameAs(id, x);
            case Opcode.I32Eq or Opcode.I32LeS or Opcode.I32LeU or Opcode.I32GeS or Opcode.I32GeU:
            case Opcode.I64Eq or Opcode.I64LeS or Opcode.I64LeU or Opcode.I64GeS or Opcode.I64GeU:
            case IrOp.ReferenceEqual:
                return IsConstant(id, 1);
            default:
                return false;
        }
    }

    /// <summary>Rules for <c>x op c</c>.</summary>
    private bool WithConstant(int id, Opcode op, int x, long c)
    {
        switch (op)
        {
            // A comparison with null.
            case IrOp.ReferenceEqual:
                return Becomes(id, Opcode.RefIsNull, x);

            // x + 0 = x - 0 = x | 0 = x ^ 0 = x << 0 = x
            case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Or or Opcode.I32Xor when (int)c == 0:
            case Opcode.I64Add or Opcode.I64Sub or Opcode.I64Or or Opcode.I64Xor when c == 0:
            case Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU or Opcode.I32Rotl or Opcode.I32Rotr when (c & 31) == 0:
            case Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU or Opcode.I64Rotl or Opcode.I64Rotr when (c & 63) == 0:
            // x * 1 = x / 1 = x & -1 = x
            case Opcode.I32Mul or Opcode.I32DivS or Opcode.I32DivU or Opcode.I64Mul or Opcode.I64DivS or Opcode.I64DivU
                when c == 1:
            case Opcode.I32And when (int)c == -1:
            case Opcode.I64And when c == -1:
                return IsSameAs(id, x);

            // x * 0 = x & 0 = x rem 1 = 0
            case Opcode.I32Mul or Opcode.I64Mul or Opcode.I32And or Opcode.I64And when c == 0:
            case Opcode.I32RemS or Opcode.I32RemU or Opcode.I64RemS or Opcode.I64RemU when c == 1:
                return IsConstant(id, 0);

            // x - c = x + -c
            case Opcode.I32Sub:
                return Becomes(id, Opcode.I32Add, x, I32(-(int)c));
            case Opcode.I64Sub when c != long.MinValue:
                return Becomes(id, Opcode.I64Add, x, I64(-c));

            // Unsigned operations with a power of two are shifts and masks.
            case Opcode.I32Mul when BitOperations.IsPow2((uint)c):
                return Becomes(id, Opcode.I32Shl, x, I32(BitOperations.Log2((uint)c)));
            case Opcode.I64Mul when BitOperations.IsPow2((ulong)c):
                return Becomes(id, Opcode.I64Shl, x, I64(BitOperations.Log2((ulong)c)));
            case Opcode.I32DivU when BitOperations.IsPow2((uint)c):
                return Becomes(id, Opcode.I32ShrU, x, I32(BitOperations.Log2((uint)c)));
            case Opcode.I64DivU when BitOperations.IsPow2((ulong)c):
                return Becomes(id, Opcode.I64ShrU, x, I64(BitOperations.Log2((ulong)c)));
            case Opcode.I32RemU when BitOperations.IsPow2((uint)c):
                return Becomes(id, Opcode.I32And, x, I32((int)c - 1));
            case Opcode.I64RemU when BitOperations.IsPow2((ulong)c):
                return Becomes(id, Opcode.I64And, x, I64(c - 1));

            // A comparison with 0.
            case Opcode.I32Eq when c == 0:
                return Becomes(id, Opcode.I32Eqz, x);
            case Opcode.I64Eq when c == 0:
                return Becomes(id, Opcode.I64Eqz, x);
            case Opcode.I32LtU or Opcode.I64LtU when c == 0:
                return IsConstant(id, 0);
            case Opcode.I32GeU or Opcode.I64GeU when c == 0:
                return IsConstant(id, 1);

            // b != 0 is b for what is 0 or 1.
            case Opcode.I32Ne when c == 0 && Comparisons.IsComparison(graph[x].Op):
                return IsSameAs(id, x);
            default:
                return false;
        }
    }

    /// <summary><c>(x op a) op b = x op (a op b)</c> for operators that are associative.</summary>
    private bool Reassociate(int id, Opcode op, int x, long c)
    {
        if (op is not (Opcode.I32Add or Opcode.I32Mul or Opcode.I32And or Opcode.I32Or or Opcode.I32Xor or
                Opcode.I64Add or Opcode.I64Mul or Opcode.I64And or Opcode.I64Or or Opcode.I64Xor)
            || graph[x].Op != op)
        {
            return false;
        }

        int inner = graph.Input(x, 1);
        if (!OperatorTable.IsConstant(graph[inner].Op)
            || !ConstantEvaluator.TryEvaluate(op, graph[inner].Immediate, c, out long combined))
        {
            return false;
        }

        int constant = graph[id].Type == IrType.I32 ? I32((int)combined) : I64(combined);
        return Becomes(id, op, graph.Input(x, 0), constant);
    }

    private bool Select(int id)
    {
        int x = graph.Input(id, 0);
        int y = graph.Input(id, 1);
        int condition = graph.Input(id, 2);
        if (x == y)
        {
            return IsSameAs(id, x);
        }

        if (graph[condition].Op == Opcode.I32Const)
        {
            return IsSameAs(id, (int)graph[condition].Immediate != 0 ? x : y);
        }

        if (graph[condition].Op != Opcode.I32Eqz)
        {
            return false;
        }

        // select(x, y, c == 0) = select(y, x, c)
        Span<int> inputs = graph.Inputs(id);
        inputs[0] = y;
        inputs[1] = x;
        inputs[2] = graph.Input(condition, 0);
        return true;
    }

    private bool IsSameAs(int id, int other)
    {
        graph.Replace(id, other);
        return true;
    }

    private bool Becomes(int id, Opcode op, int x)
    {
        ref Node node = ref graph[id];
        node.Op = op;
        node.InputCount = 1;
        graph.Inputs(id)[0] = x;
        return true;
    }

    private bool Becomes(int id, Opcode op, int x, int y)
    {
        ref Node node = ref graph[id];
        if (node.InputCount < 2)
        {
            int wider = graph.NewNode(node.Block, op, node.Type, [x, y]);
            node = ref graph[id];
            node.InputStart = graph[wider].InputStart;
            node.InputCount = 2;
            graph.Remove(wider);
        }

        node.Op = op;
        Span<int> inputs = graph.Inputs(id);
        inputs[0] = x;
        inputs[1] = y;
        return true;
    }

    private bool IsConstant(int id, long bits)
    {
        ref Node node = ref graph[id];
        Opcode op = node.Type switch
        {
            IrType.I32 => Opcode.I32Const,
            IrType.I64 => Opcode.I64Const,
            IrType.F32 => Opcode.F32Const,
            _ => Opcode.F64Const,
        };
        graph.Replace(id, constants.Get(op, node.Type, bits, default));
        return true;
    }

    private int I32(int value) => constants.I32(value);

    private int I64(long value) => constants.I64(value);
}
