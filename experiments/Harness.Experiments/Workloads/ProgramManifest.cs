using System.Text.RegularExpressions;
using Harness.Experiments.Costs;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Workloads;

/// <summary>
/// Reads manifests of programs. A manifest is a list of entries, or a table whose <c>programs</c> is that list and whose other fields
/// hold for all entries that do not say otherwise. <c>workloads/README.md</c> describes the fields; for example
/// <code>
/// origin: https://github.com/mkustermann/wasm_gc_benchmarks
/// programs:
///   - name: typed-data
///     file: out/typed_data.wasm
///     host: javascript
///     driver: dart2wasm
///     files: {glue: out/typed_data.mjs}
///     iterations: 1
///     metric: {pattern: '^(?&lt;name&gt;.+)\(RunTime\): (?&lt;value&gt;[0-9.]+) us', unit: us, names: [MatrixMultiply]}
/// </code>
/// </summary>
internal static class ProgramManifest
{
    private const string Kind = "program manifest";

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="suite">Name of the suite that it describes; empty for the project's own programs.</param>
    /// <param name="folder">The folder that its paths are relative to; null where that is not known.</param>
    /// <exception cref="HarnessException">It is missing or wrong.</exception>
    public static IReadOnlyList<ProgramDefinition> Read(string path, string suite, string? folder)
    {
        var text = YamlFile.ReadText(path, Kind);
        var document = IsList(text) ? new Document { Programs = YamlFile.Parse<List<Entry>>(text, path, Kind) } : YamlFile.Parse<Document>(text, path, Kind);
        var context = new Context(path, suite, folder is null ? null : Path.GetFullPath(folder), document);
        var programs = document.Programs.Select(entry => entry.ToProgram(context)).ToList();
        var repeated = programs.SelectMany(program => program.Workloads).GroupBy(workload => workload.Name).FirstOrDefault(group => group.Count() > 1);
        return repeated is null ? programs : throw new HarnessException($"{Kind} {path}: two programs are named '{repeated.Key}'");
    }

    /// <summary>Makes programs of entries that stand in another file, with paths relative to it.</summary>
    /// <param name="path">That file.</param>
    /// <param name="entries">The entries.</param>
    /// <exception cref="HarnessException">An entry is wrong.</exception>
    public static IReadOnlyList<ProgramDefinition> ReadEntries(string path, IReadOnlyList<Entry> entries)
    {
        var context = new Context(path, "", Path.GetDirectoryName(Path.GetFullPath(path)), new Document());
        return [.. entries.Select(entry => entry.ToProgram(context))];
    }

    private static bool IsList(string text) =>
        text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && line[0] != '#' && line != "---") is not { } first || first[0] is '-' or '[';

    internal sealed record Context(string Manifest, string Suite, string? Folder, Document Defaults);

    internal sealed class Document
    {
        public string Host { get; set; } = "none";

        public string? Driver { get; set; }

        public string Group { get; set; } = "";

        public Dictionary<string, string> Packages { get; set; } = [];

        public string Licence { get; set; } = "";

        public string Origin { get; set; } = "";

        public List<Entry> Programs { get; set; } = [];
    }

    /// <summary>A program as a manifest writes it.</summary>
    internal sealed class Entry
    {
        public string Name { get; set; } = "";

        public string File { get; set; } = "";

        public string? Package { get; set; }

        public BuildEntry? Build { get; set; }

        public string Source { get; set; } = "";

        public Dictionary<string, string>? Packages { get; set; }

        public string? Host { get; set; }

        public string? Driver { get; set; }

        public Dictionary<string, string> Files { get; set; } = [];

        public List<string> Scripts { get; set; } = [];

        /// <summary>A list of files and folders, which the program finds by their names, or a table of them by the places where it finds them.</summary>
        public object? Inputs { get; set; }

        public string? Stdin { get; set; }

        public List<string> Arguments { get; set; } = [];

        public Dictionary<string, string> Environment { get; set; } = [];

        public string? Title { get; set; }

        public string Description { get; set; } = "";

        public string? Group { get; set; }

        public string? Licence { get; set; }

        public string? Origin { get; set; }

        public string? Iteration { get; set; }

        public int Iterations { get; set; }

        public string Invoke { get; set; } = "main";

        public List<string> Args { get; set; } = [];

        public List<string> Expected { get; set; } = [];

        public long Calls { get; set; }

        public WarmUpEntry? Warmup { get; set; }

        public CheckEntry? Check { get; set; }

        public bool Volatile { get; set; }

        public bool ChecksItself { get; set; }

        public MetricEntry? Metric { get; set; }

        public ProgramDefinition ToProgram(Context context)
        {
            if (Name.Length == 0 || (File.Length == 0 && Build is null && Source.Length == 0 && Scripts.Count == 0))
            {
                throw new HarnessException($"{Kind} {context.Manifest}: each entry needs a name, and a file, a build, a source or scripts (see '{Name}{File}')");
            }

            if (Name.Any(char.IsControl))
            {
                throw new HarnessException($"{Kind} {context.Manifest}: the name of a program has a character that cannot be printed; it would tear the lines of results.csv: {string.Concat(Name.Where(symbol => !char.IsControl(symbol)))}");
            }

            try
            {
                return Convert(context);
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException or HarnessException)
            {
                throw new HarnessException($"{Kind} {context.Manifest}: program '{Name}': {OneLine.Of(exception.Message)}", exception);
            }
        }

        private ProgramDefinition Convert(Context context)
        {
            var host = ParseEnum<HostKind>(Host ?? context.Defaults.Host, "host");
            var iteration = Iteration is null ? DefaultIteration(host) : ParseEnum<IterationKind>(Iteration, "iteration");
            var hasDriver = host is HostKind.JavaScript or HostKind.Emscripten;
            var driver = hasDriver ? Driver ?? context.Defaults.Driver : Driver;
            if (hasDriver != (driver is not null))
            {
                throw new FormatException(driver is null ? $"the host {Words(host)} needs a driver" : "only the hosts javascript and emscripten have drivers");
            }

            if (Package is not null && (File.Length == 0 || !NodeInstallation.ProgramPackages.Contains(Package)))
            {
                throw new FormatException(File.Length == 0 ? "a package needs the path of the module in it (file)" : $"unknown package '{Package}'; there are {string.Join(", ", NodeInstallation.ProgramPackages)}");
            }

            if ((iteration == IterationKind.Script) != (host is HostKind.JavaScript or HostKind.J2cl or HostKind.Emscripten))
            {
                throw new FormatException($"an iteration of a program with the host {Words(host)} is no '{Words(iteration)}'");
            }

            if (host is HostKind.Stubs or HostKind.Compile or HostKind.Traps or HostKind.Instances && iteration != IterationKind.Instance)
            {
                throw new FormatException($"an iteration of a program with the host {Words(host)} is an instance, not a '{Words(iteration)}'");
            }

            if (Iterations is < 0 or > 1_000_000)
            {
                throw new FormatException($"iterations must be in 0..1000000, not {Iterations}");
            }

            if ((Source.Length > 0) != (host == HostKind.Dart) || (Source.Length > 0 && (File.Length > 0 || Build is not null)))
            {
                throw new FormatException("a program with the host dart has a source, its Dart file, in place of a file or build; others have none");
            }

            if (File.Length == 0 && Build is null && Source.Length == 0 && host != HostKind.JavaScript)
            {
                throw new FormatException("it has scripts only, which need the host javascript");
            }

            if (host is not (HostKind.Wasi or HostKind.Sightglass) && (Inputs is not null || Stdin is not null || Environment.Count > 0))
            {
                throw new FormatException($"only the hosts wasi and sightglass give a program inputs, a standard input and environment variables, not {Words(host)}");
            }

            foreach (var (variable, value) in Environment)
            {
                ProgramEnvironment.Check(variable, value);
            }

            var hasCommandLine = host is HostKind.Wasi or HostKind.Sightglass or HostKind.JavaScript or HostKind.Emscripten || (host == HostKind.Dart && iteration == IterationKind.Instance);
            if (Arguments.Count > 0 && !hasCommandLine)
            {
                throw new FormatException($"a program with the host {Words(host)} whose iteration is a '{Words(iteration)}' has no command line; leave out its arguments, or give a function args");
            }

            var timed = iteration == IterationKind.Call ? new Invocation(Invoke, Literals(Args), Literals(Expected)) : null;
            var group = Group ?? (context.Defaults.Group.Length > 0 ? context.Defaults.Group : context.Suite);
            var name = context.Suite.Length == 0 ? Name : $"{context.Suite}/{Name}";
            var title = Title ?? Name;
            var ownMetric = host switch { HostKind.Instances => InstanceCost.Metric, HostKind.Traps => TrapCost.Metric, _ => null };
            if (Metric is not null && ownMetric is not null)
            {
                throw new FormatException($"a program with the host {Words(host)} has times of its own, and no metric");
            }

            var metric = ownMetric ?? Metric?.ToPattern();
            return new ProgramDefinition
            {
                Name = name,
                Title = title,
                Description = Description,
                Group = group,
                Suite = context.Suite,
                Folder = context.Folder,
                Host = host,
                Module = File,
                Package = Package,
                Build = Build?.ToBuild(),
                Source = Source,
                Packages = Packages ?? context.Defaults.Packages,
                Driver = driver is null ? null : PathOfDriver(driver, context),
                Files = Files,
                Scripts = Scripts,
                Inputs = ReadInputs(Inputs),
                StandardInput = Stdin,
                Arguments = Arguments,
                Environment = Environment,
                Iteration = iteration,
                Timed = timed,
                WarmUp = Warmup is null ? timed : new Invocation(Warmup.Invoke ?? Invoke, Literals(Warmup.Args), Literals(Warmup.Expected)),
                Iterations = Iterations > 0 || metric is null ? Iterations : 1,
                Check = Check?.ToCheck(context.Folder) ?? new ResultCheck(),
                Expectations = [.. new[] { Check?.TextFile, Check?.ErrorTextFile }.OfType<string>()],
                IsVolatile = Volatile || ownMetric is not null,
                ChecksItself = ChecksItself,
                Metric = metric,
                License = Licence ?? context.Defaults.Licence,
                Origin = Origin ?? context.Defaults.Origin,
                Workloads = metric is null
                    ? [new Workload { Name = name, Title = title, Group = group, Program = name, Calls = Calls }]
                    : [.. metric.Names.Select(row => new Workload { Name = $"{name}/{row}", Title = host == HostKind.Instances ? $"{title}: {row}" : row, Group = group, Program = name, Metric = row })],
            };
        }

        private static List<ProgramInput> ReadInputs(object? inputs)
        {
            return inputs switch
            {
                null => [],
                List<object> files => [.. files.Select(file => ProgramInput.ByName(Text(file)))],
                Dictionary<object, object> places => [.. places.Select(place => ProgramInput.At(Text(place.Key), Text(place.Value)))],
                _ => throw Mistake(),
            };

            static string Text(object? value) => value is string { Length: > 0 } text ? text : throw Mistake();

            static FormatException Mistake() => new("inputs are a list of files and folders, [in.txt], or a table of them by the places where the program finds them, {data/in.txt: in.txt}");
        }

        private static IterationKind DefaultIteration(HostKind host) => host switch
        {
            HostKind.JavaScript or HostKind.J2cl or HostKind.Emscripten => IterationKind.Script,
            HostKind.Wasi or HostKind.Sightglass or HostKind.Stubs or HostKind.Compile or HostKind.Traps or HostKind.Instances => IterationKind.Instance,
            _ => IterationKind.Call,
        };

        /// <summary>A driver of the project by its name, or a file of the suite by a path.</summary>
        private static string? PathOfDriver(string driver, Context context) =>
            !driver.Contains('/', StringComparison.Ordinal) && !driver.Contains('.', StringComparison.Ordinal)
                ? Path.Combine(ProjectLayout.Drivers, driver + ".mjs")
                : Path.Combine(context.Folder ?? "", driver);

        private static List<TypedLiteral> Literals(List<string> texts) => [.. texts.Select(TypedLiteral.Parse)];
    }

    private static T ParseEnum<T>(string text, string field)
        where T : struct, Enum
    {
        var value = Enum.GetValues<T>().Cast<T?>().FirstOrDefault(candidate => Words(candidate!.Value) == text);
        return value ?? throw new FormatException($"unknown {field} '{text}'; there are {string.Join(", ", Enum.GetValues<T>().Select(Words))}");
    }

    private static string Words<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static Regex Pattern(string text)
    {
        try
        {
            // Without backtracking no pattern takes more than linear time.
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException exception)
        {
            throw new FormatException($"the pattern '{text}' looks around or back, which is not supported", exception);
        }
    }

    internal sealed class BuildEntry
    {
        public string Command { get; set; } = "";

        public List<string> Sources { get; set; } = [];

        public ModuleBuild ToBuild() => Command.Length > 0 && Sources.Count > 0 ? new ModuleBuild(Command, Sources) : throw new FormatException("a build needs a command and its sources");
    }

    internal sealed class WarmUpEntry
    {
        public string? Invoke { get; set; }

        public List<string> Args { get; set; } = [];

        public List<string> Expected { get; set; } = [];
    }

    internal sealed class CheckEntry
    {
        public string? Text { get; set; }

        public string? TextFile { get; set; }

        public string? ErrorText { get; set; }

        public string? ErrorTextFile { get; set; }

        public string? Sha256 { get; set; }

        public string? Pattern { get; set; }

        public string? Forbidden { get; set; }

        public int ExitCode { get; set; }

        public Dictionary<string, string> Files { get; set; } = [];

        public ResultCheck ToCheck(string? folder) => new()
        {
            Text = TextFile is null ? Text : ReadExpected(folder, TextFile),
            ErrorText = ErrorTextFile is null ? ErrorText : ReadExpected(folder, ErrorTextFile),
            Sha256 = Sha256,
            Pattern = Pattern is null ? null : ProgramManifest.Pattern(Pattern),
            Forbidden = Forbidden is null ? null : ProgramManifest.Pattern(Forbidden),
            ExitCode = ExitCode,
            Files = Files,
        };

        /// <summary>The expected text, from the suite's own file; null while that is not there, which makes the program absent.</summary>
        private static string? ReadExpected(string? folder, string file) =>
            folder is null || !Directory.Exists(folder) || Path.Combine(folder, file) is var path && !System.IO.File.Exists(path) ? null : System.IO.File.ReadAllText(path);
    }

    internal sealed class MetricEntry
    {
        public string Pattern { get; set; } = "";

        public string Unit { get; set; } = "ms";

        public List<string> Names { get; set; } = [];

        public MetricPattern ToPattern()
        {
            var pattern = ProgramManifest.Pattern(Pattern);
            if (!pattern.GetGroupNames().Contains("name") || !pattern.GetGroupNames().Contains("value"))
            {
                throw new FormatException($"the metric's pattern '{Pattern}' needs the groups (?<name>…) and (?<value>…)");
            }

            if (!MetricPattern.Units.TryGetValue(Unit, out var unit))
            {
                throw new FormatException($"unknown unit '{Unit}'; there are {string.Join(", ", MetricPattern.Units.Keys)}");
            }

            if (Names.Count == 0 || Names.Distinct().Count() < Names.Count)
            {
                throw new FormatException("the metric needs the names that must occur, each once");
            }

            if (Names.Any(name => name.Any(char.IsControl)))
            {
                throw new FormatException("a name of the metric has a character that cannot be printed; it would tear the lines of results.csv");
            }

            return new MetricPattern(pattern, unit, Names);
        }
    }
}
