using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.V8;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// Reads sweep files. A sweep lists its configurations, gives a grid of knob values of which every combination is a
/// configuration, or both:
/// <code>
/// title: Budget and deopts
/// engines: [ours, v8]
/// workloads: [v8-example, sort]   # names of workloads or of groups, or all
/// knobs: {polymorphism-limit: 4}  # for every configuration
/// grid:
///   inlining.budget: [100, 5000]
///   deopt: [on, off]
/// baseline: inlining.budget=100 deopt=on
/// </code>
/// A configuration may be meant for some engines only (<c>engines: [jsc]</c>), and an engine may have a baseline of its own (<c>baselines: {jsc: no-inlining}</c>).
/// Programs that no manifest has stand in the file itself (<c>programs</c>, as in a manifest, with paths relative to the file).
/// </summary>
internal static class SweepFile
{
    /// <summary>Finds a sweep by name (in <c>experiments/sweeps</c>) or path, and reads it.</summary>
    /// <param name="nameOrPath">Its name or path.</param>
    /// <param name="catalog">The programs that it can name.</param>
    /// <exception cref="HarnessException">There is none, or it is wrong.</exception>
    public static SweepDefinition Find(string nameOrPath, ProgramCatalog catalog)
    {
        var path = IsNamed(nameOrPath) ? PathOf(nameOrPath) : nameOrPath;
        if (File.Exists(path))
        {
            return Read(path, catalog);
        }

        var names = Directory.EnumerateFiles(ProjectLayout.Sweeps, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order().ToList();
        throw new HarnessException($"there is no sweep or file '{nameOrPath}'; {ProjectLayout.Sweeps} has: {string.Join(", ", names)}");
    }

    /// <summary>Whether this names a sweep of the project, and is no path.</summary>
    public static bool IsNamed(string nameOrPath) => File.Exists(PathOf(nameOrPath));

    /// <summary>Reads a sweep file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="catalog">The programs that it can name.</param>
    /// <exception cref="HarnessException">It is wrong; the message says where and how to mend it.</exception>
    public static SweepDefinition Read(string path, ProgramCatalog catalog) => Read(path, () => catalog, known: null);

    /// <summary>Reads a sweep file beside its results.</summary>
    /// <param name="path">The file.</param>
    /// <param name="catalog">Reads the programs that it can name, where the workloads are to be looked up.</param>
    /// <param name="known">The workloads that it stood for when it was measured; null to look them up.</param>
    /// <exception cref="HarnessException">It is wrong; the message says where and how to mend it.</exception>
    public static SweepDefinition Read(string path, Func<ProgramCatalog> catalog, IReadOnlyList<Workload>? known)
    {
        return Parse(YamlFile.ReadText(path, "sweep file"), path, catalog, known);
    }

    /// <summary>Reads the text of a sweep file, which need not be there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it stands, or would: the sweep has the name of the file, and the paths of its programs are relative to it.</param>
    /// <param name="catalog">Reads the programs that it can name, where the workloads are to be looked up.</param>
    /// <param name="known">The workloads that it stood for when it was measured; null to look them up.</param>
    /// <exception cref="HarnessException">It is wrong; the message says where and how to mend it.</exception>
    public static SweepDefinition Parse(string text, string path, Func<ProgramCatalog> catalog, IReadOnlyList<Workload>? known)
    {
        var document = YamlFile.Parse<Document>(text, path, "sweep file");
        try
        {
            return document.ToDefinition(path, text, catalog, known);
        }
        catch (Exception exception) when (exception is HarnessException or KnobException)
        {
            throw new HarnessException($"sweep file {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Most repetitions of a cell.</summary>
    public const int MostRepetitions = 10_000;

    private static string PathOf(string name) => Path.Combine(ProjectLayout.Sweeps, name + ".yaml");

    /// <summary>Most configurations of a sweep: more than anybody measures, and few enough to plan at once.</summary>
    private const int MostConfigurations = 10_000;

    /// <summary>Most cells likewise.</summary>
    private const int MostCells = 1_000_000;

    private sealed class Document
    {
        public string? Title { get; set; }

        public List<string> Engines { get; set; } = [OwnEngine.EngineName];

        public List<string>? Workloads { get; set; }

        public Dictionary<string, string?> Knobs { get; set; } = [];

        public List<ConfigurationEntry> Configurations { get; set; } = [];

        public Dictionary<string, List<string?>?> Grid { get; set; } = [];

        public string? Baseline { get; set; }

        public int Repetitions { get; set; } = 21;

        public int Seed { get; set; } = 1;

        public WarmUpEntry WarmUp { get; set; } = new();

        public int TimedCalls { get; set; } = 3;

        public double TimeoutSeconds { get; set; } = 120;

        public List<string> V8Ignores { get; set; } = [];

        public Dictionary<string, List<string>?> Ignores { get; set; } = [];

        public Dictionary<string, string> Baselines { get; set; } = [];

        public Dictionary<string, string?>? GroupBaseline { get; set; }

        public List<Dictionary<string, string?>?>? Include { get; set; }

        public List<Dictionary<string, string?>?>? Exclude { get; set; }

        public List<ProgramManifest.Entry> Programs { get; set; } = [];

        public SweepDefinition ToDefinition(string path, string text, Func<ProgramCatalog> catalog, IReadOnlyList<Workload>? known)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            Require(Workloads is { Count: > 0 }, "it does not say what to measure; write 'workloads: [NAME, …]', or 'workloads: [all]' for all of them");
            Require(Engines.Count > 0, "it names no engine; write 'engines: [ours]', or leave the field out");
            var configurations = GroupBaseline is { Count: > 0 } grouped ? GroupedConfigurations.Group(MakeConfigurations(), grouped) : MakeConfigurations();
            var baseline = Baseline ?? configurations[0].Name;
            Require(configurations.Any(configuration => configuration.Name == baseline),
                $"the baseline '{baseline}' is none of the configurations {string.Join(", ", configurations.Select(configuration => $"'{configuration.Name}'"))}");
            Require(Repetitions is >= 1 and <= MostRepetitions, $"repetitions must be in 1..{MostRepetitions}, not {Repetitions}");
            Require(TimedCalls is >= 1 and <= 1_000_000, $"timed-calls must be in 1..1000000, not {TimedCalls}");
            Require(TimeoutSeconds is > 0 and <= 86_400, $"timeout-seconds must be in 1..86400, not {TimeoutSeconds}");
            var cells = (long)Engines.Distinct().Count() * configurations.Count * Workloads!.Count;
            Require(cells <= MostCells, $"it has {cells} cells (engines × configurations × workloads); at most {MostCells} are measured in one sweep");
            Require(AreTimes(WarmUp.Milliseconds, WarmUp.LimitMilliseconds, WarmUp.GainMilliseconds ?? 0, WarmUp.Tolerance), "warm-up needs milliseconds, limits and a tolerance that are finite and not negative");
            Require(WarmUp.Window >= 2 && WarmUp.Calls >= WarmUp.Window, "warm-up needs a window of at least 2, and at least as many calls");
            Require(WarmUp.Gain is > 0 and < 1 && WarmUp.GainCalls >= 1 && WarmUp.GainMilliseconds is null or >= 0, "warm-up needs a gain between 0 and 1, at least one of gain-calls, and gain-milliseconds that are not negative");
            Require(WarmUp.GainMilliseconds is null || WarmUp.GainMilliseconds < WarmUp.LimitMilliseconds, "warm-up needs gain-milliseconds below limit-milliseconds, or times never settle");
            var ignores = ReadIgnores();
            foreach (var (engine, own) in Baselines)
            {
                Require(configurations.Any(configuration => configuration.Name == own && configuration.IsFor(EngineCatalog.CheckName(engine))),
                    $"the baseline '{own}' of {engine} is none of its configurations {string.Join(", ", configurations.Where(configuration => configuration.IsFor(engine)).Select(configuration => $"'{configuration.Name}'"))}");
            }

            var all = known is not null ? null : Programs.Count == 0 ? catalog() : catalog().With(ProgramManifest.ReadEntries(path, Programs));
            var workloads = known ?? [.. Workloads!.SelectMany(all!.Select).Distinct()];
            return new SweepDefinition
            {
                Name = name,
                Title = Title ?? name,
                Engines = [.. Engines.Select(EngineCatalog.CheckName).Distinct()],
                Workloads = workloads,
                Programs = all is null ? [] : [.. workloads.Select(workload => workload.Program).Distinct().Select(all.Find)],
                Configurations = configurations,
                Baseline = baseline,
                Repetitions = Repetitions,
                Seed = Seed,
                WarmUp = new WarmUpRule(WarmUp.Calls, WarmUp.Milliseconds, WarmUp.Window, WarmUp.Tolerance, WarmUp.LimitMilliseconds, WarmUp.Gain, WarmUp.GainCalls, WarmUp.GainMilliseconds ?? Math.Min(WarmUpRule.UsualGainMilliseconds, WarmUp.LimitMilliseconds / 5)),
                TimedCalls = TimedCalls,
                Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
                Baselines = Baselines,
                Ignores = ignores,
                Include = [.. (Include ?? []).Select(fields => new CellCondition(fields ?? []))],
                Exclude = [.. (Exclude ?? []).Select(fields => new CellCondition(fields ?? []))],
                SourceText = text,
            };
        }

        private static bool AreTimes(params ReadOnlySpan<double> numbers)
        {
            foreach (var number in numbers)
            {
                if (!double.IsFinite(number) || number < 0)
                {
                    return false;
                }
            }

            return true;
        }

        private List<SweepConfiguration> MakeConfigurations()
        {
            var size = Grid.Values.Aggregate(1.0, (product, values) => product * (values?.Count ?? 0));
            Require(size <= MostConfigurations, FormattableString.Invariant($"the grid has {size:#,0} configurations; at most {MostConfigurations:#,0} are measured in one sweep: take fewer values, or split it"));
            var configurations = Configurations
                .Select(entry => new SweepConfiguration(entry.Name, entry.Title ?? entry.Name, Merge(entry.Knobs), entry.Engines is null ? null : [.. entry.Engines.Select(EngineCatalog.CheckName)]) { Baseline = entry.Baseline })
                .ToList();
            if (Grid.Count > 0)
            {
                configurations.AddRange(Combinations([.. Grid]).Select(values => new SweepConfiguration(GridName(values), GridName(values), Merge(values))));
            }

            Require(configurations.Count > 0, "it has no configurations; write a list 'configurations' or a 'grid'");
            foreach (var configuration in configurations)
            {
                Require(configuration.Name.Length > 0, "each configuration needs a name");
                Require(!configuration.Name.Any(char.IsControl), $"the name of a configuration has a character that cannot be printed; it would tear the lines of results.csv: {string.Concat(configuration.Name.Where(symbol => !char.IsControl(symbol)))}");
                KnobCatalog.Check(configuration.Knobs);
            }

            var repeated = configurations.GroupBy(configuration => configuration.Name).FirstOrDefault(group => group.Count() > 1);
            Require(repeated is null, $"two configurations are named '{repeated?.Key}'");
            var names = configurations.Select(configuration => configuration.Name).ToHashSet();
            foreach (var configuration in configurations)
            {
                Require(configuration.Baseline is null || names.Contains(configuration.Baseline), $"the baseline '{configuration.Baseline}' of '{configuration.Name}' is none of the configurations");
            }

            return configurations;
        }

        private Dictionary<string, IReadOnlySet<string>> ReadIgnores()
        {
            var ignores = Ignores.ToDictionary(pair => EngineCatalog.CheckName(pair.Key), pair => (pair.Value ?? []).ToHashSet());
            if (V8Ignores.Count > 0)
            {
                ignores[V8Engine.EngineName] = [.. ignores.GetValueOrDefault(V8Engine.EngineName) ?? [], .. V8Ignores];
            }

            foreach (var knob in ignores.Values.SelectMany(knobs => knobs))
            {
                KnobCatalog.Find(knob);
            }

            return ignores.ToDictionary(pair => pair.Key, IReadOnlySet<string> (pair) => pair.Value);
        }

        private Dictionary<string, string> Merge(IEnumerable<KeyValuePair<string, string?>>? knobs)
        {
            var merged = new Dictionary<string, string>();
            foreach (var (name, value) in Knobs.Concat(knobs ?? []))
            {
                merged[name] = value ?? throw new HarnessException($"knob '{name}' has no value; write one, as in '{name}: {KnobCatalog.Find(name).DefaultText}'");
            }

            return merged;
        }

        private static string GridName(IEnumerable<KeyValuePair<string, string?>> values) =>
            string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}"));

        private static IEnumerable<KeyValuePair<string, string?>[]> Combinations(KeyValuePair<string, List<string?>?>[] axes)
        {
            IEnumerable<KeyValuePair<string, string?>[]> combinations = [[]];
            foreach (var (knob, values) in axes)
            {
                Require(values is { Count: > 0 }, $"the grid has no values for '{knob}'");
                combinations = combinations.SelectMany(prefix => values!.Select(value => (KeyValuePair<string, string?>[])[.. prefix, new(knob, value)]));
            }

            return combinations;
        }

        private static void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new HarnessException(message);
            }
        }
    }

    private sealed class ConfigurationEntry
    {
        public string Name { get; set; } = "";

        public string? Title { get; set; }

        public Dictionary<string, string?> Knobs { get; set; } = [];

        public string? Baseline { get; set; }

        public List<string>? Engines { get; set; }
    }

    private sealed class WarmUpEntry
    {
        public int Calls { get; set; } = WarmUpRule.Usual.MinimumCalls;

        public double Milliseconds { get; set; } = WarmUpRule.Usual.MinimumMilliseconds;

        public int Window { get; set; } = WarmUpRule.Usual.Window;

        public double Tolerance { get; set; } = WarmUpRule.Usual.Tolerance;

        public double LimitMilliseconds { get; set; } = WarmUpRule.Usual.LimitMilliseconds;

        public double Gain { get; set; } = WarmUpRule.Usual.Gain;

        public int GainCalls { get; set; } = WarmUpRule.Usual.GainCalls;

        /// <summary>Null for the usual, or a fifth of the limit where that is less: times must be able to settle before it.</summary>
        public double? GainMilliseconds { get; set; }
    }
}
