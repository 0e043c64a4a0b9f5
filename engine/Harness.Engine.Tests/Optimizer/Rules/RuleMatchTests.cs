using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.Rules;
using ConstantEvaluator = Harness.Engine.Optimizer.Passes.ConstantEvaluator;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>The matcher that is made of the rules finds every rule where its pattern stands, and nothing where its conditions do not hold.</summary>
public sealed class RuleMatchTests
{
    // Among these every condition finds constants that it holds for.
    private static readonly long[] Candidates = [0, 1, 2, 3, 8, 16, 31, 32, 63, 255, 65535, -1, uint.MaxValue, BitConverter.DoubleToInt64Bits(4), BitConverter.SingleToInt32Bits(4)];

    /// <summary>Every rule's text.</summary>
    public static TheoryData<string> Rules => AlgebraFile.Names;

    [Theory]
    [MemberData(nameof(Rules))]
    public void EveryRuleIsFound(string name)
    {
        Rule rule = AlgebraFile.ByName(name);
        Dictionary<string, long> constants = ConstantsFor(rule) ?? throw new InvalidOperationException($"no candidates fit {rule}");
        var target = new ExpressionTarget(AlgebraFile.BooleansOf(rule));
        int root = target.Add(rule.Pattern, rule.Pattern.ResultType ?? "i32", constants);
        AlgebraicRules.Apply(ref target, root);
        string expected = target.Describe(rule.Result, rule.Pattern.ResultType ?? "i32", constants);
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
    public void WhatIsNoRuleIsRefusedWithItsLine(string text, string message)
    {
        RuleException exception = Assert.Throws<RuleException>(() => RuleFile.Parse(text));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith(text.StartsWith("##", StringComparison.Ordinal) ? "2: " : "1: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDocumentSaysWhatTheRulesAre()
    {
        string path = Path.Combine(RepositoryFiles.Root, "engine", "RULES.md");
        string document = RuleDocument.Write(AlgebraFile.Sections);
        if (Environment.GetEnvironmentVariable("HARNESS_UPDATE_GOLDEN") == "1") File.WriteAllText(path, document);
        Assert.Equal(document, File.ReadAllText(path));
    }

    private static List<string> ResultsOf(string pattern)
    {
        var rule = RuleFile.Parse($"## test\n{pattern} => x")[0].Rules[0];
        var target = new ExpressionTarget(new HashSet<string>());
        int root = target.Add(rule.Pattern, rule.Pattern.ResultType!, []);
        AlgebraicRules.Apply(ref target, root);
        return target.Results;
    }

    private static Dictionary<string, long>? ConstantsFor(Rule rule)
    {
        (string Name, string Type)[] names = [.. AlgebraFile.VariablesOf(rule).Where(variable => variable.Key[0] <= 'c').Select(variable => (variable.Key, variable.Value))];
        for (int i = 0; i < Math.Pow(Candidates.Length, names.Length); i++)
        {
            int rest = i;
            var constants = new Dictionary<string, long>();
            foreach ((string name, string type) in names)
            {
                long candidate = Candidates[rest % Candidates.Length];
                constants[name] = type is "i32" or "f32" ? (int)candidate : candidate;
                rest /= Candidates.Length;
            }

            if (AlgebraFile.ConstantConditionsOf(rule).All(condition => ExpressionTarget.Compute(condition, "i32", constants) is not (null or 0))) return constants;
        }

        return null;
    }

    /// <summary>An expression as rules see it; collects all results as text.</summary>
    private struct ExpressionTarget(IReadOnlySet<string> booleans) : IRuleTarget
    {
        private readonly List<(Opcode Op, int[] Inputs, long Bits, string Text)> values = [];

        public List<string> Results { get; } = [];

        /// <summary>Adds an expression: its number.</summary>
        public readonly int Add(RuleExpression expression, string type, Dictionary<string, long> constants)
        {
            if (expression.IsConstant && Compute(expression, type, constants) is { } bits) return Constant(Enum.Parse<IrType>(type, ignoreCase: true), bits);
            if (expression is RuleOperation operation)
            {
                var inputs = new int[operation.Operands.Count];
                for (int i = 0; i < inputs.Length; i++) inputs[i] = Add(operation.Operands[i], operation.OperandType(i) ?? type, constants);
                return New(AlgebraFile.OpcodeOf(operation.Name), inputs, 0, "");
            }

            string name = expression.ToString()!;
            int known = values.FindIndex(value => value.Text == name);
            return known >= 0 ? known : New(booleans.Contains(name) ? Opcode.F64Lt : IrOp.Argument, [], 0, name);
        }

        /// <summary>An expression as results are described.</summary>
        public readonly string Describe(RuleExpression expression, string type, Dictionary<string, long> constants) => Text(Add(expression, type, constants));

        /// <summary>Computes what is constant; null where it traps.</summary>
        public static long? Compute(RuleExpression expression, string type, Dictionary<string, long> constants)
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
                    bool isComputed = !operands.Contains(null) && (operands.Length == 1
                        ? ConstantEvaluator.TryEvaluate(AlgebraFile.OpcodeOf(operation.Name), operands[0]!.Value, out result)
                        : ConstantEvaluator.TryEvaluate(AlgebraFile.OpcodeOf(operation.Name), operands[0]!.Value, operands[1]!.Value, out result));
                    return isComputed ? result : null;
            }
        }

        public readonly Opcode OpOf(int form) => values[form].Op;

        public readonly int InputOf(int form, int index) => values[form].Inputs[index];

        public readonly int FirstFormOf(int value) => value;

        public readonly int FormAfter(int form) => -1;

        public readonly bool IsSame(int value, int other) => value == other;

        public readonly bool TryConstant(int value, out long bits)
        {
            bits = values[value].Bits;
            return OperatorTable.IsConstant(values[value].Op);
        }

        public readonly bool IsBoolean(int value) => Comparisons.IsComparison(values[value].Op);

        public readonly int Constant(IrType type, long bits) => New(Enum.Parse<Opcode>($"{type}Const"), [], bits, bits.ToString(CultureInfo.InvariantCulture));

        public readonly int Make(Opcode op, IrType type, int x, int y) => New(op, y < 0 ? [x] : [x, y], 0, "");

        public readonly bool Becomes(int root, int value) => Found(Text(value));

        public readonly bool BecomesConstant(int root, long bits) => Found(bits.ToString(CultureInfo.InvariantCulture));

        public readonly bool Becomes(int root, Opcode op, int x, int y, int z) => Found(Text(New(op, y < 0 ? [x] : z < 0 ? [x, y] : [x, y, z], 0, "")));

        private readonly bool Found(string result)
        {
            Results.Add(result);
            return false;
        }

        private readonly int New(Opcode op, int[] inputs, long bits, string text)
        {
            values.Add((op, inputs, bits, text));
            return values.Count - 1;
        }

        private readonly string Text(int value)
        {
            (Opcode op, int[] inputs, _, string text) = values[value];
            var operands = new List<string>();
            foreach (int input in inputs) operands.Add(Text(input));
            return text.Length > 0 ? text : $"({IrNames.NameOf(op)} {string.Join(' ', operands)})";
        }
    }
}
