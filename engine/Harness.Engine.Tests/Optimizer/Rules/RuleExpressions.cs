using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Rules;
using ConstantEvaluator = Harness.Engine.Optimizer.Passes.ConstantEvaluator;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>Expressions as a matcher of rules looks at them: values by their numbers, each with an operator and operands.</summary>
/// <param name="booleans">The variables that are 0 or 1.</param>
internal sealed class RuleExpressions(IReadOnlySet<string> booleans)
{
    // Among these every condition finds constants that it holds for.
    private static readonly long[] Candidates =
    [
        0, 1, 2, 3, 8, 16, 31, 32, 63, 255, 65535, -1, uint.MaxValue, BitConverter.DoubleToInt64Bits(4), BitConverter.SingleToInt32Bits(4), int.MaxValue, int.MinValue, 1L << 31,
    ];

    private readonly List<(Opcode Op, int[] Inputs, long Bits, string Text)> _values = [];

    /// <summary>Constants for which the conditions of a rule hold.</summary>
    public static Dictionary<string, long> ConstantsFor(Rule rule) => AllConstantsFor(rule).FirstOrDefault() ?? throw new InvalidOperationException($"no candidates fit {rule}");

    /// <summary>All constants among the candidates for which the conditions of a rule hold; without constants, none once.</summary>
    public static IEnumerable<Dictionary<string, long>> AllConstantsFor(Rule rule)
    {
        (string Name, string Type)[] names = [.. RuleFiles.VariablesOf(rule).Where(variable => variable.Key[0] <= 'c').Select(variable => (variable.Key, variable.Value))];
        for (var i = 0; i < Math.Pow(Candidates.Length, names.Length); i++)
        {
            var rest = i;
            var constants = new Dictionary<string, long>();
            foreach (var (name, type) in names)
            {
                var candidate = Candidates[rest % Candidates.Length];
                constants[name] = type is "i32" or "f32" ? (int)candidate : candidate;
                rest /= Candidates.Length;
            }

            if (RuleFiles.ConstantConditionsOf(rule).All(condition => Compute(condition, "i32", constants) is not (null or 0)))
            {
                yield return constants;
            }
        }
    }

    /// <summary>Computes what is constant; null where it traps.</summary>
    public static long? Compute(RuleExpression expression, string type, IReadOnlyDictionary<string, long> constants)
    {
        switch (expression)
        {
            case RuleVariable variable:
                return constants[variable.Name];
            case RuleNumber number:
                return number.BitsAs(type);
            default:
                var operation = (RuleOperation)expression;
                long?[] operands = [.. operation.Operands.Select((operand, i) => Compute(operand, operation.OperandType(i)!, constants))];
                long result = 0;
                var isComputed = !operands.Contains(null) && (operands.Length == 1
                    ? ConstantEvaluator.TryEvaluate(RuleFiles.OpcodeOf(operation.Name), operands[0]!.Value, out result)
                    : ConstantEvaluator.TryEvaluate(RuleFiles.OpcodeOf(operation.Name), operands[0]!.Value, operands[1]!.Value, out result));
                return isComputed ? result : null;
        }
    }

    /// <summary>Adds an expression: its number.</summary>
    public int Add(RuleExpression expression, string type, IReadOnlyDictionary<string, long> constants)
    {
        if (expression.IsConstant && Compute(expression, type, constants) is { } bits)
        {
            return Constant(Enum.Parse<IrType>(type, ignoreCase: true), bits);
        }

        if (expression is RuleOperation operation)
        {
            var inputs = new int[operation.Operands.Count];
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i] = Add(operation.Operands[i], operation.OperandType(i) ?? type, constants);
            }

            return Make(RuleFiles.OpcodeOf(operation.Name), inputs);
        }

        var name = expression.ToString()!;
        var known = _values.FindIndex(value => value.Text == name);
        return known >= 0 ? known : New(booleans.Contains(name) ? Opcode.F64Lt : IrOp.Argument, [], 0, name);
    }

    /// <summary>Adds an operation: its number.</summary>
    public int Make(Opcode op, int[] inputs) => New(op, inputs, 0, "");

    /// <summary>Adds a constant: its number.</summary>
    public int Constant(IrType type, long bits) => New(Enum.Parse<Opcode>($"{type}Const"), [], bits, bits.ToString(CultureInfo.InvariantCulture));

    /// <summary>The operator of a value.</summary>
    public Opcode OpOf(int value) => _values[value].Op;

    /// <summary>An operand of a value.</summary>
    public int InputOf(int value, int index) => _values[value].Inputs[index];

    /// <summary>The bits of a value that is a constant.</summary>
    public bool TryConstant(int value, out long bits)
    {
        bits = _values[value].Bits;
        return OperatorTable.IsConstant(_values[value].Op);
    }

    /// <summary>A value as text.</summary>
    public string TextOf(int value)
    {
        var (op, inputs, _, text) = _values[value];
        return text.Length > 0 ? text : $"({IrNames.NameOf(op)} {string.Join(' ', inputs.Select(TextOf))})";
    }

    private int New(Opcode op, int[] inputs, long bits, string text)
    {
        _values.Add((op, inputs, bits, text));
        return _values.Count - 1;
    }
}
