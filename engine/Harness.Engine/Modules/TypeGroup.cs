using System.Runtime.InteropServices;

namespace Harness.Engine.Modules;

/// <summary>
/// A recursion group in the <see cref="TypeRegistry"/>. Its types, and those that they mention, are there as long as somebody refers to this: modules do
/// to all groups that they define, and so do functions, tables, globals and tags of the host to those of their types.
/// </summary>
internal sealed class TypeGroup
{
    private readonly TypeGroup[] _mentioned;

    /// <summary>Makes a group that is about to be added.</summary>
    /// <param name="first">The canonical id of its first type; the others follow.</param>
    /// <param name="count">How many types it has.</param>
    /// <param name="key">It written out.</param>
    /// <param name="mentioned">The other groups whose types it mentions.</param>
    public TypeGroup(int first, int count, TypeGroupKey key, TypeGroup[] mentioned)
    {
        First = first;
        Count = count;
        Key = key;
        _mentioned = mentioned;
        Self = new WeakReference<TypeGroup>(this);
    }

    /// <summary>Nobody needs the types any more.</summary>
    ~TypeGroup() => TypeRegistry.Remove(this);

    /// <summary>The canonical id of the first type.</summary>
    public int First { get; }

    /// <summary>How many types it has.</summary>
    public int Count { get; }

    /// <summary>The group written out.</summary>
    public TypeGroupKey Key { get; }

    /// <summary>What the registry knows it by.</summary>
    public WeakReference<TypeGroup> Self { get; }

    /// <summary>The other groups whose types it mentions.</summary>
    public ReadOnlySpan<TypeGroup> Mentioned => _mentioned;
}

/// <summary>A recursion group written out as numbers, so that equal groups have equal keys.</summary>
internal sealed class TypeGroupKey : IEquatable<TypeGroupKey>
{
    private readonly uint[] _words;
    private readonly int _hash;

    private TypeGroupKey(uint[] words)
    {
        _words = words;
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(words.AsSpan()));
        _hash = hash.ToHashCode();
    }

    public static TypeGroupKey Of(ReadOnlySpan<SubType> group, int realm)
    {
        var words = new List<uint> { (uint)realm };
        foreach (var type in group)
        {
            words.Add((type.IsFinal ? 1u : 0u) | (type.Describes is null ? 0 : 2u) | (type.Descriptor is null ? 0 : 4u));
            words.Add(type.Supertype is { } super ? super.Code : 0u);
            if (type.Describes is { } described)
            {
                words.Add(described.Code);
            }

            if (type.Descriptor is { } descriptor)
            {
                words.Add(descriptor.Code);
            }

            switch (type.Composite)
            {
                case FunctionType function:
                    words.Add(0);
                    words.Add((uint)function.Parameters.Length);
                    foreach (var parameter in function.Parameters)
                    {
                        words.Add(parameter.Bits);
                    }

                    words.Add((uint)function.Results.Length);
                    foreach (var result in function.Results)
                    {
                        words.Add(result.Bits);
                    }

                    break;
                case StructType structure:
                    words.Add(1);
                    words.Add((uint)structure.Fields.Length);
                    foreach (var field in structure.Fields)
                    {
                        Add(words, field);
                    }

                    break;
                case ArrayType array:
                    words.Add(2);
                    Add(words, array.Element);
                    break;
            }
        }

        return new TypeGroupKey([.. words]);
    }

    public bool Equals(TypeGroupKey? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    public override bool Equals(object? obj) => Equals(obj as TypeGroupKey);

    public override int GetHashCode() => _hash;

    private static void Add(List<uint> words, FieldType field)
    {
        words.Add(((uint)field.Packing << 1) | (field.IsMutable ? 1u : 0u));
        words.Add(field.Type.Bits);
    }
}
