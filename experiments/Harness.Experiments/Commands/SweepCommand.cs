using System.CommandLine;
using Harness.Experiments.Cluster;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness sweep</c>: measures, and writes results, summary and chart.</summary>
internal static class SweepCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("sweep") { Description = "name of a sweep in experiments/sweeps, or path of a sweep file" };
        var engine = new Option<string?>("--engine") { Description = "measure on these engines instead of what the file says: names with commas between them, 'both' for ours and v8, or 'all'", HelpName = "NAMES" };
        var repetitions = new Option<int?>("--repetitions") { Description = "repetitions per cell instead of what the file says; may be raised later", HelpName = "N" };
        var seed = new Option<int?>("--seed") { Description = "seed of the random order and the bootstrap", HelpName = "N" };
        var workloads = new Option<string[]>("--workload") { Description = "measure only this workload of the sweep (may be repeated)", HelpName = "NAME" };
        var redo = new Option<bool>("--redo-disturbed") { Description = "measure again what others on the machine disturbed, whatever its times were; disturbed.csv keeps what was measured first" };
        var include = new Option<string[]>("--include") { Description = "measure only cells that meet a condition such as workload=gc-*,engine=ours (may be repeated: any of them)", HelpName = "CONDITION", DefaultValueFactory = _ => [] };
        var exclude = new Option<string[]>("--exclude") { Description = "leave out cells that meet a condition (may be repeated)", HelpName = "CONDITION", DefaultValueFactory = _ => [] };
        var agreement = new Option<int?>("--aa") { Description = $"measure the baseline against itself, in N pairs of configurations with the same knobs ({AgreementSweep.DefaultPairs}); results/NAME-aa", HelpName = "N", Arity = ArgumentArity.ZeroOrOne };
        var load = new Option<int>("--load") { Description = "keep N processors busy in bursts meanwhile, to see what the statistics make of a noisy machine; results/NAME-load-N, whose times are nothing to quote", HelpName = "N" };
        var shard = new Option<string?>("--shard") { Description = "measure only every Nth round, from the Ith on: a share for one of N machines, which 'harness merge' puts together; results/NAME-shard-I-of-N", HelpName = "I/N" };
        var slurm = new Option<int?>("--slurm") { Description = $"measure on a cluster, as an array job of N shards ({SlurmSweep.DefaultShards}): submits what is missing, tells how far it is, and gathers what is measured; the same command goes on", HelpName = "N", Arity = ArgumentArity.ZeroOrOne };
        var slurmOptions = new Option<string[]>("--slurm-options") { Description = "an option for sbatch, such as --partition=NAME (may be repeated)", HelpName = "OPTION", DefaultValueFactory = _ => [] };
        var wait = new Option<bool>("--wait") { Description = "with --slurm, wait until the job is over" };
        var command = new Command("sweep", "measure workloads under several configurations, and write results, summary and chart; goes on where it was stopped, sets finished results aside")
        {
            name, engine, repetitions, seed, workloads, redo, include, exclude, agreement, load, shard, slurm, slurmOptions, wait,
        };
        var running = SweepRunOptions.AddTo(command, "NAME");
        command.SetAction(parsed =>
        {
            var sweepPath = parsed.GetRequiredValue(name);
            var sweep = SweepFile.Find(sweepPath, ProgramCatalog.Read(running.SuitesOf(parsed)));
            if (parsed.GetValue(engine) is { } engineText)
            {
                sweep = sweep with { Engines = EngineCatalog.ParseOption(engineText) };
            }

            if (parsed.GetValue(repetitions) is { } count)
            {
                sweep = sweep with { Repetitions = count is >= 1 and <= SweepFile.MostRepetitions ? count : throw new HarnessException($"--repetitions must be in 1..{SweepFile.MostRepetitions}, not {count}") };
            }

            if (parsed.GetValue(seed) is { } seedValue)
            {
                sweep = sweep with { Seed = seedValue };
            }

            if (parsed.GetValue(workloads) is { Length: > 0 } chosen)
            {
                sweep = Restrict(sweep, chosen);
            }

            sweep = sweep with
            {
                Include = [.. sweep.Include, .. (parsed.GetValue(include) ?? []).Select(CellCondition.Parse)],
                Exclude = [.. sweep.Exclude, .. (parsed.GetValue(exclude) ?? []).Select(CellCondition.Parse)],
            };
            if (parsed.GetResult(agreement) is { Implicit: false })
            {
                sweep = AgreementSweep.Make(sweep, parsed.GetValue(agreement) ?? AgreementSweep.DefaultPairs);
            }

            sweep = running.Shape(parsed, sweep);
            if (parsed.GetResult(load) is { Implicit: false })
            {
                sweep = Disturb(sweep, parsed.GetValue(load));
            }

            if (parsed.GetValue(shard) is { } share)
            {
                sweep = Share(sweep, SweepShard.Parse(share), running.IsQuick(parsed));
            }

            RequireSuites(sweep);
            if (!SweepPlan.Order(sweep).Any())
            {
                throw new HarnessException($"sweep '{sweep.Name}': no cell meets the conditions of include and exclude");
            }

            var folder = running.FolderOf(parsed, sweep.Name + sweep.Shard.Suffix);
            if (running.IsDry(parsed))
            {
                return running.Run(parsed, sweep, folder);
            }

            if (parsed.GetValue(redo) && running.Restarts(parsed))
            {
                throw new HarnessException("--redo-disturbed and --restart exclude each other: a sweep that begins anew has nothing to measure again");
            }

            if (parsed.GetResult(slurm) is { Implicit: false })
            {
                if (!sweep.Shard.IsWhole || running.IsQuick(parsed))
                {
                    throw new HarnessException("--slurm makes shards itself, and measures nothing quickly; leave out --shard and --quick");
                }

                IEnumerable<Option> passedOn = [engine, repetitions, seed, workloads, running.Suites, include, exclude, agreement, load];
                string[] arguments = [SweepFile.IsNamed(sweepPath) ? sweepPath : Path.GetFullPath(sweepPath), .. passedOn.SelectMany(option => Written(parsed, option))];
                return RunOnCluster(new SlurmSweep(sweep, folder), folder, arguments, parsed.GetValue(slurm), parsed.GetValue(slurmOptions) ?? [], running.Restarts(parsed), parsed.GetValue(wait));
            }

            return running.Run(parsed, sweep, folder, parsed.GetValue(redo));
        });
        return command;
    }

    /// <summary>Leaves only some workloads, by their names or those of their programs.</summary>
    private static SweepDefinition Restrict(SweepDefinition sweep, IReadOnlyList<string> names)
    {
        foreach (var name in names.Where(name => !sweep.Workloads.Any(workload => workload.Name == name || workload.Program == name)))
        {
            throw new HarnessException($"sweep '{sweep.Name}' has no workload '{name}'; it has {string.Join(", ", sweep.Workloads.Select(workload => workload.Name))}");
        }

        var workloads = sweep.Workloads.Where(workload => names.Contains(workload.Name) || names.Contains(workload.Program)).ToList();
        return sweep with { Workloads = workloads, Programs = [.. sweep.Programs.Where(program => workloads.Any(workload => workload.Program == program.Name))] };
    }

    private static SweepDefinition Disturb(SweepDefinition sweep, int processors) => processors is >= 1 and <= ArtificialLoad.MostProcessors
        ? sweep with { Name = $"{sweep.Name}-load-{processors}", Load = processors }
        : throw new HarnessException($"--load must be in 1..{ArtificialLoad.MostProcessors} processors, not {processors}");

    private static SweepDefinition Share(SweepDefinition sweep, SweepShard shard, bool isQuick)
    {
        if (isQuick)
        {
            throw new HarnessException("--quick and --shard exclude each other: a first look is not worth several machines");
        }

        return shard.Count <= sweep.Repetitions
            ? sweep with { Shard = shard }
            : throw new HarnessException($"--shard {shard}: sweep '{sweep.Name}' has {sweep.Repetitions} rounds, and each shard takes at least one; make at most {sweep.Repetitions} shards");
    }

    /// <summary>An option as the user wrote it; nothing where it was left out.</summary>
    private static IEnumerable<string> Written(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false } result
        ? result.Tokens.Count == 0 ? [option.Name] : result.Tokens.SelectMany(token => (string[])[option.Name, token.Value])
        : [];

    /// <summary>Submits, looks or gathers: whatever is next.</summary>
    private static int RunOnCluster(SlurmSweep cluster, ResultsFolder output, IReadOnlyList<string> arguments, int? shards, IReadOnlyList<string> options, bool restart, bool wait)
    {
        if (restart)
        {
            cluster.SetAside(Console.Error.WriteLine);
        }

        cluster.Submit(shards, options, arguments, Console.Error.WriteLine);
        switch (wait ? cluster.Wait(Console.Error.WriteLine) : cluster.Look(Console.Error.WriteLine))
        {
            case SlurmSweep.Outcome.Underway:
                Console.Error.WriteLine("the same command tells how far it is, and gathers what is measured");
                return 0;
            case SlurmSweep.Outcome.Broken:
                // What failed may fail again: the rest is not kept back for it.
                if (cluster.MeasuredShards() is { Count: > 0 } measured)
                {
                    MergeCommand.Write(output, measured);
                }

                Console.Error.WriteLine("the same command submits again what is not finished");
                return 1;
            default:
                MergeCommand.Write(output, cluster.MeasuredShards());
                return 0;
        }
    }

    /// <summary>Says what a sweep would cost, by its own rows and those of all results that there are.</summary>
    public static int Describe(SweepDefinition sweep, ResultsFolder folder)
    {
        var own = File.Exists(folder.Results) ? MeasurementFile.Read(folder.Results) : [];
        var others = SweepEstimate.ReadBelow(ProjectLayout.Results, folder.Results, mistake => Console.Error.WriteLine($"harness: the estimate leaves out what cannot be read: {mistake}"));

        // A finished sweep is set aside and begins anew.
        List<ProgramRun> pending = [.. SweepPlan.Pending(sweep, own)];
        foreach (var line in new SweepEstimate(sweep, pending.Count > 0 ? pending : [.. SweepPlan.Order(sweep)], own.Concat(others)).Describe())
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    /// <summary>A suite that nobody said the place of is a mistake of the whole command, not of each of its programs.</summary>
    public static void RequireSuites(SweepDefinition sweep)
    {
        if (sweep.Programs.FirstOrDefault(program => program.Folder is null) is { } program)
        {
            throw new HarnessException($"sweep '{sweep.Name}': {program.Absence}");
        }
    }

    /// <summary>Measures a sweep, and reports what came out.</summary>
    public static int Run(SweepDefinition sweep, ResultsFolder folder, bool restart, TimeSpan? limit = null, bool redoDisturbed = false)
    {
        // Before anything is installed or measured: results have to go somewhere.
        folder.Create();
        var runner = new SweepRunner(sweep, folder);
        if (redoDisturbed)
        {
            var count = runner.SetDisturbedAside();
            Console.Error.WriteLine($"{count} processes were disturbed by others on the machine{(count > 0 ? $" and are measured again; {folder.Disturbed} keeps their rows" : "")}");
            if (count == 0 && runner.IsSuperseding)
            {
                return 0;
            }
        }

        if ((restart || runner.IsSuperseding) && folder.SetAside() is { } aside)
        {
            Console.Error.WriteLine($"earlier results are now in {aside}");
        }

        var failures = Measure(runner, sweep, limit);
        var provenance = Provenance.Read(folder.Provenance)!;
        if (failures.Count == 0)
        {
            provenance = provenance with { FinishedUtc = Provenance.Now() };
        }

        var rows = DurableCsv<Measurement>.Read(folder.Results);
        if (rows.Count > 0)
        {
            // What is kept says how many rounds there was time for.
            if (limit is not null && rows.Max(row => row.Repetition) is var rounds && rounds < sweep.Repetitions)
            {
                folder.WriteSweep(QuickLook.WithRepetitions(sweep, rounds).SourceText);
            }

            var (measured, summary) = ReportWriter.Write(folder, provenance);
            Console.Write(SummaryReport.CreateMeans(measured, summary));
            if (Agreement.Find(measured, summary) is { } agreement)
            {
                Console.Write(TableWriter.Write(AgreementTable.Create(agreement), TableFormat.Text));
            }

            Console.WriteLine($"{folder.Path}: results.csv, provenance.json, summary.md, chart.png, chart.svg");
        }

        if (failures.Count == 0)
        {
            // Written last: a sweep that is killed before it is reported is not finished.
            provenance.Write(folder.Provenance);
            return 0;
        }

        Console.Error.WriteLine($"{failures.Count} repetitions failed and are in no result; {folder.Failures} lists them");
        return 1;
    }

    private static IReadOnlyList<Failure> Measure(SweepRunner runner, SweepDefinition sweep, TimeSpan? limit)
    {
        using var load = sweep.Load == 0 ? null : new ArtificialLoad(sweep.Load, sweep.Seed);
        return runner.Run(new ConsoleSweepProgress(sweep), limit);
    }
}
