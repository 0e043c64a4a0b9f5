using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <summary>
/// An object that <see cref="EscapeAnalysis"/> may do without: one that an allocation makes, or the one that a block parameter stands
/// for, whichever of several objects control has brought.
/// </summary>
/// <param name="typeId">Canonical id of its structure or array type, exactly.</param>
/// <param name="fieldCount">Number of its fields or elements.</param>
/// <param name="origin">The allocation, or the block parameter.</param>
internal sealed class TrackedObject(int typeId, int fieldCount, int origin)
{
    /// <summary>Most fields or elements.</summary>
    public const int MaxFields = 32;

    private readonly ImmutableArray<FieldType> _fields = TypeRegistry.Get(typeId).Slots;
    private readonly FieldType _element = TypeRegistry.Get(typeId).Array?.Element ?? default;

    /// <summary>Canonical id of its type, exactly.</summary>
    public int TypeId { get; } = typeId;

    /// <summary>Number of its fields or elements.</summary>
    public int FieldCount { get; } = fieldCount;

    /// <summary>The node that it comes from.</summary>
    public int Origin { get; } = origin;

    /// <summary>Whether it is an array.</summary>
    public bool IsArray => _fields.IsEmpty && TypeRegistry.Get(TypeId).Array is not null;

    /// <summary>What references to it are known to be.</summary>
    public Modules.ValueType ReferenceType => Modules.ValueType.Reference(HeapType.Defined(TypeId), nullable: false);

    /// <summary>The type of a field or element.</summary>
    public FieldType TypeOf(int field) => IsArray ? _element : _fields[field];

    /// <summary>The type of nodes for a field or element.</summary>
    public IrType IrTypeOf(int field) => GraphAssembler.TypeOf(TypeOf(field).Type.Kind);

    /// <summary>Whether a reference to it is of a type: of the one at the top of a hierarchy it is also where it was converted to that.</summary>
    public bool IsOf(Modules.ValueType type) =>
        HeapType.Defined(TypeId).Exact.IsSubtypeOf(type.HeapType) || type.HeapType == HeapType.Abstract(TypeRegistry.TopOf(type.HeapType));

    /// <summary>Whether both are of one type and size.</summary>
    public bool IsLike(TrackedObject other) => TypeId == other.TypeId && FieldCount == other.FieldCount;

    /// <summary>The object that a node allocates, if its size is known and small. An array of another length is made though nobody needs it, since that may trap.</summary>
    public static TrackedObject? Of(Graph graph, int id)
    {
        ref var node = ref graph[id];
        var fieldCount = node.Op switch
        {
            IrOp.NewStruct or IrOp.NewArrayFixed => node.InputCount,
            IrOp.NewArray when graph[graph.Input(id, 1)].Op == Opcode.I32Const =>
                (int)Math.Min((uint)graph[graph.Input(id, 1)].Immediate, MaxFields + 1),
            _ => MaxFields + 1,
        };
        return fieldCount <= MaxFields ? new TrackedObject(node.Aux, fieldCount, id) : null;
    }
}
