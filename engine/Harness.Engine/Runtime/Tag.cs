using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>The identity of a kind of exceptions.</summary>
public sealed unsafe class Tag : Extern
{
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

    /// <summary>What the type stays by.</summary>
    internal TypeGroup? TypeGroup { get; }

    /// <summary>What compiled code compares, and exceptions point to.</summary>
    internal TagData* Data { get; }

    /// <summary>Makes a tag of a type that nothing else need refer to: the type stays as long as the tag does.</summary>
    internal static Tag Create(Store store, FunctionType type)
    {
        TypeGroup group = TypeRegistry.AddGroup([new SubType(type, null, IsFinal: true)]);
        var tag = new Tag(store, new TagType(group.First, type));
        GC.KeepAlive(group);
        return tag;
    }

    /// <summary>The tag that native data belongs to.</summary>
    internal static Tag Of(TagData* data) => (Tag)GCHandle.FromIntPtr(data->Handle).Target!;

    private ulong* ReferencesOf(ImmutableArray<ValueType> values)
    {
        const int bits = 64;
        if (!values.Any(ObjectLayout.IsHeapReference)) return null;
        var mask = (ulong*)Store.AllocateNative((SignatureLayout.WordsOf(values) + bits - 1) / bits * sizeof(ulong));
        int word = 0;
        foreach (ValueType value in values)
        {
            if (ObjectLayout.IsHeapReference(value)) mask[word / bits] |= 1UL << (word % bits);
            word += value.WordCount;
        }

        return mask;
    }
}
