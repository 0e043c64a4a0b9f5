using System.CommandLine;
using System.Globalization;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tuning;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Commands;

/// <summary><c>harness tune</c>: searches knob values, and tells whether what it found holds.</summary>
internal static class TuneCommand
{
    /// <summary>Programs of which a report tells what the winner inlines differently.</summary>
    private const int ExplainedPrograms = 3;

    public static Command Create()
    {
        var file = new Argument<string?>("specification") { Description = "path of a tuning specification; flags say what is searched if left out", Arity = ArgumentArity.ZeroOrOne };
        var results = new Option<string?>("--results") { Description = "folder of the run; results/tune-NAME if left out", HelpName = "FOLDER" };
        var dryRun = new Option<bool>("--dry-run") { Description = "say what the run would cost, and measure nothing" };
        var shard = new Option<string?>("--shard") { Description = "search only, as one of N machines, each with the whole budget and a seed of its own; 'harness tune merge' puts them together; results/tune-NAME-shard-I-of-N", HelpName = "I/N" };
        var suites = SuiteOption.Create();
        var command = new Command("tune", "search knob values that beat the default; goes on where it was stopped") { file, results, dryRun, shard, suites };
        var flags = TuningFlags.AddTo(command);
        command.SetAction(parsed =>
        {
            var share = parsed.GetValue(shard) is { } text ? SweepShard.Parse(text) : SweepShard.Whole;
            var specification = flags.Read(parsed, parsed.GetValue(file), parsed.GetValue(results), ProgramCatalog.Read(parsed.GetValue(suites) ?? []));
            if (parsed.GetValue(dryRun))
            {
                return Describe(specification);
            }

            return Run(specification, new TuningFolder(parsed.GetValue(results) ?? Path.Combine(ProjectLayout.Results, "tune-" + specification.Name + share.Suffix)), share);
        });
        command.Subcommands.Add(TuneStatusCommand.Create());
        command.Subcommands.Add(CreateContinuation());
        command.Subcommands.Add(CreateReport());
        command.Subcommands.Add(CreateMerge());
        command.Subcommands.Add(TuneStudyCommand.Create());
        return command;
    }

    private static Command CreateContinuation()
    {
        var folder = new Argument<string>("folder") { Description = "folder of the run" };
        var suites = SuiteOption.Create();
        var command = new Command("continue", "go on with a run that was stopped") { folder, suites };
        command.SetAction(parsed =>
        {
            var run = TuningFolder.Find(parsed.GetRequiredValue(folder));
            return Run(run.ReadSpecification(ProgramCatalog.Read(parsed.GetValue(suites) ?? [])), run, ShardOf(run));
        });
        return command;
    }

    private static Command CreateReport()
    {
        var folder = new Argument<string>("folder") { Description = "folder of the run" };
        var decisions = new Option<int>("--decisions")
        {
            Description = "programs of which the report tells what the winner inlines differently; they are run for it", HelpName = "N", DefaultValueFactory = _ => ExplainedPrograms,
        }.AtLeast(0);
        var suites = SuiteOption.Create();
        var command = new Command("report", "write the report of a finished run again: report.md with charts, report.html, and the winner as files") { folder, decisions, suites };
        command.SetAction(parsed => Report(TuningFolder.Find(parsed.GetRequiredValue(folder)), parsed.GetValue(suites) ?? [], parsed.GetValue(decisions)));
        return command;
    }

    private static Command CreateMerge()
    {
        var output = new Argument<string>("output") { Description = "folder for the merged search" };
        var folders = new Argument<string[]>("shards") { Description = "folders of finished shards", Arity = ArgumentArity.OneOrMore };
        var command = new Command("merge", "make one search of its shards, which 'harness tune continue' then judges") { output, folders };
        command.SetAction(parsed =>
        {
            var merged = new TuningFolder(parsed.GetRequiredValue(output));
            var provenance = TuningShards.Merge(merged, [.. parsed.GetRequiredValue(folders).Select(TuningFolder.Find)]);
            var shards = provenance.Shards!;
            Console.WriteLine($"{merged.Path}: {shards.Sum(part => part.Rows)} measurements of {shards.Count} of {SweepShard.Parse(shards[0].Shard).Count} shards; judge what they found with 'harness tune continue {merged.Path}'");
            return 0;
        });
        return command;
    }

    private static SweepShard ShardOf(TuningFolder folder) => Provenance.Read(folder.Provenance)?.Shard is { } text ? SweepShard.Parse(text) : SweepShard.Whole;

    private static int Describe(TuningSpecification specification)
    {
        var limits = new List<string>();
        if (specification.Processes < int.MaxValue)
        {
            limits.Add($"{specification.Processes} processes");
        }

        if (double.IsFinite(specification.Minutes))
        {
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"{specification.Minutes} minutes"));
        }

        Console.WriteLine($"search: {specification.Method} over {specification.Space.Dimensions} knobs, batches of {specification.Racing.Candidates} candidates, up to {specification.ProcessesOfBatch} processes a batch; at most {string.Join(" or ", limits)}");
        Console.WriteLine($"objective: {specification.Objective}{(specification.Constraints.IsAny ? $"; constraints: {specification.Constraints}" : "")}");
        var earlier = SweepEstimate.SecondsByProgram(SweepEstimate.ReadBelow(ProjectLayout.Results, "", mistake => Console.Error.WriteLine($"harness: the estimate leaves out what cannot be read: {mistake}")), specification.Engine);
        var cost = new TuningCost(specification, earlier.ToDictionary(program => program.Key, program => program.Median()));
        Console.WriteLine($"judgement: at most {cost.JudgementProcesses} processes more ({specification.Finalists} finalists, then the winner, {specification.ConfirmRounds} fresh rounds each)");
        Console.WriteLine(cost.Describe());
        var together = Math.Max(specification.Train.Count + specification.Validation.Count, specification.HeldOut.Count);
        var least = SignedRank.LeastPairs(together);
        if (specification.ConfirmRounds < least)
        {
            Console.WriteLine($"note: {specification.ConfirmRounds} fresh rounds show nothing of single programs, of which {together} are judged together; write 'confirm-rounds: {least}' or more for that");
        }

        return 0;
    }

    private static int Run(TuningSpecification whole, TuningFolder folder, SweepShard shard)
    {
        var specification = shard.IsWhole ? whole : TuningShards.ShareOf(whole, shard);
        var processes = new ProcessEvaluator(specification);
        folder.Prepare(specification, processes.EngineVersion, processes.Fingerprints(), shard);
        using var recorded = new RecordedEvaluator(processes, folder.Evaluations);
        var run = new TuningRun(specification, recorded, Console.Error.WriteLine, TuningShards.RecordOf(folder));
        if (shard.IsWhole)
        {
            Finish(folder, specification, run.Run(), ExplainedPrograms);
        }
        else
        {
            Console.WriteLine($"{folder.Path}: shard {shard}, {run.Explore().Count} candidates; when all shards are there, 'harness tune merge OUTPUT FOLDER...' makes one search of them");
        }

        if (Provenance.Read(folder.Provenance) is { } provenance)
        {
            (provenance with { FinishedUtc = Provenance.Now() }).Write(folder.Provenance);
        }

        return 0;
    }

    private static void Finish(TuningFolder folder, TuningSpecification specification, TuningResult result, int explained)
    {
        TuningReport.Write(folder, specification, result, WinnerDecisions.Of(specification, result, explained));
        Console.WriteLine(result.IsFound ? $"found: {result.Winner!.Name}" : $"nothing found: {string.Join("; ", result.Objections)}");
        foreach (var reservation in result.Reservations)
        {
            Console.WriteLine($"open: {reservation}");
        }

        foreach (var warning in result.Environment.Warnings)
        {
            Console.WriteLine(warning);
        }

        Console.WriteLine($"{folder.Path}: report.html, report.md, evaluations.csv, provenance.json");
    }

    private static int Report(TuningFolder folder, string[] suites, int explained)
    {
        var (specification, result) = FinishedRun.Read(folder, ProgramCatalog.Read(suites));
        Finish(folder, specification, result, explained);
        return 0;
    }
}
