namespace Harness.Engine.Modules;

/// <summary>Decodes and checks the types of what can be imported (specification, sections 3.2 and 5.3).</summary>
internal static class ExternalTypeDecoder
{
    private const byte HasMaximum = 1;
    private const byte IsShared = 2;
    private const byte Is64 = 4;

    /// <summary>Decodes a mutability flag.</summary>
    public static bool DecodeMutability(ref ModuleReader reader)
    {
        var at = reader.Offset;
        return reader.ReadByte() switch
        {
            0 => false,
            1 => true,
            _ => throw new MalformedModuleException("malformed mutability", at),
        };
    }

    /// <summary>Decodes a table type.</summary>
    public static TableType DecodeTable(ref ModuleReader reader, ModuleEnvironment environment)
    {
        var elementType = environment.ReadReferenceType(ref reader);
        var at = reader.Offset;
        var limits = DecodeLimits(ref reader, out var is64, out var isShared);
        if (isShared) throw UnsupportedModuleException.Threads("a shared table", at);
        var most = is64 ? ulong.MaxValue : ImplementationLimits.TableElements32;
        CheckRange(limits, most, "table size must be at most 2^32-1", at);
        return new TableType(elementType, limits, is64);
    }

    /// <summary>Decodes a memory type.</summary>
    public static MemoryType DecodeMemory(ref ModuleReader reader)
    {
        var at = reader.Offset;
        var limits = DecodeLimits(ref reader, out var is64, out var isShared);
        if (is64)
            CheckRange(limits, ImplementationLimits.MemoryPages64, "memory size must be at most 2^48 pages", at);
        else
            CheckRange(limits, ImplementationLimits.MemoryPages32, "memory size must be at most 65536 pages", at);
        if (isShared && limits.Maximum is null) throw new InvalidModuleException("shared memory must have maximum", at);
        return new MemoryType(limits, is64, isShared);
    }

    /// <summary>Decodes a global type.</summary>
    public static GlobalType DecodeGlobal(ref ModuleReader reader, ModuleEnvironment environment)
    {
        var type = environment.ReadValueType(ref reader);
        return new GlobalType(type, DecodeMutability(ref reader));
    }

    /// <summary>Decodes a tag type.</summary>
    public static TagType DecodeTag(ref ModuleReader reader, ModuleEnvironment environment)
    {
        var at = reader.Offset;
        if (reader.ReadByte() != 0) throw new MalformedModuleException("malformed tag attribute", at);
        at = reader.Offset;
        var index = reader.ReadVarU32();
        var type = environment.GetFunctionType(index, at);
        return type.Results.IsEmpty
            ? new TagType(environment.Types[(int)index].CanonicalId, type)
            : throw new InvalidModuleException("non-empty tag result type", at);
    }

    private static Limits DecodeLimits(ref ModuleReader reader, out bool is64, out bool isShared)
    {
        var at = reader.Offset;
        var flags = reader.ReadByte();
        if ((flags & ~(HasMaximum | IsShared | Is64)) != 0) throw new MalformedModuleException("malformed limits flags", at);
        isShared = (flags & IsShared) != 0;
        is64 = (flags & Is64) != 0;
        var minimum = reader.ReadVarU64();
        return new Limits(minimum, (flags & HasMaximum) != 0 ? reader.ReadVarU64() : null);
    }

    private static void CheckRange(Limits limits, ulong most, string message, int offset)
    {
        if (limits.Minimum > most || limits.Maximum > most) throw new InvalidModuleException(message, offset);
        if (limits.Minimum > limits.Maximum)
            throw new InvalidModuleException("size minimum must not be greater than maximum", offset);
    }
}
