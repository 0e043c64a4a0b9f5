using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// A relation of numbers as the rules of conditions see it, and the comparison that they choose for it. It need not be a node: of a value that is a condition, it is that the value is 0.
/// A pattern looks only into values that nobody else needs, which then are not computed by themselves.
/// </summary>
/// <param name="state">What is known meanwhile.</param>
/// <param name="operands">Gives operands their registers.</param>
/// <param name="loads">Finds operands that are in memory.</param>
/// <param name="op">The relation: a comparison of two integers or floats.</param>
/// <param name="left">Its left operand.</param>
/// <param name="right">Its right operand, which a constant integer is; <see cref="Zero"/> for 0.</param>
/// <param name="mayFault">Whether an operand may be read from a memory.</param>
internal struct NumberConditions(SelectionState state, OperandSelector operands, LoadFolding loads, Opcode op, int left, int right, bool mayFault) : IConditionTarget
{
    /// <summary>In place of the right operand: 0.</summary>
    public const int Zero = -1;

    /// <summary>The form of the relation.</summary>
    private const int Root = -2;

    private Comparison _chosen;

    /// <summary>The comparison for the relation.</summary>
    public Comparison Choose()
    {
        if (right != Zero && state.Graph[right].Op == IrOp.TypeId)
        {
            // A constant whose bits are known only where the code is used: no rule may look at them.
            CmpConstant(Root, op, NumericForms.Of(op).Size, left, state.Graph[right].Immediate);
            _chosen.IsType = true;
        }
        else if (!ConditionRules.Apply(ref this, Root))
        {
            throw new NotSupportedException($"no comparison is chosen for {op}");
        }

        return _chosen;
    }

    public Opcode OpOf(int form) => form == Root ? op : state.Graph[form].Op;

    public int InputOf(int form, int index) => form != Root ? loads.OrderedInput(form, index) : index == 0 ? left : right;

    public int FirstFormOf(int value) => state.IsOnlyHere(value) ? value : -1;

    public int FormAfter(int form) => -1;

    public bool IsSame(int value, int other) => value == other;

    public bool TryConstant(int value, out long bits)
    {
        bits = 0;
        return value == Zero || Constants.TryGetInteger(state.Graph, value, out bits);
    }

    public bool IsBoolean(int value) => NumericForms.Of(state.Graph[value].Op).IsComparison;

    public void Cmp(int id, Opcode relation, OpSize size, int x, int y)
    {
        Begin(CompareKind.Integer, relation, size);
        if (loads.TryCover(y, size, mayFault, out _chosen.Address))
        {
            _chosen.HasAddress = true;
            _chosen.Left = operands.Register(x);
        }
        else if (loads.TryCover(x, size, mayFault, out _chosen.Address))
        {
            _chosen.HasAddress = true;
            _chosen.Left = operands.Register(y);
            _chosen.Condition = _chosen.Condition.ToCondition().Swap().ToFlag();
        }
        else if (state.Graph[y].Op == IrOp.FunctionAddress && state.ModuleCode.Layout.IsImportedFunction((int)state.Graph[y].Immediate))
        {
            _chosen.HasAddress = true;
            _chosen.Address = Address.OfInstance(state.ModuleCode.Layout.ImportedFunction((int)state.Graph[y].Immediate));
            _chosen.Left = operands.Register(x);
        }
        else
        {
            _chosen.Left = operands.Register(x);
            _chosen.Right = operands.Register(y);
        }
    }

    public void CmpConstant(int id, Opcode relation, OpSize size, int x, long a)
    {
        Begin(CompareKind.Integer, relation, size);
        _chosen.HasImmediate = true;
        _chosen.Immediate = a;

        // What is but a part of the left operand is compared in a register.
        _chosen.HasAddress = x == left && loads.TryCover(x, size, mayFault, out _chosen.Address);
        _chosen.Left = _chosen.HasAddress ? 0 : operands.Register(x);
    }

    public void Ucomis(int id, Opcode relation, OpSize size, int x, int y)
    {
        _chosen = new Comparison { Kind = CompareKind.Float, Size = size, Condition = FlagsOf((FloatRelation)NumericForms.Of(relation).Operation) };
        _chosen.HasAddress = loads.TryCover(y, size, mayFault, out _chosen.Address);
        _chosen.Left = operands.Register(x);
        _chosen.Right = _chosen.HasAddress ? 0 : operands.Register(y);
    }

    public void Test(int id, Opcode relation, OpSize size, int x, int y)
    {
        Begin(CompareKind.Test, relation, size);
        _chosen.Left = operands.Register(x);
        _chosen.Right = operands.Register(y);
    }

    public void TestConstant(int id, Opcode relation, OpSize size, int x, long a)
    {
        Begin(CompareKind.Test, relation, size);
        _chosen.HasImmediate = true;
        _chosen.Immediate = a;
        _chosen.Left = operands.Register(x);
    }

    /// <remarks>In memory, it is compared with the constant 0.</remarks>
    public void TestSelf(int id, Opcode relation, OpSize size, int x)
    {
        Begin(CompareKind.Test, relation, size);
        if (loads.TryCover(x, size, mayFault, out _chosen.Address))
        {
            _chosen.Kind = CompareKind.Integer;
            _chosen.HasAddress = true;
            _chosen.HasImmediate = true;
        }
        else
        {
            _chosen.Left = _chosen.Right = operands.Register(x);
        }
    }

    /// <summary>What is asked of the flags that are set as by an unsigned comparison, and all three of carry, zero and parity for NaN.</summary>
    private static FlagCondition FlagsOf(FloatRelation relation) => relation switch
    {
        FloatRelation.Equal => FlagCondition.FloatEqual,
        FloatRelation.NotEqual => FlagCondition.FloatNotEqual,
        FloatRelation.Greater => Condition.Above.ToFlag(),
        FloatRelation.GreaterOrEqual => Condition.AboveOrEqual.ToFlag(),
        _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "the flags do not answer it"),
    };

    private void Begin(CompareKind kind, Opcode relation, OpSize size) =>
        _chosen = new Comparison { Kind = kind, Size = size, Condition = ((Condition)NumericForms.Of(relation).Operation).ToFlag() };
}
