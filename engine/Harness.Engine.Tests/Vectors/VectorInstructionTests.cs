using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;
using Harness.Engine.Tests.Optimizer.CodeGeneration;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Vectors;

/// <summary>
/// Every vector instruction without memory against a reference in plain C#, with operands at the limits and random ones: in baseline and in
/// optimized code, with all that the processor has and without some of it.
/// </summary>
public sealed class VectorInstructionTests
{
    private const int RandomOperands = 20;

    /// <summary>Lanes at the limits of integers and floats, of each width.</summary>
    private static readonly ulong[] Patterns =
    [
        0, ulong.MaxValue, 0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_8000_0000, 0x7FFF_FFFF_7FFF_FFFF, 0x8080_8080_8080_8080,
        0x7F7F_7F7F_7F7F_7F7F, 0x8000_8000_8000_8000, 0x7FFF_7FFF_7FFF_7FFF, 0x0001_0001_0001_0001, 0x0706_0504_0302_0100, 0x1F1E_1D1C_1B1A_1918,
        0x7FF8_0000_0000_0000, 0x7FC0_0000_7FC0_0000, 0xFFF0_0000_0000_0000, 0x7F80_0000_FF80_0000, 0x4020_0000_C020_0000, 0xC004_0000_0000_0000,
        0x4F00_0000_CF00_0000, 0x4F80_0000_CF00_0001, 0x41DF_FFFF_FFC0_0000, 0x41E0_0000_0000_0000, 0xC1E0_0000_0020_0000, 0x41EF_FFFF_FFF0_0000,
        0x3F00_0000_BF00_0000, 0x4B80_0001_CB80_0001, 0x4350_0000_0000_0001,
    ];

    public static TheoryData<string> Instructions
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (var info in OpcodeTable.All)
            {
                if (info.IsVector && info.Immediates is ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle && info.IsVector)
                {
                    names.Add(info.Name);
                }
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void InstructionsAgreeWithTheReference(string name)
    {
        var info = OpcodeTable.ByName(name)!;
        var random = new Random(name.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter)));
        byte[][] immediates = [.. ImmediatesOf(info, random)];
        V128[][] constants = [.. immediates.Select(_ => OperandsOf(info, random).First())];
        var module = ModuleOf(info, immediates, constants);
        foreach (var knobs in (string[][])[[], ["vectors.fma=off"], ["vectors.avx2=off", "vectors.fma=off"], ["vectors.avx=off"]])
        {
            using (var baseline = new BaselineRun(module, knobs))
            {
                Check("baseline", knobs, baseline.Instance, info, immediates, constants, random);
            }

            using (var optimized = new OptimizedRun(module, [.. knobs, "inlining=off"]))
            {
                Check("optimized", knobs, optimized.Instance, info, immediates, constants, random);
            }
        }
    }

    private static void Check(string tier, string[] knobs, Instance instance, OpcodeInfo info, byte[][] immediates, V128[][] constants, Random random)
    {
        var code = string.Join(' ', [tier, .. knobs]);
        var fuses = CpuFeatures.Fma && !knobs.Contains("vectors.fma=off") && !knobs.Contains("vectors.avx=off");
        WasmValue[] Run(string function, params WasmValue[] arguments) => instance.GetFunction(function).Invoke(arguments);

        for (var i = 0; i < immediates.Length; i++)
        {
            V128 Evaluate(params V128[] operands) => VectorReference.Evaluate(info.Name, operands, immediates[i], fuses);

            AssertSame(info, Evaluate(constants[i]), Run($"folded{i}")[0], $"{code}: {info.Name} of constants {string.Join(", ", constants[i])}");
            foreach (var operands in OperandsOf(info, random))
            {
                var expected = Evaluate(operands);
                WasmValue[] values = [.. operands.Select((operand, j) => ToValue(operand, info.Parameters[j]))];
                var what = $"{code}: {info.Name} {string.Join(' ', immediates[i])} of {string.Join(", ", operands)}";
                AssertSame(info, expected, Run($"plain{i}", values)[0], what);
                AssertSame(info, expected, Run($"frame{i}", values)[0], what);
                var kept = Run($"kept{i}", values);
                AssertSame(info, expected, kept[^1], what);
                for (var j = 0; j < values.Length; j++)
                {
                    Assert.Equal(values[j], kept[j]);
                }

                for (var j = 0; j < values.Length; j++)
                {
                    if (info.Parameters[j] == ValueKind.V128)
                    {
                        Run($"put{j}", values[j]);
                    }

                    V128[] mixed = [.. constants[i]];
                    mixed[j] = operands[j];
                    AssertSame(info, Evaluate(mixed), Run($"constant{i}_{j}", values[j])[0], $"{what}, all but {j} of {string.Join(", ", constants[i])}");
                }

                AssertSame(info, expected, Run($"loaded{i}", values)[0], what);
                if (info.Parameters.Distinct().Count() > 1 || info.Parameters.Length < 2)
                {
                    continue;
                }

                V128[] same = [.. operands.Select(_ => operands[0])];
                AssertSame(info, Evaluate(same), Run($"same{i}", values[0])[0], what);
            }
        }
    }

    [Fact]
    public void EveryInstructionHasASelection() =>
        Assert.Equal(
            OpcodeTable.All.ToArray().Where(info => info.IsVector).Select(info => info.Opcode),
            VectorSelections.All.Select(row => row.Opcode));

    /// <summary>
    /// Functions that apply an instruction to parameters in registers, to values in the frame, to values that are wanted afterwards, to vectors in
    /// memory, to constants, to one value and constants, and to one value several times.
    /// </summary>
    private static string ModuleOf(OpcodeInfo info, byte[][] immediates, V128[][] constants)
    {
        var text = new StringBuilder("(memory 1) (func $nothing)");
        var types = string.Join(' ', info.Parameters.Select(kind => kind.ToString().ToLowerInvariant()));
        var result = info.Results[0].ToString().ToLowerInvariant();
        var operands = string.Join(' ', Enumerable.Range(0, info.Parameters.Length).Select(i => $"local.get {i}"));
        var same = string.Join(' ', info.Parameters.Select(_ => "local.get 0"));
        var loaded = string.Join(' ', info.Parameters.Select((kind, j) =>
            kind == ValueKind.V128 ? $"i32.const {PlaceOf(j)} v128.load" : $"local.get {j}"));
        for (var j = 0; j < info.Parameters.Length; j++)
        {
            if (info.Parameters[j] == ValueKind.V128)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"put{j}\") (param v128) (v128.store (i32.const {PlaceOf(j)}) (local.get 0)))");
            }
        }

        for (var i = 0; i < immediates.Length; i++)
        {
            var instruction = $"{info.Name} {string.Join(' ', immediates[i])}";
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"plain{i}\") (param {types}) (result {result}) {operands} {instruction})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"frame{i}\") (param {types}) (result {result}) {operands} call $nothing {instruction})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"kept{i}\") (param {types}) (result {types} {result}) {operands} {operands} {instruction})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"loaded{i}\") (param {types}) (result {result}) {loaded} {instruction})");
            string[] known = [.. constants[i].Select((constant, j) => ConstantOf(constant, info.Parameters[j]))];
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"folded{i}\") (result {result}) {string.Join(' ', known)} {instruction})");
            for (var j = 0; j < known.Length; j++)
            {
                var mixed = string.Join(' ', known.Select((constant, k) => k == j ? "local.get 0" : constant));
                text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"constant{i}_{j}\") (param {types.Split(' ')[j]}) (result {result}) {mixed} {instruction})");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"same{i}\") (param {types.Split(' ')[0]}) (result {result}) {(info.Parameters.Distinct().Count() > 1 ? "unreachable" : $"{same} {instruction}")})");
        }

        return text.ToString();
    }

    /// <summary>Where an operand lies in memory, on no boundary.</summary>
    private static int PlaceOf(int operand) => (32 * operand) + 1;

    private static string ConstantOf(V128 value, ValueKind kind) => kind switch
    {
        ValueKind.I32 => $"i32.const {(int)value.Low}",
        ValueKind.I64 => $"i64.const {(long)value.Low}",
        ValueKind.F32 => $"i32.const {(int)value.Low} f32.reinterpret_i32",
        ValueKind.F64 => $"i64.const {(long)value.Low} f64.reinterpret_i64",
        _ => $"v128.const i64x2 {(long)value.Low} {(long)value.High}",
    };

    private static IEnumerable<byte[]> ImmediatesOf(OpcodeInfo info, Random random)
    {
        switch (info.Immediates)
        {
            case ImmediateKind.Lane:
                var shape = info.Name[..info.Name.IndexOf('.')];
                var lanes = int.Parse(shape[(shape.IndexOf('x') + 1)..], CultureInfo.InvariantCulture);
                for (var i = 0; i < lanes; i++)
                {
                    yield return [(byte)i];
                }

                break;
            case ImmediateKind.Shuffle:
                yield return [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
                yield return [.. Enumerable.Range(0, 16).Select(i => (byte)(31 - i))];
                foreach (var numbers in ShuffleTests.Matched)
                {
                    yield return numbers;
                }

                for (var i = 0; i < 8; i++)
                {
                    yield return [.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(32))];
                }

                break;
            default:
                yield return [];
                break;
        }
    }

    private static IEnumerable<V128[]> OperandsOf(OpcodeInfo info, Random random)
    {
        for (var i = 0; i < RandomOperands; i++)
        {
            yield return [.. info.Parameters.Select(_ => new V128(Pick(random), Pick(random)))];
        }
    }

    private static ulong Pick(Random random) => random.Next(3) switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => ((ulong)(uint)Patterns[random.Next(Patterns.Length)] << 32) | (uint)Patterns[random.Next(Patterns.Length)],
        _ => Patterns[random.Next(Patterns.Length)],
    };

    private static WasmValue ToValue(V128 operand, ValueKind kind) =>
        kind == ValueKind.V128 ? operand : WasmValue.FromBits(kind, operand.Low);

    /// <summary>Compares bit by bit, but for NaNs where lanes are floats: these only have to be quiet.</summary>
    private static void AssertSame(OpcodeInfo info, V128 expected, WasmValue actual, string what)
    {
        var got = info.Results[0] == ValueKind.V128 ? actual.AsV128() : new V128(actual.Bits, 0);
        if (info.Results[0] is ValueKind.I32 or ValueKind.F32)
        {
            expected = new V128((uint)expected.Low, 0);
        }

        if (expected == got)
        {
            return;
        }

        var isMoved = info.Name.Contains("lane", StringComparison.Ordinal) || info.Name.EndsWith("splat", StringComparison.Ordinal);
        var bits = info.Name.StartsWith("f32", StringComparison.Ordinal) ? 32 : info.Name.StartsWith("f64", StringComparison.Ordinal) ? 64 : 0;
        Assert.True(bits != 0 && !isMoved, $"{what}: expected {expected}, got {got}");
        for (var i = 0; i < 128 / bits; i++)
        {
            var wanted = VectorReference.Lane(expected, bits, i);
            var lane = VectorReference.Lane(got, bits, i);
            Assert.True(wanted == lane || (IsNaN(wanted, bits) && IsNaN(lane, bits)), $"{what}: expected {expected}, got {got}");
        }
    }

    private static bool IsNaN(ulong lane, int bits) => bits == 32
        ? float.IsNaN(BitConverter.UInt32BitsToSingle((uint)lane))
        : double.IsNaN(BitConverter.UInt64BitsToDouble(lane));
}
