namespace Harness.Hosts.Wasi;

/// <summary>All descriptors of a program. A new one has the lowest number that is free.</summary>
/// <param name="limit">How many there can be at a time.</param>
/// <param name="listedLimit">How many entries the listings that they keep have together, but for the last one.</param>
internal sealed class DescriptorTable(int limit, int listedLimit = 1 << 22) : IDisposable
{
    private readonly List<Descriptor?> _descriptors = [];
    private int _firstFree;

    /// <summary>Adds a descriptor.</summary>
    /// <returns>Its number.</returns>
    public uint Add(Descriptor descriptor)
    {
        while (_firstFree < _descriptors.Count && _descriptors[_firstFree] is not null)
        {
            _firstFree++;
        }

        if (_firstFree >= limit)
        {
            descriptor.Dispose();
            throw new WasiErrorException(Errno.Mfile);
        }

        if (_firstFree == _descriptors.Count)
        {
            _descriptors.Add(descriptor);
        }
        else
        {
            _descriptors[_firstFree] = descriptor;
        }

        return (uint)_firstFree++;
    }

    /// <summary>The descriptor with a number.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="rights">What is to be done with it.</param>
    public Descriptor Get(ulong number, Rights rights = Rights.None)
    {
        var index = (uint)number;
        var descriptor = (index < (uint)_descriptors.Count ? _descriptors[(int)index] : null) ?? throw new WasiErrorException(Errno.Badf);
        return (descriptor.Rights & rights) == rights ? descriptor : throw new WasiErrorException(Errno.Notcapable);
    }

    /// <summary>The descriptor of a folder.</summary>
    public Descriptor GetFolder(ulong number, Rights rights)
    {
        var descriptor = Get(number);
        if (descriptor.File is not WasiFolder)
        {
            throw new WasiErrorException(Errno.Notdir);
        }

        return (descriptor.Rights & rights) == rights ? descriptor : throw new WasiErrorException(Errno.Notcapable);
    }

    /// <summary>Keeps the listing of a folder. Where there are too many entries, the other folders lose theirs, and are listed again when they are read on.</summary>
    public void KeepListing(Descriptor descriptor, IReadOnlyList<FolderEntry> listing)
    {
        descriptor.Listing = listing;
        if (_descriptors.Sum(other => (long)(other?.Listing?.Count ?? 0)) <= listedLimit)
        {
            return;
        }

        foreach (var other in _descriptors)
        {
            if (other is not null && other != descriptor)
            {
                other.Listing = null;
            }
        }
    }

    /// <summary>Closes a descriptor.</summary>
    public void Close(ulong number)
    {
        Get(number).Dispose();
        _descriptors[(int)(uint)number] = null;
        _firstFree = Math.Min(_firstFree, (int)(uint)number);
    }

    /// <summary>Gives a descriptor the number of another one, which is closed.</summary>
    public void Renumber(ulong from, ulong to)
    {
        var moved = Get(from);
        var replaced = Get(to);
        if (moved == replaced)
        {
            return;
        }

        replaced.Dispose();
        _descriptors[(int)(uint)to] = moved;
        _descriptors[(int)(uint)from] = null;
        _firstFree = Math.Min(_firstFree, (int)(uint)from);
    }

    /// <summary>Closes all.</summary>
    public void Dispose()
    {
        foreach (var descriptor in _descriptors)
        {
            descriptor?.Dispose();
        }

        _descriptors.Clear();
        _firstFree = 0;
    }
}
