using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Branches, returns and clauses that take very many values along, which share their moves.</summary>
public sealed class ManyOperandsTests
{
    private const int Most = 1000;

    /// <summary>Branches that drop a value below those that they take along: each of these has to move.</summary>
    private static string Branches(int branches, int operands) => $"""
        (module (func $g (export "g") (param i32) (result {Repeat(operands, static _ => "i32 ")})
            {Repeat(operands, static i => $"local.get 0 i32.const {i} i32.add ")})
          (func (export "f") (param i32 i32) (result i32)
            block (result {Repeat(operands, static _ => "i32 ")})
            i32.const 7 local.get 1 call $g
            {Repeat(branches, static i => $"local.get 0 i32.const {i} i32.eq br_if 0 ")}
            i32.const 1000 i32.add
            {Repeat(branches, i => $"local.get 0 i32.const {branches + i} i32.eq br_if 0 ")}
            i32.const 1000 i32.add br 0
            end {Repeat(operands - 1, static _ => "i32.const 3 i32.mul i32.add ")}))
        """;

    /// <summary>Clauses of blocks one after the other, of the same tag and of another one, that go to one label.</summary>
    private static string Clauses(int clauses, int operands, string other = "$u") => $"""
        (module (tag $t (param {Repeat(operands, static _ => "i32 ")})) (tag $u (param {Repeat(operands, static _ => "i32 ")}))
          (func $g (param i32 i32)
            local.get 0 i32.const 1 i32.eq if {Repeat(operands, static i => $"local.get 1 i32.const {i} i32.add ")} throw $t end
            local.get 0 i32.const 2 i32.eq if {Repeat(operands, static i => $"local.get 1 i32.const {i} i32.sub ")} throw $u end)
          (func (export "f") (param i32 i32) (result i32)
            block (result {Repeat(operands, static _ => "i32 ")})
            i32.const 7
            {Repeat(clauses, i => $"try_table (catch {(i % 3 == 2 ? other : "$t")} 0) local.get 0 i32.const {i} i32.eq i32.const {(i % 3 == 2 ? 2 : 1)} i32.mul local.get 1 call $g end ")}
            drop {Repeat(operands, static i => $"i32.const {i} ")}
            end {Repeat(operands - 1, static _ => "i32.const 3 i32.mul i32.add ")}))
        """;

    private static string Returns(int returns, int operands) => $"""
        (module (func $g (param i32 i32) (result {Repeat(operands, static _ => "i32 ")})
            {Repeat(operands, static i => $"local.get 1 i32.const {i} i32.add ")}
            {Repeat(returns, static i => $"local.get 0 i32.const {i} i32.eq br_if 0 ")}
            i32.const 1000 i32.add
            {Repeat(returns, i => $"local.get 0 i32.const {returns + i} i32.eq br_if 0 ")}
            i32.const 1000 i32.add return)
          (func (export "f") (param i32 i32) (result i32)
            local.get 0 local.get 1 call $g {Repeat(operands - 1, static _ => "i32.const 3 i32.mul i32.add ")}))
        """;

    public static TheoryData<string> Tiers => ["never", "eager"];

    [Theory]
    [MemberData(nameof(Tiers))]
    public void BranchesTakeTheirOwnValuesAlong(string tierUp)
    {
        const int branches = 4;
        const int operands = 40;
        var run = Load(Branches(branches, operands), tierUp);
        for (var which = 0; which <= 2 * branches; which++)
        {
            var added = which < branches ? 0 : which < 2 * branches ? 1000 : 2000;
            Assert.Equal(Sum(operands, i => 50 + i + (i == operands - 1 ? added : 0)), run(which, 50));
        }
    }

    [Theory]
    [MemberData(nameof(Tiers))]
    public void ReturnsTakeTheirOwnValuesAlong(string tierUp)
    {
        const int returns = 4;
        const int operands = 40;
        var run = Load(Returns(returns, operands), tierUp);
        for (var which = 0; which <= 2 * returns; which++)
        {
            var added = which < returns ? 0 : which < 2 * returns ? 1000 : 2000;
            Assert.Equal(Sum(operands, i => 50 + i + (i == operands - 1 ? added : 0)), run(which, 50));
        }
    }

    [Theory]
    [MemberData(nameof(Tiers))]
    public void ClausesTakeTheValuesOfTheirOwnTagAlong(string tierUp)
    {
        const int clauses = 9;
        const int operands = 40;
        var run = Load(Clauses(clauses, operands), tierUp);
        for (var which = 0; which <= clauses; which++)
        {
            Assert.Equal(Sum(operands, i => which == clauses ? i : which % 3 == 2 ? 50 - i : 50 + i), run(which, 50));
        }
    }

    /// <summary>Behind the first ones, code grows by what a branch takes whatever it takes along.</summary>
    [Theory]
    [InlineData(nameof(Branches), 64)]
    [InlineData(nameof(Returns), 128)]
    public void BaselineCodeOfABranchDoesNotGrowWithItsValues(string shape, int most)
    {
        Func<int, int, string> text = shape == nameof(Branches) ? Branches : Returns;
        Assert.InRange(Growth(text, static cost => cost.CodeBytes, CompilationCost.OfBaseline), 1, most);
    }

    [Fact]
    public void BaselineCodeOfAClauseDoesNotGrowWithItsValues() =>
        Assert.InRange(Growth(static (count, operands) => Clauses(count, operands, other: "$t"), static cost => cost.CodeBytes, CompilationCost.OfBaseline), 1, 256);

    /// <summary>What a further branch costs.</summary>
    private static double Growth(Func<int, int, string> text, Func<CompilationCost, long> costOf, Func<byte[], EngineOptions, CompilationCost> compile)
    {
        const int few = 200;
        var one = costOf(compile(WatAssembler.Assemble(text(few, Most)), EngineOptions.Default));
        var other = costOf(compile(WatAssembler.Assemble(text(2 * few, Most)), EngineOptions.Default));
        return (double)(other - one) / few;
    }

    private static Func<int, int, int> Load(string text, string tierUp)
    {
        var store = new Store(EngineOptions.Default.With("tier-up", tierUp));
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(text)));
        return (one, other) => instance.GetFunction("f").Invoke(one, other)[0].AsI32();
    }

    /// <summary>What the functions make of the values that come to their end.</summary>
    private static int Sum(int operands, Func<int, int> value)
    {
        var sum = value(operands - 1);
        for (var i = operands - 2; i >= 0; i--)
        {
            sum = value(i) + (3 * sum);
        }

        return sum;
    }

    private static string Repeat(int count, Func<int, string> text) => string.Concat(Enumerable.Range(0, count).Select(text));
}
