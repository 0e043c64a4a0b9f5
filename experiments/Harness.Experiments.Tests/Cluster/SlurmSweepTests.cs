using System.Net;
using System.Net.Sockets;
using Harness.Experiments.Cluster;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Sweeps;

namespace Harness.Experiments.Tests.Cluster;

/// <summary>Sweeps as array jobs: with commands that stand for Slurm's, and with a real one.</summary>
public sealed class SlurmSweepTests : IDisposable
{
    private const string Sweep = """
        workloads: [recursion]
        configurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]
        repetitions: 4
        timed-calls: 1
        warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    private string Results => _folder.File("results");

    [Fact]
    public void OneCommandSubmitsGoesOnAndGathers()
    {
        StandInForSlurm();
        var sweep = _folder.Write("test.yaml", Sweep);
        _folder.Write("jobs", "1 PENDING\n");

        // The job waits: nothing is submitted a second time.
        var (exitCode, _, error) = Run("sweep", sweep, "--slurm", "2", "--slurm-options", "--partition=quiet", "--results", Results);
        Assert.Equal(0, exitCode);
        Assert.StartsWith($"job 1 submitted: 2 of 2 shards to measure, logs in {Results}.slurm\njob 1: 1 pending; 0 of 2 shards measured, 0 rows\n", error, StringComparison.Ordinal);
        Assert.Equal($"--parsable --array=1,2 --job-name=harness-test --chdir={Environment.CurrentDirectory} --output={Results}.slurm/log-%A-%a.txt --partition=quiet {Results}.slurm/job.sh\n", File.ReadAllText(_folder.File("submitted")));
        Assert.StartsWith("job 1: 1 pending", Run("sweep", sweep, "--slurm", "--results", Results).Error, StringComparison.Ordinal);
        Assert.Contains("has a job of 2 shards, not of 3; go on with --slurm 2", Run("sweep", sweep, "--slurm", "3", "--results", Results).Error, StringComparison.Ordinal);
        Assert.Contains("job 1 of " + Results + ".slurm is under way; end it with 'scancel 1'", Run("sweep", sweep, "--slurm", "--restart", "--results", Results).Error, StringComparison.Ordinal);

        // The first task runs, the second one dies; then only that is submitted again, and what is measured is gathered.
        RunTask(1);
        File.Delete(_folder.File("jobs"));
        (exitCode, _, error) = Run("sweep", sweep, "--slurm", "--results", Results);
        Assert.StartsWith($"job 2 submitted: 1 of 2 shards to measure", error, StringComparison.Ordinal);
        Assert.Contains("\n--parsable --array=2 ", File.ReadAllText(_folder.File("submitted")), StringComparison.Ordinal);
        Assert.Contains("job 2: over; 1 of 2 shards measured, 4 rows\nshard 2/2 is not finished: it left no log ", error, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
        Assert.Equal([1, 3], MeasurementFile.Read(_folder.File("results/results.csv")).Select(row => row.Repetition).Distinct().Order());
        RunTask(2);
        (exitCode, var output, _) = Run("sweep", sweep, "--slurm", "--results", Results);
        Assert.Equal(0, exitCode);
        Assert.EndsWith("results: 8 rows of 2 folders, all of the sweep\n", output, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], MeasurementFile.Read(_folder.File("results/results.csv")).Select(row => row.Repetition).Distinct().Order());
        Assert.True(File.Exists(_folder.File("results/chart.png")));
    }

    [Fact]
    public void OnlyWhatIsOfTheJobIsSetAside()
    {
        foreach (var name in (string[])["job.sh", "log-7-1.txt", "shard-1/results.csv", "log-of-mine.txt", "notes/plan.txt"])
        {
            _folder.Write("results.slurm/" + name, name);
        }

        _folder.Write("results/notes.txt", "mine");
        var told = new List<string>();
        new SlurmSweep(TestSweeps.Read(Sweep), new ResultsFolder(Results)).SetAside(told.Add);
        var aside = Assert.Single(told)["earlier results are now in ".Length..];
        Assert.Equal(["job.sh", "log-7-1.txt", "shard-1"], Directory.EnumerateFileSystemEntries(aside).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal));
        Assert.Equal(["log-of-mine.txt", "notes"], Directory.EnumerateFileSystemEntries(Results + ".slurm").Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(_folder.File("results/notes.txt")));
    }

    [Fact]
    public void WhatSlurmRefusesIsOneLine()
    {
        var sweep = _folder.Write("test.yaml", Sweep);
        _environment["PATH"] = "/nonexistent";
        Assert.Contains("sbatch was not found: --slurm needs a machine from which jobs are submitted to Slurm", Run("sweep", sweep, "--slurm", "--results", Results).Error, StringComparison.Ordinal);
        StandInForSlurm();
        _folder.Write("refuse", "sbatch: error: invalid partition specified: none\n");
        var (exitCode, _, error) = Run("sweep", sweep, "--slurm", "--results", Results);
        Assert.Equal((2, "harness: sbatch refuses the job: sbatch: error: invalid partition specified: none; pass options with --slurm-options, as in --slurm-options --partition=NAME\n"), (exitCode, error));
        Assert.Contains("has 4 rounds, and each shard takes at least one; make 1 to 4 shards", Run("sweep", sweep, "--slurm", "5", "--results", Results).Error, StringComparison.Ordinal);
    }

    [SlurmFact]
    public void ARealClusterOfTwoNodesMeasuresASweep()
    {
        var script = Path.Combine(ProjectLayout.Root, "experiments", "slurm", "one-host.sh");
        var cluster = _folder.File("cluster");
        _environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin";
        var (started, _, reason) = Start("bash", "-c", "\"$@\" >\"$0\" 2>&1", _folder.File("cluster.log"), script, "start", cluster, $"{FreePorts()}");
        Assert.True(started == 0, reason + File.ReadAllText(_folder.File("cluster.log")));
        try
        {
            _environment["SLURM_CONF"] = Path.Combine(cluster, "slurm.conf");
            var (exitCode, output, error) = Run("sweep", _folder.Write("test.yaml", Sweep), "--slurm", "2", "--wait", "--results", Results);
            Assert.True(exitCode == 0, error);
            Assert.EndsWith("results: 8 rows of 2 folders, all of the sweep\n", output, StringComparison.Ordinal);
            var nodes = Provenance.Read(_folder.File("results/provenance.json"))!.Runs.Select(run => run.Node).ToList();
            Assert.Equal(["one", "two"], nodes.Distinct().Order());
        }
        finally
        {
            Start("bash", script, "stop", cluster);
        }
    }

    /// <summary>Commands that stand for Slurm's: jobs are numbered, and those in the file <c>jobs</c> are under way.</summary>
    private void StandInForSlurm()
    {
        Write("sbatch", """
            if [ -f "$F/refuse" ]; then cat "$F/refuse" >&2; exit 1; fi
            echo "$*" >>"$F/submitted"
            wc -l <"$F/submitted"
            """);
        Write("squeue", """
            if [ -f "$F/jobs" ]; then cut -d ' ' -f 2 "$F/jobs"; else echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; fi
            """);
        _environment["PATH"] = _folder.File("bin") + ":" + Environment.GetEnvironmentVariable("PATH");

        void Write(string name, string text)
        {
            var path = _folder.Write("bin/" + name, $"#!/bin/bash\nF={_folder.Path}\n{text}\n");
            Assert.Equal(0, Start("chmod", "+x", path).ExitCode);
        }
    }

    /// <summary>Runs a task of the job as Slurm would.</summary>
    private void RunTask(int index)
    {
        _environment["SLURM_ARRAY_TASK_ID"] = $"{index}";
        var (exitCode, _, error) = Start("bash", Results + ".slurm/job.sh");
        _environment.Remove("SLURM_ARRAY_TASK_ID");
        Assert.True(exitCode == 0, error);
    }

    private ToolOutput Run(params string[] arguments) => Start("dotnet", HarnessProcess.Arguments(arguments));

    private ToolOutput Start(string program, params string[] arguments) => ToolProcess.Run(program, arguments, environment: _environment);

    /// <summary>The first of three ports that nothing uses: a cluster that a killed test left behind may have any.</summary>
    private static int FreePorts()
    {
        for (var first = 26817; ; first += 3)
        {
            var listeners = Enumerable.Range(first, 3).Select(port => new TcpListener(IPAddress.Loopback, port)).ToList();
            try
            {
                listeners.ForEach(listener => listener.Start());
                return first;
            }
            catch (SocketException) when (first < 60000)
            {
                // The next three, then.
            }
            finally
            {
                listeners.ForEach(listener => listener.Stop());
            }
        }
    }
}
