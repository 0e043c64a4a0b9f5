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

    private TableImage(int[] functions, InstanceLayout layout)
    {
        Length = functions.Length;
        Offsets = (int*)NativeMemory.Alloc((nuint)Math.Max(Length, 1), sizeof(int));
        for (var i = 0; i < functions.Length; i++)
        {
            var function = functions[i];
            HasImports |= function != InitialElements.Null && layout.IsImportedFunction(function);
            Offsets[i] = function == InitialElements.Null ? Null
                : layout.IsImportedFunction(function) ? ~layout.ImportedFunction(function)
                : layout.FunctionReferenceOf(function);
        }
    }

    /// <summary>Frees the offsets, which tables that are filled late refer to as long as they live.</summary>
    ~TableImage() => NativeMemory.Free(Offsets);

    /// <summary>Elements at first.</summary>
    public int Length { get; }

    /// <summary>Whether some elements are imported functions, which differ from instance to instance.</summary>
    public bool HasImports { get; }

    /// <summary>
    /// By element, the offset in the instance's data of the <see cref="FunctionReference"/>; the complement of the offset of a pointer to it where the function is imported;
    /// <see cref="Null"/> for none.
    /// </summary>
    public int* Offsets { get; }

    /// <summary>
    /// By table of the module, its image; null for tables that have none, since <see cref="InitialElements"/> does not know what is in them or it is something else than functions.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="layout">Where the data of its instances lies.</param>
    /// <param name="limit">Most elements of a table: of longer ones there are no instances. Images of a module have no more elements together; what would be beyond has none.</param>
    public static ImmutableArray<TableImage?> Create(WasmModule module, InstanceLayout layout, int limit)
    {
        var elements = InitialElements.Of(module, limit);
        var images = new TableImage?[elements.Length];
        for (var i = 0; i < images.Length; i++)
        {
            if (elements[i] is not { } functions || ObjectLayout.IsHeapReference(module.Tables[i].Type.ElementType))
            {
                continue;
            }

            images[i] = new TableImage(functions, layout);
        }

        return [.. images];
    }

    /// <summary>Writes the elements of an instance's table.</summary>
    public void FillInto(nint* elements, byte* instance)
    {
        for (var i = 0; i < Length; i++)
        {
            elements[i] = ElementOf(i, instance);
        }
    }

    /// <summary>The element with an index as it is in an instance at first.</summary>
    public nint ElementOf(int index, byte* instance)
    {
        var offset = Offsets[index];
        if (offset == Null)
        {
            return 0;
        }

        if (offset < 0)
        {
            return *(nint*)(instance + ~offset);
        }

        var reference = (FunctionReference*)(instance + offset);
        reference->Instance = (InstanceHeader*)instance;
        return (nint)reference;
    }
}
