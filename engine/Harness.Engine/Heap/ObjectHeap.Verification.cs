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
        _roots.VisitRoots(new Verifier(this, "a root", mayBeYoung: true));
        Handles.VisitAll(new Verifier(this, "a handle", mayBeYoung: true));
        for (byte* address = _old!.Start; address < _old.Top; address += Collector.SizeOf(address)) VerifyObject(address);
        for (byte* address = _nurseryStart; address < _context->AllocationTop; address += Collector.SizeOf(address)) VerifyObject(address);
        for (int i = 0; i < _large!.Count; i++) VerifyObject(_large.ObjectAt(i));
    }

    private void VerifyObject(byte* address)
    {
        if (!IsObject((ulong)address)) throw new InvalidOperationException($"no object at 0x{(ulong)address:x}");
        var verifier = new Verifier(
            this,
            $"the object of type {*(int*)address} at 0x{(ulong)address:x}",
            mayBeYoung: (*(ulong*)address & ObjectHeader.UnrememberedBit) == 0);
        ObjectReferences.Visit(address, verifier);
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

    private sealed class Verifier(ObjectHeap heap, string holder, bool mayBeYoung) : IRootVisitor
    {
        public void Visit(ulong* slot)
        {
            ulong word = *slot;
            if (!heap.Contains(word)) return;
            if (!heap.IsObject(word)) throw new InvalidOperationException($"{holder} refers to 0x{word:x}, where no object is");
            if (!mayBeYoung && heap.IsYoung(word))
                throw new InvalidOperationException($"{holder} refers to a young object and is not remembered");
        }

        public void Visit(ulong* slots, nuint count)
        {
            for (nuint i = 0; i < count; i++) Visit(slots + i);
        }
    }
}
