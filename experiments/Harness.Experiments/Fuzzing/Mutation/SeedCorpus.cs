using System.IO.Hashing;
using Harness.Engine.Modules.Text;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// The modules that mutation starts from: those of modules and scripts in files and folders, what a script says to be malformed or invalid
/// included, without repetitions.
/// </summary>
internal sealed class SeedCorpus
{
    /// <summary>Larger modules would make reports large and runs slow, and have little that smaller ones lack.</summary>
    public const int LargestSeed = 64 * 1024;

    private readonly HashSet<ulong> _known = [];
    private readonly List<SeedModule> _modules = [];

    /// <summary>The modules in the order of their paths.</summary>
    public IReadOnlyList<SeedModule> Modules => _modules;

    /// <summary>How many modules of scripts could not be assembled, since they are malformed text or need what is not supported.</summary>
    public int Unassembled { get; private set; }

    /// <summary>How many modules were left out because of their size.</summary>
    public int TooLarge { get; private set; }

    /// <summary>Reads files (<c>.wasm</c>, <c>.wat</c>, <c>.wast</c>), and folders with all that is below them.</summary>
    /// <exception cref="HarnessException">A path does not exist, or there is no module.</exception>
    public static SeedCorpus Read(IEnumerable<string> paths)
    {
        var corpus = new SeedCorpus();
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                corpus.AddFile(path);
            }
            else if (Directory.Exists(path))
            {
                corpus.AddFolder(path);
            }
            else
            {
                throw new HarnessException($"there is no file or folder {path} to take seeds from");
            }
        }

        if (corpus._modules.Count == 0)
        {
            throw new HarnessException($"no module (.wasm, .wat, .wast) of at most {LargestSeed / 1024} KiB in {string.Join(", ", paths)}; name others with --seeds");
        }

        return corpus;
    }

    /// <summary>The programs and tests of this project.</summary>
    public static IReadOnlyList<string> OwnPaths => [ProjectLayout.Workloads, Path.Combine(ProjectLayout.Root, "engine", "Harness.Engine.Tests")];

    /// <summary>Adds a module unless it is known.</summary>
    /// <param name="name">Where it comes from.</param>
    /// <param name="bytes">The module, which need not be well-formed.</param>
    public void Add(string name, byte[] bytes)
    {
        if (bytes.Length > LargestSeed)
        {
            TooLarge++;
        }
        else if (_known.Add(XxHash64.HashToUInt64(bytes)))
        {
            _modules.Add(new SeedModule(name, bytes, ModuleParts.TryParse(bytes)));
        }
    }

    private void AddFolder(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var separator = Path.DirectorySeparatorChar;
        foreach (var file in Directory.EnumerateFiles(folder, "*.wa*", options).Order(StringComparer.Ordinal))
        {
            var inside = file[folder.Length..];
            if (!inside.Contains($"{separator}bin{separator}", StringComparison.Ordinal) && !inside.Contains($"{separator}obj{separator}", StringComparison.Ordinal))
            {
                AddFile(file);
            }
        }
    }

    private void AddFile(string file)
    {
        var name = Path.GetFileName(file);
        try
        {
            switch (Path.GetExtension(file))
            {
                case ".wasm" when new FileInfo(file).Length > LargestSeed:
                    TooLarge++;
                    break;
                case ".wasm":
                    Add(name, File.ReadAllBytes(file));
                    break;
                case ".wat":
                    AddAssembled(name, () => WatAssembler.Assemble(File.ReadAllBytes(file)));
                    break;
                case ".wast":
                    AddScript(name, File.ReadAllBytes(file));
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot read seed {file}: {exception.Message}", exception);
        }
    }

    private void AddScript(string name, byte[] text)
    {
        WastScript script;
        try
        {
            script = WastScript.Parse(text);
        }
        catch (WatException)
        {
            Unassembled++;
            return;
        }

        foreach (var command in script.Commands)
        {
            var module = command switch
            {
                WastCommand.DefineModule define => define.Module,
                WastCommand.AssertModule assert => assert.Module,
                _ => null,
            };
            if (module is not null)
            {
                AddAssembled($"{name}:{module.Line}", module.Assemble);
            }
        }
    }

    private void AddAssembled(string name, Func<byte[]> assemble)
    {
        try
        {
            Add(name, assemble());
        }
        catch (WatException)
        {
            Unassembled++;
        }
    }
}

/// <summary>A module to start from.</summary>
/// <param name="Name">The file, and for a script the line.</param>
/// <param name="Bytes">The module, which need not be well-formed.</param>
/// <param name="Parts">The same taken apart; null if that cannot be done. Not to be changed.</param>
internal sealed record SeedModule(string Name, byte[] Bytes, ModuleParts? Parts);
