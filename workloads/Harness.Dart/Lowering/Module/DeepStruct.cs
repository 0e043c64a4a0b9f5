using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// The struct of all classes below one whose chain of supertypes is as long as engines take. It has a place for each field of each of them: those of classes that have no objects in common share places for what
/// is of one type, and the places that an object's class has no field for are empty.
/// </summary>
/// <param name="def">The struct, which extends that of the class above.</param>
/// <param name="above">The class above.</param>
internal sealed class DeepStruct(StructDef def, ClassElement above)
{
    private readonly Dictionary<Kind, List<int>> _places = [];
    private readonly Dictionary<ClassElement, Dictionary<Kind, int>> _used = [];
    private IReadOnlyList<ClassElement>? _classes;

    /// <summary>What places are told apart by; those of type arguments are found before those of fields.</summary>
    private readonly record struct Kind(WType Type, bool Mutable, bool IsTypeArgument);

    /// <summary>The struct.</summary>
    public StructDef Struct { get; } = def;

    /// <summary>The classes, superclasses before their subclasses.</summary>
    public IReadOnlyList<ClassElement> Classes => _classes ??= FindClasses();

    /// <summary>Begins a class, whose superclass has the places of its type arguments.</summary>
    public void Enter(ClassElement cls)
    {
        var super = cls.Supertype!.Class;
        if (super == above)
        {
            Struct.Inherit();
        }

        _used[cls] = super == above ? [] : new Dictionary<Kind, int>(_used[super]);
    }

    /// <summary>Gives a class the fields of its superclass, which has the places of them.</summary>
    public void InheritFields(ClassElement cls)
    {
        if (cls.Supertype!.Class == above)
        {
            return;
        }

        foreach (var (kind, count) in _used[cls.Supertype.Class])
        {
            if (!kind.IsTypeArgument)
            {
                _used[cls][kind] = count;
            }
        }
    }

    /// <summary>The place of a type argument.</summary>
    public int PlaceTypeArgument(ClassElement cls, WType type, string name) => Place(cls, new Kind(Emptiable(type), false, true), name);

    /// <summary>The place of a field.</summary>
    public int PlaceField(ClassElement cls, WType type, bool mutable, string name) => Place(cls, new Kind(Emptiable(type), mutable, false), name);

    private static WType Emptiable(WType type) => type.IsRef ? type.AsNullable : type;

    // A class uses the first places of each kind, as many as it and its superclasses have fields of the kind.
    private int Place(ClassElement cls, Kind kind, string name)
    {
        if (!_places.TryGetValue(kind, out var places))
        {
            _places[kind] = places = [];
        }

        var count = _used[cls].GetValueOrDefault(kind);
        if (count == places.Count)
        {
            places.Add(Struct.Add(kind.Type, kind.Mutable, name));
        }

        _used[cls][kind] = count + 1;
        return places[count];
    }

    private List<ClassElement> FindClasses()
    {
        var classes = new List<ClassElement>();
        var pending = new Stack<ClassElement>(above.DirectSubclasses);
        while (pending.TryPop(out var cls))
        {
            classes.Add(cls);
            foreach (var sub in cls.DirectSubclasses)
            {
                pending.Push(sub);
            }
        }

        return classes;
    }
}
