using System.Text.Json;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>
/// A process that runs modules and tells the outcome of each call, one request and one answer a line. Should it die or
/// hang, that is the outcome, and the next request gets a new process.
/// </summary>
internal sealed class ObserverProcess(string program, params string[] arguments) : IDisposable
{
    private const string Timeout = "timeout";

    private readonly GuardedProcess _process = new(new ProcessLimits(TimeSpan.FromSeconds(30), TimeSpan.Zero, long.MaxValue), program, arguments);

    /// <summary>
    /// The outcome of every call: a number in decimal, or <c>trap:</c> and its category. A process that does not answer in time
    /// gets a second chance, since the machine may have been busy.
    /// </summary>
    public IReadOnlyList<string> Observe(ObserverRequest request)
    {
        var outcome = ObserveOnce(request);
        return outcome is [var first, ..] && first.StartsWith(Timeout, StringComparison.Ordinal) ? ObserveOnce(request) : outcome;
    }

    public void Dispose() => _process.Dispose();

    private string[] ObserveOnce(ObserverRequest request)
    {
        var answer = _process.Ask(request.ToLine());
        return answer.Failure switch
        {
            ProcessFailure.None => JsonSerializer.Deserialize<string[]>(answer.Text)!,
            ProcessFailure.Hang => [$"{Timeout}: {answer.Text}"],
            _ => [$"crash: {answer.Text}"],
        };
    }
}
