using System.Globalization;
using System.Numerics;
using System.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>
/// Integer instructions against C#, with operands in registers, as constants on either side, in the frame, and both in one
/// register.
/// </summary>
public sealed class IntegerTests
{
    private static readonly long[] Samples =
    [
        0, 1, -1, 2, -2, 7, -7, 31, 32, 33, 63, 64, 127, -128, 255, 32767, -32768, 65536, 0x1234567, int.MaxValue, int.MinValue,
        uint.MaxValue, 1L << 32, 0x0123456789ABCDEF, long.MaxValue, long.MinValue, unchecked((long)0xFEDCBA9876543210),
    ];

    public static TheoryData<string> BinaryOperators => [.. Binary32.Keys];

    public static TheoryData<string> UnaryOperators => [.. Unary32.Keys];

    private static Dictionary<string, Func<int, int, int>> Binary32 { get; } = new()
    {
        ["add"] = (a, b) => a + b,
        ["sub"] = (a, b) => a - b,
        ["mul"] = (a, b) => a * b,
        ["div_s"] = (a, b) => a / b,
        ["div_u"] = (a, b) => (int)((uint)a / (uint)b),
        ["rem_s"] = (a, b) => b == -1 ? 0 : a % b,
        ["rem_u"] = (a, b) => (int)((uint)a % (uint)b),
        ["and"] = (a, b) => a & b,
        ["or"] = (a, b) => a | b,
        ["xor"] = (a, b) => a ^ b,
        ["shl"] = (a, b) => a << b,
        ["shr_s"] = (a, b) => a >> b,
        ["shr_u"] = (a, b) => a >>> b,
        ["rotl"] = (a, b) => int.RotateLeft(a, b),
        ["rotr"] = (a, b) => int.RotateRight(a, b),
        ["eq"] = (a, b) => a == b ? 1 : 0,
        ["ne"] = (a, b) => a != b ? 1 : 0,
        ["lt_s"] = (a, b) => a < b ? 1 : 0,
        ["lt_u"] = (a, b) => (uint)a < (uint)b ? 1 : 0,
        ["gt_s"] = (a, b) => a > b ? 1 : 0,
        ["gt_u"] = (a, b) => (uint)a > (uint)b ? 1 : 0,
        ["le_s"] = (a, b) => a <= b ? 1 : 0,
        ["le_u"] = (a, b) => (uint)a <= (uint)b ? 1 : 0,
        ["ge_s"] = (a, b) => a >= b ? 1 : 0,
        ["ge_u"] = (a, b) => (uint)a >= (uint)b ? 1 : 0,
    };

    private static Dictionary<string, Func<long, long, long>> Binary64 { get; } = new()
    {
        ["add"] = (a, b) => a + b,
        ["sub"] = (a, b) => a - b,
        ["mul"] = (a, b) => a * b,
        ["div_s"] = (a, b) => a / b,
        ["div_u"] = (a, b) => (long)((ulong)a / (ulong)b),
        ["rem_s"] = (a, b) => b == -1 ? 0 : a % b,
        ["rem_u"] = (a, b) => (long)((ulong)a % (ulong)b),
        ["and"] = (a, b) => a & b,
        ["or"] = (a, b) => a | b,
        ["xor"] = (a, b) => a ^ b,
        ["shl"] = (a, b) => a << (int)b,
        ["shr_s"] = (a, b) => a >> (int)b,
        ["shr_u"] = (a, b) => a >>> (int)b,
        ["rotl"] = (a, b) => long.RotateLeft(a, (int)b),
        ["rotr"] = (a, b) => long.RotateRight(a, (int)b),
        ["eq"] = (a, b) => a == b ? 1 : 0,
        ["ne"] = (a, b) => a != b ? 1 : 0,
        ["lt_s"] = (a, b) => a < b ? 1 : 0,
        ["lt_u"] = (a, b) => (ulong)a < (ulong)b ? 1 : 0,
        ["gt_s"] = (a, b) => a > b ? 1 : 0,
        ["gt_u"] = (a, b) => (ulong)a > (ulong)b ? 1 : 0,
        ["le_s"] = (a, b) => a <= b ? 1 : 0,
        ["le_u"] = (a, b) => (ulong)a <= (ulong)b ? 1 : 0,
        ["ge_s"] = (a, b) => a >= b ? 1 : 0,
        ["ge_u"] = (a, b) => (ulong)a >= (ulong)b ? 1 : 0,
    };

    private static Dictionary<string, (Func<int, long> Narrow, Func<long, long>? Wide)> Unary32 { get; } = new()
    {
        ["clz"] = (a => BitOperations.LeadingZeroCount((uint)a), a => BitOperations.LeadingZeroCount((ulong)a)),
        ["ctz"] = (a => BitOperations.TrailingZeroCount(a), a => BitOperations.TrailingZeroCount(a)),
        ["popcnt"] = (a => BitOperations.PopCount((uint)a), a => BitOperations.PopCount((ulong)a)),
        ["eqz"] = (a => a == 0 ? 1 : 0, a => a == 0 ? 1 : 0),
        ["extend8_s"] = (a => (sbyte)a, a => (sbyte)a),
        ["extend16_s"] = (a => (short)a, a => (short)a),
    };

    [Theory]
    [MemberData(nameof(BinaryOperators))]
    public void BinaryOperatorsOf32BitsAgreeWithManagedCode(string name)
    {
        int[] samples = [.. Samples.Select(sample => (int)sample).Distinct()];
        var expected = Binary32[name];
        using var run = new BaselineRun(Forms($"i32.{name}", "i32", "i32", samples.Select(Text)));
        for (var i = 0; i < samples.Length; i++)
        {
            foreach (var other in samples)
            {
                if (CannotDivide(name, samples[i], other, int.MinValue))
                {
                    continue;
                }

                var value = WasmValue.FromI32(expected(samples[i], other));
                Assert.Equal(value, run.Call("registers", samples[i], other));
                Assert.Equal(value, run.Call("frame", samples[i], other));
                Assert.Equal(value, run.Call($"left{i}", other));
            }

            foreach (var other in samples)
            {
                if (CannotDivide(name, other, samples[i], int.MinValue))
                {
                    continue;
                }

                var value = WasmValue.FromI32(expected(other, samples[i]));
                Assert.Equal(value, run.Call($"right{i}", other));
                Assert.Equal(value, run.Call($"shared{i}", other));
            }

            if (!CannotDivide(name, samples[i], samples[i], int.MinValue))
            {
                Assert.Equal(WasmValue.FromI32(expected(samples[i], samples[i])), run.Call("twice", samples[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BinaryOperators))]
    public void BinaryOperatorsOf64BitsAgreeWithManagedCode(string name)
    {
        var expected = Binary64[name];
        var isComparison = name[0] is 'l' or 'g' || name is "eq" or "ne";
        using var run = new BaselineRun(Forms($"i64.{name}", "i64", isComparison ? "i32" : "i64", Samples.Select(Text)));
        WasmValue Value(long bits) => isComparison ? WasmValue.FromI32((int)bits) : WasmValue.FromI64(bits);
        for (var i = 0; i < Samples.Length; i++)
        {
            foreach (var other in Samples)
            {
                if (CannotDivide(name, Samples[i], other, long.MinValue))
                {
                    continue;
                }

                var value = Value(expected(Samples[i], other));
                Assert.Equal(value, run.Call("registers", Samples[i], other));
                Assert.Equal(value, run.Call("frame", Samples[i], other));
                Assert.Equal(value, run.Call($"left{i}", other));
            }

            foreach (var other in Samples)
            {
                if (CannotDivide(name, other, Samples[i], long.MinValue))
                {
                    continue;
                }

                var value = Value(expected(other, Samples[i]));
                Assert.Equal(value, run.Call($"right{i}", other));
                Assert.Equal(value, run.Call($"shared{i}", other));
            }

            if (!CannotDivide(name, Samples[i], Samples[i], long.MinValue))
            {
                Assert.Equal(Value(expected(Samples[i], Samples[i])), run.Call("twice", Samples[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(UnaryOperators))]
    public void UnaryOperatorsAgreeWithManagedCode(string name)
    {
        var result = name == "eqz" ? "i32" : "i64";
        using var run = new BaselineRun($"""
            (func (export "narrow") (param i32) (result i32) (i32.{name} (local.get 0)))
            (func (export "wide") (param i64) (result {result}) (i64.{name} (local.get 0)))
            (func (export "kept") (param i64) (result i64 {result}) (local.get 0) (i64.{name} (local.get 0)))
            """);
        foreach (var sample in Samples)
        {
            Assert.Equal((int)Unary32[name].Narrow((int)sample), run.Call("narrow", (int)sample).AsI32());
            var wide = Unary32[name].Wide!(sample);
            var value = result == "i32" ? WasmValue.FromI32((int)wide) : WasmValue.FromI64(wide);
            Assert.Equal(value, run.Call("wide", sample));
            Assert.Equal([sample, value], run.CallAll("kept", sample));
        }
    }

    [Fact]
    public void ConversionsBetweenWidthsKeepUpperHalvesClear()
    {
        using var run = new BaselineRun("""
            (memory 1)
            (func (export "wrap") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
            (func (export "unsigned") (param i64) (result i64) (i64.extend_i32_u (i32.wrap_i64 (local.get 0))))
            (func (export "signed") (param i64) (result i64) (i64.extend_i32_s (i32.wrap_i64 (local.get 0))))
            (func (export "signed32") (param i64) (result i64) (i64.extend32_s (local.get 0)))
            (func (export "address") (param i64) (result i32) (i32.load8_u (i32.wrap_i64 (local.get 0))))
            (func (export "constant") (result i64) (i64.extend_i32_u (i32.const -5)))
            """);
        foreach (var sample in Samples)
        {
            Assert.Equal((int)sample, run.Call("wrap", sample).AsI32());
            Assert.Equal((uint)sample, run.Call("unsigned", sample).AsI64());
            Assert.Equal((int)sample, run.Call("signed", sample).AsI64());
            Assert.Equal((int)sample, run.Call("signed32", sample).AsI64());
        }

        Assert.Equal(0, run.Call("address", unchecked((long)0xFFFF_FFFF_0000_0010)).AsI32());
        Assert.Equal(0xFFFF_FFFB, run.Call("constant").AsI64());
    }

    [Theory]
    [InlineData("i32")]
    [InlineData("i64")]
    public void DivisionsThatHaveNoResultTrap(string type)
    {
        using var run = new BaselineRun($"""
            (func (export "div_s") (param {type} {type}) (result {type}) ({type}.div_s (local.get 0) (local.get 1)))
            (func (export "div_u") (param {type} {type}) (result {type}) ({type}.div_u (local.get 0) (local.get 1)))
            (func (export "rem_s") (param {type} {type}) (result {type}) ({type}.rem_s (local.get 0) (local.get 1)))
            (func (export "rem_u") (param {type} {type}) (result {type}) ({type}.rem_u (local.get 0) (local.get 1)))
            (func (export "by0") (param {type}) (result {type}) ({type}.div_u (local.get 0) ({type}.const 0)))
            (func (export "by-1") (param {type}) (result {type}) ({type}.div_s (local.get 0) ({type}.const -1)))
            """);
        WasmValue Value(long number) => type == "i32" ? WasmValue.FromI32((int)number) : WasmValue.FromI64(number);
        var minimum = Value(type == "i32" ? int.MinValue : long.MinValue);
        foreach (var name in (string[])["div_s", "div_u", "rem_s", "rem_u"])
        {
            Assert.Equal(TrapKind.IntegerDivideByZero, run.TrapOf(name, Value(3), Value(0)));
        }

        Assert.Equal(TrapKind.IntegerDivideByZero, run.TrapOf("by0", Value(3)));
        Assert.Equal(TrapKind.IntegerOverflow, run.TrapOf("div_s", minimum, Value(-1)));
        Assert.Equal(TrapKind.IntegerOverflow, run.TrapOf("by-1", minimum));
        Assert.Equal(Value(-4), run.Call("by-1", Value(4)));
    }

    /// <summary>
    /// One operator in all forms. <c>frame</c> has its operands spilled by a call in between; <c>shared</c> needs its left operand again
    /// afterwards.
    /// </summary>
    private static string Forms(string operation, string type, string result, IEnumerable<string> constants)
    {
        var text = new StringBuilder($"""
            (func $nothing)
            (func (export "registers") (param {type} {type}) (result {result}) ({operation} (local.get 0) (local.get 1)))
            (func (export "twice") (param {type}) (result {result}) ({operation} (local.get 0) (local.get 0)))
            (func (export "frame") (param {type} {type}) (result {result})
              local.get 0
              local.get 1
              call $nothing
              {operation})

            """);
        var i = 0;
        foreach (var constant in constants)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"""
                (func (export "right{i}") (param {type}) (result {result}) ({operation} (local.get 0) ({type}.const {constant})))
                (func (export "left{i}") (param {type}) (result {result}) ({operation} ({type}.const {constant}) (local.get 0)))
                (func (export "shared{i}") (param {type}) (result {result}) (local {type})
                  ({operation} (local.tee 1 (local.get 0)) ({type}.const {constant}))
                  (local.set 0 (local.get 1))
                  (if ({type}.ne (local.get 0) (local.get 1)) (then unreachable)))
                """);
            i++;
        }

        return text.ToString();
    }

    private static bool CannotDivide(string name, long dividend, long divisor, long minimum) =>
        name.StartsWith("div", StringComparison.Ordinal) && (divisor == 0 || (name == "div_s" && divisor == -1 && dividend == minimum))
        || (name.StartsWith("rem", StringComparison.Ordinal) && divisor == 0);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
