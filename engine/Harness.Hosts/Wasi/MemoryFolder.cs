using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Wasi;

/// <summary>A folder that exists in memory only: what programs find in it was put there, and what they leave there can be looked at.</summary>
public sealed class MemoryFolder
{
    /// <summary>The most bytes that a folder takes unless its maker says otherwise, 1 GiB.</summary>
    public const long UsualLimit = 1L << 30;

    /// <summary>The most characters of all paths of a folder: folders inside each other have longer and longer ones.</summary>
    private const long MostPathCharacters = 1L << 24;

    private readonly MemorySpace _space;

    /// <summary>Makes an empty folder.</summary>
    /// <param name="limit">
    /// The most bytes that all that is in it may take together, at least 0: the room that files have for their bytes, which may be twice what is in them, and 1 KiB for each file, folder and link. Where
    /// a program wants more, what it does fails for lack of space (<c>ENOSPC</c>). What is removed is free once nobody has it open any more.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 0.</exception>
    public MemoryFolder(long limit = UsualLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _space = new MemorySpace(limit);
        Root = MemoryNode.CreateFolder(_space);
    }

    internal MemoryNode Root { get; }

    /// <summary>Puts a file into the folder, and the folders on the way to it; replaces a file that is there.</summary>
    /// <param name="path">Names with slashes between them, without <c>.</c> and <c>..</c>.</param>
    /// <param name="content">What is in the file.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The path is empty, or leads through a file.</exception>
    /// <exception cref="ProgramException">There is no space for it, or it has more than 1 GiB.</exception>
    public MemoryFolder AddFile(string path, ReadOnlySpan<byte> content)
    {
        var file = MemoryNode.CreateFile(_space);
        try
        {
            file.Content.Write(content, 0);
        }
        catch (WasiErrorException error)
        {
            throw NoSpace(path, error);
        }

        return Add(path, file);
    }

    /// <summary>Puts a symbolic link into the folder, and the folders on the way to it; replaces what is there.</summary>
    /// <param name="path">Names with slashes between them, without <c>.</c> and <c>..</c>.</param>
    /// <param name="target">Where it leads.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The path is empty, or leads through a file.</exception>
    /// <exception cref="ProgramException">There is no space for it.</exception>
    public MemoryFolder AddLink(string path, string target) => Add(path, MemoryNode.CreateLink(target, _space));

    /// <summary>Puts a folder into the folder, and those on the way to it; one that is there stays as it is.</summary>
    /// <param name="path">Names with slashes between them, without <c>.</c> and <c>..</c>.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The path is empty, or leads through a file.</exception>
    /// <exception cref="ProgramException">There is no space for it.</exception>
    public MemoryFolder AddFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            Reach(path, path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (WasiErrorException error)
        {
            throw NoSpace(path, error);
        }

        return this;
    }

    private MemoryFolder Add(string path, MemoryNode node)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            var folder = Reach(path, names.AsSpan(0, names.Length - 1));
            if (folder.Children!.Remove(names[^1], out var replaced) && replaced.Children is null)
            {
                replaced.Links--;
                replaced.GiveBackName();
            }

            node.TakeName();
            folder.Children!.Add(names[^1], node);
        }
        catch (WasiErrorException error)
        {
            node.Content!.Free();
            throw NoSpace(path, error);
        }

        return this;
    }

    /// <summary>Goes down into folders, and makes those that are not there.</summary>
    /// <param name="path">The path that is followed, for messages.</param>
    /// <param name="names">The names of the folders.</param>
    /// <returns>The last one.</returns>
    private MemoryNode Reach(string path, ReadOnlySpan<string> names)
    {
        var folder = Root;
        foreach (var name in names)
        {
            if (!folder.Children!.TryGetValue(name, out var child))
            {
                child = MemoryNode.CreateFolder(_space);
                child.TakeName();
                folder.Children.Add(name, child);
                folder.Links++;
            }

            if (child.Children is null)
            {
                throw new ArgumentException($"{path} leads through {name}, which is no folder", nameof(path));
            }

            folder = child;
        }

        return folder;
    }

    private static ProgramException NoSpace(string path, WasiErrorException error) =>
        new($"{path} has no room in a folder in memory: {(error.Error == Errno.Fbig ? "a file has at most 1 GiB there" : "it would take more than it may")}", error);

    /// <summary>The content of a file, or null if there is none of this path.</summary>
    public byte[]? ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var node = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node?.Children?.GetValueOrDefault(name);
        }

        return node is { Type: FileType.RegularFile } ? node.Content.ToArray() : null;
    }

    /// <summary>The paths of all files, folders (with a slash at the end) and symbolic links (with an arrow and where they lead), in order.</summary>
    /// <exception cref="ProgramException">They have more than 16 Mi characters together.</exception>
    public IReadOnlyList<string> List()
    {
        var paths = new List<string>();
        var left = MostPathCharacters;
        var rest = new Stack<(string Path, MemoryNode Node)>();
        rest.Push((string.Empty, Root));
        while (rest.TryPop(out var folder))
        {
            foreach (var (name, node) in folder.Node.Children!)
            {
                left -= folder.Path.Length + name.Length;
                if (left < 0)
                {
                    throw new ProgramException($"the paths in a folder in memory have more than {MostPathCharacters} characters together");
                }

                var path = folder.Path + name;
                if (node.Children is null)
                {
                    paths.Add(node.Target is null ? path : $"{path} -> {node.Target}");
                }
                else
                {
                    paths.Add(path + "/");
                }

                if (node.Children is not null)
                {
                    rest.Push((path + "/", node));
                }
            }
        }

        paths.Sort(string.CompareOrdinal);
        return paths;
    }
}
