using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Rules;

namespace Harness.Engine.Optimizer.Passes.Algebra;

/// <summary>
/// Numbers of values, each with all the operations that are known to give it, and the cheapest of them. A value is made with all its forms at once: rules are applied to each form as soon as it is there, to
/// operands in all of their forms. What a form needs was made before it, so that there are no cycles, no unions, and one look at each form finds the cheapest.
/// </summary>
/// <remarks>The idea is that of acyclic e-graphs (C. Fallin, "ægraphs: Acyclic E-graphs for Efficient Optimization in a Production Compiler", EGRAPHS 2023).</remarks>
internal sealed class EGraph
{
    /// <summary>A value of more forms would cost more time than they could save.</summary>
    private const int MostForms = 8;

    private readonly Dictionary<FormKey, int> _valueByForm = [];
    private readonly List<Value> _values = [];
    private readonly List<Form> _forms = [];

    /// <summary>The value being made: its first form, and what it turned out to be the same as.</summary>
    private int _first = -1;
    private int _formCount;
    private int _sameAs = -1;

    /// <summary>The value of an operation that is no form: whatever has effects or comes from elsewhere.</summary>
    /// <param name="node">The node that gives it.</param>
    /// <param name="isBoolean">Whether it is 0 or 1.</param>
    public int NewLeaf(int node, bool isBoolean)
    {
        _forms.Add(new Form(IrOp.Nop, IrType.None, -1, -1, -1, node));
        _values.Add(new Value { First = _forms.Count - 1, Best = _forms.Count - 1, IsLeaf = true, IsBoolean = isBoolean });
        return _values.Count - 1;
    }

    /// <summary>A constant.</summary>
    public int Constant(IrType type, long bits)
    {
        var op = OperatorTable.ConstantOf(type);
        var key = new FormKey(op, -1, -1, -1, bits);
        if (!_valueByForm.TryGetValue(key, out var value))
        {
            _forms.Add(new Form(op, type, -1, -1, -1, bits));
            _values.Add(new Value { First = _forms.Count - 1, Best = _forms.Count - 1, IsConstant = true });
            value = _values.Count - 1;
            _valueByForm.Add(key, value);
        }

        return value;
    }

    /// <summary>The value of an operation on values.</summary>
    public int Find(in Form form)
    {
        if (_valueByForm.TryGetValue(form.Key, out var known))
        {
            return known;
        }

        if (TryCompute(in form, out var bits))
        {
            return Constant(form.Type, bits);
        }

        // Results within results are values of their own, made meanwhile.
        var (outerFirst, outerCount, outerSame) = (_first, _formCount, _sameAs);
        var value = MakeValue(in form);
        (_first, _formCount, _sameAs) = (outerFirst, outerCount, outerSame);
        return value;
    }

    /// <summary>The cheapest form of a value.</summary>
    public Form BestOf(int value) => _forms[_values[value].Best];

    /// <summary>The node of a value that has no other form; -1 for other values.</summary>
    public int LeafOf(int value) => _values[value].IsLeaf ? (int)_forms[_values[value].First].Immediate : -1;

    private int MakeValue(in Form form)
    {
        _first = _forms.Count;
        _formCount = 1;
        _sameAs = -1;
        _forms.Add(form);
        var mine = _first;
        for (var current = mine; current >= 0 && _sameAs < 0; current = _forms[current].Next)
        {
            var target = new Target(this, form.Type);
            AlgebraicRules.Apply(ref target, current);
        }

        if (_sameAs >= 0)
        {
            _valueByForm[form.Key] = _sameAs;
            return _sameAs;
        }

        var value = new Value { First = mine, Best = mine, Cost = int.MaxValue };
        for (var current = mine; current >= 0; current = _forms[current].Next)
        {
            // Of two that cost the same the later one is what rules made of the other: what passes look for.
            var cost = CostOf(_forms[current]);
            if (cost <= value.Cost)
            {
                value.Best = current;
                value.Cost = cost;
            }

            value.IsBoolean |= Comparisons.IsComparison(_forms[current].Op);
        }

        _values.Add(value);
        for (var current = mine; current >= 0; current = _forms[current].Next)
        {
            _valueByForm.TryAdd(_forms[current].Key, _values.Count - 1);
        }

        return _values.Count - 1;
    }

    private int CostOf(in Form form)
    {
        long cost = OperationCost.Of(form.Op);
        cost += form.First < 0 ? 0 : _values[form.First].Cost;
        cost += form.Second < 0 ? 0 : _values[form.Second].Cost;
        cost += form.Third < 0 ? 0 : _values[form.Third].Cost;
        return (int)Math.Min(cost, int.MaxValue);
    }

    private bool TryCompute(in Form form, out long bits)
    {
        bits = 0;
        if (form.First < 0 || form.Third >= 0 || !_values[form.First].IsConstant)
        {
            return false;
        }

        var x = _forms[_values[form.First].First].Immediate;
        return form.Second < 0
            ? ConstantEvaluator.TryEvaluate(form.Op, x, out bits)
            : _values[form.Second].IsConstant && ConstantEvaluator.TryEvaluate(form.Op, x, _forms[_values[form.Second].First].Immediate, out bits);
    }

    private bool Is(int value)
    {
        _sameAs = value;
        return true;
    }

    private bool AddForm(in Form form)
    {
        if (_valueByForm.TryGetValue(form.Key, out var known))
        {
            return Is(known);
        }

        if (TryCompute(in form, out var bits))
        {
            return Is(Constant(form.Type, bits));
        }

        var last = _first;
        for (var current = _first; current >= 0; current = _forms[current].Next)
        {
            if (_forms[current].Key == form.Key)
            {
                return false;
            }

            last = current;
        }

        if (_formCount == MostForms)
        {
            return false;
        }

        _formCount++;
        _forms.Add(form);
        _forms[last] = _forms[last] with { Next = _forms.Count - 1 };
        return false;
    }

    /// <summary>An operation on values.</summary>
    /// <param name="Op">The operator; <see cref="IrOp.Nop"/> for what comes from elsewhere.</param>
    /// <param name="Type">The type of the result.</param>
    /// <param name="First">The first operand: a value, -1 for none.</param>
    /// <param name="Second">The second operand.</param>
    /// <param name="Third">The third operand.</param>
    /// <param name="Immediate">The bits of a constant, the node of what comes from elsewhere.</param>
    internal readonly record struct Form(Opcode Op, IrType Type, int First, int Second, int Third, long Immediate)
    {
        /// <summary>The form of the same value after it; -1 for none.</summary>
        public int Next { get; init; } = -1;

        /// <summary>What makes two forms equal.</summary>
        public FormKey Key => new(Op, First, Second, Third, Immediate);
    }

    /// <summary>What makes two forms equal.</summary>
    internal readonly record struct FormKey(Opcode Op, int First, int Second, int Third, long Immediate)
    {
        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine((int)Op, First, Second, Third, Immediate);
    }

    private record struct Value
    {
        public int First;
        public int Best;
        public int Cost;
        public bool IsLeaf;
        public bool IsConstant;
        public bool IsBoolean;
    }

    /// <summary>The e-graph as rules see it: all that fits is added, until a value turns out to be one that there is.</summary>
    private readonly struct Target(EGraph graph, IrType result) : IRuleTarget
    {
        public Opcode OpOf(int form) => graph._forms[form].Op;

        public int InputOf(int form, int index)
        {
            var of = graph._forms[form];
            return index == 0 ? of.First : index == 1 ? of.Second : of.Third;
        }

        public int FirstFormOf(int value) => graph._values[value].First;

        public int FormAfter(int form) => graph._forms[form].Next;

        public bool IsSame(int value, int other) => value == other;

        public bool TryConstant(int value, out long bits)
        {
            bits = graph._forms[graph._values[value].First].Immediate;
            return graph._values[value].IsConstant;
        }

        public bool IsBoolean(int value) => graph._values[value].IsBoolean;

        public int Constant(IrType type, long bits) => graph.Constant(type, bits);

        public int Make(Opcode op, IrType type, int x, int y) => graph.Find(new Form(op, type, x, y, -1, 0));

        public bool Becomes(int root, int value) => graph.Is(value);

        public bool BecomesConstant(int root, long bits) => graph.Is(graph.Constant(result, bits));

        public bool Becomes(int root, Opcode op, int x, int y, int z) => graph.AddForm(new Form(op, result, x, y, z, 0));
    }
}
