namespace Harness.Hosts.Wasi;

/// <summary>What may be done with a descriptor (<c>rights</c>).</summary>
[Flags]
internal enum Rights : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>fd_datasync</c>.</summary>
    FdDatasync = 1UL << 0,

    /// <summary><c>fd_read</c>, <c>fd_pread</c>.</summary>
    FdRead = 1UL << 1,

    /// <summary><c>fd_seek</c>.</summary>
    FdSeek = 1UL << 2,

    /// <summary><c>fd_fdstat_set_flags</c>.</summary>
    FdFdstatSetFlags = 1UL << 3,

    /// <summary><c>fd_sync</c>.</summary>
    FdSync = 1UL << 4,

    /// <summary><c>fd_tell</c>.</summary>
    FdTell = 1UL << 5,

    /// <summary><c>fd_write</c>, <c>fd_pwrite</c>.</summary>
    FdWrite = 1UL << 6,

    /// <summary><c>fd_advise</c>.</summary>
    FdAdvise = 1UL << 7,

    /// <summary><c>fd_allocate</c>.</summary>
    FdAllocate = 1UL << 8,

    /// <summary><c>path_create_directory</c>.</summary>
    PathCreateDirectory = 1UL << 9,

    /// <summary><c>path_open</c> with <see cref="OpenFlags.Create"/>.</summary>
    PathCreateFile = 1UL << 10,

    /// <summary><c>path_link</c> from here.</summary>
    PathLinkSource = 1UL << 11,

    /// <summary><c>path_link</c> to here.</summary>
    PathLinkTarget = 1UL << 12,

    /// <summary><c>path_open</c>.</summary>
    PathOpen = 1UL << 13,

    /// <summary><c>fd_readdir</c>.</summary>
    FdReaddir = 1UL << 14,

    /// <summary><c>path_readlink</c>.</summary>
    PathReadlink = 1UL << 15,

    /// <summary><c>path_rename</c> from here.</summary>
    PathRenameSource = 1UL << 16,

    /// <summary><c>path_rename</c> to here.</summary>
    PathRenameTarget = 1UL << 17,

    /// <summary><c>path_filestat_get</c>.</summary>
    PathFilestatGet = 1UL << 18,

    /// <summary><c>path_open</c> with <see cref="OpenFlags.Truncate"/>.</summary>
    PathFilestatSetSize = 1UL << 19,

    /// <summary><c>path_filestat_set_times</c>.</summary>
    PathFilestatSetTimes = 1UL << 20,

    /// <summary><c>fd_filestat_get</c>.</summary>
    FdFilestatGet = 1UL << 21,

    /// <summary><c>fd_filestat_set_size</c>.</summary>
    FdFilestatSetSize = 1UL << 22,

    /// <summary><c>fd_filestat_set_times</c>.</summary>
    FdFilestatSetTimes = 1UL << 23,

    /// <summary><c>path_symlink</c>.</summary>
    PathSymlink = 1UL << 24,

    /// <summary><c>path_remove_directory</c>.</summary>
    PathRemoveDirectory = 1UL << 25,

    /// <summary><c>path_unlink_file</c>.</summary>
    PathUnlinkFile = 1UL << 26,

    /// <summary><c>poll_oneoff</c> for reading and writing.</summary>
    PollFdReadwrite = 1UL << 27,

    /// <summary><c>sock_shutdown</c>.</summary>
    SockShutdown = 1UL << 28,

    /// <summary><c>sock_accept</c>.</summary>
    SockAccept = 1UL << 29,

    /// <summary>All that make sense for a regular file.</summary>
    RegularFile = FdDatasync | FdRead | FdSeek | FdFdstatSetFlags | FdSync | FdTell | FdWrite | FdAdvise | FdAllocate | FdFilestatGet
        | FdFilestatSetSize | FdFilestatSetTimes | PollFdReadwrite,

    /// <summary>All that make sense for a folder.</summary>
    Directory = FdFdstatSetFlags | FdSync | FdAdvise | PathCreateDirectory | PathCreateFile | PathLinkSource | PathLinkTarget | PathOpen
        | FdReaddir | PathReadlink | PathRenameSource | PathRenameTarget | PathFilestatGet | PathFilestatSetSize | PathFilestatSetTimes
        | FdFilestatGet | FdFilestatSetTimes | PathSymlink | PathRemoveDirectory | PathUnlinkFile | PollFdReadwrite,

    /// <summary>All that make sense for a standard stream.</summary>
    Stream = FdRead | FdWrite | FdFdstatSetFlags | FdFilestatGet | PollFdReadwrite,
}
