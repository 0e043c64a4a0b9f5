using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Comparisons right before what uses them, where only the flags pass between the two.</summary>
public sealed class FusionTests
{
    private static readonly double[] Numbers = [-1, -0.0, 0, 1, double.PositiveInfinity, double.NaN];

    public static TheoryData<string, string> Comparisons
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in (string[])["eq", "ne", "lt", "gt", "le", "ge"])
            {
                data.Add("f32", name);
                data.Add("f64", name);
                data.Add("i32", name is "eq" or "ne" ? name : $"{name}_s");
                data.Add("i64", name is "eq" or "ne" ? name : $"{name}_s");
                if (name is not ("eq" or "ne"))
                {
                    data.Add("i32", $"{name}_u");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void EveryUseOfAComparisonSeesTheSameOutcome(string type, string name)
    {
        var compare = $"({type}.{name} (local.get 0) (local.get 1))";
        using var run = new BaselineRun($"""
            (func (export "value") (param {type} {type}) (result i32) {compare})
            (func (export "if") (param {type} {type}) (result i32)
              (if (result i32) {compare} (then (i32.const 1)) (else (i32.const 0))))
            (func (export "branch") (param {type} {type}) (result i32)
              (block (result i32) (br_if 0 (i32.const 1) {compare}) (drop) (i32.const 0)))
            (func (export "return") (param {type} {type}) (result i32)
              (br_if 0 (i32.const 1) {compare}) (drop) (i32.const 0))
            (func (export "not") (param {type} {type}) (result i32)
              (block (result i32) (br_if 0 (i32.const 0) (i32.eqz {compare})) (drop) (i32.const 1)))
            (func (export "twice not") (param {type} {type}) (result i32)
              (i32.eqz (i32.eqz {compare})))
            (func (export "select") (param {type} {type}) (result i32)
              (select (i32.const 1) (i32.const 0) {compare}))
            (func (export "select wide") (param {type} {type}) (result i32) (local i64 i64)
              (local.set 2 (i64.const 0x100000001))
              (i32.wrap_i64 (select (local.get 2) (local.get 3) {compare})))
            (func (export "select float") (param {type} {type}) (result i32)
              (i32.trunc_f64_s (select (f64.const 1) (f64.const 0) {compare})))
            """);
        foreach (var left in Numbers)
        {
            foreach (var right in Numbers)
            {
                var expected = Compare(type, name, left, right);
                foreach (var form in (string[])
                         ["value", "if", "branch", "return", "not", "twice not", "select", "select wide", "select float"])
                {
                    var actual = run.Call(form, Value(type, left), Value(type, right)).AsI32();
                    Assert.True((actual == 1) == expected && actual is 0 or 1, $"{form} of {type}.{name} {left} {right}: {actual}");
                }
            }
        }
    }

    private static bool Compare(string type, string name, double left, double right)
    {
        if (type[0] == 'i')
        {
            (left, right) = (Integer(left), Integer(right));
            if (name.EndsWith("_u", StringComparison.Ordinal))
            {
                (left, right) = ((uint)(int)left, (uint)(int)right);
            }
        }

        return name[..2] switch
        {
            "eq" => left == right,
            "ne" => left != right,
            "lt" => left < right,
            "gt" => left > right,
            "le" => left <= right,
            _ => left >= right,
        };
    }

    private static int Integer(double value) => double.IsFinite(value) ? (int)value : double.IsNaN(value) ? int.MinValue : 5;

    private static WasmValue Value(string type, double value) => type switch
    {
        "i32" => WasmValue.FromI32(Integer(value)),
        "i64" => WasmValue.FromI64(Integer(value)),
        "f32" => WasmValue.FromF32((float)value),
        _ => WasmValue.FromF64(value),
    };
}
