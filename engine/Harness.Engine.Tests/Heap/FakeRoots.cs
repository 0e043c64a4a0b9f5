using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Heap;

/// <summary>A heap without a store: its only roots are an array of slots.</summary>
internal sealed unsafe class FakeRoots : IRootProvider, IDisposable
{
    public const int Count = 64;

    private readonly StoreContext* _context = (StoreContext*)NativeMemory.AllocZeroed((nuint)sizeof(StoreContext));

    public FakeRoots(params (string Name, string Value)[] knobs)
        : this(null, knobs)
    {
    }

    public FakeRoots(Action<CollectionEvent>? collected, params (string Name, string Value)[] knobs)
    {
        Slots = (ulong*)NativeMemory.AllocZeroed(Count, sizeof(ulong));
        var options = knobs.Aggregate(EngineOptions.Default, (o, knob) => o.With(knob.Name, knob.Value));
        Heap = new ObjectHeap(_context, options, this) { Collected = collected };
    }

    public ObjectHeap Heap { get; }

    public ulong* Slots { get; }

    public StoreContext* Context => _context;

    /// <summary>How often the roots were visited.</summary>
    public int Visits { get; private set; }

    public void VisitRoots(IRootVisitor visitor, bool onlyYoung)
    {
        Visits++;
        visitor.Visit(Slots, Count);
    }

    /// <summary>Allocates the way compiled code does; 0 if it would trap.</summary>
    public ulong AllocateInline(ulong header, int size)
    {
        while (true)
        {
            var address = _context->AllocationTop;
            if (address + size <= _context->AllocationLimit)
            {
                _context->AllocationTop = address + size;
                *(ulong*)address = header;
                return (ulong)address;
            }

            if (!Heap.MakeRoom((nuint)size))
            {
                return 0;
            }
        }
    }

    public void Dispose()
    {
        Heap.Dispose();
        NativeMemory.Free(Slots);
        NativeMemory.Free(_context);
    }

    /// <summary>The canonical id of a structure type with the given fields, ready for objects.</summary>
    public static int StructType(params FieldType[] fields) => Add(new StructType([.. fields]));

    /// <summary>The canonical id of an array type, ready for objects.</summary>
    public static int ArrayType(FieldType element) => Add(new ArrayType(element));

    public static FieldType Reference { get; } =
        new(ValueType.Reference(HeapType.Abstract(AbstractHeapType.Any), nullable: true), Packing.None, IsMutable: true);

    public static FieldType Number(ValueKind kind, Packing packing = Packing.None) =>
        new(ValueType.OfKind(kind), packing, IsMutable: true);

    private static int Add(CompositeType type)
    {
        var id = TypeRegistry.AddForEver(new SubType(type, null, IsFinal: true));
        TypeDisplays.Add(TypeRegistry.Get(id));
        return id;
    }
}
