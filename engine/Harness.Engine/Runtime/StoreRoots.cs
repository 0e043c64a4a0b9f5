using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// What keeps the heap objects of a store alive besides the heap's own handles: references in frames of compiled code, in globals and
/// tables of instances and of the host, in element segments.
/// </summary>
internal sealed unsafe class StoreRoots(Store store) : IRootProvider
{
    private readonly StackRoots _stack = new();
    private readonly List<nint> _globals = [];
    private readonly List<Table> _tables = [];

    /// <summary>The registers of compiled code that is in a call which preserves them, while that call may collect; else null.</summary>
    public RegisterFile* Registers { get; set; }

    /// <summary>Adds a global that an instance or the host defines.</summary>
    public void Add(Global global)
    {
        if (ObjectLayout.IsHeapReference(global.Type.Type)) _globals.Add((nint)global.Address);
    }

    /// <summary>Adds a table that an instance or the host defines.</summary>
    public void Add(Table table)
    {
        if (ObjectLayout.IsHeapReference(table.Type.ElementType)) _tables.Add(table);
    }

    /// <inheritdoc/>
    public void VisitRoots(IRootVisitor visitor)
    {
        _stack.Visit(store.Context->ExitFrame, Registers, visitor);
        foreach (nint global in CollectionsMarshal.AsSpan(_globals)) visitor.Visit((ulong*)global);
        foreach (Table table in CollectionsMarshal.AsSpan(_tables)) visitor.Visit((ulong*)table.Data->Elements, (nuint)table.Length);
        foreach (Instance instance in store.Instances) VisitElements(instance, visitor);
    }

    private static void VisitElements(Instance instance, IRootVisitor visitor)
    {
        ImmutableArray<ElementSegment> segments = instance.Module.Elements;
        for (int i = 0; i < segments.Length; i++)
        {
            if (!ObjectLayout.IsHeapReference(segments[i].ElementType)) continue;
            fixed (ulong* elements = instance.Elements(i)) visitor.Visit(elements, (nuint)instance.Elements(i).Length);
        }
    }
}
