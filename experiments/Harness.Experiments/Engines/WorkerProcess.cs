using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Harness.Experiments.Engines;

/// <summary>Runs a worker process: a request to its standard input, lines from its standard output, an end by force at the time limit.</summary>
internal static class WorkerProcess
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="launch">What to start.</param>
    /// <param name="request">What to write to its standard input.</param>
    /// <param name="timeout">Time after which it is killed.</param>
    /// <param name="observe">Is told of each line as it comes, with the process's id, and says what the worker is answered; the input is closed only when it says so, so that a worker may wait for it.</param>
    public static WorkerOutput Run(WorkerLaunch launch, WorkerRequest request, TimeSpan timeout, Func<string, int, WorkerAnswer>? observe = null)
    {
        using var process = Start(launch);
        var error = process.StandardError.ReadToEndAsync();
        var output = Task.Run(() => ReadLines(process, observe));
        try
        {
            process.StandardInput.Write(JsonSerializer.Serialize(request, WorkerProtocol.Json) + "\n");
            process.StandardInput.Flush();
            if (observe is null)
            {
                process.StandardInput.Close();
            }
        }
        catch (IOException)
        {
            // The worker ended before it read its request; its exit code and error output say why.
        }

        var timedOut = !process.WaitForExit(timeout);
        if (timedOut)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return new WorkerOutput(output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult(), process.ExitCode, timedOut);
    }

    /// <summary>
    /// Whether a worker does not inherit a variable of the environment, since an engine, its runtime or the C library would behave otherwise by it. What a launch sets itself is set after these are
    /// gone.
    /// </summary>
    /// <param name="name">Name of the variable.</param>
    public static bool IsKeptFromWorkers(string name) =>
        Settings.Contains(name) || (HasPrefix(name, SettingPrefixes) && !HasPrefix(name, LocatorPrefixes));

    private static bool HasPrefix(string name, List<string> prefixes) => prefixes.Exists(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    // Of the dynamic linker, of the C library, and what gives a worker of this engine another layout.
    private static readonly HashSet<string> Settings = ["LD_PRELOAD", "GLIBC_TUNABLES", OwnEngine.LayoutVariable];

    // Of Node and its library for input and output, JavaScriptCore, Firefox, Wasmtime, the C library's heap, and .NET under its present and former name.
    private static readonly List<string> SettingPrefixes = ["NODE_", "UV_", "JSC_", "MOZ_", "WASMTIME_", "MALLOC_", "DOTNET_", "COMPlus_"];

    // Where the .NET runtime is, and which one will do.
    private static readonly List<string> LocatorPrefixes = ["DOTNET_ROOT", "DOTNET_ROLL_FORWARD"];

    /// <summary>Starts a program that ends with the harness, its input and outputs redirected. It inherits the environment but for what <see cref="IsKeptFromWorkers"/>.</summary>
    /// <exception cref="HarnessException">It cannot be started.</exception>
    public static Process Start(WorkerLaunch launch)
    {
        var start = new ProcessStartInfo(launch.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in launch.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(IsKeptFromWorkers).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        DieWithParent(start);
        try
        {
            return Process.Start(start) ?? throw new HarnessException($"cannot start {launch.Program}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new HarnessException($"cannot start {launch.Program}: {exception.Message}", exception);
        }
    }

    private static List<string> ReadLines(Process process, Func<string, int, WorkerAnswer>? observe)
    {
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                lines.Add(line);
            }

            var answer = observe?.Invoke(line, process.Id);
            if (answer == WorkerAnswer.GoOn)
            {
                LetGoOn(process);
            }
            else if (answer == WorkerAnswer.End)
            {
                process.StandardInput.Close();
                observe = null;
            }
        }

        return lines;
    }

    /// <summary>Writes an empty line past the writer of the request, which is another thread's and has written all of it by then.</summary>
    private static void LetGoOn(Process process)
    {
        try
        {
            process.StandardInput.BaseStream.Write("\n"u8);
            process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // It has just ended.
        }
    }

    /// <summary>
    /// Makes the kernel kill the worker when the harness is killed, so that it does not disturb what is measured next.
    /// Needs the <c>setpriv</c> program; without it, a worker of a killed harness runs to its end.
    /// </summary>
    private static void DieWithParent(ProcessStartInfo start)
    {
        if (SetPriv.Value is not { } setpriv)
        {
            return;
        }

        var original = start.ArgumentList.ToArray();
        start.ArgumentList.Clear();
        foreach (var argument in (string[])["--pdeathsig", "KILL", "--", start.FileName, .. original])
        {
            start.ArgumentList.Add(argument);
        }

        start.FileName = setpriv;
    }

    private static readonly Lazy<string?> SetPriv = new(() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "setpriv")).FirstOrDefault(File.Exists));
}

/// <summary>What a worker is answered after a line that it has printed.</summary>
internal enum WorkerAnswer
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An empty line, for which it waits before it goes on.</summary>
    GoOn,

    /// <summary>The end of its input, for which it waits before it ends.</summary>
    End,
}

/// <summary>What to start as a worker.</summary>
/// <param name="Program">Path or name of the program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record WorkerLaunch(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables of its environment beside those that it inherits (<see cref="WorkerProcess.IsKeptFromWorkers"/>).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a worker process left behind.</summary>
/// <param name="Lines">Lines of its standard output.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="TimedOut">Whether it was killed at the time limit.</param>
internal sealed record WorkerOutput(IReadOnlyList<string> Lines, string Error, int ExitCode, bool TimedOut)
{
    /// <summary>The report, on a line of its own to which V8 may add some more of its trace; a report of the failure where there is none.</summary>
    public WorkerReport Report()
    {
        if (TimedOut)
        {
            return new WorkerReport { Status = WorkerStatus.Timeout, Message = "stopped at the time limit" };
        }

        try
        {
            if (Lines.LastOrDefault(line => line.StartsWith("{\"", StringComparison.Ordinal)) is { } line && JsonSerializer.Deserialize<WorkerReport>(line, WorkerProtocol.Json) is { } report)
            {
                return report;
            }
        }
        catch (JsonException)
        {
            // Not a report: the worker broke while it wrote.
        }

        var detail = string.Join(' ', Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
        return new WorkerReport { Status = WorkerStatus.Error, Message = $"the worker ended with code {ExitCode} and no report: {detail}" };
    }
}
