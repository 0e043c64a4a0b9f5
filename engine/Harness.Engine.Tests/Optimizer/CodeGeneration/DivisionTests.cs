using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

public class DivisionTests
{
    private static readonly int[] Interesting =
    [
        0, 1, 2, 3, 5, 7, 100, 641, 65535, 65536, int.MaxValue, int.MinValue, -1, -2, -3, -7, -100,
    ];

    /// <summary>Divisors whose multipliers take different forms: powers of two, 32 and 33 bits, negative ones.</summary>
    public static TheoryData<int> Divisors =>
    [
        1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 25, 28, 60, 64, 100, 125, 625, 641, 1000, 1024, 3600, 10007, 65535, 65537,
        1_000_000, 1 << 30, int.MaxValue - 1, int.MaxValue, int.MinValue, -1, -2, -3, -7, -8, -10, -641,
    ];

    [Theory]
    [MemberData(nameof(Divisors))]
    public void DivisionByAConstantAgreesWithDivisionByAVariable(int divisor)
    {
        using var run = new OptimizedRun(
            $"""
            (func (export "div_s") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const {divisor})))
            (func (export "div_u") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const {divisor})))
            (func (export "rem_s") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const {divisor})))
            (func (export "rem_u") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const {divisor})))
            """);
        var random = new Random(divisor);
        int[] dividends =
        [
            .. Interesting, divisor, unchecked(divisor - 1), unchecked(divisor + 1), unchecked(-divisor),
            .. Enumerable.Range(0, 200).Select(_ => random.Next(int.MinValue, int.MaxValue)),
        ];
        foreach (var dividend in dividends)
        {
            Assert.Equal((int)((uint)dividend / (uint)divisor), run.Call("div_u", dividend).AsI32());
            Assert.Equal((int)((uint)dividend % (uint)divisor), run.Call("rem_u", dividend).AsI32());
            Assert.Equal((int)((long)dividend % divisor), run.Call("rem_s", dividend).AsI32());
            if ((long)dividend / divisor == 1L << 31)
            {
                Assert.Equal(TrapKind.IntegerOverflow, run.TrapOf("div_s", dividend));
            }
            else
            {
                Assert.Equal((int)((long)dividend / divisor), run.Call("div_s", dividend).AsI32());
            }
        }
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(2L)]
    [InlineData(7L)]
    [InlineData(1L << 20)]
    [InlineData(1L << 40)]
    [InlineData(1L << 62)]
    [InlineData(-8L)]
    [InlineData(long.MinValue)]
    public void WideDivisionByAConstantRoundsToZero(long divisor)
    {
        using var run = new OptimizedRun(
            $"""
            (func (export "div_s") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const {divisor})))
            (func (export "div_u") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const {divisor})))
            (func (export "rem_s") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const {divisor})))
            (func (export "rem_u") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const {divisor})))
            """);
        var random = new Random(5);
        long[] dividends =
        [
            0, 1, -1, 6, -6, long.MaxValue, long.MinValue,
            .. Enumerable.Range(0, 100).Select(_ => random.NextInt64() * ((2 * random.Next(2)) - 1)),
        ];
        foreach (var dividend in dividends)
        {
            Assert.Equal((long)((ulong)dividend / (ulong)divisor), run.Call("div_u", dividend).AsI64());
            Assert.Equal((long)((ulong)dividend % (ulong)divisor), run.Call("rem_u", dividend).AsI64());
            Assert.Equal((long)((Int128)dividend / divisor), run.Call("div_s", dividend).AsI64());
            Assert.Equal((long)((Int128)dividend % divisor), run.Call("rem_s", dividend).AsI64());
        }
    }

    [Fact]
    public void DivisionByAVariableChecksForZeroAndOverflow()
    {
        using var run = new OptimizedRun(
            """
            (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
            (func (export "rem") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
            """);
        Assert.Equal(TrapKind.IntegerDivideByZero, run.TrapOf("div", 1, 0));
        Assert.Equal(TrapKind.IntegerOverflow, run.TrapOf("div", int.MinValue, -1));
        Assert.Equal(-5, run.Call("div", 5, -1).AsI32());
        Assert.Equal(TrapKind.IntegerDivideByZero, run.TrapOf("rem", 1L, 0L));
        Assert.Equal(0, run.Call("rem", long.MinValue, -1L).AsI64());
    }
}
