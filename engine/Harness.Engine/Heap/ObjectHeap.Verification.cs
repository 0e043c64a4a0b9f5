namespace Harness.Engine.Heap;

/// <content>Checks of the heap's invariants, for tests and stress.</content>
internal sealed unsafe partial class ObjectHeap
{
    /// <summary>
    /// Checks that all roots and all references in objects lead to objects, and that old objects that refer to young ones are
    /// remembered.
    /// </summary>
    /// <exception cref="InvalidOperationException">They do not: a stack map, a write barrier or an address held too long is wrong.</exception>
    public void Verify()
    {
        if (_reservation == null) return;
        var verifier = new Verifier(this);
        _roots.VisitRoots(verifier);
        Handles.VisitAll(verifier);
        for (byte* address = _old!.Start; address < _old.Top; address += Collector.SizeOf(address)) verifier.VisitObject(address);
        for (byte* address = _nurseryStart; address < _context->AllocationTop; address += Collector.SizeOf(address)) verifier.VisitObject(address);
        for (int i = 0; i < _large!.Count; i++) verifier.VisitObject(_large.ObjectAt(i));
    }

    /// <summary>Whether an address can be that of an object.</summary>
    private bool IsObject(ulong address)
    {
        bool isInUse = address % ObjectHeader.Alignment == 0
            && ((IsYoung(address) && address >= (ulong)_nurseryStart && address < (ulong)_context->AllocationTop)
                || (address >= (ulong)_old!.Start && address < (ulong)_old.Top)
                || (address >= (ulong)_large!.Start && address < (ulong)_large.Start + _large.Extent));
        if (!isInUse) return false;
        ulong header = *(ulong*)address;
        uint typeId = (uint)header;
        return (header & (ObjectHeader.ForwardedBit | ObjectHeader.MarkedBit)) == 0
            && typeId < Modules.HeapType.MaxTypes
            && ObjectShapes.Base[typeId] is { Kind: not ShapeKind.None } shape
            && ((ObjectFlags)(header >> 32) & (ObjectFlags.Struct | ObjectFlags.Array)) == (ObjectFlags)shape.Flags;
    }

    /// <summary>Checks references: first those of roots, then those of one object after the other.</summary>
    private sealed class Verifier(ObjectHeap heap) : IRootVisitor
    {
        /// <summary>The object whose references are checked; null for roots.</summary>
        private byte* _holder;

        public void VisitObject(byte* address)
        {
            if (!heap.IsObject((ulong)address)) throw new InvalidOperationException($"no object at 0x{(ulong)address:x}");
            _holder = address;
            ObjectReferences.Visit(address, this);
        }

        public void Visit(ulong* slot)
        {
            ulong word = *slot;
            if (!heap.Contains(word)) return;
            if (!heap.IsObject(word)) throw new InvalidOperationException($"{Holder} refers to 0x{word:x}, where no object is");
            if (_holder != null && (*(ulong*)_holder & ObjectHeader.UnrememberedBit) != 0 && heap.IsYoung(word))
                throw new InvalidOperationException($"{Holder} refers to a young object and is not remembered");
        }

        public void Visit(ulong* slots, nuint count)
        {
            for (nuint i = 0; i < count; i++) Visit(slots + i);
        }

        private string Holder => _holder == null ? "a root" : $"the object of type {*(int*)_holder} at 0x{(ulong)_holder:x}";
    }
}
