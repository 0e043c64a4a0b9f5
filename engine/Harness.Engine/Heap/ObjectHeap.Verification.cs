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
        if (_reservation is null)
        {
            return;
        }

        var verifier = new Verifier(this);
        _roots.VisitRoots(verifier, onlyYoung: false);
        verifier.VisitYoungRoots(_roots);
        Handles.VisitAll(verifier);
        for (var address = _old!.Start; address < _old.Top; address += Collector.SizeOf(address))
        {
            verifier.VisitObject(address);
        }

        for (var address = _young!.Survivors; address < _young.SurvivorTop; address += Collector.SizeOf(address))
        {
            verifier.VisitObject(address);
        }

        for (var address = _nurseryStart; address < _context->AllocationTop; address += Collector.SizeOf(address))
        {
            verifier.VisitObject(address);
        }

        for (var i = 0; i < _large!.Count; i++)
        {
            verifier.VisitObject(_large.ObjectAt(i));
        }
    }

    /// <summary>Whether an address can be that of an object.</summary>
    private bool IsObject(ulong address)
    {
        var isInUse = address % ObjectHeader.Alignment == 0
            && ((address >= (ulong)_nurseryStart && address < (ulong)_context->AllocationTop)
                || (address >= (ulong)_young!.Survivors && address < (ulong)_young.SurvivorTop)
                || (address >= (ulong)_old!.Start && address < (ulong)_old.Top)
                || (address >= (ulong)_large!.Start && address < (ulong)_large.Start + _large.Extent));
        if (!isInUse)
        {
            return false;
        }

        var header = *(ulong*)address;
        var typeId = (uint)header;
        return (header & (ObjectHeader.ForwardedBit | ObjectHeader.MarkedBit)) == 0
            && typeId < Modules.HeapType.MaxTypes
            && ObjectShapes.Base[typeId] is { Kind: not ShapeKind.None } shape
            && ((ObjectFlags)(header >> 32) & (ObjectFlags.Struct | ObjectFlags.Array)) == (ObjectFlags)shape.Flags;
    }

    /// <summary>Checks references: first those of roots, then those of one object after the other.</summary>
    private sealed class Verifier : IRootVisitor
    {
        private readonly ObjectHeap _heap;

        /// <summary>The roots that refer to young objects and were not shown yet as such; addresses as numbers.</summary>
        private readonly HashSet<nint> _youngRoots = [];

        /// <summary>The arrays that are to be read as a whole.</summary>
        private readonly HashSet<ulong> _whole = [];

        /// <summary>The object whose references are checked; null for roots.</summary>
        private byte* _holder;

        private bool _showsYoungRoots;

        public Verifier(ObjectHeap heap)
        {
            _heap = heap;
            for (nuint i = 0; i < heap._remembered!.Count; i++)
            {
                var entry = heap._remembered.Items[i];
                if ((entry & RememberedSet.Whole) != 0)
                {
                    _whole.Add(entry & ~RememberedSet.Whole);
                }
            }
        }

        /// <summary>Checks that all roots with young objects are among those that a young collection is shown.</summary>
        public void VisitYoungRoots(IRootProvider roots)
        {
            _showsYoungRoots = true;
            roots.VisitRoots(this, onlyYoung: true);
            if (_youngRoots.Count > 0)
            {
                throw new InvalidOperationException("a root refers to a young object, and young collections do not see it");
            }
        }

        public void VisitObject(byte* address)
        {
            if (!_heap.IsObject((ulong)address))
            {
                throw new InvalidOperationException($"no object at 0x{(ulong)address:x}");
            }

            _showsYoungRoots = false;
            _holder = address;
            ObjectReferences.Visit(address, this);
        }

        public void Visit(ulong* slot)
        {
            var word = *slot;
            if (!_heap.Contains(word))
            {
                return;
            }

            if (!_heap.IsObject(word))
            {
                throw new InvalidOperationException($"{Holder} refers to 0x{word:x}, where no object is");
            }

            if (!_heap.IsYoung(word))
            {
                return;
            }

            if (_holder != null)
            {
                CheckRemembered(slot);
            }
            else if (_showsYoungRoots)
            {
                _youngRoots.Remove((nint)slot);
            }
            else
            {
                _youngRoots.Add((nint)slot);
            }
        }

        public void Visit(ulong* slots, nuint count)
        {
            for (nuint i = 0; i < count; i++)
            {
                Visit(slots + i);
            }
        }

        private void CheckRemembered(ulong* slot)
        {
            var header = *(ulong*)_holder;
            if ((header & ObjectHeader.UnrememberedBit) != 0)
            {
                throw new InvalidOperationException($"{Holder} refers to a young object and is not remembered");
            }

            if ((header & ObjectHeader.CardedBit) == 0 || _whole.Contains((ulong)_holder))
            {
                return;
            }

            // The cards at both ends are read without a mark.
            var card = _heap._cards!.CardOf(slot);
            var isEnd = card == _heap._cards.CardOf(_holder + ObjectLayout.ArrayElements)
                || card == _heap._cards.CardOf(_holder + Collector.SizeOf(_holder) - 1);
            if (!isEnd && *card == 0)
            {
                throw new InvalidOperationException($"{Holder} refers to a young object at a card that is not marked");
            }
        }

        private string Holder => _holder == null ? "a root" : $"the object of type {*(int*)_holder} at 0x{(ulong)_holder:x}";
    }
}
