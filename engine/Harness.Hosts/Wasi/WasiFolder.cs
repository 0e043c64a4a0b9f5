namespace Harness.Hosts.Wasi;

/// <summary>
/// An open folder. Names are those of entries in it, or <c>.</c> for itself, never paths; symbolic links are never followed here, which
/// <see cref="PathResolver"/> does.
/// </summary>
internal abstract class WasiFolder : WasiFile
{
    /// <inheritdoc/>
    public override FileType Type => FileType.Directory;

    /// <summary>The attributes of an entry, or null if there is none.</summary>
    public abstract FileStat? TryStat(string name);

    /// <summary>Opens a folder in it.</summary>
    public abstract WasiFolder OpenFolder(string name);

    /// <summary>Opens what is no folder.</summary>
    public abstract WasiFile OpenFile(string name, OpenFlags open, FdFlags flags, bool read, bool write);

    /// <summary>Where a symbolic link leads.</summary>
    public abstract string ReadLink(string name);

    /// <summary>Makes a folder.</summary>
    public abstract void CreateFolder(string name);

    /// <summary>Removes an empty folder.</summary>
    public abstract void RemoveFolder(string name);

    /// <summary>Removes what is no folder.</summary>
    public abstract void Unlink(string name);

    /// <summary>Moves an entry, and replaces what is there.</summary>
    public abstract void Rename(string name, WasiFolder newFolder, string newName);

    /// <summary>Makes a second name for a file.</summary>
    public abstract void Link(string name, WasiFolder newFolder, string newName);

    /// <summary>Makes a symbolic link.</summary>
    public abstract void CreateLink(string target, string name);

    /// <summary>Sets the times of an entry.</summary>
    public abstract void SetTimes(string name, FileTimes times);

    /// <summary>All entries but <c>.</c> and <c>..</c>, by name.</summary>
    public abstract IReadOnlyList<FolderEntry> List();

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => throw new WasiErrorException(Errno.Isdir);
}
