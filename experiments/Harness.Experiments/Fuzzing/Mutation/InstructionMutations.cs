using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// Changes of instructions. Many keep a function valid (another operator of the same type, another constant, code that leaves the stack as
/// it was), so that what comes out does not always fail at the first check.
/// </summary>
internal static class InstructionMutations
{
    private const int LongestRange = 6;
    private static readonly long[] Integers = [0, 1, -1, 2, 7, 31, 32, 63, 64, 127, 128, 255, 65535, 65536, int.MaxValue, int.MinValue, 0x80000000, uint.MaxValue, long.MaxValue, long.MinValue];
    private static readonly double[] Floats = [0, -0.0, 1, -1, 0.5, 1e300, -1e300, 2147483647, 2147483648, -2147483649, 9.3e18, 1.9e19, double.Epsilon, double.PositiveInfinity, double.NegativeInfinity, double.NaN];

    /// <summary>Operators without immediates by their operands and results.</summary>
    private static readonly ILookup<string, Opcode> SameType = OpcodeTable.All.ToArray()
        .Where(row => row is { HasSignature: true, IsVector: false, Immediates: ImmediateKind.None or ImmediateKind.MemoryArgument })
        .ToLookup(TypeOf, row => row.Opcode);

    /// <summary>Makes one change.</summary>
    /// <param name="module">The module.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="other">A module to take instructions from.</param>
    public static void Apply(ModuleParts module, RandomSource random, ModuleParts? other)
    {
        if (module.Functions.Count == 0)
        {
            return;
        }

        var instructions = random.Pick(module.Functions).Instructions;
        if (instructions.Count == 0)
        {
            instructions.Add(InstructionPart.Create(Opcode.End));
        }

        var at = random.Below(instructions.Count);
        var length = Math.Min(random.Between(1, LongestRange), instructions.Count - at);
        switch (random.Below(16))
        {
            case 0:
                instructions.RemoveRange(at, length);
                break;
            case 1:
                instructions.InsertRange(at, instructions.GetRange(at, length));
                break;
            case 2 when at > 0:
                (instructions[at - 1], instructions[at]) = (instructions[at], instructions[at - 1]);
                break;
            case 3 or 4 or 5:
                ReplaceOperator(instructions, random);
                break;
            case 6 or 7 or 8:
                ReplaceImmediates(instructions, random);
                break;
            case 9 or 10:
                instructions.InsertRange(at, Neutral(random));
                break;
            case 11 or 12:
                ComputeOn(instructions, random);
                break;
            case 13 when other is { Functions.Count: > 0 } && random.Pick(other.Functions).Instructions is { Count: > 0 } donor:
                var from = random.Below(donor.Count);
                instructions.InsertRange(at, donor.GetRange(from, Math.Min(length, donor.Count - from)));
                break;
            case 14:
                Wrap(instructions, at, length, random);
                break;
            default:
                instructions[at] = InstructionPart.Create(random.Pick(OpcodeTable.All.ToArray()).Opcode, writer => writer.Bytes(instructions[at].Immediates));
                break;
        }
    }

    private static string TypeOf(OpcodeInfo row) => $"{string.Join(' ', row.Parameters)}>{string.Join(' ', row.Results)}@{row.NaturalAlignment}";

    private static void ReplaceOperator(List<InstructionPart> instructions, RandomSource random)
    {
        if (PickWhere(instructions, random, instruction => OpcodeTable.Get(instruction.Opcode).HasSignature) is not { } at)
        {
            return;
        }

        var same = SameType[TypeOf(OpcodeTable.Get(instructions[at].Opcode))].ToArray();
        if (same.Length > 0)
        {
            instructions[at] = instructions[at].With(random.Pick(same));
        }
    }

    private static void ReplaceImmediates(List<InstructionPart> instructions, RandomSource random)
    {
        if (PickWhere(instructions, random, instruction => OpcodeTable.GetImmediates(instruction.Opcode) != ImmediateKind.None) is not { } at)
        {
            return;
        }

        var instruction = instructions[at];
        instructions[at] = InstructionPart.Create(instruction.Opcode, writer =>
        {
            switch (OpcodeTable.GetImmediates(instruction.Opcode))
            {
                case ImmediateKind.I32:
                    writer.I32((int)random.Pick(Integers));
                    break;
                case ImmediateKind.I64:
                    writer.I64(random.Pick(Integers));
                    break;
                case ImmediateKind.F32:
                    writer.F32Bits(BitConverter.SingleToUInt32Bits((float)random.Pick(Floats)));
                    break;
                case ImmediateKind.F64:
                    writer.F64Bits(BitConverter.DoubleToUInt64Bits(random.Pick(Floats)));
                    break;
                case ImmediateKind.MemoryArgument:
                    writer.U32(random.Below(4));
                    writer.U64((ulong)(random.Percent(70) ? random.Below(70_000) : random.Pick(Integers) & uint.MaxValue));
                    break;
                default:
                    WriteOtherIndex(writer, instruction.Immediates, random);
                    break;
            }
        });
    }

    /// <summary>Another number in the place of one of the indices.</summary>
    private static void WriteOtherIndex(WasmWriter writer, ReadOnlySpan<byte> immediates, RandomSource random)
    {
        var changed = immediates.ToArray();
        if (changed.Length == 0)
        {
            return;
        }

        var at = random.Below(changed.Length);
        changed[at] = (byte)(random.Below(3) switch { 0 => changed[at] ^ 1, 1 => (changed[at] + 1) & 0x7F, _ => random.Below(12) });
        writer.Bytes(changed);
    }

    /// <summary>Code that leaves the stack as it was.</summary>
    private static InstructionPart[] Neutral(RandomSource random)
    {
        var local = (uint)random.Below(4);
        InstructionPart Constant() => InstructionPart.Create(Opcode.I32Const, writer => writer.I32((int)random.Pick(Integers)));
        var get = InstructionPart.Create(Opcode.LocalGet, writer => writer.U32(local));
        var end = InstructionPart.Create(Opcode.End);
        InstructionPart Block(Opcode opcode) => InstructionPart.Create(opcode, writer => writer.Byte(BinaryFormat.EmptyBlock));
        return random.Below(9) switch
        {
            0 => [InstructionPart.Create(Opcode.Nop)],
            1 => [get, InstructionPart.Create(Opcode.Drop)],
            2 => [get, InstructionPart.Create(Opcode.LocalSet, writer => writer.U32(local))],
            3 => [Constant(), Block(Opcode.If), InstructionPart.Create(Opcode.Unreachable), end],
            4 => [Block(Opcode.Loop), end],
            5 => [Block(Opcode.Block), InstructionPart.Create(Opcode.Br, writer => writer.U32(0)), end],
            6 => [Block(Opcode.Block), Constant(), InstructionPart.Create(Opcode.BrIf, writer => writer.U32((uint)random.Below(3))), end],
            7 => [InstructionPart.Create(Opcode.GlobalGet, writer => writer.U32(local)), InstructionPart.Create(Opcode.GlobalSet, writer => writer.U32(local))],
            _ => [Constant(), Block(Opcode.If), InstructionPart.Create(Opcode.Return), end],
        };
    }

    /// <summary>Computes with the number that an instruction leaves, giving one of the same type.</summary>
    private static void ComputeOn(List<InstructionPart> instructions, RandomSource random)
    {
        if (PickWhere(instructions, random, instruction => OpcodeTable.Get(instruction.Opcode) is { HasSignature: true, Results.Length: 1 } || ConstantKind(instruction.Opcode) is not null) is not { } at)
        {
            return;
        }

        var kind = ConstantKind(instructions[at].Opcode) ?? OpcodeTable.Get(instructions[at].Opcode).Results[0];
        var operators = SameType[$"{kind} {kind}>{kind}@-1"].ToArray();
        if (operators.Length == 0)
        {
            return;
        }

        instructions.InsertRange(at + 1, [Constant(kind, random), InstructionPart.Create(random.Pick(operators))]);
    }

    private static ValueKind? ConstantKind(Opcode opcode) => opcode switch
    {
        Opcode.I32Const => ValueKind.I32,
        Opcode.I64Const => ValueKind.I64,
        Opcode.F32Const => ValueKind.F32,
        Opcode.F64Const => ValueKind.F64,
        _ => null,
    };

    private static InstructionPart Constant(ValueKind kind, RandomSource random) => kind switch
    {
        ValueKind.I32 => InstructionPart.Create(Opcode.I32Const, writer => writer.I32((int)random.Pick(Integers))),
        ValueKind.I64 => InstructionPart.Create(Opcode.I64Const, writer => writer.I64(random.Pick(Integers))),
        ValueKind.F32 => InstructionPart.Create(Opcode.F32Const, writer => writer.F32Bits(BitConverter.SingleToUInt32Bits((float)random.Pick(Floats)))),
        _ => InstructionPart.Create(Opcode.F64Const, writer => writer.F64Bits(BitConverter.DoubleToUInt64Bits(random.Pick(Floats)))),
    };

    private static void Wrap(List<InstructionPart> instructions, int at, int length, RandomSource random)
    {
        var opcode = random.Pick([Opcode.Block, Opcode.Loop, Opcode.TryTable]);
        instructions.Insert(at + length, InstructionPart.Create(Opcode.End));
        instructions.Insert(at, InstructionPart.Create(opcode, writer =>
        {
            writer.Byte(BinaryFormat.EmptyBlock);
            if (opcode != Opcode.TryTable)
            {
                return;
            }

            writer.U32(1);
            writer.Byte((byte)CatchKind.CatchAll);
            writer.U32(random.Below(2));
        }));
    }

    private static int? PickWhere(List<InstructionPart> instructions, RandomSource random, Predicate<InstructionPart> predicate)
    {
        var start = random.Below(instructions.Count);
        for (var i = 0; i < instructions.Count; i++)
        {
            var at = (start + i) % instructions.Count;
            if (predicate(instructions[at]))
            {
                return at;
            }
        }

        return null;
    }
}
