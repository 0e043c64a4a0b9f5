using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A random program: a valid module in a form that can be taken apart, and the calls to make of it.</summary>
internal sealed class RandomProgram : IFuzzProgram
{
    private const byte ConstantLimits = 0x01;
    private const byte SharedFlag = 0x02;
    private const byte Is64Flag = 0x04;
    private const byte PageSizeFlag = 0x08;

    /// <summary>The data segment that is not part of a memory's initial contents.</summary>
    public const int PassiveData = 1;

    /// <summary>The seed that it was generated from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What it is made of.</summary>
    public ProgramProfile Profile { get; init; }

    public string Source => Profile == ProgramProfile.Full ? FuzzSource.Own : FuzzSource.Basic;

    /// <summary>Function types, types of structures and arrays, and block types.</summary>
    public List<ProgramTypeDefinition> Types { get; } = [];

    /// <summary>Whether exceptions are caught by the legacy instructions; engines refuse both kinds in one module.</summary>
    public bool HasLegacyExceptions { get; set; }

    /// <summary>Whether it imports the functions on strings.</summary>
    public bool HasStrings { get; set; }

    /// <summary>Whether it works with vectors as well.</summary>
    public bool HasVectors { get; set; }

    /// <summary>Whether it uses atomic instructions.</summary>
    public bool HasAtomics { get; set; }

    /// <summary>The first of the <see cref="WideFunctions"/>; negative if it has no instructions on 128 bits.</summary>
    public int FirstWideFunction { get; set; } = -1;

    /// <summary>The <see cref="Programs.DescriptorFunction"/>; negative if it has no objects with descriptors.</summary>
    public int DescriptorFunction { get; set; } = -1;

    /// <summary>The first of the types that the <see cref="Programs.DescriptorFunction"/> needs; negative if it has none.</summary>
    public int FirstDescribedType { get; set; } = -1;

    /// <summary>Whether it is being encoded for the reference, which has no instructions on 128 bits, no descriptors and no pages of one byte.</summary>
    public bool IsForReference { get; private set; }

    /// <summary>How many of the types are one recursion group; each of those after them is one of its own, but for those with descriptors, which are one together.</summary>
    public int GroupedTypes { get; set; }

    /// <summary>The name by which the first tag is imported; null if the program defines it.</summary>
    public string? ImportedTag { get; set; }

    /// <summary>The types of the tags of exceptions, by index.</summary>
    public List<int> Tags { get; } = [];

    public List<ProgramFunction> Functions { get; } = [];

    public List<ProgramMemory> Memories { get; } = [];

    public List<ProgramTable> Tables { get; } = [];

    public List<ProgramGlobal> Globals { get; } = [];

    public List<ProgramElements> Elements { get; } = [];

    public List<ProgramData> Data { get; } = [];

    /// <summary>The calls that make up one run of the program, in order; each is of type <c>i32 → i64</c>.</summary>
    public List<ProgramCall> Calls { get; } = [];

    IReadOnlyList<ProgramCall> IFuzzProgram.Calls => Calls;

    /// <summary>The program with a seed.</summary>
    public static RandomProgram Generate(ulong seed, ProgramProfile profile = ProgramProfile.Basic) => new ProgramGenerator(seed, profile).Generate();

    /// <summary>The function type with an index.</summary>
    public ProgramSignature Signature(int type) => (ProgramSignature)Types[type];

    /// <summary>The index of a type, which is added if it is new.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isLone">Whether it must be a recursion group of its own, as the types of the host are.</param>
    public int TypeIndex(ProgramSignature type, bool isLone = false)
    {
        var index = Types.IndexOf(type, isLone ? GroupedTypes : 0);
        if (index < 0)
        {
            index = Types.Count;
            Types.Add(type);
        }

        return index;
    }

    /// <summary>The index of the function that is imported by a name; -1 if none is.</summary>
    public int ImportIndex(string name) => Functions.FindIndex(function => function.Import?.Name == name);

    /// <summary>Whether a type is another one or below it.</summary>
    public bool IsSubtype(int type, int other)
    {
        while (type >= 0 && type != other)
        {
            type = Types[type].Supertype;
        }

        return type == other;
    }

    /// <summary>The passive element segments whose items are of a type.</summary>
    public IReadOnlyList<int> PassiveElements(ProgramType type) =>
        [.. Enumerable.Range(0, Elements.Count).Where(index => Elements[index].Table < 0 && Elements[index].Type == type)];

    /// <inheritdoc/>
    public byte[] EncodeForReference()
    {
        IsForReference = true;
        try
        {
            return Encode();
        }
        finally
        {
            IsForReference = false;
        }
    }

    /// <summary>The program in the binary format.</summary>
    public byte[] Encode()
    {
        var writer = new WasmWriter();
        writer.Header();
        writer.Section(SectionId.Type, WriteTypes);
        writer.Section(SectionId.Import, WriteImports);
        writer.Section(SectionId.Function, section => Vector(section, Defined, (w, function) => w.U32(function.Type)));
        writer.Section(SectionId.Table, section => Vector(section, Tables, WriteTable));
        writer.Section(SectionId.Memory, section => Vector(section, Memories, WriteMemory));
        if (Tags.Count > ImportedTags)
        {
            writer.Section(SectionId.Tag, section => Vector(section, Tags[ImportedTags..], WriteTag));
        }

        writer.Section(SectionId.Global, section => Vector(section, Globals, WriteGlobal));
        writer.Section(SectionId.Export, WriteExports);
        writer.Section(SectionId.Element, WriteElements);
        writer.Section(SectionId.DataCount, section => section.U32(Data.Count));
        writer.Section(SectionId.Code, section => Vector(section, Defined, (w, function) => w.Sized(body => function.WriteBody(body, IsForReference))));
        writer.Section(SectionId.Data, section => Vector(section, Data, WriteData));
        return writer.ToArray();
    }

    private static void Vector<T>(WasmWriter writer, List<T> items, Action<WasmWriter, T> write)
    {
        writer.U32(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    private List<ProgramFunction> Defined => [.. Functions.Where(function => function.Import is null)];

    private int ImportedTags => ImportedTag is null ? 0 : 1;

    /// <summary>Writes the types: a recursion group, so that any in it can name any other, and then one by one.</summary>
    private void WriteTypes(WasmWriter writer)
    {
        var described = FirstDescribedType < 0 ? 0 : Programs.DescriptorFunction.TypeCount;
        writer.U32(1 + Types.Count - GroupedTypes - Math.Max(described - 1, 0));
        writer.Byte(BinaryFormat.RecursionGroupForm);
        Vector(writer, Types[..GroupedTypes], (w, type) => type.Write(w));
        for (var i = GroupedTypes; i < Types.Count; i++)
        {
            if (i == FirstDescribedType)
            {
                writer.Byte(BinaryFormat.RecursionGroupForm);
                writer.U32(described);
            }

            Types[i].Write(writer);
        }
    }

    private void WriteImports(WasmWriter writer)
    {
        var functions = Functions.Where(function => function.Import is not null).ToList();
        writer.U32(functions.Count + ImportedTags);
        foreach (var function in functions)
        {
            writer.Name(function.Import!.Module);
            writer.Name(function.Import.Name);
            writer.Byte((byte)ExternalKind.Function);
            writer.U32(function.Type);
        }

        if (ImportedTag is not null)
        {
            writer.Name(FuzzImports.Support);
            writer.Name(ImportedTag);
            writer.Byte((byte)ExternalKind.Tag);
            WriteTag(writer, Tags[0]);
        }
    }

    private static void WriteTag(WasmWriter writer, int type)
    {
        const byte Exception = 0;
        writer.Byte(Exception);
        writer.U32(type);
    }

    private static void WriteTable(WasmWriter writer, ProgramTable table)
    {
        table.Type.Write(writer);
        writer.Byte((byte)(ConstantLimits | (table.Is64 ? Is64Flag : 0)));
        writer.U32(table.Size);
        writer.U32(table.Maximum);
    }

    private void WriteMemory(WasmWriter writer, ProgramMemory memory)
    {
        var hasBytePages = memory.HasBytePages && !IsForReference;
        var shift = hasBytePages ? MemoryType.UsualPageSizeLog2 : 0;
        writer.Byte((byte)(ConstantLimits | (memory.IsShared ? SharedFlag : 0) | (memory.Is64 ? Is64Flag : 0) | (hasBytePages ? PageSizeFlag : 0)));
        writer.U32(memory.Pages << shift);
        writer.U32(memory.Maximum << shift);
        if (hasBytePages)
        {
            writer.U32(0); // The logarithm of their size.
        }
    }

    private static void WriteGlobal(WasmWriter writer, ProgramGlobal global)
    {
        global.Type.Write(writer);
        writer.Byte(global.Mutable ? (byte)1 : (byte)0);
        WriteExpression(writer, global.Initial);
    }

    private static void WriteExpression(WasmWriter writer, ProgramNode node)
    {
        node.Write(writer, new Stack<BlockNode>());
        writer.Opcode(Opcode.End);
    }

    private void WriteExports(WasmWriter writer)
    {
        var exports = new List<(string Name, byte Kind, int Index)>();
        for (var i = 0; i < Functions.Count; i++)
        {
            if (Functions[i].Export is { } name)
            {
                exports.Add((name, (byte)ExternalKind.Function, i));
            }
        }

        exports.AddRange(Tables.Select((_, i) => ($"table{i}", (byte)ExternalKind.Table, i)));
        exports.AddRange(Memories.Select((_, i) => ($"memory{i}", (byte)ExternalKind.Memory, i)));
        Vector(writer, exports, (w, export) =>
        {
            w.Name(export.Name);
            w.Byte(export.Kind);
            w.U32(export.Index);
        });
    }

    /// <summary>Writes the element segments, and a last one that declares all functions, so that <c>ref.func</c> may name them.</summary>
    private void WriteElements(WasmWriter writer)
    {
        const byte ActiveWithTable = 6, Passive = 5, Declarative = 3, FunctionKind = 0;
        writer.U32(Elements.Count + 1);
        foreach (var segment in Elements)
        {
            writer.Byte(segment.Table >= 0 ? ActiveWithTable : Passive);
            if (segment.Table >= 0)
            {
                writer.U32(segment.Table);
                WriteExpression(writer, ProgramNode.Zero(Tables[segment.Table].AddressType));
            }

            segment.Type.Write(writer);
            Vector(writer, segment.Items, WriteExpression);
        }

        writer.Byte(Declarative);
        writer.Byte(FunctionKind);
        Vector(writer, [.. Enumerable.Range(0, Functions.Count)], (w, index) => w.U32(index));
    }

    private static void WriteData(WasmWriter writer, ProgramData segment)
    {
        const byte Active = 0, Passive = 1;
        writer.Byte(segment.Offset >= 0 ? Active : Passive);
        if (segment.Offset >= 0)
        {
            WriteExpression(writer, ProgramNode.I32Const(segment.Offset));
        }

        writer.Sized(segment.Bytes);
    }
}
