using System.CommandLine;
using Harness.Engine.Modules;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using Harness.Hosts.Wasi;

namespace Harness.Experiments.Commands;

/// <summary>The options <c>--host</c> and <c>--input</c>, by which the user says what a module that no manifest has needs around it.</summary>
internal sealed class HostOptions
{
    /// <summary>The name of the argument that takes the arguments of a module or program.</summary>
    public const string ArgumentsName = "args";

    /// <summary>What the arguments of such a module are.</summary>
    public const string ArgumentsText = "arguments: numbers, by the function's parameter types; words, for a WASI command (behind -- where they begin with --)";

    private readonly Option<string> host = new("--host") { Description = "what the module needs: none, or wasi for a command that is run from its beginning", HelpName = "none|wasi", DefaultValueFactory = _ => "none" };

    private readonly Option<string[]> inputs = new("--input") { Description = "file that a WASI command finds by its name alone, in a folder in memory (may be repeated)", HelpName = "FILE", DefaultValueFactory = _ => [] };

    private readonly Option<string> invoke;

    private HostOptions(Option<string> invoke) => this.invoke = invoke;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="invoke">Its option that names a function, which a WASI command has no use for.</param>
    public static HostOptions AddTo(Command command, Option<string> invoke)
    {
        var options = new HostOptions(invoke);
        command.Options.Add(options.host);
        command.Options.Add(options.inputs);
        return options;
    }

    /// <summary>Refuses the options for a program of a manifest, which says itself what it needs.</summary>
    /// <exception cref="HarnessException">One of them was given.</exception>
    public void RefuseForProgram(ParseResult parsed, string program)
    {
        if (IsGiven(parsed, host) || IsGiven(parsed, inputs))
            throw new HarnessException($"--host and --input are for modules of your own, and '{program}' is a program, whose manifest names its host and files; leave them out");
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
            RefuseForProgram(parsed, fileOrName);
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
        var kind = parsed.GetRequiredValue(host) switch
        {
            "none" => HostKind.None,
            "wasi" => HostKind.Wasi,
            var other => throw new HarnessException($"--host takes none or wasi, not '{other}'; programs with scripts are described in a manifest (workloads/README.md)"),
        };
        var files = parsed.GetValue(inputs) ?? [];
        if (kind == HostKind.None && files.Length > 0)
            throw new HarnessException($"--input {files[0]} is for WASI commands alone; add --host wasi");
        if (kind == HostKind.Wasi && IsGiven(parsed, invoke))
            throw new HarnessException($"--host wasi runs a command from its beginning, and --invoke {parsed.GetValue(invoke)} calls one function; leave one of them out");
        if (files.GroupBy(file => Path.GetFileName(file)).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new HarnessException($"--input names two files '{twice.Key}', which the command could not tell apart: it finds them by their names alone");
        return new ModuleHost(kind, [.. files.Select(file => Path.GetFullPath(file))]);
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}

/// <summary>What a module that no manifest has needs around it.</summary>
/// <param name="Kind"><see cref="HostKind.None"/>, or <see cref="HostKind.Wasi"/> for a command.</param>
/// <param name="Inputs">Full paths of the files that a command finds.</param>
internal sealed record ModuleHost(HostKind Kind, IReadOnlyList<string> Inputs)
{
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
            throw new HarnessException($"{file} imports '{glue.Name}' from the script that Emscripten has made with it; programs with scripts are described in a manifest (workloads/README.md)");
        if (!IsForCommands && functions.Find(import => import.ModuleName == WasiHost.ModuleName) is { } call)
            throw new HarnessException($"{file} imports '{call.Name}' of WASI; --host wasi runs it as a WASI command");
    }

    /// <summary>A command with this host around it.</summary>
    /// <param name="path">Its module.</param>
    /// <param name="words">The arguments of its command line.</param>
    public ProgramDefinition ToProgram(string path, IReadOnlyList<string> words) => ProgramDefinition.OfCommand(path) with { Arguments = words, Inputs = Inputs };
}
