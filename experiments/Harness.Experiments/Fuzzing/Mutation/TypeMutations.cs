using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Changes of types: of what is declared, of locals, of blocks and of what instructions name.</summary>
internal static class TypeMutations
{
    private static readonly byte[] ValueTypes =
    [
        BinaryFormat.TypeI32, BinaryFormat.TypeI64, BinaryFormat.TypeF32, BinaryFormat.TypeF64, 0x70, 0x6F, 0x6E, 0x6D, 0x6C, 0x6B, 0x6A, 0x69, 0x71,
        0x72, 0x73, 0x74,
    ];

    /// <summary>Codes that stand in each other's place in definitions of types.</summary>
    private static readonly byte[][] Alternatives =
    [
        ValueTypes, [BinaryFormat.TypeRef, BinaryFormat.TypeRefNull], [BinaryFormat.SubForm, BinaryFormat.SubFinalForm],
        [BinaryFormat.PackedI8, BinaryFormat.PackedI16, BinaryFormat.TypeI32], [0, 1], [0, 1, 2, 3],
        [BinaryFormat.FunctionForm, BinaryFormat.StructForm, BinaryFormat.ArrayForm],
    ];

    private static readonly SectionId[] Typed =
    [
        SectionId.Type, SectionId.Type, SectionId.Type, SectionId.Import, SectionId.Function, SectionId.Table, SectionId.Memory, SectionId.Global,
        SectionId.Element, SectionId.Tag,
    ];

    /// <summary>Makes one change.</summary>
    public static void Apply(ModuleParts module, RandomSource random)
    {
        switch (random.Below(10))
        {
            case < 5:
                if (module.Find(random.Pick(Typed)) is { } section)
                {
                    section.Payload = ChangeCode(section.Payload, random);
                }

                break;
            case 5:
                AddType(module, random);
                break;
            case 6 when module.Functions.Count > 0:
                AddLocals(random.Pick(module.Functions), random);
                break;
            case 7 when module.Functions.Count > 0:
                var function = random.Pick(module.Functions);
                function.Locals = ChangeCode(function.Locals, random);
                break;
            case 8 when module.Find(SectionId.Function) is { } declarations && VectorOfIndices.TryRead(declarations.Payload) is { Count: > 0 } types:
                types[random.Below(types.Count)] = (uint)random.Below(8);
                declarations.Payload = VectorOfIndices.Write(types);
                break;
            default:
                ChangeInstruction(module, random);
                break;
        }
    }

    /// <summary>Puts another code of the same sort in the place of one.</summary>
    private static byte[] ChangeCode(byte[] bytes, RandomSource random)
    {
        if (bytes.Length < 2)
        {
            return bytes;
        }

        var changed = (byte[])bytes.Clone();
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var at = random.Between(1, bytes.Length - 1);
            var sets = Array.FindAll(Alternatives, set => set.Contains(bytes[at]));
            if (sets.Length == 0)
            {
                continue;
            }

            changed[at] = random.Pick(random.Pick(sets));
            break;
        }

        return changed;
    }

    /// <summary>Adds a definition after the others.</summary>
    private static void AddType(ModuleParts module, RandomSource random)
    {
        if (module.Find(SectionId.Type) is not { } section)
        {
            return;
        }

        var offset = 0;
        if (Leb.TryReadU32(section.Payload, ref offset) is not { } count)
        {
            return;
        }

        var writer = new WasmWriter();
        writer.U32(count + 1);
        writer.Bytes(section.Payload.AsSpan(offset));
        if (random.Percent(30))
        {
            writer.Byte(random.Percent(50) ? BinaryFormat.SubForm : BinaryFormat.SubFinalForm);
            writer.U32(1);
            writer.U32(random.Below((int)Math.Min(count, 99) + 1));
        }

        var form = random.Pick([BinaryFormat.FunctionForm, BinaryFormat.StructForm, BinaryFormat.ArrayForm]);
        writer.Byte(form);
        var fields = form == BinaryFormat.ArrayForm ? 1 : random.Below(4);
        if (form != BinaryFormat.ArrayForm)
        {
            writer.U32(fields);
        }

        for (; fields > 0; fields--)
        {
            writer.Byte(random.Pick(ValueTypes));
            if (form != BinaryFormat.FunctionForm)
            {
                writer.Byte((byte)random.Below(2));
            }
        }

        if (form == BinaryFormat.FunctionForm)
        {
            writer.U32(0);
        }

        section.Payload = writer.ToArray();
    }

    /// <summary>Adds a run of locals after the others, seldom a long one.</summary>
    private static void AddLocals(FunctionParts function, RandomSource random)
    {
        var offset = 0;
        if (Leb.TryReadU32(function.Locals, ref offset) is not { } runs)
        {
            return;
        }

        var writer = new WasmWriter();
        writer.U32(runs + 1);
        writer.Bytes(function.Locals.AsSpan(offset));
        writer.U32(random.Percent(90) ? random.Below(4) : random.Percent(80) ? random.Below(60_000) : int.MaxValue);
        writer.Byte(random.Pick(ValueTypes));
        function.Locals = writer.ToArray();
    }

    /// <summary>Changes the type that a block, a cast or a null has.</summary>
    private static void ChangeInstruction(ModuleParts module, RandomSource random)
    {
        if (module.Functions.Count == 0)
        {
            return;
        }

        var instructions = random.Pick(module.Functions).Instructions;
        var typed = Enumerable.Range(0, instructions.Count).Where(i => IsTyped(instructions[i].Opcode)).ToArray();
        if (typed.Length == 0)
        {
            return;
        }

        var at = random.Pick(typed);
        var instruction = instructions[at];
        instructions[at] = InstructionPart.Create(instruction.Opcode, writer =>
        {
            var immediates = instruction.Immediates.ToArray();
            var place = Array.FindIndex(immediates, code => code is >= 0x40 and < 0x80);
            if (place >= 0 && random.Percent(80))
            {
                immediates[place] = random.Percent(20) ? BinaryFormat.EmptyBlock : random.Pick(ValueTypes);
            }
            else if (immediates.Length > 0)
            {
                immediates[^1] = (byte)random.Below(10);
            }

            writer.Bytes(immediates);
        });
    }

    private static bool IsTyped(Opcode opcode) => OpcodeTable.GetImmediates(opcode) is ImmediateKind.BlockType or ImmediateKind.HeapType
        or ImmediateKind.SelectTypes or ImmediateKind.BranchOnCast or ImmediateKind.TryTable or ImmediateKind.Type or ImmediateKind.TypeField;
}
