using System.Security.Cryptography;
using System.Text;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Workloads;

/// <summary>A program to run and measure: its module, its host, what one iteration is, and the results that it must give.</summary>
internal sealed record ProgramDefinition
{
    /// <summary>Name as used on the command line and in sweep files: unique, after the suite's name and a slash where it is of a suite.</summary>
    public required string Name { get; init; }

    /// <summary>Title for charts.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence about what it does or exercises.</summary>
    public string Description { get; init; } = "";

    /// <summary>Name of the group that it belongs to; empty if none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Name of the suite that it is of; empty for the project's own.</summary>
    public string Suite { get; init; } = "";

    /// <summary>The folder that all paths are relative to; null while nobody has said where the suite is.</summary>
    public required string? Folder { get; init; }

    /// <summary>What the module needs around it.</summary>
    public required HostKind Host { get; init; }

    /// <summary>Path of the <c>.wat</c> or <c>.wasm</c> file, relative to the folder or in the package; empty where a command makes the module.</summary>
    public string Module { get; init; } = "";

    /// <summary>The npm package that has the module, and is restored on first need: a folder of <c>experiments/node</c>; null where the folder has it.</summary>
    public string? Package { get; init; }

    /// <summary>How the module is made of sources; null where it is there.</summary>
    public ModuleBuild? Build { get; init; }

    /// <summary>Path of the Dart file that the module is compiled from, relative to the folder; empty where it is not.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether the project's own compiler makes its module, as the knobs of the compiler say.</summary>
    public bool IsCompiled => Source.Length > 0;

    /// <summary>Folders of the packages that the Dart file imports, by name, relative to the folder.</summary>
    public IReadOnlyDictionary<string, string> Packages { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Full path of the script (<c>workloads/drivers</c>) that runs the program's own scripts, or calls the exports of a library; null but for the hosts
    /// <c>javascript</c> and <c>emscripten</c>.
    /// </summary>
    public string? Driver { get; init; }

    /// <summary>Further files that the driver or the host asks for by name, as paths relative to the folder.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Scripts that the driver runs in this order before the first iteration, as paths relative to the folder.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    /// <summary>What the program finds in its working directory.</summary>
    public IReadOnlyList<ProgramInput> Inputs { get; init; } = [];

    /// <summary>The file that is its standard input, as a path relative to the folder; null where that is empty.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Arguments of the command line, without the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its environment variables, by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What one iteration is.</summary>
    public required IterationKind Iteration { get; init; }

    /// <summary>The call that is timed, where an iteration is a call.</summary>
    public Invocation? Timed { get; init; }

    /// <summary>The call that warms up: the timed one, or a shorter one.</summary>
    public Invocation? WarmUp { get; init; }

    /// <summary>How many iterations a process makes; 0 where it warms up and is then timed as the sweep says.</summary>
    public int Iterations { get; init; }

    /// <summary>What must come out of each iteration.</summary>
    public ResultCheck Check { get; init; } = new();

    /// <summary>Files of the suite that hold what must come out, as paths relative to the folder: without them the check would ask for less.</summary>
    public IReadOnlyList<string> Expectations { get; init; } = [];

    /// <summary>Whether what it prints differs from run to run, since it prints times: then results are not compared with each other.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>Whether it looks at its result itself, and fails if that is wrong.</summary>
    public bool ChecksItself { get; init; }

    /// <summary>How to read the times that it prints; null where its iterations are timed.</summary>
    public MetricPattern? Metric { get; init; }

    /// <summary>The licence of the program, as an SPDX identifier.</summary>
    public string License { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Its rows in the results.</summary>
    public IReadOnlyList<Workload> Workloads { get; init; } = [];

    /// <summary>A WASI command that no manifest has.</summary>
    /// <param name="path">Its module.</param>
    /// <param name="suite">The suite that it is of; empty for none.</param>
    public static ProgramDefinition OfCommand(string path, string suite = "")
    {
        var title = Path.GetFileNameWithoutExtension(path);
        var name = suite.Length == 0 ? title : $"{suite}/{title}";
        return new ProgramDefinition
        {
            Name = name,
            Title = title,
            Suite = suite,
            Group = suite,
            Folder = Path.GetDirectoryName(Path.GetFullPath(path)),
            Host = HostKind.Wasi,
            Module = Path.GetFileName(path),
            Iteration = IterationKind.Instance,
            Workloads = [new Workload { Name = name, Title = title, Group = suite, Program = name }],
        };
    }

    /// <summary>Full path of a file of the program.</summary>
    public string PathOf(string file) => Path.Combine(Folder ?? throw new HarnessException(MissingFolder), file);

    /// <summary>Why the program cannot be run here, in words; null if it can.</summary>
    public string? Absence
    {
        get
        {
            if (Folder is null)
            {
                return MissingFolder;
            }

            var files = (string[])[.. Module.Length > 0 && Package is null ? [Module] : Array.Empty<string>(), .. Source.Length > 0 ? [Source] : Array.Empty<string>(), .. Files.Values, .. Scripts, .. StandardInput is { } read ? [read] : Array.Empty<string>(), .. Expectations, .. Build?.Sources ?? []];
            var absent = files.FirstOrDefault(file => !File.Exists(PathOf(file))) ?? Inputs.Select(input => input.Path).FirstOrDefault(path => !Path.Exists(PathOf(path)));
            return absent is not null ? $"there is no file {PathOf(absent)}" : Driver is { } driver && !File.Exists(driver) ? $"there is no driver {driver}" : null;
        }
    }

    /// <summary>
    /// What its code is or is made of, each in words that name it whatever the program: module, Dart source, command and sources that it is built with, modules and their glue among the files. Programs that share any of it
    /// are one program with other arguments, for other hosts, or built otherwise.
    /// </summary>
    public IEnumerable<string> Origins
    {
        get
        {
            if (Build is { } build)
            {
                yield return $"'{build.Command}' in {Folder ?? Suite}";
                foreach (var source in build.Sources.Where(file => Path.GetExtension(file) is not (".h" or ".hpp")))
                {
                    yield return PlaceOf(source);
                }
            }

            if (Module.Length > 0)
            {
                yield return Package is { } package ? $"{package}:{Module}" : PlaceOf(Module);
            }

            if (Source.Length > 0)
            {
                yield return PlaceOf(Source);
            }

            foreach (var file in Files.Values.Where(file => Path.GetExtension(file) is ".wasm" or ".mjs"))
            {
                yield return PlaceOf(file);
            }
        }
    }

    /// <summary>A hash of all that the program is made of; results of different ones are not mixed.</summary>
    /// <param name="module">Path of its binary module; null where its scripts load it.</param>
    /// <param name="inputs">What it finds in its folder, entry by entry.</param>
    public string Fingerprint(string? module, IReadOnlyList<WorkerInput> inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (module is not null)
        {
            hash.AppendData(File.ReadAllBytes(module));
        }

        foreach (var file in Files.Values.Concat(Scripts).Select(PathOf).Concat(Driver is null ? [] : [Driver]).Concat(StandardInput is null ? [] : [PathOf(StandardInput)]))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        foreach (var input in inputs)
        {
            // Each part has a length of its own, so that nothing can move from one file into the next.
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes($"{input.Place}\0{input.Link}")));
            if (input.File is { } content)
            {
                hash.AppendData(SHA256.HashData(File.ReadAllBytes(content)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>A file by its path, or by its name in the suite where nobody has said where that is.</summary>
    private string PlaceOf(string file) => Path.Combine(Folder is null ? Suite : Path.GetFullPath(Folder), file);

    private string MissingFolder => SuiteCatalog.HowToGive(Suite);
}

/// <summary>What a program needs around its module.</summary>
internal enum HostKind
{
    /// <summary>Nothing but what engines provide themselves, and constant strings.</summary>
    None,

    /// <summary>WASI preview 1: a command whose <c>_start</c> is called.</summary>
    Wasi,

    /// <summary>WASI preview 1, and <c>bench.start</c> and <c>bench.end</c> around what is to be timed.</summary>
    Sightglass,

    /// <summary>What libraries compiled by Emscripten import; a driver calls their exports.</summary>
    Emscripten,

    /// <summary>Scripts, which load the module themselves.</summary>
    JavaScript,

    /// <summary>The functions of JavaScript that J2CL's programs import.</summary>
    J2cl,

    /// <summary>What modules of the project's own Dart compiler import.</summary>
    Dart,

    /// <summary>Functions that fail when they are called: the module is compiled and instantiated, and not run.</summary>
    Stubs,

    /// <summary>The module is compiled as a whole, and not instantiated.</summary>
    Compile,

    /// <summary>Nothing; what is measured is what traps cost by the depth of the stack: <see cref="Harness.Experiments.Costs.TrapCost"/>.</summary>
    Traps,

    /// <summary>As with stubs, and what is measured is what instances of the module cost: <see cref="Harness.Experiments.Costs.InstanceCost"/>.</summary>
    Instances,
}

/// <summary>What one iteration of a program is.</summary>
internal enum IterationKind
{
    /// <summary>A call of an export, whose results are checked.</summary>
    Call,

    /// <summary>A run of the driver's function, or of what the host calls.</summary>
    Script,

    /// <summary>A fresh instance, and a call of its <c>_start</c>; with the host <c>stubs</c> a fresh module and instance, and no call.</summary>
    Instance,
}

/// <summary>A call of an exported function with the results that it must give.</summary>
/// <param name="Function">Name of the export.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Expected">The results that it must give.</param>
internal sealed record Invocation(string Function, IReadOnlyList<TypedLiteral> Arguments, IReadOnlyList<TypedLiteral> Expected)
{
    /// <summary>The same in words.</summary>
    public WorkerInvocation Words() => new(Function, [.. Arguments.Select(literal => literal.ToString())], [.. Expected.Select(literal => literal.ToString())]);
}
