using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Floating-point instructions and conversions against C#.</summary>
public sealed class FloatTests
{
    private static readonly double[] Samples =
    [
        0, -0.0, 0.4, 0.5, -0.5, 1, -1, 1.5, 2.5, -2.5, 3.999, 1e9, -1e9, 2147483647, 2147483648, -2147483648, -2147483649, 4294967295,
        4294967296, 9.2233720368547748e18, 9.2233720368547758e18, -9.2233720368547758e18, 1.8446744073709550e19,
        1.8446744073709552e19, 1e300, -1e300, double.Epsilon, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity,
        double.NaN,
    ];

    [Fact]
    public void ArithmeticAgreesWithManagedCode()
    {
        (string Name, Func<double, double, double> Wide, Func<float, float, float> Narrow)[] operators =
        [
            ("add", (a, b) => a + b, (a, b) => a + b),
            ("sub", (a, b) => a - b, (a, b) => a - b),
            ("mul", (a, b) => a * b, (a, b) => a * b),
            ("div", (a, b) => a / b, (a, b) => a / b),
            ("min", Math.Min, Math.Min),
            ("max", Math.Max, Math.Max),
            ("copysign", Math.CopySign, MathF.CopySign),
        ];
        using var run = new BaselineRun("(func $nothing)" + string.Concat(operators.Select(o => $"""
            (func (export "f64.{o.Name}") (param f64 f64) (result f64) (f64.{o.Name} (local.get 0) (local.get 1)))
            (func (export "f32.{o.Name}") (param f32 f32) (result f32) (f32.{o.Name} (local.get 0) (local.get 1)))
            (func (export "kept.{o.Name}") (param f64 f64) (result f64 f64 f64)
              local.get 0 local.get 1 local.get 0 local.get 1 f64.{o.Name})
            (func (export "frame.{o.Name}") (param f64 f64) (result f64)
              local.get 0 local.get 1 call $nothing f64.{o.Name})
            """)));
        foreach (var (name, wide, narrow) in operators)
        {
            foreach (var a in Samples)
            {
                foreach (var b in Samples)
                {
                    AssertSame(wide(a, b), run.Call($"f64.{name}", a, b).AsF64(), $"{name} {a} {b}");
                    AssertSame(wide(a, b), run.Call($"frame.{name}", a, b).AsF64(), $"frame {name} {a} {b}");
                    AssertSame(narrow((float)a, (float)b), run.Call($"f32.{name}", (float)a, (float)b).AsF32(), $"f32 {name} {a} {b}");
                    var kept = run.CallAll($"kept.{name}", a, b);
                    AssertSame(a, kept[0].AsF64(), name);
                    AssertSame(b, kept[1].AsF64(), name);
                    AssertSame(wide(a, b), kept[2].AsF64(), name);
                }
            }
        }
    }

    [Fact]
    public void UnaryOperatorsAgreeWithManagedCode()
    {
        (string Name, Func<double, double> Wide)[] operators =
        [
            ("abs", Math.Abs), ("neg", a => -a), ("ceil", Math.Ceiling), ("floor", Math.Floor), ("trunc", Math.Truncate),
            ("nearest", a => Math.Round(a, MidpointRounding.ToEven)), ("sqrt", Math.Sqrt),
        ];
        using var run = new BaselineRun(string.Concat(operators.Select(o => $"""
            (func (export "f64.{o.Name}") (param f64) (result f64) (f64.{o.Name} (local.get 0)))
            (func (export "f32.{o.Name}") (param f32) (result f32) (f32.{o.Name} (local.get 0)))
            """)));
        foreach (var (name, wide) in operators)
        {
            foreach (var a in Samples)
            {
                AssertSame(wide(a), run.Call($"f64.{name}", a).AsF64(), $"{name} {a}");
                AssertSame((float)wide((float)a), run.Call($"f32.{name}", (float)a).AsF32(), $"f32 {name} {a}");
            }
        }
    }

    [Theory]
    [InlineData("i32", "s", -2147483649.0, 2147483648.0)]
    [InlineData("i32", "u", -1.0, 4294967296.0)]
    [InlineData("i64", "s", -9223372036854777856.0, 9223372036854775808.0)]
    [InlineData("i64", "u", -1.0, 18446744073709551616.0)]
    public void TruncationsTrapOrSaturateOutsideOfTheRange(string type, string sign, double below, double above)
    {
        using var run = new BaselineRun($"""
            (func (export "f64") (param f64) (result {type}) ({type}.trunc_f64_{sign} (local.get 0)))
            (func (export "f32") (param f32) (result {type}) ({type}.trunc_f32_{sign} (local.get 0)))
            (func (export "sat64") (param f64) (result {type}) ({type}.trunc_sat_f64_{sign} (local.get 0)))
            (func (export "sat32") (param f32) (result {type}) ({type}.trunc_sat_f32_{sign} (local.get 0)))
            """);
        foreach (var sample in Samples)
        {
            Check(sample, sample, "f64", "sat64");
            Check((float)sample, (float)sample, "f32", "sat32");
        }

        void Check(double value, WasmValue argument, string name, string saturating)
        {
            Assert.Equal(Saturated(value), run.Call(saturating, argument));
            if (double.IsNaN(value))
            {
                Assert.Equal(TrapKind.InvalidConversionToInteger, run.TrapOf(name, argument));
            }
            else if (value <= below || value >= above)
            {
                Assert.Equal(TrapKind.IntegerOverflow, run.TrapOf(name, argument));
            }
            else
            {
                Assert.Equal(Saturated(value), run.Call(name, argument));
            }
        }

        WasmValue Saturated(double value) => (type, sign) switch
        {
            ("i32", "s") => WasmValue.FromI32(double.ConvertToInteger<int>(value)),
            ("i32", _) => WasmValue.FromI32((int)double.ConvertToInteger<uint>(value)),
            ("i64", "s") => WasmValue.FromI64(double.ConvertToInteger<long>(value)),
            _ => WasmValue.FromI64((long)double.ConvertToInteger<ulong>(value)),
        };
    }

    [Fact]
    public void ConversionsFromIntegersRoundOnce()
    {
        using var run = new BaselineRun("""
            (func (export "f64 i32 s") (param i32) (result f64) (f64.convert_i32_s (local.get 0)))
            (func (export "f64 i32 u") (param i32) (result f64) (f64.convert_i32_u (local.get 0)))
            (func (export "f64 i64 s") (param i64) (result f64) (f64.convert_i64_s (local.get 0)))
            (func (export "f64 i64 u") (param i64) (result f64) (f64.convert_i64_u (local.get 0)))
            (func (export "f32 i32 s") (param i32) (result f32) (f32.convert_i32_s (local.get 0)))
            (func (export "f32 i32 u") (param i32) (result f32) (f32.convert_i32_u (local.get 0)))
            (func (export "f32 i64 s") (param i64) (result f32) (f32.convert_i64_s (local.get 0)))
            (func (export "f32 i64 u") (param i64) (result f32) (f32.convert_i64_u (local.get 0)))
            """);
        long[] samples =
        [
            0, 1, -1, 16777217, 0x7FFFFFFF, -0x80000000L, 0xFFFFFFFF, (1L << 53) + 1, long.MaxValue, long.MinValue, -1024, -1025,
            unchecked((long)0x8000_0000_0000_0401), unchecked((long)0x8000_0080_0000_0001), 0x7FFF_FFBF_FFFF_FFFF,
        ];
        foreach (var a in samples)
        {
            Assert.Equal((int)a, run.Call("f64 i32 s", (int)a).AsF64());
            Assert.Equal((uint)a, run.Call("f64 i32 u", (int)a).AsF64());
            Assert.Equal(a, run.Call("f64 i64 s", a).AsF64());
            Assert.Equal((double)(ulong)a, run.Call("f64 i64 u", a).AsF64());
            Assert.Equal((int)a, run.Call("f32 i32 s", (int)a).AsF32());
            Assert.Equal((uint)a, run.Call("f32 i32 u", (int)a).AsF32());
            Assert.Equal(a, run.Call("f32 i64 s", a).AsF32());
            Assert.Equal((float)(ulong)a, run.Call("f32 i64 u", a).AsF32());
        }
    }

    [Fact]
    public void ReinterpretationsAndWideConstantsKeepAllBits()
    {
        using var run = new BaselineRun("""
            (func (export "i32") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
            (func (export "i64") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
            (func (export "f32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
            (func (export "f64") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))
            (func (export "constants") (result f32 f64 i64 f64)
              f32.const nan:0x200001 f64.const nan:0x4000000000001 i64.const 0x123456789abcdef f64.const -0)
            (func (export "promote") (param f32) (result f64) (f64.promote_f32 (local.get 0)))
            (func (export "demote") (param f64) (result f32) (f32.demote_f64 (local.get 0)))
            """);
        Assert.Equal(0x3FC00000, run.Call("i32", 1.5f).AsI32());
        Assert.Equal(0x3FF8000000000000, run.Call("i64", 1.5).AsI64());
        Assert.Equal(0xFF800001u, run.Call("f32", unchecked((int)0xFF800001)).Bits);
        Assert.Equal(0xFFF0000000000001, run.Call("f64", unchecked((long)0xFFF0000000000001)).Bits);
        Assert.Equal(
            [0x7FA00001UL, 0x7FF4000000000001, 0x123456789ABCDEF, 0x8000000000000000], run.CallAll("constants").Select(v => v.Bits));
        Assert.Equal((double)1.1f, run.Call("promote", 1.1f).AsF64());
        Assert.Equal((float)1.1, run.Call("demote", 1.1).AsF32());
    }

    private static void AssertSame(double expected, double actual, string what) =>
        Assert.True(
            double.IsNaN(expected)
                ? double.IsNaN(actual)
                : BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual),
            $"{what}: expected {expected:R}, got {actual:R}");
}
