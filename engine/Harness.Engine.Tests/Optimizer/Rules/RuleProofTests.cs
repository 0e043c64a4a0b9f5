using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>Every rule about integers is proved on integers of a few bits, by trying all of them.</summary>
public sealed class RuleProofTests
{
    /// <summary>The rules without floats.</summary>
    public static TheoryData<string> IntegerRules => [.. RuleFiles.Equations.Select(rule => rule.ToString()).Where(text => !text.Contains("(f", StringComparison.Ordinal) && !text.Contains("_f", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(IntegerRules))]
    public void HoldsForAllBitPatterns(string name)
    {
        var rule = RuleFiles.Equations.ByName(name);
        Assert.True(Prove(rule) > 0, $"nothing fits {rule}");
    }

    [Theory]
    [InlineData("(i32.add x 0) => 0")]
    [InlineData("(i32.shl (i32.shl x a) b) => (i32.shl x (i32.add a b))")]
    [InlineData("(i64.div_u x a) => (i64.shr_u x (i64.ctz a)) if (i64.ne a 0)")]
    [InlineData("(i64.extend_i32_s (i32.wrap_i64 x)) => x")]
    [InlineData("(i32.div_s x x) => 1")]
    public void WhatIsWrongIsNotProved(string rule) => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Prove(RuleFile.Parse($"## wrong\n{rule}")[0].Rules[0]));

    /// <summary>Tries all values.</summary>
    /// <returns>How many of them the rule fits.</returns>
    private static int Prove(Rule rule)
    {
        var variables = RuleFiles.VariablesOf(rule);
        var booleans = RuleFiles.BooleansOf(rule);
        var isMixed = rule.ToString().Contains("(i64.", StringComparison.Ordinal) && rule.ToString().Contains("_i32", StringComparison.Ordinal) || rule.ToString().Contains("wrap_i64", StringComparison.Ordinal);
        var width = variables.Count > 2 ? 4 : 8;
        var arithmetic = new NarrowArithmetic(isMixed || rule.ToString().Contains("extend32", StringComparison.Ordinal) ? width / 2 : width, width);
        var type = rule.Pattern.ResultType ?? "i32";
        string[] names = [.. variables.Keys];
        long[] least = [.. names.Select(name => booleans.Contains(name) ? 0 : -1L << (arithmetic.WidthOf(variables[name]) - 1))];
        long[] most = [.. names.Select(name => booleans.Contains(name) ? 1 : (1L << (arithmetic.WidthOf(variables[name]) - 1)) - 1)];
        var values = names.Zip(least).ToDictionary();
        var count = 0;
        while (true)
        {
            if (RuleFiles.ConstantConditionsOf(rule).All(condition => arithmetic.Evaluate(condition, "i32", values) is not (null or 0)))
            {
                var expected = arithmetic.Evaluate(rule.Pattern, type, values);
                var actual = arithmetic.Evaluate(rule.Result, type, values);
                Assert.True(expected == actual, $"{rule}: {actual?.ToString() ?? "a trap"}, not {expected?.ToString() ?? "a trap"}, for {string.Join(", ", values)}");
                count++;
            }

            // The next values, as an odometer has them.
            var i = 0;
            while (i < names.Length && values[names[i]] == most[i])
            {
                values[names[i]] = least[i++];
            }

            if (i == names.Length)
            {
                return count;
            }

            values[names[i]]++;
        }
    }
}
