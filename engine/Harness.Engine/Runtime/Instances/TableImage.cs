using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// What a table of functions contains when its instance begins: for each element, where in the instance's data its reference lies. It is the same for all instances of the module, so that
/// tables can be filled late (<see cref="LazyTables"/>), or left as they are for the next instance in the same place (<see cref="InstanceSlot"/>).
/// </summary>
internal sealed unsafe class TableImage
{
    /// <summary>The element is null.</summary>
    public const int Null = -1;

    private TableImage(int length)
    {
        Length = length;
        Offsets = (int*)NativeMemory.Alloc((nuint)Math.Max(length, 1), sizeof(int));
        new Span<int>(Offsets, length).Fill(Null);
    }

    /// <summary>Frees the offsets, which tables that are filled late refer to as long as they live.</summary>
    ~TableImage() => NativeMemory.Free(Offsets);

    /// <summary>Elements at first.</summary>
    public int Length { get; }

    /// <summary>Whether some elements are imported functions, which differ from instance to instance.</summary>
    public bool HasImports { get; private set; }

    /// <summary>
    /// By element, the offset in the instance's data of the <see cref="FunctionReference"/>; the complement of the offset of a pointer to it where the function is imported;
    /// <see cref="Null"/> for none.
    /// </summary>
    public int* Offsets { get; }

    /// <summary>
    /// By table of the module, its image; null for tables that have none. None has one where an active segment does not fit, has an offset that is not constant, or goes into an imported table:
    /// then what is written depends on more than the module.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="layout">Where the data of its instances lies.</param>
    /// <param name="limit">Most elements of a table: of longer ones there are no instances. Images of a module have no more elements together; what would be beyond has none.</param>
    public static ImmutableArray<TableImage?> Create(WasmModule module, InstanceLayout layout, int limit)
    {
        var images = new TableImage?[module.Tables.Length];
        if (!module.Elements.All(segment => segment.Mode != SegmentMode.Active || Fits(module, segment))) return [.. images];
        var hasFunctions = new bool[images.Length];
        var hasExpressions = new bool[images.Length];
        foreach (ElementSegment segment in module.Elements)
        {
            if (segment.Mode != SegmentMode.Active) continue;
            bool[] found = segment.FunctionIndices.IsDefault ? hasExpressions : hasFunctions;
            found[segment.TableIndex] = true;
        }

        ulong left = (ulong)limit;
        for (int i = 0; i < images.Length; i++)
        {
            TableInfo table = module.Tables[i];
            if (table.IsImported || table.Initializer is not null || ObjectLayout.IsHeapReference(table.Type.ElementType)) continue;
            if (table.Type.Limits.Minimum > left) continue;
            if (!hasFunctions[i] || hasExpressions[i]) continue;
            left -= table.Type.Limits.Minimum;
            images[i] = new TableImage((int)table.Type.Limits.Minimum);
        }

        foreach (ElementSegment segment in module.Elements)
        {
            if (segment.Mode == SegmentMode.Active) images[segment.TableIndex]?.Add(segment, layout);
        }

        return [.. images];
    }

    /// <summary>Writes the elements of an instance's table.</summary>
    public void FillInto(nint* elements, byte* instance)
    {
        for (int i = 0; i < Length; i++) elements[i] = ElementOf(i, instance);
    }

    /// <summary>The element with an index as it is in an instance at first.</summary>
    public nint ElementOf(int index, byte* instance)
    {
        int offset = Offsets[index];
        if (offset == Null) return 0;
        if (offset < 0) return *(nint*)(instance + ~offset);
        var reference = (FunctionReference*)(instance + offset);
        reference->Instance = (InstanceHeader*)instance;
        return (nint)reference;
    }

    private static bool Fits(WasmModule module, ElementSegment segment)
    {
        TableInfo table = module.Tables[segment.TableIndex];
        return !table.IsImported
            && segment.Offset!.Operations is [{ Opcode: Opcode.I32Const or Opcode.I64Const } start]
            && (ulong)segment.Count <= table.Type.Limits.Minimum && start.Bits <= table.Type.Limits.Minimum - (ulong)segment.Count;
    }

    private void Add(ElementSegment segment, InstanceLayout layout)
    {
        var start = (int)segment.Offset!.Operations[0].Bits;
        for (int i = 0; i < segment.Count; i++)
        {
            int function = segment.FunctionIndices[i];
            HasImports |= function >= 0 && layout.IsImportedFunction(function);
            Offsets[start + i] = function < 0 ? Null
                : layout.IsImportedFunction(function) ? ~layout.ImportedFunction(function)
                : layout.FunctionReferenceOf(function);
        }
    }
}
