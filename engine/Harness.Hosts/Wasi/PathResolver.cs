namespace Harness.Hosts.Wasi;

/// <summary>
/// Finds where a path leads, entry by entry from an open folder, and never out of it: neither an absolute path, nor <c>..</c>, nor a
/// symbolic link. Each folder on the way is opened without following links, so that it makes no difference if somebody moves folders meanwhile.
/// </summary>
internal static class PathResolver
{
    /// <summary>The most bytes of a path (<c>PATH_MAX</c>).</summary>
    public const int MaximumPathLength = 4096;

    private const int MaximumLinks = 40;

    /// <summary>The most folders on the way: each is open meanwhile, and one of the descriptors of this process.</summary>
    private const int MaximumDepth = 1024;

    /// <summary>Follows a path up to its last entry, and through it if that is a symbolic link to be followed.</summary>
    /// <param name="start">Where relative paths begin; it stays open.</param>
    /// <param name="path">The path.</param>
    /// <param name="followLast">Whether a symbolic link that the path ends with is followed.</param>
    public static ResolvedPath Resolve(WasiFolder start, string path, bool followLast)
    {
        if (path.Length == 0)
        {
            throw new WasiErrorException(Errno.Noent);
        }

        var folders = new Stack<WasiFolder>();
        var rest = new Stack<string>();
        try
        {
            var endsWithSlash = Push(rest, path);
            var links = 0;
            while (rest.TryPop(out var name))
            {
                var folder = folders.Count > 0 ? folders.Peek() : start;
                if (name == ".")
                {
                    continue;
                }

                if (name == "..")
                {
                    if (folders.Count == 0)
                    {
                        throw new WasiErrorException(Errno.Notcapable);
                    }

                    folders.Pop().Dispose();
                    continue;
                }

                var isLast = rest.Count == 0;
                if (isLast && !followLast && !endsWithSlash)
                {
                    return new ResolvedPath(start, folders, name, false);
                }

                var stat = folder.TryStat(name);
                if (stat is { Type: FileType.SymbolicLink })
                {
                    if (++links > MaximumLinks)
                    {
                        throw new WasiErrorException(Errno.Loop);
                    }

                    var linkEndsWithSlash = Push(rest, folder.ReadLink(name));
                    endsWithSlash |= isLast && linkEndsWithSlash;
                }
                else if (isLast)
                {
                    if (endsWithSlash && stat is { Type: not FileType.Directory })
                    {
                        throw new WasiErrorException(Errno.Notdir);
                    }

                    return new ResolvedPath(start, folders, name, endsWithSlash);
                }
                else
                {
                    if (folders.Count == MaximumDepth)
                    {
                        throw new WasiErrorException(Errno.Mfile);
                    }

                    folders.Push(folder.OpenFolder(name));
                }
            }

            return new ResolvedPath(start, folders, ".", true);
        }
        catch
        {
            foreach (var folder in folders)
            {
                folder.Dispose();
            }

            throw;
        }
    }

    /// <summary>Puts a path's entries in front of what is left.</summary>
    /// <returns>Whether the path ends with a slash, so that it must be a folder's.</returns>
    private static bool Push(Stack<string> rest, string path)
    {
        if (path.StartsWith('/'))
        {
            throw new WasiErrorException(Errno.Notcapable);
        }

        if (path.Length > MaximumPathLength)
        {
            throw new WasiErrorException(Errno.Nametoolong);
        }

        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = names.Length - 1; i >= 0; i--)
        {
            rest.Push(names[i]);
        }

        return path.EndsWith('/');
    }
}

/// <summary>Where a path leads: an entry of an open folder, which may not be there (yet).</summary>
internal readonly struct ResolvedPath(WasiFolder start, Stack<WasiFolder> folders, string name, bool mustBeFolder) : IDisposable
{
    /// <summary>The folder.</summary>
    public WasiFolder Folder => folders.Count > 0 ? folders.Peek() : start;

    /// <summary>The name in it; <c>.</c> if the path leads to the folder itself.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the path is such as only a folder can have.</summary>
    public bool MustBeFolder { get; } = mustBeFolder;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in folders)
        {
            folder.Dispose();
        }
    }
}
