using System.Diagnostics;
using System.Globalization;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// Disturbs a measurement on purpose, to see what the statistics make of a noisy machine: as long as it exists, processes of their own keep some processors busy in bursts. They are
/// none of the harness's own work, so that rows say of them what they say of any other program on the machine.
/// </summary>
internal sealed class ArtificialLoad : IDisposable
{
    /// <summary>The hidden command by which the harness runs itself as such a process.</summary>
    public const string WorkerCommandName = "load-worker";

    /// <summary>Most processors that can be kept busy.</summary>
    public const int MostProcessors = 1_000;

    private static readonly TimeSpan MostToEnd = TimeSpan.FromSeconds(5);

    private readonly List<Process> _processes = [];

    /// <summary>Begins to disturb.</summary>
    /// <param name="processors">How many processors are kept busy at most.</param>
    /// <param name="seed">Seed of the bursts.</param>
    /// <exception cref="HarnessException">A process cannot be started.</exception>
    public ArtificialLoad(int processors, int seed)
    {
        for (var i = 0; i < processors; i++)
        {
            var launch = OwnEngine.OwnProgram(WorkerCommandName);
            _processes.Add(WorkerProcess.Start(launch with { Arguments = [.. launch.Arguments, unchecked(seed + i).ToString(CultureInfo.InvariantCulture)] }));
        }
    }

    /// <summary>Ends it: a process ends with its input, also when the harness is killed.</summary>
    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(MostToEnd))
            {
                process.Kill();
            }

            process.Dispose();
        }
    }
}
