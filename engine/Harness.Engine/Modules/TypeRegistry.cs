using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>
/// All defined types of the process. Recursion groups are hash-consed: equal groups get the same canonical ids,
/// whatever module they come from, so that type equality is equality of ids (specification, section 3.1).
/// Thread-safe; reading takes no lock. Types live as long as the process.
/// </summary>
public static class TypeRegistry
{
    /// <summary>The first canonical id; those below are left to kinds of objects that no module defines.</summary>
    internal const int FirstId = 8;

    /// <summary>
    /// The canonical id of the type of strings, which no module can name: final, below <c>extern</c>, and otherwise an array of
    /// 16-bit elements that never change.
    /// </summary>
    internal const int StringId = 2;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<GroupKey, int> Groups = [];
    private static volatile DefinedType[] s_types = CreateTypes();
    private static int s_count = FirstId;

    /// <summary>The defined type with a canonical id.</summary>
    public static DefinedType Get(int canonicalId) => s_types[canonicalId];

    /// <summary>
    /// The canonical id of a function type that is final, has no supertype, and is a recursion group by itself.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process has too many types.</exception>
    public static int CanonicalId(FunctionType type) => AddGroup([new SubType(type, null, IsFinal: true)]);

    /// <summary>Whether every reference of one heap type is one of another (specification, section 3.3).</summary>
    public static bool IsSubtype(HeapType type, HeapType other)
    {
        if (type == other) return true;
        if (type == HeapType.Bottom) return true;
        if (type.IsDefined)
        {
            var defined = Get(type.CanonicalId);
            return other.IsDefined
                ? defined.IsSubtypeOf(Get(other.CanonicalId))
                : other != HeapType.Bottom && IsSubtype(defined.AbstractSupertype, other.AbstractType);
        }

        if (other == HeapType.Bottom) return false;
        return other.IsDefined
            ? type.AbstractType == BottomOf(other)
            : IsSubtype(type.AbstractType, other.AbstractType);
    }

    /// <summary>
    /// Whether the defined type <paramref name="id"/> is <paramref name="other"/> or declared below it.
    /// </summary>
    public static bool IsSubtype(int id, int other) => id == other || Get(id).IsSubtypeOf(Get(other));

    /// <summary>The top of the hierarchy that a heap type belongs to: any, func, extern or exn.</summary>
    public static AbstractHeapType TopOf(HeapType type) => AbstractOf(type) switch
    {
        AbstractHeapType.Func or AbstractHeapType.NoFunc => AbstractHeapType.Func,
        AbstractHeapType.Extern or AbstractHeapType.NoExtern => AbstractHeapType.Extern,
        AbstractHeapType.Exn or AbstractHeapType.NoExn => AbstractHeapType.Exn,
        _ => AbstractHeapType.Any,
    };

    /// <summary>The bottom of the hierarchy that a heap type belongs to: none, nofunc, noextern or noexn.</summary>
    public static AbstractHeapType BottomOf(HeapType type) => TopOf(type) switch
    {
        AbstractHeapType.Func => AbstractHeapType.NoFunc,
        AbstractHeapType.Extern => AbstractHeapType.NoExtern,
        AbstractHeapType.Exn => AbstractHeapType.NoExn,
        _ => AbstractHeapType.None,
    };

    /// <summary>
    /// Adds a recursion group and gives the canonical id of its first type; the others follow without gaps. Inside
    /// the group, heap types with the code <see cref="HeapType.GroupMember"/> + i stand for its i-th type.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process has too many types.</exception>
    internal static int AddGroup(ReadOnlySpan<SubType> group)
    {
        var key = GroupKey.Of(group);
        lock (Gate)
        {
            if (Groups.TryGetValue(key, out var first)) return first;
            first = s_count;
            if (group.Length > HeapType.MaxTypes - first)
                throw new InvalidOperationException("too many types in this process");
            if (s_types.Length < first + group.Length)
            {
                var larger = new DefinedType[Math.Max(s_types.Length * 2, first + group.Length)];
                Array.Copy(s_types, larger, first);
                s_types = larger;
            }

            var types = s_types;
            for (var i = 0; i < group.Length; i++)
            {
                var definition = GroupMembers.Resolve(group[i], first);
                var supertype = definition.Supertype is { } super ? types[super.CanonicalId] : null;
                Volatile.Write(ref types[first + i], new DefinedType(first + i, definition, supertype));
            }

            s_count = first + group.Length;
            Groups.Add(key, first);
            return first;
        }
    }

    private static DefinedType[] CreateTypes()
    {
        var types = new DefinedType[64];
        var characters = new ArrayType(new FieldType(ValueType.I32, Packing.I16, IsMutable: false));
        types[StringId] = new DefinedType(StringId, new SubType(characters, null, IsFinal: true), AbstractHeapType.Extern);
        return types;
    }

    private static AbstractHeapType AbstractOf(HeapType type) =>
        type.IsDefined ? Get(type.CanonicalId).AbstractSupertype : type.AbstractType;

    private static bool IsSubtype(AbstractHeapType type, AbstractHeapType other) => type == other || other switch
    {
        AbstractHeapType.Func => type == AbstractHeapType.NoFunc,
        AbstractHeapType.Extern => type == AbstractHeapType.NoExtern,
        AbstractHeapType.Exn => type == AbstractHeapType.NoExn,
        AbstractHeapType.Any => type is AbstractHeapType.Eq or AbstractHeapType.I31 or AbstractHeapType.Struct
            or AbstractHeapType.Array or AbstractHeapType.None,
        AbstractHeapType.Eq => type is AbstractHeapType.I31 or AbstractHeapType.Struct or AbstractHeapType.Array
            or AbstractHeapType.None,
        AbstractHeapType.I31 or AbstractHeapType.Struct or AbstractHeapType.Array => type == AbstractHeapType.None,
        _ => false,
    };

    /// <summary>A recursion group written out as numbers, so that equal groups have equal keys.</summary>
    private readonly struct GroupKey : IEquatable<GroupKey>
    {
        private readonly uint[] _words;
        private readonly int _hash;

        private GroupKey(uint[] words)
        {
            _words = words;
            var hash = default(HashCode);
            foreach (var word in words) hash.Add(word);
            _hash = hash.ToHashCode();
        }

        public static GroupKey Of(ReadOnlySpan<SubType> group)
        {
            var words = new List<uint>();
            foreach (var type in group)
            {
                words.Add(type.IsFinal ? 1u : 0u);
                words.Add(type.Supertype is { } super ? super.Code : 0u);
                switch (type.Composite)
                {
                    case FunctionType function:
                        words.Add(0);
                        words.Add((uint)function.Parameters.Length);
                        foreach (var parameter in function.Parameters) words.Add(parameter.Bits);
                        words.Add((uint)function.Results.Length);
                        foreach (var result in function.Results) words.Add(result.Bits);
                        break;
                    case StructType structure:
                        words.Add(1);
                        words.Add((uint)structure.Fields.Length);
                        foreach (var field in structure.Fields) Add(words, field);
                        break;
                    case ArrayType array:
                        words.Add(2);
                        Add(words, array.Element);
                        break;
                }
            }

            return new GroupKey([.. words]);
        }

        public bool Equals(GroupKey other) => _words.AsSpan().SequenceEqual(other._words);

        public override bool Equals(object? obj) => obj is GroupKey other && Equals(other);

        public override int GetHashCode() => _hash;

        private static void Add(List<uint> words, FieldType field)
        {
            words.Add(((uint)field.Packing << 1) | (field.IsMutable ? 1u : 0u));
            words.Add(field.Type.Bits);
        }
    }

    /// <summary>Replaces references to members of the group being added by canonical ids.</summary>
    private static class GroupMembers
    {
        public static SubType Resolve(SubType type, int first) => new(
            type.Composite switch
            {
                FunctionType function => new FunctionType(
                    Resolve(function.Parameters, first), Resolve(function.Results, first)),
                StructType structure => new StructType([.. structure.Fields.Select(field => Resolve(field, first))]),
                var composite => new ArrayType(Resolve(((ArrayType)composite).Element, first)),
            },
            type.Supertype is { } super ? Resolve(super, first) : null,
            type.IsFinal);

        private static ImmutableArray<ValueType> Resolve(ImmutableArray<ValueType> types, int first) =>
            [.. types.Select(type => Resolve(type, first))];

        private static FieldType Resolve(FieldType field, int first) =>
            field with { Type = Resolve(field.Type, first) };

        private static ValueType Resolve(ValueType type, int first) =>
            type.IsReference ? ValueType.Reference(Resolve(type.HeapType, first), type.IsNullable) : type;

        private static HeapType Resolve(HeapType type, int first) => (type.Code & HeapType.GroupMember) != 0
            ? HeapType.Defined(first + (int)(type.Code & ~HeapType.GroupMember))
            : type;
    }
}
