namespace Harness.Hosts.Wasi;

/// <summary>A file, folder or symbolic link in memory: what a POSIX file system calls an inode.</summary>
internal sealed class MemoryNode
{
    private static ulong s_lastNumber;

    private MemoryNode(FileType type)
    {
        Type = type;
        AccessTime = ModificationTime = ChangeTime = Now;
    }

    /// <summary>The present time, in nanoseconds since 1970.</summary>
    public static ulong Now => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * (ulong)TimeSpan.NanosecondsPerTick;

    /// <summary>What it is.</summary>
    public FileType Type { get; }

    /// <summary>Its number.</summary>
    public ulong Number { get; } = Interlocked.Increment(ref s_lastNumber);

    /// <summary>How many names it has; 0 when it is removed but still open.</summary>
    public ulong Links { get; set; } = 1;

    /// <summary>What is in a file.</summary>
    public GrowableBytes Content { get; } = new();

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
    public static MemoryNode CreateFile() => new(FileType.RegularFile);

    /// <summary>Makes an empty folder.</summary>
    public static MemoryNode CreateFolder() => new(FileType.Directory) { Children = new SortedDictionary<string, MemoryNode>(StringComparer.Ordinal), Links = 2 };

    /// <summary>Makes a symbolic link.</summary>
    public static MemoryNode CreateLink(string target) => new(FileType.SymbolicLink) { Target = target };

    /// <summary>Its attributes.</summary>
    public FileStat Stat() => new(0, Number, Type, Links, (ulong)(Target is null ? Content.Length : System.Text.Encoding.UTF8.GetByteCount(Target)), AccessTime, ModificationTime, ChangeTime);

    /// <summary>Notes that its content has changed.</summary>
    public void Touch() => ModificationTime = ChangeTime = Now;

    /// <summary>Sets times.</summary>
    public void SetTimes(FileTimes times)
    {
        times.Check();
        if (times.Flags.HasFlag(TimeFlags.Access)) AccessTime = times.Access;
        if (times.Flags.HasFlag(TimeFlags.AccessNow)) AccessTime = Now;
        if (times.Flags.HasFlag(TimeFlags.Modification)) ModificationTime = times.Modification;
        if (times.Flags.HasFlag(TimeFlags.ModificationNow)) ModificationTime = Now;
        ChangeTime = Now;
    }
}
