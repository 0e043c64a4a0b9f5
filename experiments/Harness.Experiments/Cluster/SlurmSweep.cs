using System.Globalization;
using System.Text;
using System.Text.Json;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Cluster;

/// <summary>
/// A sweep as an array job of Slurm: a task for each shard. What is known of it lies in a folder beside the results, so that the same command submits, tells how far it
/// is, submits again what ended before its end, and gathers. All nodes see the folder, the project and .NET under the same paths.
/// </summary>
internal sealed class SlurmSweep
{
    /// <summary>Shards where the user does not say how many: more leave a task too little to do beside its start.</summary>
    public const int DefaultShards = 7;

    /// <summary>What the names of the shards' folders begin with; their number follows.</summary>
    private const string ShardPrefix = "shard-";

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly SweepDefinition _sweep;
    private readonly ResultsFolder _output;
    private readonly string _folder;
    private int _shards;

    /// <summary>Looks at a sweep.</summary>
    /// <param name="sweep">The whole sweep.</param>
    /// <param name="output">Where the gathered results go.</param>
    public SlurmSweep(SweepDefinition sweep, ResultsFolder output)
    {
        _sweep = sweep;
        _output = output;
        _folder = output.Path + ".slurm";
    }

    /// <summary>What was submitted last.</summary>
    private string JobPath => Path.Combine(_folder, "job.json");

    private string ScriptPath => Path.Combine(_folder, "job.sh");

    /// <summary>What is to be done next.</summary>
    internal enum Outcome
    {
        /// <summary>Tasks wait or run.</summary>
        Underway,

        /// <summary>All shards are measured.</summary>
        Measured,

        /// <summary>Tasks ended before their shards were measured.</summary>
        Broken,
    }

    /// <summary>Where a shard's results go.</summary>
    public ResultsFolder ShardFolder(int index) => new(Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{ShardPrefix}{index}")));

    /// <summary>Submits what is not measured yet; nothing where a job is under way, or all is measured.</summary>
    /// <param name="count">Number of shards; null for that of an earlier job, or the default.</param>
    /// <param name="options">Options of <c>sbatch</c>.</param>
    /// <param name="arguments">The arguments of <c>harness</c> by which a task measures, but for shard and results folder.</param>
    /// <param name="tell">Is told what is done, a line each.</param>
    /// <exception cref="HarnessException">Slurm refuses, or there is a job of other shards.</exception>
    public void Submit(int? count, IReadOnlyList<string> options, IReadOnlyList<string> arguments, Action<string> tell)
    {
        var earlier = ReadJob();
        _shards = count ?? earlier?.Shards ?? Math.Min(DefaultShards, _sweep.Repetitions);
        if (_shards < 1 || _shards > _sweep.Repetitions)
        {
            throw new HarnessException($"--slurm {_shards}: sweep '{_sweep.Name}' has {_sweep.Repetitions} rounds, and each shard takes at least one; make 1 to {_sweep.Repetitions} shards");
        }

        if (earlier is not null && earlier.Shards != _shards)
        {
            throw new HarnessException($"{_folder} has a job of {earlier.Shards} shards, not of {_shards}; go on with --slurm {earlier.Shards}, or use --restart to set it aside");
        }

        if (earlier?.Id is { } running && SlurmQueue.States(running).Count > 0)
        {
            return;
        }

        var open = Unfinished();
        if (open.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(_folder);
        File.WriteAllText(ScriptPath, Script(arguments));
        var id = SlurmQueue.Submit(ScriptPath, open, [$"--job-name=harness-{_sweep.Name}", $"--chdir={Environment.CurrentDirectory}", $"--output={_folder}/log-%A-%a.txt", .. options]);
        Write(new Job(id, _shards, Provenance.Now()));
        tell($"job {id} submitted: {open.Count} of {_shards} shards to measure, logs in {_folder}");
    }

    /// <summary>How far it is, once <see cref="Submit"/> has looked.</summary>
    /// <param name="tell">Is told how far, in a line.</param>
    public Outcome Look(Action<string> tell)
    {
        var open = Unfinished();
        if (open.Count == 0)
        {
            return Outcome.Measured;
        }

        var job = ReadJob() ?? throw new HarnessException($"{_folder} has no job.json any more; the same command submits what is not measured");
        var states = SlurmQueue.States(job.Id);
        var measured = MeasuredShards().Sum(shard => DurableCsv<Measurement>.Read(shard.Results).Count);
        tell($"job {job.Id}: {(states.Count == 0 ? "over" : string.Join(", ", states.GroupBy(state => state).Select(group => $"{group.Count()} {group.Key.ToLowerInvariant()}")))}; {_shards - open.Count} of {_shards} shards measured, {measured} rows");
        if (states.Count > 0)
        {
            return Outcome.Underway;
        }

        foreach (var index in open)
        {
            tell($"shard {index}/{_shards} is not finished: {LastLine(LogOf(job.Id, index))}");
        }

        return Outcome.Broken;
    }

    /// <summary>Waits until no task is left.</summary>
    public Outcome Wait(Action<string> tell)
    {
        var last = "";
        while (true)
        {
            var outcome = Look(line =>
            {
                if (line != last)
                {
                    tell(line);
                }

                last = line;
            });
            if (outcome != Outcome.Underway)
            {
                return outcome;
            }

            Thread.Sleep(PollInterval);
        }
    }

    /// <summary>The folders of the shards of which anything is measured.</summary>
    public IReadOnlyList<ResultsFolder> MeasuredShards() => [.. Shards().Where(shard => File.Exists(shard.Results) && File.Exists(shard.Provenance) && File.Exists(shard.Sweep))];

    private IEnumerable<ResultsFolder> Shards() => Enumerable.Range(1, _shards).Select(ShardFolder);

    /// <summary>Moves job and gathered results out of the way.</summary>
    /// <exception cref="HarnessException">A job is under way.</exception>
    public void SetAside(Action<string> tell)
    {
        if (ReadJob() is { } job && SlurmQueue.States(job.Id).Count > 0)
        {
            throw new HarnessException($"job {job.Id} of {_folder} is under way; end it with 'scancel {job.Id}' before --restart");
        }

        Tell(SetJobAside());
        Tell(_output.SetAside());

        void Tell(string? aside)
        {
            if (aside is not null)
            {
                tell($"earlier results are now in {aside}");
            }
        }
    }

    /// <summary>Moves what was written for a job out of the way.</summary>
    /// <returns>Where it is now; null if there was none.</returns>
    private string? SetJobAside()
    {
        if (!Directory.Exists(_folder))
        {
            return null;
        }

        List<string> earlier = [.. Directory.EnumerateDirectories(_folder, ShardPrefix + "*").Order(StringComparer.Ordinal)];
        foreach (var shard in earlier)
        {
            DurableCsv<Measurement>.RequireUnused(new ResultsFolder(shard).Results);
        }

        var files = Directory.EnumerateFiles(_folder).Order(StringComparer.Ordinal)
            .Where(file => file == JobPath || file == ScriptPath || WholeFile.IsTemporaryOf(file, JobPath) || IsLog(Path.GetFileName(file)));
        var aside = AsideFolder.Move(_folder, [.. earlier, .. files]);
        AsideFolder.RemoveEmpty(_folder);
        return aside;
    }

    /// <summary>The text of the job's script.</summary>
    private string Script(IReadOnlyList<string> arguments)
    {
        var own = OwnEngine.OwnProgram("sweep");
        var text = new StringBuilder();
        Line("#!/bin/bash");
        Line($"# Measures one shard of the sweep '{_sweep.Name}'; 'harness sweep … --slurm' has written and submitted it.");
        Line("#SBATCH --ntasks=1");
        Line("# Nothing else may run beside a measurement.");
        Line("#SBATCH --exclusive");
        Line("#SBATCH --requeue");
        Line("#SBATCH --open-mode=append");
        Line($"exec {string.Join(' ', own.Arguments.Prepend(own.Program).Concat(arguments).Select(Quote))} \\");
        Line($"  --shard \"$SLURM_ARRAY_TASK_ID/{_shards}\" --results {Quote(_folder)}/{ShardPrefix}\"$SLURM_ARRAY_TASK_ID\"");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private List<int> Unfinished() =>
        [.. Enumerable.Range(1, _shards).Where(index => Provenance.Read(ShardFolder(index).Provenance)?.FinishedUtc is null)];

    private string LogOf(string job, int index) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"log-{job}-{index}.txt"));

    private static bool IsLog(string name) => Path.GetExtension(name) == ".txt" && Path.GetFileNameWithoutExtension(name).Split('-') is ["log", var job, var task] && job.All(char.IsAsciiDigit) && task.All(char.IsAsciiDigit);

    private static string LastLine(string log) =>
        File.Exists(log) && File.ReadLines(log).LastOrDefault(line => line.Length > 0) is { } line ? $"{line} ({log})" : $"it left no log {log}";

    private Job? ReadJob()
    {
        if (!File.Exists(JobPath))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Job>(File.ReadAllText(JobPath), Json);
        }
        catch (JsonException exception)
        {
            throw new HarnessException($"{JobPath} is damaged: {exception.Message}; delete it to submit what is missing", exception);
        }
    }

    private void Write(Job job) => WholeFile.WriteText(JobPath, JsonSerializer.Serialize(job, Json) + "\n");

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>What was submitted last.</summary>
    private sealed record Job(string Id, int Shards, string SubmittedUtc);
}
