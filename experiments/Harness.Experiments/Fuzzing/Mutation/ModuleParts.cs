using Harness.Engine.Modules;
using Harness.Engine.Modules.Validation;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// A module taken apart in sections, function bodies and instructions, as far as its bytes allow. Nothing needs to be valid, and what is put
/// together again has right sizes, so that a change in one place does not hide behind a wrong length.
/// </summary>
internal sealed class ModuleParts
{
    private const int HeaderSize = 8;

    private ModuleParts(IEnumerable<ModuleSection> sections) => Sections.AddRange(sections);

    /// <summary>The sections, in their order.</summary>
    public List<ModuleSection> Sections { get; } = [];

    /// <summary>Takes a module apart.</summary>
    /// <returns>Its parts; null if it has no header or a section does not fit.</returns>
    public static ModuleParts? TryParse(ReadOnlySpan<byte> module)
    {
        if (module.Length < HeaderSize)
        {
            return null;
        }

        var sections = new List<ModuleSection>();
        for (var offset = HeaderSize; offset < module.Length;)
        {
            var id = module[offset++];
            if (Leb.TryReadU32(module, ref offset) is not { } size || size > module.Length - offset)
            {
                return null;
            }

            sections.Add(ModuleSection.Parse(id, module.Slice(offset, (int)size)));
            offset += (int)size;
        }

        return new ModuleParts(sections);
    }

    /// <summary>A copy that can be changed without changing this one.</summary>
    public ModuleParts Clone() => new(Sections.Select(section => section.Clone()));

    /// <summary>The first section with an id; null if there is none.</summary>
    public ModuleSection? Find(SectionId id) => Sections.Find(section => section.Id == (byte)id);

    /// <summary>The functions whose instructions are known.</summary>
    public IReadOnlyList<FunctionParts> Functions => Find(SectionId.Code)?.Bodies ?? [];

    /// <summary>The module in the binary format.</summary>
    public byte[] Encode()
    {
        var writer = new WasmWriter();
        writer.Header();
        foreach (var section in Sections)
        {
            writer.Byte(section.Id);
            writer.Sized(section.Encode());
        }

        return writer.ToArray();
    }
}

/// <summary>A section: its bytes, or the bodies of its functions.</summary>
internal sealed class ModuleSection
{
    private ModuleSection(byte id, byte[] payload, List<FunctionParts>? bodies)
    {
        Id = id;
        Payload = payload;
        Bodies = bodies;
    }

    /// <summary>Its id, which may be one that does not exist.</summary>
    public byte Id { get; set; }

    /// <summary>Its contents; empty if they are in <see cref="Bodies"/>.</summary>
    public byte[] Payload { get; set; }

    /// <summary>The bodies of a code section that can be taken apart.</summary>
    public List<FunctionParts>? Bodies { get; private set; }

    /// <summary>A section with some contents.</summary>
    public static ModuleSection Parse(byte id, ReadOnlySpan<byte> payload) =>
        id == (byte)SectionId.Code && TryParseBodies(payload) is { } bodies
            ? new ModuleSection(id, [], bodies)
            : new ModuleSection(id, payload.ToArray(), null);

    public ModuleSection Clone() => new(Id, Payload, Bodies?.ConvertAll(body => body.Clone()));

    /// <summary>Its contents in the binary format.</summary>
    public byte[] Encode()
    {
        if (Bodies is null)
        {
            return Payload;
        }

        var writer = new WasmWriter();
        writer.U32(Bodies.Count);
        foreach (var body in Bodies)
        {
            writer.Sized(body.Encode());
        }

        return writer.ToArray();
    }

    /// <summary>Makes the contents bytes, whatever they were.</summary>
    public void Flatten()
    {
        Payload = Encode();
        Bodies = null;
    }

    private static List<FunctionParts>? TryParseBodies(ReadOnlySpan<byte> payload)
    {
        var offset = 0;
        if (Leb.TryReadU32(payload, ref offset) is not { } count || count > payload.Length)
        {
            return null;
        }

        var bodies = new List<FunctionParts>((int)count);
        for (; count > 0; count--)
        {
            if (Leb.TryReadU32(payload, ref offset) is not { } size || size > payload.Length - offset)
            {
                return null;
            }

            if (FunctionParts.TryParse(payload.Slice(offset, (int)size)) is not { } body)
            {
                return null;
            }

            bodies.Add(body);
            offset += (int)size;
        }

        return offset == payload.Length ? bodies : null;
    }
}

/// <summary>A function body: its vector of locals and its instructions.</summary>
internal sealed class FunctionParts
{
    private FunctionParts(byte[] locals, IEnumerable<InstructionPart> instructions)
    {
        Locals = locals;
        Instructions.AddRange(instructions);
    }

    /// <summary>The vector of locals in the binary format.</summary>
    public byte[] Locals { get; set; }

    /// <summary>The instructions, the last <c>end</c> among them.</summary>
    public List<InstructionPart> Instructions { get; } = [];

    public static FunctionParts? TryParse(ReadOnlySpan<byte> body)
    {
        if (BodyScanner.TrySplit(body) is not { } starts)
        {
            return null;
        }

        var instructions = new List<InstructionPart>(starts.Count);
        for (var i = 0; i < starts.Count; i++)
        {
            var end = i + 1 < starts.Count ? starts[i + 1].Offset : body.Length;
            instructions.Add(new InstructionPart(starts[i].Opcode, body[starts[i].Offset..end].ToArray()));
        }

        return new FunctionParts(body[..starts[0].Offset].ToArray(), instructions);
    }

    public FunctionParts Clone() => new(Locals, Instructions);

    public byte[] Encode() => [.. Locals, .. Instructions.SelectMany(instruction => instruction.Bytes)];
}

/// <summary>An instruction.</summary>
/// <param name="Opcode">What it is.</param>
/// <param name="Bytes">All of it in the binary format, opcode and immediates; not to be changed.</param>
internal sealed record InstructionPart(Opcode Opcode, byte[] Bytes)
{
    /// <summary>Makes an instruction.</summary>
    /// <param name="opcode">What it is.</param>
    /// <param name="immediates">Writes what follows the opcode.</param>
    public static InstructionPart Create(Opcode opcode, Action<WasmWriter>? immediates = null)
    {
        var writer = new WasmWriter();
        writer.Opcode(opcode);
        immediates?.Invoke(writer);
        return new InstructionPart(opcode, writer.ToArray());
    }

    /// <summary>The same immediates after another opcode.</summary>
    public InstructionPart With(Opcode opcode) => Create(opcode, writer => writer.Bytes(Immediates));

    /// <summary>What follows the opcode.</summary>
    public ReadOnlySpan<byte> Immediates
    {
        get
        {
            var offset = 1;
            if ((int)Opcode > byte.MaxValue)
            {
                Leb.TryReadU32(Bytes, ref offset);
            }

            return Bytes.AsSpan(offset);
        }
    }
}

/// <summary>Numbers of the binary format in bytes that may be anything.</summary>
internal static class Leb
{
    private const int MaximumBytes = 5;

    /// <summary>Reads a number and moves behind it.</summary>
    /// <returns>The number; null if there is none.</returns>
    public static uint? TryReadU32(ReadOnlySpan<byte> bytes, ref int offset)
    {
        var value = 0UL;
        for (var i = 0; i < MaximumBytes && offset < bytes.Length; i++)
        {
            var next = bytes[offset++];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value <= uint.MaxValue ? (uint)value : null;
            }
        }

        return null;
    }
}
