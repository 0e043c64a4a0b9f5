using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Harness.Engine.Modules;

/// <summary>
/// All defined types of the process. Recursion groups are hash-consed: equal groups get the same canonical ids,
/// whatever module they come from, so that type equality is equality of ids (specification, section 3.1).
/// Thread-safe; reading takes no lock. Types live as long as anything refers to their <see cref="TypeGroup"/>; their ids are not given again, so that what outlives its module by mistake finds nothing,
/// and not another type. Where the 67 million ids of a process are used up, decoding a module with new types fails and says so.
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
    private static readonly Dictionary<TypeGroupKey, WeakReference<TypeGroup>> Groups = [];
    private static readonly HashSet<TypeGroup> GroupsForEver = [];
    private static readonly TypeTable<DefinedType> Types = CreateTypes();
    private static readonly TypeTable<WeakReference<TypeGroup>> GroupsOfTypes = new();
    private static int _next = FirstId;
    private static int _count;

    /// <summary>Told the canonical id of each type that is gone, by the thread of finalizers.</summary>
    internal static event Action<int>? Removed;

    /// <summary>How many types there are.</summary>
    internal static int Count => Volatile.Read(ref _count);

    /// <summary>The defined type with a canonical id.</summary>
    /// <exception cref="InvalidOperationException">Whatever defined the type is gone.</exception>
    public static DefinedType Get(int canonicalId) => Types[canonicalId] ?? throw Gone(canonicalId);

    /// <summary>
    /// The canonical id of a function type that is final, has no supertype, and is a recursion group by itself. The type lives as long as the process.
    /// </summary>
    /// <exception cref="InvalidOperationException">The type mentions one whose module is gone.</exception>
    /// <exception cref="InsufficientMemoryException">The process has no ids of types left.</exception>
    public static int CanonicalId(FunctionType type) => AddForEver(new SubType(type, null, IsFinal: true));

    /// <summary>Whether every reference of one heap type is one of another (specification, section 3.3).</summary>
    public static bool IsSubtype(HeapType type, HeapType other)
    {
        if (type == other)
        {
            return true;
        }

        if (type == HeapType.Bottom)
        {
            return true;
        }

        if (type.IsDefined)
        {
            if (other.IsExact)
            {
                return false;
            }

            if (type.Inexact == other)
            {
                return true;
            }

            var defined = Get(type.CanonicalId);
            return other.IsDefined
                ? defined.IsSubtypeOf(Get(other.CanonicalId))
                : other != HeapType.Bottom && IsSubtype(defined.AbstractSupertype, other.AbstractType);
        }

        if (other == HeapType.Bottom)
        {
            return false;
        }

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
    /// Adds a recursion group, or finds it. Its types have canonical ids without gaps as long as somebody refers to what this gives. Inside
    /// the group, heap types with the code <see cref="HeapType.GroupMember"/> + i stand for its i-th type.
    /// </summary>
    /// <param name="group">The types.</param>
    /// <param name="realm">
    /// Groups of different realms are never equal. There is one realm but for copies of modules that are to have other ids, as they would have in another process.
    /// </param>
    /// <exception cref="InvalidOperationException">The group mentions a type whose module is gone.</exception>
    /// <exception cref="InsufficientMemoryException">The process has no ids of types left.</exception>
    internal static TypeGroup AddGroup(ReadOnlySpan<SubType> group, int realm = 0)
    {
        var key = TypeGroupKey.Of(group, realm);
        lock (Gate)
        {
            if (Groups.TryGetValue(key, out var reference) && reference.TryGetTarget(out var known))
            {
                return known;
            }

            var first = _next;
            RequireIds(first, group.Length);
            TypeGroup[] mentioned = [.. MentionedBy(group)];

            // From here on the ids are this group's and go with it, whatever fails before it can be found.
            _next = first + group.Length;
            _count += group.Length;
            var added = new TypeGroup(first, group.Length, key, mentioned);
            for (var i = 0; i < group.Length; i++)
            {
                var definition = GroupMembers.Resolve(group[i], first);
                var supertype = definition.Supertype is { } super ? Get(super.CanonicalId) : null;
                Types.Set(first + i, new DefinedType(first + i, definition, supertype));
                GroupsOfTypes.Set(first + i, added.Self);
            }

            Groups[key] = added.Self;
            return added;
        }
    }

    /// <summary>Adds a type that is a recursion group by itself and lives as long as the process.</summary>
    /// <returns>Its canonical id.</returns>
    internal static int AddForEver(SubType type)
    {
        var group = AddGroup([type]);
        lock (Gate)
        {
            GroupsForEver.Add(group);
        }

        return group.First;
    }

    /// <summary>Checks that there are ids for types that are to be added. Modules that are gone give none back: an id that is found somewhere is then never another type's.</summary>
    /// <param name="first">The next id.</param>
    /// <param name="count">How many are wanted.</param>
    /// <exception cref="InsufficientMemoryException">There are not so many.</exception>
    internal static void RequireIds(int first, int count)
    {
        if (count <= HeapType.MaxTypes - first)
        {
            return;
        }

        throw new InsufficientMemoryException(
            $"{count} more types do not fit into this process, which has had {first - FirstId} of at most {HeapType.MaxTypes - FirstId}, those of modules that are gone among them: go on in a new process");
    }

    /// <summary>The group of a type, by which the type stays; null for a type that is always there.</summary>
    /// <exception cref="InvalidOperationException">Whatever defined the type is gone.</exception>
    internal static TypeGroup? GroupOf(int canonicalId)
    {
        if (canonicalId < FirstId)
        {
            return null;
        }

        return GroupsOfTypes[canonicalId] is { } reference && reference.TryGetTarget(out var group) ? group : throw Gone(canonicalId);
    }

    /// <summary>The group of the type that a value refers to, by which the type stays; null if it does not refer to a defined one.</summary>
    /// <exception cref="InvalidOperationException">Whatever defined the type is gone.</exception>
    internal static TypeGroup? GroupOf(ValueType type) =>
        type.IsReference && type.HeapType.IsDefined ? GroupOf(type.HeapType.CanonicalId) : null;

    /// <summary>Removes the types of a group that nobody refers to any more.</summary>
    internal static void Remove(TypeGroup group)
    {
        lock (Gate)
        {
            // An equal group may have been added since nobody referred to this one.
            if (Groups.TryGetValue(group.Key, out var current) && current == group.Self)
            {
                Groups.Remove(group.Key);
            }

            for (var i = 0; i < group.Count; i++)
            {
                Types.Remove(group.First + i);
                GroupsOfTypes.Remove(group.First + i);
            }

            _count -= group.Count;
        }

        for (var i = 0; i < group.Count; i++)
        {
            Removed?.Invoke(group.First + i);
        }
    }

    private static InvalidOperationException Gone(int canonicalId) => new($"type {canonicalId} is gone with the module that defined it");

    private static HashSet<TypeGroup> MentionedBy(ReadOnlySpan<SubType> group)
    {
        var mentioned = new HashSet<TypeGroup>();
        foreach (var type in group)
        {
            if (type.Supertype is { } super)
            {
                Add(super);
            }

            switch (type.Composite)
            {
                case FunctionType function:
                    foreach (var parameter in function.Parameters)
                    {
                        AddValue(parameter);
                    }

                    foreach (var result in function.Results)
                    {
                        AddValue(result);
                    }

                    break;
                case StructType structure:
                    foreach (var field in structure.Fields)
                    {
                        AddValue(field.Type);
                    }

                    break;
                case ArrayType array:
                    AddValue(array.Element.Type);
                    break;
            }
        }

        return mentioned;

        void AddValue(ValueType type)
        {
            if (type.IsReference)
            {
                Add(type.HeapType);
            }
        }

        void Add(HeapType type)
        {
            if (type.IsDefined && (type.Code & HeapType.GroupMember) == 0 && GroupOf(type.CanonicalId) is { } other)
            {
                mentioned.Add(other);
            }
        }
    }

    private static TypeTable<DefinedType> CreateTypes()
    {
        var types = new TypeTable<DefinedType>();
        var characters = new ArrayType(new FieldType(ValueType.I32, Packing.I16, IsMutable: false));
        types.Set(StringId, new DefinedType(StringId, new SubType(characters, null, IsFinal: true), AbstractHeapType.Extern));
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
            type.IsFinal,
            type.Describes is { } described ? Resolve(described, first) : null,
            type.Descriptor is { } descriptor ? Resolve(descriptor, first) : null);

        private static ImmutableArray<ValueType> Resolve(ImmutableArray<ValueType> types, int first)
        {
            var resolved = new ValueType[types.Length];
            for (var i = 0; i < resolved.Length; i++)
            {
                resolved[i] = Resolve(types[i], first);
            }

            return ImmutableCollectionsMarshal.AsImmutableArray(resolved);
        }

        private static FieldType Resolve(FieldType field, int first) =>
            field with { Type = Resolve(field.Type, first) };

        private static ValueType Resolve(ValueType type, int first) =>
            type.IsReference ? ValueType.Reference(Resolve(type.HeapType, first), type.IsNullable) : type;

        private static HeapType Resolve(HeapType type, int first)
        {
            if ((type.Code & HeapType.GroupMember) == 0)
            {
                return type;
            }

            var resolved = HeapType.Defined(first + (int)(type.Inexact.Code & ~HeapType.GroupMember));
            return type.IsExact ? resolved.Exact : resolved;
        }
    }
}
