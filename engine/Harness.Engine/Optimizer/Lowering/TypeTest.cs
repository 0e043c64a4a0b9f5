using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>What tells whether a reference, neither null nor an i31 where that matters, is of a type.</summary>
internal enum TypeTestKind : byte
{
    /// <summary>It never is.</summary>
    Never,

    /// <summary>It always is.</summary>
    Always,

    /// <summary>It is an i31.</summary>
    I31,

    /// <summary>Flags in the object's header.</summary>
    Flags,

    /// <summary>The type's id in the object's header: the type has no subtypes, or they do not count.</summary>
    Exact,

    /// <summary>The type's id, or else the display of supertypes.</summary>
    Display,
}

/// <summary>How a reference's type is tested.</summary>
/// <param name="Target">The type that is asked for.</param>
/// <param name="Kind">What decides on objects.</param>
/// <param name="MayBeNull">Whether the reference may be null.</param>
/// <param name="MayBeI31">Whether the reference may be an i31 where that must be told apart from an object.</param>
internal readonly record struct TypeTest(ValueType Target, TypeTestKind Kind, bool MayBeNull, bool MayBeI31)
{
    private const int NullBit = 1 << 8;
    private const int I31Bit = 1 << 9;

    /// <summary>Whether null passes the test.</summary>
    public bool AcceptsNull => Target.IsNullable;

    /// <summary>Whether an i31 that is told apart from objects passes the test.</summary>
    public bool AcceptsI31 => !Target.HeapType.IsDefined && Target.HeapType.AbstractType == AbstractHeapType.Eq;

    /// <summary>The flags one of which an object of the type has, for <see cref="TypeTestKind.Flags"/>.</summary>
    public ObjectFlags Flags => Target.HeapType.AbstractType switch
    {
        AbstractHeapType.Struct => ObjectFlags.Struct,
        AbstractHeapType.Array => ObjectFlags.Array,
        _ => ObjectFlags.Struct | ObjectFlags.Array,
    };

    /// <summary>Whether one comparison decides the test.</summary>
    public bool IsOneComparison => Kind switch
    {
        TypeTestKind.Never => MayBeNull && AcceptsNull,
        TypeTestKind.Always => MayBeNull && !AcceptsNull,
        TypeTestKind.I31 => !MayBeNull || !AcceptsNull,
        TypeTestKind.Flags or TypeTestKind.Exact => !MayBeNull && !MayBeI31,
        _ => false,
    };

    /// <summary>The part of the test that is kept in <see cref="LirInstruction.Sub"/>; the other is the type's bits.</summary>
    public ushort Code => (ushort)((int)Kind | (MayBeNull ? NullBit : 0) | (MayBeI31 ? I31Bit : 0));

    /// <summary>The test of an instruction.</summary>
    public static TypeTest Of(in LirInstruction instruction) => new(
        ValueType.FromBits((uint)instruction.Immediate),
        (TypeTestKind)(byte)instruction.Sub,
        (instruction.Sub & NullBit) != 0,
        (instruction.Sub & I31Bit) != 0);

    /// <summary>The test that a node makes of its input.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="id">A test, a branch's condition among them, or a cast.</param>
    public static TypeTest Of(Graph graph, int id) => Of(
        graph[graph.Input(id, 0)].ReferenceType,
        graph[id].Op == IrOp.RefTest ? ValueType.FromBits((uint)graph[id].Immediate) : graph[id].ReferenceType);

    /// <summary>Where the id of its type lies in what a reference of a hierarchy points to.</summary>
    public static int TypeIdOffsetOf(HeapType type) =>
        TypeRegistry.TopOf(type) == AbstractHeapType.Func ? FunctionReference.TypeIdOffset : ObjectHeader.TypeIdOffset;

    /// <summary>The test for a type of a reference of which another type is known.</summary>
    /// <param name="known">The known type; no reference type if nothing is known.</param>
    /// <param name="target">The type that is asked for.</param>
    public static TypeTest Of(ValueType known, ValueType target)
    {
        var top = TypeRegistry.TopOf(target.HeapType);
        var heapType = known.IsReference ? known.HeapType : HeapType.Abstract(top);
        var mayBeNull = !known.IsReference || known.IsNullable;
        var kind = KindOf(heapType, target.HeapType, top);
        var mayBeI31 = kind is TypeTestKind.Flags or TypeTestKind.Exact or TypeTestKind.Display
            && !heapType.IsDefined && heapType.AbstractType is AbstractHeapType.Any or AbstractHeapType.Eq or AbstractHeapType.I31 or AbstractHeapType.Extern;
        return new TypeTest(target, kind, mayBeNull, mayBeI31);
    }

    private static TypeTestKind KindOf(HeapType known, HeapType target, AbstractHeapType top)
    {
        if (known.IsSubtypeOf(target) || target == HeapType.Abstract(top))
        {
            return TypeTestKind.Always;
        }

        if (target.IsDefined)
        {
            return target.IsExact || TypeRegistry.Get(target.CanonicalId).Definition.IsFinal ? TypeTestKind.Exact : TypeTestKind.Display;
        }

        return target.AbstractType switch
        {
            AbstractHeapType.I31 => TypeTestKind.I31,
            AbstractHeapType.Eq or AbstractHeapType.Struct or AbstractHeapType.Array => TypeTestKind.Flags,
            _ => TypeTestKind.Never,
        };
    }
}
