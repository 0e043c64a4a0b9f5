namespace Harness.Experiments.Commands;

/// <summary>
/// The hidden command <c>harness worker</c>: one repetition on this engine, a request (JSON) on standard input, a report
/// (JSON) as the last line of standard output.
/// </summary>
internal static class WorkerCommand
{
    public const string Name = "worker";
}
