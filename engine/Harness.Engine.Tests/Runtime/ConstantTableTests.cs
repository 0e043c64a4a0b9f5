using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Guards that ask the index of a table that nobody can change let through the same calls as those that compare the function, and no table counts as such that somebody can change.</summary>
public sealed class ConstantTableTests
{
    private const string Functions = """
          (type $f (func (result i32)))
          (type $g (func (param i32) (result i32)))
          (func $a (result i32) (i32.const 1))
          (func $b (result i32) (i32.const 2))
          (func $c (result i32) (i32.const 3))
          (func $wrong (param i32) (result i32) (i32.const 4))
        """;

    private static readonly EngineOptions Options = new() { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 10 };

    public static TheoryData<string, bool> Tables => new()
    {
        { "(table $t 4 funcref) (elem (table $t) (i32.const 0) func $a)", true },
        { "(table $t 4 funcref) (elem (table $t) (i32.const 0) func $a $b) (elem (table $t) (i32.const 1) func $c)", true },
        { "(table $t i64 4 funcref) (elem (table $t) (i64.const 0) func $a)", true },
        { "(table $t (export \"t\") 4 funcref) (elem (table $t) (i32.const 0) func $a)", false },
        { "(import \"m\" \"t\" (table $t 4 funcref)) (elem (table $t) (i32.const 0) func $a)", false },
        { "(table $t 4 funcref) (elem (table $t) (i32.const 0) func $a) (func (table.set $t (i32.const 0) (ref.null func)))", false },
        { "(table $t 4 funcref) (elem (table $t) (i32.const 0) func $a) (func (drop (table.grow $t (ref.null func) (i32.const 1))))", false },
        { "(table $t 4 funcref) (elem (table $t) (i32.const 0) func $a) (elem $e func $b) (func (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)))", false },
        { "(table $t 4 funcref (ref.func $b)) (elem (table $t) (i32.const 0) func $a)", false },
        { "(global $g i32 (i32.const 0)) (table $t 4 funcref) (elem (table $t) (global.get $g) func $a)", false },
        { "(table $t 4 funcref) (elem (table $t) (i32.const 0) func $a) (elem (table $t) (i32.const 4) func $b)", false },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void ATableThatSomebodyCanChangeIsNotConstant(string table, bool isConstant)
    {
        // Imports come first in the text.
        var bytes = WatAssembler.Assemble(table.StartsWith("(import", StringComparison.Ordinal) ? $"(module {table} {Functions})" : $"(module {Functions} {table})");
        foreach (var isLate in (bool[])[false, true])
        {
            Assert.Equal(isConstant, WasmModule.Decode(bytes, lazyValidation: isLate).ConstantTables[0] is not null);
        }
    }

    [Fact]
    public void ItKnowsItsElementsAndWhatIsInARow()
    {
        var table = TestGraphs.Module($"(module {Functions} (table 9 funcref) (elem (i32.const 1) func $a $b $b $a $c $c) (elem (i32.const 6) func $wrong))").ConstantTables[0]!;
        Assert.Equal([-1, 0, 1, 1, 0, 2, 3, -1, -1, -1], Enumerable.Range(0, 10).Select(index => table.FunctionAt((ulong)index)));
        Assert.Equal(-1, table.FunctionAt(ulong.MaxValue));
        Assert.False(table.TryFindRun(0, out _));
        Assert.True(table.TryFindRun(1, out var run) && run == new ConstantTable.Run(2, 3));
        Assert.True(table.TryFindRun(2, out run) && run == new ConstantTable.Run(5, 5));
        Assert.True(table.TryFindRun(3, out run) && run == new ConstantTable.Run(6, 6));
        Assert.False(table.TryFindRun(4, out _));
    }

    public static TheoryData<string, int, int> Configurations
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var index in (string[])["i32", "i64"])
            {
                data.Add(index, 0, 0);
                data.Add(index, 2, 0);
                data.Add(index, 0, 1);
            }

            return data;
        }
    }

    /// <summary>Every index, those that trap too, gives the same with guards of the index as without, whatever was seen when the code was made.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void EveryIndexGivesTheSameAsWithoutIt(string index, int guardFailures, int collections)
    {
        var limits = index == "i64" ? "i64 8" : "8";
        var module = TestGraphs.Module($"""
            (module {Functions}
              (table $t {limits} funcref) (elem (table $t) ({index}.const 1) func $b $a $a $c $wrong)
              (func (export "at") (param {index}) (result i32) (call_indirect $t (type $f) (local.get 0)))
              (func (export "from") (param {index}) (result i32) (call_indirect $t (type $f) ({index}.add (local.get 0) ({index}.const 3))))
              (func (export "tail") (param {index}) (result i32) (return_call_indirect $t (type $f) ({index}.add (local.get 0) ({index}.const -1))))
              (func (export "both") (param {index}) (result i32)
                (i32.add (call_indirect $t (type $f) (local.get 0))
                  (i32.mul (i32.const 10) (call_indirect $t (type $f) ({index}.add (local.get 0) ({index}.const 1)))))))
            """);
        var options = Options with { StressGuardFailInterval = guardFailures, StressGcInterval = collections };
        foreach (var function in (string[])["at", "from", "tail", "both"])
        {
            foreach (var warm in (int[][])[[1], [2], [2, 3], [1, 2, 4], [3, 4]])
            {
                Assert.Equal(
                    Outcomes(module, options with { PassConstantTables = false }, function, index, warm),
                    Outcomes(module, options, function, index, warm));
            }
        }
    }

    /// <summary>The run is all that a guard lets through: other classes deoptimize, once for each.</summary>
    [Fact]
    public void AnIndexOutsideOfTheRowDeoptimizes()
    {
        var module = TestGraphs.Module($"""
            (module {Functions}
              (table $t 8 funcref) (elem (table $t) (i32.const 1) func $b $a $a $c)
              (func (export "at") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0))))
            """);
        using var engine = new WasmEngine(Options);
        using var store = new Store(engine);
        var at = store.Instantiate(module).GetFunction("at");
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(1, at.Invoke(2 + (i & 1))[0].AsI32());
        }

        Assert.Equal(0, engine.Statistics.Deopts);
        Assert.Equal(2, at.Invoke(1)[0].AsI32());
        Assert.Equal(1, engine.Statistics.Deopts);
    }

    private static List<string> Outcomes(WasmModule module, EngineOptions options, string function, string index, int[] warm)
    {
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        var call = store.Instantiate(module).GetFunction(function);
        long shift = function switch { "from" => -3, "tail" => 1, _ => 0 };
        var outcomes = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            outcomes.Add(Outcome(warm[i % warm.Length] + shift));
        }

        for (long i = -2; i < 10; i++)
        {
            outcomes.Add(Outcome(i + shift));
        }

        return outcomes;

        string Outcome(long argument)
        {
            try
            {
                return call.Invoke(index == "i64" ? argument : (WasmValue)(int)argument)[0].AsI32().ToString();
            }
            catch (WasmTrapException trap)
            {
                return trap.Kind.ToString();
            }
        }
    }
}
