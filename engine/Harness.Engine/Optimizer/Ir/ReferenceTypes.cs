using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>The lattice of reference types: joins, meets, and what excludes what.</summary>
internal static class ReferenceTypes
{
    /// <summary>The type of the null constant: a subtype of every type with null.</summary>
    public static ValueType Null { get; } = ValueType.Reference(HeapType.Bottom, nullable: true);

    /// <summary>The type of references to a defined type that are not null.</summary>
    public static ValueType To(int canonicalId) => ValueType.Reference(HeapType.Defined(canonicalId), nullable: false);

    /// <summary>The smallest type above two of the same hierarchy.</summary>
    public static ValueType Join(ValueType a, ValueType b) =>
        ValueType.Reference(Join(a.HeapType, b.HeapType), a.IsNullable || b.IsNullable);

    /// <summary>
    /// The type of what is of both types. Where no object is, the second's heap type: such code cannot be reached, but by null.
    /// </summary>
    public static ValueType Meet(ValueType a, ValueType b) => ValueType.Reference(
        a.HeapType.IsSubtypeOf(b.HeapType) ? a.HeapType : b.HeapType, a.IsNullable && b.IsNullable);

    /// <summary>Whether no object is of both heap types: supertypes form a tree.</summary>
    public static bool AreDisjoint(HeapType a, HeapType b) => !a.IsSubtypeOf(b) && !b.IsSubtypeOf(a);

    /// <summary>Whether references of a type may be the word of one of another type in a different hierarchy.</summary>
    public static bool IsConversion(ValueType from, ValueType to) =>
        from.HeapType != HeapType.Bottom && TypeRegistry.TopOf(from.HeapType) != TypeRegistry.TopOf(to.HeapType);

    /// <summary>
    /// The node that a reference comes from, through what only tells more of it: equal references that are known by different
    /// names have the same source. (A conversion to another hierarchy is a source.)
    /// </summary>
    public static int SourceOf(Graph graph, int id)
    {
        for (id = graph.Resolve(id); graph[id].Op is IrOp.Narrow or IrOp.RefCast;)
        {
            var input = graph.Input(id, 0);
            if (graph[id].Op == IrOp.Narrow && IsConversion(graph[input].ReferenceType, graph[id].ReferenceType))
            {
                break;
            }

            id = input;
        }

        return id;
    }

    /// <summary>The type that an object has exactly, as an exact type, where that is known: of a new one, of a function, of a final type, of an exact one.</summary>
    public static bool TryGetExact(Graph graph, int id, out HeapType type)
    {
        ref var source = ref graph[SourceOf(graph, id)];
        var isOrigin = source.Op is IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed
            || (source.Op == IrOp.FunctionAddress && !graph.Module.Functions[(int)source.Immediate].IsImported);
        type = isOrigin ? source.ReferenceType.HeapType : graph[id].ReferenceType.HeapType;
        if (!type.IsDefined || !(isOrigin || type.IsExact || TypeRegistry.Get(type.CanonicalId).Definition.IsFinal))
        {
            return false;
        }

        type = type.Exact;
        return true;
    }

    private static HeapType Join(HeapType a, HeapType b)
    {
        if (a.IsSubtypeOf(b))
        {
            return b;
        }

        if (b.IsSubtypeOf(a))
        {
            return a;
        }

        if (a.IsDefined && b.IsDefined)
        {
            var first = TypeRegistry.Get(a.CanonicalId).Display;
            var second = TypeRegistry.Get(b.CanonicalId).Display;
            var common = first.CommonPrefixLength(second);
            if (common > 0)
            {
                return HeapType.Defined(first[common - 1]);
            }
        }

        // Structures, arrays and i31s have nothing smaller in common than eq; function types have func.
        var top = TypeRegistry.TopOf(a);
        var abstractA = Generalize(a);
        var abstractB = Generalize(b);
        var eq = HeapType.Abstract(AbstractHeapType.Eq);
        return abstractA == abstractB ? abstractA
            : abstractA.IsSubtypeOf(eq) && abstractB.IsSubtypeOf(eq) ? eq
            : HeapType.Abstract(top);
    }

    private static HeapType Generalize(HeapType type) =>
        type.IsDefined ? HeapType.Abstract(TypeRegistry.Get(type.CanonicalId).AbstractSupertype) : type;
}
