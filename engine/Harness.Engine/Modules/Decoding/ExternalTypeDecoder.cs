namespace Harness.Engine.Modules.Decoding;

/// <summary>Decodes and checks the types of what can be imported (specification, sections 3.2 and 5.3).</summary>
internal static class ExternalTypeDecoder
{
    private const byte HasMaximum = 1;
    private const byte IsShared = 2;
    private const byte Is64 = 4;
    private const byte HasPageSize = 8;

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
        var limits = DecodeLimits(ref reader, HasMaximum | IsShared | Is64, out var flags);
        if ((flags & IsShared) != 0)
        {
            throw UnsupportedModuleException.Threads("a shared table", at);
        }

        var is64 = (flags & Is64) != 0;
        var most = is64 ? ulong.MaxValue : ImplementationLimits.TableElements32;
        CheckRange(limits, most, "table size must be at most 2^32-1", at);
        return new TableType(elementType, limits, is64);
    }

    /// <summary>Decodes a memory type.</summary>
    public static MemoryType DecodeMemory(ref ModuleReader reader)
    {
        var at = reader.Offset;
        var limits = DecodeLimits(ref reader, HasMaximum | IsShared | Is64 | HasPageSize, out var flags);
        var pageSizeLog2 = (flags & HasPageSize) != 0 ? DecodePageSize(ref reader) : MemoryType.UsualPageSizeLog2;
        var type = new MemoryType(limits, (flags & Is64) != 0, (flags & IsShared) != 0, pageSizeLog2);
        var most = type.AddressablePages;
        CheckRange(limits, most, $"memory size must be at most {most} pages", at);
        if (type.IsShared && limits.Maximum is null)
        {
            throw new InvalidModuleException("shared memory must have maximum", at);
        }

        return type;
    }

    /// <summary>Decodes the binary logarithm of a page size, of which there are two.</summary>
    private static int DecodePageSize(ref ModuleReader reader)
    {
        const string Message = "invalid custom page size";
        const int LargestLog2 = 64;
        var at = reader.Offset;
        return reader.ReadVarU32() switch
        {
            0 => 0,
            MemoryType.UsualPageSizeLog2 => MemoryType.UsualPageSizeLog2,
            <= LargestLog2 => throw new InvalidModuleException(Message, at),
            _ => throw new MalformedModuleException(Message, at),
        };
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
        if (reader.ReadByte() != 0)
        {
            throw new MalformedModuleException("malformed tag attribute", at);
        }

        at = reader.Offset;
        var index = reader.ReadVarU32();
        var type = environment.GetFunctionType(index, at);
        return type.Results.IsEmpty
            ? new TagType(environment.Types[(int)index].CanonicalId, type)
            : throw new InvalidModuleException("non-empty tag result type", at);
    }

    /// <summary>Decodes limits, and the flags before them.</summary>
    private static Limits DecodeLimits(ref ModuleReader reader, int known, out byte flags)
    {
        var at = reader.Offset;
        flags = reader.ReadByte();
        if ((flags & ~known) != 0)
        {
            throw new MalformedModuleException("malformed limits flags", at);
        }

        var minimum = reader.ReadVarU64();
        return new Limits(minimum, (flags & HasMaximum) != 0 ? reader.ReadVarU64() : null);
    }

    private static void CheckRange(Limits limits, ulong most, string message, int offset)
    {
        if (limits.Minimum > most || limits.Maximum > most)
        {
            throw new InvalidModuleException(message, offset);
        }

        if (limits.Minimum > limits.Maximum)
        {
            throw new InvalidModuleException("size minimum must not be greater than maximum", offset);
        }
    }
}
