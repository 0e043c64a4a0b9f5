using System.Text;

namespace Harness.Hosts.Tests.Wasi;

/// <summary>
/// The folder that programs are given, always the same at first: <c>file</c>, <c>other</c>, a folder <c>sub</c> with a file <c>inner</c>,
/// and symbolic links to a file, to a folder, to nothing, to themselves, to the folder beside, and to an absolute path.
/// </summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("harness-wasi-");

    public TestFolder()
    {
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "sub"));
        Directory.CreateDirectory(System.IO.Path.Combine(_root.FullName, "outside"));
        File.WriteAllText(System.IO.Path.Combine(_root.FullName, "outside", "secret"), "secret");
        File.WriteAllText(System.IO.Path.Combine(Path, "file"), "0123456789");
        File.WriteAllText(System.IO.Path.Combine(Path, "other"), "other content");
        File.WriteAllText(System.IO.Path.Combine(Path, "sub", "inner"), "inner");
        Link("link", "file");
        Link("sublink", "sub");
        Link("dangling", "nowhere");
        Link("loop", "loop");
        Link("out", "../outside");
        Link("absolute", "/etc");
    }

    /// <summary>Where it is.</summary>
    public string Path => System.IO.Path.Combine(_root.FullName, "d");

    /// <summary>The paths of all entries, with what is in files and where links lead.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        var options = new EnumerationOptions { AttributesToSkip = 0 };
        var rest = new Stack<DirectoryInfo>([_root]);
        var lines = new List<string>();
        while (rest.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos("*", options))
            {
                var path = System.IO.Path.GetRelativePath(_root.FullName, entry.FullName);
                if (entry.LinkTarget is { } target)
                {
                    lines.Add($"{path} -> {target}");
                }
                else if (entry is DirectoryInfo)
                {
                    lines.Add($"{path}/");
                }
                else
                {
                    lines.Add($"{path}: {File.ReadAllText(entry.FullName).Replace("\0", "\\0", StringComparison.Ordinal)}");
                }

                if (entry is DirectoryInfo inner && entry.LinkTarget is null)
                {
                    rest.Push(inner);
                }
            }
        }

        lines.Sort(string.CompareOrdinal);
        return text.AppendJoin('\n', lines).ToString();
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void Link(string name, string target) => File.CreateSymbolicLink(System.IO.Path.Combine(Path, name), target);
}
