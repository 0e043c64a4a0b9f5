using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// The structs of classes: which field holds what. A class has a struct as soon as a type names it, and the struct gets its fields when their types are known, those of the superclass first: a field may be of a
/// type that leads back to the class, or to a class below it.
/// </summary>
internal sealed class ClassLayouts(ProgramLowering lowering)
{
    // Classes further down have a struct together (DeepStruct), so that no chain of supertypes is longer than engines take.
    private const int DeepestOwnStruct = ImplementationLimits.SubtypingDepth - 3;

    private readonly ProgramLowering _lowering = lowering;
    private readonly Dictionary<StructDef, DeepStruct> _deep = [];
    private readonly HashSet<ClassElement> _busy = [];
    private readonly List<ClassElement> _awaited = [];
    private bool _isPlacing;

    private TargetTypes Target => _lowering.Target;
    private Representations Reprs => _lowering.Reprs;

    /// <summary>The layout of a class, with all fields but where they are asked for while their types are found.</summary>
    public ClassLayout Of(ClassElement cls)
    {
        var layout = Declare(cls);
        if (!layout.IsComplete)
        {
            Complete(cls);
        }

        return layout;
    }

    /// <summary>The struct of a class, which may get its fields later.</summary>
    public StructDef StructOf(ClassElement cls)
    {
        var layout = Declare(cls);
        if (!layout.IsComplete && !_isPlacing)
        {
            Complete(cls);
        }

        if (!layout.IsComplete && !layout.IsAwaited)
        {
            layout.IsAwaited = true;
            _awaited.Add(cls);
            _lowering.Enqueue(() => Of(cls));
        }

        return layout.Struct;
    }

    /// <summary>Gives all structs their fields that were only named.</summary>
    public void Finish()
    {
        for (var i = 0; i < _awaited.Count; i++)
        {
            Of(_awaited[i]);
        }
    }

    /// <summary>Whether a class made by the lowering may extend it, with a struct of its own.</summary>
    public bool MayBeExtended(ClassElement cls) => Declare(cls).Depth < DeepestOwnStruct;

    private StructDef? StructOfTarget(ClassElement cls) => !cls.Library.IsCore ? null : cls.Name switch
    {
        "Object" => Target.ObjectStruct,
        "int" => Target.BoxedInt,
        "double" => Target.BoxedDouble,
        "bool" => Target.BoxedBool,
        "_Closure" => Target.Closure,
        _ => null,
    };

    // A struct without fields of the class's own, and those of its superclasses.
    private ClassLayout Declare(ClassElement cls)
    {
        var chain = new Stack<ClassElement>();
        var next = cls;
        while (next.Layout is null)
        {
            if (StructOfTarget(next) is { } known)
            {
                next.Layout = new ClassLayout { Struct = known, Depth = 1, IsComplete = true };
                break;
            }

            chain.Push(next);
            next = next.Supertype!.Class;
        }

        while (chain.TryPop(out var below))
        {
            var super = below.Supertype!.Class.Layout!;
            below.Layout = new ClassLayout { Struct = StructBelow(super, below), Depth = super.Depth + 1 };
        }

        return cls.Layout!;
    }

    private StructDef StructBelow(ClassLayout super, ClassElement cls)
    {
        var isFinal = _lowering.Options.ExactTypes;
        if (super.Depth < DeepestOwnStruct)
        {
            return new StructDef(cls.Name, super.Struct) { IsFinal = isFinal && cls.DirectSubclasses.Count == 0 };
        }

        if (super.Depth > DeepestOwnStruct)
        {
            return super.Struct;
        }

        if (!_deep.TryGetValue(super.Struct, out var deep))
        {
            _deep[super.Struct] = deep = new DeepStruct(new StructDef("below " + super.Struct.Name, super.Struct) { IsFinal = isFinal }, cls.Supertype!.Class);
        }

        return deep.Struct;
    }

    private void Complete(ClassElement cls)
    {
        var chain = new Stack<ClassElement>();
        for (var next = cls; !next.Layout!.IsComplete; next = next.Supertype!.Class)
        {
            chain.Push(next);
        }

        while (chain.TryPop(out var next))
        {
            if (next.Layout!.IsComplete)
            {
                continue;
            }

            var deep = next.Layout.Depth > DeepestOwnStruct ? _deep[next.Layout.Struct.Super!] : null;
            var group = deep is null ? [next] : deep.Classes;
            // Asked for while the types of its fields are found.
            if (!_busy.Add(group[0]))
            {
                return;
            }

            try
            {
                foreach (var member in group)
                {
                    PlaceTypeArguments(member, deep);
                }

                foreach (var field in group.SelectMany(member => member.InstanceFields))
                {
                    _lowering.Signatures.FieldType(field);
                }

                foreach (var member in group)
                {
                    PlaceFields(member, deep);
                }
            }
            finally
            {
                _busy.Remove(group[0]);
            }
        }
    }

    private void PlaceTypeArguments(ClassElement cls, DeepStruct? deep)
    {
        var (layout, super) = (Declare(cls), cls.Supertype!.Class.Layout!);
        if (layout.HasTypeFields)
        {
            return;
        }

        layout.HasTypeFields = true;
        if (deep is null)
        {
            layout.Struct.Inherit();
        }
        else
        {
            deep.Enter(cls);
        }

        foreach (var (k, v) in super.TypeFields)
        {
            layout.TypeFields[k] = v;
        }

        for (var i = 0; i < cls.TypeParams.Count; i++)
        {
            var parameter = cls.TypeParams[i];
            // An argument that the superclass keeps as it is needs no field of its own.
            var at = Array.FindIndex(cls.Supertype.Args, a => a is TypeParamType { Nullable: false } p && p.Parameter == parameter);
            layout.TypeFields[parameter] = at >= 0 && super.TypeFields.TryGetValue(cls.Supertype.Class.TypeParams[at], out var shared)
                ? shared
                : deep?.PlaceTypeArgument(cls, Target.TopRef, parameter.Name) ?? layout.Struct.Add(Target.TopRef, false, parameter.Name);
        }
    }

    private void PlaceFields(ClassElement cls, DeepStruct? deep)
    {
        var (layout, super) = (cls.Layout!, cls.Supertype!.Class.Layout!);
        foreach (var (k, v) in super.Fields)
        {
            layout.Fields[k] = v;
        }

        deep?.InheritFields(cls);
        var wasPlacing = _isPlacing;
        _isPlacing = true;
        try
        {
            foreach (var field in cls.InstanceFields)
            {
                if (field.Original is { } original && !IsUnboxed(field))
                {
                    layout.Fields[field] = super.Fields[original];
                    continue;
                }

                var mutable = !_lowering.Options.Immutable || field.HasSetter || field.Field!.Late;
                layout.Fields[field] = deep?.PlaceField(cls, FieldRepr(field), mutable, field.Name) ?? layout.Struct.Add(FieldRepr(field), mutable, field.Name);
            }
        }
        finally
        {
            _isPlacing = wasPlacing;
        }

        if (layout.Struct.Fields.Count > ImplementationLimits.StructFields)
        {
            throw new DartErrorException(cls.File, cls.Node.Pos, $"Objects of '{cls.Name}' with more than {ImplementationLimits.StructFields} fields are not supported by this compiler.") { IsUnsupported = true };
        }

        layout.IsComplete = true;
    }

    // A field whose type is a parameter has a place of its own in a copy of the class; that of the class itself stays empty.
    private bool IsUnboxed(Member field) =>
        !field.Field!.Late && _lowering.Signatures.FieldType(field) is TypeParamType { Nullable: false } p && field.Arguments!.ContainsKey(p.Parameter);

    // What a field holds; a late one may hold nothing yet.
    private WType FieldRepr(Member field)
    {
        var type = _lowering.Signatures.FieldType(field);
        var repr = Reprs.For(field.Arguments).Of(type);
        return field.Field is { Late: true, } ? Reprs.LateRepr(type, repr) : repr;
    }
}
