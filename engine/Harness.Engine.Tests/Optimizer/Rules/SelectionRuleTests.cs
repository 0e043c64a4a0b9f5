using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.Rules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer.CodeGeneration;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>
/// The rules of selection: the matcher chooses the instruction of a rule where its pattern stands, and machine code computes what the pattern means, on the operands on which instructions
/// behave differently. That the equations hold which they stand for is in <see cref="RuleProofTests"/> and <see cref="RuleOperandTests"/>.
/// </summary>
public sealed class SelectionRuleTests
{
    /// <summary>Every rule's text.</summary>
    public static TheoryData<string> Rules => RuleFiles.NamesOf(RuleFiles.SelectionRules);

    [Theory]
    [MemberData(nameof(Rules))]
    public void EveryRuleChoosesItsInstruction(string name)
    {
        var rule = RuleFiles.SelectionRules.ByName(name);
        var constants = RuleExpressions.ConstantsFor(rule);

        var (found, chosen) = Choose(rule.Pattern, constants);

        Assert.True(found, $"no rule matches {rule.Pattern}");
        Assert.Equal(RulePrograms.InstructionOf(rule, constants), chosen);
    }

    [Theory]
    [InlineData("(i32.add x (i32.shl y 4))")]
    [InlineData("(i64.add x 4294967296)")]
    [InlineData("(i32.add x y)")]
    [InlineData("(i32.mul x y)")]
    public void WhereNoConditionHoldsNothingIsChosen(string pattern) => Assert.False(Choose(Parse(pattern), []).Found);

    [Fact]
    public void WhatIsNeededElsewhereIsNotLookedInto()
    {
        using var run = new OptimizedRun(
            """
            (func (export "once") (param i32 i32) (result i32) (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2))))
            (func (export "twice") (param i32 i32) (result i32) (local i32)
              (local.set 2 (i32.shl (local.get 1) (i32.const 2)))
              (i32.xor (i32.add (local.get 0) (local.get 2)) (local.get 2)))
            """);
        Assert.Equal(23, run.Call("once", 3, 5).AsI32());
        Assert.Equal(23 ^ 20, run.Call("twice", 3, 5).AsI32());
        Assert.Contains(run.Listing("once"), line => line.StartsWith("lea", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Listing("twice"), line => line.StartsWith("lea", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void MachineCodeComputesThePattern(string name)
    {
        var rule = RuleFiles.SelectionRules.ByName(name);
        var constants = RuleExpressions.ConstantsFor(rule);
        var type = rule.Pattern.ResultType!;
        var variables = RulePrograms.VariablesOf(rule);
        var locals = variables.Select((variable, i) => (variable, $"(local.get {i})")).ToDictionary();

        // Nothing else may rewrite the pattern before instructions are selected.
        using var run = new OptimizedRun(
            $"(func (export \"f\") {string.Concat(Enumerable.Repeat($"(param {type})", variables.Length))} (result {type}) {RulePrograms.TextOf(rule.Pattern, type, locals, constants)})", "pass.fold=off", "pass.gvn=off");
        var kind = Enum.Parse<ValueKind>(type, ignoreCase: true);
        foreach (var values in RulePrograms.OperandsFor(variables, kind))
        {
            var expected = RulePrograms.Evaluate(rule.Pattern, type, variables.Zip(values).ToDictionary(), constants);
            var actual = run.Call("f", [.. values.Select(value => WasmValue.FromBits(kind, value))]).Bits;
            Assert.True(expected == actual, $"{rule}: 0x{actual:x}, not 0x{expected:x}, for {string.Join(", ", values.Select(value => $"0x{value:x}"))}");
        }
    }

    private static RuleOperation Parse(string pattern) => RuleFile.Parse($"## test\n{pattern} => x")[0].Rules[0].Pattern;

    private static (bool Found, string Chosen) Choose(RuleOperation pattern, Dictionary<string, long> constants)
    {
        var expressions = new RuleExpressions(new HashSet<string>());
        var target = new InstructionRecorder(expressions, new StringBuilder());
        var root = expressions.Add(pattern, pattern.ResultType!, constants);
        var found = SelectionRules.Apply(ref target, root);
        return (found, target.Chosen);
    }

    /// <summary>Writes down the instruction that is chosen.</summary>
    private readonly struct InstructionRecorder(RuleExpressions expressions, StringBuilder chosen) : ISelectionTarget
    {
        public string Chosen => chosen.ToString();

        public Opcode OpOf(int form) => expressions.OpOf(form);

        public int InputOf(int form, int index) => expressions.InputOf(form, index);

        public int FirstFormOf(int value) => value;

        public int FormAfter(int form) => -1;

        public bool IsSame(int value, int other) => value == other;

        public bool TryConstant(int value, out long bits) => expressions.TryConstant(value, out bits);

        public bool IsBoolean(int value) => false;

        public void AddConstant(int id, OpSize size, int x, long a) => Chose("add_constant", size, Text(x), Text(a));

        public void SubConstant(int id, OpSize size, int x, long a) => Chose("sub_constant", size, Text(x), Text(a));

        public void AndConstant(int id, OpSize size, int x, long a) => Chose("and_constant", size, Text(x), Text(a));

        public void OrConstant(int id, OpSize size, int x, long a) => Chose("or_constant", size, Text(x), Text(a));

        public void XorConstant(int id, OpSize size, int x, long a) => Chose("xor_constant", size, Text(x), Text(a));

        public void MulConstant(int id, OpSize size, int x, long a) => Chose("mul_constant", size, Text(x), Text(a));

        public void ShlConstant(int id, OpSize size, int x, long a) => Chose("shl_constant", size, Text(x), Text(a));

        public void ShrSConstant(int id, OpSize size, int x, long a) => Chose("shr_s_constant", size, Text(x), Text(a));

        public void ShrUConstant(int id, OpSize size, int x, long a) => Chose("shr_u_constant", size, Text(x), Text(a));

        public void RotlConstant(int id, OpSize size, int x, long a) => Chose("rotl_constant", size, Text(x), Text(a));

        public void RotrConstant(int id, OpSize size, int x, long a) => Chose("rotr_constant", size, Text(x), Text(a));

        public void Lea(int id, OpSize size, int x, int y, long a) => Chose("lea", size, Text(x), Text(y), Text(a));

        public void Neg(int id, OpSize size, int x) => Chose("neg", size, Text(x));

        public void Not(int id, OpSize size, int x) => Chose("not", size, Text(x));

        public void ZeroExtend8(int id, OpSize size, int x) => Chose("zero_extend8", size, Text(x));

        public void ZeroExtend16(int id, OpSize size, int x) => Chose("zero_extend16", size, Text(x));

        public void ZeroExtend32(int id, OpSize size, int x) => Chose("zero_extend32", size, Text(x));

        public void Shl(int id, OpSize size, int x, int y) => Chose("shl", size, Text(x), Text(y));

        public void ShrS(int id, OpSize size, int x, int y) => Chose("shr_s", size, Text(x), Text(y));

        public void ShrU(int id, OpSize size, int x, int y) => Chose("shr_u", size, Text(x), Text(y));

        public void Rotl(int id, OpSize size, int x, int y) => Chose("rotl", size, Text(x), Text(y));

        public void Rotr(int id, OpSize size, int x, int y) => Chose("rotr", size, Text(x), Text(y));

        private string Text(int value) => expressions.TextOf(value);

        private static string Text(long constant) => constant.ToString(CultureInfo.InvariantCulture);

        private void Chose(string name, OpSize size, params ReadOnlySpan<string> operands) => chosen.Append($"({(size == OpSize.Dword ? "i32" : "i64")}.{name} {string.Join(' ', operands)})");
    }
}
