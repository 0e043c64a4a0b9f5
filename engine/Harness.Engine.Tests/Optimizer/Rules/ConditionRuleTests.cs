using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.Rules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer.CodeGeneration;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>
/// The rules of conditions: the matcher chooses the comparison of a rule where its pattern stands, and machine code asks what the pattern means, on the operands on which instructions behave
/// differently. That the equations hold which they stand for is in <see cref="RuleProofTests"/> and <see cref="RuleOperandTests"/>.
/// </summary>
public sealed class ConditionRuleTests
{
    private const int Bytes = sizeof(long);

    private static readonly string[] Relations = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];

    /// <summary>Every rule's text.</summary>
    public static TheoryData<string> Rules => RuleFiles.NamesOf(RuleFiles.ConditionRules);

    [Theory]
    [MemberData(nameof(Rules))]
    public void EveryRuleChoosesItsComparison(string name)
    {
        var rule = RuleFiles.ConditionRules.ByName(name);

        // Single constants may belong to a rule before.
        Assert.Contains(RuleExpressions.AllConstantsFor(rule), constants => Choose(rule.Pattern, constants) == RulePrograms.InstructionOf(rule, constants));
    }

    [Theory]
    [InlineData("(i64.lt_s x 4294967296)", "(i64.cmp_lt_s x 4294967296)")]
    [InlineData("(i64.ne (i64.and x 4294967296) 0)", "(i64.test_ne x 4294967296)")]
    [InlineData("(i32.lt_s (i32.and x 8) 0)", "(i32.cmp_constant_lt_s (i32.and x 8) 0)")]
    [InlineData("(i32.eq (i32.add x -2147483648) 0)", "(i32.test_self_eq (i32.add x -2147483648))")]
    [InlineData("(i64.eq (i64.add x 2147483648) 0)", "(i64.test_self_eq (i64.add x 2147483648))")]
    [InlineData("(i64.eq (i64.add x 8) 8)", "(i64.cmp_constant_eq (i64.add x 8) 8)")]
    public void WhereNoConditionHoldsALaterRuleIsTaken(string pattern, string chosen) =>
        Assert.Equal(chosen, Choose(RuleFile.Parse($"## test\n{pattern} => x")[0].Rules[0].Pattern, []));

    [Theory]
    [MemberData(nameof(Rules))]
    public void MachineCodeAsksThePattern(string name)
    {
        var rule = RuleFiles.ConditionRules.ByName(name);
        var type = rule.Pattern.OperandType(0)!;
        var variables = RulePrograms.VariablesOf(rule);
        Dictionary<string, long>[] constants = [.. RuleExpressions.AllConstantsFor(rule)];
        var parameters = string.Concat(Enumerable.Repeat($"(param {type})", variables.Length));
        var stores = string.Concat(variables.Select((_, i) => $"({type}.store (i32.const {Bytes * i}) (local.get {i}))"));
        var text = new StringBuilder($"(memory 1) (func (export \"put\") {parameters} {stores})");
        var count = 0;
        foreach (var some in constants)
        {
            // None of the variables is in memory, or one of them.
            for (var inMemory = -1; inMemory < variables.Length; inMemory++)
            {
                var places = variables.Select((variable, i) => (variable, i == inMemory ? $"({type}.load (i32.const {Bytes * i}))" : $"(local.get {i})")).ToDictionary();
                foreach (var use in UsesOf(RulePrograms.TextOf(rule.Pattern, "i32", places, some)))
                {
                    text.Append(CultureInfo.InvariantCulture, $"(func (export \"{count++}\") {parameters} (result i32) {use})");
                }
            }
        }

        // Nothing else may rewrite the pattern before instructions are selected.
        using var run = new OptimizedRun(text.ToString(), "pass.fold=off", "pass.gvn=off");
        var kind = Enum.Parse<ValueKind>(type, ignoreCase: true);
        foreach (var values in RulePrograms.OperandsFor(variables, kind))
        {
            WasmValue[] arguments = [.. values.Select(value => WasmValue.FromBits(kind, value))];
            var operands = variables.Zip(values).ToDictionary();
            run.CallAll("put", arguments);
            for (int i = 0, next = 0; i < constants.Length; i++)
            {
                var expected = RulePrograms.Evaluate(rule.Pattern, "i32", operands, constants[i]) != 0 ? 3 : 4;
                for (var end = count * (i + 1) / constants.Length; next < end; next++)
                {
                    var actual = run.Call(next.ToString(CultureInfo.InvariantCulture), arguments).AsI32();

                    // Texts are not made in advance: each would take longer than the call.
                    if (expected != actual)
                    {
                        Assert.Fail($"{rule}: {actual}, not {expected}, by function {next} for {string.Join(", ", operands.Select(operand => $"{operand.Key} = 0x{operand.Value:x}").Concat(constants[i].Select(constant => $"{constant.Key} = {constant.Value}")))}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(ValueKind.I32, 5L)]
    [InlineData(ValueKind.I32, 0L)]
    [InlineData(ValueKind.I64, -1L)]
    [InlineData(ValueKind.I64, 1L << 40)]
    public void AConstantOnTheLeftIsComparedFromTheRight(ValueKind kind, long constant)
    {
        var type = kind == ValueKind.I32 ? "i32" : "i64";
        using var run = new OptimizedRun(
            string.Concat(Relations.Select(relation => $"(func (export \"{relation}\") (param {type}) (result i32) ({type}.{relation} ({type}.const {constant}) (local.get 0)))")), "pass.fold=off", "pass.gvn=off");
        foreach (var relation in Relations)
        {
            foreach (var value in NumericOperands.Values(kind))
            {
                var expected = NumericReference.Evaluate(RuleFiles.OpcodeOf($"{type}.{relation}"), [(ulong)constant, value]);
                var actual = run.Call(relation, WasmValue.FromBits(kind, value)).Bits;
                Assert.True(expected == actual, $"{constant} {relation} 0x{value:x}: {actual}, not {expected}");
            }
        }

        if (constant == 5)
        {
            Assert.Contains("cmp eax, 5", run.Listing("lt_s"));
        }
    }

    [Theory]
    [InlineData("i32.test_constant_eq", true, "test_constant", "i32.eq")]
    [InlineData("i64.cmp_lt_s", true, "cmp", "i64.lt_s")]
    [InlineData("f32.ucomis_ge", true, "ucomis", "f32.ge")]
    [InlineData("i64.lt_s", false, "", "i64.lt_s")]
    [InlineData("i32.shl_constant", false, "", "i32.")]
    public void AnInstructionThatSetsFlagsIsCalledLikeTheComparison(string name, bool setsFlags, string setter, string relation)
    {
        Assert.Equal(setsFlags, RuleTypes.TrySplit(name, out var actualSetter, out var actualRelation));
        Assert.Equal((setter, relation), (actualSetter, actualRelation));
        Assert.Equal("i32", RuleTypes.ResultOf(name));
    }

    /// <summary>What conditions are for, the opposite among it: each gives 3 where the condition holds, else 4.</summary>
    private static string[] UsesOf(string condition) =>
    [
        $"(i32.sub (i32.const 4) {condition})",
        $"(if (result i32) {condition} (then (i32.const 3)) (else (i32.const 4)))",
        $"(if (result i32) (i32.eqz {condition}) (then (i32.const 4)) (else (i32.const 3)))",
        $"(select (i32.const 3) (i32.const 4) {condition})",
    ];

    private static string Choose(RuleOperation pattern, Dictionary<string, long> constants)
    {
        var expressions = new RuleExpressions(new HashSet<string>());
        var target = new ComparisonRecorder(expressions, new StringBuilder());
        var root = expressions.Add(pattern, "i32", constants);
        Assert.True(ConditionRules.Apply(ref target, root), $"no rule matches {pattern}");
        return target.Chosen;
    }

    /// <summary>Writes down the instruction that is chosen.</summary>
    private readonly struct ComparisonRecorder(RuleExpressions expressions, StringBuilder chosen) : IConditionTarget
    {
        public string Chosen => chosen.ToString();

        public Opcode OpOf(int form) => expressions.OpOf(form);

        public int InputOf(int form, int index) => expressions.InputOf(form, index);

        public int FirstFormOf(int value) => value;

        public int FormAfter(int form) => -1;

        public bool IsSame(int value, int other) => value == other;

        public bool TryConstant(int value, out long bits) => expressions.TryConstant(value, out bits);

        public bool IsBoolean(int value) => false;

        public void Cmp(int id, Opcode relation, OpSize size, int x, int y) => Chose("cmp", relation, size, Text(x), Text(y));

        public void CmpConstant(int id, Opcode relation, OpSize size, int x, long a) => Chose("cmp_constant", relation, size, Text(x), Text(a));

        public void Ucomis(int id, Opcode relation, OpSize size, int x, int y) => Chose("ucomis", relation, size, Text(x), Text(y));

        public void Test(int id, Opcode relation, OpSize size, int x, int y) => Chose("test", relation, size, Text(x), Text(y));

        public void TestConstant(int id, Opcode relation, OpSize size, int x, long a) => Chose("test_constant", relation, size, Text(x), Text(a));

        public void TestSelf(int id, Opcode relation, OpSize size, int x) => Chose("test_self", relation, size, Text(x));

        private string Text(int value) => expressions.TextOf(value);

        private static string Text(long constant) => constant.ToString(CultureInfo.InvariantCulture);

        private void Chose(string name, Opcode relation, OpSize size, params ReadOnlySpan<string> operands)
        {
            var text = IrNames.NameOf(relation);
            Assert.Equal(NumericForms.Of(relation).Size, size);
            chosen.Append($"({text[..4]}{name}_{text[4..]} {string.Join(' ', operands)})");
        }
    }
}
