using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;

namespace Harness.Engine.Tests.Threads;

/// <summary>Every atomic access against a model of the memory in plain C#, in both tiers, and the traps of them all.</summary>
public sealed class AtomicInstructionTests
{
    private const int ModelBytes = 64;
    private const int Offset = 8;
    private const int ConstantAddress = 16;

    private static readonly OpcodeInfo[] Accesses = [.. OpcodeTable.All.ToArray().Where(info => info.Opcode >= Opcode.I32AtomicLoad)];

    /// <summary>Values at which widths show.</summary>
    private static readonly ulong[] Patterns = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x8000, 0xFFFF, 0x10000, 0x8000_0000, uint.MaxValue, 1UL << 32, 1UL << 63, ulong.MaxValue];

    /// <summary>The memories of a module, the index of the one that is accessed, and knobs.</summary>
    public static TheoryData<string, int, string[]> Configurations => new()
    {
        { "(memory 1 1 shared)", 0, ["tier-up=never"] },
        { "(memory 1)", 0, ["tier-up=never", "memory.guard-pages=off"] },
        { "(memory i64 1 1 shared)", 0, ["tier-up=never"] },
        { "(memory 1) (memory 1 1 shared)", 1, ["tier-up=never"] },
        { "(memory 1) (memory 1 1 shared)", 1, ["tier-up=never", "memory.guard-pages=off"] },
        { "(memory 1 1 shared)", 0, ["tier-up=eager"] },
        { "(memory 1)", 0, ["tier-up=eager", "memory.guard-pages=off"] },
        { "(memory i64 1 1 shared)", 0, ["tier-up=eager"] },
        { "(memory 1) (memory 1 1 shared)", 1, ["tier-up=eager"] },
        { "(memory 1) (memory 1)", 1, ["tier-up=eager", "memory.guard-pages=off"] },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void AccessesAgreeWithTheModel(string memories, int memory, string[] knobs)
    {
        using var run = new BaselineRun(ModuleOf(memories, memory), knobs);
        var random = new Random(20260 + knobs.Length);
        var model = new byte[ModelBytes];
        var actual = run.Instance.GetMemory("memory");
        var is64 = actual.Type.Is64;
        for (var step = 0; step < 12_000; step++)
        {
            var index = random.Next(Accesses.Length);
            var info = Accesses[index];
            var bytes = 1 << info.NaturalAlignment;
            var address = random.Next((ModelBytes - Offset) / bytes) * bytes;
            ulong[] operands = [.. info.Parameters.Skip(1).Select(kind => Pick(random, model, kind))];
            WasmValue[] values = [.. operands.Select((operand, i) => WasmValue.FromBits(info.Parameters[i + 1], operand))];
            var place = is64 ? (WasmValue)(long)address : address;
            WasmValue[] results;
            var effective = address;
            switch (random.Next(4))
            {
                case 0:
                    effective += Offset;
                    results = run.CallAll($"plain{index}", [place, .. values]);
                    break;
                case 1:
                    results = run.CallAll($"frame{index}", [place, .. values]);
                    break;
                case 2:
                    effective = ConstantAddress + Offset;
                    results = run.CallAll($"constant{index}", values);
                    break;
                default:
                    results = run.CallAll($"kept{index}", [place, .. values]);
                    WasmValue[] given = [place, .. values];
                    Assert.Equal(given, results[..given.Length]);
                    results = results[(values.Length + 1)..];
                    break;
            }

            var before = Apply(info, model.AsSpan(effective, bytes), operands);
            if (info.Results.Length == 0)
            {
                Assert.Empty(results);
            }
            else
            {
                Assert.True(before == results[0].Bits, $"{info.Name} of {string.Join(", ", operands)}: expected {before}, got {results[0]}");
            }

            Assert.True(model.AsSpan().SequenceEqual(actual.Span(0, ModelBytes)), $"{info.Name} of {string.Join(", ", operands)} at {effective}");
        }

        Assert.Equal(0, run.Store.Engine.Statistics.FailedCompilations);
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void AddressesMustBeAlignedAndInBounds(string memories, int memory, string[] knobs)
    {
        using var run = new BaselineRun(ModuleOf(memories, memory), knobs);
        var is64 = run.Instance.GetMemory("memory").Type.Is64;
        for (var i = 0; i < Accesses.Length; i++)
        {
            var info = Accesses[i];
            var bytes = 1 << info.NaturalAlignment;
            WasmValue[] values = [.. info.Parameters.Skip(1).Select(kind => WasmValue.FromBits(kind, 0))];
            WasmValue[] At(long address) => [is64 ? (WasmValue)address : (int)address, .. values];
            foreach (var shape in (ReadOnlySpan<string>)["plain", "frame", "kept"])
            {
                var limit = MemoryType.UsualPageSize - (shape == "plain" ? Offset : 0);
                run.CallAll($"{shape}{i}", At(limit - bytes));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{shape}{i}", At(limit)));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{shape}{i}", At(uint.MaxValue & -bytes)));
                if (is64)
                {
                    Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{shape}{i}", At(-bytes)));
                }

                for (var misplaced = 1; misplaced < bytes; misplaced++)
                {
                    Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf($"{shape}{i}", At(misplaced)));
                    Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf($"{shape}{i}", At(limit + misplaced)));
                }
            }

            // Neither the address nor the offset is aligned, but their sum is.
            run.CallAll($"sum{i}", At(7));
            if (bytes > 1)
            {
                Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf($"sum{i}", At(8)));
            }

            if (bytes > 1)
            {
                Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf($"misplaced{i}", values));
            }
        }
    }

    [Theory]
    [InlineData("tier-up=never")]
    [InlineData("tier-up=eager")]
    public void WaitsAndNotificationsCheckTheirAddressesFirst(string knob)
    {
        const string functions = """
            (func (export "wait32") (param i32) (result i32) (memory.atomic.wait32 offset=4 (local.get 0) (i32.const 1) (i64.const -1)))
            (func (export "wait64") (param i32) (result i32) (memory.atomic.wait64 offset=8 (local.get 0) (i64.const 1) (i64.const -1)))
            (func (export "notify") (param i32) (result i32) (memory.atomic.notify offset=4 (local.get 0) (i32.const -1)))
            """;
        foreach (var isShared in (ReadOnlySpan<bool>)[true, false])
        {
            using var run = new BaselineRun($"(memory 1 1 {(isShared ? "shared" : "")}) {functions}", knob);
            foreach (var name in (ReadOnlySpan<string>)["wait32", "wait64", "notify"])
            {
                Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf(name, 2));
                Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf(name, 65534));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf(name, 65536));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf(name, -8));
            }

            Assert.Equal(TrapKind.UnalignedAtomic, run.TrapOf("wait64", 4));
            Assert.Equal(0, run.Call("notify", 65528).AsI32());
            if (isShared)
            {
                Assert.Equal(1, run.Call("wait32", 0).AsI32());
                Assert.Equal(1, run.Call("wait64", 0).AsI32());
            }
            else
            {
                Assert.Equal(TrapKind.UnsharedMemory, run.TrapOf("wait32", 0));
                Assert.Equal(TrapKind.UnsharedMemory, run.TrapOf("wait64", 0));
            }
        }
    }

    /// <summary>
    /// Functions that apply each instruction to parameters in registers, to values in the frame, to a constant address, and to values that
    /// are wanted afterwards.
    /// </summary>
    private static string ModuleOf(string memories, int memory)
    {
        var text = new StringBuilder($"{memories} (export \"memory\" (memory {memory})) (func $nothing)");
        var address = memories.Contains("i64", StringComparison.Ordinal) ? "i64" : "i32";
        for (var i = 0; i < Accesses.Length; i++)
        {
            var info = Accesses[i];
            var name = $"{info.Name} {memory}";
            var values = string.Join(' ', info.Parameters.Skip(1).Select(kind => kind.ToString().ToLowerInvariant()));
            var result = string.Join(' ', info.Results.Select(kind => kind.ToString().ToLowerInvariant()));
            var operands = string.Join(' ', Enumerable.Range(0, info.Parameters.Length).Select(j => $"local.get {j}"));
            var behind = string.Join(' ', Enumerable.Range(0, info.Parameters.Length - 1).Select(j => $"local.get {j}"));
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"plain{i}\") (param {address} {values}) (result {result}) {operands} {name} offset={Offset})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"frame{i}\") (param {address} {values}) (result {result}) {operands} call $nothing {name})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"kept{i}\") (param {address} {values}) (result {address} {values} {result}) {operands} {operands} {name})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"constant{i}\") (param {values}) (result {result}) {address}.const {ConstantAddress} {behind} {name} offset={Offset})");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"sum{i}\") (param {address} {values}) (result {result}) {operands} {name} offset=1)");
            text.AppendLine(CultureInfo.InvariantCulture, $"(func (export \"misplaced{i}\") (param {values}) (result {result}) {address}.const 3 {behind} {name} offset={Offset})");
        }

        return text.ToString();
    }

    /// <summary>Does to the model what the specification says of an instruction, by its name.</summary>
    /// <returns>What was there before, zero-extended.</returns>
    private static ulong Apply(OpcodeInfo info, Span<byte> place, ulong[] operands)
    {
        var mask = ulong.MaxValue >> (64 - (8 * place.Length));
        ulong before = 0;
        for (var i = place.Length - 1; i >= 0; i--)
        {
            before = (before << 8) | place[i];
        }

        var operation = info.Name.Split('.')[^1].Split('_')[0];
        var after = operation switch
        {
            "add" => before + operands[0],
            "sub" => before - operands[0],
            "and" => before & operands[0],
            "or" => before | operands[0],
            "xor" => before ^ operands[0],
            "xchg" => operands[0],
            "cmpxchg" => (operands[0] & mask) == before ? operands[1] : before,
            _ when operation.StartsWith("store", StringComparison.Ordinal) => operands[0],
            _ => before,
        };
        for (var i = 0; i < place.Length; i++)
        {
            place[i] = (byte)(after >> (8 * i));
        }

        return before;
    }

    /// <summary>A value at a limit, a random one, or one that is in the memory, so that comparisons succeed.</summary>
    private static ulong Pick(Random random, byte[] model, ValueKind kind)
    {
        var value = random.Next(3) switch
        {
            0 => Patterns[random.Next(Patterns.Length)],
            1 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            _ => BitConverter.ToUInt64(model, 8 * random.Next(ModelBytes / 8)),
        };
        return kind == ValueKind.I32 ? (uint)value : value;
    }
}
