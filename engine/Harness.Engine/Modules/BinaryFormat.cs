namespace Harness.Engine.Modules;

/// <summary>The codes of the binary format that are not opcodes (specification, chapter 5).</summary>
internal static class BinaryFormat
{
    public const uint Magic = 0x6D736100;
    public const uint Version = 1;

    public const byte TypeI32 = 0x7F;
    public const byte TypeI64 = 0x7E;
    public const byte TypeF32 = 0x7D;
    public const byte TypeF64 = 0x7C;
    public const byte TypeV128 = 0x7B;
    public const byte PackedI8 = 0x78;
    public const byte PackedI16 = 0x77;
    public const byte FirstAbstractHeapType = 0x69;
    public const byte LastAbstractHeapType = 0x74;
    public const byte TypeRef = 0x64;
    public const byte TypeRefNull = 0x63;
    public const byte EmptyBlock = 0x40;

    /// <summary>In place of a table's element type: a zero byte, the table type and an initial value follow.</summary>
    public const byte TableWithInitializer = 0x40;

    /// <summary>In place of an import's kind, after an empty name: a vector of names with their types follows, all of one module.</summary>
    public const byte ImportsOfModule = 0x7F;

    /// <summary>In place of an import's kind, after an empty name: a type and a vector of names follow, all of one module and that type.</summary>
    public const byte ImportsOfType = 0x7E;

    public const byte FunctionForm = 0x60;
    public const byte StructForm = 0x5F;
    public const byte ArrayForm = 0x5E;
    public const byte SubForm = 0x50;
    public const byte SubFinalForm = 0x4F;
    public const byte RecursionGroupForm = 0x4E;

    /// <summary>Before a composite type, and before <see cref="DescriptorForm"/>: the index of the type that it describes follows.</summary>
    public const byte DescribesForm = 0x4C;

    /// <summary>Before a composite type: the index of the type of its descriptors follows.</summary>
    public const byte DescriptorForm = 0x4D;

    /// <summary>In place of a heap type: the index of a type follows, which stands for itself without its subtypes.</summary>
    public const byte ExactHeapType = 0x62;

    /// <summary>In place of the kind of an imported function: the index of its type follows, which it has exactly.</summary>
    public const byte ExactFunctionKind = 0x20;

    /// <summary>In a memory argument's alignment field: a memory index follows.</summary>
    public const uint MemoryIndexFlag = 0x40;

    /// <summary>Bytes of a vector constant, and of the lane numbers of a shuffle.</summary>
    public const int VectorBytes = 16;

    private static readonly AbstractHeapType[] AbstractHeapTypes =
    [
        AbstractHeapType.Exn, AbstractHeapType.Array, AbstractHeapType.Struct, AbstractHeapType.I31,
        AbstractHeapType.Eq, AbstractHeapType.Any, AbstractHeapType.Extern, AbstractHeapType.Func,
        AbstractHeapType.None, AbstractHeapType.NoExtern, AbstractHeapType.NoFunc, AbstractHeapType.NoExn,
    ];

    /// <summary>Whether a byte is the code of an abstract heap type.</summary>
    public static bool IsAbstractHeapType(byte code) => code is >= FirstAbstractHeapType and <= LastAbstractHeapType;

    /// <summary>The abstract heap type with a code.</summary>
    public static AbstractHeapType AbstractHeapTypeOf(byte code) => AbstractHeapTypes[code - FirstAbstractHeapType];

    /// <summary>The code of an abstract heap type.</summary>
    public static byte CodeOf(AbstractHeapType type) =>
        (byte)(FirstAbstractHeapType + Array.IndexOf(AbstractHeapTypes, type));

    /// <summary>The code of a kind of number.</summary>
    public static byte CodeOf(ValueKind kind) => kind switch
    {
        ValueKind.I32 => TypeI32,
        ValueKind.I64 => TypeI64,
        ValueKind.F32 => TypeF32,
        ValueKind.F64 => TypeF64,
        ValueKind.V128 => TypeV128,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
