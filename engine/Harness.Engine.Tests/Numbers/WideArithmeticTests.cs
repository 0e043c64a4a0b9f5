using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;
using Harness.Engine.Tests.Optimizer;
using Harness.Engine.Tests.Optimizer.CodeGeneration;

namespace Harness.Engine.Tests.Numbers;

/// <summary>Arithmetic on 128 bits in both tiers against numbers of any size, with operands wherever they may be.</summary>
public class WideArithmeticTests
{
    private static readonly ulong[] Samples =
    [
        0, 1, 2, 3, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x0123_4567_89AB_CDEF, long.MaxValue, 1UL << 63, ulong.MaxValue - 1,
        ulong.MaxValue,
    ];

    public static TheoryData<string> Operators => ["i64.add128", "i64.sub128", "i64.mul_wide_s", "i64.mul_wide_u"];

    [Theory]
    [MemberData(nameof(Operators))]
    public void BothHalvesAreRight(string name)
    {
        using var tiers = new Tiers(Functions(name));
        foreach (var operands in Operands(name))
        {
            var expected = NumericReference.EvaluateWide(OpcodeTable.ByName(name)!.Opcode, operands);
            tiers.Check("plain", operands, expected);
            tiers.Check("low", operands, expected[0]);
            tiers.Check("high", operands, expected[1]);
            tiers.Check("swapped", operands, expected[1], expected[0]);
            tiers.Check("frame", operands, expected);
        }
    }

    /// <summary>Operands that are constants, that are the same one, and that are needed afterwards.</summary>
    [Theory]
    [MemberData(nameof(Operators))]
    public void OperandsMayBeConstantsAndShared(string name)
    {
        var op = OpcodeTable.ByName(name)!.Opcode;
        var count = CountOf(name);
        var text = new System.Text.StringBuilder();
        for (var constant = 0; constant < Samples.Length; constant++)
        {
            for (var place = 0; place < count; place++)
            {
                string[] operands = [.. Enumerable.Range(0, count).Select(i => i == place ? $"(i64.const {Samples[constant]})" : $"(local.get {i})")];
                text.Append(CultureInfo.InvariantCulture, $"(func (export \"constant{constant} at {place}\") {Parameters(count)} (result i64 i64) ({name} {string.Join(' ', operands)}))\n");
            }
        }

        var same = string.Join(' ', Enumerable.Repeat("(local.get 0)", count));
        text.Append(CultureInfo.InvariantCulture, $"(func (export \"same\") (param i64) (result i64 i64) ({name} {same}))\n");
        var each = string.Join(' ', Enumerable.Range(0, count).Select(i => $"(local.get {i})"));
        var kept = string.Join(' ', Enumerable.Range(0, count).Select(i => $"(local.get {i}) i64.xor"));
        text.Append(CultureInfo.InvariantCulture, $"(func (export \"kept\") {Parameters(count)} (result i64) ({name} {each}) i64.xor {kept})\n");
        using var tiers = new Tiers(text.ToString());
        foreach (var operands in Operands(name))
        {
            for (var constant = 0; constant < Samples.Length; constant++)
            {
                for (var place = 0; place < count; place++)
                {
                    ulong[] given = [.. operands];
                    given[place] = Samples[constant];
                    tiers.Check($"constant{constant} at {place}", operands, NumericReference.EvaluateWide(op, given));
                }
            }

            var halves = NumericReference.EvaluateWide(op, operands);
            tiers.Check("kept", operands, operands.Aggregate(halves[0] ^ halves[1], (sum, operand) => sum ^ operand));
        }

        foreach (var sample in Samples)
        {
            tiers.Check("same", [sample], NumericReference.EvaluateWide(op, [.. Enumerable.Repeat(sample, count)]));
        }
    }

    /// <summary>A product of many digits, in which carries and halves are alive together: registers run out.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void LongProductsAreRight(int digits)
    {
        using var tiers = new Tiers(LongProduct(digits));
        var random = new Random(digits);
        for (var round = 0; round < 50; round++)
        {
            ulong[] operands = [.. Enumerable.Range(0, 2 * digits).Select(_ => round < 5 ? ulong.MaxValue : (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
            var product = Number(operands.AsSpan(0, digits)) * Number(operands.AsSpan(digits));
            tiers.Check("product", operands, [.. Enumerable.Range(0, 2 * digits).Select(i => (ulong)((product >> (64 * i)) & ulong.MaxValue))]);
        }
    }

    /// <summary>A product that does not change in a loop is computed before it, and its halves are there in every copy of the loop's body.</summary>
    [Fact]
    public void ProductsMoveOutOfLoops()
    {
        using var tiers = new Tiers(
            """
            (func (export "sum") (param $a i64) (param $b i64) (param $n i32) (result i64) (local $sum i64)
              (loop $again
                (local.set $sum (i64.rotl (local.get $sum) (i64.const 3)))
                local.get $sum
                (i64.xor (i64.mul_wide_u (local.get $a) (local.get $b)))
                i64.add
                local.set $sum
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """);
        foreach (var a in Samples)
        {
            foreach (var n in (int[])[1, 2, 7, 8])
            {
                var halves = NumericReference.EvaluateWide(Opcode.I64MulWideU, [a, 0x9E3779B97F4A7C15]);
                ulong sum = 0;
                for (var i = 0; i < n; i++)
                {
                    sum = ulong.RotateLeft(sum, 3) + (halves[0] ^ halves[1]);
                }

                tiers.Check("sum", [a, 0x9E3779B97F4A7C15, (ulong)n], sum);
            }
        }
    }

    [Theory]
    [InlineData("(func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0)))")]
    [InlineData("(func (result i64) (i64.mul_wide_s (i64.const 0) (i64.const 0)))")]
    [InlineData("(func (result i64 i64) (i64.mul_wide_u (i64.const 0) (i32.const 0)))")]
    [InlineData("(func (result i64 i32) (i64.sub128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))")]
    public void WrongTypesAreRefused(string text) =>
        Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(WatAssembler.Assemble($"(module {text})")));

    private static int CountOf(string name) => OpcodeTable.ByName(name)!.Parameters.Length;

    private static string Parameters(int count) => $"(param {string.Join(' ', Enumerable.Repeat("i64", count))})";

    private static string Functions(string name)
    {
        var count = CountOf(name);
        var header = Parameters(count);
        var operands = string.Join(' ', Enumerable.Range(0, count).Select(i => $"(local.get {i})"));
        return $"""
            (func $nothing)
            (func (export "plain") {header} (result i64 i64) ({name} {operands}))
            (func (export "low") {header} (result i64) ({name} {operands}) drop)
            (func (export "high") {header} (result i64) (local $high i64) ({name} {operands}) local.set $high drop local.get $high)
            (func (export "swapped") {header} (result i64 i64) (local $low i64) (local $high i64)
              ({name} {operands}) local.set $high local.set $low local.get $high local.get $low)
            (func (export "frame") {header} (result i64 i64) {operands} call $nothing {name})
            """;
    }

    private static IEnumerable<ulong[]> Operands(string name)
    {
        if (CountOf(name) == 2)
        {
            return Samples.SelectMany(a => Samples.Select(b => new[] { a, b }));
        }

        var random = new Random(1);
        ulong Any() => Samples[random.Next(Samples.Length)];
        return Samples.SelectMany(a => Samples.SelectMany(b => new[] { new[] { a, 0UL, b, 0UL }, new[] { a, Any(), b, Any() } }));
    }

    private static System.Numerics.BigInteger Number(ReadOnlySpan<ulong> digits)
    {
        System.Numerics.BigInteger number = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            number = (number << 64) + digits[i];
        }

        return number;
    }

    /// <summary>Multiplication as on paper, all digits in locals.</summary>
    private static string LongProduct(int digits)
    {
        var text = new System.Text.StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"(func (export \"product\") {Parameters(2 * digits)} (result {string.Join(' ', Enumerable.Repeat("i64", 2 * digits))})\n");
        for (var i = 0; i < 2 * digits; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"(local $r{i} i64)");
        }

        text.Append("(local $carry i64)\n");
        for (var i = 0; i < digits; i++)
        {
            text.Append("(local.set $carry (i64.const 0))\n");
            for (var j = 0; j < digits; j++)
            {
                text.Append(CultureInfo.InvariantCulture, $"(i64.mul_wide_u (local.get {i}) (local.get {digits + j})) (local.get $r{i + j}) (i64.const 0) i64.add128\n")
                    .Append("(local.get $carry) (i64.const 0) i64.add128 local.set $carry\n")
                    .Append(CultureInfo.InvariantCulture, $"local.set $r{i + j}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"(local.set $r{i + digits} (local.get $carry))\n");
        }

        for (var i = 0; i < 2 * digits; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"(local.get $r{i}) ");
        }

        return text.Append(')').ToString();
    }

    /// <summary>The same functions in both tiers.</summary>
    private sealed class Tiers(string text) : IDisposable
    {
        private readonly BaselineRun _baseline = new(text);
        private readonly OptimizedRun _optimized = new(text);

        public void Check(string name, ulong[] operands, params ulong[] expected)
        {
            var type = _optimized.Instance.GetFunction(name).Type;
            WasmValue[] arguments = [.. operands.Select((operand, i) =>
                type.Parameters[i] == Harness.Engine.Modules.ValueType.I32 ? WasmValue.FromI32((int)operand) : WasmValue.FromI64((long)operand))];
            Assert.Equal(expected, _baseline.CallAll(name, arguments).Select(value => value.Bits));
            Assert.Equal(expected, _optimized.CallAll(name, arguments).Select(value => value.Bits));
        }

        public void Dispose()
        {
            _baseline.Dispose();
            _optimized.Dispose();
        }
    }
}
