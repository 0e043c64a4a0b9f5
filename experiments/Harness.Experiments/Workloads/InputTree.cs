using Harness.Experiments.Engines;
using Harness.Hosts.Wasi;
using Harness.Hosts.Wasi.Files;

namespace Harness.Experiments.Workloads;

/// <summary>
/// What a program finds in its folder when it begins, entry by entry, so that every engine is told the same. Folders of the user are looked through once, here, and no link in them is followed: it is
/// made again as it is, and the host of the program follows it, or refuses to where it leads out of the program's folder.
/// </summary>
internal sealed class InputTree
{
    /// <summary>The most files, folders and links of a program.</summary>
    public const int MostEntries = 100_000;

    private readonly List<WorkerInput> _entries = [];
    private readonly Dictionary<string, WorkerInput> _places = [];
    private long _bytes;

    private InputTree()
    {
    }

    /// <summary>Looks for what a program is given.</summary>
    /// <param name="program">The program, of which no file is absent.</param>
    /// <returns>A folder before what is in it.</returns>
    /// <exception cref="HarnessException">Two inputs stand at one place, a folder cannot be read or has what cannot be copied, or there is too much; the message is one line.</exception>
    public static IReadOnlyList<WorkerInput> Of(ProgramDefinition program)
    {
        var tree = new InputTree();
        foreach (var input in program.Inputs)
        {
            var path = program.PathOf(input.Path);
            if (Directory.Exists(path))
            {
                tree.AddFolder(input.Place, path);
            }
            else if (input.Place.Length == 0)
            {
                throw new HarnessException($"{path} is no folder, and cannot be the program's folder");
            }
            else
            {
                tree.AddFile(input.Place, path);
            }
        }

        return tree._entries;
    }

    private static bool IsFolder(WorkerInput entry) => entry is { File: null, Link: null };

    private void AddFile(string place, string path)
    {
        if (place.LastIndexOf('/') is var slash and > 0)
        {
            PutFolders(place[..slash]);
        }

        Put(new WorkerInput(place, path, null));
    }

    private void AddFolder(string place, string path)
    {
        if (place.Length > 0)
        {
            PutFolders(place);
        }

        var rest = new Stack<ProgramInput>([new ProgramInput(place, path)]);
        while (rest.TryPop(out var folder))
        {
            try
            {
                AddEntries(folder, rest);
            }
            catch (WasiErrorException exception)
            {
                throw new HarnessException($"the folder {folder.Path} cannot be read ({exception.Error})", exception);
            }
        }
    }

    /// <summary>Adds what is in a folder, and notes the folders in it for later.</summary>
    private void AddEntries(ProgramInput folder, Stack<ProgramInput> rest)
    {
        // The host's own view of a folder tells what is a file from what would wait for somebody, and looks at a link itself.
        using var opened = HostFolder.Open(folder.Path);
        foreach (var entry in opened.List())
        {
            var place = folder.Place.Length == 0 ? entry.Name : $"{folder.Place}/{entry.Name}";
            var path = Path.Combine(folder.Path, entry.Name);
            var stat = opened.TryStat(entry.Name) ?? throw new HarnessException($"{path} cannot be read: its name is no text, or it is gone");
            switch (stat.Type)
            {
                case FileType.Directory:
                    Put(new WorkerInput(place, null, null));
                    rest.Push(new ProgramInput(place, path));
                    break;
                case FileType.SymbolicLink:
                    Put(new WorkerInput(place, null, opened.ReadLink(entry.Name)));
                    break;
                case FileType.RegularFile:
                    _bytes += (long)stat.Size;
                    if (_bytes > MemoryFolder.UsualLimit)
                    {
                        throw new HarnessException($"the folders that the program is given have more than {MemoryFolder.UsualLimit >> 20} MiB in them; give it those files alone that it reads");
                    }

                    Put(new WorkerInput(place, path, null));
                    break;
                default:
                    throw new HarnessException($"{path} is neither a file nor a folder nor a link, so that there is no copy of it");
            }
        }
    }

    /// <summary>Adds a folder and those on the way to it.</summary>
    private void PutFolders(string place)
    {
        for (var slash = place.IndexOf('/'); slash > 0; slash = place.IndexOf('/', slash + 1))
        {
            Put(new WorkerInput(place[..slash], null, null));
        }

        Put(new WorkerInput(place, null, null));
    }

    private void Put(WorkerInput entry)
    {
        if (_places.TryGetValue(entry.Place, out var known))
        {
            if (!IsFolder(entry) || !IsFolder(known))
            {
                throw new HarnessException($"two inputs stand at '{OneLine.Of(entry.Place)}' in the program's folder");
            }

            return;
        }

        if (_entries.Count == MostEntries)
        {
            throw new HarnessException($"the program is given more than {MostEntries} files and folders; give it those alone that it reads");
        }

        _places.Add(entry.Place, entry);
        _entries.Add(entry);
    }
}
