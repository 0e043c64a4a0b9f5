using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Runtime;

/// <summary>
/// What keeps the heap objects of a store alive besides the heap's own handles: references in frames of compiled code, in globals and
/// tables of instances and of the host, in element segments.
/// </summary>
/// <remarks>
/// Tables have cards like long arrays. Immutable globals and element segments, which dropping aside never change, are shown to young collections until
/// they refer to nothing young.
/// </remarks>
internal sealed unsafe class StoreRoots(Store store) : IRootProvider
{
    private readonly StackRoots _stack = new();
    private readonly List<nint> _variables = [];
    private readonly List<nint> _constants = [];
    private readonly List<nint> _youngConstants = [];
    private readonly List<Table> _tables = [];

    /// <summary>Instances whose element segments may refer to young objects.</summary>
    private readonly List<Instance> _youngInstances = [];

    /// <summary>The registers of compiled code that is in a call which preserves them, while that call may collect; else null.</summary>
    public RegisterFile* Registers { get; set; }

    /// <summary>Adds a global that an instance or the host defines.</summary>
    public void Add(Global global)
    {
        if (!ObjectLayout.IsHeapReference(global.Type.Type))
        {
            return;
        }

        if (global.Type.IsMutable)
        {
            _variables.Add((nint)global.Address);
            return;
        }

        _constants.Add((nint)global.Address);
        _youngConstants.Add((nint)global.Address);
    }

    /// <summary>Adds a table that an instance or the host defines.</summary>
    public void Add(Table table)
    {
        if (ObjectLayout.IsHeapReference(table.Type.ElementType))
        {
            _tables.Add(table);
        }
    }

    /// <summary>Adds the element segments of an instance, to be called before there are any.</summary>
    public void Add(Instance instance)
    {
        if (instance.Module.Elements.Any(segment => ObjectLayout.IsHeapReference(segment.ElementType)))
        {
            _youngInstances.Add(instance);
        }
    }

    /// <inheritdoc/>
    public void VisitRoots(IRootVisitor visitor, bool onlyYoung)
    {
        _stack.Visit(store.Context->ExitFrame, Registers, visitor);
        foreach (var global in CollectionsMarshal.AsSpan(_variables))
        {
            visitor.Visit((ulong*)global);
        }

        if (onlyYoung)
        {
            VisitYoung(visitor);
        }
        else
        {
            VisitAll(visitor);
        }
    }

    private void VisitAll(IRootVisitor visitor)
    {
        foreach (var global in CollectionsMarshal.AsSpan(_constants))
        {
            visitor.Visit((ulong*)global);
        }

        foreach (var table in CollectionsMarshal.AsSpan(_tables))
        {
            visitor.Visit((ulong*)table.Data->Elements, (nuint)table.Length);
        }

        foreach (var instance in store.Instances)
        {
            VisitElements(instance, visitor);
        }
    }

    private void VisitYoung(IRootVisitor visitor)
    {
        var heap = store.Heap;
        foreach (var table in CollectionsMarshal.AsSpan(_tables))
        {
            table.VisitYoung(visitor, heap);
        }

        foreach (var global in CollectionsMarshal.AsSpan(_youngConstants))
        {
            visitor.Visit((ulong*)global);
        }

        _youngConstants.RemoveAll(global => !heap.IsYoung(*(ulong*)global));
        _youngInstances.RemoveAll(instance => !VisitElements(instance, visitor));
    }

    /// <summary>Visits the elements of an instance's segments, and returns whether any refers to a young object afterwards.</summary>
    private bool VisitElements(Instance instance, IRootVisitor visitor)
    {
        var isYoung = false;
        var segments = instance.Module.Elements;
        for (var i = 0; i < segments.Length; i++)
        {
            if (!ObjectLayout.IsHeapReference(segments[i].ElementType))
            {
                continue;
            }

            fixed (ulong* elements = instance.Elements(i))
            {
                visitor.Visit(elements, (nuint)instance.Elements(i).Length);
            }

            foreach (var element in instance.Elements(i))
            {
                isYoung |= store.Heap.IsYoung(element);
            }
        }

        return isYoung;
    }
}
