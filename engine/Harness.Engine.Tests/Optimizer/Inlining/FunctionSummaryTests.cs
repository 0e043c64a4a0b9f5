using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>What one look at the bytes of a function finds.</summary>
public sealed class FunctionSummaryTests
{
    public static TheoryData<string> Workloads => [.. RepositoryFiles.Workloads];

    private static FunctionSummary Summarize(string text)
    {
        var module = TestGraphs.Module(text);
        return FunctionSummaries.Of(module)[module.Functions.Single(function => function.Name == "f").Index];
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void EveryFunctionHasOneWithAllOfItsCalls(string workload)
    {
        var module = WasmModule.FromFile(RepositoryFiles.Workload(workload), BuiltinSets.JsString);
        var summaries = FunctionSummaries.Of(module);
        foreach (var function in module.Functions.Where(function => !function.IsImported))
        {
            var summary = summaries[function.Index];
            Assert.InRange(summary.Nodes, 0, 10 * function.BodySize);
            Assert.Equal(function.Type.Parameters.Length, summary.Parameters.Length);
            Assert.Same(summary, summaries[function.Index]);
        }
    }

    [Fact]
    public void ParametersAreFollowedThroughOperationsAndLocals()
    {
        var summary = Summarize("""
            (module (func $f (param $a i32) (param $b i32) (param $c i32) (local $d i32)
              (local.set $d (i32.add (i32.mul (local.get $a) (i32.const 3)) (i32.const 1)))
              (if (local.get $d) (then (nop)))
              (drop (i32.add (local.get $a) (local.get $b)))
              (local.set $c (i32.const 1))
              (if (local.get $c) (then (nop)))))
            """);
        Assert.Equal((2, 1), (summary.Parameters[0].Operations, summary.Parameters[0].Branches));
        Assert.Equal((0, 0), (summary.Parameters[1].Operations, summary.Parameters[1].Branches));
        Assert.Equal(0, summary.Parameters[2].Branches);
    }

    [Fact]
    public void UsesOfReferencesAreTold()
    {
        var summary = Summarize("""
            (module (type $s (struct (field (mut i32)) (field (mut anyref)))) (type $fun (func))
              (func $f (param $a (ref null $s)) (param $b anyref) (param $c (ref $fun)) (result anyref)
                (struct.set $s 0 (local.get $a) (i32.add (struct.get $s 0 (local.get $a)) (i32.const 1)))
                (drop (ref.test (ref $s) (local.get $b)))
                (struct.set $s 1 (local.get $a) (local.get $b))
                (call_ref $fun (local.get $c))
                (local.get $a)))
            """);
        Assert.Equal((3, 1), (summary.Parameters[0].Accesses, summary.Parameters[0].Escapes));
        Assert.Equal((1, 1), (summary.Parameters[1].Tests, summary.Parameters[1].Escapes));
        Assert.Equal(1, summary.Parameters[2].Calls);
        Assert.False(summary.ReturnsNewObject);
    }

    [Fact]
    public void ArgumentsSayWhereTheyComeFrom()
    {
        var summary = Summarize("""
            (module (type $s (struct))
              (global $g (ref $s) (struct.new $s))
              (func $callee (param i32 (ref null $s) (ref null $s) (ref null $s) i32 (ref null $s)))
              (func $f (param $x i32) (result (ref $s))
                (call $callee (i32.const 1) (struct.new $s) (global.get $g) (ref.null $s) (i32.sub (local.get $x) (i32.const 1))
                  (block (result (ref $s)) (struct.new $s)))
                (if (local.get $x) (then (return (struct.new $s))))
                (struct.new $s)))
            """);
        var passed = Assert.Single(summary.Arguments).Value;
        Assert.Equal(
            [
                ValueOriginKind.Constant, ValueOriginKind.NewObject, ValueOriginKind.ConstantObject, ValueOriginKind.Null, ValueOriginKind.Parameter,
                ValueOriginKind.Unknown,
            ],
            passed.Select(origin => origin.Kind));
        Assert.True(summary.ReturnsNewObject);
        Assert.False(summary.HasLoop);
    }

    [Fact]
    public void CodeThatControlCannotReachCountsForNothing()
    {
        var summary = Summarize("""
            (module (func $f (param $x i32) (result i32)
              (block $out (result i32)
                (br $out (local.get $x))
                (loop (block (if (i32.const 1) (then (unreachable)) (else (drop (i32.add (local.get $x) (i32.const 1)))))))
                (i32.mul (local.get $x) (i32.const 2)))
              (i32.add (i32.const 1))))
            """);
        Assert.Equal(0, summary.Parameters[0].Operations);
        Assert.Equal(1, summary.Nodes);
        Assert.False(summary.HasLoop);
    }
}
