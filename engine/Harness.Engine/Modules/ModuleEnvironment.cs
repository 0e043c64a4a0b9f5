using System.Diagnostics.CodeAnalysis;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules;

/// <summary>A function's type as the validator sees it.</summary>
/// <param name="TypeIndex">The index of the type in the module.</param>
/// <param name="Type">The type.</param>
/// <param name="IsExact">See <see cref="FunctionInfo.HasExactType"/>.</param>
/// <param name="Builtin">See <see cref="FunctionInfo.Builtin"/>.</param>
internal readonly record struct FunctionDeclaration(int TypeIndex, DefinedType Type, bool IsExact, StringBuiltin? Builtin = null)
{
    /// <summary>The type of references to the function.</summary>
    public ValueType ReferenceType => ValueType.Reference(IsExact ? HeapType.Defined(Type.CanonicalId).Exact : HeapType.Defined(Type.CanonicalId), nullable: false);
}

/// <summary>
/// What has been declared so far in a module being decoded: the validation context of the specification (section 3.1).
/// Looking up what is not declared throws.
/// </summary>
internal sealed class ModuleEnvironment
{
    private int _openGroupStart;
    private int _openGroupSize;
    private BodyFacts? _bodies;

    /// <summary>The realm of the types: see <see cref="TypeRegistry.AddGroup"/>.</summary>
    public int TypeRealm { get; set; }

    /// <summary>For each type index, the type.</summary>
    public List<DefinedType> Types { get; } = [];

    /// <summary>The recursion groups of the types, by which the types stay.</summary>
    public List<TypeGroup> TypeGroups { get; } = [];

    /// <summary>All functions, imported ones first.</summary>
    public List<FunctionDeclaration> Functions { get; } = [];

    /// <summary>All tables, imported ones first.</summary>
    public List<TableInfo> Tables { get; } = [];

    /// <summary>All memories, imported ones first.</summary>
    public List<MemoryInfo> Memories { get; } = [];

    /// <summary>All globals declared so far, imported ones first.</summary>
    public List<GlobalInfo> Globals { get; } = [];

    /// <summary>All tags, imported ones first.</summary>
    public List<TagInfo> Tags { get; } = [];

    /// <summary>The element segments.</summary>
    public List<ElementSegment> Elements { get; } = [];

    /// <summary>The number of data segments that the data count section gives, or null without that section.</summary>
    public int? DataCount { get; set; }

    /// <summary>
    /// The functions that something outside of function bodies mentions, so that bodies can take references to them.
    /// </summary>
    public HashSet<int> ReferencedFunctions { get; } = [];

    /// <summary>What function bodies do. To be asked for first when all that they can mention is declared, by one thread.</summary>
    public BodyFacts Bodies => _bodies ??= new BodyFacts(Tables.Count, Functions.Count);

    /// <summary>Starts a recursion group, whose types can mention each other before they have canonical ids.</summary>
    public void OpenGroup(int size)
    {
        _openGroupStart = Types.Count;
        _openGroupSize = size;
    }

    /// <summary>Adds the types of the group that was started last.</summary>
    /// <param name="group">The group; null if it has no types.</param>
    public void CloseGroup(TypeGroup? group)
    {
        if (group is not null)
        {
            TypeGroups.Add(group);
        }

        for (var i = 0; i < _openGroupSize; i++)
        {
            Types.Add(TypeRegistry.Get(group!.First + i));
        }

        _openGroupSize = 0;
    }

    /// <summary>The heap type that a type index means here.</summary>
    public HeapType ResolveType(uint index, int offset)
    {
        if (index < (uint)Types.Count)
        {
            return HeapType.Defined(Types[(int)index].CanonicalId);
        }

        var member = index - (uint)_openGroupStart;
        if (member < (uint)_openGroupSize)
        {
            return new HeapType(HeapType.GroupMember + member);
        }

        throw new InvalidModuleException($"unknown type {index}", offset);
    }

    /// <summary>Reads a heap type.</summary>
    public HeapType ReadHeapType(ref ModuleReader reader)
    {
        var at = reader.Offset;
        var code = reader.PeekByte();
        if (BinaryFormat.IsAbstractHeapType(code))
        {
            reader.ReadByte();
            return HeapType.Abstract(BinaryFormat.AbstractHeapTypeOf(code));
        }

        if (code == BinaryFormat.ExactHeapType)
        {
            reader.ReadByte();
            return ReadExactType(ref reader, at);
        }

        var index = reader.ReadVarI33();
        return index >= 0
            ? ResolveType((uint)index, at)
            : throw new MalformedModuleException("malformed heap type", at);
    }

    /// <summary>Reads the index of an exact type. What is no index of a type but would be the code of one is malformed: only indices can be exact.</summary>
    private HeapType ReadExactType(ref ModuleReader reader, int offset)
    {
        var mayBeCode = (reader.PeekByte() & 0xC0) == 0x40;
        var index = reader.ReadVarU32();
        var isKnown = index < (uint)Types.Count || index - (uint)_openGroupStart < (uint)_openGroupSize;
        return mayBeCode && !isKnown
            ? throw new MalformedModuleException("malformed heap type", offset)
            : ResolveType(index, offset).Exact;
    }

    /// <summary>Reads a value type.</summary>
    public ValueType ReadValueType(ref ModuleReader reader)
    {
        var at = reader.Offset;
        var code = reader.ReadByte();
        switch (code)
        {
            case BinaryFormat.TypeI32: return ValueType.I32;
            case BinaryFormat.TypeI64: return ValueType.I64;
            case BinaryFormat.TypeF32: return ValueType.F32;
            case BinaryFormat.TypeF64: return ValueType.F64;
            case BinaryFormat.TypeRef: return ValueType.Reference(ReadHeapType(ref reader), nullable: false);
            case BinaryFormat.TypeRefNull: return ValueType.Reference(ReadHeapType(ref reader), nullable: true);
            case BinaryFormat.TypeV128: return ValueType.V128;
            default:
                if (!BinaryFormat.IsAbstractHeapType(code))
                {
                    throw new MalformedModuleException("malformed value type", at);
                }

                return ValueType.Reference(BinaryFormat.AbstractHeapTypeOf(code), nullable: true);
        }
    }

    /// <summary>Reads a reference type.</summary>
    public ValueType ReadReferenceType(ref ModuleReader reader)
    {
        var at = reader.Offset;
        var type = ReadValueType(ref reader);
        return type.IsReference ? type : throw new MalformedModuleException("malformed reference type", at);
    }

    /// <summary>The type with an index.</summary>
    public DefinedType GetType(uint index, int offset)
    {
        if (index >= (uint)Types.Count)
        {
            ThrowUnknown("type", index, offset);
        }

        return Types[(int)index];
    }

    /// <summary>The function type with an index.</summary>
    public FunctionType GetFunctionType(uint index, int offset) =>
        GetType(index, offset).Function
        ?? throw new InvalidModuleException($"type mismatch: type {index} is not a function type", offset);

    /// <summary>The function with an index.</summary>
    public FunctionDeclaration GetFunction(uint index, int offset)
    {
        if (index >= (uint)Functions.Count)
        {
            ThrowUnknown("function", index, offset);
        }

        return Functions[(int)index];
    }

    /// <summary>The type of the table with an index.</summary>
    public TableType GetTable(uint index, int offset)
    {
        if (index >= (uint)Tables.Count)
        {
            ThrowUnknown("table", index, offset);
        }

        return Tables[(int)index].Type;
    }

    /// <summary>The type of the memory with an index.</summary>
    public MemoryType GetMemory(uint index, int offset)
    {
        if (index >= (uint)Memories.Count)
        {
            ThrowUnknown("memory", index, offset);
        }

        return Memories[(int)index].Type;
    }

    /// <summary>The type of the global with an index.</summary>
    public GlobalType GetGlobal(uint index, int offset)
    {
        if (index >= (uint)Globals.Count)
        {
            ThrowUnknown("global", index, offset);
        }

        return Globals[(int)index].Type;
    }

    /// <summary>The type of the tag with an index.</summary>
    public TagType GetTag(uint index, int offset)
    {
        if (index >= (uint)Tags.Count)
        {
            ThrowUnknown("tag", index, offset);
        }

        return Tags[(int)index].Type;
    }

    /// <summary>The type of the elements of the segment with an index.</summary>
    public ValueType GetElementType(uint index, int offset)
    {
        if (index >= (uint)Elements.Count)
        {
            ThrowUnknown("elem segment", index, offset);
        }

        return Elements[(int)index].ElementType;
    }

    /// <summary>Checks the index of a data segment that an instruction mentions.</summary>
    public void CheckData(uint index, int offset)
    {
        if (DataCount is not { } count)
        {
            throw new MalformedModuleException("data count section required", offset);
        }

        if (index >= (uint)count)
        {
            ThrowUnknown("data segment", index, offset);
        }
    }

    [DoesNotReturn]
    private static void ThrowUnknown(string item, uint index, int offset) =>
        throw new InvalidModuleException($"unknown {item} {index}", offset);
}
