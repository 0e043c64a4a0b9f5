using System.ComponentModel;
using System.Globalization;

namespace Harness.Experiments.Cluster;

/// <summary>Slurm, as its commands <c>sbatch</c> and <c>squeue</c> offer it.</summary>
internal static class SlurmQueue
{
    /// <summary>Submits an array job.</summary>
    /// <param name="script">The script.</param>
    /// <param name="tasks">The numbers of the tasks.</param>
    /// <param name="options">Options, which go before all that the script says itself; of those that are given twice the last one counts.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="HarnessException">There is no Slurm, or it refuses the job.</exception>
    public static string Submit(string script, IEnumerable<int> tasks, IEnumerable<string> options)
    {
        var list = string.Join(',', tasks.Select(task => task.ToString(CultureInfo.InvariantCulture)));
        var (exitCode, output, error) = Run("sbatch", ["--parsable", $"--array={list}", .. options, script]);
        if (exitCode != 0)
        {
            throw new HarnessException($"sbatch refuses the job: {OneLine.Of(error.Trim())}; pass options with --slurm-options, as in --slurm-options --partition=NAME");
        }

        // The id, and the name of the cluster where there are several.
        return output.Trim().Split(';')[0] is { Length: > 0 } id ? id : throw new HarnessException($"sbatch told no job id: {OneLine.Of(error.Trim())}");
    }

    /// <summary>The states of a job's tasks that are not at their end, such as <c>RUNNING</c>; none for a job that is over.</summary>
    /// <exception cref="HarnessException">Slurm cannot be asked.</exception>
    public static IReadOnlyList<string> States(string job)
    {
        var (exitCode, output, error) = Run("squeue", ["--noheader", $"--jobs={job}", "--format=%T"]);
        if (exitCode == 0)
        {
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        // A job that is over for some minutes is forgotten.
        return error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase)
            ? []
            : throw new HarnessException($"squeue does not tell of job {job}: {OneLine.Of(error.Trim())}; try again when Slurm answers");
    }

    private static ToolOutput Run(string program, IEnumerable<string> arguments)
    {
        try
        {
            return ToolProcess.Run(program, arguments);
        }
        catch (Win32Exception exception)
        {
            throw new HarnessException($"{program} was not found: --slurm needs a machine from which jobs are submitted to Slurm (Debian: slurm-client); --shard and 'harness merge' work without it", exception);
        }
    }
}
