namespace Harness.Hosts.Wasi;

/// <summary>A folder that exists in memory only: what programs find in it was put there, and what they leave there can be looked at.</summary>
public sealed class MemoryFolder
{
    internal MemoryNode Root { get; } = MemoryNode.CreateFolder();

    /// <summary>Puts a file into the folder, and the folders on the way to it; replaces a file that is there.</summary>
    /// <param name="path">Names with slashes between them, without <c>.</c> and <c>..</c>.</param>
    /// <param name="content">What is in the file.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The path is empty, or leads through a file.</exception>
    public MemoryFolder AddFile(string path, ReadOnlySpan<byte> content)
    {
        MemoryNode file = MemoryNode.CreateFile();
        file.Content.Write(content, 0);
        return Add(path, file);
    }

    /// <summary>Puts a symbolic link into the folder, and the folders on the way to it; replaces what is there.</summary>
    /// <param name="path">Names with slashes between them, without <c>.</c> and <c>..</c>.</param>
    /// <param name="target">Where it leads.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The path is empty, or leads through a file.</exception>
    public MemoryFolder AddLink(string path, string target) => Add(path, MemoryNode.CreateLink(target));

    private MemoryFolder Add(string path, MemoryNode node)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        MemoryNode folder = Root;
        foreach (string name in names.AsSpan(0, names.Length - 1))
        {
            if (!folder.Children!.TryGetValue(name, out MemoryNode? child))
            {
                folder.Children.Add(name, child = MemoryNode.CreateFolder());
                folder.Links++;
            }

            if (child.Children is null) throw new ArgumentException($"{path} leads through {name}, which is no folder", nameof(path));
            folder = child;
        }

        folder.Children![names[^1]] = node;
        return this;
    }

    /// <summary>The content of a file, or null if there is none of this path.</summary>
    public byte[]? ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        MemoryNode? node = Root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) node = node?.Children?.GetValueOrDefault(name);
        return node is { Type: FileType.RegularFile } ? node.Content.ToArray() : null;
    }

    /// <summary>The paths of all files, folders (with a slash at the end) and symbolic links (with an arrow and where they lead), in order.</summary>
    public IReadOnlyList<string> List()
    {
        var paths = new List<string>();
        var rest = new Stack<(string Path, MemoryNode Node)>();
        rest.Push((string.Empty, Root));
        while (rest.TryPop(out var folder))
        {
            foreach ((string name, MemoryNode node) in folder.Node.Children!)
            {
                string path = folder.Path + name;
                if (node.Children is null) paths.Add(node.Target is null ? path : $"{path} -> {node.Target}");
                else paths.Add(path + "/");
                if (node.Children is not null) rest.Push((path + "/", node));
            }
        }

        paths.Sort(string.CompareOrdinal);
        return paths;
    }
}
