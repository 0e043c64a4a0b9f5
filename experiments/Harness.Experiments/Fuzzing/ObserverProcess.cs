using System.Diagnostics;
using System.Text.Json;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// A process that runs modules and tells the outcome of each call, one request and one answer a line. Should it die or
/// hang, that is the outcome, and the next request gets a new process.
/// </summary>
internal sealed class ObserverProcess(string program, params string[] arguments) : IDisposable
{
    private const string Timeout = "timeout";
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private Process? process;
    private Task<string> lastWords = Task.FromResult("");

    /// <summary>
    /// The outcome of every call: a number in decimal, or <c>trap:</c> and its category. A process that does not answer in time
    /// gets a second chance, since the machine may have been busy.
    /// </summary>
    public IReadOnlyList<string> Observe(ObserverRequest request)
    {
        var outcome = ObserveOnce(request);
        return outcome is [var first, ..] && first.StartsWith(Timeout, StringComparison.Ordinal) ? ObserveOnce(request) : outcome;
    }

    public void Dispose() => End();

    private string[] ObserveOnce(ObserverRequest request)
    {
        process ??= Start();
        try
        {
            process.StandardInput.WriteLine(request.ToLine());
            process.StandardInput.Flush();
            var answer = process.StandardOutput.ReadLineAsync();
            if (!answer.Wait(TimeLimit))
                return [$"{Timeout}: no answer within {TimeLimit.TotalSeconds} s, {End()}"];
            return answer.Result is { } line ? JsonSerializer.Deserialize<string[]>(line)! : [$"crash: {End()}"];
        }
        catch (IOException)
        {
            return [$"crash: {End()}"];
        }
    }

    private Process Start()
    {
        var started = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new HarnessException($"cannot start {program}");
        lastWords = started.StandardError.ReadToEndAsync();
        return started;
    }

    /// <summary>Ends the process, if need be by force, and tells its exit code and its last words.</summary>
    private string End()
    {
        if (process is null)
            return "";
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(1)))
            process.Kill();
        process.WaitForExit();
        var lines = lastWords.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var words = $"exit code {process.ExitCode} {string.Join(' ', lines.Take(4))}";
        process.Dispose();
        process = null;
        return words;
    }
}
