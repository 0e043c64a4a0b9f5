using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>What the first field of every object says of its class, and how the class is found by it.</summary>
internal abstract class ObjectHeader
{
    /// <summary>The type of the field.</summary>
    public abstract WType Type { get; }

    /// <summary>The field of an object that is of no class.</summary>
    public abstract Node OfNone { get; }

    /// <summary>The field of a class's objects, as a constant expression.</summary>
    public abstract Node Of(ClassElement cls);

    /// <summary>The class id of an object: an i32.</summary>
    public abstract Node ClassIdOf(Node value);

    /// <summary>The table of an object's class.</summary>
    public abstract Node ClassTableOf(Node value);
}

/// <summary>The class id itself; a class's table is found by it.</summary>
internal sealed class ClassIdHeader(ProgramLowering program, ClassTables tables) : ObjectHeader
{
    public override WType Type => WType.I32;

    public override Node OfNone => Node.I32(-1);

    public override Node Of(ClassElement cls) => Node.I32(cls.ClassId);

    public override Node ClassIdOf(Node value) => Node.Field(program.Target.Top, 0, value);

    public override Node ClassTableOf(Node value) => tables.ByClassId(ClassIdOf(value));
}

/// <summary>A reference to the class's table, which has the class id.</summary>
internal sealed class ClassTableHeader(ProgramLowering program, ClassTables tables) : ObjectHeader
{
    public override WType Type => WType.Ref(tables.Def);

    public override Node OfNone => Node.Get(tables.OfNone);

    public override Node Of(ClassElement cls) => Node.Get(tables.Of(cls));

    public override Node ClassIdOf(Node value) => Node.Field(tables.Def, ClassTables.ClassIdField, ClassTableOf(value));

    public override Node ClassTableOf(Node value) => Node.Field(program.Target.Top, 0, value);
}
