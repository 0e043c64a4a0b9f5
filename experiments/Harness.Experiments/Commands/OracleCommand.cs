using System.CommandLine;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Oracle;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness oracle</c>: searches the inlining decisions of programs by measurement, one program after another, and tells how much of their gain each policy gets.</summary>
internal static class OracleCommand
{
    public static Command Create()
    {
        var programs = new Argument<string[]>("programs") { Description = "programs, or single ones of their workloads ('harness workloads' lists them), which are searched one after another", Arity = ArgumentArity.OneOrMore };
        var processes = new Option<int>("--processes") { Description = "processes that the search of a program may take, but for the end of a race; what it found is then compared in --rounds times the number of policies and 2 more", HelpName = "N", DefaultValueFactory = _ => 400 }.AtLeast(50);
        var rounds = new Option<int>("--rounds") { Description = "fresh rounds in which what was found is compared with all policies", HelpName = "N", DefaultValueFactory = _ => 11 }.AtLeast(6);
        var gain = new Option<double>("--least-gain") { Description = "share of the time that a change must save to be kept", HelpName = "SHARE", DefaultValueFactory = _ => 0.01 };
        gain.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is not (>= 0 and < 1))
            {
                result.AddError($"--least-gain must be at least 0 and below 1, not {token.Value}.");
            }
        });
        var guards = new Option<int>("--guards") { Description = "try guard and generic call, for targets that are not inlined, at so many calls that have had several, those called most; 0 leaves that to policies and knobs", HelpName = "N", DefaultValueFactory = _ => 0 }.AtLeast(0);
        var policies = new Option<string[]>("--policy") { Description = $"start from this policy and compare with it, and with no other but those named likewise (may be repeated): {string.Join(", ", OracleStarts.All.Select(start => start.Name))}", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var starts = new Option<string[]>("--start") { Description = "file with knob values to start from and compare with as well, as 'harness tune' writes it (may be repeated)", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var seed = new Option<int>("--seed") { Description = "seed of the order of measurements", HelpName = "N", DefaultValueFactory = _ => 1 };
        var results = new Option<string?>("--results") { Description = "folder of the search, or of the folders oracle-PROGRAM where several programs are searched; results/oracle-PROGRAM if left out", HelpName = "FOLDER" };
        var dryRun = new Option<bool>("--dry-run") { Description = "say how many processes it would start and how long they would take, and measure nothing" };
        var suites = SuiteOption.Create();
        var command = new Command("oracle", "search the inlining decisions of programs by measurement, write them down, and say what share of their gain each policy gets; goes on where it was stopped")
        {
            programs, processes, rounds, gain, guards, policies, starts, seed, results, dryRun, suites,
        };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var names = parsed.GetRequiredValue(programs);
            var rules = new OracleRules(parsed.GetValue(processes), parsed.GetValue(gain), parsed.GetValue(rounds), parsed.GetValue(seed), parsed.GetValue(guards));
            var from = OracleStarts.Choose(parsed.GetValue(policies) ?? [], parsed.GetValue(starts) ?? []);
            if (rules.Processes < OracleSearch.LeastProcesses(from.Count))
            {
                throw new HarnessException($"--processes {rules.Processes} are too few for {from.Count} policies to start from, with which a search needs {OracleSearch.LeastProcesses(from.Count)}; write more, or name fewer policies");
            }

            var searched = Find(names, ProgramCatalog.Read(parsed.GetValue(suites) ?? []));
            if (parsed.GetValue(dryRun))
            {
                Describe(searched, rules, from.Count);
                return;
            }

            var place = parsed.GetValue(results);
            var folders = searched.ConvertAll(program => new OracleFolder(place is not null && searched.Count == 1 ? place : Path.Combine(place ?? ProjectLayout.Results, program.FolderName)));
            var tables = searched.Zip(folders, (program, folder) => Search(program, rules, from, folder)).ToList();
            output.Print(parsed, tables.Count == 1 ? tables[0] : Compare(folders), string.Join(' ', names));
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
            output.Print(parsed, Compare(read), string.Join(' ', parsed.GetRequiredValue(folders)));
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
            {
                throw new HarnessException($"{without.Path} has no changes.csv yet; go on with its 'harness oracle' command");
            }

            var path = parsed.GetRequiredValue(file);
            var trained = ModelTrainer.Train(InliningModel.BuiltIn, [.. read.SelectMany(folder => DurableCsv<ChangeRow>.Read(folder.Changes))], Path.GetFileName(path));
            var words = FormattableString.Invariant($"{trained.Decisions} decisions of {trained.Programs} program{(trained.Programs == 1 ? "" : "s")}; weighted by the time at stake, {trained.RightLeftOut:0.00} of them right where {(trained.Programs > 1 ? "their program was" : "they were")} left out, {trained.RightBefore:0.00} by the built-in model; penalty {trained.Penalty}");
            WholeFile.WriteText(path, $"# Trained by 'harness oracle train' on {words}.\n{trained.Model.ToText()}");
            Console.WriteLine($"{path}: {words}");
            if (!trained.IsBetter)
            {
                Console.WriteLine("of decisions that it has not seen such a model gets no more right than the built-in one: the policy learned is not expected to gain by it");
            }
        });
        return command;
    }

    /// <summary>What every search says of the policies, side by side; of one that is not finished, how far it is.</summary>
    public static ResultTable Compare(IReadOnlyList<OracleFolder> folders)
    {
        var read = folders.Select(folder => (Provenance: Provenance.Read(folder.Provenance), Table: TableOf(folder), Name: Path.GetFileName(folder.Path))).ToList();
        var table = OracleTable.Compare([.. read.Select(search => (search.Provenance?.Sweep ?? search.Name, search.Table))]);
        foreach (var (provenance, one, _) in read)
        {
            if (provenance is { FinishedUtc: null })
            {
                table.AddNote($"{provenance.Sweep}: not finished, {one.Rounds} of {provenance.Repetitions} fresh rounds so far; go on with its 'harness oracle' command.");
            }
        }

        return table;
    }

    private static OracleTable TableOf(OracleFolder folder) => new(DurableCsv<Evaluation>.Read(folder.Evaluations), OracleStarts.NoInlining.Name);

    /// <summary>The programs that names stand for, each of which is one program's.</summary>
    private static List<SearchedProgram> Find(IReadOnlyList<string> names, ProgramCatalog catalog)
    {
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new HarnessException($"'{twice.Key}' is named twice; name each program once");
        }

        return [.. names.Select(name =>
        {
            var workloads = catalog.Select(name);
            var programs = workloads.Select(workload => workload.Program).Distinct().ToList();
            return programs.Count == 1
                ? new SearchedProgram(name, catalog.Find(programs[0]), workloads)
                : throw new HarnessException($"'{name}' names several programs; decisions are one program's. Name one of {string.Join(", ", programs)}");
        })];
    }

    private static void Describe(List<SearchedProgram> searched, OracleRules rules, int starts)
    {
        var earlier = SweepEstimate.SecondsByProgram(SweepEstimate.ReadBelow(ProjectLayout.Results, "", Console.Error.WriteLine), OwnEngine.EngineName);
        foreach (var line in searched.SelectMany(program => new OracleCost(rules, starts, [.. earlier[program.Definition.Name]]).Describe(program.Name)))
        {
            Console.WriteLine(line);
        }
    }

    private static ResultTable Search(SearchedProgram program, OracleRules rules, IReadOnlyList<OracleStart> starts, OracleFolder folder)
    {
        var (name, definition, workloads) = program;
        var processes = new ProcessEvaluator(Specify(name, definition, workloads, rules));
        var fingerprints = processes.Fingerprints();
        foreach (var (part, fingerprint) in OracleStarts.Fingerprints(rules, starts))
        {
            fingerprints[part] = fingerprint;
        }

        folder.Prepare(name, rules, OwnEngine.EngineName, processes.EngineVersion, fingerprints);
        using var recorded = new RecordedEvaluator(processes, folder.Evaluations);
        var world = new ProgramWorld(definition.Name, [.. workloads.Select(workload => workload.Name)], folder, recorded, options => Explain(definition, options));
        var result = new OracleSearch(rules, OracleStarts.NoInlining, starts, world, Console.Error.WriteLine).Run();
        WholeFile.WriteText(folder.Decisions, DecisionsText.Write(result.Found, world.ModuleHash, world.KnownCalls));
        WriteChanges(folder, definition.Name, result);
        if (Provenance.Read(folder.Provenance) is { } provenance)
        {
            (provenance with { FinishedUtc = Provenance.Now() }).Write(folder.Provenance);
        }

        recorded.Dispose();
        var compared = TableOf(folder);

        // What failed in fresh rounds is no configuration to use.
        File.Delete(folder.Configuration);
        if (compared.FailuresOf(OracleSearch.FoundName) == 0)
        {
            WholeFile.WriteText(folder.Configuration, DecisionsText.WriteConfiguration(result.Found, Path.GetFileName(folder.Decisions)));
        }

        var table = compared.Create();
        table.AddNote(Describe(result));
        if (result.Entangled > 0)
        {
            table.AddNote($"{result.Entangled} changes of single calls turned others round as well, since policies have budgets, and are not in changes.csv.");
        }

        WholeFile.WriteText(folder.Table, $"# Oracle of {name}\n\n{TableWriter.Write(table, TableFormat.Markdown)}\n{string.Concat(result.Steps.Select(step => FormattableString.Invariant($"- {step.TimeRatio:0.000} of the time by this: {step.What}\n")))}");
        Console.Error.WriteLine($"{folder.Path}: {(File.Exists(folder.Configuration) ? "oracle.yaml, " : "")}oracle.decisions, oracle.md, evaluations.csv, provenance.json");
        return table;
    }

    /// <summary>Writes all changes anew: a search that was continued has made them again from its rows. They are the program's, whichever of its workloads was looked at: what is left out of a training is left out with all of them.</summary>
    private static void WriteChanges(OracleFolder folder, string program, OracleResult result)
    {
        File.Delete(folder.Changes);
        using var file = DurableCsv<ChangeRow>.Open(folder.Changes, out _);
        file.Append([.. result.Changes.Select(change => ChangeRow.Of(program, change))]);
    }

    private static string Describe(OracleResult result) => result.Steps.Count == 0
        ? $"No change of the {result.Tried} tried holds against {result.Found.Start.Name} ({result.Processes} processes)."
        : $"{result.Found.Decisions.Count + result.Found.Misses.Count} decisions, by {result.Steps.Count} changes of the {result.Tried} tried ({result.Processes} processes); {result.Found.Start.Name} decides about the rest.";

    private static Explanation Explain(ProgramDefinition program, EngineOptions options) =>
        ExplainCommand.ExplainProgram(program, 1, options, new RecorderOptions(), new HashSet<string>());

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

    /// <summary>A program whose decisions are searched.</summary>
    /// <param name="Name">Name that it was given on the command line: of the program, or of one of its workloads.</param>
    /// <param name="Definition">The program.</param>
    /// <param name="Workloads">Its workloads that count.</param>
    private sealed record SearchedProgram(string Name, ProgramDefinition Definition, IReadOnlyList<Workload> Workloads)
    {
        /// <summary>What the folder of its search is called, unless another one is named.</summary>
        public string FolderName => "oracle-" + Name.Replace('/', '-');
    }
}
