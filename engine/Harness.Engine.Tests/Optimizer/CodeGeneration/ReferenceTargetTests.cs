using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Targets of <c>call_ref</c> are recognised wherever the reference comes from, and only those that feedback has not seen deoptimize.</summary>
public sealed class ReferenceTargetTests
{
    private const int Seen = 2;

    /// <summary>Calls with 5 a function that it is given: add 1, double, negate.</summary>
    private static string Program(string reference) =>
        $"""
        (module
          (type $change (func (param i32) (result i32)))
          (type $box (struct (field $function (ref null $change))))
          (table $table 3 (ref null $change))
          (elem (table $table) (i32.const 0) (ref null $change) (ref.func $increment) (ref.func $double) (ref.func $negate))
          (global $global (mut (ref null $change)) (ref.null $change))
          (func $increment (type $change) (i32.add (local.get 0) (i32.const 1)))
          (func $double (type $change) (i32.shl (local.get 0) (i32.const 1)))
          (func $negate (type $change) (i32.sub (i32.const 0) (local.get 0)))
          (func (export "choose") (param $index i32) (result (ref null $change))
            (global.set $global (table.get $table (local.get $index)))
            (global.get $global))
          (func (export "apply") (param $f (ref null $change)) (param $index i32) (result i32)
            (call_ref $change (i32.const 5) ({reference}))))
        """;

    [Theory]
    [InlineData("local.get $f")]
    [InlineData("ref.as_non_null (local.get $f)")]
    [InlineData("struct.get $box $function (struct.new $box (local.get $f))")]
    [InlineData("global.get $global")]
    [InlineData("table.get $table (local.get $index)")]
    public void OnlyATargetThatFeedbackHasNotSeenDeoptimizes(string reference)
    {
        int[] expected = [6, 10, -5];
        using var engine = new WasmEngine(EngineOptions.Default
            .With("tier-up", "synchronous")
            .With("stress.tier-up-after", (5 * Seen).ToString(CultureInfo.InvariantCulture)));
        using var store = new Store(engine);
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Program(reference))));
        for (var i = 0; i < 20 * Seen; i++)
        {
            Assert.Equal(expected[i % Seen], Apply(i % Seen));
        }

        Assert.Equal(0, engine.Statistics.Deopts);
        Assert.Equal(expected[Seen], Apply(Seen));
        Assert.Equal(1, engine.Statistics.Deopts);

        int Apply(int index) =>
            instance.GetFunction("apply").Invoke(instance.GetFunction("choose").Invoke(index)[0], index)[0].AsI32();
    }
}
