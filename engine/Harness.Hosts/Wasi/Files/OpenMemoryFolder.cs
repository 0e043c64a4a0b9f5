using System.Text;

namespace Harness.Hosts.Wasi.Files;

/// <summary>An open folder in memory.</summary>
internal sealed class OpenMemoryFolder(MemoryNode node) : WasiFolder
{
    private const int MaximumNameBytes = 255;

    /// <inheritdoc/>
    public override FileStat Stat() => node.Stat();

    /// <inheritdoc/>
    public override FileStat? TryStat(string name) => Find(name)?.Stat();

    /// <inheritdoc/>
    public override WasiFolder OpenFolder(string name) =>
        Get(name) is { Type: FileType.Directory } folder ? new OpenMemoryFolder(folder) : throw new WasiErrorException(Errno.Notdir);

    /// <inheritdoc/>
    public override WasiFile OpenFile(string name, OpenFlags open, FdFlags flags, bool read, bool write)
    {
        var file = Find(name);
        if (file is null)
        {
            if (!open.HasFlag(OpenFlags.Create))
            {
                throw new WasiErrorException(Errno.Noent);
            }

            Add(name, file = MemoryNode.CreateFile(node.Space));
        }
        else if (open.HasFlag(OpenFlags.Create) && open.HasFlag(OpenFlags.Exclusive))
        {
            throw new WasiErrorException(Errno.Exist);
        }

        if (file.Type == FileType.Directory)
        {
            throw new WasiErrorException(Errno.Isdir);
        }

        if (file.Type == FileType.SymbolicLink)
        {
            throw new WasiErrorException(Errno.Loop);
        }

        if (open.HasFlag(OpenFlags.Truncate) && file.Content.Length > 0)
        {
            file.Content.SetLength(0);
            file.Touch();
        }

        file.Open();
        return new OpenMemoryFile(file, read, write) { Flags = flags };
    }

    /// <inheritdoc/>
    public override string ReadLink(string name) => Get(name).Target ?? throw new WasiErrorException(Errno.Inval);

    /// <inheritdoc/>
    public override void CreateFolder(string name)
    {
        if (Find(name) is not null)
        {
            throw new WasiErrorException(Errno.Exist);
        }

        Add(name, MemoryNode.CreateFolder(node.Space));
        node.Links++;
    }

    /// <inheritdoc/>
    public override void RemoveFolder(string name)
    {
        if (name == ".")
        {
            throw new WasiErrorException(Errno.Inval);
        }

        var folder = Get(name);
        if (folder.Children is null)
        {
            throw new WasiErrorException(Errno.Notdir);
        }

        if (folder.Children.Count > 0)
        {
            throw new WasiErrorException(Errno.Notempty);
        }

        Remove(name, folder);
    }

    /// <inheritdoc/>
    public override void Unlink(string name)
    {
        var file = Get(name);
        if (file.Type == FileType.Directory)
        {
            throw new WasiErrorException(Errno.Isdir);
        }

        Remove(name, file);
    }

    /// <inheritdoc/>
    public override void Rename(string name, WasiFolder newFolder, string newName)
    {
        var target = Same(newFolder);
        if (name == "." || newName == ".")
        {
            throw new WasiErrorException(Errno.Busy);
        }

        if (target.Node.Links == 0)
        {
            throw new WasiErrorException(Errno.Noent);
        }

        var moved = Get(name);
        var replaced = target.Find(newName);
        if (moved == replaced)
        {
            return;
        }

        if (moved.Type == FileType.Directory && Contains(moved, target.Node))
        {
            throw new WasiErrorException(Errno.Inval);
        }

        if (replaced is not null)
        {
            var isFolder = replaced.Children is not null;
            if (isFolder && moved.Children is null)
            {
                throw new WasiErrorException(Errno.Isdir);
            }

            if (!isFolder && moved.Children is not null)
            {
                throw new WasiErrorException(Errno.Notdir);
            }

            if (replaced.Children is { Count: > 0 })
            {
                throw new WasiErrorException(Errno.Notempty);
            }
        }

        CheckName(newName);
        if (replaced is not null)
        {
            target.Remove(newName, replaced);
        }

        node.Children!.Remove(name);
        target.Node.Children!.Add(newName, moved);
        if (moved.Type == FileType.Directory)
        {
            node.Links--;
            target.Node.Links++;
        }

        node.Touch();
        target.Node.Touch();
        moved.ChangeTime = MemoryNode.Now;
    }

    /// <inheritdoc/>
    public override void Link(string name, WasiFolder newFolder, string newName)
    {
        var target = Same(newFolder);
        var linked = Get(name);
        if (linked.Type == FileType.Directory)
        {
            throw new WasiErrorException(Errno.Perm);
        }

        if (target.Find(newName) is not null)
        {
            throw new WasiErrorException(Errno.Exist);
        }

        target.Add(newName, linked);
        linked.Links++;
        linked.ChangeTime = MemoryNode.Now;
    }

    /// <inheritdoc/>
    public override void CreateLink(string target, string name)
    {
        if (Find(name) is not null)
        {
            throw new WasiErrorException(Errno.Exist);
        }

        if (target.Length == 0)
        {
            throw new WasiErrorException(Errno.Noent);
        }

        Add(name, MemoryNode.CreateLink(target, node.Space));
    }

    /// <inheritdoc/>
    public override void SetTimes(string name, FileTimes times) => Get(name).SetTimes(times);

    /// <inheritdoc/>
    public override void SetTimes(FileTimes times) => node.SetTimes(times);

    /// <inheritdoc/>
    public override void Sync(bool dataOnly)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FolderEntry> List() => [.. node.Children!.Select(child => new FolderEntry(child.Key, child.Value.Number, child.Value.Type))];

    private MemoryNode Node => node;

    private static OpenMemoryFolder Same(WasiFolder folder) => folder as OpenMemoryFolder ?? throw new WasiErrorException(Errno.Xdev);

    /// <summary>Whether a folder is another one or lies in it.</summary>
    private static bool Contains(MemoryNode folder, MemoryNode other)
    {
        var rest = new Stack<MemoryNode>([folder]);
        while (rest.TryPop(out var current))
        {
            if (current == other)
            {
                return true;
            }

            foreach (var child in current.Children!.Values)
            {
                if (child.Children is not null)
                {
                    rest.Push(child);
                }
            }
        }

        return false;
    }

    private static void CheckName(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > MaximumNameBytes)
        {
            throw new WasiErrorException(Errno.Nametoolong);
        }
    }

    private MemoryNode? Find(string name)
    {
        CheckName(name);
        return name == "." ? node : node.Children!.GetValueOrDefault(name);
    }

    private MemoryNode Get(string name) => Find(name) ?? throw new WasiErrorException(Errno.Noent);

    /// <summary>Adds an entry; a folder that is removed but still open takes none.</summary>
    private void Add(string name, MemoryNode child)
    {
        if (node.Links == 0)
        {
            throw new WasiErrorException(Errno.Noent);
        }

        child.TakeName();
        node.Children!.Add(name, child);
        node.Touch();
    }

    private void Remove(string name, MemoryNode child)
    {
        node.Children!.Remove(name);
        node.Touch();
        if (child.Children is null)
        {
            child.Links--;
        }
        else
        {
            child.Links = 0;
            node.Links--;
        }

        child.GiveBackName();
    }
}
