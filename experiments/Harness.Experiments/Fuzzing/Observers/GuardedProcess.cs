using System.Diagnostics;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>
/// A process that answers a line with a line, within limits of time and memory. One that dies or exceeds a limit is ended, which is the
/// answer, and the next line gets a new one. One that has grown between two lines is replaced silently.
/// </summary>
/// <param name="limits">What it may use.</param>
/// <param name="program">Path or name of the program.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class GuardedProcess(ProcessLimits limits, string program, params string[] arguments) : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private Process? _process;
    private Task<string> _lastWords = Task.FromResult("");

    /// <summary>Asks the process.</summary>
    public ProcessAnswer Ask(string line)
    {
        var isNew = _process is null;
        _process ??= Start();
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            var answer = _process.StandardOutput.ReadLineAsync();

            // A new process has to start first.
            var limit = isNew ? limits.Time + limits.StartTime : limits.Time;
            for (var watch = Stopwatch.StartNew(); !answer.Wait(Poll);)
            {
                if (watch.Elapsed > limit)
                {
                    return new ProcessAnswer(ProcessFailure.Hang, $"no answer within {limits.Time.TotalSeconds} s, {End()}");
                }

                if (MemoryOf(_process) > limits.MemoryBytes)
                {
                    return new ProcessAnswer(ProcessFailure.Memory, $"more than {limits.MemoryBytes >> 20} MiB, {End()}");
                }
            }

            if (answer.Result is not { } text)
            {
                return new ProcessAnswer(ProcessFailure.Crash, End());
            }

            if (MemoryOf(_process) > limits.MemoryBytes / 2)
            {
                End();
            }

            return new ProcessAnswer(ProcessFailure.None, text);
        }
        catch (IOException)
        {
            return new ProcessAnswer(ProcessFailure.Crash, End());
        }
    }

    public void Dispose() => End();

    private static long MemoryOf(Process process)
    {
        process.Refresh();
        return process.HasExited ? 0 : process.WorkingSet64;
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        var started = Process.Start(start) ?? throw new HarnessException($"cannot start {program}");
        _lastWords = started.StandardError.ReadToEndAsync();
        return started;
    }

    /// <summary>Ends the process, if need be by force, and tells its exit code and its first words on the error output.</summary>
    private string End()
    {
        if (_process is null)
        {
            return "";
        }

        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit();
        var lines = _lastWords.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var words = $"exit code {_process.ExitCode} {string.Join(' ', lines.Take(4))}";
        _process.Dispose();
        _process = null;
        return words;
    }
}

/// <summary>What a process may use for one line.</summary>
/// <param name="Time">The longest that it may take for an answer.</param>
/// <param name="StartTime">How much longer it may take for its first answer, on a busy machine.</param>
/// <param name="MemoryBytes">The most memory that it may have resident; <see cref="long.MaxValue"/> for any.</param>
internal sealed record ProcessLimits(TimeSpan Time, TimeSpan StartTime, long MemoryBytes);

/// <summary>How a process failed.</summary>
internal enum ProcessFailure
{
    /// <summary>It answered.</summary>
    None,

    /// <summary>It ended.</summary>
    Crash,

    /// <summary>It did not answer in time.</summary>
    Hang,

    /// <summary>It took more memory than it may.</summary>
    Memory,
}

/// <summary>What a process said.</summary>
/// <param name="Failure">How it failed, if it did.</param>
/// <param name="Text">The answer, or its last words.</param>
internal sealed record ProcessAnswer(ProcessFailure Failure, string Text);
