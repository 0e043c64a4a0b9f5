using System.Text;

namespace Harness.Hosts.Wasi.Functions;

/// <summary>Functions of paths below an open folder: <c>path_*</c>.</summary>
internal sealed class PathFunctions
{
    private const ulong FollowLinks = 1;
    private readonly DescriptorTable _descriptors;

    private PathFunctions(DescriptorTable descriptors) => _descriptors = descriptors;

    public static void Add(WasiFunctionTable table, DescriptorTable descriptors)
    {
        var functions = new PathFunctions(descriptors);
        table.Add("path_create_directory", "iii", functions.CreateFolder);
        table.Add("path_filestat_get", "iiiii", functions.GetStat);
        table.Add("path_filestat_set_times", "iiiilli", functions.SetTimes);
        table.Add("path_link", "iiiiiii", functions.Link);
        table.Add("path_open", "iiiiillii", functions.Open);
        table.Add("path_readlink", "iiiiii", functions.ReadLink);
        table.Add("path_remove_directory", "iii", functions.RemoveFolder);
        table.Add("path_rename", "iiiiii", functions.Rename);
        table.Add("path_symlink", "iiiii", functions.CreateLink);
        table.Add("path_unlink_file", "iii", functions.Unlink);
    }

    private ResolvedPath Resolve(GuestMemory memory, ulong descriptor, Rights rights, ulong path, ulong length, bool followLast)
    {
        var folder = (WasiFolder)_descriptors.GetFolder(descriptor, rights).File;
        return PathResolver.Resolve(folder, memory.Path(path, length), followLast);
    }

    private void CreateFolder(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathCreateDirectory, a[1], a[2], followLast: false);
        if (path.Name == ".")
        {
            throw new WasiErrorException(Errno.Exist);
        }

        path.Folder.CreateFolder(path.Name);
    }

    private void GetStat(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathFilestatGet, a[2], a[3], IsFollowed(a[1]));
        DescriptorFunctions.WriteStat(memory, a[4], path.Folder.TryStat(path.Name) ?? throw new WasiErrorException(Errno.Noent));
    }

    private void SetTimes(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathFilestatSetTimes, a[2], a[3], IsFollowed(a[1]));
        path.Folder.SetTimes(path.Name, new FileTimes(a[4], a[5], a[6]));
    }

    private void Link(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathLinkSource, a[2], a[3], IsFollowed(a[1]));
        using var target = Resolve(memory, a[4], Rights.PathLinkTarget, a[5], a[6], followLast: false);
        if (target.MustBeFolder && target.Folder.TryStat(target.Name) is null)
        {
            throw new WasiErrorException(Errno.Noent);
        }

        path.Folder.Link(path.Name, target.Folder, target.Name);
    }

    private void Open(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var open = (OpenFlags)PassedFlags.Check(a[4], (ushort)OpenFlags.All);
        var flags = (FdFlags)PassedFlags.Check(a[7], (ushort)FdFlags.All);
        if (open.HasFlag(OpenFlags.Create) && open.HasFlag(OpenFlags.Directory))
        {
            throw new WasiErrorException(Errno.Inval);
        }

        var needed = Rights.PathOpen;
        if (open.HasFlag(OpenFlags.Create))
        {
            needed |= Rights.PathCreateFile;
        }

        if (open.HasFlag(OpenFlags.Truncate))
        {
            needed |= Rights.PathFilestatSetSize;
        }

        var start = _descriptors.GetFolder(a[0], needed);
        var (rights, inheriting) = ((Rights)a[5], (Rights)a[6]);
        if (((rights | inheriting) & ~start.Inheriting) != 0)
        {
            throw new WasiErrorException(Errno.Notcapable);
        }

        memory.Write(a[8], 0u);

        // With O_EXCL a symbolic link at the end is something that is there, wherever it leads.
        var isNew = open.HasFlag(OpenFlags.Create) && open.HasFlag(OpenFlags.Exclusive);
        using var path = PathResolver.Resolve((WasiFolder)start.File, memory.Path(a[2], a[3]), IsFollowed(a[1]) && !isNew);
        var file = OpenFile(path, open, flags, rights);
        var isFolder = file is WasiFolder;
        rights &= isFolder ? Rights.Directory : Rights.RegularFile;
        memory.Write(a[8], _descriptors.Add(new Descriptor(file, rights, isFolder ? inheriting : Rights.None)));
    }

    private static WasiFile OpenFile(ResolvedPath path, OpenFlags open, FdFlags flags, Rights rights)
    {
        const Rights writing = Rights.FdDatasync | Rights.FdWrite | Rights.FdAllocate | Rights.FdFilestatSetSize;
        var read = (rights & (Rights.FdRead | Rights.FdReaddir)) != 0;
        var write = (rights & writing) != 0;
        var stat = path.Folder.TryStat(path.Name);
        if (stat is { Type: FileType.Directory } || open.HasFlag(OpenFlags.Directory))
        {
            if (stat is null)
            {
                throw new WasiErrorException(Errno.Noent);
            }

            if (stat is { Type: not FileType.Directory })
            {
                throw new WasiErrorException(Errno.Notdir);
            }

            if (open.HasFlag(OpenFlags.Create))
            {
                throw new WasiErrorException(open.HasFlag(OpenFlags.Exclusive) ? Errno.Exist : Errno.Isdir);
            }

            // Programs that open a folder ask for more rights than it can have; only plainly writing is an error.
            if (open.HasFlag(OpenFlags.Truncate) || (!open.HasFlag(OpenFlags.Directory) && rights.HasFlag(Rights.FdWrite)))
            {
                throw new WasiErrorException(Errno.Isdir);
            }

            var folder = path.Folder.OpenFolder(path.Name);
            if (flags != FdFlags.None)
            {
                folder.Flags = flags;
            }

            return folder;
        }

        if (path.MustBeFolder)
        {
            throw new WasiErrorException(open.HasFlag(OpenFlags.Create) ? Errno.Isdir : Errno.Noent);
        }

        return path.Folder.OpenFile(path.Name, open, flags, read, write);
    }

    private void ReadLink(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathReadlink, a[1], a[2], followLast: false);
        var buffer = memory.Bytes(a[3], a[4]);
        var target = Encoding.UTF8.GetBytes(path.Folder.ReadLink(path.Name));
        var used = Math.Min(buffer.Length, target.Length);
        target.AsSpan(0, used).CopyTo(buffer);
        memory.Write(a[5], (uint)used);
    }

    private void RemoveFolder(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathRemoveDirectory, a[1], a[2], followLast: false);
        path.Folder.RemoveFolder(path.Name);
    }

    private void Rename(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathRenameSource, a[1], a[2], followLast: false);
        using var target = Resolve(memory, a[3], Rights.PathRenameTarget, a[4], a[5], followLast: false);
        if (target.MustBeFolder && path.Folder.TryStat(path.Name) is { Type: not FileType.Directory })
        {
            throw new WasiErrorException(Errno.Notdir);
        }

        path.Folder.Rename(path.Name, target.Folder, target.Name);
    }

    private void CreateLink(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var target = memory.Path(a[0], a[1]);
        using var path = Resolve(memory, a[2], Rights.PathSymlink, a[3], a[4], followLast: false);
        if (target.StartsWith('/'))
        {
            throw new WasiErrorException(Errno.Notcapable);
        }

        if (path.MustBeFolder && path.Folder.TryStat(path.Name) is null)
        {
            throw new WasiErrorException(Errno.Noent);
        }

        path.Folder.CreateLink(target, path.Name);
    }

    private void Unlink(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        using var path = Resolve(memory, a[0], Rights.PathUnlinkFile, a[1], a[2], followLast: false);
        if (path.Folder.TryStat(path.Name) is { Type: FileType.Directory })
        {
            throw new WasiErrorException(Errno.Isdir);
        }

        path.Folder.Unlink(path.Name);
    }

    private static bool IsFollowed(ulong flags) =>
        flags <= FollowLinks ? flags == FollowLinks : throw new WasiErrorException(Errno.Inval);
}
