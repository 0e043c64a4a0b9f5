using System.CommandLine;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Oracle;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness oracle</c>: searches the inlining decisions of one program by measurement, and tells how much of their gain each policy gets.</summary>
internal static class OracleCommand
{
    private static readonly OracleStart NoInlining = new("no-inlining", "", new Dictionary<string, string> { ["inlining"] = "off" });

    public static Command Create()
    {
        var program = new Argument<string>("program") { Description = "program, or one of its workloads ('harness workloads' lists them)" };
        var processes = new Option<int>("--processes") { Description = "processes that the search may take; what it found is then compared in --rounds times the number of policies more", HelpName = "N", DefaultValueFactory = _ => 400 }.AtLeast(50);
        var rounds = new Option<int>("--rounds") { Description = "fresh rounds in which what was found is compared with all policies", HelpName = "N", DefaultValueFactory = _ => 11 }.AtLeast(6);
        var gain = new Option<double>("--least-gain") { Description = "share of the time that a change must save to be kept", HelpName = "SHARE", DefaultValueFactory = _ => 0.01 };
        gain.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is not (>= 0 and < 1))
                result.AddError($"--least-gain must be at least 0 and below 1, not {token.Value}.");
        });
        var starts = new Option<string[]>("--start") { Description = "file with knob values to start from and compare with as well, as 'harness tune' writes it (may be repeated)", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var seed = new Option<int>("--seed") { Description = "seed of the order of measurements", HelpName = "N", DefaultValueFactory = _ => 1 };
        var results = new Option<string?>("--results") { Description = "folder of the search; results/oracle-PROGRAM if left out", HelpName = "FOLDER" };
        var suites = SuiteOption.Create();
        var command = new Command("oracle", "search the inlining decisions of a program by measurement, write them down, and say what share of their gain each policy gets; goes on where it was stopped")
        {
            program, processes, rounds, gain, starts, seed, results, suites,
        };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(program);
            var rules = new OracleRules(parsed.GetValue(processes), parsed.GetValue(gain), parsed.GetValue(rounds), parsed.GetValue(seed));
            var folder = new OracleFolder(parsed.GetValue(results) ?? Path.Combine(ProjectLayout.Results, "oracle-" + name.Replace('/', '-')));
            var table = Search(name, ProgramCatalog.Read(parsed.GetValue(suites) ?? []), rules, [.. Policies(), .. (parsed.GetValue(starts) ?? []).Select(ReadStart)], folder);
            output.Print(parsed, table, name);
        });
        command.Subcommands.Add(CreateTable());
        command.Subcommands.Add(CreateTraining());
        return command;
    }

    private static Command CreateTable()
    {
        var folders = new Argument<string[]>("folders") { Description = "folders of searches", Arity = ArgumentArity.OneOrMore };
        var command = new Command("table", "print the share of the oracle's gain that each policy gets in several programs") { folders };
        var output = TableOutput.AddTo(command, "oracle table");
        command.SetAction(parsed =>
        {
            var read = parsed.GetRequiredValue(folders).Select(OracleFolder.Find).ToList();
            output.Print(parsed, OracleTable.Compare([.. read.Select(folder => (NameOf(folder), TableOf(folder)))]), string.Join(' ', parsed.GetRequiredValue(folders)));
        });
        return command;
    }

    private static Command CreateTraining()
    {
        var folders = new Argument<string[]>("folders") { Description = "folders of searches", Arity = ArgumentArity.OneOrMore };
        var file = new Option<string>("--output") { Description = "the model, for the knob inlining.model", HelpName = "FILE", Required = true };
        var command = new Command("train", "train a model for the policy learned on the decisions that searches have measured") { folders, file };
        command.SetAction(parsed =>
        {
            var read = parsed.GetRequiredValue(folders).Select(OracleFolder.Find).ToList();
            if (read.FirstOrDefault(folder => !File.Exists(folder.Changes)) is { } without)
                throw new HarnessException($"{without.Path} has no changes.csv yet; go on with its 'harness oracle' command");
            var path = parsed.GetRequiredValue(file);
            var trained = ModelTrainer.Train(InliningModel.BuiltIn, [.. read.SelectMany(folder => DurableCsv<ChangeRow>.Read(folder.Changes))], Path.GetFileName(path));
            var words = FormattableString.Invariant($"{trained.Decisions} decisions of {trained.Programs} programs; weighted by the time at stake, {trained.RightLeftOut:0.00} of them right where {(trained.Programs > 1 ? "their program was" : "they were")} left out, {trained.RightBefore:0.00} by the built-in model; penalty {trained.Penalty}");
            WholeFile.WriteText(path, $"# Trained by 'harness oracle train' on {words}.\n{trained.Model.ToText()}");
            Console.WriteLine($"{path}: {words}");
        });
        return command;
    }

    private static string NameOf(OracleFolder folder) => Provenance.Read(folder.Provenance)?.Sweep ?? Path.GetFileName(folder.Path);

    private static OracleTable TableOf(OracleFolder folder) => new(DurableCsv<Evaluation>.Read(folder.Evaluations), NoInlining.Name);

    private static ResultTable Search(string name, ProgramCatalog catalog, OracleRules rules, IReadOnlyList<OracleStart> starts, OracleFolder folder)
    {
        if (starts.GroupBy(start => start.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new HarnessException($"two starts are named '{twice.Key}'; rename the file of one");
        var workloads = catalog.Select(name);
        if (workloads.Select(workload => workload.Program).Distinct().Count() > 1)
            throw new HarnessException($"'{name}' names several programs; decisions are one program's. Name one of {string.Join(", ", workloads.Select(workload => workload.Program).Distinct())}");
        var definition = catalog.Find(workloads[0].Program);
        var processes = new ProcessEvaluator(Specify(name, definition, workloads, rules));
        var fingerprints = processes.Fingerprints();

        // What is compared must have been measured in the same rounds, and found by the same search.
        fingerprints["rules"] = rules.ToString();
        fingerprints["starts"] = string.Join("; ", starts.Select(start => $"{start.Name}: {string.Join(' ', start.Knobs.Select(pair => $"{pair.Key}={pair.Value}"))}"));
        folder.Prepare(name, rules, OwnEngine.EngineName, processes.EngineVersion, fingerprints);
        using var recorded = new RecordedEvaluator(processes, folder.Evaluations);
        var world = new ProgramWorld(definition.Name, [.. workloads.Select(workload => workload.Name)], folder, recorded, options => Explain(definition, options));
        var result = new OracleSearch(rules, NoInlining, starts, world, Console.Error.WriteLine).Run();
        WholeFile.WriteText(folder.Decisions, DecisionsText.Write(result.Found, world.ModuleHash, world.KnownCalls));
        WriteChanges(folder, name, result);
        if (Provenance.Read(folder.Provenance) is { } provenance)
            (provenance with { FinishedUtc = Provenance.Now() }).Write(folder.Provenance);
        recorded.Dispose();
        var compared = TableOf(folder);

        // What failed in fresh rounds is no configuration to use.
        File.Delete(folder.Configuration);
        if (compared.FailuresOf(OracleSearch.FoundName) == 0)
            WholeFile.WriteText(folder.Configuration, DecisionsText.WriteConfiguration(result.Found, Path.GetFileName(folder.Decisions)));
        var table = compared.Create();
        table.AddNote(Describe(result));
        if (result.Entangled > 0)
            table.AddNote($"{result.Entangled} changes of single calls turned others round as well, since policies have budgets, and are not in changes.csv.");
        WholeFile.WriteText(folder.Table, $"# Oracle of {name}\n\n{TableWriter.Write(table, TableFormat.Markdown)}\n{string.Concat(result.Steps.Select(step => FormattableString.Invariant($"- {step.TimeRatio:0.000} of the time by this: {step.What}\n")))}");
        Console.Error.WriteLine($"{folder.Path}: {(File.Exists(folder.Configuration) ? "oracle.yaml, " : "")}oracle.decisions, oracle.md, evaluations.csv, provenance.json");
        return table;
    }

    /// <summary>Writes all changes anew: a search that was continued has made them again from its rows.</summary>
    private static void WriteChanges(OracleFolder folder, string name, OracleResult result)
    {
        File.Delete(folder.Changes);
        using var file = DurableCsv<ChangeRow>.Open(folder.Changes, out _);
        file.Append([.. result.Changes.Select(change => ChangeRow.Of(name, change))]);
    }

    private static string Describe(OracleResult result) => result.Steps.Count == 0
        ? $"No change of the {result.Tried} tried holds against {result.Found.Start.Name} ({result.Processes} processes)."
        : $"{result.Found.Decisions.Count} decisions, by {result.Steps.Count} changes of the {result.Tried} tried ({result.Processes} processes); {result.Found.Start.Name} decides about the rest.";

    private static Explanation Explain(ProgramDefinition program, EngineOptions options) =>
        ExplainCommand.ExplainProgram(program, 1, options, new RecorderOptions(), new HashSet<string>());

    /// <summary>All policies with their default knobs, and V8's with limits that hardly limit.</summary>
    private static IEnumerable<OracleStart> Policies()
    {
        foreach (var policy in KnobRegistry.Find("inlining.policy").Values.Where(value => value.Value is not (InliningPolicyKind.Oracle or InliningPolicyKind.Custom)))
            yield return new OracleStart(policy.Name, policy.Name, new Dictionary<string, string> { ["inlining.policy"] = policy.Name });
        yield return new OracleStart("v8-large", "v8", new Dictionary<string, string>
        {
            ["inlining.policy"] = "v8", ["inlining.budget"] = "20000", ["inlining.factor"] = "10", ["inlining.max-count"] = "1000",
        });
    }

    /// <summary>A start from a file of knob values, by the name of the file.</summary>
    /// <exception cref="HarnessException">It cannot be read, or cannot be a start; the message says how to mend it.</exception>
    public static OracleStart ReadStart(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (name == OracleSearch.FoundName || name == NoInlining.Name)
            throw new HarnessException($"a start cannot be named '{name}', as {path} is: that is {(name == NoInlining.Name ? "the configuration without inlining" : "what the search finds")}; rename the file");
        var knobs = KnobCatalog.Shared(ConfigurationFile.Read(path)).ToDictionary();
        var policy = knobs.GetValueOrDefault("inlining.policy", "v8");
        return policy == "oracle" ? throw new HarnessException($"configuration {path} has decisions of its own (inlining.policy: oracle); start from the policy for the rest") : new OracleStart(name, policy, knobs);
    }

    private static TuningSpecification Specify(string name, ProgramDefinition program, IReadOnlyList<Workload> workloads, OracleRules rules) => new()
    {
        Name = name,
        Engine = OwnEngine.EngineName,
        Space = new SearchSpace([]),
        Method = "random",
        Train = workloads,
        Validation = [],
        HeldOut = [],
        Programs = new Dictionary<string, ProgramDefinition> { [program.Name] = program },
        Objective = TuningObjective.OfTime,
        Constraints = TuningConstraints.None,
        Racing = new RacingRule(1, 1, 2),
        Processes = rules.Processes,
        Minutes = double.PositiveInfinity,
        Finalists = 1,
        ConfirmRounds = rules.Rounds,
        Seed = rules.Seed,
        TimeoutSeconds = 120,
        TimedCalls = 3,
        SourceText = "",
    };
}
