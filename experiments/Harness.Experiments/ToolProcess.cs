using System.Diagnostics;

namespace Harness.Experiments;

/// <summary>Runs programs that the harness makes use of, such as git or npm, to their end. What is measured is started by <see cref="Engines.WorkerProcess"/>.</summary>
internal static class ToolProcess
{
    /// <summary>Runs a program to its end. It reads nothing: its standard input is at its end.</summary>
    /// <param name="program">Name or path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">The folder to run it in; null for that of the harness.</param>
    /// <param name="environment">Variables of its environment beside those that it inherits; null for none.</param>
    /// <returns>What it printed, and how it ended.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started: most likely it is not installed, of which the caller knows what to say.</exception>
    public static ToolOutput Run(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();

        // Both outputs are read while it runs, or it would wait for the reader of the one that is full.
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolOutput(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ToolOutput(int ExitCode, string Output, string Error);
