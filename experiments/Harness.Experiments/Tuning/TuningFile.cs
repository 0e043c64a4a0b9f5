using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Tuning.Search;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tuning;

/// <summary>
/// Reads specifications of tuning runs:
/// <code>
/// engine: ours
/// method: gaussian-process          # or tpe, cma-es, sobol, latin-hypercube, grid, random; hypervolume for several quantities
/// knobs:
///   inlining.budget: {low: 500, high: 50000, scale: log}
///   inlining.max-count: {low: 10, high: 1000, scale: log}
///   deopt: {}                       # all values of the registry
///   deopt.limit: {low: 1, high: 50, when: {deopt: [on]}}
/// train: [targets]                  # workloads or groups
/// validation: [inlining]
/// held-out: [data]
/// objective: {time: 1, memory: 0.2} # time alone where left out
/// constraints: {slower: 1.02, code: 1.05}
/// budget: {processes: 2000, minutes: 60}
/// </code>
/// </summary>
internal static class TuningFile
{
    /// <summary>Least fresh rounds: with fewer, the corrected test cannot find anything.</summary>
    public const int LeastConfirmRounds = 8;

    private const string Kind = "tuning specification";
    private const string Programs = "programs";
    private const string Benchmarks = "benchmarks";

    /// <summary>Reads a specification.</summary>
    /// <exception cref="HarnessException">It is wrong; the message says where and how to mend it.</exception>
    public static TuningSpecification Read(string path, ProgramCatalog catalog) => Parse(YamlFile.ReadText(path, Kind), path, Path.GetFileNameWithoutExtension(path), catalog);

    /// <summary>Reads the text of a specification.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">What it is called in messages: its file, or the name of a search that has none yet.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="catalog">The programs that there are.</param>
    /// <exception cref="HarnessException">It is wrong; the message says where and how to mend it.</exception>
    public static TuningSpecification Parse(string text, string origin, string name, ProgramCatalog catalog)
    {
        var document = YamlFile.Parse<Document>(text, origin, Kind);
        try
        {
            return document.ToSpecification(name, text, catalog);
        }
        catch (Exception exception) when (exception is HarnessException or KnobException)
        {
            throw new HarnessException($"{Kind} {origin}: {exception.Message}", exception);
        }
    }

    private static void Require(bool condition, FormattableString message)
    {
        if (!condition)
        {
            throw new HarnessException(FormattableString.Invariant(message));
        }
    }

    private sealed class Document
    {
        public string Engine { get; set; } = OwnEngine.EngineName;

        public string Method { get; set; } = SearchMethods.Names[0];

        public Dictionary<string, KnobEntry?> Knobs { get; set; } = [];

        public List<string> Train { get; set; } = [];

        public List<string> Validation { get; set; } = [];

        public List<string> HeldOut { get; set; } = [];

        public Dictionary<string, double?> Objective { get; set; } = [];

        public string Weigh { get; set; } = Programs;

        public Dictionary<string, double?> Constraints { get; set; } = [];

        public RacingEntry Racing { get; set; } = new();

        public BudgetEntry? Budget { get; set; }

        public int Finalists { get; set; } = 3;

        public int ConfirmRounds { get; set; } = 11;

        public int Seed { get; set; } = 1;

        public double TimeoutSeconds { get; set; } = 120;

        public int TimedCalls { get; set; } = 3;

        public TuningSpecification ToSpecification(string name, string text, ProgramCatalog catalog)
        {
            EngineCatalog.CheckName(Engine);
            Require(SearchMethods.Names.Contains(Method), $"unknown method '{Method}'; there are {string.Join(", ", SearchMethods.Names)}");
            Require(Knobs.Count > 0, $"it has no knobs to search; write 'knobs: {{inlining.budget: {{low: 500, high: 50000, scale: log}}}}'");
            Require(Knobs.Count <= SobolSearch.MostDimensions, $"it has {Knobs.Count} knobs; at most {SobolSearch.MostDimensions} are searched at once");
            var parameters = Knobs.Select(pair => (pair.Value ?? new KnobEntry()).ToParameter(pair.Key)).ToList();
            CheckConditions(parameters);
            if (parameters.Select(parameter => parameter.Name).FirstOrDefault(knob => KnobCatalog.OwnerOf(knob) is { } owner && owner.Name != Engine) is { } foreign)
            {
                throw new HarnessException($"knob '{foreign}' does nothing on {Engine}; leave it out, or write 'engine: {KnobCatalog.OwnerOf(foreign)!.Name}'");
            }

            Require(Train.Count > 0, $"it does not say what to measure; write 'train: [NAME, …]' with workloads or groups");
            var train = Select(Train, catalog);
            var validation = Select(Validation, catalog);
            var heldOut = Select(HeldOut, catalog);
            RefuseLeaks("train", train, "validation", validation, catalog);
            RefuseLeaks("train", train, "held-out", heldOut, catalog);
            RefuseLeaks("validation", validation, "held-out", heldOut, catalog);
            var (objective, constraints) = (ReadObjective(), ReadConstraints());
            Require(objective.Quantities.Count > 0, $"the objective has no weight; write 'objective: {{time: 1}}'");
            Require(Method != SearchMethods.OfSeveral || objective.Quantities.Count > 1, $"method {SearchMethods.OfSeveral} searches a front of several quantities; write 'objective: {{time: 1, code: 1}}', or take another method");
            Require(Weigh is Programs or Benchmarks, $"weigh takes {Programs} or {Benchmarks}, not '{Weigh}'");
            Require(Racing.Candidates is >= 1 and <= 1000, $"racing: candidates must be in 1..1000, not {Racing.Candidates}");
            Require(Racing.Rounds is >= 1 and <= 1000, $"racing: rounds must be in 1..1000, not {Racing.Rounds}");
            Require(Racing.Factor is >= 2 and <= 10, $"racing: factor must be in 2..10, not {Racing.Factor}");
            Require(Budget is not null, $"it has no budget; write 'budget: {{processes: 2000}}', or minutes");
            Require(Budget!.Processes is null or (>= 1 and <= 10_000_000), $"budget: processes must be in 1..10000000, not {Budget.Processes}");
            Require(Budget.Minutes is null or (> 0 and <= 100_000), $"budget: minutes must be above 0 and at most 100000, not {Budget.Minutes}");
            Require(Budget.Processes is not null || Budget.Minutes is not null, $"the budget is empty; write 'budget: {{processes: 2000}}', or minutes");
            Require(Budget.Processes is not null || !SearchMethods.OfFixedSize.Contains(Method), $"method {Method} makes a design for a number of processes, which minutes do not tell; write 'budget: {{processes: 2000}}', with minutes beside it if you like, or take another method");
            Require(Finalists is >= 1 and <= 20, $"finalists must be in 1..20, not {Finalists}");
            Require(ConfirmRounds is >= LeastConfirmRounds and <= 10_000, $"confirm-rounds must be in {LeastConfirmRounds}..10000, not {ConfirmRounds}; with fewer, no difference could be told from noise");
            Require(TimedCalls is >= 1 and <= 1_000_000, $"timed-calls must be in 1..1000000, not {TimedCalls}");
            Require(TimeoutSeconds is > 0 and <= 86_400, $"timeout-seconds must be in 1..86400, not {TimeoutSeconds}");
            var specification = new TuningSpecification
            {
                Name = name,
                Engine = Engine,
                Space = new SearchSpace(parameters),
                Method = Method,
                Train = train,
                Validation = validation,
                HeldOut = heldOut,
                Programs = train.Concat(validation).Concat(heldOut).Select(workload => workload.Program).Distinct().ToDictionary(program => program, catalog.Find),
                Objective = objective,
                WeighsBenchmarks = Weigh == Benchmarks,
                Constraints = constraints,
                Racing = new RacingRule(Racing.Candidates, Racing.Rounds, Racing.Factor),
                Processes = Budget.Processes ?? int.MaxValue,
                Minutes = Budget.Minutes ?? double.PositiveInfinity,
                Finalists = Finalists,
                ConfirmRounds = ConfirmRounds,
                Seed = Seed,
                TimeoutSeconds = TimeoutSeconds,
                TimedCalls = TimedCalls,
                SourceText = text,
            };
            foreach (var quantity in specification.Deciding)
            {
                quantity.RequireToldBy(EngineCatalog.Find(Engine));
            }

            Require(specification.ProcessesOfBatch <= specification.Processes, $"the budget of {specification.Processes} processes is too small for one batch, which takes up to {specification.ProcessesOfBatch}");
            return specification;
        }

        /// <summary>The weights that are given, and 1 for time where it has none.</summary>
        private TuningObjective ReadObjective()
        {
            var weights = new Dictionary<TuningQuantity, double> { [TuningQuantity.Time] = 1 };
            foreach (var (name, given) in Objective)
            {
                var quantity = TuningQuantity.Find(name) ?? throw new HarnessException($"objective: there is no quantity '{name}'; there are {string.Join(", ", TuningQuantity.All.Select(known => known.Name))}");
                var weight = given ?? throw new HarnessException($"objective: {name} has no weight; write one, or leave it out");
                Require(weight is >= 0 and <= 1000, $"objective: the weight of {name} must be in 0..1000, not {weight}");
                weights[quantity] = weight;
            }

            return new TuningObjective(weights);
        }

        /// <summary>The limits that are given; one without a value is none.</summary>
        private TuningConstraints ReadConstraints()
        {
            var slower = double.PositiveInfinity;
            var means = new Dictionary<TuningQuantity, double>();
            foreach (var (name, given) in Constraints)
            {
                var quantity = TuningQuantity.Costs.FirstOrDefault(known => known.Name == name);
                if (quantity is null && name != TuningConstraints.SlowerName)
                {
                    throw new HarnessException($"constraints: there is no limit '{name}'; there are {string.Join(", ", TuningQuantity.Costs.Select(known => known.Name).Prepend(TuningConstraints.SlowerName))}");
                }

                if (given is not { } limit)
                {
                    continue;
                }

                var example = quantity is null ? "1.02 for at most 2% slower" : "1.05 for at most 5% more";
                Require(limit is >= 1 and <= 100, $"constraints: {name} is a ratio from 1 to 100, not {limit}; write {example}");
                if (quantity is null)
                {
                    slower = limit;
                }
                else
                {
                    means[quantity] = limit;
                }
            }

            return new TuningConstraints(slower, means);
        }

        private static List<Workload> Select(List<string> names, ProgramCatalog catalog) => [.. names.SelectMany(catalog.Select).Distinct()];

        private static void RefuseLeaks(string first, List<Workload> some, string second, List<Workload> others, ProgramCatalog catalog)
        {
            var both = some.Intersect(others).FirstOrDefault();
            Require(both is null, $"workload '{both?.Name}' is in {first} and in {second}; what judges must not be what was searched on");
            var program = ProgramsOf(some).Intersect(ProgramsOf(others)).FirstOrDefault();
            Require(program is null, $"program '{program}' has workloads in {first} and in {second}; what judges must not be what was searched on");
            var known = new Dictionary<string, string>();
            foreach (var name in ProgramsOf(some))
            {
                foreach (var origin in catalog.Find(name).Origins)
                {
                    known.TryAdd(origin, name);
                }
            }

            foreach (var name in ProgramsOf(others))
            {
                foreach (var origin in catalog.Find(name).Origins)
                {
                    Require(!known.TryGetValue(origin, out var sibling), $"programs '{sibling}' in {first} and '{name}' in {second} are both made of {origin}; what judges must not be what was searched on");
                }
            }
        }

        private static IEnumerable<string> ProgramsOf(List<Workload> workloads) => workloads.Select(workload => workload.Program).Distinct();

        private static void CheckConditions(List<TuningParameter> parameters)
        {
            foreach (var parameter in parameters)
            {
                var seen = new HashSet<string> { parameter.Name };
                for (var when = parameter.When; when is not null; when = parameters.FirstOrDefault(other => other.Name == when.Knob)?.When)
                {
                    Require(seen.Add(when.Knob), $"the condition of knob '{parameter.Name}' leads back to '{when.Knob}'");
                }
            }
        }
    }

    private sealed class KnobEntry
    {
        public double? Low { get; set; }

        public double? High { get; set; }

        public string? Scale { get; set; }

        public List<string>? Values { get; set; }

        public Dictionary<string, List<string>?>? When { get; set; }

        public TuningParameter ToParameter(string name)
        {
            var knob = KnobCatalog.Find(name);
            Require(knob.Type is not (KnobType.Path or KnobType.Folder or KnobType.Model or KnobType.Decisions or KnobType.Assembly or KnobType.Flags) || Values is not null, $"knob '{name}' takes {(knob.Type == KnobType.Flags ? "flags; write 'values: [FLAGS, ...]'" : "a file; write 'values: [FILE, ...]'")}");
            Require(Scale is null or "linear" or "log", $"knob '{name}': scale takes linear or log, not '{Scale}'");
            var condition = ReadCondition(name);
            if (Values is not null || knob.Type is KnobType.Bool or KnobType.Enum)
            {
                Require(Low is null && High is null && Scale is null, $"knob '{name}' takes {knob.RangeText} here; leave out low, high and scale");
                List<string> values = [.. (Values ?? (knob.Type == KnobType.Bool ? ["on", "off"] : [.. knob.Values.Select(value => value.Name)])).Select(value => Canonical(knob, value))];
                Require(values.Count >= 2, $"knob '{name}' has fewer than two values; there is nothing to search");
                Require(values.Distinct().Count() == values.Count, $"knob '{name}' has a value twice");
                return new TuningParameter(name, values, 0, 0, Whole: false, Logarithmic: false, condition);
            }

            Require(High is not null || knob.Maximum < int.MaxValue, $"knob '{name}' has no largest value; write 'high: N'");
            var (low, high) = (Low ?? knob.Minimum!.Value, High ?? knob.Maximum!.Value);
            Require(low < high, $"knob '{name}': low ({low}) must be below high ({high})");
            Require(Scale != "log" || low > 0, $"knob '{name}': a logarithmic scale needs low above 0, not {low}");
            foreach (var end in (double[])[low, high])
            {
                knob.Parse(end.ToString("0.#########", CultureInfo.InvariantCulture));
            }

            return new TuningParameter(name, [], low, high, knob.Type == KnobType.Int, Scale == "log" || (Scale is null && low > 0 && high / low >= 100), condition);
        }

        private ParameterCondition? ReadCondition(string name)
        {
            if (When is null)
            {
                return null;
            }

            Require(When.Count == 1, $"knob '{name}': 'when' names one knob, as in 'when: {{deopt: [on]}}'");
            var (other, values) = When.Single();
            Require(values is { Count: > 0 }, $"knob '{name}': 'when' has no values for '{other}'");
            var knob = KnobCatalog.Find(other);
            return new ParameterCondition(other, [.. values!.Select(value => Canonical(knob, value))]);
        }

        /// <summary>A value as the knob writes it, so that <c>true</c> is <c>on</c> wherever values are compared. Files stay as they are named: knobs write their full paths, which are of one machine.</summary>
        /// <exception cref="KnobException">The knob does not take it.</exception>
        private static string Canonical(Knob knob, string value)
        {
            var parsed = knob.Parse(value);
            return knob.Type is KnobType.Path or KnobType.Folder or KnobType.Model or KnobType.Decisions or KnobType.Assembly ? value : knob.Format(parsed);
        }
    }

    private sealed class RacingEntry
    {
        public int Candidates { get; set; } = 4;

        public int Rounds { get; set; } = 2;

        public int Factor { get; set; } = 2;
    }

    private sealed class BudgetEntry
    {
        public int? Processes { get; set; }

        public double? Minutes { get; set; }
    }
}
