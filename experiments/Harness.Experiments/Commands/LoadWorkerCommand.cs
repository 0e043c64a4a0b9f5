using System.CommandLine;
using System.Diagnostics;
using Harness.Experiments.Sweeps;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Commands;

/// <summary>
/// The hidden command <c>harness load-worker SEED</c>: keeps a processor busy in bursts until its standard input ends. Bursts and pauses are as long as each other on average, some
/// shorter than a measured process and some longer, and walk through more memory than caches of a core hold, as another tenant of the machine might.
/// </summary>
internal static class LoadWorkerCommand
{
    private const double MeanMilliseconds = 700;
    private const double MostMilliseconds = 5_000;
    private const int BufferBytes = 8 << 20;
    private const int CacheLine = 64;

    public static Command Create()
    {
        var seed = new Argument<int>("seed") { Description = "seed of the lengths of bursts and pauses" };
        var command = new Command(ArtificialLoad.WorkerCommandName, "keep a processor busy in bursts, for 'harness sweep --load'") { seed };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var random = new MersenneTwister(parsed.GetRequiredValue(seed));
            new Thread(() => Disturb(random)) { IsBackground = true }.Start();
            while (Console.In.Read() >= 0)
            {
                // What was written does not matter: only the end does.
            }
        });
        return command;
    }

    private static void Disturb(MersenneTwister random)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var burst = Stopwatch.StartNew();
            for (var length = Draw(random); burst.Elapsed.TotalMilliseconds < length;)
            {
                for (var i = 0; i < buffer.Length; i += CacheLine)
                {
                    buffer[i]++;
                }
            }

            Thread.Sleep((int)Draw(random));
        }
    }

    /// <summary>A length in ms, exponentially distributed.</summary>
    private static double Draw(MersenneTwister random) => Math.Min(MostMilliseconds, -MeanMilliseconds * Math.Log(1 - random.NextDouble()));
}
