using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>The identity of a kind of exceptions.</summary>
public sealed unsafe class Tag : Extern
{
    private WasmModule? _module;
    private int _index;
    private string? _name;

    /// <summary>Makes a tag.</summary>
    public Tag(Store store, TagType type)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        TypeGroup = TypeRegistry.GroupOf(type.CanonicalTypeId);
        Data = (TagData*)store.AllocateNative(TagData.Size);
        Data->Handle = store.HandleOf(this);
        Data->ValueCount = SignatureLayout.WordsOf(type.Type.Parameters);
        Data->ReferenceMask = ReferencesOf(type.Type.Parameters);
    }

    /// <summary>Its type.</summary>
    public TagType Type { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Tag;

    /// <summary>
    /// How messages call it: by its name in the name section, or else as an export or import, in the module that defines it, or that was the first to import it of the host; where there is none, by
    /// its index there. Null of a tag of the host that no module has imported.
    /// </summary>
    public string? Name => _name ??= _module is { } module ? FindName(module, _index) : null;

    /// <summary>What the type stays by.</summary>
    internal TypeGroup? TypeGroup { get; }

    /// <summary>What compiled code compares, and exceptions point to.</summary>
    internal TagData* Data { get; }

    /// <summary>Makes a tag of a type that nothing else need refer to: the type stays as long as the tag does.</summary>
    internal static Tag Create(Store store, FunctionType type)
    {
        var group = TypeRegistry.AddGroup([new SubType(type, null, IsFinal: true)]);
        var tag = new Tag(store, new TagType(group.First, type));
        GC.KeepAlive(group);
        return tag;
    }

    /// <summary>The tag that native data belongs to.</summary>
    internal static Tag Of(TagData* data) => (Tag)GCHandle.FromIntPtr(data->Handle).Target!;

    /// <summary>Notes that an instance of a module has the tag; the first module that is noted names it.</summary>
    /// <param name="module">The module.</param>
    /// <param name="index">The tag's index in it.</param>
    internal void NoteModule(WasmModule module, int index)
    {
        if (_module is not null)
        {
            return;
        }

        _module = module;
        _index = index;
    }

    private static string FindName(WasmModule module, int index)
    {
        if (module.Names.GetName(NamedItem.Tag, index) is { } name)
        {
            return name;
        }

        var exported = module.Exports.FirstOrDefault(export => export.Kind == ExternalKind.Tag && export.Index == index)?.Name;
        var outside = exported ?? module.Imports.FirstOrDefault(import => import.Kind == ExternalKind.Tag && import.Index == index)?.Name;
        return outside is null ? index.ToString(CultureInfo.InvariantCulture) : NameText.Of(outside);
    }

    private ulong* ReferencesOf(ImmutableArray<ValueType> values)
    {
        const int bits = 64;
        if (!values.Any(ObjectLayout.IsHeapReference))
        {
            return null;
        }

        var mask = (ulong*)Store.AllocateNative((SignatureLayout.WordsOf(values) + bits - 1) / bits * sizeof(ulong));
        var word = 0;
        foreach (var value in values)
        {
            if (ObjectLayout.IsHeapReference(value))
            {
                mask[word / bits] |= 1UL << (word % bits);
            }

            word += value.WordCount;
        }

        return mask;
    }
}
