using System.CommandLine;
using Harness.Engine.Modules;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using Harness.Hosts.Wasi;

namespace Harness.Experiments.Commands;

/// <summary>The options by which the user says what a module that no manifest has needs around it: <c>--host</c>, and what a WASI command is given.</summary>
internal sealed class HostOptions
{
    /// <summary>The name of the argument that takes the arguments of a module or program.</summary>
    public const string ArgumentsName = "args";

    /// <summary>What the arguments of such a module are.</summary>
    public const string ArgumentsText = "arguments: numbers, by the function's parameter types; words, for a WASI command (behind -- where they begin with --)";

    /// <summary>What stands for the standard input of this command.</summary>
    private const string OwnStandardInput = "-";

    private readonly Option<string> _host = new("--host") { Description = "what the module needs: none, or wasi for a command that is run from its beginning", HelpName = "none|wasi", DefaultValueFactory = _ => "none" };

    private readonly Option<string[]> _inputs = new("--input") { Description = "file that a WASI command finds by its name alone, in a folder in memory (may be repeated)", HelpName = "FILE", DefaultValueFactory = _ => [] };

    private readonly Option<string[]> _folders = new("--dir")
    {
        Description = "folder of which a WASI command finds a copy in its own folder, with all that is in it: under the same path where that leads down from here ('.' is its own folder itself), "
            + "else under its name; whatever the command does to the copy, the folder stays as it is (may be repeated)",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _standardInput = new("--stdin")
    {
        Description = "file that a WASI command reads as its standard input, which is empty if left out; - for the standard input of this command, which is read to its end first",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _variables = new("--env")
    {
        Description = "environment variable of a WASI command, which has no others (may be repeated)", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _invoke;

    private HostOptions(Option<string> invoke) => _invoke = invoke;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="invoke">Its option that names a function, which a WASI command has no use for.</param>
    public static HostOptions AddTo(Command command, Option<string> invoke)
    {
        var options = new HostOptions(invoke);
        command.Options.Add(options._host);
        foreach (var option in options.OfCommands)
        {
            command.Options.Add(option);
        }

        return options;
    }

    /// <summary>Refuses the options for a program of a manifest, which says itself what it needs.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="program">Name of the program.</param>
    /// <param name="words">The arguments behind it; what looks like an option among them is answered as one that there is not.</param>
    /// <exception cref="HarnessException">One of them was given, or the name of a function, or arguments.</exception>
    public void RefuseForProgram(ParseResult parsed, string program, IReadOnlyList<string> words)
    {
        if (OfCommands.Prepend(_host).Append(_invoke).FirstOrDefault(option => IsGiven(parsed, option)) is { } given)
        {
            throw new HarnessException($"{given.Name} is for modules of your own, and '{program}' is a program, whose manifest says what it is given; leave it out");
        }

        if (words.Count > 0 && !words[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new HarnessException($"arguments are for modules of your own, and '{program}' is a program, whose manifest says what it is given; leave them out");
        }
    }

    /// <summary>The program that an argument is for a command that runs functions and programs alike: one of a manifest by its name, or a module of the user's own with what it needs around it.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="fileOrName">The argument.</param>
    /// <param name="suites">Values of <c>--suite</c>.</param>
    /// <param name="words">The arguments behind it.</param>
    /// <returns>Null for a module of which a function is called.</returns>
    /// <exception cref="HarnessException">The options cannot be meant, or the module cannot be read or needs another host.</exception>
    public ProgramDefinition? FindProgram(ParseResult parsed, string fileOrName, IReadOnlyList<string> suites, IReadOnlyList<string> words)
    {
        if (SuiteOption.FindProgram(fileOrName, suites) is { } program)
        {
            RefuseForProgram(parsed, fileOrName, words);
            return program;
        }

        var given = Read(parsed);
        given.Check(ModuleFile.Load(fileOrName), fileOrName);
        return given.IsForCommands ? given.ToProgram(fileOrName, words) : null;
    }

    /// <summary>Reads what was given.</summary>
    /// <exception cref="HarnessException">It cannot be meant.</exception>
    public ModuleHost Read(ParseResult parsed)
    {
        var kind = parsed.GetRequiredValue(_host) switch
        {
            "none" => HostKind.None,
            "wasi" => HostKind.Wasi,
            var other => throw new HarnessException($"--host takes none or wasi, not '{other}'; programs with scripts are described in a manifest (workloads/README.md)"),
        };
        if (kind == HostKind.None && OfCommands.FirstOrDefault(option => IsGiven(parsed, option)) is { } needless)
        {
            throw new HarnessException($"{needless.Name} is for WASI commands alone; add --host wasi");
        }

        if (kind == HostKind.Wasi && IsGiven(parsed, _invoke))
        {
            throw new HarnessException($"--host wasi runs a command from its beginning, and --invoke {parsed.GetValue(_invoke)} calls one function; leave one of them out");
        }

        var files = (parsed.GetValue(_inputs) ?? []).Select(InputOf).ToList();
        if (files.GroupBy(file => file.Place).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new HarnessException($"--input names two files '{twice.Key}', which the command could not tell apart: it finds them by their names alone");
        }

        return new ModuleHost(kind, [.. files, .. (parsed.GetValue(_folders) ?? []).Select(FolderOf)])
        {
            StandardInput = parsed.GetValue(_standardInput) is { } read ? StandardInputOf(read) : null,
            Environment = EnvironmentOf(parsed.GetValue(_variables) ?? []),
        };
    }

    /// <summary>The options that say what a WASI command is given.</summary>
    private Option[] OfCommands => [_inputs, _folders, _standardInput, _variables];

    private static ProgramInput InputOf(string file) =>
        Directory.Exists(file) ? throw new HarnessException($"--input {file} is a folder; --dir {file} gives the command a copy of it") : ProgramInput.ByName(Path.GetFullPath(file));

    private static ProgramInput FolderOf(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(path))
        {
            throw new HarnessException($"--dir {folder}: there is no folder {path}");
        }

        var down = Path.GetRelativePath(Environment.CurrentDirectory, path);
        if (!Path.IsPathRooted(folder) && down.Split('/')[0] != "..")
        {
            return ProgramInput.At(down, path);
        }

        return ProgramInput.At(Path.GetFileName(path) is { Length: > 0 } name ? name : ProgramInput.FolderItself, path);
    }

    /// <summary>The file that a command reads as its standard input. What can be read only once, as from a pipe, is kept: it is read for each iteration, and by what compares results.</summary>
    private static string StandardInputOf(string file)
    {
        try
        {
            using var stream = file == OwnStandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
            if (file != OwnStandardInput && stream.CanSeek)
            {
                return Path.GetFullPath(file);
            }

            using var content = new MemoryStream();
            stream.CopyTo(content);
            return KeptFile.Of("inputs", "", content.ToArray());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"--stdin {file} cannot be read: {exception.Message}", exception);
        }
    }

    private static Dictionary<string, string> EnvironmentOf(IEnumerable<string> texts)
    {
        var environment = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new HarnessException($"--env {OneLine.Of(text)}: write NAME=VALUE");
            }

            var (name, value) = (text[..equals], text[(equals + 1)..]);
            try
            {
                ProgramEnvironment.Check(name, value);
            }
            catch (FormatException exception)
            {
                throw new HarnessException($"--env {OneLine.Of(text)}: {exception.Message}", exception);
            }

            if (!environment.TryAdd(name, value))
            {
                throw new HarnessException($"--env gives the variable '{OneLine.Of(name)}' twice");
            }
        }

        return environment;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}

/// <summary>What a module that no manifest has needs around it.</summary>
/// <param name="Kind"><see cref="HostKind.None"/>, or <see cref="HostKind.Wasi"/> for a command.</param>
/// <param name="Inputs">What a command finds in its folder, with full paths.</param>
internal sealed record ModuleHost(HostKind Kind, IReadOnlyList<ProgramInput> Inputs)
{
    /// <summary>Full path of the file that a command reads as its standard input; null where that is empty.</summary>
    public string? StandardInput { get; init; }

    /// <summary>A command's environment variables, by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Begins names of functions that only the scripts of Emscripten have.</summary>
    private static readonly string[] EmscriptenPrefixes = ["emscripten_", "_emscripten_", "__syscall_", "invoke_"];

    /// <summary>Whether the module is run from its beginning, and no function of it is called.</summary>
    public bool IsForCommands => Kind == HostKind.Wasi;

    /// <summary>Refuses a module that imports what it gets from another host.</summary>
    /// <param name="module">The module.</param>
    /// <param name="file">What the user calls it.</param>
    /// <exception cref="HarnessException">It needs another host; the message says which.</exception>
    public void Check(WasmModule module, string file)
    {
        var functions = module.Imports.Where(import => import.Kind == ExternalKind.Function).ToList();
        if (functions.Find(import => import.ModuleName == "env" && EmscriptenPrefixes.Any(prefix => import.Name.StartsWith(prefix, StringComparison.Ordinal))) is { } glue)
        {
            throw new HarnessException($"{file} imports '{glue.Name}' from the script that Emscripten has made with it; programs with scripts are described in a manifest (workloads/README.md)");
        }

        if (!IsForCommands && functions.Find(import => import.ModuleName == WasiHost.ModuleName) is { } call)
        {
            throw new HarnessException($"{file} imports '{call.Name}' of WASI; --host wasi runs it as a WASI command");
        }
    }

    /// <summary>A command with this host around it.</summary>
    /// <param name="path">Its module.</param>
    /// <param name="words">The arguments of its command line.</param>
    public ProgramDefinition ToProgram(string path, IReadOnlyList<string> words) => ProgramDefinition.OfCommand(path) with
    {
        Arguments = words,
        Inputs = Inputs,
        StandardInput = StandardInput,
        Environment = Environment,
    };
}
