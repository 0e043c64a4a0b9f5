using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>The matcher that is made of the rules finds every rule where its pattern stands, and nothing where its conditions do not hold.</summary>
public sealed class RuleMatchTests
{
    /// <summary>Every rule's text.</summary>
    public static TheoryData<string> Rules => RuleFiles.NamesOf(RuleFiles.AlgebraRules);

    [Theory]
    [MemberData(nameof(Rules))]
    public void EveryRuleIsFound(string name)
    {
        var rule = RuleFiles.AlgebraRules.ByName(name);
        var constants = RuleExpressions.ConstantsFor(rule);
        var expressions = new RuleExpressions(RuleFiles.BooleansOf(rule));
        var target = new ExpressionTarget(expressions);
        var root = expressions.Add(rule.Pattern, rule.Pattern.ResultType ?? "i32", constants);
        AlgebraicRules.Apply(ref target, root);
        var expected = expressions.TextOf(expressions.Add(rule.Result, rule.Pattern.ResultType ?? "i32", constants));
        Assert.Contains(expected, target.Results);
    }

    [Fact]
    public void ConditionsAreAsked()
    {
        Assert.Empty(ResultsOf("(i32.rotl x 5)"));
        Assert.Equal(["x"], ResultsOf("(i32.rotl x 64)"));
        Assert.Empty(ResultsOf("(i32.mul x 12)"));
        Assert.Equal(["(i32.shl x 3)"], ResultsOf("(i32.mul x 8)"));
        Assert.Empty(ResultsOf("(i32.ne x y)"));
        Assert.Empty(ResultsOf("(i32.and x 1)"));
        Assert.Empty(ResultsOf("(f64.div x 3.0)"));
    }

    [Fact]
    public void TheSameVariableIsTheSameValue()
    {
        Assert.Equal(["0"], ResultsOf("(i32.sub x x)"));
        Assert.Empty(ResultsOf("(i32.sub x y)"));
        Assert.Equal(["y"], ResultsOf("(i32.sub (i32.add x y) x)"));
        Assert.Empty(ResultsOf("(i32.sub (i32.add x y) z)"));
    }

    [Theory]
    [InlineData("(i32.add x 0) => x", "rules belong under a heading")]
    [InlineData("## s\n(i32.add x 0)", "a rule is a pattern, =>, and a result")]
    [InlineData("## s\n(i32.add x 0) => y", "y is not in the pattern")]
    [InlineData("## s\n(i32.add a b) => a", "a pattern is an operation on at least one variable")]
    [InlineData("## s\n(i32.add x q) => x", "'q' is no number, and no variable")]
    [InlineData("## s\n(i32.add x 0 => x", "a parenthesis is open")]
    [InlineData("## s\n(i32.add x 0)) => x", "is too much")]
    [InlineData("## s\n(i.[add sub] x (i.[and] x y)) => x", "all lists of a rule are of one length")]
    [InlineData("## s\n(i.add (f.add x y) y) => x", "not for both")]
    [InlineData("## s\n(i32.add x y) => x if (i32.eqz x)", "is not known when a function is compiled")]
    [InlineData("## s\n(i32.neg x) := (i32.sub 0 y)", "y is no operand of the instruction")]
    [InlineData("## s\n(i32.twice x x) := (i32.add x x)", "each of which stands once")]
    public void WhatIsNoRuleIsRefusedWithItsLine(string text, string message)
    {
        var exception = Assert.Throws<RuleException>(() => RuleFile.Parse(text));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith(text.StartsWith("##", StringComparison.Ordinal) ? "2: " : "1: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDocumentSaysWhatTheRulesAre()
    {
        var path = Path.Combine(RepositoryFiles.Root, "engine", "RULES.md");
        var document = RuleDocument.Write(RuleFiles.Algebra, RuleFiles.Selection, RuleFiles.Conditions);
        if (Environment.GetEnvironmentVariable("HARNESS_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, document);
        }

        Assert.Equal(document, File.ReadAllText(path));
    }

    private static List<string> ResultsOf(string pattern)
    {
        var rule = RuleFile.Parse($"## test\n{pattern} => x")[0].Rules[0];
        var expressions = new RuleExpressions(new HashSet<string>());
        var target = new ExpressionTarget(expressions);
        var root = expressions.Add(rule.Pattern, rule.Pattern.ResultType!, new Dictionary<string, long>());
        AlgebraicRules.Apply(ref target, root);
        return target.Results;
    }

    /// <summary>Collects all results of rules of algebra as text.</summary>
    private readonly struct ExpressionTarget(RuleExpressions expressions) : IRuleTarget
    {
        public List<string> Results { get; } = [];

        public Opcode OpOf(int form) => expressions.OpOf(form);

        public int InputOf(int form, int index) => expressions.InputOf(form, index);

        public int FirstFormOf(int value) => value;

        public int FormAfter(int form) => -1;

        public bool IsSame(int value, int other) => value == other;

        public bool TryConstant(int value, out long bits) => expressions.TryConstant(value, out bits);

        public bool IsBoolean(int value) => Comparisons.IsComparison(expressions.OpOf(value));

        public int Constant(IrType type, long bits) => expressions.Constant(type, bits);

        public int Make(Opcode op, IrType type, int x, int y) => expressions.Make(op, y < 0 ? [x] : [x, y]);

        public bool Becomes(int root, int value) => Found(expressions.TextOf(value));

        public bool BecomesConstant(int root, long bits) => Found(bits.ToString(CultureInfo.InvariantCulture));

        public bool Becomes(int root, Opcode op, int x, int y, int z) => Found(expressions.TextOf(expressions.Make(op, y < 0 ? [x] : z < 0 ? [x, y] : [x, y, z])));

        private bool Found(string result)
        {
            Results.Add(result);
            return false;
        }
    }
}
