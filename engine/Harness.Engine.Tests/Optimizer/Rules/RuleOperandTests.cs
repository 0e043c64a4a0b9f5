using Harness.Engine.Modules;
using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>Every rule on the operands on which instructions behave differently, and on random ones, as the specification defines the instructions.</summary>
public sealed class RuleOperandTests
{
    private const int RandomTries = 2000;
    private const int MostTries = 20_000;

    /// <summary>Every rule's text.</summary>
    public static TheoryData<string> Rules => RuleFiles.NamesOf(RuleFiles.Equations);

    [Theory]
    [MemberData(nameof(Rules))]
    public void BothSidesAreTheSame(string name)
    {
        var rule = RuleFiles.Equations.ByName(name);
        var random = new Random(name.Length);
        var variables = RuleFiles.VariablesOf(rule);
        var booleans = RuleFiles.BooleansOf(rule);
        var edges = variables.ToDictionary(variable => variable.Key, variable => booleans.Contains(variable.Key) ? [0UL, 1UL] : NumericOperands.Values(Enum.Parse<ValueKind>(variable.Value, ignoreCase: true)).ToArray());
        var all = edges.Values.Aggregate(1L, (product, values) => product * values.Length);
        var count = 0;
        for (var i = 0; i < Math.Min(all, MostTries) + RandomTries; i++)
        {
            var values = new Dictionary<string, ulong>();
            var rest = all <= MostTries ? i : random.NextInt64(all);
            foreach (var (variable, candidates) in edges)
            {
                var isRandom = i >= Math.Min(all, MostTries) && !booleans.Contains(variable) && random.Next(3) != 0;
                values[variable] = isRandom ? Random(random, variables[variable]) : candidates[rest % candidates.Length];
                rest /= candidates.Length;
            }

            if (!RuleFiles.ConstantConditionsOf(rule).All(condition => Evaluate(condition, "i32", values) is not (null or 0)))
            {
                continue;
            }

            var type = rule.Pattern.ResultType ?? "i32";
            var expected = Evaluate(rule.Pattern, type, values);
            var actual = Evaluate(rule.Result, type, values);
            if (expected == actual)
            {
                count++;
                continue;
            }

            // Which NaN arithmetic gives is the machine's choice.
            Assert.True(
                expected is { } a && actual is { } b && IsNaN(type, a) && IsNaN(type, b),
                $"{rule}: 0x{actual:x}, not 0x{expected:x}, for {string.Join(", ", values.Select(value => $"{value.Key} = 0x{value.Value:x}"))}");
        }

        Assert.True(count > 0, $"nothing fits {rule}");
    }

    private static ulong Random(Random random, string type)
    {
        // Single bits, as masks and powers of two are made of, are as likely as anything.
        var bits = random.Next(4) == 0 ? 1UL << random.Next(64) : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
        return type is "i32" or "f32" ? (uint)bits : bits;
    }

    private static bool IsNaN(string type, ulong bits) => type switch
    {
        "f32" => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits)),
        "f64" => double.IsNaN(BitConverter.UInt64BitsToDouble(bits)),
        _ => false,
    };

    /// <summary>Computes an expression; null where it traps.</summary>
    private static ulong? Evaluate(RuleExpression expression, string type, Dictionary<string, ulong> values)
    {
        switch (expression)
        {
            case RuleVariable variable:
                return values[variable.Name];
            case RuleNumber number:
                return type is "i32" or "f32" ? (uint)number.BitsAs(type) : (ulong)number.BitsAs(type);
            default:
                var operation = (RuleOperation)expression;
                var operands = new ulong[operation.Operands.Count];
                for (var i = 0; i < operands.Length; i++)
                {
                    if (Evaluate(operation.Operands[i], operation.OperandType(i) ?? type, values) is not { } operand)
                    {
                        return null;
                    }

                    operands[i] = operand;
                }

                if (operation.Name == "select")
                {
                    return (uint)operands[2] != 0 ? operands[0] : operands[1];
                }

                try
                {
                    return NumericReference.Evaluate(RuleFiles.OpcodeOf(operation.Name), operands);
                }
                catch (ReferenceTrapException)
                {
                    return null;
                }
        }
    }
}
