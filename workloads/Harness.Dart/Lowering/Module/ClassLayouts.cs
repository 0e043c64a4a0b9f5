using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>The structs of classes: which field holds what.</summary>
internal sealed class ClassLayouts(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;

    private TargetTypes Target => _lowering.Target;
    private Representations Reprs => _lowering.Reprs;

    /// <summary>The layout of a class.</summary>
    public ClassLayout Of(ClassElement cls)
    {
        if (cls.Layout is { } layout)
            return layout;
        if (cls.Library.IsCore)
        {
            var special = cls.Name switch
            {
                "Object" => Target.ObjectStruct,
                "int" => Target.BoxedInt,
                "double" => Target.BoxedDouble,
                "bool" => Target.BoxedBool,
                "_Closure" => Target.Closure,
                _ => null,
            };
            if (special is not null)
                return cls.Layout = new ClassLayout { Struct = special };
        }

        var super = Of(cls.Supertype!.Class);
        layout = new ClassLayout { Struct = new StructDef(cls.Name, super.Struct) { IsFinal = _lowering.Options.ExactTypes && cls.DirectSubclasses.Count == 0 } };
        foreach (var (k, v) in super.TypeFields) layout.TypeFields[k] = v;
        foreach (var (k, v) in super.Fields) layout.Fields[k] = v;
        cls.Layout = layout;
        for (var i = 0; i < cls.TypeParams.Count; i++)
        {
            var parameter = cls.TypeParams[i];
            // An argument that the superclass keeps as it is needs no field of its own.
            var at = Array.FindIndex(cls.Supertype.Args, a => a is TypeParamType { Nullable: false } p && p.Parameter == parameter);
            layout.TypeFields[parameter] = at >= 0 && super.TypeFields.TryGetValue(cls.Supertype.Class.TypeParams[at], out var shared)
                ? shared
                : layout.Struct.Add(Target.TopRef, false, parameter.Name);
        }

        foreach (var field in cls.InstanceFields)
        {
            if (field.Original is { } original && !IsUnboxed(field))
            {
                layout.Fields[field] = super.Fields[original];
                continue;
            }

            var mutable = !_lowering.Options.Immutable || field.HasSetter || field.Field!.Late;
            layout.Fields[field] = layout.Struct.Add(FieldRepr(field), mutable, field.Name);
        }

        return layout;
    }

    // A field whose type is a parameter has a place of its own in a copy of the class; that of the class itself stays empty.
    private bool IsUnboxed(Member field) =>
        !field.Field!.Late && _lowering.Signatures.FieldType(field) is TypeParamType { Nullable: false } p && field.Arguments!.ContainsKey(p.Parameter);

    /// <summary>What a field holds; a late one may hold nothing yet.</summary>
    public WType FieldRepr(Member field)
    {
        var type = _lowering.Signatures.FieldType(field);
        var repr = Reprs.For(field.Arguments).Of(type);
        return field.Field is { Late: true, } ? Reprs.LateRepr(type, repr) : repr;
    }
}
