using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules.Text;

public class NumberLiteralTests
{
    [Theory]
    [InlineData("0", 32, 0UL)]
    [InlineData("4294967295", 32, 0xFFFF_FFFFUL)]
    [InlineData("-2147483648", 32, 0x8000_0000UL)]
    [InlineData("+2147483647", 32, 0x7FFF_FFFFUL)]
    [InlineData("-0x1", 32, 0xFFFF_FFFFUL)]
    [InlineData("0xffff_ffff_ffff_ffff", 64, ulong.MaxValue)]
    [InlineData("-9223372036854775808", 64, 0x8000_0000_0000_0000UL)]
    public void IntegersInRangeHaveTheirValue(string text, int bits, ulong expected)
    {
        Assert.True(IntegerLiteral.TryParse(text, bits, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("4294967296", 32)]
    [InlineData("-2147483649", 32)]
    [InlineData("+2147483648", 32)]
    [InlineData("18446744073709551616", 64)]
    [InlineData("0x1_0000_0000_0000_0000", 64)]
    [InlineData("-9223372036854775809", 64)]
    [InlineData("99999999999999999999999999999999", 64)]
    public void IntegersOutOfRangeAreRefused(string text, int bits) =>
        Assert.False(IntegerLiteral.TryParse(text, bits, out _));

    [Theory]
    [InlineData("0", 0x0000_0000u)]
    [InlineData("-0", 0x8000_0000u)]
    [InlineData("-0x0p0", 0x8000_0000u)]
    [InlineData("1.", 0x3F80_0000u)]
    [InlineData("1_0.5_0e-0_1", 0x3F86_6666u)]
    [InlineData("inf", 0x7F80_0000u)]
    [InlineData("-inf", 0xFF80_0000u)]
    [InlineData("nan", 0x7FC0_0000u)]
    [InlineData("-nan:0x1", 0xFF80_0001u)]
    [InlineData("nan:0x7f_ffff", 0x7FFF_FFFFu)]
    [InlineData("0x1.8p+1", 0x4040_0000u)]
    [InlineData("0x1.fffffep127", 0x7F7F_FFFFu)]
    [InlineData("0x1.fffffefffffffp127", 0x7F7F_FFFFu)]
    [InlineData("0x1p-149", 1u)]
    [InlineData("0x1p-150", 0u)]
    [InlineData("0x1.00000000000000000001p-150", 1u)]
    [InlineData("0x1.8p-149", 2u)]
    [InlineData("0x1p-99999999999999999999", 0u)]
    [InlineData("0x0.00000000000000000000000000000001p+128", 0x3F80_0000u)]
    [InlineData("0x1.000001p0", 0x3F80_0000u)]
    [InlineData("0x1.000003p0", 0x3F80_0002u)]
    [InlineData("0x1.0000010000000000000001p0", 0x3F80_0001u)]
    [InlineData("1.000000059604644775390626", 0x3F80_0001u)]
    public void F32IsRoundedOnce(string text, uint expected)
    {
        Assert.True(FloatLiteral.TryParseF32(text, out var bits));
        Assert.Equal(expected, bits);
    }

    [Theory]
    [InlineData("0x1p128")]
    [InlineData("0x1.ffffffp127")]
    [InlineData("-0x1p99999999999999999999")]
    [InlineData("1e39")]
    [InlineData("340282356779733661637539395458142568448")]
    [InlineData("nan:0x0")]
    [InlineData("nan:0x80_0000")]
    public void F32OutOfRangeIsRefused(string text) => Assert.False(FloatLiteral.TryParseF32(text, out _));

    [Theory]
    [InlineData("0x1.fffffffffffffp1023", 0x7FEF_FFFF_FFFF_FFFFUL)]
    [InlineData("0x1p-1074", 1UL)]
    [InlineData("0x1.00000000000008p0", 0x3FF0_0000_0000_0000UL)]
    [InlineData("0x1.00000000000008000001p0", 0x3FF0_0000_0000_0001UL)]
    [InlineData("nan:0x8_0000_0000_0001", 0x7FF8_0000_0000_0001UL)]
    [InlineData("0x0.0000000000001p-1022", 1UL)]
    public void F64IsRoundedOnce(string text, ulong expected)
    {
        Assert.True(FloatLiteral.TryParseF64(text, out var bits));
        Assert.Equal(expected, bits);
    }

    /// <summary>A hexadecimal number is written out exactly in decimal, whose rounding by the framework is the oracle.</summary>
    [Fact]
    public void HexadecimalNumbersRoundAsTheirDecimalExpansions()
    {
        var cases = from significand in ArbMap.Default.GeneratorFor<ulong>()
                    from shift in Gen.Choose(0, 63)
                    from exponent in Gen.Choose(-1100, 60)
                    select (Significand: significand >> shift, Exponent: exponent);
        Prop.ForAll(cases.ToArbitrary(), value =>
        {
            var text = $"0x{value.Significand:x}p{value.Exponent}";
            var exact = ExactDecimal(value.Significand, value.Exponent);
            Assert.True(FloatLiteral.TryParseF64(text, out var f64));
            Assert.True(FloatLiteral.TryParseF32(text, out var f32));
            Assert.Equal(BitConverter.DoubleToUInt64Bits(double.Parse(exact, CultureInfo.InvariantCulture)), f64);
            Assert.Equal(BitConverter.SingleToUInt32Bits(float.Parse(exact, CultureInfo.InvariantCulture)), f32);
        }).QuickCheckThrowOnFailure();
    }

    private static string ExactDecimal(ulong significand, int exponent) => exponent >= 0
        ? (new BigInteger(significand) << exponent).ToString(CultureInfo.InvariantCulture)
        : $"{new BigInteger(significand) * BigInteger.Pow(5, -exponent)}e{exponent}";
}
