namespace Harness.Hosts.Wasi.Files;

/// <summary>A file, folder or symbolic link in memory: what a POSIX file system calls an inode.</summary>
internal sealed class MemoryNode
{
    /// <summary>What a name in a folder takes of the space, with all that there is of an empty file or folder: more than it is.</summary>
    private const int EntrySize = 1024;

    private static ulong _lastNumber;
    private int _openCount;

    private MemoryNode(FileType type, MemorySpace space)
    {
        Type = type;
        Space = space;
        Content = new GrowableBytes(space);
        AccessTime = ModificationTime = ChangeTime = Now;
    }

    /// <summary>The present time, in nanoseconds since 1970.</summary>
    public static ulong Now => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * (ulong)TimeSpan.NanosecondsPerTick;

    /// <summary>What it is.</summary>
    public FileType Type { get; }

    /// <summary>Its number.</summary>
    public ulong Number { get; } = Interlocked.Increment(ref _lastNumber);

    /// <summary>How many names it has; 0 when it is removed but still open.</summary>
    public ulong Links { get; set; } = 1;

    /// <summary>Where its content and its names are taken from.</summary>
    public MemorySpace Space { get; }

    /// <summary>What each of its names takes of the space.</summary>
    public long BytesOfName => EntrySize + ((Target?.Length ?? 0) * (long)sizeof(char));

    /// <summary>What is in a file.</summary>
    public GrowableBytes Content { get; }

    /// <summary>What is in a folder; null for everything else.</summary>
    public SortedDictionary<string, MemoryNode>? Children { get; private init; }

    /// <summary>Where a symbolic link leads; null for everything else.</summary>
    public string? Target { get; private init; }

    /// <summary>When it was last read.</summary>
    public ulong AccessTime { get; set; }

    /// <summary>When its content was last changed.</summary>
    public ulong ModificationTime { get; set; }

    /// <summary>When it was last changed in any way.</summary>
    public ulong ChangeTime { get; set; }

    /// <summary>Makes an empty file.</summary>
    public static MemoryNode CreateFile(MemorySpace space) => new(FileType.RegularFile, space);

    /// <summary>Makes an empty folder.</summary>
    public static MemoryNode CreateFolder(MemorySpace space) => new(FileType.Directory, space) { Children = new SortedDictionary<string, MemoryNode>(StringComparer.Ordinal), Links = 2 };

    /// <summary>Makes a symbolic link.</summary>
    public static MemoryNode CreateLink(string target, MemorySpace space) => new(FileType.SymbolicLink, space) { Target = target };

    /// <summary>Its attributes.</summary>
    public FileStat Stat() => new(0, Number, Type, Links, (ulong)(Target is null ? Content.Length : System.Text.Encoding.UTF8.GetByteCount(Target)), AccessTime, ModificationTime, ChangeTime);

    /// <summary>Gives a name in a folder to it: takes the space for that, but counts no link.</summary>
    /// <exception cref="WasiErrorException">There is no space left.</exception>
    public void TakeName()
    {
        if (!Space.TryTake(BytesOfName))
        {
            throw new WasiErrorException(Errno.Nospc);
        }
    }

    /// <summary>Gives back the space of a name, and that of the content if it was the last one and nobody has it open. The link is not counted any more.</summary>
    public void GiveBackName()
    {
        Space.GiveBack(BytesOfName);
        FreeUnused();
    }

    /// <summary>Somebody has opened it.</summary>
    public void Open() => _openCount++;

    /// <summary>Somebody who had opened it has closed it.</summary>
    public void Close()
    {
        _openCount--;
        FreeUnused();
    }

    /// <summary>Notes that its content has changed.</summary>
    public void Touch() => ModificationTime = ChangeTime = Now;

    /// <summary>Sets times.</summary>
    public void SetTimes(FileTimes times)
    {
        times.Check();
        if (times.Flags.HasFlag(TimeFlags.Access))
        {
            AccessTime = times.Access;
        }

        if (times.Flags.HasFlag(TimeFlags.AccessNow))
        {
            AccessTime = Now;
        }

        if (times.Flags.HasFlag(TimeFlags.Modification))
        {
            ModificationTime = times.Modification;
        }

        if (times.Flags.HasFlag(TimeFlags.ModificationNow))
        {
            ModificationTime = Now;
        }

        ChangeTime = Now;
    }

    private void FreeUnused()
    {
        if (Links == 0 && _openCount == 0)
        {
            Content.Free();
        }
    }
}
