using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>The pages of a native table by canonical id: those whose types are all gone, which do not come again, give their memory back.</summary>
/// <param name="start">The entry of type 0, at the start of a page.</param>
/// <param name="entrySize">Bytes of an entry, of which a page has a whole number.</param>
internal sealed unsafe class TypePages(byte* start, int entrySize)
{
    private readonly Lock _gate = new();
    private readonly int _entriesOfPage = Environment.SystemPageSize / entrySize;

    /// <summary>By page, how many of its types are gone; pages that were given back are not here.</summary>
    private readonly Dictionary<int, int> _removed = [];

    /// <summary>A type is gone.</summary>
    public void Remove(int id)
    {
        var page = id / _entriesOfPage;
        lock (_gate)
        {
            var removed = _removed.GetValueOrDefault(page) + 1;
            if (removed < _entriesOfPage)
            {
                _removed[page] = removed;
                return;
            }

            _removed.Remove(page);
        }

        LinuxMemory.Discard(start + ((nint)page * Environment.SystemPageSize), (nuint)Environment.SystemPageSize);
    }
}
